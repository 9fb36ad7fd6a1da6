"""
Backpropagation for a batch: column i is example i, and the mean over examples brings the 1/m.

Read it next to `oneoverm.one_example`, which has the same functions in the same order.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from oneoverm._checks import as_labels, as_positive, shapes
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
    Z : list of array, shapes (n_out, m)
        ``Z[k]`` is what ``layers[k]`` gave to its activation function.
    A : list of array, shapes (n, m)
        ``A[0]`` is the input, ``A[k]`` what ``layers[k]`` was given, ``A[-1]`` the output.
    """

    Z: list[Array]
    A: list[Array]


class Gradients(NamedTuple):
    """
    One layer's gradients: of each example's loss in ``dZ``, of the cost in ``dW`` and ``db``.

    Parameters
    ----------
    dZ : array, shape (n_out, m)
    dW : array, shape (n_out, n_in)
    db : array, shape (n_out, 1)
    """

    dZ: Array
    dW: Array
    db: Array


@shapes(W="n_out n_in", A_prev="n_in m", b="n_out 1")
def affine_forward(A_prev: Array, W: Array, b: Array) -> Array:
    """
    Compute ``Z = W @ A_prev + b``.

    Parameters
    ----------
    A_prev : array, shape (n_in, m)
        The layer's input; column i is example i.
    W : array, shape (n_out, n_in)
        The weights.
    b : array, shape (n_out, 1)
        The biases, the same for every column.

    Returns
    -------
    array, shape (n_out, m)

    Raises
    ------
    ValueError
        If ``n_in`` or ``n_out`` disagree; the message gives both shapes.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0.0], [2.0, 0.0]])
    >>> affine_forward(X, np.array([[3.0, 4.0]]), np.array([[5.0]]))
    array([[16.,  5.]])
    """
    return W @ A_prev + b


@shapes(A_prev="n_in m", dZ="n_out m")
def parameter_gradients(dZ: Array, A_prev: Array, m: float | None = None) -> tuple[Array, Array]:
    """
    Compute the gradients of the parameters in ``Z = W @ A_prev + b``.

    Parameters
    ----------
    dZ : array, shape (n_out, m)
        Column i is the gradient of example i's loss with respect to its z.
    A_prev : array, shape (n_in, m)
        The layer's input; column i is example i.
    m : float, optional
        What the two sums over the examples are divided by: the number of columns, unless given.
        Give 1 if ``dZ`` has the 1/m already or if you want the sums,
        and the whole batch's m if the columns are a part of it.

    Returns
    -------
    dW : array, shape (n_out, n_in)
        Mean over examples of the outer products ``dz a_prev^T``.
    db : array, shape (n_out, 1)
        Mean over examples of ``dz``.

    Raises
    ------
    ValueError
        If the numbers of columns disagree, or the divisor is not positive.

    Notes
    -----
    Equations ``dW2`` and ``db2`` of the book, and ``dW1`` and ``db1``.

    Examples
    --------
    >>> import numpy as np
    >>> dW, db = parameter_gradients(np.array([[2.0, 4.0]]), np.array([[3.0, 1.0], [5.0, 0.0]]))
    >>> dW
    array([[5., 5.]])
    >>> db
    array([[3.]])
    """
    m = dZ.shape[1] if m is None else as_positive("m", m)
    dW = dZ @ A_prev.T / m
    db = dZ.sum(axis=1, keepdims=True) / m
    return dW, db


@shapes(W="n_out n_in", A_prev="n_in m", dZ="n_out m")
def affine_backward(
    dZ: Array, A_prev: Array, W: Array, m: float | None = None
) -> tuple[Array, Array, Array]:
    """
    Pull the loss gradient back through ``Z = W @ A_prev + b``.

    Parameters
    ----------
    dZ : array, shape (n_out, m)
        Column i is the gradient of example i's loss with respect to its z.
    A_prev : array, shape (n_in, m)
        The layer's input; column i is example i.
    W : array, shape (n_out, n_in)
        The weights that produced ``Z``.
    m : float, optional
        What the sums over the examples are divided by, as for `parameter_gradients`.

    Returns
    -------
    dA_prev : array, shape (n_in, m)
        Column i is the gradient of example i's loss with respect to its ``a_prev``:
        the columns stay apart, so nothing is summed and nothing divided.
    dW : array, shape (n_out, n_in)
        As `parameter_gradients` gives it.
    db : array, shape (n_out, 1)
        As `parameter_gradients` gives it.

    Raises
    ------
    ValueError
        If ``m``, ``n_in`` or ``n_out`` disagree; the message gives both shapes.

    Notes
    -----
    ``dA_prev`` is the first factor of equation ``dZ1`` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> dZ, W = np.array([[2.0, 4.0]]), np.array([[7.0, 11.0]])
    >>> dA_prev, dW, db = affine_backward(dZ, np.array([[3.0, 1.0], [5.0, 0.0]]), W)
    >>> dA_prev
    array([[14., 28.],
           [22., 44.]])
    """
    dA_prev = W.T @ dZ
    dW, db = parameter_gradients(dZ, A_prev, m)
    return dA_prev, dW, db


