"""
Values for the declared names: a design of sizes, small sets and random numbers.

Nothing is left to chance that a verdict can hang on. From one draw to the next every size and every
depth changes, and a number of a small set takes each of its values. Plans beyond the first draws
ask for what these leave out: the extreme arrays, a combination of values, the ends of a domain.
"""

from __future__ import annotations

import contextlib
import itertools
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.bind.scope import Scope
from checkedmath.errors import DrawAgainError, PageError, ReadError, UndeclaredError, refuse_late
from checkedmath.evaluate.functions import SmoothMap, random_smooth_function
from checkedmath.latex.names import key_of
from checkedmath.latex.nodes import Domain, IndexRange, Name, Node, Number, Product, Sum
from checkedmath.latex.printing import to_latex

Array = NDArray[Any]
Key = tuple[str, int | None]

LARGEST = 1000
"""Entries that a drawn array may have."""

LEAST_DRAWS = 5
"""Draws after which each size, each depth and each number of a small set has changed."""

_FIRST_SIZES = 5
_MORE_SIZES = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What one draw is to be like.

    Attributes
    ----------
    number : int
        The draw's number; the same seed and plan give the same values.
    fixed : tuple of str and float
        Names whose entries all have this one value.
    wide : bool
        Whether values come from all of their domains: tiny and huge ones, ties, zero.
    marks : tuple of float
        With ``wide``, numbers that are met, and what is beside them.
    ends : bool
        Whether sizes may be 1, as they may not where a sum and a mean are to be told apart.
    large : str
        A size that is to be large, empty for none.
    size : int
        How large it is to be.
    """

    number: int
    fixed: tuple[tuple[str, float], ...] = ()
    wide: bool = False
    marks: tuple[float, ...] = ()
    ends: bool = False
    large: str = ""
    size: int = 0


@dataclass(slots=True)
class Draw:
    """
    One random draw of everything that a page declares.

    Attributes
    ----------
    sizes : dict
        The sizes by name: ``{"m": 3, "n_0": 5}``. All differ, so that a transposed or misplaced
        array cannot fit by accident, and none is 1, where a sum and a mean are the same.
    values : dict
        The arrays by name and layer, each at least two-dimensional.
    functions : dict
        The functions that are declared only.
    members : set of str
        The names ``b_1``, ``b_2``, … that a declaration of ``b_t`` stands for.
    """

    sizes: dict[str, int] = field(default_factory=dict)
    values: dict[Key, Array] = field(default_factory=dict)
    functions: dict[str, Callable[[Array], Array]] = field(default_factory=dict)
    ranges: dict[str, tuple[int, ...]] = field(default_factory=dict)
    pool: list[int] = field(default_factory=list)
    plan: Plan = Plan(0)
    depths: dict[str, int] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)


def draw(scope: Scope, seed: int, plan: Plan, deadline: float = float("inf")) -> Draw:
    """
    Draw values for all that ``scope`` declares.

    Parameters
    ----------
    scope : Scope
        The declarations.
    seed : int
        The run's seed.
    plan : Plan
        What the draw is to be like.
    deadline : float, optional
        The `time.monotonic` at which to give up.
    """
    result = Draw(pool=_sizes(scope, seed, plan), plan=plan)
    if plan.large:
        result.sizes[plan.large] = plan.size
    for name, index_range in scope.indices.items():
        with _declared_at(scope, name, None):
            result.ranges[name] = _index_values(index_range, result)
    for name in sorted(scope.sizes):
        _size(name, result)
    for (name, layer), domain in scope.arrays.items():
        with _declared_at(scope, name, layer):
            refuse_late(deadline)
            _draw_array(scope, (name, layer), domain, seed, result)
    for name, kind in scope.functions.items():
        rng = _generator(seed, plan, name, None)
        if kind.elementwise:
            result.functions[name] = random_smooth_function(rng)
            continue
        with _declared_at(scope, name, None):
            *shapes, shape = (
                _full_shape(domain, result, {}) for domain in (*kind.sources, kind.target)
            )
        result.functions[name] = SmoothMap.draw(tuple(shapes), shape, rng)
    return result


def _draw_array(
    scope: Scope, which: tuple[str, int | str | None], domain: Domain, seed: int, result: Draw
) -> None:
    """Draw what a declaration of arrays stands for: one, or one of each layer or subscript."""
    name, layer = which
    for value in _layers(name, layer, result):
        inside = {layer: value} if isinstance(layer, str) and value is not None else {}
        for key, indices in _members(scope, name, inside, result):
            if (key, value) in result.values:
                what = f"as {key}" if value is None else f"for layer {value}"
                raise ReadError(f"{name} is declared twice {what}")
            array = _Array(domain, key, value, seed, result)
            result.values[key, value] = array.drawn(indices)
            if key != name:
                result.members.add(key)


_TURN_OF_LARGE = 3
"""Of eight wide draws, the one whose sizes are larger; those of the others cost less."""


def _sizes(scope: Scope, seed: int, plan: Plan) -> list[int]:
    """
    Return the sizes that a draw gives out, in order.

    From one draw to the next they move on by one place, so that no name has one size throughout;
    none is smaller than a literal that picks an entry, so that the entry exists.
    """
    rng = np.random.default_rng(seed)
    least = max(2, scope.largest_literal)
    if plan.ends:
        return [1] * (2 * LARGEST) if plan.number % 2 else [1, 2, 3, 4, 5]
    if plan.wide:
        own = np.random.default_rng([seed, plan.number])
        start = least + 8 if plan.number % 8 == _TURN_OF_LARGE else least
        return [int(size) for size in own.permutation(np.arange(start, start + 6))]
    first = rng.permutation(np.arange(least, least + _FIRST_SIZES))
    return [int(size) for size in np.roll(first, plan.number)]


@contextlib.contextmanager
def _declared_at(scope: Scope, name: str, layer: int | str | None) -> Iterator[None]:
    """Give an error the place of the declaration that it comes from."""
    try:
        yield
    except PageError as error:
        error.origin = scope.places.get((name, layer))
        raise


def _generator(seed: int, plan: Plan, name: str, layer: int | None) -> np.random.Generator:
    """Give each name its own stream, so that adding a declaration leaves the others' values."""
    stream = [seed, plan.number, zlib.crc32(f"{name}[{layer}]".encode())]
    return np.random.default_rng([*stream, 1] if plan.wide else stream)


