"""Losses: of each output, unreduced; and, for a network, of each example with its gradient."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from oneoverm._arrays import (
    any_true,
    as_inexact,
    negative_part,
    real,
    summed,
)
from oneoverm._checks import check_finite, looked_up
from oneoverm._labels import as_labels, as_probabilities, as_targets, one_hot
from oneoverm._typing import Array, ArrayLike
from oneoverm.activations import Activation

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


def binary_cross_entropy(a: ArrayLike, y: ArrayLike) -> Any:
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

    Notes
    -----
    Equation :eq:`one-loss` of the book.

    Examples
    --------
    Two coin flips, called with probability 1/2, cost log 2 each:

    >>> import numpy as np
    >>> binary_cross_entropy(np.array([[0.5, 0.5]]), np.array([[1, 0]])).round(4)
    array([[0.6931, 0.6931]])
    """
    xp, a = as_inexact(a)
    y = as_labels("y", y, "a", a)
    outside = ~((real(xp, a) > 0) & (real(xp, a) < 1))
    if any_true(xp, outside):
        raise ValueError(
            f"a has the entry {a[outside][0]}; expected 0 < a < 1 "
            "(for a saturated sigmoid, use binary_cross_entropy_from_logits)"
        )
    return -(y * xp.log(a) + (1 - y) * xp.log(1 - a))


