r"""
Sets whose elements are made of others: symmetric matrices, the simplex, one-hot columns.

What is declared to be in such a set is defined by what is drawn without a restriction, under a name
of its own, so that balls and derivatives need no rule for it.
"""

from __future__ import annotations

from functools import cache

from checkedmath.latex.nodes import (
    ByEntry,
    Condition,
    Domain,
    IndexRange,
    Indicator,
    Name,
    Node,
    Number,
)
from checkedmath.latex.parsing import read_display

_BODIES = {
    "symmetric": r"\frac{1}{2} (R + R^\top)",
    "semidefinite": r"R R^\top",
    "definite": r"R R^\top + c I",
    # Rotations, and half of the time a reflection.
    "orthogonal": r"(I - \frac{2 b}{v^\top v} v v^\top) (I - R + R^\top) (I + R - R^\top)^{-1}",
    "simplex": r"\frac{1}{\mathbf{1}^\top p} p",
}
KINDS = {*_BODIES, "one-hot"}

Part = Domain | IndexRange


def is_part(name: str) -> bool:
    """Return whether a name is that of what an element of a set is made of."""
    return name.startswith(r"\mathring{")


def made_of(name: str, domain: Domain) -> tuple[dict[str, Part], Node]:
    """Return what an element of a set is made of, each with its own set, and how it is made."""
    own = {letter: rf"\mathring{{{name}}}_{letter}" for letter in "Rcbvpkj"}
    size = domain.shape[0]
    parts: dict[str, Part] = {
        "R": Domain("real", (size, size)),
        "c": Domain("positive"),
        "b": Domain("binary"),
        "v": Domain("real", (size,)),
        "p": Domain("nonnegative", (size,)),
        "k": Domain("whole", (), IndexRange(Number(1), size)),
        "j": IndexRange(Number(1), size),
    }
    if domain.kind == "one-hot":
        is_class = Condition((Name(own["j"]), Name(own["k"])), ("=",))
        body: Node = ByEntry(Indicator(is_class), (own["j"],))
    else:
        body = _renamed(_body(domain.kind), own)
    used = {each.id for each in body.walk() if isinstance(each, Name)}
    return {own[each]: part for each, part in parts.items() if own[each] in used}, body


@cache
def _body(kind: str) -> Node:
    (statement,) = read_display(f"{_BODIES[kind]} = 0")
    return statement.sides[0]


def _renamed(node: Node, names: dict[str, str]) -> Node:
    if isinstance(node, Name) and node.id in names:
        return Name(names[node.id])
    return node.with_children(lambda child: _renamed(child, names))
