"""
Backpropagation for one example: every vector is a column, and no 1/m is in sight.

Read it next to `oneoverm.batch`, which has the same functions in the same order.
"""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple

from oneoverm._arrays import keep_guest
from oneoverm._checks import shapes
from oneoverm._layer_checks import check_affine, check_chain, check_output, check_trace
from oneoverm._typing import ArrayLike, ArrayT
from oneoverm.layers import Layer
from oneoverm.losses import Loss

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


class Trace(NamedTuple, Generic[ArrayT]):
    """
    What the forward pass computed, for the backward pass to use.

    Parameters
    ----------
    z : list of array, shapes (n_out, 1)
        ``z[k]`` is what ``layers[k]`` gave to its activation function.
    a : list of array, shapes (n, 1)
        ``a[0]`` is the input, ``a[k]`` what ``layers[k]`` was given, ``a[-1]`` the output.

    Notes
    -----
    Equation :eq:`layers-forward` of the book.
    """

    z: list[ArrayT]
    a: list[ArrayT]


class Gradients(NamedTuple, Generic[ArrayT]):
    """
    One layer's gradients: all three are derivatives of the example's loss.

    Parameters
    ----------
    dz : array, shape (n_out, 1)
    dW : array, shape (n_out, n_in)
    db : array, shape (n_out, 1)

    Notes
    -----
    Equations :eq:`one-dz`, :eq:`one-dW` and :eq:`one-db` of the book.
    """

    dz: ArrayT
    dW: ArrayT
    db: ArrayT


@shapes(W="n_out n_in", a_prev="n_in 1", b="n_out 1")
def affine_forward(a_prev: ArrayT, W: ArrayT, b: ArrayT) -> ArrayT:
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

    Notes
    -----
    Equation :eq:`layers-forward` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> affine_forward(np.array([[1.0], [2.0]]), np.array([[3.0, 4.0]]), np.array([[5.0]]))
    array([[16.]])
    """
    z: ArrayT = W @ a_prev + b
    return z


@shapes(a_prev="n_in 1", dz="n_out 1")
def parameter_gradients(dz: ArrayT, a_prev: ArrayT) -> tuple[ArrayT, ArrayT]:
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
    Equations :eq:`one-dW2` and :eq:`one-db2` of the book, and :eq:`one-dW1` and :eq:`one-db1`.

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
def affine_backward(dz: ArrayT, a_prev: ArrayT, W: ArrayT) -> tuple[ArrayT, ArrayT, ArrayT]:
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
    ``da_prev`` is the first factor of equation :eq:`one-dz1` of the book.

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
    dW, db = parameter_gradients.unchecked(dz, a_prev)
    return da_prev, dW, db


def forward(x: ArrayT, layers: Sequence[Layer[ArrayT]]) -> Trace[ArrayT]:
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

    Notes
    -----
    Equation :eq:`layers-forward` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> forward(np.array([[3.0], [3.0]]), layers).a[-1]
    array([[0.5]])
    """
    check_chain(layers, x, "x", "n_in 1")
    z: list[ArrayT] = []
    a = [x]
    for k, layer in enumerate(layers):
        z.append(keep_guest(affine_forward.unchecked(a[-1], layer.W, layer.b), x))
        check_affine(z[-1], "x", x, k, layer)
        a.append(layer.g.function(z[-1]))
    return Trace(z, a)


