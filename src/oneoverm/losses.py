"""The loss of one output, elementwise: a batch's losses are as many as its outputs, unreduced."""

import numpy as np
import numpy.typing as npt

from oneoverm._checks import as_inexact, as_labels, check_finite
from oneoverm._typing import Array

__all__ = ["binary_cross_entropy", "binary_cross_entropy_from_logits"]


def binary_cross_entropy(a: npt.ArrayLike, y: npt.ArrayLike) -> Array:
    """
    Compute the binary cross-entropy of the output a, as the textbook writes it.

    Parameters
    ----------
    a : array_like, any shape
        The predicted probabilities, strictly between 0 and 1.
    y : array_like, same shape as `a`
        The labels, from 0 to 1.

    Returns
    -------
    array, same shape
        ``-(y log a + (1 - y) log(1 - a))`` for each entry; neither a sum nor a mean.

    Raises
    ------
    ValueError
        If the shapes differ, a label is outside [0, 1], or a prediction is not between 0 and 1.
        A sigmoid reaches 1 at z = 37 in float64;
        `binary_cross_entropy_from_logits` has no such limit.

    Examples
    --------
    Two coin flips, called with probability 1/2, cost log 2 each:

    >>> binary_cross_entropy(np.array([[0.5, 0.5]]), np.array([[1, 0]])).round(4)
    array([[0.6931, 0.6931]])
    """
    a = as_inexact(a)
    y = as_labels("y", y, "a", a)
    outside = ~((a.real > 0) & (a.real < 1))
    if outside.any():
        raise ValueError(
            f"a has the entry {a[outside][0]}; expected 0 < a < 1 "
            "(for a saturated sigmoid, use binary_cross_entropy_from_logits)"
        )
    loss: Array = -(y * np.log(a) + (1 - y) * np.log(1 - a))
    return loss


def binary_cross_entropy_from_logits(z: npt.ArrayLike, y: npt.ArrayLike) -> Array:
    """
    Compute the binary cross-entropy of ``a = sigmoid(z)`` from z, exact for any z.

    Parameters
    ----------
    z : array_like, any shape
        The logits: what the last layer's sigmoid is given.
    y : array_like, same shape as `z`
        The labels, from 0 to 1.

    Returns
    -------
    array, same shape
        ``log(1 + exp(z)) - y z`` for each entry; neither a sum nor a mean.

    Raises
    ------
    ValueError
        If the shapes differ, a label is outside [0, 1], or an entry is not finite.

    Notes
    -----
    ``log(1 + exp(z))`` is ``max(z, 0) + log(1 + exp(-|z|))``, whose ``exp`` cannot overflow.
    ``|z|`` is built from the sign of ``z.real``: ``np.abs`` would drop the imaginary part,
    and with it the derivative that the complex step reads there.

    Examples
    --------
    A confident prediction costs nothing when it is right and z when it is wrong:

    >>> binary_cross_entropy_from_logits(np.array([[1000.0, 1000.0]]), np.array([[1, 0]]))
    array([[   0., 1000.]])
    """
    z = as_inexact(z)
    y = as_labels("y", y, "z", z)
    check_finite("z", z)
    positive = z.real > 0
    max_z_0 = np.where(positive, z, np.zeros_like(z))
    minus_abs_z = np.where(positive, -z, z)
    loss: Array = max_z_0 - y * z + np.log1p(np.exp(minus_abs_z))
    return loss
