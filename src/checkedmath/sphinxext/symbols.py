r"""
What symbols mean: the rows of a notation page, and the links that lead to them.

The page that ``checkedmath_notation`` names has tables with the columns *symbol*, or *one* and
*batch*. A row is about the symbols in them, and its cell in *meaning* says what they mean. If it
has links to pages in the column *page*, it is about the symbols of these pages, and goes before a
row without.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from typing import cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import docname_join
from sphinx.util.matching import Matcher
from sphinx.util.nodes import make_refnode

from checkedmath.sphinxext.plain import inner_html, plain_html
from checkedmath.sphinxext.store import Link, SymbolRow, book_of

_DECLARED = "checkedmath-symbol"
"""The type of a reference to the row of what is declared."""

_COLUMNS = {"symbol", "one", "batch"}


def setup_symbols(app: Sphinx) -> None:
    """Add the settings, and read the notation page."""
    app.add_config_value("checkedmath_notation", "", "env", types=frozenset({str}))
    app.add_config_value("checkedmath_notation_except", [], "env", types=frozenset({list, tuple}))
    app.connect("config-inited", _let_search_find_symbols)
    app.connect("doctree-read", _read_notation)
    app.connect("env-purge-doc", _forget_index)
    app.connect("missing-reference", _linked)
    app.add_transform(IndexEquations)


def is_explained(docname: str, config: Config) -> bool:
    """Return whether the symbols of a document are those of the notation page."""
    notation, others = config.checkedmath_notation, config.checkedmath_notation_except
    return bool(notation) and docname != notation and not Matcher(others)(docname)


# -- the notation page ----------------------------------------------------------------------------


def _let_search_find_symbols(app: Sphinx, config: Config) -> None:
    if config.checkedmath_notation:
        app.add_object_type("symbol", "symbol", objname="symbol")


def _read_notation(app: Sphinx, doctree: nodes.document) -> None:
    """Read the rows of the notation page, and name their symbols for the search."""
    docname = app.env.docname
    if docname != app.config.checkedmath_notation:
        return
    found = book_of(app.env).notation[docname] = []
    for table in doctree.findall(nodes.table):
        for node, row in _rows_of(table, docname):
            found.append(row)
            node["ids"].append(row.anchor)
            latex = [latex for latex, _ in row.symbols]
            names = [name_of(each, page) for page in row.pages or [""] for each in latex]
            for name in dict.fromkeys(names):
                # Sphinx reports a name that another row has.
                app.env.domains["std"].note_object("symbol", name, row.anchor, node)


def _rows_of(table: nodes.table, docname: str) -> Iterator[tuple[nodes.row, SymbolRow]]:
    """Yield each row of a table that is about symbols, with what it says."""
    heads, *rows = table.findall(nodes.row)
    titles = [head.astext().strip().lower() for head in heads]
    for row in rows:
        cells = list(zip(titles, cast("list[nodes.Element]", row.children), strict=False))
        symbols = [
            (math.astext(), title)
            for title, cell in cells
            if title in _COLUMNS
            for math in cell.findall(nodes.math)
        ]
        if not symbols:
            continue
        meanings = [inner_html(cell) for title, cell in cells if title == "meaning"]
        pages = [
            _target(link, docname)
            for title, cell in cells
            if title == "page"
            for link in cell.findall(addnodes.pending_xref)
        ]
        words = [symbols[0][0], *(page.rpartition("/")[2] for page in pages[:1])]
        anchor = "-".join(["symbol", *re.findall(r"\w+", " ".join(words))])
        yield row, SymbolRow(anchor, tuple(symbols), "".join(meanings[:1]), tuple(pages))


def _target(link: addnodes.pending_xref, docname: str) -> str:
    """Return the document to which a link leads."""
    target = link["reftarget"].removesuffix(".md")
    return docname_join(docname, target) if link["reftype"] == "doc" else target


# -- where it is explained ------------------------------------------------------------------------


@functools.cache
def name_of(latex: str, page: str = "") -> str:
    r"""
    Return the name by which a symbol is found: in letters, Greek ones in words, too.

    >>> name_of(r"dZ^{[l]}"), name_of(r"\eta"), name_of("k", "derive/l-layers")
    ('dZ[l]', 'η, eta', 'k (l-layers)')
    """
    name = unescape(re.sub(r"<.*?>", "", plain_html(latex)))
    if len(name) == 1 and (letter := unicodedata.name(name, "")).startswith("GREEK"):
        # Unicode calls λ "lamda".
        name += f", {letter.rpartition(' ')[2].lower().replace('lamda', 'lambda')}"
    return f"{name} ({page.rpartition('/')[2]})" if page else name


def declared_symbols(latex: str) -> list[str]:
    r"""
    Return the symbols that an item of a ``where`` list declares, as the notation page has them.

    >>> declared_symbols(r"W^{[1]}, W^{[2]} \in \mathbb{R}^{n \times n}")
    ['W^{[l]}', 'W^{[l]}']
    >>> declared_symbols(r"g : \mathbb{R} \to \mathbb{R}")
    ['g']
    """
    names = re.split(r"\\in\b|:", latex)[0].split(",")
    return [re.sub(r"\[[12]\]", "[l]", name.strip()) for name in names]


def link_of(rows: Iterable[SymbolRow], latex: str, docname: str) -> Link:
    """Return the link from a declaration to the row of its first symbol."""
    by_name = {}
    for row in sorted(rows, key=lambda row: bool(row.pages)):
        if not row.pages or docname in row.pages:
            by_name.update({name_of(symbol): row.anchor for symbol, _ in row.symbols})
    symbols = declared_symbols(latex)
    names = [name_of(symbol) for symbol in symbols]
    missing = [each for each in symbols if name_of(each) not in by_name]
    # A link has to have a name, and its formula is none for every reader.
    title = f"{', '.join(names)} on the notation page"
    return Link("" if missing else by_name[names[0]], title, tuple(missing))


def declared_symbol(formula: nodes.Node, docname: str) -> addnodes.pending_xref:
    """Return the formula that a document declares, as a reference to its row."""
    reference = addnodes.pending_xref("", formula, refdomain="", reftype=_DECLARED, refdoc=docname)
    reference["reftarget"] = formula.astext()
    return reference


def _linked(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, content: nodes.Element
) -> nodes.Element | None:
    """Return a declared symbol as a link to its row, or as it is if it has none."""
    if node["reftype"] != _DECLARED:
        return None
    docname, latex = node["refdoc"], node["reftarget"]
    page = book_of(env).found.get(docname)
    link = page.links.get(latex) if page else None
    if link is None or not link.anchor:
        return content
    notation = app.config.checkedmath_notation
    return make_refnode(app.builder, docname, notation, link.anchor, content, link.title)


def _forget_index(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop a page's index entries; Sphinx keeps those of a page that is gone, and then fails."""
    env._search_index_index_entries.pop(docname, None)  # noqa: SLF001


class IndexEquations(SphinxTransform):
    """Let the index, and so the search, find each equation by its label."""

    default_priority = 840  # Before Sphinx reads the index entries of a page.

    def apply(self, **kwargs: object) -> None:
        """Add the entries."""
        if not is_explained(self.env.docname, self.config):
            return
        for equation in list(self.document.findall(nodes.math_block)):
            if label := equation.get("label"):
                entry = ("single", label, f"equation-{nodes.make_id(label)}", "", None)
                place = equation.parent.index(equation)
                equation.parent.insert(place, addnodes.index(entries=[entry]))
