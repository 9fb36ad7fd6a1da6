"""Copies of the book that the tests may break."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[2]

PAGES = (ROOT / "docs").glob("*.md")
PARTS = {path.stem for path in PAGES if "{toctree}" in path.read_text("utf-8")}

WHOLE = {
    *PARTS,
    "about/every-check",
    "derive/run-the-two-layer-network",
    "derive/two-layer-network",
    "derive/what-d-differentiates",
    "derive/your-derivation-is-right-too",
    "index",
    "notation",
    "references",
}
"""The pages that tests break, and what these use and what uses them."""

FENCED = re.compile(r"^(`{3,}).*?^\1`*$", re.DOTALL | re.MULTILINE)
TARGET = re.compile(r"^(?:#+ .*|\([\w-]+\)=|.*\$\$ (\([\w-]+\)))$", re.MULTILINE)


class Book:
    """
    A copy of the book, with its own sources of the packages.

    Its builds run in processes of their own, as `nox -s docs` runs them.
    """

    def __init__(self, folder):
        self.folder = folder

    def copy(self):
        """Copy what it is built from."""
        for part in ("conf", "docs", "src"):
            shutil.copytree(
                ROOT / part, self.folder / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        # Where it is shown, which the first release writes, a test says for itself.
        text = (ROOT / "pyproject.toml").read_text("utf-8")
        text = re.sub(r"^\[project\.urls\]\n(?:.+\n)+\n", "", text, flags=re.MULTILINE)
        (self.folder / "pyproject.toml").write_text(text, encoding="utf-8")

    def shorten(self):
        """Leave of most pages what others can lead to: headings, and equations with a label."""
        docs = self.folder / "docs"
        for path in docs.rglob("*.md"):
            if path.relative_to(docs).with_suffix("").as_posix() not in WHOLE:
                found = TARGET.finditer(FENCED.sub("", path.read_text("utf-8")))
                left = [f"$$ 1 = 1 $$ {one[1]}" if one[1] else one[0] for one in found]
                path.write_text("\n\n".join(left) + "\n", encoding="utf-8")

    @property
    def html(self):
        return self.folder / "build" / "html"

    def build(self, **variables):
        """Build as the docs session does; return the exit code and all that was printed."""
        # In float64: to certify takes most of a build's time, and what does is tested elsewhere.
        options = ["-n", "-j", "auto", "-c", "conf", "-W", "--keep-going"]
        options += ["-D", "checkedmath_certify=0"]
        places = ["-d", "build/doctrees", "docs", "build/html"]
        run = subprocess.run(
            [sys.executable, "-m", "sphinx", *options, *places],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder / "src"), "NO_COLOR": "1"} | variables,
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


def build(book):
    code, printed = book.build()
    assert code == 0, printed
    return book


def copied(folder):
    book = Book(folder.resolve())
    book.copy()
    return book


@pytest.fixture(scope="session")
def built(tmp_path_factory, worker_id):
    """Return a book that nobody changes, built once for all processes: it takes a minute."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "book"
    done = Path(f"{folder}.built")
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            build(copied(folder))
            done.touch()
    return Book(folder.resolve())


@pytest.fixture
def again(tmp_path):
    """Return the same book, built once more from nothing."""
    return build(copied(tmp_path / "book"))


@pytest.fixture(scope="session")
def breakable(tmp_path_factory):
    """Return a built book, short but for a few pages, for tests to break and to mend again."""
    book = copied(tmp_path_factory.mktemp("breakable") / "book")
    book.shorten()
    return build(book)


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
