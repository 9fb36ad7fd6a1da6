"""
Backpropagation for a batch: column i is example i, and the mean over examples brings the 1/m.

Read it next to `oneoverm.one_example`, which has the same functions in the same order.
"""

from collections.abc import Sequence
from typing import Any, Generic, Literal, NamedTuple, TypeAlias

from oneoverm._arrays import is_guest, is_traced, keep_guest, summed
from oneoverm._checks import as_divisor, check_divide, shapes
from oneoverm._labels import as_array
from oneoverm._layer_checks import check_affine, check_chain, check_output, check_trace
from oneoverm._typing import ArrayLike, ArrayT
from oneoverm.layers import Layer
from oneoverm.losses import Loss
from oneoverm.regularization import l2_gradient, l2_penalty
from oneoverm.weights import ExampleWeights, example_weights

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


class Trace(NamedTuple, Generic[ArrayT]):
    """
    What the forward pass computed, for the backward pass to use.

    Parameters
    ----------
    Z : list of array, shapes (n_out, m)
        ``Z[k]`` is what ``layers[k]`` gave to its activation function.
    A : list of array, shapes (n, m)
        ``A[0]`` is the input, ``A[k]`` what ``layers[k]`` was given, ``A[-1]`` the output.

    Notes
    -----
    Equation :eq:`layers-forward` of the book.
    """

    Z: list[ArrayT]
    A: list[ArrayT]


class Gradients(NamedTuple, Generic[ArrayT]):
    """
    One layer's gradients: of each example's loss in ``dZ``, of the cost in ``dW`` and ``db``.

    Parameters
    ----------
    dZ : array, shape (n_out, m)
    dW : array, shape (n_out, n_in)
    db : array, shape (n_out, 1)

    Notes
    -----
    Equations :eq:`dZ`, :eq:`dW` and :eq:`db` of the book.
    """

    dZ: ArrayT
    dW: ArrayT
    db: ArrayT


@shapes(W="n_out n_in", A_prev="n_in m", b="n_out 1")
def affine_forward(A_prev: ArrayT, W: ArrayT, b: ArrayT) -> ArrayT:
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

    Notes
    -----
    Equation :eq:`layers-forward` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0.0], [2.0, 0.0]])
    >>> affine_forward(X, np.array([[3.0, 4.0]]), np.array([[5.0]]))
    array([[16.,  5.]])
    """
    Z: ArrayT = W @ A_prev + b
    return Z


@shapes(A_prev="n_in m", dZ="n_out m")
def parameter_gradients(
    dZ: ArrayT, A_prev: ArrayT, m: float | None = None
) -> tuple[ArrayT, ArrayT]:
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
    Equations :eq:`dW2` and :eq:`db2` of the book, and :eq:`dW1` and :eq:`db1`.

    Examples
    --------
    >>> import numpy as np
    >>> dW, db = parameter_gradients(np.array([[2.0, 4.0]]), np.array([[3.0, 1.0], [5.0, 0.0]]))
    >>> dW
    array([[5., 5.]])
    >>> db
    array([[3.]])
    """
    m = as_divisor(dZ.shape[1] if m is None else m, dZ.dtype)
    dW = dZ @ A_prev.T / m
    db = summed(dZ, axis=1) / m
    return dW, db


@shapes(W="n_out n_in", A_prev="n_in m", dZ="n_out m")
def affine_backward(
    dZ: ArrayT, A_prev: ArrayT, W: ArrayT, m: float | None = None
) -> tuple[ArrayT, ArrayT, ArrayT]:
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
    ``dA_prev`` is the first factor of equation :eq:`dZ1` of the book.

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
    dW, db = parameter_gradients.unchecked(dZ, A_prev, m)
    return dA_prev, dW, db


