"""Check a gradient: the complex step computes it again without a formula, to the last digits."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from oneoverm._checks import as_positive, check_finite
from oneoverm._typing import Array

__all__ = ["complex_step", "relative_error"]


def complex_step(
    f: Callable[[Array], Any], x: npt.ArrayLike, h: float = 1e-200
) -> npt.NDArray[np.float64]:
    """
    Compute the gradient of a real-valued function by the complex step.

    Parameters
    ----------
    f : callable
        Takes a complex128 array of the shape of `x` and returns a scalar;
        for a real argument the scalar is real.
        It is evaluated once for each entry of `x`, and once at `x`.
    x : array_like, any shape
        Where the gradient is wanted; real.
    h : float
        The step. Nothing is subtracted, so it can be as small as this.

    Returns
    -------
    array, same shape as `x`
        ``f(x + ih e) / h``'s imaginary part, for each entry's unit vector e; float64.

    Raises
    ------
    TypeError
        If `x` is not real, or `f` returns a real number for a complex argument:
        the imaginary part, which carries the derivative, was dropped on the way.
    ValueError
        If `f` returns an array, something that is not finite, or at `x` itself a number
        with an imaginary part; if `x` has an entry that is not finite.

    Notes
    -----
    ``f(x + ih) = f(x) + ih f'(x) - ...``: the imaginary part over h is f'(x) up to h squared
    [1]_ [2]_. Everything in `f` has to let a complex number through.
    What drops its imaginary part in one term of a sum only (``np.abs`` does)
    leaves a complex result and a wrong gradient, and cannot be noticed here.
    A constant function is not told apart from one that drops the imaginary part:
    it has to return a complex number to say that the derivative is zero.

    References
    ----------
    .. [1] W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real
       functions", SIAM Review 40 (1998), 110-112.
    .. [2] J. R. R. A. Martins, P. Sturdza and J. J. Alonso, "The complex-step derivative
       approximation", ACM Transactions on Mathematical Software 29 (2003), 245-262.

    Examples
    --------
    >>> complex_step(lambda x: (x**2).sum(), np.array([[1.0, 2.0, 3.0]]))
    array([[2., 4., 6.]])
    """
    x = np.asarray(x)
    if x.dtype.kind not in "fiu":
        raise TypeError(f"x has dtype {x.dtype}; expected real numbers")
    check_finite("x", x)
    h = as_positive("h", h)
    x = x.astype(np.complex128)
    at_x = _complex_scalar(f, x.copy())
    if at_x.imag != 0:
        raise ValueError(f"f returned {at_x} at a real x; expected a real-valued function")
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        stepped = x.copy()
        stepped[index] += 1j * h
        gradient[index] = _complex_scalar(f, stepped).imag / h
    return gradient


def _complex_scalar(f: Callable[[Array], Any], x: Array) -> complex:
    """Evaluate f, and refuse what the complex step cannot read."""
    value = np.asarray(f(x))
    if value.ndim != 0:
        raise ValueError(f"f returned an array of shape {value.shape}; expected a scalar")
    if value.dtype.kind != "c":
        raise TypeError(
            f"f returned the real {value} for a complex x: it dropped the imaginary part, which "
            "carries the derivative (np.abs and .real do), or it is constant (then return "
            "complex(value))"
        )
    if not np.isfinite(value):
        raise ValueError(f"f returned {value}; expected a finite number")
    return complex(value)


def relative_error(a: npt.ArrayLike, b: npt.ArrayLike, floor: float = 1e-8) -> float:
    """
    Compare two arrays by the norm of their difference, relative to the larger of their norms.

    Parameters
    ----------
    a, b : array_like, the same shape
        Two values for one gradient; which comes first makes no difference.
    floor : float
        The least norm to divide by: the scale under which a gradient counts as rounding.
        Two gradients of zero differ by 0, not by 0/0.

    Returns
    -------
    float
        ``norm(a - b) / max(norm(a), norm(b), floor)``, from 0 to 2.
        Two right answers in float64 are around 1e-15 apart; a missing 1/m gives 1 - 1/m.

    Raises
    ------
    ValueError
        If the shapes differ (NumPy would broadcast them), an entry is not finite,
        or the floor is not positive.

    Examples
    --------
    >>> relative_error([3.0, 4.0], [3.0, 3.0])
    0.2
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"b has shape {b.shape}; expected {a.shape}, as a")
    check_finite("a", a)
    check_finite("b", b)
    floor = as_positive("floor", floor)
    # In double precision, unsigned integers do not wrap round and float16 does not overflow.
    a = a.astype(np.result_type(a, np.float64)).ravel()
    b = b.astype(np.result_type(b, np.float64)).ravel()
    scale = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)), floor)
    return float(np.linalg.norm(a - b)) / scale
