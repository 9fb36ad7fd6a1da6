"""Copies of the book that the tests may break."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SOME = (
    "index",
    "notation",
    "derive/two-layer-network",
    "derive/your-derivation-is-right-too",
    "about/every-check",
    "references",
)
"""The pages that tests break, and what these use and what uses them."""


class Book:
    """
    A copy of the book, or of some of its pages, with its own sources of the packages.

    Its builds run in processes of their own, as `nox -s docs` runs them.
    """

    def __init__(self, folder, pages=None):
        self.folder = folder
        for part in ("conf", "docs", "src"):
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        if pages:
            self.cut(pages)

    def cut(self, pages):
        """Delete all pages but some, the others' places in the list, and the links to them."""
        docs = self.folder / "docs"
        kept = {docs / f"{page}.md" for page in pages}
        gone = set(docs.rglob("*.md")) - kept
        names = {path.relative_to(docs).with_suffix("").as_posix() for path in gone}
        for path in gone:
            path.unlink()
        for path in kept:

            def text_alone(link, folder=path.parent):
                target = (folder / link[2].partition("#")[0]).resolve()
                return link[1] if target in gone else link[0]

            text = re.sub(r"\[([^][]*)\]\(([^()\s]+)\)", text_alone, path.read_text("utf-8"))
            lines = [line for line in text.splitlines(keepends=True) if line.strip() not in names]
            path.write_text("".join(lines), encoding="utf-8")

    @property
    def html(self):
        return self.folder / "build" / "html"

    def build(self):
        """Build as the docs session does; return the exit code and all that was printed."""
        options = ["-n", "-j", "auto", "-c", "conf", "-W", "--keep-going"]
        places = ["-d", "build/doctrees", "docs", "build/html"]
        run = subprocess.run(
            [sys.executable, "-m", "sphinx", *options, *places],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder / "src"), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout + run.stderr

    def warnings(self):
        """Build, and return the lines that warn, without the folder's name."""
        code, printed = self.build()
        prefix = f"{self.folder}{os.sep}"
        lines = [
            line.removeprefix(prefix).replace(os.sep, "/")
            for line in printed.splitlines()
            if "WARNING:" in line or "ERROR:" in line
        ]
        assert bool(lines) == bool(code), printed
        return lines


def made(folder, pages=None):
    """Return a copy of the book that is built from nothing, cells included."""
    book = Book(folder.resolve(), pages)
    code, printed = book.build()
    assert code == 0, printed
    return book


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Return a book that is built and that nobody changes."""
    return made(tmp_path_factory.mktemp("book"))


@pytest.fixture
def again(tmp_path):
    """Return the same book, built once more."""
    return made(tmp_path)


@pytest.fixture(scope="session")
def breakable(tmp_path_factory):
    """Return a small built book for tests to break; each must mend it again."""
    return made(tmp_path_factory.mktemp("breakable"), SOME)


@pytest.fixture
def broken(breakable):
    """Return a function that replaces text in a file of the book until the test ends."""
    originals = {}

    def replace(file, old, new):
        path = breakable.folder / file
        text = path.read_text(encoding="utf-8")
        originals.setdefault(path, text)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    replace.book = breakable
    yield replace
    for path, text in originals.items():
        path.write_text(text, encoding="utf-8")
