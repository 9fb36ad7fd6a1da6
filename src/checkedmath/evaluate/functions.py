"""
The functions a page may use without declaring them, each safe for a derivative.

Every function takes arrays of either kind of numbers. Of complex ones it branches on the real part
only: `numpy.abs` is the modulus, which would silently destroy the derivative that the imaginary
part carries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.errors import DrawAgainError
from checkedmath.evaluate.numbers import (
    AT_KINK,
    is_balls,
    is_moved,
    is_positive,
    is_series,
    nothing_like,
    signs,
    zeros,
)
from checkedmath.latex.library import SIGMOID

Array = NDArray[Any]


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + e^-z) without overflow, elementwise."""
    z = np.asarray(z)
    if is_balls(z):
        return divide_entries(z * 0 + 1, 1 + np.exp(-z))
    small = np.exp(np.where(z.real > 0, -z, z))
    return np.where(z.real > 0, 1.0, small) / (1.0 + small)


def logarithm(z: Array) -> Array:
    """Return the logarithm; what is not positive has none."""
    if is_balls(z):
        return np.where(signs(z) > 0, np.log(z), nothing_like(z))
    return _where(z.real > np.abs(z.imag), np.log, z)


def _root(z: Array) -> Array:
    if is_balls(z):
        return np.where(signs(z) >= 0, np.sqrt(z), nothing_like(z))
    steep = (np.abs(z.real) <= np.abs(z.imag)) & (z.imag != 0)
    return _where((z.real >= 0) & ~steep, np.sqrt, z)


def _where(allowed: Array, function: Callable[[Array], Array], z: Array) -> Array:
    """Return NaN where the function has no real value; the complex one must not be taken."""
    if allowed.all():
        return function(z)
    nothing = complex(np.nan, np.nan) if np.iscomplexobj(z) else np.nan
    return np.where(allowed, function(np.where(allowed, z, 1.0)), nothing)


def divide_entries(above: Array, below: Array) -> Array:
    """Return the quotients of entries; what is divided by 0 is not a number or infinite."""
    if not is_balls(below):
        return np.asarray(above / below)
    zero = zeros(below)
    if not zero.any():
        return np.asarray(above / below)
    return np.where(zero, nothing_like(above * below), above / np.where(zero, 1, below))


def tanh(z: Array) -> Array:
    """Return the hyperbolic tangent."""
    if is_balls(z) and is_moved(z):  # a power series has no tanh
        return np.asarray(1 - divide_entries(z * 0 + 2, np.exp(2 * z) + 1))
    return np.asarray(_tanh(z) if is_balls(z) else np.tanh(z))


_tanh = np.frompyfunc(lambda number: number.tanh(), 1, 1)


def sinh(z: Array) -> Array:
    """Return the hyperbolic sine."""
    return np.asarray((np.exp(z) - np.exp(-z)) / 2 if is_balls(z) else np.sinh(z))


def cosh(z: Array) -> Array:
    """Return the hyperbolic cosine."""
    return np.asarray((np.exp(z) + np.exp(-z)) / 2 if is_balls(z) else np.cosh(z))


NEAR = 1e-9
"""The relative distance from a kink or a jump within which float64 is drawn again."""


def is_greater(left: Array, right: Array, *, jump: bool = False) -> Array:
    """
    Compare by the numbers without what moves them, entry by entry, to choose between two branches.

    With ``jump`` the branches need not meet where the choice changes, so that rounding must not
    decide; else only a derivative must not be taken there. Balls decide with certainty or not at
    all.

    Raises
    ------
    DrawAgainError
        If the choice hangs on rounding, or differs between the points of one derivative.
    UndecidedError
        If the balls' error bounds leave it open.
    """
    gap = np.asarray(left - right)
    if is_balls(gap):
        return np.asarray(_positive(gap)).astype(bool)
    near = np.abs(gap.real) <= NEAR * np.maximum(np.abs(left.real), np.abs(right.real))
    # The square of a complex step is no distance from a kink.
    near = near | (np.abs(gap.real) <= np.abs(gap.imag))
    if (near & (gap.imag != 0)).any() or (jump and (near & (gap.real != 0)).any()):
        raise DrawAgainError(AT_KINK)
    greater = gap.real > 0
    if gap.ndim > 2:
        for leading in range(gap.ndim - 2):
            first = greater.take([0], axis=leading)
            if (greater != first).any():
                raise DrawAgainError(AT_KINK)
    return np.asarray(greater)


