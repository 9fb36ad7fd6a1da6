"""
What a reader waits for: ``nox -s bench -- site``.

It builds the book, and the same pages as a stock Sphinx book: the theme as it comes, MathJax from
the book's own server. Both are read in headless Chromium from a server that compresses, each page
with an empty cache: what is transferred, when the mathematics stands, and how much the page moves
meanwhile. Then Lighthouse judges pages of ours as on a slow phone. Pages and runs of the two
books take turns, so that a busy machine slows both alike.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import json
import mimetypes
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Response, sync_playwright

from conf.pdf import ARGUMENTS, find, launch

ROOT = Path(__file__).parents[1]
NPM = Path(__file__).parent / "node_modules"
RUNS = 5
TIMED = 6
"""How many pages are timed, spread over the book; bytes and requests are counted on all."""

JUDGED = [
    "index.html",
    "derive/two-layer-network.html",
    "derive/your-derivation-is-right-too.html",
    "practise/half-precision.html",
]
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")

# The book's own settings, without what it adds to Sphinx and to the theme.
STOCK = """
from conf.conf import *

ours = {{"execution", "katex", "notation", "pdf", "theme"}}
extensions = [name for name in extensions if name.removeprefix("conf.") not in ours]
extensions += ["sphinx.ext.mathjax"]
bibtex_bibfiles = [{root!r} + "/conf/references.bib"]
templates_path = []
html_static_path = ["static"]
html_favicon = html_logo = None
html_css_files, html_context, html_theme_options = [], {{}}, {{}}
html_math_renderer = "mathjax"
mathjax_path = "mathjax/tex-mml-chtml.js"
suppress_warnings = ["*"]
"""

# When each formula last came to stand, with its fonts, and how far the page moved.
WATCH = """
const rendered = formula => formula.querySelector(".katex-html, mjx-math");
const stands = () => document.readyState !== "loading" && document.fonts.status === "loaded" &&
  [...document.querySelectorAll("span.math, div.math")].every(rendered);
window.stood = null;
const watch = () => {
  if (!stands()) window.stood = null;
  else window.stood ??= performance.now();
  requestAnimationFrame(watch);
};
requestAnimationFrame(watch);
window.moved = 0;
new PerformanceObserver(list => {
  for (const shift of list.getEntries()) window.moved += shift.value;
}).observe({type: "layout-shift", buffered: true});
"""


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serve files, and compress what is text, as servers of static sites do."""

    def do_GET(self) -> None:
        """Send a file."""
        path = self.translate_path(self.path)
        body, encoded = packed(path)
        if not body:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        if encoded:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@functools.cache
def packed(path: str) -> tuple[bytes, bool]:
    """Return a file's bytes, compressed if that helps, and whether they are; none if it is none."""
    if Path(path).is_dir():
        path = str(Path(path, "index.html"))
    if not Path(path).is_file():
        return b"", False
    body = Path(path).read_bytes()
    kind = mimetypes.guess_type(path)[0] or ""
    if kind.startswith("text/") or kind.endswith(("javascript", "json", "xml")):
        return gzip.compress(body, 9, mtime=0), True
    return body, False


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a site, and give its address."""
    handler = functools.partial(Compressing, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def build(conf: Path, out: Path) -> Path:
    """Build the book with some settings, and return where it is."""
    places = ["-d", str(out / "doctrees"), "docs", str(out / "html")]
    command = [sys.executable, "-m", "sphinx", "-q", "-j", "auto", "-c", str(conf), *places]
    subprocess.run(command, cwd=ROOT, check=True)
    return out / "html"


def stock(folder: Path) -> Path:
    """Build the same pages, with the same outputs of cells, as a book that adds nothing."""
    conf = folder / "conf"
    shutil.copytree(NPM / "mathjax" / "es5", conf / "static" / "mathjax")
    shutil.copytree(ROOT / "conf" / "static" / "figures", conf / "static" / "figures")
    (conf / "conf.py").write_text(STOCK.format(root=str(ROOT)), encoding="utf-8")
    return build(conf, folder / "stock")


def read(browser: Browser, address: str, *, width: int = 1280) -> dict[str, Any]:
    """Read a page with an empty cache, and return what it took."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    answers: list[Response] = []
    # Playwright marks a handler, which a method of a list does not let it.
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108
    page.add_init_script(WATCH)
    page.goto(address, wait_until="load")
    # Half a second in which nothing becomes undone.
    page.wait_for_function("stood !== null && performance.now() - stood > 500", polling=50)
    found = page.evaluate("({stood, moved, formulas: document.querySelectorAll('.math').length})")
    sizes = [answer.request.sizes()["responseBodySize"] for answer in answers]
    wrong = [answer.url for answer in answers if answer.status >= 400]
    if wrong:
        raise SystemExit(f"{address} asks for what is not there: {', '.join(wrong)}")
    context.close()
    return found | {"bytes": sum(sizes), "requests": len(sizes)}


