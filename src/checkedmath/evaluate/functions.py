"""
The functions a page may use without declaring them, each safe for the complex step.

Every function takes arrays, real or complex, and branches on the real part only: `numpy.abs` of a
complex number is its modulus, which would silently destroy the derivative that the imaginary part
carries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.errors import DrawAgainError
from checkedmath.latex.library import SIGMOID

Array = NDArray[Any]


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + e^-z) without overflow, elementwise."""
    z = np.asarray(z)
    small = np.exp(np.where(z.real > 0, -z, z))
    return np.where(z.real > 0, 1.0, small) / (1.0 + small)


def _logarithm(z: Array) -> Array:
    return _where(z.real > np.abs(z.imag), np.log, z)


def _root(z: Array) -> Array:
    steep = (np.abs(z.real) <= np.abs(z.imag)) & (z.imag != 0)
    return _where((z.real >= 0) & ~steep, np.sqrt, z)


def _where(allowed: Array, function: Callable[[Array], Array], z: Array) -> Array:
    """Return NaN where the function has no real value; the complex one must not be taken."""
    if allowed.all():
        return function(z)
    nothing = complex(np.nan, np.nan) if np.iscomplexobj(z) else np.nan
    return np.where(allowed, function(np.where(allowed, z, 1.0)), nothing)


NEAR = 1e-9
"""The relative distance from a kink or a jump within which a draw is drawn again."""


def is_greater(left: Array, right: Array, *, jump: bool = False) -> Array:
    """
    Compare by the real parts, entry by entry, for a choice between two branches.

    With ``jump`` the branches need not meet where the choice changes, so that rounding must not
    decide; else only a derivative must not be taken there.

    Raises
    ------
    DrawAgainError
        If the choice hangs on rounding, or differs between the points of one derivative.
    """
    gap = np.asarray(left - right)
    near = np.abs(gap.real) <= NEAR * np.maximum(np.abs(left.real), np.abs(right.real))
    # The square of a complex step is no distance from a kink.
    near = near | (np.abs(gap.real) <= np.abs(gap.imag))
    if (near & (gap.imag != 0)).any() or (jump and (near & (gap.real != 0)).any()):
        raise DrawAgainError(_AT_KINK)
    greater = gap.real > 0
    if gap.ndim > 2:
        for leading in range(gap.ndim - 2):
            first = greater.take([0], axis=leading)
            if (greater != first).any():
                raise DrawAgainError(_AT_KINK)
    return np.asarray(greater)


_AT_KINK = (
    "in every draw, a max, a min, an absolute value or a case stands where its choice changes"
)


def maximum(left: Array, right: Array) -> Array:
    """Return the larger of two, entry by entry."""
    return np.where(is_greater(left, right), left, right)


def minimum(left: Array, right: Array) -> Array:
    """Return the smaller of two, entry by entry."""
    return np.where(is_greater(left, right), right, left)


def absolute(z: Array) -> Array:
    """Return the absolute value, by the sign of the real part."""
    return np.where(is_greater(z, np.zeros_like(z)), z, -z)


COMMANDS: dict[str, Callable[[Array], Array]] = {
    "log": _logarithm,
    "ln": _logarithm,
    "sqrt": _root,
    "exp": np.exp,
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
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
        result = self.outside @ (np.sin(total) + 0.3 * np.tanh(total) + 0.1 * total * total)
        return np.asarray(result.reshape(*result.shape[:-2], *self.shape))


def random_smooth_function(rng: np.random.Generator) -> Callable[[Array], Array]:
    r"""
    Draw a smooth function from ℝ to ℝ, for a page's "any smooth function".

    It is analytic, neither odd nor even nor monotone, and its derivative is nowhere constant, so
    that no identity of one activation holds by accident.
    """
    a, b, c, d, e, f = rng.uniform(0.5, 1.5, size=6) * rng.choice([-1.0, 1.0], size=6)

    def function(z: Array) -> Array:
        return np.asarray(a * np.tanh(b * z + c) + d * np.sin(e * z + f) + 0.3 * a * z)

    return function
