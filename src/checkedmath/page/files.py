"""Read the files of pages and of the pages that they use, and write files whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from checkedmath.errors import (
    PageError,
    ReadError,
    TimeoutReachedError,
    UncheckedError,
    refuse_late,
)
from checkedmath.latex.macros import Macros
from checkedmath.page.markdown import read_page
from checkedmath.page.model import Mistake, Page, Use
from checkedmath.page.notebook import read_notebook
from checkedmath.page.quarto import read_quarto
from checkedmath.page.tex import read_tex

_READERS = {
    ".ipynb": read_notebook,
    ".md": read_page,
    ".qmd": read_quarto,
    ".tex": read_tex,
}
"""What reads a file, by the end of its name; any other file is read as Markdown."""
_BUILT = {"build", "node_modules", "venv"}
"""Folders of what is made, and not written."""

_LONGEST_CHAIN = 100
"""Pages that may use each other one after the other."""


def load(path: Path, name: str | None = None, macros: Macros = ()) -> Page:
    """
    Read the page in a file: of Markdown, Quarto or LaTeX, or a notebook.

    ``name`` is what messages call it, its path unless given; ``macros`` are known in it.
    """
    name = name or str(path)
    text = path.read_text("utf-8-sig")
    if path.suffix == ".rst":
        message = (
            "reStructuredText is read by Sphinx with checkedmath.sphinxext; this reads Markdown, "
            "notebooks, Quarto and LaTeX, and checks nothing here"
        )
        return Page(name, mistakes=[Mistake(1, UncheckedError(message))])
    return _READERS.get(path.suffix, read_page)(text, name, macros)


def files_in(folder: Path, exclude: Sequence[str] = ()) -> list[Path]:
    """
    Return the files below a folder that can be read, in order.

    A name that begins with a dot or an underscore, as of what a build writes, is left out, and so
    is what matches a pattern of `exclude`, told relative to the folder.
    """
    found = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith((".", "_")) or part in _BUILT for part in relative.parts)
        left_out = any(fnmatch(relative.as_posix(), pattern) for pattern in exclude)
        if path.suffix in _READERS and not (hidden or left_out) and path.is_file():
            found.append(path)
    return found


def places_of(text: str, line: int, folder: Path) -> list[str]:
    """Return the file and line of a text below a folder, where it is on that line or beside it."""
    found = []
    for path in files_in(folder):
        lines = ["", *path.read_text("utf-8", errors="replace").split("\n"), ""]
        at = [n for n in (line, line - 1, line + 1) if text in "".join(lines[n : n + 1])]
        found += [f"{path}:{n}" for n in at[:1]]
    return found


def used_pages(
    page: Page,
    path: Path,
    root: Path | None = None,
    deadline: float = float("inf"),
    macros: Macros = (),
) -> dict[Path, Page]:
    """
    Read the pages that a page uses, and those that they use, each once, what is used first.

    Only Markdown files in the folder ``root`` and those below it are read; without ``root``, that
    is the working folder if the page is in it, and else the page's own. What is not read is
    recorded as a mistake of the page that names it.
    """
    if root is None:
        here = Path.cwd()
        root = here if _real(path).is_relative_to(_real(here)) else path.parent
    collector = _Collector(_real(root), deadline, macros)
    collector.collect(page, path)
    return collector.found


class _Collector:
    """Reads used pages, and what they use."""

    def __init__(self, root: Path, deadline: float, macros: Macros) -> None:
        self.root = root
        self.macros = macros
        self.deadline = deadline
        self.found: dict[Path, Page] = {}
        self._read: dict[Path, Page] = {}
        self._depth = 0

    def collect(self, page: Page, path: Path) -> None:
        """Read what ``page`` uses."""
        self._read.setdefault(_real(path), page)
        for use in page.uses:
            try:
                self._use(page, use, path)
            except PageError as error:
                page.mistakes.append(Mistake(use.line, error))
                if isinstance(error, TimeoutReachedError):
                    return

    def _use(self, page: Page, use: Use, path: Path) -> None:
        refuse_late(self.deadline)
        other = _file_of(path.parent, use.name)
        real = _real(other)
        if real == _real(path):
            raise ReadError("a page cannot use itself")
        if not real.is_relative_to(self.root):
            raise ReadError(f"the page {use.name} is not read: it is outside of {self.root}")
        if real in self._read:
            page.used.append(self._read[real])
            return
        if self._depth == _LONGEST_CHAIN:
            message = f"pages use pages more than {_LONGEST_CHAIN} deep; {use.name} is not read"
            raise ReadError(message)
        try:
            if not real.is_file():
                raise FileNotFoundError
            used = load(other, macros=self.macros)
        except (OSError, ValueError):
            message = f"the page {use.name} cannot be read; expected it at {other}"
            raise ReadError(message) from None
        page.used.append(used)
        self._read[real] = used
        self._depth += 1
        self.collect(used, other)
        self._depth -= 1
        self.found[other] = used


def _file_of(folder: Path, name: str) -> Path:
    """Return the file of a page that another one names, in Markdown unless it is a notebook."""
    stem = name.removesuffix(".md").removesuffix(".ipynb")
    markdown, notebook = folder / f"{stem}.md", folder / f"{stem}.ipynb"
    with contextlib.suppress(OSError, ValueError):
        return notebook if notebook.is_file() and not markdown.is_file() else markdown
    return markdown


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all, whatever happens meanwhile."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _real(path: Path) -> Path:
    """Return the absolute path of what is read: a link is followed, also one that leads away."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return path.absolute()