def compare(browser: Browser, sites: dict[str, str], names: list[str]) -> None:
    """Read all pages of both books in turn, time some of them again and again, and print."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {who: {} for who in sites}
    for name in names:
        for who, address in sites.items():
            found[who][name] = [read(browser, f"{address}/{name}")]
    mathematics = [name for name in names if found["ours"][name][0]["formulas"]]
    timed = mathematics[:: max(1, len(mathematics) // TIMED)][:TIMED]
    for _ in range(RUNS):
        for name in timed:
            for who, address in sites.items():
                found[who][name].append(read(browser, f"{address}/{name}"))

    def median(who: str, what: str, of: list[str]) -> float:
        # The first reading of a page is not timed: the server compresses then.
        runs = {name: found[who][name][1:] or found[who][name] for name in of}
        each = [statistics.median(run[what] for run in runs[name]) for name in of]
        return statistics.median(each)

    print(f"{len(names)} pages; medians over pages, an empty cache each time")
    for what, key, of, target in (
        ("requests", "requests", names, None),
        ("bytes, compressed", "bytes", names, 0.25),
        (f"mathematics stands, ms, {len(timed)} pages x {RUNS}", "stood", timed, 0.7),
    ):
        ours, theirs = (median(who, key, of) for who in ("ours", "stock"))
        verdict = f"{'meets' if ours / theirs <= target else 'MISSES'} {target}" if target else ""
        print(
            f"{what:<46} ours {ours:>8.0f}   stock {theirs:>8.0f}   "
            f"ratio {ours / theirs:.2f}   {verdict}"
        )
    moved = {
        who: [run["moved"] for runs in pages.values() for run in runs]
        for who, pages in found.items()
    }
    verdict = "meets" if max(moved["ours"]) <= 0.003 else "MISSES"
    print(
        f"{'layout shift':<46} ours {max(moved['ours']):>8.4f}   "
        f"stock {statistics.median(moved['stock']):>8.4f}   (worst of ours, median of stock)   "
        f"{verdict} 0.003"
    )
    for name in names:
        if (worst := max(run["moved"] for run in found["ours"][name])) > 0.003:
            print(f"  {name} moves by {worst:.4f}")
    heaviest = sorted(names, key=lambda name: -found["ours"][name][0]["bytes"])[:3]
    print("our heaviest:", ", ".join(f"{n} {found['ours'][n][0]['bytes']:.0f}" for n in heaviest))


def judge(address: str) -> None:
    """Print how Lighthouse judges pages of ours, and what it would have mended."""
    flags = " ".join(["--headless", *ARGUMENTS])
    options = ["--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    for name in JUDGED:
        run = subprocess.run(
            [NPM / ".bin" / "lighthouse", f"{address}/{name}", *options, f"--chrome-flags={flags}"],
            env=os.environ | {"CHROME_PATH": find()},
            capture_output=True,
            text=True,
            check=True,
        )
        report = json.loads(run.stdout)
        scores = [f"{key} {100 * report['categories'][key]['score']:.0f}" for key in CATEGORIES]
        print(f"Lighthouse: {name:<42} {'   '.join(scores)}")
        parts = [part for key in CATEGORIES for part in report["categories"][key]["auditRefs"]]
        for audit in (report["audits"][part["id"]] for part in parts if part["weight"]):
            if audit["score"] is not None and audit["score"] < 0.9:
                print(f"  {audit['title']} {audit.get('displayValue', '')}")


def main() -> None:
    """Build both books, and measure and print everything."""
    if not NPM.is_dir():
        raise SystemExit("this benchmark needs npm's packages: npm ci --prefix benchmarks")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        sites = {"ours": build(ROOT / "conf", folder / "ours"), "stock": stock(folder)}
        names = sorted(
            path.relative_to(sites["ours"]).with_suffix(".html").as_posix()
            for path in (
                sites["ours"] / page.relative_to(ROOT / "docs")
                for page in (ROOT / "docs").rglob("*.md")
            )
        )
        with contextlib.ExitStack() as stack:
            addresses = {who: stack.enter_context(served(site)) for who, site in sites.items()}
            playwright = stack.enter_context(sync_playwright())
            browser = launch(playwright)
            compare(browser, addresses, names)
            browser.close()
            judge(addresses["ours"])


if __name__ == "__main__":
    main()
