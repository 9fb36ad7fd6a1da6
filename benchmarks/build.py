"""
How long the book takes to build: ``nox -s bench -- build``.

It builds a copy of the book as the session `docs` does: clean, with the outputs of cells kept, and
with nothing changed; it compares the files of all these builds; it saves an edit of prose under
`docs-live`; and it builds books of more and more pages. Builds that are compared take turns, so
that a busy machine slows both alike; the least of a few is what the machine can do when it is left
alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
RUNS = 3
OPTIONS = ["-n", "-j", "auto", "-c", "conf"]
BUILD = ["sphinx", "-q", "-W", "--keep-going", *OPTIONS, "-d", "build/doctrees", "docs"]
LIVE = ["sphinx_autobuild", "--port", "0", *OPTIONS, "-d", "build/live/doctrees", "docs"]
PAGE = "derive/two-layer-network"

SMALL = """
:::{where}
- $a \\in \\mathbb{R}^{n}$
:::

$$ a + a = 2 a $$
"""
NOTATION = """# Notation

| symbol | meaning |
|--------|---------|
| $a$    | numbers |
"""


def main() -> None:
    """Measure and print everything."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder).resolve()
        for part in ("conf", "docs", "src"):
            shutil.copytree(ROOT / part, book / part)
        shutil.copy(ROOT / "pyproject.toml", book)
        whole(book)
        live(book)
        growth(book)


def show(what: str, seconds: list[float], target: float | None = None) -> None:
    """Print the median and the least of some measurements, and whether the target is met."""
    median, least = statistics.median(seconds), min(seconds)
    verdict = ""
    if target is not None:
        verdict = f"{'meets' if least <= target else 'MISSES'} {target:g} s"
    print(f"{what:<44} median {median:>7.2f} s   least {least:>7.2f} s   {verdict}", flush=True)


def timed(task: Callable[[], object]) -> float:
    """Return the seconds that a task takes."""
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


def environment(book: Path) -> dict[str, str]:
    """Return the environment of a book's builds; bytecode is kept, as pip keeps it."""
    own = {"PYTHONPATH": os.pathsep.join([str(book), str(book / "src")]), "PYTHONUNBUFFERED": "1"}
    bytecode = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(book / "bytecode")}
    return os.environ | own | bytecode


def build(book: Path) -> None:
    """Build as the session `docs` does."""
    command = [sys.executable, "-m", *BUILD, "build/html"]
    subprocess.run(command, cwd=book, env=environment(book), stdout=subprocess.DEVNULL, check=True)


def whole(book: Path) -> None:
    """Measure clean builds, with and without the outputs of cells, and builds of no change."""
    pages = len(list((book / "docs").rglob("*.md")))
    build(book)  # It compiles the bytecode.
    clean, cached, same, sites = [], [], [], []
    for _ in range(RUNS):
        for seconds, gone in ((clean, ["."]), (cached, ["doctrees", "html"])):
            for folder in gone:
                shutil.rmtree(book / "build" / folder)
            seconds.append(timed(lambda: build(book)))
            sites.append(site(book))
        same.append(timed(lambda: build(book)))
    show(f"clean build of {pages} pages", clean, 1.2 * pages)
    show("the same with the cells' outputs", cached)
    show("no change", same, 4)
    differ = {name for other in sites for name in other.keys() | sites[0].keys()}
    differ = sorted(n for n in differ if any(other.get(n) != sites[0].get(n) for other in sites))
    print(f"files that are not the same in all {len(sites)} builds: {', '.join(differ) or 'none'}")


def site(book: Path) -> dict[str, str]:
    """Return the digest of each file of a built book."""
    html = book / "build" / "html"
    return {
        path.relative_to(html).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in html.rglob("*")
        if path.is_file()
    }


def live(book: Path) -> None:
    """Measure `docs-live` from a save to the end of its build, when the browser is told."""
    source, shown = book / "docs" / f"{PAGE}.md", book / "build" / "live" / "html" / f"{PAGE}.html"
    command = [sys.executable, "-m", *LIVE, "build/live/html"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=book, env=environment(book), **pipes) as server:
        wait_for("Serving on", server.stdout)
        time.sleep(3)  # It begins to watch.
        seconds = []
        for number in range(RUNS):
            sentence = f"This is sentence {number}."
            with source.open("a", encoding="utf-8") as file:
                file.write(f"\n{sentence}\n")
            seconds.append(timed(lambda: wait_for("The HTML pages are in", server.stdout)))
            if sentence not in shown.read_text(encoding="utf-8"):
                raise SystemExit(f"{shown} was not written again")
            time.sleep(1)  # An author's hands.
        server.terminate()
    show("docs-live: an edit of prose", seconds, 5)


def wait_for(words: str, printed: IO[str]) -> None:
    """Wait until a line with some words has been printed."""
    lines = []
    for line in printed:
        lines.append(line)
        if words in line:
            return
    raise SystemExit(f"expected {words!r}; it printed:\n{''.join(lines)}")


def growth(book: Path) -> None:
    """Measure how clean builds, and edits of one page, grow with the number of pages."""
    for count in (20, 40, 80):
        shutil.rmtree(book / "build")
        shutil.rmtree(book / "docs")
        (book / "docs").mkdir()
        pages = {f"page{number}": f"# Page {number}\n{SMALL}" for number in range(count)}
        pages["notation"] = NOTATION
        pages["index"] = "\n".join(["# Book", "", "```{toctree}", *pages, "```", ""])
        for name, text in pages.items():
            (book / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
        show(f"{count} small pages: clean", [timed(lambda: build(book))])
        with (book / "docs" / "page7.md").open("a", encoding="utf-8") as file:
            file.write("\nA sentence.\n")
        show(f"{count} small pages: an edit of prose", [timed(lambda: build(book))])


if __name__ == "__main__":
    main()