@shapes(X="n_in m")
def forward(X: Array, layers: Sequence[Layer]) -> Trace:
    """
    Compute the network's outputs, keeping what the backward pass needs.

    Parameters
    ----------
    X : array, shape (n_0, m)
        The batch; column i is example i.
    layers : sequence of Layer
        The network, from input to output.

    Returns
    -------
    Trace
        Its ``A[-1]``, of shape (n_L, m), is the output.

    Raises
    ------
    ValueError
        If a layer does not fit what it is given; the message gives both shapes.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> forward(np.array([[3.0, 2.0], [3.0, 2.0]]), layers).A[-1]
    array([[0.5, 0.5]])
    """
    check_chain(layers, X.shape[0], "X")
    Z, A = [], [X]
    for layer in layers:
        Z.append(affine_forward(A[-1], layer.W, layer.b))
        A.append(layer.g.function(Z[-1]))
    return Trace(Z, A)


def cost(trace: Trace, Y: Array, layers: Sequence[Layer]) -> Scalar:
    """
    Compute the cost of a batch, the mean of its examples' losses.

    Parameters
    ----------
    trace : Trace
        What `forward` returned.
    Y : array, shape (n_L, m)
        The labels, from 0 to 1; column i is example i's.
    layers : sequence of Layer
        The network; it ends in a sigmoid.

    Returns
    -------
    scalar
        The mean over examples of the binary cross-entropy;
        an example with several outputs has the sum over them as its loss.

    Raises
    ------
    ValueError
        If the labels do not fit the output, or the last layer is not a sigmoid.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> trace = forward(np.array([[3.0, 2.0], [3.0, 2.0]]), layers)
    >>> cost(trace, np.array([[1, 0]]), layers).round(4)
    np.float64(0.6931)
    """
    check_trace(layers, "A", trace.A)
    check_output_layer(layers)
    Y = as_labels("Y", Y, "A", trace.A[-1])
    m = Y.shape[1]
    losses = binary_cross_entropy_from_logits(trace.Z[-1], Y).sum(axis=0)
    J: Scalar = losses.sum() / m
    return J


def backward(
    trace: Trace,
    Y: Array,
    layers: Sequence[Layer],
    divide: Literal["early", "late", "never"] = "late",
) -> list[Gradients]:
    """
    Compute the gradients of a batch, from the last layer to the first.

    Parameters
    ----------
    trace : Trace
        What `forward` returned.
    Y : array, shape (n_L, m)
        The labels, from 0 to 1; column i is example i's.
    layers : sequence of Layer
        The network; it ends in a sigmoid.
    divide : {"late", "early", "never"}
        Where the 1/m goes.
        "late": into ``dW`` and ``db``, the mean over examples;
        column i of ``dZ`` is the gradient of example i's own loss.
        "early": into the last layer's ``dZ``, from where it reaches all the others;
        ``dZ`` is the gradient of the cost, and ``dW`` and ``db`` are sums.
        "never": nowhere; ``dW`` and ``db`` are the gradients of the sum of the losses,
        and you may divide the step by m instead.

    Returns
    -------
    list of Gradients
        ``dZ``, ``dW`` and ``db`` for each layer, in the order of the layers.

    Raises
    ------
    ValueError
        If the labels do not fit the output, the trace does not fit the layers,
        the last layer is not a sigmoid, or `divide` is none of the three.

    Notes
    -----
    Equations ``dZ2``, ``dW2``, ``db2``, ``dZ1``, ``dW1`` and ``db1`` of the book,
    for any number of layers.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> trace = forward(np.array([[3.0, 2.0], [3.0, 2.0]]), layers)
    >>> [late] = backward(trace, np.array([[1, 0]]), layers)
    >>> late.dZ
    array([[-0.5,  0.5]])
    >>> late.dW
    array([[-0.25, -0.25]])
    >>> [early] = backward(trace, np.array([[1, 0]]), layers, divide="early")
    >>> early.dZ
    array([[-0.25,  0.25]])
    >>> early.dW
    array([[-0.25, -0.25]])
    """
    if divide not in {"early", "late", "never"}:
        raise ValueError(f"divide is {divide!r}; expected 'early', 'late' or 'never'")
    check_trace(layers, "A", trace.A)
    check_output_layer(layers)
    Y = as_labels("Y", Y, "A", trace.A[-1])
    m = Y.shape[1]
    gradients = []
    dZ = trace.A[-1] - Y
    if divide == "early":
        dZ = dZ / m
    divisor = m if divide == "late" else 1
    for k in reversed(range(1, len(layers))):
        dA, dW, db = affine_backward(dZ, trace.A[k], layers[k].W, divisor)
        gradients.append(Gradients(dZ, dW, db))
        dZ = dA * layers[k - 1].g.derivative(trace.Z[k - 1])
    # The first layer's input is data: no one asks for its gradient.
    dW, db = parameter_gradients(dZ, trace.A[0], divisor)
    gradients.append(Gradients(dZ, dW, db))
    return gradients[::-1]
