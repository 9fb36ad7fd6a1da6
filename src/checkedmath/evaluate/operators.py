"""Big operators, conditions, cases and blocks: what runs over indices or chooses."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from checkedmath.errors import DrawAgainError, PageError, ReadError, ShapeError, UndeclaredError
from checkedmath.evaluate.arrays import is_scalar, refuse_huge, shape_of
from checkedmath.evaluate.context import Context
from checkedmath.evaluate.functions import is_greater, maximum, minimum
from checkedmath.evaluate.lookup import Array, Bindings
from checkedmath.evaluate.numbers import nothing_like
from checkedmath.latex.nodes import (
    BigOperator,
    ByEntry,
    Cases,
    Condition,
    Dots,
    Entry,
    Indicator,
    Joined,
    Matrix,
    Name,
    Node,
    Number,
)
from checkedmath.latex.printing import to_latex

_EMPTY = {"sum": 0.0, "prod": 1.0}
_JOIN: dict[str, Callable[[Array, Array], Array]] = {
    "sum": np.add,
    "mean": np.add,
    "prod": np.multiply,
    "max": maximum,
    "min": minimum,
}


def big_operator(context: Context, node: BigOperator, bindings: Bindings) -> Array:
    """Return a sum, a product, a mean, or the largest or the smallest, over an index."""
    values: Sequence[int]
    if node.low is not None and node.high is not None:
        low, high = (context.whole_number(end, bindings) for end in (node.low, node.high))
        values = range(low, high + 1)
    else:
        values = index_values(context, node.index, (node.body,), bindings)
    if node.skipped is not None:
        skipped = context.whole_number(node.skipped, bindings)
        values = [value for value in values if value != skipped]
    if node.kind in _EMPTY:
        context.names.record.branch(node, "a term of", reached=bool(values))
    if not values:
        if node.kind in _EMPTY:
            return np.array([[_EMPTY[node.kind]]])
        raise ReadError(f"{to_latex(node)} is over nothing")
    join = _JOIN[node.kind]
    result = context.value(node.body, bindings.with_index(node.index, values[0]))
    for value in values[1:]:
        term = context.value(node.body, bindings.with_index(node.index, value))
        if result.shape[-2:] != term.shape[-2:] and not bindings.elementwise:
            raise ShapeError(
                f"{to_latex(node.body)} is {shape_of(result)} and {shape_of(term)} "
                f"for different {node.index}"
            )
        if node.kind == "prod" and not (bindings.elementwise or is_scalar(term)):
            raise ShapeError(rf"\prod is of numbers; {to_latex(node.body)} is {shape_of(term)}")
        refuse_huge(result, term)
        result = join(result, term)
    return result / len(values) if node.kind == "mean" else np.asarray(result)


def index_values(
    context: Context, index: str, nodes: Sequence[Node], bindings: Bindings
) -> Sequence[int]:
    """
    Return the values of an index with no range of its own.

    They are those declared; or the examples, where it numbers one; or else as many as there are
    rows or columns in what it is a subscript of.
    """
    if index in context.draw.ranges:
        return context.draw.ranges[index]
    inner = [each for node in nodes for each in node.walk()]
    name = Name(index)
    if any(isinstance(each, Name) and each.example == name for each in inner):
        of = frozenset(context.scope.numbered_by(index, nodes))
        return range(1, context.names.examples(of) + 1)
    sizes: dict[int, Node] = {}
    for each in inner:
        if isinstance(each, (Name, Entry)) and name in each.subscripts:
            if isinstance(each, Name) and context.scope.is_kronecker(each):
                continue
            sizes.update(dict.fromkeys(_sizes(context, name, each, bindings), each))
    if len(sizes) == 1:
        return range(1, next(iter(sizes)) + 1)
    if sizes:
        found = " and ".join(f"{size} in {to_latex(where)}" for size, where in sizes.items())
        raise ShapeError(
            rf"the range of {index} is {found}; declare {index} \in \{{1, \dots, n\}}, or use two "
            "indices"
        )
    for other in _compared(context, name, inner):
        return context.draw.ranges[other]
    raise UndeclaredError(
        rf"the range of {index} is not declared; write \sum_{{{index}=1}}^{{n}}, or declare "
        rf"{index} \in \{{1, \dots, n\}}"
    )


def _compared(context: Context, index: Name, nodes: Sequence[Node]) -> Iterator[str]:
    r"""Yield the indices that one is compared with: ``\mathbb{1}[j = c]``, ``\delta_{jc}``."""
    for node in nodes:
        sides = node.sides if isinstance(node, Condition) else ()
        if isinstance(node, Name) and context.scope.is_kronecker(node):
            sides = node.subscripts
        if index in sides:
            yield from (
                side.id
                for side in sides
                if isinstance(side, Name) and side.id in context.draw.ranges
            )


def _sizes(context: Context, index: Name, node: Name | Entry, bindings: Bindings) -> Iterator[int]:
    """Yield how many values a subscript of an array has there."""
    base: Node
    if isinstance(node, Entry):
        base = node.base
    else:
        free = bindings.with_index(index.id, 1)
        key, entry = context.split_subscripts(node, free)
        if key in context.draw.members:
            yield from context.names.members_of(node)
        if not entry:
            return
        before = len(node.subscripts) - len(entry)
        base = replace(node, subscripts=node.subscripts[:before])
        node = replace(node, subscripts=entry)
    bound = bindings
    for name in base.walk():
        if isinstance(name, Name) and len(name.id) == 1 and _is_open(context, name, bound):
            bound = bound.with_index(name.id, context.draw.ranges.get(name.id, (1,))[0])
    try:
        rows, columns = context.value(base, bound).shape[-2:]
    except PageError:
        return
    for place, subscript in enumerate(node.subscripts):
        if subscript == index:
            one = len(node.subscripts) == 1 and rows == 1
            yield (columns if one else (rows, columns)[min(place, 1)])


def _is_open(context: Context, name: Name, bindings: Bindings) -> bool:
    """Tell whether a name in an array's layer, example or entry has no value yet."""
    return name.id not in bindings.indices and (
        name.id in context.draw.ranges
        or not (context.scope.knows(name.id) or name.id in context.draw.sizes)
    )


