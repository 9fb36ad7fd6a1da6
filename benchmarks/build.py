"""
How long the book takes to build: ``nox -s bench -- build``.

It builds a copy of the book as the session `docs` does, clean and with nothing changed, and live,
with edits of prose, of a formula and of the code; it compares the files of all clean builds, tells
where the time of a live build goes, and builds books of more and more pages. Builds that are
compared take turns, so that a busy machine slows both alike; the least of a few is what the machine
can do when it is left alone.
"""

from __future__ import annotations

import cProfile
import hashlib
import os
import pstats
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 5
OPTIONS = ["-q", "-n", "-W", "--keep-going", "-j", "auto", "-c", "conf"]
PLACES = ["-d", "build/doctrees", "docs", "build/html"]
PAGE = "docs/derive/two-layer-network.md"
EDITS = {
    "live: an edit of prose": (PAGE, "\n# ", "\nA sentence.\n\n# ", 0.5),
    "live: an edit of a formula": (PAGE, r"A^{[2]} - Y \\", r"Y - A^{[2]} \\", 0.6),
    "live: an edit of the code": ("src/oneoverm/batch.py", '"""\n', '"""\n# A line.\n', None),
}
"""What is measured: the file, the text, another for it, and the target in seconds."""

SMALL = """
:::{where}
- $a \\in \\mathbb{R}^{n}$
:::

$$ a + a = 2 a $$
"""

PARTS = {
    "finding what has changed": ("checkedmath/sphinxext/checks.py", "_outdated"),
    "reading the page": ("sphinx/builders/__init__.py", "read_doc"),
    "  of which Markdown and cells' outputs": ("myst_nb/sphinx_.py", "parse"),
    "  of which running cells": ("conf/forks.py", "run"),
    "  of which checking equations": ("checkedmath/sphinxext/checks.py", "_check_pages"),
    "comparing what pages show of each other": ("conf/fresh.py", "write_again"),
    "sources": ("conf/quick.py", "format_sources_of_pages"),
    "keeping what was read": ("~", "<built-in method _pickle.dump>"),
    "writing the page": ("sphinx/builders/__init__.py", "_write_serial"),
    "  of which mathematics": ("conf/katex.py", "rendered"),
    "  of which code": ("sphinx/highlighting.py", "highlight_block"),
    "  of which the theme's templates": ("sphinx/builders/html/__init__.py", "handle_page"),
    "copying static files": ("sphinx/builders/html/__init__.py", "copy_assets"),
    "index and search page": ("sphinx/builders/html/__init__.py", "finish"),
    "checks.json": ("checkedmath/sphinxext/export.py", "_write"),
    "index of symbols": ("conf/symbols.py", "write"),
}


def main() -> None:
    """Measure and print everything; with an argument, profile one live build in this process."""
    if sys.argv[1:]:
        where_the_time_goes()
        return
    with tempfile.TemporaryDirectory() as folder:
        for part in ("conf", "docs", "src"):
            shutil.copytree(ROOT / part, Path(folder, part))
        book = Path(folder).resolve()
        whole(book)
        live(book)
        subprocess.run(
            [sys.executable, __file__, "profile"], cwd=book, env=environment(book), check=True
        )
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
    own = {"PYTHONPATH": os.pathsep.join([str(book), str(book / "src")])}
    bytecode = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(book / "bytecode")}
    return os.environ | own | bytecode


def build(book: Path, module: str = "conf.build") -> None:
    """Build as the session `docs` does, or with Sphinx alone."""
    command = [sys.executable, "-m", module, *OPTIONS, *PLACES]
    subprocess.run(command, cwd=book, env=environment(book), capture_output=True, check=True)