def _members(
    scope: Scope, key: str, inside: dict[str, int], result: Draw
) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield the names that a declaration stands for: one, or ``b_1`` to ``b_T`` for ``b_t``."""
    name = scope.families.get(key)
    running = (
        [] if name is None else [index for index in indices_of(name) if index in result.ranges]
    )
    if name is None or not running:
        yield key, inside
        return
    for values in itertools.product(*(result.ranges[index] for index in running)):
        indices = {**inside, **dict(zip(running, values, strict=True))}
        subscripts = tuple(_substitute(item, result, indices) for item in name.subscripts)
        yield key_of(Name(name.id, subscripts)), indices


def indices_of(name: Name) -> list[str]:
    """Return the names in a symbol's subscripts, in order."""
    inner = [each for item in name.subscripts for each in item.walk()]
    return list(dict.fromkeys(each.id for each in inner if isinstance(each, Name)))


def _layers(name: str, layer: int | str | None, result: Draw) -> tuple[int | None, ...]:
    if not isinstance(layer, str):
        return (layer,)
    if layer not in result.ranges:
        message = rf"{name}^{{[{layer}]}} needs the range of {layer}: {layer} \in \{{1, \dots, L\}}"
        raise UndeclaredError(message)
    return result.ranges[layer]


def _full_shape(domain: Domain, result: Draw, indices: dict[str, int]) -> tuple[int, int]:
    """Return rows and columns; a vector is a column, and a number has one of each."""
    shape = tuple(_whole_number(node, result, indices) for node in domain.shape)
    if len(shape) > 2:
        raise ReadError("an array has at most two sizes: rows and columns")
    full = (*shape, 1, 1)[:2]
    if min(full) < 1:
        raise DrawAgainError(f"an array of shape {full} has no entries; a size is at least 1")
    if full[0] * full[1] > LARGEST:
        raise ReadError(f"an array of shape {full} has more than {LARGEST} entries")
    return full[0], full[1]