def binary_cross_entropy_from_logits(z: ArrayLike, y: ArrayLike) -> Any:
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
    Equation :eq:`one-loss` of the book.

    Computed as ``log(1 + exp(-|z|)) + (1 - y) max(z, 0) - y min(z, 0)``, whose ``exp`` cannot
    overflow, and whose terms are all positive, so that none cancels another.

    Examples
    --------
    A confident prediction costs nothing when it is right and z when it is wrong:

    >>> import numpy as np
    >>> binary_cross_entropy_from_logits(np.array([[1000.0, 1000.0]]), np.array([[1, 0]]))
    array([[   0., 1000.]])
    """
    _, z = as_inexact(z)
    y = as_labels("y", y, "z", z)
    check_finite("z", z)
    return _from_logits(z, y)


def _from_logits(z: Any, y: Any) -> Any:
    """Compute the binary cross-entropy from logits of checked arrays."""
    xp, z = as_inexact(z)
    low = negative_part(xp, z)
    high = z - low
    return xp.log1p(xp.exp(low - high)) + (1 - y) * high - y * low


def softmax_cross_entropy_from_logits(z: ArrayLike, y: ArrayLike) -> Any:
    """
    Compute the cross-entropy of ``a = softmax(z)`` from z, column by column.

    Parameters
    ----------
    z : array_like, shape (n, m)
        The logits: what the last layer's softmax is given; column i is example i.
    y : array_like, shape (n, m), or integers of shape (m,) or (1, m)
        The probabilities wanted, each column summing to 1 (one-hot columns are the usual ones),
        or each example's class, from 0 to n - 1.

    Returns
    -------
    array, shape (1, m)
        ``log(sum(exp(z))) - sum(y * z)`` for each column; neither a sum nor a mean over examples.

    Raises
    ------
    ValueError
        If the shapes differ, a column is not a distribution, a class is out of range, or an
        entry is not finite.
    TypeError
        If classes are not integers.

    Notes
    -----
    Equation :eq:`softmax-logits` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> z = np.array([[0.0, 1000.0], [0.0, 0.0]])
    >>> softmax_cross_entropy_from_logits(z, np.array([0, 1])).round(4)
    array([[6.931e-01, 1.000e+03]])
    """
    _, z = as_inexact(z)
    y = as_probabilities("y", y, "z", z)
    check_finite("z", z)
    return _softmax_from_logits(z, y)


def _softmax_from_logits(z: Any, y: Any) -> Any:
    """Compute the softmax cross-entropy from logits of checked arrays."""
    xp, z = as_inexact(z)
    z = z - xp.max(real(xp, z), axis=0, keepdims=True)
    return xp.log(summed(xp.exp(z), axis=0)) - summed(y * z, axis=0)


def squared_error(a: ArrayLike, y: ArrayLike) -> Any:
    """
    Compute ``(a - y)**2``, whose derivative is ``2 (a - y)``.

    Parameters
    ----------
    a : array_like, any shape
    y : array_like, same shape
        The targets.

    Returns
    -------
    array, same shape
        For each entry; neither a sum nor a mean.

    Raises
    ------
    ValueError
        If the shapes differ, or an entry is not finite.

    Notes
    -----
    Equation :eq:`squared-halves` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> squared_error(np.array([[3.0]]), np.array([[1.0]]))
    array([[4.]])
    """
    _, a = as_inexact(a)
    y = as_targets("y", y, "a", a)
    check_finite("a", a)
    return (a - y) ** 2


def half_squared_error(a: ArrayLike, y: ArrayLike) -> Any:
    """
    Compute ``(a - y)**2 / 2``, whose derivative is ``a - y``.

    Parameters
    ----------
    a : array_like, any shape
    y : array_like, same shape
        The targets.

    Returns
    -------
    array, same shape
        For each entry; neither a sum nor a mean.

    Raises
    ------
    ValueError
        If the shapes differ, or an entry is not finite.

    Notes
    -----
    Equation :eq:`squared-chain` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> half_squared_error(np.array([[3.0]]), np.array([[1.0]]))
    array([[2.]])
    """
    return squared_error(a, y) / 2


@dataclass(frozen=True)
class Loss:
    """
    The loss of an example, for a network's last layer.

    Parameters
    ----------
    name : str
        The name that messages use.
    labels : callable
        ``labels(name, y, like_name, a)`` checks labels against the output and gives them its
        shape and dtype.
    function : callable
        ``function(z, y)`` where `activation` is named, ``function(a, y)`` where it is not:
        the loss of each entry or each column.
    derivative : callable
        ``derivative(a, y)``: the gradient with respect to z where `activation` is named, and with
        respect to a where it is not.
    activation : str, optional
        The output's activation if the loss goes with one only; then ``dz = a - y``, and no
        derivative of the activation is needed.

    Notes
    -----
    Equations :eq:`layers-loss` and :eq:`layers-one-top` of the book, for the losses that there are.

    Examples
    --------
    >>> get_loss("binary_cross_entropy").activation
    'sigmoid'
    """

    name: str
    labels: Callable[[str, Any, str, Any], Any]
    function: Callable[[Any, Any], Any]
    derivative: Callable[[Any, Any], Any]
    activation: str | None = None

    def of_examples(self, z: Array, a: Array, y: Array) -> Any:
        """
        Compute the loss of each example.

        Parameters
        ----------
        z, a : array, shape (n, m)
            What the last layer's activation was given, and what it gave.
        y : array, shape (n, m)
            The labels, as `labels` gave them.

        Returns
        -------
        array, shape (1, m)
            Summed over the outputs of an example, never over examples.

        Notes
        -----
        Equation :eq:`layers-loss` of the book.
        """
        _, each = as_inexact(self.function(a if self.activation is None else z, y))
        return each if each.shape[0] == 1 else summed(each, axis=0)

    def output_gradient(self, g: Activation, z: Array, a: Array, y: Array) -> Any:
        """
        Compute the gradient of each example's loss with respect to the last layer's z.

        Parameters
        ----------
        g : Activation
            The last layer's.
        z, a, y : array, shape (n, m)
            As for `of_examples`.

        Returns
        -------
        array, shape (n, m)
            Column i is the gradient of example i's own loss.

        Notes
        -----
        Equation :eq:`layers-batch-top` of the book, and :eq:`squared-dZ` where a derivative of the
        activation is needed.
        """
        d = self.derivative(a, y)
        return g.pull_back(d, z, a) if self.activation is None else d


def _difference(a: Any, y: Any) -> Any:
    """Compute ``a - y``: dz of both cross-entropies, and da of half the squared error."""
    return a - y


#: The losses that `get_loss` knows, by name.
LOSSES = MappingProxyType(
    {
        loss.name: loss
        for loss in (
            Loss("binary_cross_entropy", as_labels, _from_logits, _difference, "sigmoid"),
            Loss("half_squared_error", as_targets, lambda a, y: (a - y) ** 2 / 2, _difference),
            Loss(
                "softmax_cross_entropy",
                as_probabilities,
                _softmax_from_logits,
                _difference,
                "softmax",
            ),
            Loss("squared_error", as_targets, lambda a, y: (a - y) ** 2, lambda a, y: 2 * (a - y)),
        )
    }
)


def get_loss(loss: str | Loss) -> Loss:
    """
    Look a loss up by its name.

    Parameters
    ----------
    loss : str or Loss
        A name in `LOSSES`; a `Loss` of your own passes through.

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        If the name is unknown; the message lists the known ones.
    TypeError
        If it is neither a name nor a `Loss`.

    Examples
    --------
    >>> get_loss("squared_error").name
    'squared_error'
    """
    return looked_up("loss", loss, Loss, LOSSES)
