"""Check a gradient: the complex step computes it again without a formula, to the last digits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from oneoverm._checks import as_positive, check_finite

__all__ = [
    "GradientReport",
    "central_differences",
    "check",
    "complex_step",
    "relative_error",
]


def complex_step(
    f: Callable[[npt.NDArray[Any]], Any], x: npt.ArrayLike, h: float = 1e-200
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
    Equation :eq:`complex-step` of the book.

    ``f(x + ih) = f(x) + ih f'(x) - ...``: the imaginary part over h is f'(x) up to h squared.
    Everything in `f` has to let a complex number through.
    What drops its imaginary part in one term of a sum only (``np.abs`` does)
    leaves a complex result and a wrong gradient, and cannot be noticed here.
    A constant function is not told apart from one that drops the imaginary part:
    it has to return a complex number to say that the derivative is zero.

    References
    ----------
    W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions",
    SIAM Review 40 (1998), 110-112.

    J. R. R. A. Martins, P. Sturdza and J. J. Alonso, "The complex-step derivative approximation",
    ACM Transactions on Mathematical Software 29 (2003), 245-262.

    Examples
    --------
    >>> complex_step(lambda x: (x**2).sum(), np.array([[1.0, 2.0, 3.0]]))
    array([[2., 4., 6.]])
    """
    x = _real_point(x).astype(np.complex128)
    h = as_positive("h", h)
    at_x = _complex_scalar(f, x.copy())
    if at_x.imag != 0:
        raise ValueError(f"f returned {at_x} at a real x; expected a real-valued function")
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        stepped = x.copy()
        stepped[index] += 1j * h
        gradient[index] = _complex_scalar(f, stepped).imag / h
    return gradient


def _real_point(x: npt.ArrayLike) -> npt.NDArray[Any]:
    """Check where a gradient is wanted."""
    x = np.asarray(x)
    if x.dtype.kind not in "fiu":
        raise TypeError(f"x has dtype {x.dtype}; expected real numbers")
    check_finite("x", x)
    return x