def by_entry(context: Context, node: ByEntry, bindings: Bindings) -> Array:
    """Return the array whose entries the body gives."""
    ranges = [index_values(context, index, (node.body,), bindings) for index in node.indices]
    if len(ranges) > 2 or any(list(each) != list(range(1, len(each) + 1)) for each in ranges):
        raise ReadError("an array is defined by one or two subscripts, each from 1")
    if not all(ranges):
        raise DrawAgainError("in every draw, an index has no values: an array has no entries")
    columns = ranges[1] if len(ranges) > 1 else [None]
    rows = []
    for first in ranges[0]:
        row = []
        for second in columns:
            bound = bindings.with_index(node.indices[0], first)
            if second is not None:
                bound = bound.with_index(node.indices[1], second)
            value = context.value(node.body, bound)
            if not is_scalar(value):
                raise ShapeError(
                    f"an entry is a number; {to_latex(node.body)} is {shape_of(value)}"
                )
            row.append(value)
        rows.append(_joined(row, -1))
    return _joined(rows, -2)


def _joined(values: Sequence[Array], axis: int) -> Array:
    leading = np.broadcast_shapes(*(value.shape[:-2] for value in values))
    full = [np.broadcast_to(value, leading + value.shape[-2:]) for value in values]
    return np.concatenate(full, axis=axis)


# -- conditions -----------------------------------------------------------------------------------


def truth(context: Context, node: Condition | Joined, bindings: Bindings) -> Array:
    """Return where a chain of comparisons is true, or all of several, or one."""
    if isinstance(node, Joined):
        found = [truth(context, each, bindings) for each in node.conditions]
        if len({each.shape[-2:] for each in found} - {(1, 1)}) > 1:
            raise ShapeError(f"{to_latex(node)} joins conditions on arrays of different shapes")
        return functools.reduce(np.logical_and if node.word == "and" else np.logical_or, found)
    values = [context.compared(side, bindings) for side in node.sides]
    result = np.array([[True]])
    for sign, (left, right) in zip(node.signs, itertools.pairwise(values), strict=True):
        if left.shape[-2:] != right.shape[-2:] and not (is_scalar(left) or is_scalar(right)):
            raise ShapeError(f"{to_latex(node)} compares {shape_of(left)} with {shape_of(right)}")
        more, less = is_greater(left, right, jump=True), is_greater(right, left, jump=True)
        fits = {
            "=": ~more & ~less,
            "≠": more | less,
            "<": less,
            ">": more,
            "≤": ~more,
            "≥": ~less,
        }
        result = result & fits[sign]
    return result


def indicator(context: Context, node: Indicator, bindings: Bindings) -> Array:
    """Return 1 where a condition is true, and 0 where it is not."""
    true = truth(context, node.condition, bindings)
    record = context.names.record
    record.branch(node, "where it is 1,", reached=bool(true.any()))
    record.branch(node, "where it is 0,", reached=not true.all())
    return true.astype(float)