def forward(X: ArrayT, layers: Sequence[Layer[ArrayT]]) -> Trace[ArrayT]:
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

    Notes
    -----
    Equation :eq:`layers-forward` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> forward(np.array([[3.0, 2.0], [3.0, 2.0]]), layers).A[-1]
    array([[0.5, 0.5]])
    """
    check_chain(layers, X, "X")
    Z: list[ArrayT] = []
    A = [X]
    for k, layer in enumerate(layers):
        Z.append(keep_guest(affine_forward.unchecked(A[-1], layer.W, layer.b), X))
        check_affine(Z[-1], "X", X, k, layer)
        A.append(layer.g.function(Z[-1]))
    return Trace(Z, A)


def loss(
    trace: Trace[ArrayT],
    Y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> ArrayT:
    """
    Compute the loss of each example.

    Parameters
    ----------
    trace : Trace
        What `forward` returned.
    Y : array, shape (n_L, m)
        The labels; column i is example i's. For a softmax, classes of shape (m,) will do.
    layers : sequence of Layer
        The network.
    loss : str or Loss
        A name in `oneoverm.losses.LOSSES`, or a `Loss` of your own.

    Returns
    -------
    array, shape (1, m)
        Entry i is example i's own loss, summed over its outputs if there are several.

    Raises
    ------
    ValueError
        If the labels do not fit the output, the trace does not fit the layers, or the last
        layer's activation is not the one that the loss goes with.

    Notes
    -----
    Equation :eq:`one-loss` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> trace = forward(np.array([[3.0, 2.0], [3.0, 2.0]]), layers)
    >>> loss(trace, np.array([[1, 0]]), layers).round(4)
    array([[0.6931, 0.6931]])
    """
    check_trace(layers, "A", trace.A)
    task = _Task.of(trace, Y, layers, loss)
    losses: ArrayT = task.losses(trace)
    return losses


def cost(
    trace: Trace[ArrayT],
    Y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    loss: str | Loss = "binary_cross_entropy",
    weights: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    l2: float = 0.0,
) -> Any:
    """
    Compute the cost of a batch, the mean of its examples' losses.

    Parameters
    ----------
    trace : Trace
        What `forward` returned.
    Y : array, shape (n_L, m)
        The labels; column i is example i's. For a softmax, classes of shape (m,) will do.
    layers : sequence of Layer
        The network.
    loss : str or Loss
        A name in `oneoverm.losses.LOSSES`, or a `Loss` of your own.
    weights : array, shape (m,) or (1, m), optional
        What each example counts; the mean divides by their sum, not by m.
    mask : array of booleans, shape (m,) or (1, m), optional
        Which examples count; the labels of the others may be anything.
    l2 : float
        The regularization ``lambda``: the cost gains ``lambda / (2 m)`` times the sum of the
        weights' squares, with the weights' sum in the place of m where examples are weighted.

    Returns
    -------
    scalar
        The mean over examples of the losses;
        an example with several outputs has the sum over them as its loss.

    Raises
    ------
    ValueError
        If the labels do not fit the output, the trace does not fit the layers, the last layer's
        activation is not the one that the loss goes with, or no example counts.
        Within `jax.jit` values are not known, and none is refused: what no example counts in is
        NaN there.
    TypeError
        If the weights are integers, or the mask is not of booleans.

    Notes
    -----
    Equation :eq:`cost` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> trace = forward(np.array([[3.0, 2.0], [3.0, 2.0]]), layers)
    >>> cost(trace, np.array([[1, 0]]), layers).round(4)
    np.float64(0.6931)
    """
    check_trace(layers, "A", trace.A)
    return _Task.of(trace, Y, layers, loss, weights=weights, mask=mask).cost(trace, layers, l2)


def backward(
    trace: Trace[ArrayT],
    Y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    divide: Divide = "late",
    *,
    loss: str | Loss = "binary_cross_entropy",
    weights: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    l2: float = 0.0,
) -> list[Gradients[ArrayT]]:
    """
    Compute the gradients of a batch, from the last layer to the first.

    Parameters
    ----------
    trace : Trace
        What `forward` returned.
    Y : array, shape (n_L, m)
        The labels; column i is example i's. For a softmax, classes of shape (m,) will do.
    layers : sequence of Layer
        The network.
    divide : {"late", "early", "never"}
        Where the 1/m goes.
        "late": into ``dW`` and ``db``, the mean over examples;
        column i of ``dZ`` is the gradient of example i's own loss.
        "early": into the last layer's ``dZ``, from where it reaches all the others;
        ``dZ`` is the gradient of the cost, and ``dW`` and ``db`` are sums.
        "never": nowhere; ``dW`` and ``db`` are the gradients of the sum of the losses,
        and you may divide the step by m instead.
    loss, weights, mask, l2
        As for `cost`, of which these are the gradients (for "never", of m times the cost).
        An example's weight multiplies its column of ``dZ``; m is then the sum of the weights.

    Returns
    -------
    list of Gradients
        ``dZ``, ``dW`` and ``db`` for each layer, in the order of the layers.

    Raises
    ------
    ValueError
        As for `cost`, and if `divide` is none of the three. With "never", it may be that no
        example counts: the gradients are zero, as a part of a batch may give.
    TypeError
        As for `cost`.

    Notes
    -----
    Equations :eq:`dZ2`, :eq:`dW2`, :eq:`db2`, :eq:`dZ1`, :eq:`dW1` and :eq:`db1` of the book,
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
    check_divide(divide)
    check_trace(layers, "A", trace.A)
    task = _Task.of(trace, Y, layers, loss, weights=weights, mask=mask)
    return task.gradients(trace, layers, divide, l2)


