"""
Backpropagation for one example: every vector is a column, and no 1/m is in sight.

Read it next to `oneoverm.batch`, which has the same functions in the same order.
"""

from collections.abc import Sequence
from typing import NamedTuple

from oneoverm._checks import as_labels, shapes
from oneoverm._layer_checks import check_chain, check_output_layer, check_trace
from oneoverm._typing import Array, Scalar
from oneoverm.layers import Layer
from oneoverm.losses import binary_cross_entropy_from_logits

__all__ = [
    "Gradients",
    "Trace",
    "affine_backward",
    "affine_forward",
    "backward",
    "cost",
    "forward",
    "parameter_gradients",
]


class Trace(NamedTuple):
    """
    What the forward pass computed, for the backward pass to use.

    Parameters
    ----------
    z : list of array, shapes (n_out, 1)
        ``z[k]`` is what ``layers[k]`` gave to its activation function.
    a : list of array, shapes (n, 1)
        ``a[0]`` is the input, ``a[k]`` what ``layers[k]`` was given, ``a[-1]`` the output.
    """

    z: list[Array]
    a: list[Array]


class Gradients(NamedTuple):
    """
    One layer's gradients: all three are derivatives of the example's loss.

    Parameters
    ----------
    dz : array, shape (n_out, 1)
    dW : array, shape (n_out, n_in)
    db : array, shape (n_out, 1)
    """

    dz: Array
    dW: Array
    db: Array


@shapes(W="n_out n_in", a_prev="n_in 1", b="n_out 1")
def affine_forward(a_prev: Array, W: Array, b: Array) -> Array:
    """
    Compute ``z = W @ a_prev + b``.

    Parameters
    ----------
    a_prev : array, shape (n_in, 1)
        The layer's input.
    W : array, shape (n_out, n_in)
        The weights.
    b : array, shape (n_out, 1)
        The biases.

    Returns
    -------
    array, shape (n_out, 1)

    Raises
    ------
    ValueError
        If ``n_in`` or ``n_out`` disagree; the message gives both shapes.

    Examples
    --------
    >>> import numpy as np
    >>> affine_forward(np.array([[1.0], [2.0]]), np.array([[3.0, 4.0]]), np.array([[5.0]]))
    array([[16.]])
    """
    return W @ a_prev + b


@shapes(a_prev="n_in 1", dz="n_out 1")
def parameter_gradients(dz: Array, a_prev: Array) -> tuple[Array, Array]:
    """
    Compute the gradients of the parameters in ``z = W @ a_prev + b``.

    Parameters
    ----------
    dz : array, shape (n_out, 1)
        The gradient of the example's loss with respect to z.
    a_prev : array, shape (n_in, 1)
        The layer's input.

    Returns
    -------
    dW : array, shape (n_out, n_in)
        The outer product ``dz a_prev^T``.
    db : array, shape (n_out, 1)
        ``dz`` itself.

    Raises
    ------
    ValueError
        If an array is not a column; the message gives its shape.

    Notes
    -----
    Equations ``one-dW2`` and ``one-db2`` of the book, and ``one-dW1`` and ``one-db1``.

    Examples
    --------
    >>> import numpy as np
    >>> dW, db = parameter_gradients(np.array([[2.0]]), np.array([[3.0], [5.0]]))
    >>> dW
    array([[ 6., 10.]])
    >>> db
    array([[2.]])
    """
    dW = dz @ a_prev.T
    db = dz
    return dW, db


@shapes(W="n_out n_in", a_prev="n_in 1", dz="n_out 1")
def affine_backward(dz: Array, a_prev: Array, W: Array) -> tuple[Array, Array, Array]:
    """
    Pull the loss gradient back through ``z = W @ a_prev + b``.

    Parameters
    ----------
    dz : array, shape (n_out, 1)
        The gradient of the example's loss with respect to z.
    a_prev : array, shape (n_in, 1)
        The layer's input.
    W : array, shape (n_out, n_in)
        The weights that produced ``z``.

    Returns
    -------
    da_prev : array, shape (n_in, 1)
        The gradient of the example's loss with respect to ``a_prev``.
    dW : array, shape (n_out, n_in)
        As `parameter_gradients` gives it.
    db : array, shape (n_out, 1)
        As `parameter_gradients` gives it.

    Raises
    ------
    ValueError
        If ``n_in`` or ``n_out`` disagree; the message gives both shapes.

    Notes
    -----
    ``da_prev`` is the first factor of equation ``one-dz1`` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> dz, a_prev, W = np.array([[2.0]]), np.array([[3.0], [5.0]]), np.array([[7.0, 11.0]])
    >>> da_prev, dW, db = affine_backward(dz, a_prev, W)
    >>> da_prev
    array([[14.],
           [22.]])
    """
    da_prev = W.T @ dz
    dW, db = parameter_gradients(dz, a_prev)
    return da_prev, dW, db


