"""Checks of what the public functions are given: shapes, dtypes, finite entries, labels."""

import functools
import inspect
import math
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from oneoverm._typing import Array

__all__ = ["as_inexact", "as_labels", "as_positive", "check_arrays", "check_finite", "shapes"]

P = ParamSpec("P")
R = TypeVar("R")


def shapes(**expected: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Declare, and check at each call, the shapes of a function's arguments.

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

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            given = signature.bind(*args, **kwargs).arguments
            check_arrays({name: (given[name], axes) for name, axes in expected.items()})
            return function(*args, **kwargs)

        return checked

    return decorate


def check_arrays(arrays: dict[str, tuple[object, str]]) -> None:
    """
    Check arrays against their axes, and that their entries can be computed with.

    Parameters
    ----------
    arrays : dict
        For each name, the array and its axes, as for `shapes`.

    Raises
    ------
    TypeError
        If something is not a NumPy array, or holds integers or booleans.
    ValueError
        If a shape disagrees, a size is zero, or an entry is not finite.
    """
    sizes: dict[str, tuple[int, str]] = {}
    for name, (array, axes) in arrays.items():
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{name} is a {type(array).__name__}; expected a NumPy array")
        if array.dtype.kind not in "fc":
            raise TypeError(
                f"{name} has dtype {array.dtype}; expected a floating-point dtype, "
                f"as {name}.astype(float) has"
            )
        _check_shape(name, array, axes.split(), sizes)
        check_finite(name, array)


def _check_shape(
    name: str, array: Array, axes: list[str], sizes: dict[str, tuple[int, str]]
) -> None:
    """Compare one shape with its axes, and remember in `sizes` the sizes it is first to fix."""
    wanted = [
        int(axis) if axis.isdecimal() else sizes[axis][0] if axis in sizes else axis
        for axis in axes
    ]
    agrees = array.ndim == len(axes) and all(
        isinstance(size, str) or size == got for size, got in zip(wanted, array.shape, strict=True)
    )
    if not agrees:
        message = f"{name} has shape {array.shape}; expected ({', '.join(axes)})"
        origins = [f"{axis} as in {sizes[axis][1]}" for axis in axes if axis in sizes]
        if origins:
            message += f" = ({', '.join(map(str, wanted))}), {', '.join(origins)}"
        raise ValueError(message)
    for axis, size in zip(axes, array.shape, strict=True):
        if size == 0:
            raise ValueError(f"{name} has shape {array.shape}; expected {axis} to be at least 1")
        if not axis.isdecimal():
            sizes.setdefault(axis, (size, name))


def check_finite(name: str, array: Array) -> None:
    """
    Refuse infinities and NaN.

    Parameters
    ----------
    name : str
        What the message calls the array.
    array : array, any shape

    Raises
    ------
    ValueError
        If an entry is not finite; the message gives the first one.
    """
    finite = np.isfinite(array)
    if not finite.all():
        first = tuple(int(index) for index in np.argwhere(~finite)[0])
        raise ValueError(f"{name} has the entry {array[first]} at {first}; expected finite entries")


def as_inexact(array: npt.ArrayLike) -> Array:
    """
    Give an array that elementwise functions can compute with.

    Parameters
    ----------
    array : array_like, any shape

    Returns
    -------
    array, same shape
        The array itself where it is floating-point or complex, float64 where it is not:
        ``-z`` of an unsigned integer would wrap round.

    Examples
    --------
    >>> as_inexact([1, 2])
    array([1., 2.])
    """
    array = np.asarray(array)
    return array if array.dtype.kind in "fc" else array.astype(np.float64)


def as_labels(name: str, labels: npt.ArrayLike, like_name: str, like: Array) -> Array:
    """
    Check labels, and give them the dtype of what they are compared with.

    Parameters
    ----------
    name : str
        What the message calls the labels.
    labels : array_like, the shape of `like`
        From 0 to 1; integers and booleans are welcome.
    like_name : str
        What the message calls `like`.
    like : array, any shape
        The output or the logit that the labels belong to.

    Returns
    -------
    array, same shape
        Integers and booleans in `like`'s dtype: int64 labels would turn float32 into float64.

    Raises
    ------
    ValueError
        If the shapes differ (NumPy would broadcast them), or a label is outside [0, 1].
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "fc":
        labels = labels.astype(like.dtype)
    if labels.shape != like.shape:
        raise ValueError(f"{name} has shape {labels.shape}; expected {like.shape}, as {like_name}")
    check_finite(name, labels)
    outside = (labels.real < 0) | (labels.real > 1)
    if outside.any():
        first = tuple(int(index) for index in np.argwhere(outside)[0])
        raise ValueError(
            f"{name} has the entry {labels[first]} at {first}; expected labels in [0, 1]"
        )
    return labels


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
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} is {number}; expected a positive number")
    return float(number)