def loss(
    trace: Trace[ArrayT],
    y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> ArrayT:
    """
    Compute the loss of the example.

    Parameters
    ----------
    trace : Trace
        What `forward` returned.
    y : array, shape (n_L, 1)
        The label; with several outputs, one for each. For a softmax, a class of shape (1,) will do.
    layers : sequence of Layer
        The network.
    loss : str or Loss
        A name in `oneoverm.losses.LOSSES`, or a `Loss` of your own.

    Returns
    -------
    array, shape (1, 1)
        Summed over the outputs if there are several.

    Raises
    ------
    ValueError
        If the label does not fit the output, the trace does not fit the layers, or the last
        layer's activation is not the one that the loss goes with.

    Notes
    -----
    Equation :eq:`one-loss` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> trace = forward(np.array([[3.0], [3.0]]), layers)
    >>> loss(trace, np.array([[1]]), layers).round(4)
    array([[0.6931]])
    """
    of_example: ArrayT = _loss(trace, y, layers, loss)
    return of_example


def cost(
    trace: Trace[ArrayT],
    y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> Any:
    """
    Compute the cost of a single example, which is its loss.

    Parameters
    ----------
    trace, y, layers, loss
        As for `loss`.

    Returns
    -------
    scalar

    Raises
    ------
    ValueError
        As for `loss`.

    Notes
    -----
    Equation :eq:`one-loss` of the book.

    The name is the batch's: with m = 1, the mean of the losses is the loss.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> trace = forward(np.array([[3.0], [3.0]]), layers)
    >>> cost(trace, np.array([[1]]), layers).round(4)
    np.float64(0.6931)
    """
    return keep_guest(_loss(trace, y, layers, loss)[0, 0], trace.a[-1])


def _loss(trace: Trace[Any], y: ArrayLike, layers: Sequence[Layer[Any]], loss: str | Loss) -> Any:
    """Compute the loss of the example, after all checks."""
    check_trace(layers, "a", trace.a)
    known = check_output(layers, loss)
    output = trace.a[-1]
    return known.of_examples(trace.z[-1], output, known.labels("y", y, "a", output))


def backward(
    trace: Trace[ArrayT],
    y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> list[Gradients[ArrayT]]:
    """
    Compute the gradients of the example's loss, from the last layer to the first.

    Parameters
    ----------
    trace, y, layers, loss
        As for `loss`.

    Returns
    -------
    list of Gradients
        ``dz``, ``dW`` and ``db`` for each layer, in the order of the layers.

    Raises
    ------
    ValueError
        As for `loss`.

    Notes
    -----
    Equations :eq:`one-dz2`, :eq:`one-dW2`, :eq:`one-db2`, :eq:`one-dz1`, :eq:`one-dW1` and
    :eq:`one-db1` of the book, for any number of layers.

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
    known = check_output(layers, loss)
    z, a = trace
    dz = known.output_gradient(layers[-1].g, z[-1], a[-1], known.labels("y", y, "a", a[-1]))
    gradients = []
    for k in reversed(range(1, len(layers))):
        da, dW, db = affine_backward.unchecked(dz, a[k], layers[k].W)
        gradients.append(Gradients(dz, dW, db))
        dz = layers[k - 1].g.pull_back(da, z[k - 1], a[k])
    # The first layer's input is data: no one asks for its gradient.
    gradients.append(Gradients(dz, *parameter_gradients.unchecked(dz, a[0])))
    return [Gradients(*(keep_guest(d, a[0]) for d in one)) for one in reversed(gradients)]


def cost_and_gradients(
    x: ArrayT,
    y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> tuple[Any, list[Gradients[ArrayT]]]:
    """
    Compute the example's cost and gradients: `forward`, `cost` and `backward` in one call.

    Parameters
    ----------
    x : array, shape (n_0, 1)
        The example.
    y, layers, loss
        As for `loss`.

    Returns
    -------
    J : scalar
        As `cost` gives it.
    gradients : list of Gradients
        As `backward` gives them.

    Raises
    ------
    ValueError, TypeError
        As for `forward` and `backward`.

    Notes
    -----
    Equations :eq:`one-loss`, :eq:`one-dW2` and :eq:`one-db2` of the book, for any number of layers.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> J, [gradients] = cost_and_gradients(np.array([[3.0], [3.0]]), np.array([[1]]), layers)
    >>> J.round(4), gradients.dW
    (np.float64(0.6931), array([[-1.5, -1.5]]))
    """
    trace = forward(x, layers)
    return cost(trace, y, layers, loss=loss), backward(trace, y, layers, loss=loss)
