"""Compare the two sides of a relation over all draws."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.errors import ShapeError

Array = NDArray[Any]

TOLERANCE = 1e-9
"""The relative error up to which two sides are equal; rounding here stays below 1e-12."""

ROUNDING = 1e-12
"""What rounding can leave of 0, relative to the scale of the computation."""

_SMALLEST = 1e-250
"""A sum of squares below which some may be lost, and above whose inverse it may overflow."""

_OWN_TOLERANCE = 1e-6
"""The relative error that an entry must not have by itself, where rounding cannot explain it."""

_ENTRY_ROUNDING = 1e-11


@dataclass(slots=True)
class Sample:
    """
    Both sides' values on one draw, for one value of each free index.

    Attributes
    ----------
    scale : float or None
        The scale on which the sides' difference was computed; None where it was not measured.
    """

    left: Array
    right: Array
    sizes: dict[str, int]
    examples: int | None = None
    draw: int = 0
    scale: float | None = None


@dataclass(slots=True)
class Comparison:
    """
    What the samples say about a relation.

    Attributes
    ----------
    holds : bool
        Whether the relation is true on every sample, and says something on at least one.
    error : float
        The worst relative error of the two sides.
    reason : str
        In words, why it does not hold where the error alone does not tell; else empty.
    nothing : bool
        Whether the only reason is that both sides are 0 on every sample.
    """

    holds: bool
    error: float
    reason: str = ""
    nothing: bool = False


def norm(*arrays: Array) -> float:
    """Return the root of the squares of all entries, however small or large they are."""
    squares = sum(float(np.vdot(each, each).real) for each in arrays)
    if _SMALLEST < squares < 1 / _SMALLEST:
        return math.sqrt(squares)
    if not all(np.isfinite(each).all() for each in arrays):
        return math.nan
    largest = max((float(np.abs(each).max()) for each in arrays if each.size), default=0.0)
    if largest == 0:
        return 0.0
    return largest * math.sqrt(sum(float((np.abs(each / largest) ** 2).sum()) for each in arrays))


def relative_error(left: Array, right: Array) -> float:
    """
    Return the relative error of two arrays of one shape, in the Frobenius norm.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    return _error([(left, right)])


def require_one_shape(left: Array, right: Array) -> None:
    """Refuse two sides of different shapes."""
    if left.shape[-2:] != right.shape[-2:]:
        rows, columns = left.shape[-2:]
        raise ShapeError(
            f"the left side is {rows}×{columns}, the right side {right.shape[-2]}×{right.shape[-1]}"
        )


def _error(pairs: Iterable[tuple[Array, Array]]) -> float:
    """Return the relative error of several pairs of arrays, as if they were one."""
    pairs = list(pairs)
    for left, right in pairs:
        require_one_shape(left, right)
    scale = max(norm(*(left for left, _ in pairs)), norm(*(right for _, right in pairs)))
    if scale == 0:
        return 0.0
    return norm(*(left - right for left, right in pairs)) / scale


def compare(
    sign: str,
    samples: list[Sample],
    *,
    against_zero: bool = False,
    tolerance: float | None = None,
) -> Comparison:
    """
    Decide a relation on all samples.

    Parameters
    ----------
    sign : str
        ``=``, ``≈``, ``≠``, ``∝``, ``≤``, ``≥``, ``<`` or ``>``.
    samples : list of Sample
        The values of both sides.
    against_zero : bool
        Whether one side is written as 0, so that the error is on the scale of the computation.
    tolerance : float, optional
        The relative error that ``≈`` allows.

    Raises
    ------
    ShapeError
        If the sides' shapes differ.
    """
    if not samples:
        return Comparison(False, float("nan"), "an index has no values: nothing was tested")
    if against_zero and sign in "=≈":
        errors = [_against_zero(group) for group in groups(samples)]
    else:
        errors = [_error((s.left, s.right) for s in group) for group in groups(samples)]
    if not np.all(np.isfinite(errors)):
        reason = "a side is not a finite number (log or root of a negative number, or an overflow)"
        return Comparison(False, float("nan"), reason)
    worst = max(errors)
    nothing = not against_zero and not any(s.left.any() or s.right.any() for s in samples)
    if nothing:
        return Comparison(
            False, worst, "both sides are 0 in every draw: nothing was tested", nothing=True
        )
    if sign == "=":
        holds = worst <= (ROUNDING if against_zero else TOLERANCE)
        if holds and not against_zero:
            worst = max([worst, *_wrong_entries(samples)])
        return Comparison(holds and worst <= TOLERANCE, worst, "")
    if sign == "≈" and tolerance is not None:
        reason = "" if worst <= tolerance else f"the tolerance is {tolerance:g}"
        return Comparison(worst <= tolerance, worst, reason)
    if sign == "≠":
        least = min(relative_error(sample.left, sample.right) for sample in samples)
        reason = "" if least > TOLERANCE else _equal_somewhere(worst)
        return Comparison(least > TOLERANCE, worst, reason)
    if sign == "∝":
        return _proportional(samples)
    return _ordered(sign, samples, worst)


