"""
Exact fractions, with their degree in the random numbers that they were computed from.

Where both sides of an equality are rational in what is drawn, so are their values on rational
draws, and a draw decides exactly. Of two different rational functions, the difference is 0 on a
draw with a probability of at most its degree, divided by the count of equally likely values of each
random number (Schwartz, Zippel).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.errors import IrrationalError
from checkedmath.evaluate.balls import Balls
from checkedmath.evaluate.drawing import Draw

Array = NDArray[Any]


class Quotient:
    """
    A fraction, or a truncated power series of fractions.

    Attributes
    ----------
    value : fmpq or fmpq_series
        Of python-flint.
    above, below : int
        The degrees that its numerator and its denominator have at most, in what is drawn.
    """

    __slots__ = ("above", "below", "value")

    def __init__(self, value: Any, above: int = 0, below: int = 0) -> None:  # noqa: ANN401
        self.value = value
        self.above = above
        self.below = below

    def __add__(self, other: Any) -> Quotient:  # noqa: ANN401
        other = self._of(other)
        above = max(self.above + other.below, other.above + self.below)
        return Quotient(self.value + other.value, above, self.below + other.below)

    def __mul__(self, other: Any) -> Quotient:  # noqa: ANN401
        other = self._of(other)
        value = self.value * other.value
        return Quotient(value, self.above + other.above, self.below + other.below)

    def __truediv__(self, other: Any) -> Quotient:  # noqa: ANN401
        other = self._of(other)
        value = self.value / other.value
        return Quotient(value, self.above + other.below, self.below + other.above)

    def __neg__(self) -> Quotient:
        return self * -1

    def __sub__(self, other: Any) -> Quotient:  # noqa: ANN401
        return self + self._of(other) * -1

    def __rsub__(self, other: Any) -> Quotient:  # noqa: ANN401
        return self._of(other) + self * -1

    def __rtruediv__(self, other: Any) -> Quotient:  # noqa: ANN401
        return self._of(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def _of(self, number: Any) -> Quotient:  # noqa: ANN401
        if isinstance(number, Quotient):
            return number
        if not math.isfinite(number):
            raise IrrationalError("not a finite number")
        above, below = number.as_integer_ratio()
        return Quotient((self.value * 0 + above) / below)

    # -- as a power series ------------------------------------------------------------------------

    @property
    def coeffs(self) -> Any:  # noqa: ANN401
        """Those of a power series; a fraction has none."""
        return self.value.coeffs

    @property
    def prec(self) -> int:
        """How many coefficients of a power series are known."""
        return int(self.value.prec)

    def __getitem__(self, place: int) -> Quotient:
        above = self.above + place * self.below
        return Quotient(self.value[place], above, (place + 1) * self.below)

    # -- as a number that something hangs on ------------------------------------------------------

    def is_zero(self) -> bool:
        """Return whether it is 0."""
        return bool(self.value == 0)

    def contains(self, number: int) -> bool:
        """Return whether it is a number."""
        return bool(self.value == number)

    def unique_fmpz(self) -> Any:  # noqa: ANN401
        """Return the whole number that it is on every draw, or None."""
        return self.value.p if not (self.above or self.below) and self.value.q == 1 else None

    def is_exact(self) -> bool:
        """Return True: it has no error bound."""
        return True

    def __gt__(self, number: int) -> bool:
        if self.above or self.below:
            raise IrrationalError("a choice hangs on what is drawn")
        return bool(self.value > number)

    def __lt__(self, number: int) -> bool:
        return -self > -number

    def exp(self, *_: Quotient) -> Quotient:
        """Refuse this function, as those below: it is not rational."""
        raise IrrationalError("a function that is not rational")

    log = sqrt = sin = cos = tanh = max = min = exp


class Quotients(Balls):
    """Makes exact fractions, in place of balls; at any precision."""

    def exact(self, number: Any) -> Quotient:  # noqa: ANN401
        """Return a rational number."""
        return Quotient(self._flint.fmpq(0))._of(number)  # noqa: SLF001

    def constant(self, name: str) -> Array:
        """Refuse e and π."""
        raise IrrationalError(f"{name} is no fraction")

    def draw(self, draw: Draw, seed: int) -> Draw:
        """Return a draw in fractions, of degree 1 where they have a random part."""
        drawn = super().draw(draw, seed)
        values = {}
        for key, value in drawn.values.items():
            random = np.rint(draw.values[key]) != draw.values[key]
            variables = np.frompyfunc(lambda each: Quotient(each.value, 1), 1, 1)(value)
            values[key] = np.where(random, variables, value)
        return dataclasses.replace(drawn, values=values)

    def _series(self, coefficients: Sequence[Any], terms: int) -> Quotient:
        parts = [self.exact(each) for each in coefficients]
        value = self._flint.fmpq_series([each.value for each in parts], 1, terms)
        return Quotient(value, max(p.above for p in parts), max(p.below for p in parts))
