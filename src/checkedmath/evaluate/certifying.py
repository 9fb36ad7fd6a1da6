"""
Decide a relation between balls: proved on the points drawn, refuted, or open at this precision.

Two numbers are equal to a hundred digits where their difference contains 0, and all of it is within
1e-100 of the scale of the sides. What excludes 0 differs, whatever the digits.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from checkedmath.evaluate.comparing import Sample, groups, require_one_shape

DIGITS = 100
"""The digits to which sides are equal that are certified."""


@dataclass(slots=True)
class Verdict:
    """
    What the balls say about a relation on some samples.

    Attributes
    ----------
    proved : bool or None
        Whether the relation is true on all of them; None where the error bounds leave it open.
    reason : str
        Why it is not proved, in words.
    digits : float or None
        To how many digits the sides are equal, at least; infinite if they are exactly equal, and
        None where that is not the question.
    something : bool
        Whether some number of a side is not 0.
    error : float
        The relative error of sides that differ, where it is known.
    degree : int or None
        That of the difference of the sides, at most, in what is drawn, if they are fractions.
    bounds : list
        How far the sides of each group of samples may be apart.
    """

    proved: bool | None
    reason: str = ""
    digits: float | None = None
    something: bool = True
    error: float = math.nan
    degree: int | None = None
    bounds: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    """The numbers of both sides, and their differences for each sample."""

    left: list[Any]
    right: list[Any]
    samples: list[list[Any]]

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> _Group:
        samples = list(samples)
        left = [number for sample in samples for number in sample.left.flat]
        right = [number for sample in samples for number in sample.right.flat]
        return cls(left, right, [list((each.left - each.right).flat) for each in samples])

    @property
    def differences(self) -> list[Any]:
        return [number for sample in self.samples for number in sample]

    @property
    def bound(self) -> Any:  # noqa: ANN401 (python-flint has no types)
        """How far the sides may be apart."""
        return functools.reduce(max, (number.abs_upper() for number in self.differences))

    @property
    def scale(self) -> Any:  # noqa: ANN401
        """How large a number of the sides is at least."""
        return functools.reduce(max, (number.abs_lower() for number in (*self.left, *self.right)))


def decide_exactly(samples: list[Sample]) -> Verdict:
    """Decide an equality on samples in fractions."""
    for sample in samples:
        require_one_shape(sample.left, sample.right)
    sides = [number for each in samples for side in (each.left, each.right) for number in side.flat]
    differences = [number for each in samples for number in (each.left - each.right).flat]
    scale = max(abs(number.value) for number in sides)
    apart = max(abs(number.value) for number in differences)
    degree = max(number.above for number in differences)
    if not apart:
        return Verdict(True, digits=math.inf, something=scale > 0, degree=degree)
    part = apart / scale
    error = int(part.p) / int(part.q)
    return Verdict(False, _REFUTED.format(f"{error:.2g}"), error=error)


_REFUTED = "it is proved that the sides differ, by {} of their scale"


def decide(
    sign: str, samples: list[Sample], tolerance: float | None, coarser: Verdict | None
) -> Verdict:
    """
    Decide a relation on the samples of one draw.

    Parameters
    ----------
    sign : str
        ``=``, ``≈``, ``≠``, ``∝``, ``≤``, ``≥``, ``<`` or ``>``.
    samples : list of Sample
        The values of both sides, in balls.
    tolerance : float or None
        The relative error that ``≈`` allows.
    coarser : Verdict or None
        What was said of the same with half the precision. Where both sides are 0, so that they have
        no scale, the bound of that time takes its place.

    Raises
    ------
    ShapeError
        If the sides' shapes differ.
    """
    for sample in samples:
        require_one_shape(sample.left, sample.right)
    found = [_Group.of(group) for group in groups(samples)]
    numbers = [number for group in found for number in (*group.left, *group.right)]
    if not all(number.is_finite() for number in numbers):
        return Verdict(None, "a side is not a finite number")
    bounds = [group.bound for group in found]
    scales = [group.scale for group in found]
    if coarser is not None and len(coarser.bounds) == len(scales):
        pairs = zip(scales, coarser.bounds, strict=True)
        scales = [scale if scale > 0 else bound for scale, bound in pairs]
    digits = min(map(_digits, bounds, scales))
    if sign == "∝":
        verdict = _proportional(found)
    elif sign == "≈" and tolerance is not None:
        verdict = _near(found, tolerance)
    elif sign == "=":
        verdict = _equal(found, scales, digits)
    elif sign == "≠":
        verdict = _unequal(found, digits)
    else:
        verdict = _ordered(sign, found, scales)
    verdict.bounds = bounds
    verdict.something = any(not number.contains(0) for number in numbers)
    return verdict


_OPEN = "the error bounds leave it open"


def _equal(found: list[_Group], scales: list[Any], digits: float) -> Verdict:
    for group, scale in zip(found, scales, strict=True):
        apart = [number.abs_upper() for number in group.differences if not number.contains(0)]
        if apart:
            part = functools.reduce(max, apart) / scale
            reason = _REFUTED.format(part.str(2, radius=False))
            return Verdict(False, reason, error=float(part))
    return Verdict(True, digits=digits) if digits >= DIGITS else Verdict(None, _OPEN, digits)


def _unequal(found: list[_Group], digits: float) -> Verdict:
    samples = [sample for group in found for sample in group.samples]
    if all(any(not number.contains(0) for number in sample) for sample in samples):
        return Verdict(True)
    if digits >= DIGITS or any(all(number.is_zero() for number in sample) for sample in samples):
        return Verdict(False, "the sides are equal in some draw, or for some value of an index")
    return Verdict(None, _OPEN)


def _ordered(sign: str, found: list[_Group], scales: list[Any]) -> Verdict:
    """Decide an order; with ``≤`` and ``≥``, what is equal to so many digits is equal."""
    strict = sign in "<>"
    digits: float | None = None
    for group, scale in zip(found, scales, strict=True):
        for difference in group.differences:
            above = difference if sign in "≤<" else -difference
            if above > 0 or (strict and above.is_zero()):
                return Verdict(False, f"some draw has not {sign}")
            if not above < 0:
                own = 0 if strict else _digits(above.abs_upper(), scale)
                digits = own if digits is None else min(digits, own)
    is_sure = digits is None or digits >= DIGITS
    return Verdict(True, digits=digits) if is_sure else Verdict(None, _OPEN)


def _digits(bound: Any, scale: Any) -> float:  # noqa: ANN401
    """Return how many digits are sure where numbers of a scale are apart by a bound at most."""
    if bound == 0:
        return math.inf
    if scale == 0:
        return 0
    # A little more than the logarithm of 10, so that what rounds here takes a digit and adds none.
    return math.floor(float((scale / bound).lower().log().lower()) / 2.3025851)


def _near(found: list[_Group], tolerance: float) -> Verdict:
    """Decide whether the relative error is within a tolerance, by the squares of the norms."""
    written = Fraction(repr(tolerance))
    for group in found:
        error = sum(number * number for number in group.differences) * written.denominator**2
        scale = sum(n * n for n in group.left).max(sum(n * n for n in group.right))
        allowed = scale * written.numerator**2
        if error > allowed:
            return Verdict(False, f"the tolerance is {tolerance:g}")
        if not error <= allowed:
            return Verdict(None, _OPEN)
    return Verdict(True)


def _proportional(found: list[_Group]) -> Verdict:
    """Decide whether the sides differ by one factor, by the products of entries crosswise."""
    left = [number for group in found for number in group.left]
    right = [number for group in found for number in group.right]
    place = max(range(len(right)), key=lambda k: right[k].abs_lower())
    if len(left) == 1 or right[place].contains(0) or all(n.contains(0) for n in left):
        return Verdict(None, "a side is 0 in some draw, or a single number")
    crosswise = [
        one * right[place] - other * left[place] for one, other in zip(left, right, strict=True)
    ]
    if not all(number.contains(0) for number in crosswise):
        return Verdict(False, "the sides are not proportional")
    bound = functools.reduce(max, (number.abs_upper() for number in crosswise))
    scale = functools.reduce(max, (number.abs_lower() for number in left))
    digits = _digits(bound, (scale * right[place]).abs_lower())
    return Verdict(True, digits=digits) if digits >= DIGITS else Verdict(None, _OPEN, digits)
