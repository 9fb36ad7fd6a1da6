"""What the nodes of a document say of themselves, and by what they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from docutils import nodes

from checkedmath.errors import PageError
from checkedmath.latex.parsing import read_display
from checkedmath.page.markdown import RELATION, has_brackets, has_display_in_html, has_dollars
from checkedmath.sphinxext.implementation import Implementation
from checkedmath.sphinxext.pending import Complaint, NumpyLines, Uses
from checkedmath.sphinxext.rows import SideBySideRow


def texts_of(node: nodes.Element) -> tuple[str, ...]:
    """
    Return what to look for in the file of a node that counts: first of itself, then of its parts.

    It is empty for a node that says nothing to be checked.
    """
    for kind, texts in _TEXTS.items():
        if isinstance(node, kind):
            return texts(node)
    return ()


def _of_equation(node: nodes.math_block) -> tuple[str, ...]:
    return () if _claims_nothing(node) else (node.astext(),)


def _of_formula(node: nodes.math) -> tuple[str, ...]:
    return (node.astext(),) if node.get("checked") and not _is_apart(node) else ()


def _of_row(node: nodes.row) -> tuple[str, ...]:
    return (symbol_of(node).astext(),) if node.get("declares") else ()


def _of_function(node: Implementation) -> tuple[str, ...]:
    return node["function"], node["arguments"], node["returns"]


def _of_uses(node: Uses) -> tuple[str, ...]:
    return (" ".join(node["names"][:1]),)


def _of_html(node: nodes.raw) -> tuple[str, ...]:
    html = "html" in node.get("format", "").split()
    return _first_line(node.astext()) if html and has_display_in_html(node.astext()) else ()


def _of_code(node: nodes.literal_block) -> tuple[str, ...]:
    # Elsewhere, as on GitHub, a fence ```math is an equation.
    return _first_line(node.astext()) if node.get("language") == "math" else ()


def _of_text(node: nodes.TextElement) -> tuple[str, ...]:
    if isinstance(node, nodes.Inline | nodes.FixedTextElement) or not _looks_displayed(node):
        return ()
    return _first_line(node.rawsource or node.astext())


def _first_line(text: str) -> tuple[str, ...]:
    return (text.strip().partition("\n")[0],)


_TEXTS: dict[type[nodes.Element], Callable[[Any], tuple[str, ...]]] = {
    nodes.math_block: _of_equation,
    nodes.math: _of_formula,
    SideBySideRow: lambda _: ("",),
    nodes.row: _of_row,
    Implementation: _of_function,
    Complaint: lambda _: ("",),
    NumpyLines: lambda node: (node["text"],),
    Uses: _of_uses,
    nodes.raw: _of_html,
    nodes.literal_block: _of_code,
    nodes.TextElement: _of_text,
}


def source_of(node: nodes.Node, page: str) -> tuple[str, int]:
    """Return the file and line that a node has, or else what it stands in."""
    source, line = node.source, node.line
    for around in _ancestors(node):
        source, line = source or around.source, line or around.line
    return source or page, line or 1


def label_of(node: nodes.Element) -> str | None:
    """Return an equation's label, but for the random one that MyST gives a LaTeX environment."""
    label = node.get("label")
    return label if label and "amsmath" not in node["classes"] else None


def symbol_of(row: nodes.Element) -> nodes.math:
    """Return the formula that a row of a list of symbols declares."""
    return next(row.findall(nodes.math))


def _ancestors(node: nodes.Node) -> Iterator[nodes.Element]:
    while node.parent is not None:
        node = node.parent
        yield cast("nodes.Element", node)


def is_left(node: nodes.Element) -> bool:
    """Tell whether a formula stands in the column of one example."""
    inside: nodes.Node = node
    for around in _ancestors(node):
        if isinstance(around, SideBySideRow):
            return around.index(inside) == 0
        inside = around
    return False


def _is_apart(node: nodes.Element) -> bool:
    """Tell whether a formula is a title's in a list of contents, or defines a substitution."""
    return any(
        isinstance(around, nodes.substitution_definition)
        or (isinstance(around, nodes.topic) and "contents" in around["classes"])
        for around in _ancestors(node)
    )


def cell_of(node: nodes.Element) -> dict[str, object]:
    """Return the metadata of the cell that has put out a node; empty for a node of the page's."""
    output = False
    for around in _ancestors(node):
        output = output or around.get("nb_element") == "cell_code_output"
        if output and "cell_metadata" in around:
            found: dict[str, object] = {"output": True, **around["cell_metadata"]}
            return found
    return {"output": True} if output else {}


def _claims_nothing(node: nodes.math_block) -> bool:
    """Tell whether an equation is a cell's output in which no relation stands."""
    if not cell_of(node):
        return False
    try:
        return not any(statement.relations for statement in read_display(node.astext()))
    except PageError:
        return not RELATION.search(node.astext())


def _looks_displayed(node: nodes.TextElement) -> bool:
    """Tell whether a text has dollars or brackets as around an equation, and no equation there."""
    if has_brackets(node.rawsource):
        return True
    for text in node.findall(nodes.Text):
        if _is_verbatim(text):
            continue
        if "$$" in text and has_dollars(node.rawsource or str(text)):
            return True
        # Of two dollars on each side, one was taken for those of a formula.
        formula = text.next_node(descend=False, siblings=True)
        if text.endswith("$") and isinstance(formula, nodes.math):
            after = formula.next_node(descend=False, siblings=True)
            if isinstance(after, nodes.Text) and after.startswith("$"):
                return True
    return False


def _is_verbatim(text: nodes.Node) -> bool:
    return isinstance(text.parent, (nodes.literal, nodes.math, nodes.math_block, nodes.raw))
