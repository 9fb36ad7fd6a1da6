"""
Backpropagation for a batch: column i is example i, and the mean over examples brings the 1/m.

Read it next to `oneoverm.one_example`, which has the same functions in the same order. Each raises
a ValueError if shapes do not fit, an entry is not finite or labels are none, and a TypeError if
something is no array or of another library; `checked` also makes `ExampleWeights` of the weights.
Within `jax.jit`, where no value can be refused, what has a wrong label or weight in it is NaN.
"""

from collections.abc import Sequence
from typing import Any, Generic, Literal, NamedTuple, TypeAlias

from oneoverm._arrays import sum_examples
from oneoverm._checks import as_positive, checked, shapes
from oneoverm._layer_checks import Door
from oneoverm._typing import ArrayLike, ArrayT
from oneoverm.layers import Layer
from oneoverm.losses import Loss, get_loss
from oneoverm.regularization import l2_gradient, l2_penalty

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

Divide: TypeAlias = Literal["early", "late", "never"]

_door = Door("X", "Y", "A", axes="n_in m")


class Trace(NamedTuple, Generic[ArrayT]):
    """
    What the forward pass computed, for the backward pass to use: equation :eq:`layers-forward`.

    Parameters
    ----------
    Z : list of array, shapes (n_out, m)
        ``Z[k]`` is what ``layers[k]`` gave to its activation function.
    A : list of array, shapes (n, m)
        ``A[0]`` is the input, ``A[k]`` what ``layers[k]`` was given, ``A[-1]`` the output.
    """

    Z: list[ArrayT]
    A: list[ArrayT]


class Gradients(NamedTuple, Generic[ArrayT]):
    """
    One layer's gradients: of each example's loss in ``dZ``, of the cost in ``dW`` and ``db``.

    Equations :eq:`dZ`, :eq:`dW` and :eq:`db` of the book; dZ is of shape (n_out, m), dW of shape
    (n_out, n_in), db of shape (n_out, 1).
    """

    dZ: ArrayT
    dW: ArrayT
    db: ArrayT


@shapes(W="n_out n_in", A_prev="n_in m", b="n_out 1")
def affine_forward(A_prev: ArrayT, W: ArrayT, b: ArrayT) -> ArrayT:
    """
    Compute ``Z = W @ A_prev + b``, of shape (n_out, m): column i is example i's z.

    Equation :eq:`layers-forward` of the book. Column i of ``A_prev`` is example i's input.
    """
    Z: ArrayT = W @ A_prev + b
    return Z


@shapes(A_prev="n_in m", dZ="n_out m")
def parameter_gradients(
    dZ: ArrayT, A_prev: ArrayT, m: float | None = None
) -> tuple[ArrayT, ArrayT]:
    """
    Compute the gradients of the parameters in ``Z = W @ A_prev + b``.

    Equations :eq:`dW2` and :eq:`db2` of the book, and :eq:`dW1` and :eq:`db1`.

    Parameters
    ----------
    dZ : array, shape (n_out, m)
        Column i is the gradient of example i's loss with respect to its z.
    A_prev : array, shape (n_in, m)
        The layer's input; column i is example i.
    m : float, optional
        What the two sums are divided by: the number of columns, unless given. Give 1 for the sums,
        and if ``dZ`` has the 1/m already; the whole batch's m if the columns are a part.

    Returns
    -------
    dW, db : array, shapes (n_out, n_in) and (n_out, 1)
        Means over examples of the outer products ``dz a_prev^T``, and of ``dz``.

    Examples
    --------
    >>> import numpy as np
    >>> parameter_gradients(np.array([[2.0, 4.0]]), np.array([[3.0, 1.0], [5.0, 0.0]]))
    (array([[5., 5.]]), array([[3.]]))
    """
    m = as_positive("m", dZ.shape[1] if m is None else m)
    dW = dZ @ A_prev.T / m
    db = sum_examples(dZ) / m
    return dW, db


@shapes(W="n_out n_in", A_prev="n_in m", dZ="n_out m")
def affine_backward(
    dZ: ArrayT, A_prev: ArrayT, W: ArrayT, m: float | None = None
) -> tuple[ArrayT, ArrayT, ArrayT]:
    """
    Pull the loss gradient back through ``Z = W @ A_prev + b``.

    It returns dW and db, as `parameter_gradients` does, after ``dA_prev``, the first factor of
    equation :eq:`dZ1` of the book: column i is the gradient of example i's loss with respect to its
    ``a_prev``. The columns stay apart, so nothing is summed and nothing divided.
    """
    dW, db = parameter_gradients(dZ, A_prev, m)
    dA_prev = W.T @ dZ
    return dA_prev, dW, db


@checked(_door.forward)
def forward(X: ArrayT, layers: Sequence[Layer[ArrayT]]) -> Trace[ArrayT]:
    """
    Compute the network's outputs, ``A[-1]``, and keep what the backward pass needs.

    Equation :eq:`layers-forward` of the book. Column i of ``X``, of shape (n_0, m), is example i;
    `layers` are from input to output.
    """
    Z, A = [], [X]
    for layer in layers:
        Z.append(layer.W @ A[-1] + layer.b)
        _door.check_finite(Z, X, layers)
        A.append(layer.g(Z[-1]))
    return Trace(Z, A)


