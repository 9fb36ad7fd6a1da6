"""
The ways in which one array follows from another by one mistake: factors, turns, sums, means.

The sides of an equation and the two arrays of `checkedmath.explain` are looked at with the same
patterns; only the words for the two differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np

from checkedmath.evaluate.comparing import TOLERANCE, Array, norm


@dataclass(frozen=True, slots=True)
class Pair:
    """
    Two arrays that should be equal, and what is known of them.

    Attributes
    ----------
    mine, truth : array, shape (rows, columns)
    examples : int or None
        The number of examples, m.
    tolerance : float
        The relative error up to which two arrays are equal.
    """

    mine: Array
    truth: Array
    examples: int | None = None
    tolerance: float = TOLERANCE

    def same(self, left: Array, right: Array) -> bool:
        """Return whether two arrays are equal, up to the tolerance; two of zeros say nothing."""
        if left.shape != right.shape:
            return False
        scale = max(norm(left), norm(right))
        return scale > 0 and norm(left - right) <= self.tolerance * scale


@dataclass(frozen=True, slots=True)
class Words:
    """What the two arrays are called, and where a 1/m is missing or too many."""

    mine: str
    truth: str
    missing: str
    too_many: str


SIDES = Words(
    "the left side",
    "the right side",
    "a 1/m is missing on the left or too many on the right",
    "a 1/m is missing on the right or too many on the left",
)
ARRAYS = Words("yours", "the truth", "a 1/m is missing in yours", "a 1/m too many in yours")


@dataclass(frozen=True, slots=True)
class Pattern:
    """
    One way in which ``mine`` follows from ``truth``.

    Attributes
    ----------
    kind : str
        ``factor``, ``transposed``, ``stack`` or ``reduced``.
    text : str
        What it means, with ``{mine}`` and the other fields of `Words` for the two arrays.
    fits : callable
        Tells whether a pair is like that.
    factor : callable or None
        For a number of examples, by which factor ``mine`` is a multiple.
    """

    kind: str
    text: str
    fits: Callable[[Pair], bool]
    factor: Callable[[int], float] | None = None

    def says(self, words: Words) -> str:
        """Return the diagnosis in words."""
        return self.text.format(
            mine=words.mine, truth=words.truth, missing=words.missing, too_many=words.too_many
        )


@dataclass(frozen=True, slots=True)
class _Factor:
    """A multiple, constant · mᵖᵒʷᵉʳ, with its name and what it means for what is multiplied."""

    name: str
    meaning: str
    hint: str = ""
    constant: float = 1.0
    power: int = 0

    def value(self, examples: int) -> float:
        return self.constant * float(examples) ** self.power


_FACTORS = (
    _Factor("the sign", "{mine} is minus {truth}", constant=-1.0),
    _Factor("exactly m", "{mine} is m times {truth}", "; {missing}", power=1),
    _Factor("exactly 1/m", "{truth} is m times {mine}", "; {too_many}", power=-1),
    _Factor("exactly m²", "{mine} is m² times {truth}", "; twice {missing}", power=2),
    _Factor("exactly 1/m²", "{truth} is m² times {mine}", "; twice {too_many}", power=-2),
    _Factor("exactly 2", "{mine} is twice {truth}", constant=2.0),
    _Factor("exactly 1/2", "{truth} is twice {mine}", constant=0.5),
    _Factor("exactly −m", "{mine} is minus m times {truth}", "; {missing}", -1.0, 1),
    _Factor("exactly −1/m", "{truth} is minus m times {mine}", "; {too_many}", -1.0, -1),
    _Factor("exactly −2", "{mine} is minus twice {truth}", constant=-2.0),
    _Factor("exactly −1/2", "{truth} is minus twice {mine}", constant=-0.5),
    _Factor("exactly 2m", "{mine} is 2m times {truth}", "; {missing}", 2.0, 1),
    _Factor("exactly 1/(2m)", "{truth} is 2m times {mine}", "; {too_many}", 0.5, -1),
    _Factor("exactly m/2", "{mine} is m/2 times {truth}", "; {missing}", 0.5, 1),
    _Factor("exactly 2/m", "{truth} is m/2 times {mine}", "; {too_many}", 2.0, -1),
)


def _is_multiple(factor: _Factor, turned: bool, pair: Pair) -> bool:
    if factor.power and pair.examples is None:
        return False
    truth = pair.truth.T if turned else pair.truth
    return pair.same(pair.mine, factor.value(pair.examples or 1) * truth)


def _is_transpose(pair: Pair) -> bool:
    return pair.same(pair.mine, pair.truth.T)


def _is_stack(name: str, axis: int, pair: Pair) -> bool:
    return _reduces(name, axis, pair, pair.mine, pair.truth)


def _is_reduced(name: str, axis: int, pair: Pair) -> bool:
    return _reduces(name, axis, pair, pair.truth, pair.mine)


def _reduces(name: str, axis: int, pair: Pair, whole: Array, part: Array) -> bool:
    count = whole.shape[axis]
    total = whole.sum(axis=axis, keepdims=True)
    return count > 1 and pair.same(total / count if name == "mean" else total, part)


def _scaled() -> Iterator[Pattern]:
    for factor in _FACTORS:
        text = f"off by {factor.name}: {factor.meaning}{factor.hint}"
        yield Pattern("factor", text, partial(_is_multiple, factor, False), factor.value)


def _turned() -> Iterator[Pattern]:
    text = "transposed: {mine} is the transpose of {truth}"
    yield Pattern("transposed", text, _is_transpose)
    for factor in _FACTORS:
        first, is_times, second = factor.meaning.rpartition("{")
        meaning = f"{first}the transpose of {is_times}{second}"
        text = f"transposed, and off by {factor.name}: {meaning}{factor.hint}"
        yield Pattern("transposed", text, partial(_is_multiple, factor, True), factor.value)


def _summed() -> Iterator[Pattern]:
    """Yield the patterns of one array that is a sum or mean of the other's columns or rows."""
    for axis, parts in ((1, "columns"), (0, "rows")):
        for name in ("sum", "mean"):
            text = f"{{truth}} is the {name} of the {parts} of {{mine}}"
            yield Pattern("stack", text, partial(_is_stack, name, axis))
            text = f"{{mine}} is the {name} of the {parts} of {{truth}}"
            yield Pattern("reduced", text, partial(_is_reduced, name, axis))


