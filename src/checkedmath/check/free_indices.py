"""Both sides of a relation for every value of each free index."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from checkedmath.bind.scope import Scope
from checkedmath.errors import ReadError, SizeError, UndeclaredError
from checkedmath.evaluate.arrays import is_square
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Array, Bindings
from checkedmath.evaluate.operators import index_values, truth
from checkedmath.latex.names import example_indices, free_names, key_of
from checkedmath.latex.nodes import Condition, Entry, Joined, Name, Node, Number
from checkedmath.latex.printing import to_latex

_ZERO = Number(0)

Conditions = tuple[Condition | Joined, ...]


@dataclass(frozen=True, slots=True)
class FreeIndices:
    """
    The free names of some expressions.

    Attributes
    ----------
    names : list of str
        All of them, in order.
    examples : set of str
        Those that number an example.
    open_names : list of str
        Those that nothing declares, which may number rows or columns.
    only : tuple of Condition or Joined
        What stands beside the equation: its values are those for which this is true.
    """

    names: list[str]
    examples: set[str]
    open_names: list[str]
    only: Conditions = ()


def free_indices_of(sides: Sequence[Node], scope: Scope, only: Conditions = ()) -> FreeIndices:
    """Return the free names of some expressions, with the conditions on these."""
    numbers = set().union(*map(example_indices, sides))
    examples = {name for name in numbers if not scope.is_size(name)}
    names = {name.id for side in sides for name in free_names(side)}
    known = scope.knows_example_or_batch
    outside = {
        name.id
        for side in sides
        for name in free_names(side, known)
        if not (name.subscripts and known(key_of(name)))
    }
    numbering = {item.id for side in sides for item in _subscripts(side)} & outside
    open_names = sorted(name for name in numbering - examples if _may_be_index(name, scope))
    free = FreeIndices(sorted(names | examples), examples, open_names, only)
    for name in (inner for each in only for inner in each.walk() if isinstance(inner, Name)):
        is_index = name == Name(name.id) and name.id in {*scope.indices, *examples, *open_names}
        if not (is_index or scope.is_size(key_of(name))):
            raise ReadError(
                f"{to_latex(name)} is no index of the equation that this condition stands beside; "
                r"a condition on values is declared, as x \in \mathbb{R}_{>0}, or is a case of "
                r"\begin{cases}",
                name.start,
            )
    return free


def _may_be_index(name: str, scope: Scope) -> bool:
    """Return whether a free name that nothing declares can number rows or columns."""
    letter = len(name) == 1 and name.isalpha() and name.islower()
    return letter and not (scope.knows(name) or scope.is_size(name))


def bindings_of(
    evaluator: Evaluator, sides: Sequence[Node], free: FreeIndices, *, one_example: bool
) -> Iterator[Bindings]:
    """
    Yield bindings for every value of each free index, for which the conditions are true.

    Raises
    ------
    ReadError
        If a condition names a range of which a value does not occur.
    """
    met: dict[str, set[int]] = {}
    for bindings in _all_bindings(evaluator, sides, free, one_example=one_example):
        if all(truth(evaluator, each, bindings).all() for each in free.only):
            yield bindings
        for name, value in bindings.indices.items() if free.only else ():
            met.setdefault(name, set()).add(value)
    for low, index, high in _ranges(free.only):
        ends = [evaluator.whole_number(end, Bindings({}, {}, None)) for end in (low, high)]
        values = met.get(index.id, set())
        if ends[0] <= ends[1] and not values.issuperset(ends):
            raise ReadError(
                f"{index.id} has the values {min(values)} to {max(values)} in a draw, and not all "
                "of those that stand beside the equation; declare its range",
                index.start,
            )


def _ranges(only: Conditions) -> Iterator[tuple[Node, Name, Node]]:
    """Yield the ranges among conditions: ``1 ≤ l ≤ L - 1``."""
    for node in (inner for each in only for inner in each.walk()):
        match node:
            case Condition((low, Name() as name, high), ("≤", "≤")):
                yield low, name, high


def _all_bindings(
    evaluator: Evaluator, sides: Sequence[Node], free: FreeIndices, *, one_example: bool
) -> Iterator[Bindings]:
    values: dict[str, Sequence[int]] = {}
    for name in free.names:
        if name in evaluator.scope.chosen:
            continue
        if name in evaluator.draw.ranges:
            values[name] = evaluator.draw.ranges[name]
        elif name in free.examples:
            of = frozenset(evaluator.scope.numbered_by(name, sides))
            values[name] = range(1, evaluator.names.examples(of) + 1)
    one: Sequence[int | None] = [None]
    if one_example:
        one = range(1, evaluator.names.examples() + 1)
    for example in one:
        for chosen in itertools.product(*values.values()):
            bindings = Bindings(dict(zip(values, chosen, strict=True)), {}, example)
            yield from _numbered(evaluator, sides, free.open_names, bindings)


def cases_of(
    evaluators: Iterable[Evaluator],
    sides: Sequence[Node],
    only: Conditions = (),
    *,
    one_example: bool,
) -> Iterator[tuple[Evaluator, Bindings]]:
    """Yield each draw with bindings for every value of each free index."""
    for evaluator in evaluators:
        free = free_indices_of(sides, evaluator.scope, only)
        for bindings in bindings_of(evaluator, sides, free, one_example=one_example):
            yield evaluator, bindings


def _subscripts(side: Node) -> Iterator[Name]:
    """Yield the names that stand as subscripts."""
    for node in side.walk():
        if isinstance(node, (Name, Entry)):
            yield from (item for item in node.subscripts if isinstance(item, Name))


def _numbered(
    evaluator: Evaluator, sides: Sequence[Node], names: list[str], bindings: Bindings
) -> Iterator[Bindings]:
    """Yield bindings for every value of the subscripts that nothing declares."""
    free: dict[str, Sequence[int]] = {}
    for name in names:
        with contextlib.suppress(UndeclaredError):
            free[name] = index_values(evaluator, name, sides, bindings)
    for values in itertools.product(*free.values()):
        bound = bindings
        for name, value in zip(free, values, strict=True):
            bound = bound.with_index(name, value)
        yield bound


def both_sides(
    evaluator: Evaluator, sides: tuple[Node, Node], bindings: Bindings
) -> tuple[Array, Array]:
    """Return both sides; an identity or a zero that is a side of its own has the other's size."""
    values: list[Array | None] = []
    for side in sides:
        try:
            values.append(evaluator.value(side, bindings))
        except SizeError as error:
            values.append(None)
            unknown = error
    left, right = values
    # A zero beside an array is the array of zeros.
    if sides[1] == _ZERO and left is not None:
        right = np.broadcast_to(evaluator.constant(0), left.shape[-2:])
    elif sides[0] == _ZERO and right is not None:
        left = np.broadcast_to(evaluator.constant(0), right.shape[-2:])
    if left is None and right is not None and is_square(right):
        left = evaluator.value(sides[0], replace(bindings, identity=right.shape[-1]))
    elif right is None and left is not None and is_square(left):
        right = evaluator.value(sides[1], replace(bindings, identity=left.shape[-1]))
    if left is None or right is None:
        raise unknown
    return left, right
