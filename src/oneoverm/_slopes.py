"""Values of a function, and its slopes along one direction, with what rounding leaves in them."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from oneoverm._arrays import check_plain
from oneoverm._checks import check_finite

Function: TypeAlias = Callable[[npt.NDArray[Any]], Any]
Floats: TypeAlias = npt.NDArray[np.float64]


def steps_along(f: Function, x: npt.NDArray[Any], h: float = 1e-200) -> tuple[float, float, float]:
    """Return the slope along a direction by the complex step, f, and the slope's spread."""
    rng, slopes = np.random.default_rng(1), []
    direction = _direction(x)
    for _ in range(8):
        # Other digits of the step and of x, and so other roundings.
        step = h * rng.uniform(1, 2)
        near = x * (1 + rng.integers(-2, 3, x.shape) * np.finfo(np.float64).eps)
        slopes.append(complex_scalar(f, near + 1j * step * direction).imag / step)
    exact = complex_scalar(f, x + 1j * h * direction)
    return exact.imag / h, exact.real, max(slopes) - min(slopes)


def differences_along(f: Function, x: npt.NDArray[Any]) -> tuple[float, float]:
    """Return the slope along the same direction by a central difference, and its rounding."""
    x = x.astype(np.float64)
    step = best_step(f, x) * max(1.0, float(np.abs(x).max(initial=0)))
    above, below = (real_scalar(f, x + sign * step * _direction(x)) for sign in (1, -1))
    rounding, _ = rounding_of(f, x)
    return (above - below) / (2 * step), rounding


def one_sided(
    f: Function, x: npt.NDArray[Any], index: tuple[int, ...]
) -> tuple[float, float, float]:
    """Return the slopes below and above an entry of x, and what rounding leaves in them."""
    x = x.astype(np.float64)
    step = 0.01 * best_step(f, x) * max(1.0, abs(float(x[index])))
    values = []
    for moved in (-step, 0, step):
        there = x.copy()
        there[index] += moved
        values.append(real_scalar(f, there))
    rounding = 8 * _epsilon(f, x) * max(map(abs, values)) / step
    return (values[1] - values[0]) / step, (values[2] - values[1]) / step, rounding


def rounding_of(f: Function, x: npt.NDArray[Any]) -> tuple[float, float]:
    """Return what rounding leaves in central differences, and their usual relative error."""
    x = x.astype(np.float64)
    step = best_step(f, x)
    size = float(np.sqrt(max(x.size, 1))) * abs(real_scalar(f, x.copy()))
    return 8 * _epsilon(f, x) * size / step, max(1e-6, 100 * step * step)


def real_point(name: str, x: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return an array of real and finite numbers."""
    check_plain(name, x)
    x = np.asarray(x)
    if x.dtype.kind not in "fiu":
        raise TypeError(f"{name} has dtype {x.dtype}; expected real numbers")
    check_finite(name, x)
    return x


def _direction(x: npt.NDArray[Any]) -> Floats:
    """Return a unit vector in which every entry of x has a part."""
    rng = np.random.default_rng(0)
    direction = rng.choice([-1.0, 1.0], x.shape) * rng.uniform(0.5, 1, x.shape)
    return direction / max(float(np.linalg.norm(direction)), 1.0)


def _epsilon(f: Function, x: Floats) -> float:
    """Return the rounding of what f returns: of float32 it is another."""
    value = np.asarray(f(x.copy()))
    kind = value.dtype if value.dtype.kind == "f" else np.dtype(np.float64)
    return float(np.finfo(kind).eps)


def best_step(f: Function, x: Floats) -> float:
    """Return the step of central differences with the least error."""
    return float(np.cbrt(_epsilon(f, x)))


def _scalar(f: Function, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Evaluate f, and refuse an array."""
    value = np.asarray(f(x))
    if value.ndim != 0:
        raise ValueError(f"f returned an array of shape {value.shape}; expected a scalar")
    return value


def complex_scalar(f: Function, x: npt.NDArray[Any]) -> complex:
    """Evaluate f, and refuse what the complex step cannot read."""
    value = _scalar(f, x)
    if value.dtype.kind != "c":
        raise TypeError(
            f"f returned the real {value} for a complex x: it dropped the imaginary part, which "
            "carries the derivative (np.abs and .real do), or it is constant (then return "
            "complex(value))"
        )
    if not np.isfinite(value):
        raise ValueError(f"f returned {value}; expected a finite number")
    return complex(value)


def real_scalar(f: Function, x: npt.NDArray[Any]) -> float:
    """Evaluate f, and refuse what differences cannot be taken of."""
    value = _scalar(f, x)
    if value.dtype.kind == "c":
        raise TypeError(f"f returned {value}; expected a real number (use complex_step)")
    if not np.isfinite(value):
        raise ValueError(f"f returned {value}; expected a finite number")
    return float(value)
