"""The built book on a server as hosts are: it compresses, counts, and sends a strict policy."""

import base64
import functools
import gzip
import hashlib
import html
import http.server
import re
import threading
from pathlib import Path

import pytest

from tests.browser.conftest import SITE, Reader, window

RUNTIME = SITE / "_runtime"


@functools.cache
def policy():
    """Give the policy: nothing but the site's own, the theme's inline scripts named by hash."""
    scripts, handlers = set(), set()
    for page in SITE.rglob("*.html"):
        text = page.read_text("utf-8")
        scripts |= set(
            re.findall(r"<script(?![^>]*\bsrc=|[^>]*json)[^>]*>(.*?)</script>", text, re.DOTALL)
        )
        handlers |= {html.unescape(found) for found in re.findall(r'\son\w+="([^"]*)"', text)}
    hashes = (
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in sorted(scripts | handlers)
    )
    return (
        "default-src 'self'; "
        f"script-src 'self' 'wasm-unsafe-eval' 'unsafe-hashes' {' '.join(hashes)}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; font-src 'self' data:; "
        "connect-src 'self' blob:; worker-src 'self'; frame-src 'self'"
    )


@functools.cache
def compressed(path):
    """Give a file as hosts send it."""
    content = path.read_bytes()
    return (
        content if path.suffix in {".whl", ".zip", ".woff2"} else gzip.compress(content, 9, mtime=0)
    )


class Host(http.server.SimpleHTTPRequestHandler):
    """Serve the site as a static host does, and remember what was asked for."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content = self.server.broken.get(path.name) or compressed(path)
        self.server.sent.append((path.name, len(content)))
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Security-Policy", policy())
        self.send_header("Cache-Control", "max-age=600")
        if content[:2] == b"\x1f\x8b":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="session")
def host():
    """Serve the site with its runtime."""
    assert (RUNTIME / "files.json").is_file(), (
        "build the book with Python in the page: nox -s runtime docs"
    )
    handler = functools.partial(Host, directory=SITE)
    handler.extensions_map = Host.extensions_map | {
        ".wasm": "application/wasm",
        ".mjs": "text/javascript",
    }
    Host.extensions_map = handler.extensions_map
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.sent, server.broken = [], {}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.address = f"http://127.0.0.1:{server.server_port}"
        yield server
        server.shutdown()


@pytest.fixture
def live(browser, host):
    """Give a function that opens a page in a new window, where nothing is stored."""
    contexts = []

    def open_page(name, **how):
        contexts.append(window(browser, **how))
        host.sent.clear()
        reader = Reader(contexts[-1], host.address)
        reader.open(name)
        reader.page.set_default_timeout(60_000)
        return reader

    yield open_page
    host.broken.clear()
    for context in contexts:
        context.close()
