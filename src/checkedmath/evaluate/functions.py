"""
The functions a page may use without declaring them, each safe for the complex step.

Every function takes arrays, real or complex, and branches on the real part only: `numpy.abs` of a
complex number is its modulus, which would silently destroy the derivative that the imaginary part
carries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + e^-z) without overflow, elementwise."""
    z = np.asarray(z)
    small = np.exp(np.where(z.real > 0, -z, z))
    return np.where(z.real > 0, 1.0, small) / (1.0 + small)


def _logarithm(z: Array) -> Array:
    return _where(z.real > 0, np.log, z)


def _root(z: Array) -> Array:
    return _where(z.real >= 0, np.sqrt, z)


def _where(allowed: Array, function: Callable[[Array], Array], z: Array) -> Array:
    """Return NaN where the function has no real value; the complex one must not be taken."""
    if allowed.all():
        return function(z)
    return np.where(allowed, function(np.where(allowed, z, 1.0)), np.nan)


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
}
"""Functions by the name of their LaTeX command."""

SYMBOLS: dict[str, Callable[[Array], Array]] = {r"\sigma": sigmoid}
"""Functions that a symbol stands for unless the page says otherwise."""


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
