"""
Balls: numbers of a hundred digits and more, each with a rigorous bound of its error.

They are those of python-flint, on FLINT and Arb. A derivative is a coefficient of a truncated power
series, and so exact. One inside another moves by the same variable z: of the values at z and at -z,
half the difference is odd in what the inner one moves, and its next coefficient is the derivative
of the inner one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.errors import NestedError, ReadError
from checkedmath.evaluate.drawing import Draw
from checkedmath.evaluate.numbers import TOO_SHORT, is_balls, is_series
from checkedmath.latex.nodes import Rational

Array = NDArray[Any]

PRECISIONS = (400, 800, 1600, 3200)
"""Bits to compute with: the next ones where the error bounds before leave something open."""

BITS_DRAWN = 40
"""Of the random part that a number has besides its value for float64, which is drawn from 2**40."""

_FINEST = 80
"""The random part is a multiple of two to the power of minus this."""

_MOST_TERMS = 4
"""Of a power series: as many as a derivative in a derivative in a third needs."""

MISSING = (
    "certified digits need python-flint, which is not installed; "
    'run: pip install "checkedmath[certified]"'
)


class Balls:
    """
    Makes balls, and derivatives by power series of them.

    Raises
    ------
    ModuleNotFoundError
        If python-flint is not installed.
    """

    def __init__(self) -> None:
        try:
            import flint  # noqa: PLC0415 (only who certifies waits for it and needs it)
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(MISSING, name="flint") from error
        self._flint = flint
        self._terms = 2
        self._steps: dict[tuple[int, int], Array] = {}
        self._lift = np.frompyfunc(self.exact, 1, 1)

    @contextlib.contextmanager
    def precision(self, bits: int) -> Iterator[None]:
        """Compute with so many bits meanwhile."""
        context = self._flint.ctx
        before = context.prec
        context.prec = bits
        try:
            yield
        finally:
            context.prec = before

    def of(self, value: Array) -> Array:
        """Return an array of the same numbers as balls; those of float64 are exact."""
        return value if is_balls(value) else np.asarray(self._lift(value.astype(object)))

    def exact(self, number: Any) -> Any:  # noqa: ANN401 (what is of python-flint has no types)
        """Return a ball that contains a rational number, and no other where it has the bits."""
        if isinstance(number, float):
            return self._flint.arb(number)
        return self._flint.arb(self._flint.fmpq(number.numerator, number.denominator))

    def number(self, value: Rational) -> Array:
        """Return a rational number, as an array."""
        return self._one(self.exact(value))

    def constant(self, name: str) -> Array:
        """Return e or π."""
        arb = self._flint.arb
        return self._one(arb.const_e() if name == "e" else arb.pi())

    @staticmethod
    def _one(number: Any) -> Array:  # noqa: ANN401 (what comes of python-flint has no types)
        # A power series would be taken for a sequence of numbers.
        value = np.empty((1, 1), dtype=object)
        value[0, 0] = number
        return value

    def draw(self, draw: Draw, seed: int) -> Draw:
        """
        Return a draw in balls, each exact.

        A number that is not whole has a random part besides: one of 2**40 that are equally likely,
        each below 2**-40, so that both kinds of numbers see the same draw. On a draw far out in the
        domains there is none.
        """
        values = {}
        for (name, layer), value in draw.values.items():
            lifted = self.of(value)
            if not draw.plan.wide:
                stream = [seed, draw.plan.number, zlib.crc32(f"{name}[{layer}]".encode()), 2]
                random = np.random.default_rng(stream).integers(0, 2**BITS_DRAWN, size=value.shape)
                parts = np.ldexp(random.astype(float), -_FINEST)
                with self.precision(PRECISIONS[0]):
                    lifted = lifted + np.where(value == np.rint(value), 0.0, parts)
            values[name, layer] = lifted
        return dataclasses.replace(draw, values=values)

    def step(self, sign: int) -> Array:
        """Return what a symbol is moved by: the variable of the power series, or its opposite."""
        key = (sign, self._terms)
        if key not in self._steps:
            self._steps[key] = self._one(self._series([0, sign], self._terms))
        return self._steps[key]

    def slope(self, at: Callable[[Array], Array], *, nested: bool) -> Array:
        """
        Return the derivative of a function of a step, at 0.

        Parameters
        ----------
        at : callable
            Gives the values at a step.
        nested : bool
            Whether something is moved already, by a derivative around this one.

        Raises
        ------
        ReadError
            If more than three derivatives stand inside each other.
        """
        if nested:
            difference = at(self.step(1)) - at(self.step(-1))
            return np.asarray(np.frompyfunc(self._half_shifted, 1, 1)(difference))
        before = self._terms
        try:
            for self._terms in range(2, _MOST_TERMS + 1):
                with contextlib.suppress(NestedError):
                    return np.asarray(_second_coefficients(at(self.step(1))))
        finally:
            self._terms = before
        raise ReadError("a derivative inside three others is not evaluated")

    def _half_shifted(self, number: Any) -> Any:  # noqa: ANN401
        """Return half a power series, which has no constant term, divided by its variable."""
        if not is_series(number):
            return number * 0
        if not number.prec:
            raise NestedError(TOO_SHORT)
        halves = [number[place] / 2 for place in range(1, number.prec)]
        return self._series(halves, number.prec - 1)

    def _series(self, coefficients: Sequence[Any], terms: int) -> Any:  # noqa: ANN401
        return self._flint.arb_series(coefficients, terms)


def _second_coefficient(number: Any) -> Any:  # noqa: ANN401
    if not is_series(number):
        return number * 0
    if number.prec < 2:
        raise NestedError(TOO_SHORT)
    return number[1]


_second_coefficients = np.frompyfunc(_second_coefficient, 1, 1)