_positive = np.frompyfunc(is_positive, 1, 1)


def _larger(one: Any, other: Any) -> Any:  # noqa: ANN401
    if is_series(one) or is_series(other):
        return one if is_positive(one - other) else other
    return one.max(other)


def _smaller(one: Any, other: Any) -> Any:  # noqa: ANN401
    if is_series(one) or is_series(other):
        return other if is_positive(one - other) else one
    return one.min(other)


def maximum(left: Array, right: Array) -> Array:
    """Return the larger of two, entry by entry."""
    if is_balls(left):
        return np.asarray(np.frompyfunc(_larger, 2, 1)(left, right))
    return np.where(is_greater(left, right), left, right)


def minimum(left: Array, right: Array) -> Array:
    """Return the smaller of two, entry by entry."""
    if is_balls(left):
        return np.asarray(np.frompyfunc(_smaller, 2, 1)(left, right))
    return np.where(is_greater(left, right), right, left)


def absolute(z: Array) -> Array:
    """Return the absolute value, by the sign of the number without what moves it."""
    if is_balls(z):
        return maximum(z, -z)
    return np.where(is_greater(z, np.zeros_like(z)), z, -z)


COMMANDS: dict[str, Callable[[Array], Array]] = {
    "log": logarithm,
    "ln": logarithm,
    "sqrt": _root,
    "exp": np.exp,
    "tanh": tanh,
    "sinh": sinh,
    "cosh": cosh,
    "sin": np.sin,
    "cos": np.cos,
    "abs": absolute,
}
"""Functions by the name of their LaTeX command."""

SYMBOLS: dict[str, Callable[[Array], Array]] = {SIGMOID: sigmoid}
"""Functions that a symbol stands for unless the page says otherwise."""


@dataclass(frozen=True, slots=True)
class SmoothMap:
    """
    A random analytic function of arrays, of the given shapes, to an array.

    Attributes
    ----------
    shapes : tuple of tuple of int
        Of the arguments.
    shape : tuple of int
        Of the value.
    """

    shapes: tuple[tuple[int, int], ...]
    shape: tuple[int, int]
    inside: tuple[Array, ...]
    shift: Array
    outside: Array

    @classmethod
    def draw(
        cls,
        shapes: tuple[tuple[int, int], ...],
        shape: tuple[int, int],
        rng: np.random.Generator,
    ) -> SmoothMap:
        """Draw one; it is linear in no argument, and symmetric in no two of them."""
        hidden = 4
        inside = tuple(
            rng.uniform(0.3, 0.9, size=(hidden, rows * columns))
            * rng.choice([-1.0, 1.0], size=(hidden, rows * columns))
            for rows, columns in shapes
        )
        shift = rng.normal(size=(hidden, 1))
        return cls(shapes, shape, inside, shift, rng.normal(size=(shape[0] * shape[1], hidden)))

    def __call__(self, *values: Array) -> Array:
        """Return the value; axes before the last two of each argument go on."""
        total = self.shift
        for weights, value in zip(self.inside, values, strict=True):
            total = total + weights @ value.reshape(*value.shape[:-2], -1, 1)
        result = self.outside @ (np.sin(total) + 0.3 * tanh(total) + 0.1 * total * total)
        return np.asarray(result.reshape(*result.shape[:-2], *self.shape))


def random_smooth_function(rng: np.random.Generator) -> Callable[[Array], Array]:
    r"""
    Draw a smooth function from ℝ to ℝ, for a page's "any smooth function".

    It is analytic, neither odd nor even nor monotone, and its derivative is nowhere constant, so
    that no identity of one activation holds by accident.
    """
    a, b, c, d, e, f = rng.uniform(0.5, 1.5, size=6) * rng.choice([-1.0, 1.0], size=6)

    def function(z: Array) -> Array:
        return np.asarray(a * tanh(b * z + c) + d * np.sin(e * z + f) + 0.3 * a * z)

    return function
