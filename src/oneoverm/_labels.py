"""Checks of labels, which give them the shape and the dtype of the output they belong to."""

from typing import Any

import numpy as np

from oneoverm._arrays import (
    array_type,
    asarray_like,
    check_plain,
    is_complex,
    is_floating,
    namespace,
    real,
    sum_outputs,
    widened,
)
from oneoverm._checks import (
    check_finite,
    check_one_library,
    check_positive_integer,
    is_true,
    poisoned,
)


def as_targets(name: str, y: Any, like_name: str, like: Any) -> Any:
    """
    Return targets, any real numbers, as an array of an output's shape, library and dtype.

    Integers and booleans are welcome: int64 or float64 labels would turn float32 into float64.

    Parameters
    ----------
    name, like_name : str
        What the message calls the targets and the output.
    y : array_like, the shape of `like`
    like : array, any shape
        The output or the logit that they belong to, or an empty array like it.
    """
    y = _fitted(name, y, like_name, like)
    check_finite(name, y)
    return y


def as_labels(name: str, y: Any, like_name: str, like: Any) -> Any:
    """Return labels between 0 and 1, as for the binary cross-entropy; parameters as above."""
    return _in_range(name, _fitted(name, y, like_name, like), "labels in [0, 1]")


def as_probabilities(name: str, y: Any, like_name: str, like: Any) -> Any:
    """
    Return what a softmax is compared with: classes as one-hot columns, or a distribution in each.

    The parameters are those of `as_targets`; the shape may also be (m,) or (1, m), of integers.
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
    y = _in_range(name, _fitted(name, y, like_name, like), "probabilities in [0, 1]")
    sums = real(xp, sum_outputs(widened(y)))
    # A column of n rounded terms, in the coarsest dtype that labels come in.
    wrong = xp.abs(sums - 1) > 1e-2
    if is_true(wrong):
        column = int(xp.nonzero(wrong)[1][0])
        raise ValueError(
            f"column {column} of {name} sums to {float(sums[0, column]):.4g}; expected 1: "
            "the probabilities of one example's classes"
        )
    return poisoned(y, wrong)


def one_hot(classes: Any, n: int, *, like: Any = None) -> Any:
    """
    Return classes as columns with a single 1, of shape (n, m): equation :eq:`softmax-one-hot`.

    Parameters
    ----------
    classes : array_like of integers, shape (m,) or (1, m)
        From 0 to n - 1. Within `jax.jit`, where none can be refused, the column of another is NaN.
    n : int
        The number of classes.
    like : array, optional
        Whose library and dtype the result has; float64 in NumPy, unless given.

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 1.],
           [0., 0.],
           [1., 0.]])
    """
    check_positive_integer("n", n)
    like = np.zeros(1) if like is None else like
    xp, classes = as_array("classes", classes, "like", like)
    if is_floating(classes.dtype) or classes.dtype == xp.bool:
        raise TypeError(f"the classes have dtype {classes.dtype}; expected integers")
    if classes.ndim not in {1, 2} or (classes.ndim == 2 and classes.shape[0] != 1):
        raise ValueError(f"classes has shape {tuple(classes.shape)}; expected (m,) or (1, m)")
    rows = xp.reshape(asarray_like(xp, np.arange(n), classes), (n, 1))
    # In the library's own integers: int8 does not reach the class 200 that it is compared with.
    classes = xp.reshape(xp.astype(classes, rows.dtype), (1, -1))
    outside = (classes < 0) | (classes >= n)
    if is_true(outside):
        i = int(xp.nonzero(outside)[1][0])
        raise ValueError(f"example {i} has class {classes[0, i]}; expected 0 to {n - 1}")
    return poisoned(xp.astype(rows == classes, like.dtype), outside)


def as_array(name: str, y: Any, like_name: str, like: Any) -> tuple[Any, Any]:
    """
    Return what belongs to an array as an array of the same library, after its namespace.

    It may be an array of that library, a list, a number, or a column of pandas.
    """
    xp = namespace(like)
    if type(y) is not np.ndarray:
        check_plain(name, y)
        if hasattr(y, "to_numpy"):
            y = y.to_numpy()
            _check_numbers(name, y)
            y = asarray_like(xp, y, like)
        elif isinstance(y, np.generic) or not hasattr(y, "dtype"):
            try:
                y = asarray_like(xp, y, like)
            except ValueError as error:
                raise ValueError(f"{name} is a {array_type(y)} of unequal parts: {error}") from None
    if xp is not np or not isinstance(y, np.ndarray):
        check_one_library({name: y, like_name: like})
    else:
        _check_numbers(name, y)
    return xp, y


def _check_numbers(name: str, y: Any) -> None:
    """Refuse strings, dates and objects, some of which NumPy would convert."""
    if y.dtype.kind not in "biufc":
        raise TypeError(f"{name} has dtype {y.dtype}; expected numbers")


def _fitted(name: str, y: Any, like_name: str, like: Any) -> Any:
    """Return labels in the library, the shape and, if they have none to compute in, the dtype."""
    if (
        type(y) is np.ndarray
        and isinstance(like, np.ndarray)
        and y.dtype == like.dtype
        and y.shape == like.shape
    ):
        return y
    xp, y = as_array(name, y, like_name, like)
    if y.shape != like.shape:
        shapes = f"{name} has shape {tuple(y.shape)}; expected {tuple(like.shape)}"
        raise ValueError(f"{shapes}, as {like_name}")
    if is_complex(y) or (is_complex(like) and is_floating(y.dtype)):
        return y
    return xp.astype(y, like.dtype, copy=False)


def _in_range(name: str, y: Any, expected: str) -> Any:
    """Refuse what is not finite and what is not between 0 and 1."""
    if (
        isinstance(y, np.ndarray)
        and y.dtype.kind == "f"
        # The square of a number is at most the number only there; of a NaN, nowhere.
        and np.logical_and.reduce(y * y <= y, None)
    ):
        return y
    check_finite(name, y)
    xp = namespace(y)
    values = real(xp, y)
    outside = (values < 0) | (values > 1)
    if is_true(outside):
        first = tuple(int(index[0]) for index in xp.nonzero(outside))
        raise ValueError(f"{name} has the entry {y[first]} at {first}; expected {expected}")
    return poisoned(y, outside)
