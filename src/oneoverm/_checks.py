"""Checks of what the public functions are given: libraries, shapes, dtypes, finite entries."""

import functools
import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import numpy as np

from oneoverm._arrays import (
    any_true,
    array_type,
    is_inexact,
    is_traced,
    keep_guest,
    namespace,
)

__all__ = [
    "CheckedFunction",
    "as_divisor",
    "as_positive",
    "check_arrays",
    "check_divide",
    "check_finite",
    "check_one_library",
    "check_product",
    "is_finite",
    "looked_up",
    "shapes",
]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class CheckedFunction(Protocol[P, R_co]):
    """A function that checks its arguments, and keeps itself without the checks."""

    @property
    def unchecked(self) -> Callable[P, R_co]:
        """The function itself: for a network, which checks once and not again at each layer."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Check the arguments, then call."""


def shapes(**expected: str) -> Callable[[Callable[P, R]], CheckedFunction[P, R]]:
    """
    Declare, and check at each call, the shapes of a function's arguments.

    What is not finite in an argument is found by the function's result: any sum of products with
    an infinity or a NaN among its terms is itself not finite, and is smaller to look through.

    Parameters
    ----------
    **expected : str
        An argument's name and its axes, as in ``W="n_out n_in"``.
        An axis is a size's name or a number.
        The first argument declared with a size fixes it for those after it.

    Returns
    -------
    callable
        The decorator.

    Examples
    --------
    >>> @shapes(W="n_out n_in", x="n_in 1")
    ... def product(W, x):
    ...     return W @ x
    >>> product(np.ones((2, 3)), np.ones((4, 1)))
    Traceback (most recent call last):
    ValueError: x has shape (4, 1); expected (n_in, 1) = (3, 1), n_in as in W
    """

    def decorate(function: Callable[P, R]) -> CheckedFunction[P, R]:
        signature = inspect.signature(function)
        names = tuple(signature.parameters)

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            given = {**dict(zip(names, args, strict=False)), **kwargs}
            if not expected.keys() <= given.keys():
                signature.bind(*args, **kwargs)  # raises, and says what is missing
            arrays = {name: given[name] for name in expected}
            check_arrays({name: (array, expected[name]) for name, array in arrays.items()})
            return _finished(function(*args, **kwargs), arrays)

        checked.unchecked = function  # type: ignore[attr-defined]
        return cast("CheckedFunction[P, R]", checked)

    return decorate


def _finished(result: R, arrays: dict[str, Any]) -> R:
    """Check a result that is an array or a tuple of arrays, named or not, and keep the dtype."""
    if isinstance(result, tuple):
        parts = [_finished(part, arrays) for part in result]
        return cast("R", type(result)(*parts) if hasattr(result, "_fields") else tuple(parts))
    if not hasattr(result, "dtype"):
        return result
    check_product(result, arrays)
    return cast("R", keep_guest(result, next(iter(arrays.values()))))


def check_arrays(arrays: dict[str, tuple[Any, str]]) -> None:
    """
    Check arrays against their axes, and that they can be computed with.

    Parameters
    ----------
    arrays : dict
        For each name, the array and its axes, as for `shapes`.

    Raises
    ------
    TypeError
        If something is not an array, holds integers or booleans, or is of another library than
        the rest.
    ValueError
        If a shape disagrees or a size is zero.
    """
    sizes: dict[str, tuple[int, str]] = {}
    others = False
    for name, (array, axes) in arrays.items():
        if isinstance(array, np.ndarray):
            xp: Any = np
        elif hasattr(array, "dtype") and hasattr(array, "shape"):
            xp, others = namespace(array), True
        else:
            message = f"{name} is a {type(array).__name__}; "
            raise TypeError(message + "expected an array (NumPy's, or another library's)")
        if not is_inexact(xp, array.dtype):
            message = f"{name} has dtype {array.dtype}; expected a floating-point dtype"
            raise TypeError(message + f", as {name}.astype(float) has" * (xp is np))
        _check_shape(name, tuple(array.shape), _parted(axes), sizes)
    if others:
        check_one_library({name: array for name, (array, _) in arrays.items()})


def check_one_library(arrays: dict[str, Any]) -> None:
    """
    Refuse arrays of several libraries.

    Parameters
    ----------
    arrays : dict
        The arrays by name.

    Raises
    ------
    TypeError
        If they are of several libraries; the message gives the library of each.
    """
    try:
        namespace(*arrays.values())
    except TypeError as error:
        kinds = ", ".join(f"{name} is a {array_type(array)}" for name, array in arrays.items())
        raise TypeError(f"{kinds}; expected arrays of one library") from error


@functools.cache
def _parted(axes: str) -> tuple[str, ...]:
    """Part axes into their names."""
    return tuple(axes.split())


