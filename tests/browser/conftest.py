"""The built book on a server of its own, and a browser to read it with."""

import functools
import http.server
import threading
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from conf.pdf import launch

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "html"
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

HEIGHT = 900


def pages():
    """Name every page of the site, as its address ends."""
    found = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    assert "index.html" in found, f"build the book first: there is no {SITE / 'index.html'}"
    moved = tomllib.loads((ROOT / "conf" / "moved.toml").read_text("utf-8"))
    old = {f"{page}.html" for page in moved}  # They lead to where a page is now.
    return [name for name in found if not name.startswith("_") and name not in old]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files without a line for each."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="session")
def address():
    """Serve the site, and give the address it begins with."""
    handler = functools.partial(Quiet, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """Start Chromium."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def window(browser, *, width=1280, theme="light", script=True):
    """Open a browser's window, which remembers nothing of others."""
    return browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme=theme,
        # Colours that are still on their way from light to dark have any contrast.
        reduced_motion="reduce",
        java_script_enabled=script,
    )


class Reader:
    """One page in a window, and all that went wrong while it was read."""

    def __init__(self, context, address):
        self.address = address
        self.page = context.new_page()
        self.troubles = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("requestfailed", lambda asked: self.troubles.append(f"failed: {asked.url}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _console(self, message):
        if message.type in {"error", "warning"}:
            self.troubles.append(f"console {message.type}: {message.text}")

    def _asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.troubles.append(f"outside: {request.url}")

    def _answered(self, response):
        if response.status >= 400:
            self.troubles.append(f"{response.status}: {response.url}")

    def open(self, name):
        """Load a page and wait until its fonts have come."""
        self.page.goto(f"{self.address}/{name}", wait_until="load")
        self.page.evaluate("document.fonts.ready")
        return self.page


@pytest.fixture
def read(browser, address):
    """Give a function that opens a page in a new window."""
    contexts = []

    def open_page(name, **how):
        contexts.append(window(browser, **how))
        reader = Reader(contexts[-1], address)
        reader.open(name)
        return reader

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def windows(browser):
    """Give a function that opens a window, once for each way; it keeps the style and the fonts."""
    return functools.cache(functools.partial(window, browser))


@pytest.fixture
def visit(windows, address):
    """Give a function that opens a page, which is not operated, in a window that has had others."""
    readers = []

    def open_page(name, **how):
        readers.append(Reader(windows(**how), address))
        readers[-1].open(name)
        return readers[-1]

    yield open_page
    for reader in readers:
        reader.page.close()


def pytest_generate_tests(metafunc):
    """Let a test that asks for `name` have every page."""
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", pages())
