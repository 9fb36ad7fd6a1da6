"""Invisible braces, and scripts that are left over; the place of what is built."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from lark.tree import Meta

from checkedmath.errors import ReadError
from checkedmath.latex.nodes import BigOperator, Hadamard, Node, Partial, Script, Sum

N = TypeVar("N", bound=Node)


def at(meta: Meta, node: N) -> N:
    """Return a node with its place in the LaTeX."""
    if (node.start, node.end) == (meta.start_pos, meta.end_pos):
        return node
    return replace(node, start=meta.start_pos, end=meta.end_pos)


_BRACED_SUM = "braces do not show on the page; write parentheses around what they hold"


def unbraced(node: Node) -> Node:
    """Return a whole term without the braces around it."""
    if isinstance(node, Script) and node.kind == "braces" and node.content is not None:
        return node.content
    return node


def factor_of(node: Node) -> Node:
    """Return a factor without invisible braces, which must not change the reading."""
    if isinstance(node, Script) and node.kind == "braces" and node.content is not None:
        if isinstance(node.content, (Sum, Hadamard, BigOperator)):
            raise ReadError(_BRACED_SUM, node.start)
        return node.content
    return node


_STRAY = {
    "transpose": r"\top stands in a superscript, as in W^\top",
    "prime": r"\prime stands in a superscript",
    "braces": _BRACED_SUM,
}


def settled(side: Node) -> Node:
    r"""Return a whole side, in which no script and no ``\partial`` may be left over."""
    for node in side.walk():
        if isinstance(node, Script):
            raise ReadError(_STRAY[node.kind], node.start)
        if isinstance(node, Partial):
            message = r"\partial stands in a fraction: \frac{\partial J}{\partial W}"
            raise ReadError(message, node.start)
    return side
