"""What each example counts in the cost: a mean over examples divides by the sum of the weights."""

from typing import Any, NamedTuple

from oneoverm._arrays import as_inexact, is_inexact, is_traced, namespace, summed
from oneoverm._checks import as_divisor, check_finite

__all__ = ["ExampleWeights", "example_weights"]


class ExampleWeights(NamedTuple):
    """
    The examples' weights, and what a sum over the examples is divided by.

    Parameters
    ----------
    row : array, shape (1, m), or None
        The weights; None if every example counts once.
    total : float
        The sum of the weights: m if every example counts once.
    kept : array of booleans, shape (1, m), or None
        Which examples count; None if all do.
    """

    row: Any
    total: Any
    kept: Any

    def times(self, array: Any) -> Any:
        """
        Multiply each column by its example's weight.

        Parameters
        ----------
        array : array, shape (n, m)

        Returns
        -------
        array, shape (n, m)
        """
        return array if self.row is None else array * self.row

    def blank(self, Y: Any) -> Any:
        """
        Replace the labels of examples that do not count: -100 or NaN may stand there.

        Parameters
        ----------
        Y : array, shape (n, m) or (m,)

        Returns
        -------
        array, same shape
        """
        if self.kept is None:
            return Y
        xp = namespace(Y)
        kept = self.kept if Y.ndim == 2 else self.kept[0, :]
        # A distribution over one class, as a softmax's labels have to be; 0 for all others.
        blank = xp.zeros_like(Y)
        if Y.ndim == 2 and Y.shape[0] > 1:
            blank = xp.astype(xp.reshape(xp.arange(Y.shape[0]), (-1, 1)) == 0, Y.dtype) + blank
        return xp.where(kept, Y, blank)


def example_weights(m: int, like: Any, weights: Any = None, mask: Any = None) -> ExampleWeights:
    """
    Check weights and mask, and compute what the mean over examples is divided by.

    Parameters
    ----------
    m : int
        The number of examples.
    like : array
        Whose library and dtype the weights are given.
    weights : array, shape (m,) or (1, m), optional
        What each example counts: not negative; 1 for each, unless given.
    mask : array of booleans, shape (m,) or (1, m), optional
        Which examples count; all, unless given.

    Returns
    -------
    ExampleWeights

    Raises
    ------
    ValueError
        If a shape disagrees, a weight is negative or not finite, or no example counts: their mean
        would be 0/0.
    TypeError
        If the weights are integers, or the mask is not of booleans: a mask of integers would
        select, weights of integers would truncate.

    Examples
    --------
    >>> import numpy as np
    >>> example_weights(3, np.ones(1), mask=np.array([True, False, True])).total
    2.0
    """
    if weights is None and mask is None:
        return ExampleWeights(None, as_divisor(m, like.dtype), None)
    xp, like = as_inexact(like)
    row = kept = None
    if weights is not None:
        row = xp.asarray(weights)
        if not is_inexact(xp, row.dtype):
            raise TypeError(
                f"weights has dtype {row.dtype}; expected a floating-point dtype "
                "(for True and False, use mask)"
            )
        row = xp.astype(_as_row("weights", row, m), like.dtype, copy=False)
        check_finite("weights", row)
        if not is_traced(row) and xp.any(row < 0):
            raise ValueError("weights has a negative entry; expected weights of at least 0")
    if mask is not None:
        kept = xp.asarray(mask)
        if kept.dtype != xp.bool:
            raise TypeError(f"mask has dtype {kept.dtype}; expected booleans")
        kept = _as_row("mask", kept, m)
        ones = xp.astype(kept, like.dtype)
        row = ones if row is None else row * ones
    total = _sum_of(row)
    if not is_traced(total) and total == 0:
        raise ValueError(f"none of the {m} examples counts: expected one that is not masked out")
    return ExampleWeights(row, as_divisor(total, like.dtype), kept)


def _as_row(name: str, array: Any, m: int) -> Any:
    """Give weights as a row, so that they multiply columns."""
    if tuple(array.shape) not in {(m,), (1, m)}:
        raise ValueError(f"{name} has shape {tuple(array.shape)}; expected ({m},) or (1, {m})")
    return namespace(array).reshape(array, (1, m))


def _sum_of(row: Any) -> Any:
    """Add the weights up, where 2049 float16 ones would make 2048."""
    xp = namespace(row)
    wide = row if "16" not in str(row.dtype) else xp.astype(row, xp.float32)
    return summed(wide)