@checked(_door.backward)
def loss(
    trace: Trace[ArrayT],
    Y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> ArrayT:
    """
    Compute the loss of each example, of shape (1, m): summed over the outputs, not weighted.

    Equation :eq:`one-loss` of the book.
    """
    losses: ArrayT = get_loss(loss).of_examples(trace.Z[-1], trace.A[-1], Y)
    return losses


@checked(_door.backward)
def cost(
    trace: Trace[ArrayT],
    Y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
    weights: ArrayLike = None,
    mask: ArrayLike = None,
    l2: float | None = None,
) -> Any:
    """
    Compute the cost of a batch, a scalar: the mean of its examples' losses, and the penalty.

    Equation :eq:`cost` of the book.
    """
    losses = weights.times(get_loss(loss).of_examples(trace.Z[-1], trace.A[-1], Y))
    m = weights.divisor()
    J = sum_examples(losses)[0, 0] / m
    return J if l2 is None else J + l2_penalty(layers, l2, m)


@checked(_door.backward)
def backward(
    trace: Trace[ArrayT],
    Y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    divide: Divide = "late",
    *,
    loss: str | Loss = "binary_cross_entropy",
    weights: ArrayLike = None,
    mask: ArrayLike = None,
    l2: float | None = None,
) -> list[Gradients[ArrayT]]:
    """
    Compute the gradients of a batch, from the last layer to the first.

    Equations :eq:`dZ2`, :eq:`dW2`, :eq:`db2`, :eq:`dZ1`, :eq:`dW1` and :eq:`db1` of the book,
    for any number of layers.

    Parameters
    ----------
    trace : Trace
        What `forward` returned.
    Y : array, shape (n_L, m)
        The labels; column i is example i's. For a softmax, classes of shape (m,) will do.
    layers : sequence of Layer
        The network. Its last activation has to be the one that the loss goes with.
    divide : {"late", "early", "never"}
        Where the 1/m goes.
        "late": into ``dW`` and ``db``; column i of ``dZ`` is the gradient of example i's own loss.
        "early": into the last layer's ``dZ``, from where it reaches all the others.
        "never": nowhere; ``dW`` and ``db`` are the gradients of the sum of the losses,
        and you may divide the step by m instead. No example has to count.
    loss : str or Loss
        A name in `oneoverm.losses.LOSSES`, or a `Loss` of your own.
    weights : array, shape (m,) or (1, m), optional
        What each example counts; it multiplies the example's column of ``dZ``, and the mean
        divides by the weights' sum, not by m.
    mask : array of booleans, shape (m,) or (1, m), optional
        Which examples count; the labels of the others may be anything.
    l2 : float, optional
        The regularization ``lambda``: the cost gains ``lambda / (2 m)`` times the sum of the
        squares of all ``W``, with the weights' sum in the place of m where examples are weighted.

    Returns
    -------
    list of Gradients
        ``dZ``, ``dW`` and ``db`` for each layer, in the order of the layers.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> trace = forward(np.array([[3.0, 2.0], [3.0, 2.0]]), layers)
    >>> [late] = backward(trace, np.array([[1, 0]]), layers)
    >>> late.dZ, late.dW
    (array([[-0.5,  0.5]]), array([[-0.25, -0.25]]))
    >>> [early] = backward(trace, np.array([[1, 0]]), layers, divide="early")
    >>> early.dZ, early.dW
    (array([[-0.25,  0.25]]), array([[-0.25, -0.25]]))
    """
    Z, A = trace
    dZ = get_loss(loss).output_gradient(layers[-1].g, Z[-1], A[-1], Y)
    dZ, m = weights.place(dZ, divide)
    gradients = []
    for k in reversed(range(len(layers))):
        dW = dZ @ A[k].T / m
        db = sum_examples(dZ) / m
        gradients.append(Gradients(dZ, dW, db))
        if k > 0:
            dA = layers[k].W.T @ dZ
            dZ = layers[k - 1].g.pull_back(dA, Z[k - 1], A[k])
    return _with_l2(gradients[::-1], layers, l2, weights.divisor(divide))


@checked(_door.both)
def cost_and_gradients(
    X: ArrayT,
    Y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    divide: Divide = "late",
    *,
    loss: str | Loss = "binary_cross_entropy",
    weights: ArrayLike = None,
    mask: ArrayLike = None,
    l2: float | None = None,
) -> tuple[Any, list[Gradients[ArrayT]]]:
    """
    Compute a batch's cost and gradients: `forward`, `cost` and `backward` in one call.

    With "never", the losses' part of the cost is 0 if no example counts.

    Equations :eq:`cost`, :eq:`dW2` and :eq:`db2` of the book, for any number of layers.
    """
    trace = forward(X, layers)
    counted = weights.part() if divide == "never" else weights
    J = cost(trace, Y, layers, loss=loss, weights=counted, l2=l2)
    return J, backward(trace, Y, layers, divide, loss=loss, weights=weights, l2=l2)


def _with_l2(
    gradients: list[Gradients[ArrayT]],
    layers: Sequence[Layer[ArrayT]],
    l2: float | None,
    m: float,
) -> list[Gradients[ArrayT]]:
    """Return gradients with those of the penalty, if there is one."""
    if l2 is None:
        return gradients
    return [
        one._replace(dW=one.dW + l2_gradient(layer.W, l2, m))
        for one, layer in zip(gradients, layers, strict=True)
    ]
