"""Superscripts, subscripts and primes: which are indices, which transpose, which are powers."""

from __future__ import annotations

from dataclasses import replace

from checkedmath.errors import ReadError
from checkedmath.latex.braces import unbraced
from checkedmath.latex.nodes import (
    Entry,
    Group,
    Name,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Script,
    Sum,
    Transpose,
)


def with_prime(node: Node, count: int) -> Node:
    """Return a function's name with ``count`` primes more."""
    if not isinstance(node, Name):
        raise ReadError("a prime follows a function's name, as in g'(z)", node.start)
    return replace(node, primes=node.primes + count)


def with_subscript(node: Node, subscripts: tuple[Node, ...]) -> Node:
    """Return a name with its subscripts, or an entry of any other expression."""
    subscripts = tuple(unbraced(item) for item in subscripts)
    if isinstance(node, Name):
        if node.subscripts:
            raise ReadError("two subscripts; write one, as in W_{jk}", node.start)
        return replace(node, subscripts=subscripts)
    if isinstance(node, Norm):
        order = _ORDERS.get(subscripts[0]) if len(subscripts) == 1 else None
        if order is None:
            raise ReadError(r"a norm is of order 1, 2, F or \infty", node.start)
        return replace(node, order=order)
    return Entry(node, subscripts)


_ORDERS: dict[Node, str] = {
    Number(1): "1",
    Number(2): "2",
    Name("F"): "F",
    Name(r"\operatorname{F}"): "F",
    Name(r"\infty"): r"\infty",
}


def with_superscript(node: Node, content: Node) -> Node:
    """Return a node with a superscript: layer, example, prime and transpose, or else a power."""
    if isinstance(content, Sum) and content in _INVERSE_TRANSPOSES:
        inverse = Power(node, Sum((Number(1),), (-1,)), start=node.start, end=node.end)
        letter = _letter(content.terms[0])
        return Transpose(inverse, start=node.start, end=node.end, letter=letter)
    parts = content.factors if isinstance(content, Product) else (content,)
    if not all(_is_script(part) for part in parts):
        return Power(node, unbraced(content))
    for part in parts:
        if isinstance(part, Group) and part.opens == "(":
            name = _single(node, "example")
            node = replace(name, example=part.items[0])
        elif isinstance(part, Group):
            name = _single(node, "layer")
            node = replace(name, layer=part.items[0])
        elif isinstance(part, Script) and part.kind == "prime":
            node = with_prime(node, 1)
    turns = [part for part in parts if part in _TURNS]
    if len(turns) > 1:
        raise ReadError("transposed twice; write one transpose, or none", turns[1].start)
    if turns:
        letter = _letter(turns[0])
        node = Transpose(node, start=node.start, end=node.end, letter=letter)
    return node


_LETTERS = (Name("T"), Name("H"))
"""What may be a name of the page; of real numbers, the conjugate transpose is the transpose."""

_TURNS = (*_LETTERS, Script("transpose"), Name(r"\operatorname{T}"), Name(r"\operatorname{H}"))
_INVERSE_TRANSPOSES = tuple(Sum((turn,), (-1,)) for turn in _TURNS)


def _letter(turn: Node) -> str:
    return turn.id if isinstance(turn, Name) and turn in _LETTERS else ""


def _is_script(part: Node) -> bool:
    if isinstance(part, Script):
        return part.kind != "braces"
    return part in _TURNS or (
        isinstance(part, Group) and len(part.items) == 1 and part.opens in ("(", "[")
    )


def _single(node: Node, index: str) -> Name:
    """Return the symbol that is to get a layer or an example, which it must not have yet."""
    if not isinstance(node, Name):
        message = f"only a symbol carries {index}s; give the expression a name by := first"
        raise ReadError(message, node.start)
    if getattr(node, index) is not None:
        raise ReadError(f"two {index}s on one symbol", node.start)
    return node
