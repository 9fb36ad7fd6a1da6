"""
Link each symbol that a page declares to its row on the notation page.

A row of that page's tables is about the symbols in its columns *symbol*, *one* and *batch*. If it
has links to pages in the column *page*, it is about the symbols of these pages, and goes before a
row without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

from conf.symbols import readable

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

NOTATION = "notation"
SYMBOLS = {"symbol", "one", "batch"}
PAGES = "page"

# They explain the checker, with symbols of their own.
APART = "about/"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Row:
    """
    A row of the notation page.

    Attributes
    ----------
    anchor : str
        Its id.
    symbols : tuple of str
        The symbols that it is about, in LaTeX.
    pages : tuple of str
        The pages that it is about, by document name; all if there are none.
    """

    anchor: str
    symbols: tuple[str, ...]
    pages: tuple[str, ...]


def declared(latex: str) -> list[str]:
    r"""
    Return the symbols that an item of a ``where`` list declares, as the notation page has them.

    >>> declared(r"W^{[1]}, W^{[2]} \in \mathbb{R}^{n \times n}")
    ['W^{[l]}', 'W^{[l]}']
    >>> declared(r"g : \mathbb{R} \to \mathbb{R}")
    ['g']
    """
    names = re.split(r"\\in\b|:", latex)[0].split(",")
    return [re.sub(r"\[[12]\]", "[l]", name.strip()) for name in names]


def find(rows: Iterable[Row], symbol: str, page: str) -> Row | None:
    """Return the row that a page's symbol has: the page's own, or else one of all pages."""
    about = [row for row in rows if symbol in row.symbols and (page in row.pages or not row.pages)]
    return min(about, key=lambda row: not row.pages, default=None)


def anchor(symbol: str, pages: list[str]) -> str:
    r"""
    Make a row's id of its first symbol, and of its page if it is not about all.

    >>> anchor(r"W^{[l]}", [])
    'symbol-W-l'
    >>> anchor("k", ["derive/l-layers"])
    'symbol-k-l-layers'
    """
    words = ["symbol", *re.findall(r"[A-Za-z0-9]+", symbol)]
    return "-".join(words + [page.rpartition("/")[2] for page in pages[:1]])


def rows_of(doctree: nodes.document) -> Iterator[tuple[nodes.row, list[str], list[str]]]:
    """Yield the rows of a page's tables that are about symbols, with these and with their pages."""
    for table in doctree.findall(nodes.table):
        heads, *rows = table.findall(nodes.row)
        names = [entry.astext() for entry in heads]
        for row in rows:
            cells = list(zip(names, row, strict=True))
            symbols = [
                math.astext()
                for name, cell in cells
                if name in SYMBOLS
                for math in cell.findall(nodes.math)
            ]
            pages = [
                link["reftarget"].removesuffix(".md")
                for name, cell in cells
                if name == PAGES
                for link in cell.findall(addnodes.pending_xref)
            ]
            if symbols:
                yield row, symbols, pages


def name_rows(app: Sphinx, doctree: nodes.document) -> None:
    """Give each row of the notation page an id, and keep what it is about."""
    if app.env.docname != NOTATION:
        return
    rows: list[Row] = []
    for row, symbols, pages in rows_of(doctree):
        name = anchor(symbols[0], pages)
        if name in {other.anchor for other in rows}:
            message = "a second row about %s; expected links to its pages in the column %s"
            logger.warning(message, symbols[0], PAGES, location=row)
        row["ids"].append(name)
        rows.append(Row(name, tuple(symbols), tuple(pages)))
    vars(app.env)["notation_rows"] = rows


def take_over(
    _app: Sphinx, env: BuildEnvironment, pages: Iterable[str], other: BuildEnvironment
) -> None:
    """Take the rows from the process that has read the notation page."""
    if NOTATION in pages:
        vars(env)["notation_rows"] = vars(other)["notation_rows"]


def link(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """
    Link the symbols in a page's tables of symbols.

    A document that holds all pages, as for paper, says of each where it begins.
    """
    # A book without that page, as the tests make, has nothing to link to.
    if NOTATION not in app.env.found_docs:
        return
    parts = list(doctree.findall(addnodes.start_of_file))
    for part, docname in [(part, part["docname"]) for part in parts] or [(doctree, page)]:
        if not docname.startswith(APART):
            link_page(app, part, docname)


def link_page(app: Sphinx, doctree: nodes.Element, page: str) -> None:
    """Link the symbols of one page."""
    rows: list[Row] = vars(app.env)["notation_rows"]
    for table in doctree.findall(nodes.table):
        if "checked-where" not in table["classes"]:
            continue
        for cell in (row[0] for body in table.findall(nodes.tbody) for row in body):
            for math in list(cell.findall(nodes.math)):
                row = None
                for symbol in reversed(declared(math.astext())):
                    row = find(rows, symbol, page)
                    if row is None:
                        message = "%s is declared here; expected a row about it in docs/%s.md"
                        logger.warning(message, symbol, NOTATION, location=math)
                if row is not None:
                    address = f"{app.builder.get_relative_uri(page, NOTATION)}#{row.anchor}"
                    # A link has to have a name, and its formula is none for every reader.
                    name = re.sub(r"<.*?>", "", readable(", ".join(declared(math.astext()))))
                    title = f"{name} on the notation page"
                    reference = nodes.reference(
                        "", "", refuri=address, internal=True, reftitle=title
                    )
                    math.replace_self(reference)
                    reference += math


def setup(app: Sphinx) -> ExtensionMetadata:
    """Name the rows when the notation page is read, and link to them when a page is written."""
    app.connect("doctree-read", name_rows)
    app.connect("env-merge-info", take_over)
    app.connect("doctree-resolved", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