def _scalar(f: Callable[[npt.NDArray[Any]], Any], x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Evaluate f, and refuse an array."""
    value = np.asarray(f(x))
    if value.ndim != 0:
        raise ValueError(f"f returned an array of shape {value.shape}; expected a scalar")
    return value


def _complex_scalar(f: Callable[[npt.NDArray[Any]], Any], x: npt.NDArray[Any]) -> complex:
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


def central_differences(
    f: Callable[[npt.NDArray[Any]], Any], x: npt.ArrayLike, h: float = 6e-6
) -> npt.NDArray[np.float64]:
    """
    Compute the gradient of a function that no complex number passes, to about ten digits.

    Parameters
    ----------
    f : callable
        Takes a float64 array of the shape of `x` and returns a real scalar.
        It is evaluated twice for each entry of `x`.
    x : array_like, any shape
        Where the gradient is wanted; real.
    h : float
        The step, relative to an entry larger than 1. The cube root of the rounding, 6e-6, makes
        the two errors equal: of the formula, h squared, and of the rounding, 1e-16 / h.

    Returns
    -------
    array, same shape as `x`
        ``(f(x + h e) - f(x - h e)) / 2h`` for each entry's unit vector e; float64.

    Raises
    ------
    TypeError
        If `x` is not real, or `f` returns a complex number.
    ValueError
        If `f` returns an array or something that is not finite; if `x` has an entry that is not
        finite.

    Notes
    -----
    Equation :eq:`central-difference` of the book.

    Use `complex_step` where it is possible: it has neither error.

    Examples
    --------
    >>> central_differences(lambda x: np.abs(x).sum(), np.array([3.0, -2.0])).round(9)
    array([ 1., -1.])
    """
    x = _real_point(x).astype(np.float64)
    h = as_positive("h", h)
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        step = h * max(1.0, abs(float(x[index])))
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        # What was really added: x + step is rounded, and their difference is not.
        distance = above[index] - below[index]
        gradient[index] = (_real_scalar(f, above) - _real_scalar(f, below)) / distance
    return gradient


def _real_scalar(f: Callable[[npt.NDArray[Any]], Any], x: npt.NDArray[Any]) -> float:
    """Evaluate f, and refuse what differences cannot be taken of."""
    value = _scalar(f, x)
    if value.dtype.kind == "c":
        raise TypeError(f"f returned {value}; expected a real number (use complex_step)")
    if not np.isfinite(value):
        raise ValueError(f"f returned {value}; expected a finite number")
    return float(value)


@dataclass(frozen=True)
class GradientReport:
    """
    How far each gradient is from what it should be.

    Parameters
    ----------
    errors : dict
        The relative error of each parameter's gradient, by the parameter's name.
    tolerance : float
        What counts as right.

    Notes
    -----
    Equation :eq:`relative-error` of the book.

    Examples
    --------
    >>> print(GradientReport({"W": 3e-16, "b": 0.8}, 1e-9))
    W  3.0e-16  right
    b  8.0e-01  WRONG: expected at most 1.0e-09
    """

    errors: dict[str, float]
    tolerance: float

    @property
    def passes(self) -> bool:
        """Whether every gradient is right, by equation :eq:`relative-error` of the book."""
        return all(error <= self.tolerance for error in self.errors.values())

    def __str__(self) -> str:
        width = max((len(name) for name in self.errors), default=0)
        wrong = f"WRONG: expected at most {self.tolerance:.1e}"
        return "\n".join(
            f"{name:<{width}}  {error:.1e}  {'right' if error <= self.tolerance else wrong}"
            for name, error in self.errors.items()
        )


def check(
    cost: Callable[..., Any],
    parameters: Mapping[str, npt.ArrayLike],
    gradients: Mapping[str, npt.ArrayLike],
    method: Literal["complex_step", "central_differences"] = "complex_step",
    tolerance: float | None = None,
) -> GradientReport:
    """
    Compare gradients with what the cost alone says, parameter by parameter.

    Parameters
    ----------
    cost : callable
        Takes the parameters as keyword arguments, and returns a real scalar.
    parameters : mapping
        Each parameter's value, by its name.
    gradients : mapping
        The gradient claimed for each, by the same names.
    method : {"complex_step", "central_differences"}
        The first needs a cost that lets complex numbers through, and is right to the last digits;
        the second does with any cost.
    tolerance : float, optional
        The largest relative error that counts as right: 1e-9 for the complex step and 1e-6 for
        central differences, unless given.

    Returns
    -------
    GradientReport
        Print it to see each parameter's error; its ``passes`` tells whether all are right.

    Raises
    ------
    ValueError
        If the names differ, a gradient has not its parameter's shape, or the method is unknown.
    TypeError
        As for the method.

    Notes
    -----
    Equations :eq:`complex-step`, :eq:`central-difference` and :eq:`relative-error` of the book.

    Examples
    --------
    A forgotten 1/m is told from rounding by fifteen orders of magnitude:

    >>> from oneoverm import batch, initial_layers
    >>> [layer] = initial_layers([2, 1], rng=0)
    >>> X, Y = np.array([[1.0, 2.0, 0.5], [0.0, 1.0, 3.0]]), np.array([[1, 0, 1]])
    >>> def cost(W, b):
    ...     changed = [type(layer)(W, b, "sigmoid")]
    ...     return batch.cost(batch.forward(X, changed), Y, changed)
    >>> _, [right] = batch.cost_and_gradients(X, Y, [layer])
    >>> parameters = {"W": layer.W, "b": layer.b}
    >>> check(cost, parameters, {"W": right.dW, "b": right.db}).passes
    True
    >>> report = check(cost, parameters, {"W": 3 * right.dW, "b": right.db})
    >>> report.passes, round(report.errors["W"], 4)
    (False, 0.6667)
    """
    methods = {"complex_step": complex_step, "central_differences": central_differences}
    if method not in methods:
        raise ValueError(f"method is {method!r}; expected one of {', '.join(map(repr, methods))}")
    if parameters.keys() != gradients.keys():
        raise ValueError(
            f"gradients has the names {', '.join(gradients)}; expected {', '.join(parameters)}"
        )
    if tolerance is None:
        tolerance = 1e-9 if method == "complex_step" else 1e-6
    errors = {}
    for name, value in parameters.items():
        shape = np.shape(value)
        if np.shape(gradients[name]) != shape:
            raise ValueError(
                f"the gradient of {name} has shape {np.shape(gradients[name])}; expected {shape}"
            )

        def at(changed: npt.NDArray[Any], name: str = name) -> Any:
            return cost(**{**parameters, name: changed})

        errors[name] = relative_error(gradients[name], methods[method](at, value))
    return GradientReport(errors, as_positive("tolerance", tolerance))


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

    Notes
    -----
    Equation :eq:`relative-error` of the book.

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