@shapes(x="n_in 1")
def forward(x: Array, layers: Sequence[Layer]) -> Trace:
    """
    Compute the network's output, keeping what the backward pass needs.

    Parameters
    ----------
    x : array, shape (n_0, 1)
        The example.
    layers : sequence of Layer
        The network, from input to output.

    Returns
    -------
    Trace
        Its ``a[-1]``, of shape (n_L, 1), is the output.

    Raises
    ------
    ValueError
        If a layer does not fit what it is given; the message gives both shapes.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> forward(np.array([[3.0], [3.0]]), layers).a[-1]
    array([[0.5]])
    """
    check_chain(layers, x.shape[0], "x")
    z, a = [], [x]
    for layer in layers:
        z.append(affine_forward(a[-1], layer.W, layer.b))
        a.append(layer.g.function(z[-1]))
    return Trace(z, a)


def cost(trace: Trace, y: Array, layers: Sequence[Layer]) -> Scalar:
    """
    Compute the cost of a single example, which is its loss.

    Parameters
    ----------
    trace : Trace
        What `forward` returned.
    y : array, shape (n_L, 1)
        The label, from 0 to 1; with several outputs, one for each.
    layers : sequence of Layer
        The network; it ends in a sigmoid.

    Returns
    -------
    scalar
        The binary cross-entropy, summed over the outputs if there are several.

    Raises
    ------
    ValueError
        If the label does not fit the output, or the last layer is not a sigmoid.

    Notes
    -----
    The name is the batch's: with m = 1, the mean of the losses is the loss.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> trace = forward(np.array([[3.0], [3.0]]), layers)
    >>> cost(trace, np.array([[1]]), layers).round(4)
    np.float64(0.6931)
    """
    check_trace(layers, "a", trace.a)
    check_output_layer(layers)
    y = as_labels("y", y, "a", trace.a[-1])
    loss: Scalar = binary_cross_entropy_from_logits(trace.z[-1], y).sum()
    return loss


def backward(trace: Trace, y: Array, layers: Sequence[Layer]) -> list[Gradients]:
    """
    Compute the gradients of the example's loss, from the last layer to the first.

    Parameters
    ----------
    trace : Trace
        What `forward` returned.
    y : array, shape (n_L, 1)
        The label, from 0 to 1; with several outputs, one for each.
    layers : sequence of Layer
        The network; it ends in a sigmoid.

    Returns
    -------
    list of Gradients
        ``dz``, ``dW`` and ``db`` for each layer, in the order of the layers.

    Raises
    ------
    ValueError
        If the label does not fit the output, the trace does not fit the layers,
        or the last layer is not a sigmoid.

    Notes
    -----
    Equations ``one-dz2``, ``one-dW2``, ``one-db2``, ``one-dz1``, ``one-dW1`` and ``one-db1``
    of the book, for any number of layers.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> trace = forward(np.array([[3.0], [3.0]]), layers)
    >>> [gradients] = backward(trace, np.array([[1]]), layers)
    >>> gradients.dz
    array([[-0.5]])
    >>> gradients.dW
    array([[-1.5, -1.5]])
    """
    check_trace(layers, "a", trace.a)
    check_output_layer(layers)
    y = as_labels("y", y, "a", trace.a[-1])
    gradients = []
    dz = trace.a[-1] - y
    for k in reversed(range(1, len(layers))):
        da, dW, db = affine_backward(dz, trace.a[k], layers[k].W)
        gradients.append(Gradients(dz, dW, db))
        dz = da * layers[k - 1].g.derivative(trace.z[k - 1])
    # The first layer's input is data: no one asks for its gradient.
    dW, db = parameter_gradients(dz, trace.a[0])
    gradients.append(Gradients(dz, dW, db))
    return gradients[::-1]
