"""Build declarations: sets, sizes, ranges and types of functions."""

from __future__ import annotations

from typing import Any

from lark import Token
from lark.tree import Meta

from checkedmath.errors import ReadError
from checkedmath.latex.braces import settled, unbraced
from checkedmath.latex.hints import SETS
from checkedmath.latex.names import canonical
from checkedmath.latex.nodes import (
    Declaration,
    Domain,
    Dots,
    FunctionType,
    IndexRange,
    Name,
    Node,
    Number,
    Power,
    Sum,
)

_SYMBOLS = "a declaration names symbols such as X or W^{[1]}"


class Declaring:
    """The rules of declarations: a method for each."""

    def name_list(self, meta: Meta, items: list[Any]) -> tuple[Node, ...]:
        """Return the names that are declared; a superscript may be a layer."""
        names = tuple(item for item in items if not isinstance(item, Token))
        for name in names:
            base = name.base if isinstance(name, Power) else name
            if not isinstance(base, Name) or base.primes:
                raise ReadError(_SYMBOLS, meta.start_pos)
            settled(name)
        return names

    def member(self, meta: Meta, items: list[Any]) -> Declaration:
        """Return a declaration of members of a set."""
        return Declaration(items[0], items[2])

    def bounded(self, meta: Meta, items: list[Any]) -> Declaration:
        """Return a declaration of numbers above nothing."""
        names, sign, bound = items
        kinds = {">": "positive", r"\ge": "nonnegative", r"\geq": "nonnegative"}
        if str(sign) not in kinds or float(bound) != 0:
            message = r"a number is declared as c \in \mathbb{R}, c > 0, c \ge 0 or c \in (0, 1)"
            raise ReadError(message, sign.start_pos)
        return Declaration(names, Domain(kinds[str(sign)]))

    def function_type(self, meta: Meta, items: list[Any]) -> Declaration:
        """Return a declaration of a function."""
        names, *sources, target = (item for item in items if not isinstance(item, Token))
        if not all(isinstance(each, Domain) for each in (*sources, target)):
            raise ReadError(
                r"a function goes from one set to another: g : \mathbb{R} \to \mathbb{R}",
                meta.start_pos,
            )
        function = FunctionType(tuple(sources), target)
        return Declaration(names, function)

    def array_set(self, meta: Meta, items: list[Any]) -> Domain:
        """Return a set of numbers or arrays."""
        token = items[0]
        kinds = {"REALS": "real", "BINARY": "binary", "UNIT": "unit", "INTEGERS": "integer"}
        kind = kinds[token.type]
        if token.type == "REALS" and ("0" in token or "+" in token):
            kind = "positive" if ">" in token or "++" in token else "nonnegative"
        return Domain(kind, items[1] if len(items) > 1 else ())

    def symmetric_set(self, meta: Meta, items: list[Any]) -> Domain:
        """Return the set of symmetric matrices, or of those that are (semi)definite."""
        kinds = {0: "symmetric", 1: "semidefinite", 2: "definite"}
        (size, *more) = items[1]
        if more:
            raise ReadError(r"a symmetric matrix has one size, as in \mathbb{S}^n", meta.start_pos)
        return Domain(kinds[str(items[0]).count("+")], (size, size))

    def simplex(self, meta: Meta, items: list[Any]) -> Domain:
        """Return the set of the columns of numbers from 0 whose sum is 1."""
        (above, *more) = items[1]
        if str(items[0]) != r"\Delta" or more:
            raise ReadError(SETS, meta.start_pos)
        match above:
            case Sum((size, Number(1)), (1, -1)):
                return Domain("simplex", (size,))
            case Number(int() as number):
                return Domain("simplex", (Number(number + 1),))
        return Domain("simplex", (Sum((above, Number(1)), (1, 1)),))

    def unknown_set(self, meta: Meta, items: list[Any]) -> Domain:
        """Refuse a set that is not read."""
        raise ReadError(SETS, meta.start_pos)

    def orthogonal_set(self, meta: Meta, items: list[Any]) -> Domain:
        """Return the set of orthogonal matrices."""
        if canonical(str(items[0])) not in ("O", r"\operatorname{O}"):
            raise ReadError(SETS, meta.start_pos)
        size = settled(unbraced(items[1]))
        return Domain("orthogonal", (size, size))

    def naturals(self, meta: Meta, items: list[Any]) -> Domain:
        """Return the set of sizes."""
        return Domain("natural")

    def dimensions(self, meta: Meta, items: list[Any]) -> tuple[Node, ...]:
        """Return the sizes above a set."""
        return tuple(settled(unbraced(item)) for item in items if not isinstance(item, Token))

    def listed_set(self, meta: Meta, items: list[Any]) -> IndexRange | Domain:
        """Return listed values, those from one to another, or arrays of them."""
        listed, shape = _of_set(items)
        values = IndexRange(listed=listed)
        if len(listed) > 2 and isinstance(listed[-2], Dots):
            match listed[0], listed[-1]:
                case Name(id=e, subscripts=(Number(1),)), Name(id=same, subscripts=(size,)) if (
                    e == same and e[-2:].strip("{}") == "e" and shape is None
                ):
                    return Domain("one-hot", (size,))
            values = _range(listed[0], listed[1:-2], listed[-1])
        return values if shape is None else Domain("whole", shape, values)


def _range(low: Node, more: tuple[Node, ...], high: Node) -> IndexRange:
    """Return the whole numbers from one to another."""
    steps = range(1, len(more) + 1)
    if more and (
        not isinstance(low, Number) or more != tuple(Number(low.value + n) for n in steps)
    ):
        message = r"a range goes up by 1, as in \{1, \dots, n\} or \{1, 2, \dots, n\}"
        raise ReadError(message, more[0].start)
    return IndexRange(low, high)


def _of_set(items: list[Any]) -> tuple[tuple[Node, ...], tuple[Node, ...] | None]:
    """Return what stands in a set's braces, and the sizes above it, None where there are none."""
    shape = items[-1] if isinstance(items[-1], tuple) else None
    return tuple(settled(unbraced(item)) for item in items if isinstance(item, Node)), shape
