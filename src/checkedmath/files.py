"""Check files: read a page and the pages it uses."""

from __future__ import annotations

from pathlib import Path

from checkedmath.checking import Settings, check_page
from checkedmath.errors import ReadError
from checkedmath.findings import Finding
from checkedmath.read.markdown import read_page
from checkedmath.read.page import Mistake, Page


def check_file(path: Path | str, settings: Settings | None = None) -> list[Finding]:
    """
    Check every relation that a Markdown file displays.

    Parameters
    ----------
    path : path
        The file.
    settings : Settings, optional
        Draws, seed and timeout.

    Returns
    -------
    list of Finding

    Raises
    ------
    OSError
        If the file cannot be read.
    UnicodeDecodeError
        If it is not UTF-8.
    """
    path = Path(path)
    page = load(path)
    return check_page(page, list(used_pages(page, path).values()), settings)


def load(path: Path, name: str | None = None) -> Page:
    """Read the page in a file; ``name`` is what messages call it, its path unless given."""
    return read_page(path.read_text("utf-8-sig"), name or str(path))


def used_pages(page: Page, path: Path) -> dict[Path, Page]:
    """
    Read the pages that a page uses, and those that they use, each once, what is used first.

    A page that is not there is recorded as a mistake of the page that names it.
    """
    found: dict[Path, Page] = {}
    _collect(page, path, found, {path.resolve()})
    return found


def _collect(page: Page, path: Path, found: dict[Path, Page], seen: set[Path]) -> None:
    for use in page.uses:
        other = path.parent / f"{use.name.removesuffix('.md')}.md"
        if other.resolve() in seen:
            if other.resolve() == path.resolve():
                page.mistakes.append(Mistake(use.line, ReadError("a page cannot use itself")))
            continue
        seen.add(other.resolve())
        try:
            used = load(other)
        except (OSError, UnicodeDecodeError):
            message = f"the page {use.name} cannot be read; expected it at {other}"
            page.mistakes.append(Mistake(use.line, ReadError(message)))
            continue
        _collect(used, other, found, seen)
        found[other] = used