def cost_and_gradients(
    X: ArrayT,
    Y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    divide: Divide = "late",
    *,
    loss: str | Loss = "binary_cross_entropy",
    weights: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    l2: float = 0.0,
) -> tuple[Any, list[Gradients[ArrayT]]]:
    """
    Compute a batch's cost and gradients: `forward`, `cost` and `backward` in one call.

    Parameters
    ----------
    X : array, shape (n_0, m)
        The batch; column i is example i.
    Y, layers, divide, loss, weights, mask, l2
        As for `backward`.

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
    Equations :eq:`cost`, :eq:`dW2` and :eq:`db2` of the book, for any number of layers.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> J, [gradients] = cost_and_gradients(np.array([[3.0], [3.0]]), np.array([[1]]), layers)
    >>> J.round(4), gradients.dW
    (np.float64(0.6931), array([[-1.5, -1.5]]))
    """
    check_divide(divide)
    trace = forward(X, layers)
    task = _Task.of(trace, Y, layers, loss, weights=weights, mask=mask)
    return task.cost(trace, layers, l2), task.gradients(trace, layers, divide, l2)


class _Task(NamedTuple):
    """What the cost and its gradients have in common: labels, weights and loss, checked."""

    Y: Any
    loss: Loss
    weights: ExampleWeights

    @classmethod
    def of(
        cls,
        trace: Trace[Any],
        Y: Any,
        layers: Sequence[Layer[Any]],
        loss: str | Loss,
        *,
        weights: Any = None,
        mask: Any = None,
    ) -> "_Task":
        """Check the loss, the labels and the weights against the output."""
        output = trace.A[-1]
        known = check_output(layers, loss)
        counted = example_weights(output.shape[1], output, weights, mask)
        if counted.kept is not None:
            _, Y = as_array("Y", Y, "A", output)
            Y = counted.blank(Y)
        return cls(known.labels("Y", Y, "A", output), known, counted)

    def losses(self, trace: Trace[Any]) -> Any:
        """Compute each example's loss, times its weight."""
        return self.weights.times(self.loss.of_examples(trace.Z[-1], trace.A[-1], self.Y))

    def cost(self, trace: Trace[Any], layers: Sequence[Layer[Any]], l2: float) -> Any:
        """Compute the mean of the losses, and the regularization."""
        losses = self.losses(trace)
        m = self.weights.divisor(losses.dtype)
        J = summed(losses) / m
        if is_traced(l2) or l2:
            J = J + l2_penalty(layers, l2, m)
        return keep_guest(J, losses)

    def gradients(
        self, trace: Trace[Any], layers: Sequence[Layer[Any]], divide: Divide, l2: float
    ) -> list[Gradients[Any]]:
        """Compute the gradients, from the last layer to the first."""
        Z, A = trace
        m = 1 if divide == "never" else self.weights.divisor(A[-1].dtype)
        dZ = self.loss.output_gradient(layers[-1].g, Z[-1], A[-1], self.Y)
        dZ = self.weights.times(dZ)
        if divide == "early":
            dZ = dZ / m
        divisor = m if divide == "late" else 1
        gradients = []
        for k in reversed(range(1, len(layers))):
            dA, dW, db = affine_backward.unchecked(dZ, A[k], layers[k].W, divisor)
            gradients.append(Gradients(dZ, dW, db))
            dZ = layers[k - 1].g.pull_back(dA, Z[k - 1], A[k])
        # The first layer's input is data: no one asks for its gradient.
        gradients.append(Gradients(dZ, *parameter_gradients.unchecked(dZ, A[0], divisor)))
        gradients.reverse()
        if is_traced(l2) or l2:
            gradients = [
                one._replace(dW=one.dW + l2_gradient.unchecked(layer.W, l2, m))
                for one, layer in zip(gradients, layers, strict=True)
            ]
        if is_guest(A[0]):
            return [Gradients(*(keep_guest(d, A[0]) for d in one)) for one in gradients]
        return gradients
