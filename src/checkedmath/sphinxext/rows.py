"""
A side-by-side row, and how it shows what it tells on demand.

A row's NumPy and shapes stand under it, in a ``details`` that needs no script. The symbols' places
in the LaTeX are kept on the row's equations for a renderer that can mark them, with `marked_latex`;
what is told of each stands once on the page, for ``checkedmath.js``.
"""

from __future__ import annotations

import json

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from checkedmath.sphinxext.store import is_site


class SideBySideRow(nodes.row):
    """
    A row of two columns; ``words`` has the word that its author wants between, or none.

    ``notes`` will be what it tells on demand, as HTML for each column.
    """


class Symbols(nodes.General, nodes.Element):
    """What there is to tell of a page's symbols: ``told`` has of each its group and its HTML."""


def setup_rows(app: Sphinx) -> None:
    """Register the nodes, the script and the names that a book gives symbols in Python."""
    app.add_config_value("checkedmath_python_names", {}, "env", types=frozenset({dict}))
    app.add_node(SideBySideRow, html=(_visit_row, _depart_row))
    silent = (_skip, None)
    app.add_node(
        Symbols,
        html=(_visit_symbols, None),
        latex=silent,
        text=silent,
        man=silent,
        texinfo=silent,
    )


def marked_latex(node: nodes.Element) -> str | None:
    r"""
    Return an equation's LaTeX with each symbol in ``\htmlData{s=…}``; None if it has no marks.

    KaTeX makes of it an attribute ``data-s``, if it is told to trust ``\htmlData``.
    """
    marks = node.get("symbols")
    if not marks:
        return None
    text = node.astext()
    pieces, at = [], 0
    for start, end, number in marks:
        if start < at:
            continue
        wrapped = rf"\htmlData{{s={number}}}{{{text[start:end]}}}"
        # In braces, the mark ends before the space that follows; but a function's name keeps its.
        named = text.startswith(r"\operatorname", start)
        pieces += [text[at:start], wrapped if named else f"{{{wrapped}}}"]
        at = end
    return "".join(pieces) + text[at:]


# -- HTML -----------------------------------------------------------------------------------------


def _visit_row(translator: HTML5Translator, node: SideBySideRow) -> None:
    translator.visit_row(node)


def _depart_row(translator: HTML5Translator, node: SideBySideRow) -> None:
    translator.depart_row(node)
    columns: list[str] = node.get("notes", [])
    if any(columns):
        summary = "NumPy" if any("numpy-line" in column for column in columns) else "Shapes"
        inside = "".join(f"<div>{column}</div>" for column in columns)
        translator.body.append(
            '<tr class="row-notes"><td colspan="3"><details>'
            f"<summary>{summary}</summary>"
            f'<div class="row-columns">{inside}</div></details></td></tr>\n'
        )


def _visit_symbols(translator: HTML5Translator, node: Symbols) -> None:
    if node.get("told") and is_site(translator.builder):
        told = json.dumps(node["told"], ensure_ascii=False, separators=(",", ":"))
        # Nothing in a script is a tag, or a comment, but what begins with this sign.
        told = told.replace("<", r"\u003c")
        translator.body.append(
            f'<script type="application/json" class="checked-symbols">{told}</script>\n'
        )
    raise nodes.SkipNode


def _skip(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    raise nodes.SkipNode
