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


@dataclass(slots=True)
class Sample:
    """Both sides' values on one draw, for one value of each free index."""

    left: Array
    right: Array
    sizes: dict[str, int]
    examples: int | None = None


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


def compare(sign: str, samples: list[Sample], *, against_zero: bool = False) -> Comparison:
    """
    Decide a relation on all samples.

    Parameters
    ----------
    sign : str
        ``=``, ``≠``, ``∝``, ``≤``, ``≥``, ``<`` or ``>``.
    samples : list of Sample
        The values of both sides.
    against_zero : bool
        Whether a side is written as 0, so that the error has no scale but 1.

    Raises
    ------
    ShapeError
        If the sides' shapes differ.
    """
    floor = 1.0 if against_zero else 1e-300
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
    if sign == "≠":
        reason = "" if worst > TOLERANCE else "the sides are equal in every draw"
        return Comparison(worst > TOLERANCE, worst, reason, samples)
    if sign == "∝":
        return _proportional(samples)
    return _ordered(sign, samples, worst)


def _proportional(samples: list[Sample]) -> Comparison:
    """Check that within each draw the sides differ by one constant factor, not 0."""
    errors = []
    for sample in samples:
        left, right = sample.left.ravel(), sample.right.ravel()
        scale = np.vdot(right, left) / max(float(np.vdot(right, right)), 1e-300)
        errors.append(relative_error(sample.left, scale * sample.right))
    worst = max(errors)
    return Comparison(worst <= TOLERANCE, worst, "", samples)


def _ordered(sign: str, samples: list[Sample], worst: float) -> Comparison:
    tests = {"≤": np.less_equal, "≥": np.greater_equal, "<": np.less, ">": np.greater}
    holds = all(bool(np.all(tests[sign](s.left, s.right))) for s in samples)
    return Comparison(holds, worst, "" if holds else f"some draw has not {sign}", samples)