def _is_other_axis(pair: Pair) -> bool:
    """Return whether a row and a column have one total, which is not zero but for rounding."""
    shapes = pair.mine.shape, pair.truth.shape
    if shapes[0] == shapes[1] or not all(1 in shape and max(shape) > 1 for shape in shapes):
        return False
    if shapes[0].index(1) == shapes[1].index(1):
        return False
    totals = [np.sum(side).reshape(1, 1) for side in (pair.mine, pair.truth)]
    scale = max(float(np.abs(side).sum()) for side in (pair.mine, pair.truth))
    if max(abs(float(total.item())) for total in totals) <= 1e-6 * scale:
        return False
    factors = [1.0]
    if pair.examples is not None:
        factors += [float(pair.examples), 1.0 / pair.examples]
    return any(pair.same(totals[0], factor * totals[1]) for factor in factors)


PATTERNS = (
    *_scaled(),
    *_turned(),
    *_summed(),
    Pattern(
        "axis",
        "summed over the wrong axis: {mine} and {truth} have the same total, one in a row and the "
        "other in a column",
        _is_other_axis,
    ),
)
"""Every pattern, the simplest first."""


def find(pairs: list[Pair]) -> Pattern | None:
    """Return the first pattern that all pairs follow."""
    if not pairs:
        return None
    return next((pattern for pattern in PATTERNS if all(map(pattern.fits, pairs))), None)


def multiple(pair: Pair) -> float | None:
    """Return the number that one array is a multiple by, if it is one."""
    scale = norm(pair.truth)
    if pair.mine.shape != pair.truth.shape or pair.mine.size < 2 or not scale > 0:
        return None
    number = float(np.vdot(pair.truth / scale, pair.mine / scale).real)
    if abs(number - 1) <= pair.tolerance:
        return None
    return number if pair.same(pair.mine, number * pair.truth) else None


def offset(pair: Pair) -> float | None:
    """Return the number by which every entry of one array is above the other's, if it is one."""
    if pair.mine.shape != pair.truth.shape or pair.mine.size < 2:
        return None
    difference = pair.mine - pair.truth
    number = float(difference.mean().real)
    return number if pair.same(difference, np.full_like(difference, number)) else None


def written(number: float) -> str:
    """
    Write a number, as a fraction of small numbers where it is one.

    Examples
    --------
    >>> written(1.5), written(-3.0), written(0.123456789)
    ('3/2', '-3', '0.123457')
    >>> written(1.00000001)
    '1.00000001'
    """
    fraction = Fraction(number).limit_denominator(12)
    close = abs(number - fraction) <= 1e-9 * abs(number)
    if close:
        return str(fraction)
    short = f"{number:.6g}"
    return short if short not in ("1", "-1") else f"{number:.12g}"
