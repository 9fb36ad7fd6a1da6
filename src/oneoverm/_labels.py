"""Checks of labels, which give them the shape and the dtype of the output they belong to."""

from typing import Any

import numpy as np

from oneoverm._arrays import (
    any_true,
    as_inexact,
    is_complex,
    is_inexact,
    namespace,
    placed,
    real,
    summed,
    widened,
)
from oneoverm._checks import check_finite, check_one_library

__all__ = ["as_array", "as_labels", "as_probabilities", "as_targets", "one_hot"]


def as_targets(name: str, y: Any, like_name: str, like: Any) -> Any:
    """
    Check targets, any real numbers.

    Parameters
    ----------
    name : str
        What the message calls the targets.
    y : array_like, the shape of `like`
        Integers and booleans are welcome.
    like_name : str
        What the message calls `like`.
    like : array, any shape
        The output or the logit that they belong to.

    Returns
    -------
    array, same shape
        In `like`'s dtype: int64 or float64 labels would turn float32 into float64.

    Raises
    ------
    ValueError
        If the shapes differ (the arrays would broadcast), or an entry is not finite.
    TypeError
        If the arrays are of several libraries.
    """
    y = _fitted(name, y, like_name, like)
    check_finite(name, y)
    return y


def _fitted(name: str, y: Any, like_name: str, like: Any) -> Any:
    """Give labels the library, the shape and, if they have none to compute in, the dtype."""
    if (
        isinstance(y, np.ndarray)
        and isinstance(like, np.ndarray)
        and y.dtype == like.dtype
        and y.shape == like.shape
    ):
        return y
    xp, y = as_array(name, y, like_name, like)
    if not is_complex(xp, y) and not (is_complex(xp, like) and is_inexact(xp, y.dtype)):
        y = xp.astype(y, like.dtype, copy=False)
    if y.shape != like.shape:
        shapes = f"{name} has shape {tuple(y.shape)}; expected {tuple(like.shape)}"
        raise ValueError(f"{shapes}, as {like_name}")
    return y


def as_labels(name: str, y: Any, like_name: str, like: Any) -> Any:
    """
    Check labels between 0 and 1, as for the binary cross-entropy.

    Parameters
    ----------
    name, y, like_name, like
        As for `as_targets`.

    Returns
    -------
    array, same shape

    Raises
    ------
    ValueError
        If the shapes differ, or a label is outside [0, 1].
    """
    y = _fitted(name, y, like_name, like)
    _check_range(name, y, "labels in [0, 1]")
    return y


def as_probabilities(name: str, y: Any, like_name: str, like: Any) -> Any:
    """
    Check what a softmax is compared with: classes, or a distribution in each column.

    Parameters
    ----------
    name, like_name, like
        As for `as_targets`.
    y : array_like, the shape of `like`; or integers, shape (m,) or (1, m)
        Distributions; or the classes, from 0 to n - 1.

    Returns
    -------
    array, the shape of `like`
        Classes as one-hot columns.

    Raises
    ------
    ValueError
        If the shape fits neither, a class is out of range, or a column is not a distribution.
    TypeError
        If classes are not integers.
    """
    xp, y = as_array(name, y, like_name, like)
    n, m = like.shape
    if n > 1 and tuple(y.shape) in {(m,), (1, m)}:
        return one_hot(y, n, like=like)
    if y.shape != like.shape:
        raise ValueError(
            f"{name} has shape {tuple(y.shape)}; expected {(n, m)}, as {like_name}, "
            f"or ({m},) for classes"
        )
    y = _fitted(name, y, like_name, like)
    _check_range(name, y, "probabilities in [0, 1]")
    sums = real(xp, summed(widened(xp, y), axis=0))[0, :]
    # A column of n rounded terms, in the coarsest dtype that labels come in.
    wrong = xp.abs(sums - 1) > 1e-2
    if any_true(xp, wrong):
        column = int(xp.nonzero(wrong)[0][0])
        raise ValueError(
            f"column {column} of {name} sums to {float(sums[column]):.4g}; expected 1: "
            "the probabilities of one example's classes"
        )
    return y


def one_hot(classes: Any, n: int, *, like: Any = None) -> Any:
    """
    Write classes as columns with a single 1.

    Parameters
    ----------
    classes : array_like of integers, shape (m,) or (1, m)
        From 0 to n - 1.
    n : int
        The number of classes.
    like : array, optional
        Whose library and dtype the result has; float64 in NumPy, unless given.

    Returns
    -------
    array, shape (n, m)
        Entry (k, i) is 1 where example i has class k.

    Raises
    ------
    ValueError
        If a class is out of range.
    TypeError
        If the classes are not integers.

    Notes
    -----
    Equation :eq:`softmax-one-hot` of the book.

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 1.],
           [0., 0.],
           [1., 0.]])
    """
    like = np.zeros(1) if like is None else like
    xp, classes = as_array("classes", classes, "like", like)
    if is_inexact(xp, classes.dtype) or classes.dtype == xp.bool:
        raise TypeError(f"the classes have dtype {classes.dtype}; expected integers")
    rows = xp.reshape(placed(xp, np.arange(n), classes), (n, 1))
    # In the library's own integers: int8 does not reach the class 200 that it is compared with.
    classes = xp.reshape(xp.astype(classes, rows.dtype), (1, -1))
    outside = (classes < 0) | (classes >= n)
    if any_true(xp, outside):
        i = int(xp.nonzero(outside)[1][0])
        raise ValueError(f"example {i} has class {classes[0, i]}; expected 0 to {n - 1}")
    return xp.astype(rows == classes, like.dtype)


def as_array(name: str, y: Any, like_name: str, like: Any) -> tuple[Any, Any]:
    """
    Give what belongs to an array as an array of the same library.

    Parameters
    ----------
    name, like_name : str
        What the message calls the two.
    y : array_like
        An array of the same library, a list, a number.
    like : array

    Returns
    -------
    xp : module
        The library's namespace.
    y : array

    Raises
    ------
    TypeError
        If the arrays are of several libraries.
    """
    xp = namespace(like)
    if isinstance(y, np.generic) or not hasattr(y, "dtype"):
        return xp, placed(xp, y, like)
    if xp is not np or not isinstance(y, np.ndarray):
        check_one_library({name: y, like_name: like})
    return xp, y


def _check_range(name: str, y: Any, expected: str) -> None:
    """Refuse what is not finite and what is not between 0 and 1."""
    # NumPy's `min` takes twice the microseconds of the reduction that it calls.
    if (
        isinstance(y, np.ndarray)
        and y.dtype.kind == "f"
        and np.minimum.reduce(y, None) >= 0
        and np.maximum.reduce(y, None) <= 1
    ):
        return
    check_finite(name, y)
    xp, y = as_inexact(y)
    values = real(xp, y)
    outside = (values < 0) | (values > 1)
    if any_true(xp, outside):
        first = tuple(int(index[0]) for index in xp.nonzero(outside))
        raise ValueError(f"{name} has the entry {y[first]} at {first}; expected {expected}")