def groups(samples: list[Sample]) -> list[list[Sample]]:
    """Return the samples of each draw that have one shape, such as the entries of one array."""

    def key(sample: Sample) -> tuple[int, tuple[int, ...]]:
        return (sample.draw, sample.left.shape)

    return [list(group) for _, group in itertools.groupby(sorted(samples, key=key), key)]


def _wrong_entries(samples: list[Sample]) -> list[float]:
    """Return the errors of those values that are wrong by themselves, and not from rounding."""
    errors = []
    for group in groups(samples):
        scale = max(norm(*(s.left for s in group)), norm(*(s.right for s in group)))
        for sample in group if len(group) > 1 else []:
            error = relative_error(sample.left, sample.right)
            if error > _OWN_TOLERANCE and norm(sample.left - sample.right) > (
                _ENTRY_ROUNDING * scale
            ):
                errors.append(error)
    return errors


def _against_zero(group: list[Sample]) -> float:
    """Return what is left beside 0, relative to the scale on which it was computed."""
    for sample in group:
        relative_error(sample.left, sample.right)
    left = norm(*(sample.left - sample.right for sample in group))
    known = [sample.scale for sample in group if sample.scale is not None]
    scale = max(left, math.hypot(*known)) if known else left
    return left / scale if left else 0.0


def _equal_somewhere(worst: float) -> str:
    if worst <= TOLERANCE:
        return "the sides are equal in every draw"
    return "the sides are equal in some draw, or for some value of an index"


def _proportional(samples: list[Sample]) -> Comparison:
    """Check that within each draw, for all indices, the sides differ by one factor, not 0."""
    errors = []
    for number in sorted({sample.draw for sample in samples}):
        left, right = (
            np.concatenate([side.ravel() for side in sides])
            for sides in zip(*((s.left, s.right) for s in samples if s.draw == number), strict=True)
        )
        if left.size == 1:
            reason = "any two numbers are proportional: nothing was tested"
            return Comparison(False, float("nan"), reason)
        if not (left.any() and right.any()):
            return Comparison(False, float("nan"), "a side is 0 in some draw")
        left, right = left / norm(left), right / norm(right)
        errors.append(relative_error(left[None], np.vdot(right, left) * right[None]))
    worst = max(errors)
    return Comparison(worst <= TOLERANCE, worst, "")


def _ordered(sign: str, samples: list[Sample], worst: float) -> Comparison:
    """Check an order, in which sides that are equal but for rounding are equal."""
    holds = True
    for sample in samples:
        left, right = sample.left, sample.right
        close = np.abs(left - right) <= TOLERANCE * np.maximum(np.abs(left), np.abs(right))
        before = left < right if sign in "≤<" else left > right
        fits = before | close if sign in "≤≥" else before & ~close
        holds = holds and bool(np.all(fits))
    return Comparison(holds, worst, "" if holds else f"some draw has not {sign}")


def breaks_order(sign: str, sample: Sample) -> bool:
    """
    Tell whether a sample far out in its domain refutes an order beyond what rounding explains.

    Sides that are equal refute a strict order only where both were computed exactly.
    """
    left, right = (sample.left, sample.right) if sign in "≤<" else (sample.right, sample.left)
    above = left - right
    scale = sample.scale or 0.0
    near = TOLERANCE * np.maximum(np.abs(left), np.abs(right)) + ROUNDING * scale
    if bool((above > near).any()):
        return True
    return sign in "<>" and scale == 0 and bool((above == 0).any())
