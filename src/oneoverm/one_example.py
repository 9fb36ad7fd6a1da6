"""
Backpropagation for one example: every vector is a column, and no 1/m is in sight.

Read it next to `oneoverm.batch`, which has the same functions in the same order. Each raises a
ValueError if shapes do not fit, an entry is not finite or labels are none, and a TypeError if
something is no array, or arrays are of several libraries.
"""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple

from oneoverm._checks import checked, shapes
from oneoverm._layer_checks import Door
from oneoverm._typing import ArrayLike, ArrayT
from oneoverm.layers import Layer
from oneoverm.losses import Loss, get_loss

__all__ = [
    "Gradients",
    "Trace",
    "affine_backward",
    "affine_forward",
    "backward",
    "cost",
    "cost_and_gradients",
    "forward",
    "loss",
    "parameter_gradients",
]

_door = Door("x", "y", "a", axes="n_in 1")


class Trace(NamedTuple, Generic[ArrayT]):
    """
    What the forward pass computed, for the backward pass to use: equation :eq:`layers-forward`.

    Parameters
    ----------
    z : list of array, shapes (n_out, 1)
        ``z[k]`` is what ``layers[k]`` gave to its activation function.
    a : list of array, shapes (n, 1)
        ``a[0]`` is the input, ``a[k]`` what ``layers[k]`` was given, ``a[-1]`` the output.
    """

    z: list[ArrayT]
    a: list[ArrayT]


class Gradients(NamedTuple, Generic[ArrayT]):
    """
    One layer's gradients: all three are derivatives of the example's loss.

    Equations :eq:`one-dz`, :eq:`one-dW` and :eq:`one-db` of the book; dz and db are of shape
    (n_out, 1), dW of shape (n_out, n_in).
    """

    dz: ArrayT
    dW: ArrayT
    db: ArrayT


@shapes(W="n_out n_in", a_prev="n_in 1", b="n_out 1")
def affine_forward(a_prev: ArrayT, W: ArrayT, b: ArrayT) -> ArrayT:
    """
    Compute ``z = W @ a_prev + b``, of shape (n_out, 1).

    Equation :eq:`layers-forward` of the book.
    """
    z: ArrayT = W @ a_prev + b
    return z


@shapes(a_prev="n_in 1", dz="n_out 1")
def parameter_gradients(dz: ArrayT, a_prev: ArrayT) -> tuple[ArrayT, ArrayT]:
    """
    Compute the gradients of the parameters in ``z = W @ a_prev + b``.

    Equations :eq:`one-dW2` and :eq:`one-db2` of the book, and :eq:`one-dW1` and :eq:`one-db1`.

    Parameters
    ----------
    dz : array, shape (n_out, 1)
        The gradient of the example's loss with respect to z.
    a_prev : array, shape (n_in, 1)
        The layer's input.

    Returns
    -------
    dW, db : array, shapes (n_out, n_in) and (n_out, 1)
        The outer product ``dz a_prev^T``, and ``dz``.
    """
    dW = dz @ a_prev.T
    db = dz
    return dW, db


@shapes(W="n_out n_in", a_prev="n_in 1", dz="n_out 1")
def affine_backward(dz: ArrayT, a_prev: ArrayT, W: ArrayT) -> tuple[ArrayT, ArrayT, ArrayT]:
    """
    Pull the loss gradient back through ``z = W @ a_prev + b``.

    It returns dW and db, as `parameter_gradients` does, after the gradient of the example's loss
    with respect to ``a_prev``, the first factor of equation :eq:`one-dz1` of the book.
    """
    dW, db = parameter_gradients(dz, a_prev)
    da_prev = W.T @ dz
    return da_prev, dW, db


@checked(_door.forward)
def forward(x: ArrayT, layers: Sequence[Layer[ArrayT]]) -> Trace[ArrayT]:
    """
    Compute the network's output, and keep what the backward pass needs.

    Equation :eq:`layers-forward` of the book. ``x``, of shape (n_0, 1), is the example, and
    `layers` are from input to output; the trace's ``a[-1]``, of shape (n_L, 1), is the output.
    """
    z, a = [], [x]
    for layer in layers:
        z.append(layer.W @ a[-1] + layer.b)
        _door.check_finite(z, x, layers)
        a.append(layer.g(z[-1]))
    return Trace(z, a)


@checked(_door.backward)
def loss(
    trace: Trace[ArrayT],
    y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> ArrayT:
    """
    Compute the loss of the example, of shape (1, 1): summed over the outputs if there are several.

    Equation :eq:`one-loss` of the book.
    """
    losses: ArrayT = get_loss(loss).of_examples(trace.z[-1], trace.a[-1], y)
    return losses


@checked(_door.backward)
def cost(
    trace: Trace[ArrayT],
    y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> Any:
    """
    Compute the cost of a single example, a scalar: with m = 1, the mean of the losses is the loss.

    Equation :eq:`one-loss` of the book.
    """
    losses = get_loss(loss).of_examples(trace.z[-1], trace.a[-1], y)
    return losses[0, 0]


@checked(_door.backward)
def backward(
    trace: Trace[ArrayT],
    y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> list[Gradients[ArrayT]]:
    """
    Compute the gradients of the example's loss, from the last layer to the first.

    Equations :eq:`one-dz2`, :eq:`one-dW2`, :eq:`one-db2`, :eq:`one-dz1`, :eq:`one-dW1` and
    :eq:`one-db1` of the book, for any number of layers.

    Parameters
    ----------
    trace : Trace
        What `forward` returned.
    y : array, shape (n_L, 1)
        The label; with several outputs, one for each. For a softmax, a class of shape (1,) will do.
    layers : sequence of Layer
        The network. Its last activation has to be the one that the loss goes with.
    loss : str or Loss
        A name in `oneoverm.losses.LOSSES`, or a `Loss` of your own.

    Returns
    -------
    list of Gradients
        ``dz``, ``dW`` and ``db`` for each layer, in the order of the layers.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> trace = forward(np.array([[3.0], [3.0]]), layers)
    >>> [gradients] = backward(trace, np.array([[1]]), layers)
    >>> gradients.dz, gradients.dW
    (array([[-0.5]]), array([[-1.5, -1.5]]))
    """
    z, a = trace
    dz = get_loss(loss).output_gradient(layers[-1].g, z[-1], a[-1], y)
    gradients = []
    for k in reversed(range(len(layers))):
        dW = dz @ a[k].T
        db = dz
        gradients.append(Gradients(dz, dW, db))
        if k > 0:
            da = layers[k].W.T @ dz
            dz = layers[k - 1].g.pull_back(da, z[k - 1], a[k])
    return gradients[::-1]


@checked(_door.both)
def cost_and_gradients(
    x: ArrayT,
    y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> tuple[Any, list[Gradients[ArrayT]]]:
    """
    Compute the example's cost and gradients: `forward`, `cost` and `backward` in one call.

    Equations :eq:`one-loss`, :eq:`one-dW2` and :eq:`one-db2` of the book, for any number of layers.
    """
    trace = forward(x, layers)
    return cost(trace, y, layers, loss=loss), backward(trace, y, layers, loss=loss)
