"""
The symbols of the book: links to their rows on the notation page, by which the search finds them.

A row of the notation page's tables is about the symbols in its columns *symbol*, *one* and *batch*.
If it has links to pages in the column *page*, it is about the symbols of these pages, and goes
before a row without.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from checkedmath.sphinxext.plain import plain_html

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

NOTATION = "notation"
SYMBOLS = {"symbol", "one", "batch"}
PAGES = "page"

# These pages explain the checker, with symbols of their own.
APART = "about/"

logger = logging.getLogger(__name__)


def name_of(latex: str, page: str = "") -> str:
    r"""
    Return the name by which a symbol is found: in letters, Greek ones in words, too.

    >>> name_of(r"dZ^{[l]}"), name_of(r"\eta"), name_of("k", "derive/l-layers")
    ('dZ[l]', 'η, eta', 'k (l-layers)')
    """
    name = unescape(re.sub(r"<.*?>", "", plain_html(latex)))
    if len(name) == 1 and (letter := unicodedata.name(name)).startswith("GREEK"):
        # Unicode calls λ "lamda".
        name += f", {letter.rpartition(' ')[2].lower().replace('lamda', 'lambda')}"
    return f"{name} ({page.rpartition('/')[2]})" if page else name


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


class NameSymbols(SphinxTransform):
    """Give rows of the notation page and equations names that the search finds; link to rows."""

    default_priority = 840  # Before Sphinx reads the index entries of a page.

    def apply(self, **_kwargs: object) -> None:
        """Name what the page has, and mark what is to be linked."""
        if self.env.docname == NOTATION:
            for table in self.document.findall(nodes.table):
                self.name_rows(table)
        elif not self.env.docname.startswith(APART):
            for equation in list(self.document.findall(nodes.math_block)):
                if label := equation.get("label"):
                    self.index(equation, label)
            for table in self.document.findall(nodes.table):
                if "checked-where" in table["classes"]:
                    self.mark(table)

    def name_rows(self, table: nodes.table) -> None:
        """Give each row of a table an id, and its symbols the names that lead to it."""
        heads, *rows = table.findall(nodes.row)
        for row in rows:
            cells = [(head.astext(), cell) for head, cell in zip(heads, row, strict=True)]
            about = [cell for title, cell in cells if title in SYMBOLS]
            symbols = [math.astext() for cell in about for math in cell.findall(nodes.math)]
            linked = [cell for title, cell in cells if title == PAGES]
            links = [link for cell in linked for link in cell.findall(addnodes.pending_xref)]
            pages = [link["reftarget"].removesuffix(".md") for link in links] or [""]
            names = [name_of(symbol, page) for page in pages for symbol in symbols]
            if names:
                words = re.findall(r"\w+", f"{symbols[0]} {pages[0].rpartition('/')[2]}")
                row["ids"].append("-".join(["symbol", *words]))
            for name in dict.fromkeys(names):
                # Sphinx reports a name that another row has.
                self.env.domains.standard_domain.note_object("symbol", name, row["ids"][0], row)

    @staticmethod
    def index(equation: nodes.math_block, label: str) -> None:
        """Let the search find an equation by its label."""
        entry = ("single", label, f"equation-{nodes.make_id(label)}", "", None)
        place = equation.parent.index(equation)
        equation.parent.insert(place, addnodes.index(entries=[entry]))

    def mark(self, table: nodes.table) -> None:
        """Mark the symbols that a page declares, to be linked to their rows."""
        for cell in (row[0] for body in table.findall(nodes.tbody) for row in body):
            for math in list(cell.findall(nodes.math)):
                link = addnodes.pending_xref("", refdomain="", reftype="symbol")
                link["reftarget"] = declared(math.astext())
                link["refdoc"] = self.env.docname
                math.replace_self(link)
                link += math


def resolve(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, content: nodes.Element
) -> nodes.Node | None:
    """Return the link of a declared symbol to its row; report a symbol that has none."""
    if node["reftype"] != "symbol":
        return None
    page, found = node["refdoc"], env.domains.standard_domain.objects
    rows = []
    for symbol in node["reftarget"]:
        names = [name_of(symbol, page), name_of(symbol)]
        places = [found["symbol", name] for name in names if ("symbol", name) in found]
        if not places:
            message = "%s is declared here; expected a row about it in docs/%s.md"
            logger.warning(message, symbol, NOTATION, location=content)
            return content
        rows.append(places[0])
    # A link has to have a name, and its formula is none for every reader.
    title = f"{', '.join(map(name_of, node['reftarget']))} on the notation page"
    return make_refnode(app.builder, page, *rows[0], content, title)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Name symbols when a page is read, and link them when it is written."""
    app.add_object_type("symbol", "symbol", objname="symbol")
    app.add_transform(NameSymbols)
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
