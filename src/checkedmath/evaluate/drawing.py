"""Random values for the declared names: pairwise distinct sizes, and arrays of those sizes."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.bind.naming import key_of
from checkedmath.bind.scope import Scope
from checkedmath.errors import PageError, ReadError, UndeclaredError, refuse_late
from checkedmath.evaluate.functions import SmoothMap, random_smooth_function
from checkedmath.read.printing import to_latex
from checkedmath.read.syntax import Domain, IndexRange, Name, Node, Number, Product, Sum

Array = NDArray[Any]
Key = tuple[str, int | None]

LARGEST = 1000
"""Entries that a drawn array may have."""


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
    """

    sizes: dict[str, int] = field(default_factory=dict)
    values: dict[Key, Array] = field(default_factory=dict)
    functions: dict[str, Callable[[Array], Array]] = field(default_factory=dict)
    ranges: dict[str, tuple[int, ...]] = field(default_factory=dict)
    pool: list[int] = field(default_factory=list)
    number: int = 0
    depths: dict[str, int] = field(default_factory=dict)


def draw(scope: Scope, seed: int, number: int, deadline: float = float("inf")) -> Draw:
    """
    Draw values for all that ``scope`` declares.

    Parameters
    ----------
    scope : Scope
        The declarations.
    seed, number : int
        The run's seed and the draw's number; the same two give the same values.
    deadline : float, optional
        The `time.monotonic` at which to give up.
    """
    result = Draw(pool=_sizes(seed, number), number=number)
    for name, index_range in scope.indices.items():
        with _declared_at(scope, name, None):
            result.ranges[name] = _index_values(index_range, result)
    for name in sorted(scope.sizes):
        _size(name, result)
    for (name, layer), domain in scope.arrays.items():
        with _declared_at(scope, name, layer):
            refuse_late(deadline)
            for value in _layers(name, layer, result):
                inside = {layer: value} if isinstance(layer, str) and value is not None else {}
                shape = _full_shape(domain, result, inside)
                if (name, value) in result.values:
                    raise ReadError(f"{name} is declared twice for layer {value}")
                rng = _generator(seed, number, name, value)
                whole = _index_values(domain.values, result) if domain.values else ()
                result.values[name, value] = _array(domain, shape, whole, rng)
    for name, kind in scope.functions.items():
        rng = _generator(seed, number, name, None)
        if kind.by_entry:
            result.functions[name] = random_smooth_function(rng)
            continue
        with _declared_at(scope, name, None):
            *shapes, shape = (
                _full_shape(domain, result, {}) for domain in (*kind.sources, kind.target)
            )
        result.functions[name] = SmoothMap.draw(tuple(shapes), shape, rng)
    return result


def _sizes(seed: int, number: int) -> list[int]:
    """
    Return the sizes that a draw gives out, in order.

    From one draw to the next they move on by one place, so that no name has one size throughout.
    """
    first = np.random.default_rng(seed).permutation(np.arange(2, 7))
    return [int(size) for size in np.roll(first, number)]


@contextlib.contextmanager
def _declared_at(scope: Scope, name: str, layer: int | str | None) -> Iterator[None]:
    """Give an error the place of the declaration that it comes from."""
    try:
        yield
    except PageError as error:
        error.origin = scope.places.get((name, layer))
        raise


def _generator(seed: int, number: int, name: str, layer: int | None) -> np.random.Generator:
    """Give each name its own stream, so that adding a declaration leaves the others' values."""
    return np.random.default_rng([seed, number, zlib.crc32(f"{name}[{layer}]".encode())])


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
        raise ReadError(f"an array of shape {full} has no entries; a size is at least 1")
    if full[0] * full[1] > LARGEST:
        raise ReadError(f"an array of shape {full} has more than {LARGEST} entries")
    return full[0], full[1]


def _array(
    domain: Domain, full: tuple[int, int], whole: tuple[int, ...], rng: np.random.Generator
) -> Array:
    match domain.kind:
        case "real":
            return rng.normal(size=full)
        case "binary":
            return _both_labels(rng.integers(0, 2, size=full).astype(float), rng)
        case "integer":
            return rng.integers(-9, 10, size=full).astype(float)
        case "whole":
            return _every_value(whole, full, rng)
        case "unit":
            return rng.uniform(0.05, 0.95, size=full)
    return rng.uniform(0.2, 2.0, size=full)


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
        depths = (3, 4, 2)
        turned = [*depths[result.number % 3 :], *depths]
        depth = next((size for size in turned if size in result.pool), None) or _take(result)
        result.pool = [size for size in result.pool if size != depth]
        result.sizes[key_of(index_range.high)] = depth
        result.depths[key_of(index_range.high)] = depth
    low, high = (
        _whole_number(end, result, {}) if end is not None else 1
        for end in (index_range.low, index_range.high)
    )
    if high - low >= LARGEST:
        raise ReadError(f"an index from {low} to {high} has more than {LARGEST} values")
    return tuple(range(low, high + 1))


def _size(name: str, result: Draw) -> int:
    if name not in result.sizes:
        result.sizes[name] = _take(result)
    return result.sizes[name]


def _take(result: Draw) -> int:
    """Take the next size; beyond the small ones, one larger than all that are taken."""
    if result.pool:
        return result.pool.pop(0)
    return max(6, *result.sizes.values()) + 1


def _whole_number(node: Node, result: Draw, indices: dict[str, int]) -> int:
    """Evaluate a size: a number, a size's name, or a sum or product of these."""
    match node:
        case Number(value) if value < LARGEST**2 and value == int(value):
            return int(value)
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
        return Number(float(_whole_number(node, result, known)))
    return node