def whole(book: Path) -> None:
    """Measure clean builds, with and without the outputs of cells, and builds of no change."""
    pages = len(list((book / "docs").rglob("*.md")))
    build(book)  # It compiles the bytecode.
    clean, cached, same, asked, sites = [], [], [], [], []
    for _ in range(3):
        for seconds, gone in ((clean, "."), (cached, "doctrees")):
            shutil.rmtree(book / "build" / gone)
            seconds.append(timed(lambda: build(book)))
            sites.append(site(book))
        same += [timed(lambda: build(book)) for _ in range(2)]
        asked += [timed(lambda: build(book, "sphinx")) for _ in range(2)]
    show(f"clean build of {pages} pages", clean, 1.0 * pages)
    show("the same with the cells' outputs", cached)
    show("no change", same, 1.5)
    show("no change, for Sphinx to find out", asked)
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
    """Measure what the live worker takes from a request, as after a save, to its answer."""
    os.chdir(book)
    os.environ.update(environment(book))
    sys.path.insert(0, str(book))
    from conf.live.builder import Builder

    builder = Builder()
    builder.build()
    seconds: dict[str, list[float]] = {name: [] for name in EDITS}
    for _ in range(RUNS):
        for name, (file, old, new, _target) in EDITS.items():
            path = book / file
            text = path.read_text(encoding="utf-8")
            changed = text.replace(old, new, 1)
            if changed == text:
                raise SystemExit(f"{file} has no {old!r} any more; mend {__file__}")
            for content in (changed, text):
                time.sleep(1)  # An author's hands; the worker gets ready meanwhile.
                path.write_text(content, encoding="utf-8")
                started = time.perf_counter()
                if file.startswith("src"):
                    builder.stop()
                    builder.start()
                builder.build()
                seconds[name].append(time.perf_counter() - started)
    builder.stop()
    for name, (*_, target) in EDITS.items():
        show(name, seconds[name], target)


def where_the_time_goes() -> None:
    """Print the parts of one live build after an edit of prose, of which one may hold another."""
    from conf.live import worker

    worker.get_ready()
    path = Path(PAGE)
    path.write_text(f"{path.read_text('utf-8')}\nA sentence.\n", encoding="utf-8")
    with worker.sphinx_names():
        book = worker.app(Path("docs"), worker.LIVE, worker.Progress(), worker.Warnings())
        book.connect("env-before-read-docs", worker.read_few_pages_here)
        profile = cProfile.Profile(time.process_time)
        profile.runcall(book.build)
    stats = pstats.Stats(profile)
    spent = {
        part: sum(
            entry[3]
            for (file, _, name), entry in stats.stats.items()
            if Path(file).as_posix().endswith(place) and name == function
        )
        for part, (place, function) in PARTS.items()
    }
    print("where the time of an edit of prose goes, by the profiler:")
    for part, seconds in spent.items():
        print(f"  {part:<44} {100 * seconds / stats.total_tt:>3.0f} %")


def growth(book: Path) -> None:
    """Measure how clean builds, and live edits of one page, grow with the number of pages."""
    from conf.live.builder import Builder

    for count in (20, 40, 80):
        shutil.rmtree(book / "build")
        shutil.rmtree(book / "docs")
        (book / "docs").mkdir()
        names = [f"page{number}" for number in range(count)]
        for name in names:
            (book / "docs" / f"{name}.md").write_text(f"# {name}\n{SMALL}", encoding="utf-8")
        index = "\n".join(["# Book", "", "```{toctree}", *names, "```", ""])
        (book / "docs" / "index.md").write_text(index, encoding="utf-8")
        show(f"{count} small pages: clean", [timed(lambda: build(book))])
        builder = Builder()
        builder.build()
        seconds = []
        for number in range(RUNS):
            time.sleep(1)
            page = book / "docs" / "page7.md"
            page.write_text(f"# page7\n{SMALL}\nSave {number}.\n", encoding="utf-8")
            seconds.append(timed(builder.build))
        builder.stop()
        show(f"{count} small pages: live, an edit of prose", seconds, 0.5)


if __name__ == "__main__":
    main()