@dataclass(frozen=True, slots=True)
class _Array:
    """One declared array, to be drawn."""

    domain: Domain
    key: str
    layer: int | None
    seed: int
    result: Draw

    def drawn(self, indices: dict[str, int]) -> Array:
        """Return the array as the plan wants it."""
        plan, kind = self.result.plan, self.domain.kind
        shape = _full_shape(self.domain, self.result, indices)
        values = small_set(self.domain, self.result)
        fixed = dict(plan.fixed).get(self.key)
        if fixed is not None:
            if values and fixed not in values:
                raise DrawAgainError(self.key)  # its set is smaller in this draw
            return np.full(shape, fixed)
        rng = _generator(self.seed, plan, self.key, self.layer)
        if values and shape == (1, 1):
            return np.full(shape, self._in_turn(values))
        if kind == "binary":
            return _both_labels(rng.integers(0, 2, size=shape).astype(float), rng)
        if kind == "integer":
            return rng.integers(-9, 10, size=shape).astype(float)
        if kind == "whole":
            return _every_value(values, shape, rng)
        if plan.wide:
            return _wide(kind, shape, rng, plan, zlib.crc32(self.key.encode()))
        if kind == "real":
            return rng.normal(size=shape)
        if kind == "unit":
            return rng.uniform(0.05, 0.95, size=shape)
        return rng.uniform(0.2, 2.0, size=shape)

    def _in_turn(self, values: tuple[int, ...]) -> int:
        """Return a number of a small set: in as many draws as it has values, each of them once."""
        block, place = divmod(self.result.plan.number, len(values))
        stream = [self.seed, block, zlib.crc32(self.key.encode()), len(values)]
        return int(np.random.default_rng(stream).permutation(values)[place])


def small_set(domain: Domain, result: Draw) -> tuple[int, ...]:
    """Return the values that an entry can have, in order; none where they are not counted."""
    if domain.kind == "binary":
        return (0, 1)
    if domain.kind == "whole" and domain.values is not None:
        return tuple(sorted(set(_index_values(domain.values, result))))
    return ()


_SPREADS = (1.0, 10.0, 0.1, 30.0, 3.0, 100.0, 1e-3, 1e4, 1e-9, 1e9)
"""Magnitudes that values far out in their domains have in turn."""


def marks_beside(literals: Sequence[float]) -> tuple[float, ...]:
    """Return numbers that a condition may hang on, and what is beside and between them."""
    beside = [v + step for v in (0.0, *literals) for step in (0.0, 1.0, -1.0)]
    beside += [factor * v for v in literals for factor in (2.0, 0.5)]
    beside += [(low + high) / 2 for low, high in itertools.pairwise(literals)]
    return tuple(dict.fromkeys(signed for value in beside for signed in (value, -value)))