def _check_shape(
    name: str, shape: tuple[int, ...], axes: tuple[str, ...], sizes: dict[str, tuple[int, str]]
) -> None:
    """Compare one shape with its axes, and remember in `sizes` the sizes it is first to fix."""
    agrees = len(shape) == len(axes)
    for axis, size in zip(axes, shape, strict=False):
        wanted = int(axis) if axis.isdecimal() else sizes[axis][0] if axis in sizes else size
        agrees = agrees and wanted == size
    if not agrees:
        message = f"{name} has shape {shape}; expected ({', '.join(axes)})"
        origins = [f"{axis} as in {sizes[axis][1]}" for axis in axes if axis in sizes]
        if origins:
            numbers = ", ".join(str(sizes[axis][0]) if axis in sizes else axis for axis in axes)
            message += f" = ({numbers}), {', '.join(origins)}"
        raise ValueError(message)
    for axis, size in zip(axes, shape, strict=True):
        if size == 0:
            raise ValueError(f"{name} has shape {shape}; expected {axis} to be at least 1")
        if not axis.isdecimal():
            sizes.setdefault(axis, (size, name))


def check_finite(name: str, array: Any) -> None:
    """
    Refuse infinities and NaN.

    Parameters
    ----------
    name : str
        What the message calls the array.
    array : array, any shape
        One without values yet, within `jax.jit`, passes.

    Raises
    ------
    ValueError
        If an entry is not finite; the message gives the first one.
    """
    if not is_finite(array):
        xp = namespace(array)
        first = tuple(int(index[0]) for index in xp.nonzero(~xp.isfinite(array)))
        raise ValueError(f"{name} has the entry {array[first]} at {first}; expected finite entries")


def is_finite(array: Any) -> bool:
    """Tell whether all entries are finite; a sum of squares that is finite tells it fastest."""
    if isinstance(array, np.ndarray):
        # Of ways to add squares up, the one that does not warn where they overflow.
        if array.dtype.char in "fd" and math.isfinite(np.vdot(array, array)):
            return True
        return bool(np.isfinite(array).all())
    xp = namespace(array)
    return not any_true(xp, ~xp.isfinite(array))


def check_product(product: Any, arrays: dict[str, Any]) -> None:
    """
    Refuse arguments that are not finite, if their product shows that there are some.

    A product of finite arrays may overflow, in float16 above all: that passes.

    Parameters
    ----------
    product : array
        In which every entry of `arrays` counts.
    arrays : dict
        The arguments by name.

    Raises
    ------
    ValueError
        If an argument has an entry that is not finite; the message gives the first one.
    """
    if not is_finite(product):
        for name, array in arrays.items():
            check_finite(name, array)


def as_positive(name: str, number: float) -> float:
    """
    Check a number to divide by, and make it a Python number.

    Parameters
    ----------
    name : str
        What the message calls the number.
    number : float

    Returns
    -------
    float
        A Python number leaves a float32 array float32; a NumPy float64 would not.

    Raises
    ------
    ValueError
        If the number is not positive and finite.
    """
    if is_traced(number):
        return number  # its value comes later
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} is {number}; expected a positive number")
    return float(number)


def as_divisor(m: Any, dtype: Any) -> Any:
    """
    Check what a sum over examples is divided by.

    Parameters
    ----------
    m : float
        The number of examples, or the sum of their weights.
    dtype : dtype
        Of what is divided.

    Returns
    -------
    float
        Within `jax.jit`, an array without values, in float16 and bfloat16 if the dtype is.

    Raises
    ------
    ValueError
        If it is not positive, or infinite in `dtype`: float16 ends at 65504, so that 70,000
        examples would give a gradient of zero.

    Examples
    --------
    >>> as_divisor(70_000, np.dtype(np.float16))
    Traceback (most recent call last):
    ValueError: m is 70000.0, which is inf in float16; expected m < 65520: divide in float32
    """
    if type(m) is int and 0 < m < 65520:
        return m
    m = as_positive("m", m)
    if is_traced(m):
        # As a Python number does: a float32 m would make the quotient float32.
        return namespace(m).astype(m, dtype) if str(dtype).endswith("float16") else m
    if m >= 65520 and str(dtype).rpartition(".")[2] == "float16":
        raise ValueError(
            f"m is {m}, which is inf in float16; expected m < 65520: divide in float32"
        )
    return m


def check_divide(divide: str) -> None:
    """Refuse a place for the 1/m that there is not."""
    if divide not in {"early", "late", "never"}:
        raise ValueError(f"divide is {divide!r}; expected 'early', 'late' or 'never'")


def looked_up(what: str, given: object, kind: type[R], known: Mapping[str, R]) -> R:
    """
    Look something up by its name, or let one of the caller's own pass.

    Parameters
    ----------
    what : str
        What the message calls it.
    given : str or an instance of `kind`
    kind : type
    known : mapping
        What there is, by name.

    Returns
    -------
    an instance of `kind`

    Raises
    ------
    ValueError
        If the name is unknown; the message lists the known ones.
    TypeError
        If it is neither a name nor an instance.
    """
    if isinstance(given, kind):
        return given
    if not isinstance(given, str):
        raise TypeError(
            f"the {what} is of type {type(given).__name__}; expected a name or {kind.__name__}"
        )
    if given not in known:
        names = ", ".join(repr(name) for name in known)
        raise ValueError(f"unknown {what} {given!r}; expected one of {names}")
    return known[given]