def cases(context: Context, node: Cases, bindings: Bindings) -> Array:
    """Return the one value whose condition is true; what has none is not a number."""
    result: Array | None = None
    taken = np.array([[False]])
    for number, case in enumerate(node.cases, start=1):
        here = ~taken if case.condition is None else truth(context, case.condition, bindings)
        if (here & taken).any():
            raise ReadError(f"two cases are true at once; the second is {to_latex(case.value)}")
        taken = taken | here
        outcome = f"case {number} of"
        record = context.names.record
        record.branch(node, outcome, reached=bool(here.any()))
        if not here.any():
            context.require_names(case.value, bindings)
        if bindings.elementwise:
            value = context.value(case.value, bindings)
            result = np.where(here, value, nothing_like(value) if result is None else result)
        elif not is_scalar(here):
            raise ShapeError(
                "a condition in cases is about numbers; define f(z) := by cases, and apply f"
            )
        elif here.all():
            result = context.value(case.value, bindings)
    return nothing_like(np.ones((1, 1))) if result is None else result


# -- blocks ---------------------------------------------------------------------------------------


def matrix(context: Context, node: Matrix, bindings: Bindings) -> Array:
    """Return blocks beside and below each other; dots continue what stands around them."""
    if bindings.elementwise:
        raise ReadError("a function's body is written for numbers; it holds no matrix")
    columns = [row.cells[0] for row in node.rows]
    if any(isinstance(cell, Dots) for cell in columns):
        if any(len(row.cells) > 1 for row in node.rows):
            raise ReadError(r"dots go on in one direction: \cdots in a row, or \vdots in a column")
        return _blocks(list(_continued(context, columns, bindings)), -2)
    rows = [_blocks(list(_continued(context, row.cells, bindings)), -1) for row in node.rows]
    return _blocks(rows, -2)


def _blocks(values: list[Array], axis: int) -> Array:
    other = -1 if axis == -2 else -2
    if len({value.shape[other] for value in values}) > 1:
        word = "rows" if axis == -1 else "columns"
        found = ", ".join(map(shape_of, values))
        raise ShapeError(f"blocks beside each other need equally many {word}; here are {found}")
    return _joined(values, axis)


def _continued(context: Context, cells: Sequence[Node], bindings: Bindings) -> Iterator[Array]:
    """Yield the values of cells, and those for which dots stand between the first and the last."""
    dots = [place for place, cell in enumerate(cells) if isinstance(cell, Dots)]
    if not dots:
        for cell in cells:
            yield context.value(cell, bindings)
        return
    before, after = cells[: dots[0]], cells[dots[0] + 1 :]
    found = pattern(before[0], after[0]) if before and len(after) == 1 else None
    if len(dots) > 1 or found is None:
        raise ReadError(r"dots stand between the first and the last, as in x_1 & \cdots & x_n")
    node, low, high = found
    first, last = (context.whole_number(end, bindings) for end in (low, high))
    for place, cell in enumerate(before):
        if filled(node, Number(first + place)) != cell:
            raise ReadError(f"{to_latex(cell)} does not follow on what stands before it")
    if last < first + len(before):
        raise ReadError(f"between {to_latex(cells[0])} and {to_latex(after[0])} there is nothing")
    for value in range(first, last + 1):
        yield context.value(filled(node, Number(value)), bindings)


_HOLE = Name("□")


def pattern(first: Node, last: Node) -> tuple[Node, Node, Node] | None:
    """Return what two expressions share, with a hole where they differ, and what differs."""
    if first == last:
        return None
    differences: set[tuple[object, object]] = set()

    def meet(one: object, other: object) -> object:
        if one == other:
            return one
        if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
            return tuple(map(meet, one, other))
        alike = isinstance(one, Node) and type(one) is type(other) and not isinstance(one, Number)
        if isinstance(one, Node) and alike and getattr(one, "id", 0) == getattr(other, "id", 0):
            return changed(one, lambda name, value: meet(value, getattr(other, name)))
        differences.add((one, other))
        return _HOLE

    node = meet(first, last)
    if len(differences) != 1 or node == _HOLE or not isinstance(node, Node):
        return None
    ((low, high),) = differences
    return (node, low, high) if isinstance(low, Node) and isinstance(high, Node) else None


def changed(node: Node, change: Callable[[str, object], object]) -> Node:
    """Return a node of which each part that counts is changed."""
    names = [field.name for field in fields(node) if field.compare]
    parts: dict[str, Any] = {name: change(name, getattr(node, name)) for name in names}
    return replace(node, **parts)


def filled(node: Node, value: Node) -> Node:
    """Put a value in the hole of a pattern."""

    def fill(part: object) -> object:
        if part == _HOLE:
            return value
        if isinstance(part, tuple):
            return tuple(map(fill, part))
        return changed(part, lambda _, inner: fill(inner)) if isinstance(part, Node) else part

    return changed(node, lambda _, inner: fill(inner))


RULES: dict[type[Node], Any] = {
    BigOperator: big_operator,
    ByEntry: by_entry,
    Indicator: indicator,
    Cases: cases,
    Matrix: matrix,
}
"""How each construct is computed: from the context, the expression and its bindings."""
