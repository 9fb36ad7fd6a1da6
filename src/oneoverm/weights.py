"""What each example counts in the cost: a mean over examples divides by the sum of the weights."""

from typing import Any, NamedTuple

import numpy as np

from oneoverm._arrays import (
    as_floating,
    asarray_like,
    is_complex,
    namespace,
    real,
    sum_examples,
    widened,
)
from oneoverm._checks import check_finite, is_traced, is_true, poisoned
from oneoverm._labels import as_array

__all__ = ["ExampleWeights", "example_weights"]


class ExampleWeights(NamedTuple):
    """
    The examples' weights, and what a sum over the examples is divided by.

    Equation :eq:`weighted-mean` of the book. The `row` of weights and the booleans that tell which
    examples are `kept` have shape (1, m), and are None if every example counts once; `total` is the
    sum of the weights: m if every example counts once, 0 if none counts.
    """

    row: Any
    total: Any
    kept: Any

    def times(self, array: Any) -> Any:
        """
        Multiply each column by its example's weight: equation :eq:`weighted-dS` of the book.

        Where the weight is 0 there are zeros, even if the column overflowed.
        """
        if self.row is None:
            return array
        xp = namespace(array)
        # A weight that is NaN, as one that could not be refused, stays NaN.
        return xp.where(self.row == 0, xp.zeros_like(array), array * self.row)

    def divisor(self, divide: str = "late") -> Any:
        """
        Return what a sum over the examples is divided by, to make it a mean; 1 for "never".

        It is the sum of the weights, as in equation :eq:`weighted-mean` of the book. A ValueError
        is raised if no example counts, whose mean would be 0/0.
        """
        if divide == "never":
            return 1
        if not is_traced(self.total) and self.total == 0:
            m = 0 if self.row is None else self.row.shape[1]
            raise ValueError(f"none of the {m} examples counts: expected one that does")
        return self.total

    def part(self) -> "ExampleWeights":
        """
        Return the weights of a part of a batch, whose cost is 0 if no example counts.

        Equation :eq:`weighted-parts` of the book.
        """
        if is_traced(self.total):
            xp = namespace(self.total)
            return self._replace(total=xp.where(self.total == 0, 1, self.total))
        return self._replace(total=self.total or 1)

    def place(self, dZ: Any, divide: str) -> tuple[Any, Any]:
        """
        Weigh ``dZ`` and place the 1/m; return what the sums are still to be divided by as well.

        Equations :eq:`dZ2` and :eq:`early-dZ2` of the book, and :eq:`weighted-dS` with weights.
        """
        dZ = self.times(dZ)
        if divide == "early":
            return dZ / self.divisor(), 1
        return dZ, self.divisor(divide)

    def fill_masked_labels(self, Y: Any) -> Any:
        """
        Replace the labels of examples that do not count: -100 or NaN may stand there.

        Labels of another shape than (n, m) or (m,) are returned as they are, and refused later.
        """
        if self.kept is None or Y.ndim not in {1, 2} or Y.shape[-1] != self.kept.shape[1]:
            return Y
        xp = namespace(Y)
        kept = self.kept if Y.ndim == 2 else self.kept[0, :]
        # All on the first class: as labels of a softmax, each column has to be a distribution.
        filled = xp.zeros_like(Y)
        if Y.ndim == 2 and Y.shape[0] > 1:
            first = xp.reshape(asarray_like(xp, np.arange(Y.shape[0]), Y), (-1, 1)) == 0
            filled = xp.where(first, xp.ones_like(Y), filled)
        return xp.where(kept, Y, filled)


def example_weights(m: int, like: Any, weights: Any = None, mask: Any = None) -> ExampleWeights:
    """
    Check weights and mask, and sum them up: equation :eq:`weighted-mean` of the book.

    Within `jax.jit`, where no value can be refused, a negative weight is NaN.

    Parameters
    ----------
    m : int
        The number of examples.
    like : array
        Whose library and dtype the weights are given.
    weights : array, shape (m,) or (1, m), optional
        What each example counts: not negative; 1 for each, unless given.
    mask : array of booleans, shape (m,) or (1, m), optional
        Which examples count: all, unless given. A mask of integers would select, and is refused.
    """
    if weights is None and mask is None:
        return ExampleWeights(None, m, None)
    xp, like = as_floating(like)
    # The complex step makes the output complex; the weights stay real.
    dtype = real(xp, like).dtype
    row = kept = None
    if weights is not None:
        _, row = as_array("weights", weights, "the output", like)
        if row.dtype == xp.bool or is_complex(row):
            raise TypeError(
                f"weights has dtype {row.dtype}; expected real numbers "
                "(for True and False, use mask)"
            )
        row = xp.astype(_as_row("weights", row, m), dtype, copy=False)
        check_finite("weights", row)
        if is_true(row < 0):
            raise ValueError("weights has a negative entry; expected weights of at least 0")
        row = poisoned(row, row < 0)
    if mask is not None:
        _, kept = as_array("mask", mask, "the output", like)
        if kept.dtype != xp.bool:
            raise TypeError(f"mask has dtype {kept.dtype}; expected booleans")
        kept = _as_row("mask", kept, m)
        ones = xp.astype(kept, dtype)
        row = ones if row is None else row * ones
    # In float16, 2049 ones would make 2048.
    total = sum_examples(widened(row))[0, 0]
    return ExampleWeights(row, total if is_traced(total) else float(total), kept)


def _as_row(name: str, array: Any, m: int) -> Any:
    """Return weights as a row, so that they multiply columns."""
    if tuple(array.shape) not in {(m,), (1, m)}:
        raise ValueError(f"{name} has shape {tuple(array.shape)}; expected ({m},) or (1, {m})")
    return namespace(array).reshape(array, (1, m))