def _wide(
    kind: str, shape: tuple[int, int], rng: np.random.Generator, plan: Plan, offset: int
) -> Array:
    """
    Return values from all of a domain.

    In every other draw they are of one magnitude, which changes, or anywhere among the marks. Else
    they are marks; in the first three of these draws all are 0, or 1, or -1, and then a number has
    the marks in turn, in an order of its own, and in another one once it has had them all: marks of
    two names meet.
    """
    turn, by_magnitude = divmod(plan.number, 2)
    if kind == "unit":
        small = 10.0 ** -rng.uniform(0.3, 8.0, size=shape)
        return 1.0 - small if rng.integers(2) else small
    if by_magnitude and plan.marks and turn % 4 == 0:
        values = rng.uniform(-1.0, 1.0, size=shape) * (1.0 + max(plan.marks))
        return values if kind == "real" else np.abs(values)
    if by_magnitude:
        spread = _SPREADS[(turn + offset * (turn // len(_SPREADS))) % len(_SPREADS)]
        values = spread * rng.uniform(0.3, 3.0, size=shape)
        signs = rng.choice([-1.0, 1.0], size=shape if turn % 2 else (1, 1))
        values = values * signs if kind == "real" else values
        return np.asarray(values)
    marks = plan.marks or marks_beside(())
    if turn < 3:
        values = np.full(shape, (0.0, 1.0, -1.0)[turn])
    elif shape == (1, 1):
        around, place = divmod(turn - 3, len(marks))
        order = np.random.default_rng([offset, around]).permutation(len(marks))
        values = np.full(shape, marks[order[place]])
    else:
        values = rng.choice(marks, size=shape)
    if kind == "real":
        return np.asarray(values)
    values = np.abs(values)
    return np.asarray(values if kind == "nonnegative" else np.where(values > 0, values, 0.5))


def _both_labels(labels: Array, rng: np.random.Generator) -> Array:
    """
    Make sure that both labels occur wherever there is room for both.

    In a matrix each column has a 1 and each row has one, so that no mask empties either of them.
    """
    rows, columns = labels.shape
    if rows > 1:
        labels[rng.integers(0, rows, size=columns), np.arange(columns)] = 1.0
    if columns > 1:
        labels[np.arange(rows), rng.integers(0, columns, size=rows)] = 1.0
    if labels.size > 1 and labels.min() == labels.max():
        labels.flat[0] = 1.0 - labels.flat[0]
    return labels


def _every_value(
    values: tuple[int, ...], shape: tuple[int, int], rng: np.random.Generator
) -> Array:
    """Return whole numbers, each value at least once where there is room."""
    drawn = rng.choice(values, size=shape).astype(float)
    if len(values) <= drawn.size:
        drawn.flat[rng.permutation(drawn.size)[: len(values)]] = values
    return drawn


def _index_values(index_range: IndexRange, result: Draw) -> tuple[int, ...]:
    if index_range.listed:
        return tuple(_whole_number(node, result, {}) for node in index_range.listed)
    if isinstance(index_range.high, Name) and key_of(index_range.high) not in result.sizes:
        depths = sorted(result.pool[:_FIRST_SIZES])[:3]
        turn = (result.plan.number + 1) % 3
        depth = next(iter([*depths[turn:], *depths]), None) or _take(result)
        if result.plan.wide and not result.plan.ends:
            depth = min(depth, 2 + result.plan.number % 7)
        if depth in result.pool:
            result.pool.remove(depth)
        result.sizes[key_of(index_range.high)] = depth
        result.depths[key_of(index_range.high)] = depth
    low, high = (
        _whole_number(end, result, {}) if end is not None else 1
        for end in (index_range.low, index_range.high)
    )
    if high < low:
        raise DrawAgainError(
            f"an index from {low} to {high} has no values in any draw: nothing was tested"
        )
    if high - low >= LARGEST:
        raise ReadError(f"an index from {low} to {high} has more than {LARGEST} values")
    return tuple(range(low, high + 1))


def _size(name: str, result: Draw) -> int:
    if name not in result.sizes:
        result.sizes[name] = _take(result)
    return result.sizes[name]


def _take(result: Draw) -> int:
    """Take the next size; where there is none left, there are a few larger ones, in turn."""
    if not result.pool:
        larger = (
            max(_FIRST_SIZES + 1, *(s for n, s in result.sizes.items() if n != result.plan.large))
            + 1
        )
        more = np.roll(np.arange(larger, larger + _MORE_SIZES), result.plan.number)
        result.pool = [int(size) for size in more]
    return result.pool.pop(0)


def _whole_number(node: Node, result: Draw, indices: dict[str, int]) -> int:
    """Evaluate a size: a number, a size's name, or a sum or product of these."""
    match node:
        case Number(int() as value) if value < LARGEST**2:
            return value
        case Name(id=index) if index in indices:
            return indices[index]
        case Name(subscripts=subscripts, layer=None, example=None):
            known = tuple(_substitute(item, result, indices) for item in subscripts)
            return _size(key_of(Name(node.id, known)), result)
        case Sum(terms, signs):
            values = (_whole_number(term, result, indices) for term in terms)
            return sum(sign * value for sign, value in zip(signs, values, strict=True))
        case Product(factors):
            product = 1
            for factor in factors:
                product = min(product * _whole_number(factor, result, indices), LARGEST**2)
            return product
    raise ReadError(f"{to_latex(node)} is no size; write numbers and names such as n_0", node.start)


def _substitute(node: Node, result: Draw, indices: dict[str, int]) -> Node:
    """Put the values of indices and depths in place: ``n_l`` and ``n_L`` become ``n_2``."""
    known = {**result.depths, **indices}
    if any(isinstance(inner, Name) and inner.id in known for inner in node.walk()):
        return Number(_whole_number(node, result, known))
    return node
