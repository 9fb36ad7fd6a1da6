"""What symbols mean: from ``where`` lists, and from the tables of a book's notation page."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from sphinx.application import Sphinx

from checkedmath.errors import PageError
from checkedmath.latex.names import key_of
from checkedmath.latex.nodes import Name
from checkedmath.latex.parsing import read_declaration, read_display
from checkedmath.sphinxext.plain import words_html
from checkedmath.sphinxext.store import ReadPage

_SYMBOL = re.compile(r"\$([^$]+)\$")
_LINK = re.compile(r"\]\(([^)#]+)\.md")


@dataclass(frozen=True, slots=True, order=True)
class Meaning:
    """
    What a symbol means, as HTML.

    Attributes
    ----------
    one : str
        The LaTeX of one example's symbol, where this is the batch's; else empty.
    """

    html: str
    one: str = ""


def setup_notation(app: Sphinx) -> None:
    """Add the setting."""
    app.add_config_value("checkedmath_notation", "", "env", types=frozenset({str}))


def declared(*pages: ReadPage) -> dict[tuple[str, str], Meaning]:
    """Return the meanings in the ``where`` lists of pages, the first of which goes first."""
    found: dict[tuple[str, str], Meaning] = {}
    for latex, html in (item for page in pages for item in page.meanings.items() if item[1]):
        with contextlib.suppress(PageError):
            for name in read_declaration(latex).names:
                found.setdefault(place_of(name), Meaning(html))
    return found


def place_of(name: Name) -> tuple[str, str]:
    """Return by what a symbol is found: its name, and its layer if it has one."""
    return key_of(name), "" if name.layer is None else repr(name.layer)


def noted(app: Sphinx, docname: str) -> dict[tuple[str, str], Meaning]:
    """Return the meanings in the notation page's tables: those for all pages, and for one."""
    found: dict[tuple[str, str], Meaning] = {}
    for pages, name, meaning in _read(_text(app)):
        if not pages or any(docname == page or docname.endswith(f"/{page}") for page in pages):
            key = (key_of(name), "")
            # A letter of this page goes before one of all pages.
            if pages or key not in found:
                found[key] = meaning
    return found


@functools.lru_cache(maxsize=1)
def _read(text: str) -> tuple[tuple[list[str], Name, Meaning], ...]:
    """Read the notation page, which each page with rows asks."""
    return tuple(_rows(text))


def _text(app: Sphinx) -> str:
    page = app.config.checkedmath_notation
    path = Path(app.srcdir, f"{page}.md")
    return path.read_text(encoding="utf-8") if page and path.is_file() else ""


def _rows(text: str) -> Iterator[tuple[list[str], Name, Meaning]]:
    """
    Yield each symbol of the tables that have a column "meaning".

    Symbols stand in the columns before, in two where a batch has one of its own. A column "page"
    names the pages on which they have this meaning.
    """
    for head, cells in _tables(text):
        words = [cell.lower() for cell in head]
        if "meaning" not in words:
            continue
        meaning = cells[words.index("meaning")]
        pages = _LINK.findall(cells[words.index("page")]) if "page" in words else []
        one = ""
        for column, cell in zip(words[: words.index("meaning")], cells, strict=False):
            if column not in ("symbol", "one", "batch"):
                continue
            for latex in _SYMBOL.findall(cell):
                name = _name(latex)
                if name is not None:
                    yield (
                        pages,
                        name,
                        Meaning(words_html(meaning), one if column == "batch" else ""),
                    )
                    one = latex


def _tables(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield each row of each table, with the table's head."""
    tokens = MarkdownIt("commonmark").enable("table").disable("inline").parse(text)
    head: list[str] = []
    row: list[str] = []
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(token.content.strip())
        elif token.type == "thead_close":
            head = row
        elif token.type == "tr_close" and len(row) == len(head):
            yield head, row


def _name(latex: str) -> Name | None:
    try:
        (statement,) = read_display(latex)
    except (PageError, ValueError):
        return None
    (side,) = statement.sides[:1]
    return side if isinstance(side, Name) else None
