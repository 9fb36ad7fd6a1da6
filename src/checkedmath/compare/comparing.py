"""Compare the two sides of a relation over all draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.errors import ShapeError

Array = NDArray[Any]

TOLERANCE = 1e-9
"""The relative error up to which two sides are equal; rounding here stays below 1e-12."""

_ZERO_SCALE = 1e-3
"""The scale of an error where a side is written as 0, and so has none of its own."""


@dataclass(slots=True)
class Sample:
    """Both sides' values on one draw, for one value of each free index."""

    left: Array
    right: Array
    sizes: dict[str, int]
    examples: int | None = None
    draw: int = 0


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
    """

    holds: bool
    error: float
    reason: str = ""
    samples: list[Sample] = field(default_factory=list)


def relative_error(left: Array, right: Array, floor: float = 1e-300) -> float:
    """
    Return the relative error of two arrays of one shape, in the Frobenius norm.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    if left.shape[-2:] != right.shape[-2:]:
        rows, columns = left.shape[-2:]
        message = (
            f"the left side is {rows}×{columns}, the right side {right.shape[-2]}×{right.shape[-1]}"
        )
        raise ShapeError(message)
    difference = float(np.linalg.norm(left - right))
    return difference / max(float(np.linalg.norm(left)), float(np.linalg.norm(right)), floor)


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
        Whether one side is written as 0, so that the error has no scale of its own.
    tolerance : float, optional
        The relative error that ``≈`` allows.

    Raises
    ------
    ShapeError
        If the sides' shapes differ.
    """
    if not samples:
        return Comparison(
            False, float("nan"), "an index has no values: nothing was tested", samples
        )
    floor = _ZERO_SCALE if against_zero else 1e-300
    errors = [relative_error(sample.left, sample.right, floor) for sample in samples]
    if not np.all(np.isfinite(errors)):
        reason = "a side is not a finite number (log or root of a negative number, or an overflow)"
        return Comparison(False, float("nan"), reason, samples)
    worst = max(errors)
    nothing = not against_zero and not any(s.left.any() or s.right.any() for s in samples)
    if nothing:
        return Comparison(
            False, worst, "both sides are 0 in every draw: nothing was tested", samples
        )
    if sign == "=":
        return Comparison(worst <= TOLERANCE, worst, "", samples)
    if sign == "≈" and tolerance is not None:
        reason = "" if worst <= tolerance else f"the tolerance is {tolerance:g}"
        return Comparison(worst <= tolerance, worst, reason, samples)
    if sign == "≠":
        least = min(errors)
        reason = "" if least > TOLERANCE else _equal_somewhere(worst)
        return Comparison(least > TOLERANCE, worst, reason, samples)
    if sign == "∝":
        return _proportional(samples)
    return _ordered(sign, samples, worst)


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
            return Comparison(False, float("nan"), reason, samples)
        if not (left.any() and right.any()):
            return Comparison(False, float("nan"), "a side is 0 in some draw", samples)
        scale = np.vdot(right, left) / np.vdot(right, right)
        errors.append(relative_error(left[None], scale * right[None]))
    worst = max(errors)
    return Comparison(worst <= TOLERANCE, worst, "", samples)


def _ordered(sign: str, samples: list[Sample], worst: float) -> Comparison:
    """Check an order, in which sides that are equal but for rounding are equal."""
    holds = True
    for sample in samples:
        left, right = sample.left, sample.right
        close = np.abs(left - right) <= TOLERANCE * np.maximum(np.abs(left), np.abs(right))
        before = left < right if sign in "≤<" else left > right
        fits = before | close if sign in "≤≥" else before & ~close
        holds = holds and bool(np.all(fits))
    return Comparison(holds, worst, "" if holds else f"some draw has not {sign}", samples)
