"""Derivatives from the values of a function alone: the complex step and central differences."""

import numpy as np
import numpy.typing as npt

from oneoverm._arrays import check_plain
from oneoverm._checks import as_positive, check_finite
from oneoverm._slopes import Floats, Function, best_step, complex_scalar, real_point, real_scalar

__all__ = ["central_differences", "complex_step", "relative_error"]


def complex_step(f: Function, x: npt.ArrayLike, h: float = 1e-200) -> Floats:
    """
    Compute the gradient of a real-valued function by the complex step.

    Equation :eq:`complex-step` of the book: ``f(x + ih) = f(x) + ih f'(x) - ...``, so the imaginary
    part over h is f'(x) up to h squared (Squire and Trapp, SIAM Review 40, 1998; Martins, Sturdza
    and Alonso, ACM Transactions on Mathematical Software 29, 2003).

    Everything in `f` has to let a complex number through. What drops its imaginary part in one
    term of a sum only (``np.abs`` does) leaves a complex result and a wrong gradient;
    `oneoverm.check` notices it.
    A constant function has to return a complex number to say that the derivative is zero.

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

    Examples
    --------
    >>> complex_step(lambda x: (x**2).sum(), np.array([[1.0, 2.0, 3.0]]))
    array([[2., 4., 6.]])
    """
    x = real_point("x", x).astype(np.complex128)
    h = as_positive("h", h)
    at_x = complex_scalar(f, x.copy())
    if at_x.imag != 0:
        raise ValueError(f"f returned {at_x} at a real x; expected a real-valued function")
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        stepped = x.copy()
        stepped[index] += 1j * h
        gradient[index] = complex_scalar(f, stepped).imag / h
    return gradient


def central_differences(f: Function, x: npt.ArrayLike, h: float | None = None) -> Floats:
    """
    Compute the gradient of a function that no complex number passes, to about ten digits.

    Equation :eq:`central-difference` of the book, for each entry of `x`, in float64. Use
    `complex_step` where it is possible: it has neither of the two errors.

    Parameters
    ----------
    f : callable
        Takes a float64 array of the shape of `x` and returns a real scalar.
    x : array_like, any shape
        Where the gradient is wanted; real.
    h : float, optional
        The step, relative to an entry larger than 1. The cube root of the rounding of what `f`
        returns, 6e-6 in float64, makes the two errors equal: of the formula, h squared, and of
        the rounding, 1e-16 / h.
    """
    x = real_point("x", x).astype(np.float64)
    h = best_step(f, x) if h is None else as_positive("h", h)
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        step = h * max(1.0, abs(float(x[index])))
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        # What was really added: x + step is rounded, and their difference is not.
        distance = above[index] - below[index]
        gradient[index] = (real_scalar(f, above) - real_scalar(f, below)) / distance
    return gradient


def relative_error(a: npt.ArrayLike, b: npt.ArrayLike, floor: float = 1e-8) -> float:
    """
    Compute ``norm(a - b) / max(norm(a), norm(b), floor)``, from 0 to 2.

    Equation :eq:`relative-error` of the book. Two right answers in float64 are around 1e-15 apart;
    a missing 1/m gives 1 - 1/m. Which of the two comes first makes no difference.

    Parameters
    ----------
    a, b : array_like, the same shape
        Two values for one gradient.
    floor : float
        The least norm to divide by: the scale under which a gradient counts as rounding.
        Two gradients of zero differ by 0, not by 0/0.

    Examples
    --------
    >>> relative_error([3.0, 4.0], [3.0, 3.0])
    0.2
    """
    check_plain("a", a)
    check_plain("b", b)
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
