"""
Losses: of each output, unreduced; and, for a network, of each example with its gradient.

A function of a prediction and labels raises a ValueError if their shapes differ, an entry is not
finite, or a label is none of its kind: outside [0, 1], no distribution, a class out of range.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from oneoverm._arrays import as_floating, negative_part, real, sum_outputs
from oneoverm._checks import check_finite, checked, is_true, lookup
from oneoverm._labels import as_labels, as_probabilities, as_targets, one_hot
from oneoverm._loss import Labels, Loss
from oneoverm._typing import ArrayLike

__all__ = [
    "LOSSES",
    "Loss",
    "binary_cross_entropy",
    "binary_cross_entropy_from_logits",
    "get_loss",
    "half_squared_error",
    "one_hot",
    "softmax_cross_entropy_from_logits",
    "squared_error",
]


def _prediction(name: str, labels: Labels) -> Callable[[dict[str, Any]], None]:
    """Return a check of a prediction and of the labels that belong to it."""

    def check(given: dict[str, Any]) -> None:
        _, given[name] = as_floating(given[name])
        given["y"] = labels("y", given["y"], name, given[name])
        check_finite(name, given[name])

    return check


def _check_probabilities(given: dict[str, Any]) -> None:
    """Check predicted probabilities, and the labels that belong to them."""
    xp, a = as_floating(given["a"])
    given.update(a=a, y=as_labels("y", given["y"], "a", a))
    outside = ~((real(xp, a) > 0) & (real(xp, a) < 1))
    if is_true(outside):
        raise ValueError(
            f"a has the entry {a[outside][0]}; expected 0 < a < 1 "
            "(for a saturated sigmoid, use binary_cross_entropy_from_logits)"
        )


@checked(_check_probabilities)
def binary_cross_entropy(a: ArrayLike, y: ArrayLike) -> Any:
    """
    Compute ``-(y log a + (1 - y) log(1 - a))`` for each entry: equation :eq:`one-loss` of the book.

    Neither a sum nor a mean is taken. The predictions a are strictly between 0 and 1; a sigmoid
    reaches 1 at z = 37 in float64, and `binary_cross_entropy_from_logits` has no such limit.
    """
    xp, a = as_floating(a)
    return -(y * xp.log(a) + (1 - y) * xp.log(1 - a))


@checked(_prediction("z", as_labels))
def binary_cross_entropy_from_logits(z: ArrayLike, y: ArrayLike) -> Any:
    """
    Compute the binary cross-entropy of ``a = sigmoid(z)`` from z, exact for any z, for each entry.

    Equation :eq:`one-loss` of the book, ``log(1 + exp(z)) - y z``. It is computed as ``log(1 +
    exp(-|z|)) + (1 - y) max(z, 0) - y min(z, 0)``, whose ``exp`` cannot overflow, and whose terms
    are all positive, so that none cancels another.

    Examples
    --------
    A confident prediction costs nothing when it is right and z when it is wrong:

    >>> import numpy as np
    >>> binary_cross_entropy_from_logits(np.array([[1000.0, 1000.0]]), np.array([[1, 0]]))
    array([[   0., 1000.]])
    """
    xp, z = as_floating(z)
    low = negative_part(z)
    high = z - low
    return xp.log1p(xp.exp(low - high)) + (1 - y) * high - y * low


@checked(_prediction("z", as_probabilities))
def softmax_cross_entropy_from_logits(z: ArrayLike, y: ArrayLike) -> Any:
    """
    Compute the cross-entropy of ``a = softmax(z)`` from z: equation :eq:`softmax-logits`.

    It is ``log(sum(exp(z))) - sum(y * z)`` for each column, of shape (1, m).

    Parameters
    ----------
    z : array_like, shape (n, m)
        The logits: what the last layer's softmax is given; column i is example i.
    y : array_like, shape (n, m), or integers of shape (m,) or (1, m)
        The probabilities wanted, each column summing to 1 (one-hot columns are the usual ones),
        or each example's class, from 0 to n - 1.

    Examples
    --------
    >>> import numpy as np
    >>> z = np.array([[0.0, 1000.0], [0.0, 0.0]])
    >>> softmax_cross_entropy_from_logits(z, np.array([0, 1])).round(4).tolist()
    [[0.6931, 1000.0]]
    """
    xp, z = as_floating(z)
    z = z - xp.max(real(xp, z), axis=0, keepdims=True)
    return xp.log(sum_outputs(xp.exp(z))) - sum_outputs(y * z)


@checked(_prediction("a", as_targets))
def squared_error(a: ArrayLike, y: ArrayLike) -> Any:
    """
    Compute ``(a - y)**2`` for each entry; its derivative is ``2 (a - y)``.

    Equation :eq:`squared-halves` of the book.
    """
    return (a - y) ** 2


@checked(_prediction("a", as_targets))
def half_squared_error(a: ArrayLike, y: ArrayLike) -> Any:
    """
    Compute ``(a - y)**2 / 2`` for each entry; its derivative is ``a - y``.

    Equation :eq:`squared-chain` of the book.
    """
    return (a - y) ** 2 / 2


def _difference(a: Any, y: Any) -> Any:
    """Compute ``a - y``: dz of both cross-entropies, and da of half the squared error."""
    return a - y


def _twice_the_difference(a: Any, y: Any) -> Any:
    """Compute ``2 (a - y)``: da of the squared error."""
    return 2 * (a - y)


#: The losses that `get_loss` knows, by name.
LOSSES = MappingProxyType(
    {
        loss.name: loss
        for loss in (
            Loss(
                "binary_cross_entropy",
                as_labels,
                binary_cross_entropy_from_logits,
                _difference,
                "sigmoid",
            ),
            Loss("half_squared_error", as_targets, half_squared_error, _difference),
            Loss(
                "softmax_cross_entropy",
                as_probabilities,
                softmax_cross_entropy_from_logits,
                _difference,
                "softmax",
            ),
            Loss("squared_error", as_targets, squared_error, _twice_the_difference),
        )
    }
)


def get_loss(loss: str | Loss) -> Loss:
    """Return the loss of a name in `LOSSES`; a `Loss` of your own passes through."""
    return lookup("loss", loss, Loss, LOSSES)
