"""Gradient descent, plain enough to teach with and good enough to learn with."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Generic, NamedTuple

import numpy as np

from oneoverm._arrays import keep_guest, namespace, placed
from oneoverm._checks import as_positive, check_arrays
from oneoverm._labels import as_array
from oneoverm._typing import ArrayLike, ArrayT
from oneoverm.batch import cost_and_gradients, forward
from oneoverm.gradient_sum import ParameterGradients
from oneoverm.layers import Layer
from oneoverm.losses import Loss

__all__ = ["Training", "accuracy", "predict", "sgd", "step"]


class Training(NamedTuple, Generic[ArrayT]):
    """
    What came of a training.

    Parameters
    ----------
    layers : list of Layer
        The network as it was after the last step.
    costs : list of float
        For each epoch the mean of its batches' costs, weighted by their examples.
    """

    layers: list[Layer[ArrayT]]
    costs: list[float]


def step(
    layers: Sequence[Layer[ArrayT]], gradients: Iterable[Any], rate: float
) -> list[Layer[ArrayT]]:
    """
    Go one step against the gradient.

    Parameters
    ----------
    layers : sequence of Layer
    gradients : iterable
        For each layer, something with ``dW`` and ``db``: of `oneoverm.batch.backward`, or of
        `oneoverm.GradientSum.mean`.
    rate : float
        The learning rate.

    Returns
    -------
    list of Layer
        New layers; the given ones stay as they are.

    Raises
    ------
    ValueError
        If there are more gradients than layers or fewer, a gradient has not its parameter's shape,
        the rate is not positive, or a parameter would not be finite.
    TypeError
        If the gradients are arrays of another library than the parameters.

    Notes
    -----
    Equation :eq:`in-the-step` of the book.

    Examples
    --------
    >>> layers = [Layer(np.array([[1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> step(layers, [ParameterGradients(np.array([[2.0]]), np.array([[1.0]]))], 0.1)[0].W
    array([[0.8]])
    """
    rate, gradients = as_positive("rate", rate), list(gradients)
    if len(gradients) != len(layers):
        raise ValueError(f"gradients has {len(gradients)} layers; expected {len(layers)}")
    for k, (layer, one) in enumerate(zip(layers, gradients, strict=True)):
        check_arrays(
            {
                f"layers[{k}].W": (layer.W, "n_out n_in"),
                f"gradients[{k}].dW": (one.dW, "n_out n_in"),
                f"gradients[{k}].db": (one.db, "n_out 1"),
            }
        )
    return [
        replace(
            layer,
            W=keep_guest(layer.W - rate * one.dW, layer.W),
            b=keep_guest(layer.b - rate * one.db, layer.b),
        )
        for layer, one in zip(layers, gradients, strict=True)
    ]


def sgd(
    X: ArrayT,
    Y: ArrayLike,
    layers: Sequence[Layer[ArrayT]],
    *,
    rate: float,
    epochs: int,
    rng: np.random.Generator | int,
    batch_size: int | None = None,
    momentum: float = 0.0,
    loss: str | Loss = "binary_cross_entropy",
    l2: float = 0.0,
    progress: bool = True,
) -> Training[ArrayT]:
    """
    Train a network by stochastic gradient descent.

    Parameters
    ----------
    X : array, shape (n_0, m)
        The examples; column i is example i.
    Y : array, shape (n_L, m)
        The labels; for a softmax, classes of shape (m,) will do.
    layers : sequence of Layer
        The network to start from.
    rate : float
        The learning rate.
    epochs : int
        How often every example is used.
    rng : numpy.random.Generator or int
        What shuffles the examples, or its seed. It has no default, so that every result can be
        had again.
    batch_size : int, optional
        How many examples make one step; all of them, unless given.
        The last batch of an epoch has the rest, and its gradient is the mean over that rest.
    momentum : float
        What of the last step goes into the next one, from 0 up to (not including) 1.
    loss : str or Loss
        A name in `oneoverm.losses.LOSSES`, or a `Loss` of your own.
    l2 : float
        The regularization ``lambda``: ``lambda / (2 m)`` with the m of all examples, for every
        batch, so that the batch size does not change how strong it is.
    progress : bool
        Show a bar once a training takes longer than two seconds, if tqdm is installed.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If a number is out of its range, shapes disagree, or the cost stops being finite.

    Notes
    -----
    Equation :eq:`in-the-step` of the book, whose right side is the step; with momentum, equation
    :eq:`opt-momentum`; with a penalty, equation :eq:`l2-mini-batches`.

    Examples
    --------
    >>> X, Y = np.array([[-1.0, 1.0]]), np.array([[0, 1]])
    >>> from oneoverm import initial_layers
    >>> trained = sgd(X, Y, initial_layers([1, 1], rng=0), rate=1.0, epochs=100, rng=0)
    >>> trained.costs[-1] < 0.03 < trained.costs[0]
    True
    """
    check_arrays({"X": (X, "n_in m")})
    rate, m = as_positive("rate", rate), X.shape[1]
    size = m if batch_size is None else batch_size
    for name, number in (("epochs", epochs), ("batch_size", size)):
        if not hasattr(number, "__index__") or number < 1:
            raise ValueError(f"{name} is {number}; expected a positive integer")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum is {momentum}; expected 0 <= momentum < 1")
    rng = np.random.default_rng(rng)
    _, Y = as_array("Y", Y, "X", X)
    if Y.ndim == 0 or Y.shape[-1] != m:
        raise ValueError(f"Y has shape {tuple(Y.shape)}; expected {m} columns, as X has")
    layers, costs = list(layers), []
    velocity: list[ParameterGradients] | None = None
    for epoch in _shown(epochs, progress):
        total = 0.0
        for X_part, Y_part in _batches(X, Y, size, rng):
            part = X_part.shape[1]
            J, gradients = cost_and_gradients(X_part, Y_part, layers, loss=loss, l2=l2 * part / m)
            if velocity is None or momentum == 0:
                velocity = [ParameterGradients(one.dW, one.db) for one in gradients]
            else:
                velocity = [
                    ParameterGradients(momentum * v.dW + one.dW, momentum * v.db + one.db)
                    for v, one in zip(velocity, gradients, strict=True)
                ]
            total += float(J) * part
            if not np.isfinite(total):
                raise ValueError(
                    f"the cost is {total} in epoch {epoch + 1}; expected a finite one: "
                    f"try a rate below {rate}"
                )
            layers = step(layers, velocity, rate)
        costs.append(total / m)
    return Training(layers, costs)


def _batches(X: Any, Y: Any, size: int, rng: np.random.Generator) -> Iterator[tuple[Any, Any]]:
    """Give the examples in a new order, some at a time; all at once need no order."""
    m = X.shape[1]
    if size >= m:
        yield X, Y
        return
    xp = namespace(X)
    order = rng.permutation(m)
    for start in range(0, m, size):
        chosen = placed(xp, order[start : start + size], X)
        yield xp.take(X, chosen, axis=1), xp.take(Y, chosen, axis=Y.ndim - 1)


def _shown(epochs: int, progress: bool) -> Iterable[int]:
    """Count the epochs, with a bar if that takes long."""
    try:
        from tqdm import tqdm  # noqa: PLC0415 - optional
    except ModuleNotFoundError:
        return range(epochs)
    bar: Iterable[int] = tqdm(range(epochs), unit="epoch", delay=2, disable=not progress)
    return bar


def predict(X: ArrayT, layers: Sequence[Layer[ArrayT]]) -> Any:
    """
    Choose a class for each example.

    Parameters
    ----------
    X : array, shape (n_0, m)
    layers : sequence of Layer

    Returns
    -------
    array of integers, shape (m,)
        The row of the largest output; with a single output, 1 where it is above 1/2.

    Raises
    ------
    ValueError
        As for `oneoverm.batch.forward`.

    Examples
    --------
    >>> layers = [Layer(np.array([[1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> predict(np.array([[-3.0, 3.0]]), layers)
    array([0, 1])
    """
    output = forward(X, layers).A[-1]
    xp = namespace(output)
    if output.shape[0] == 1:
        return xp.astype(output[0, :] > 0.5, xp.arange(1).dtype)
    return xp.argmax(output, axis=0)


def accuracy(X: ArrayT, classes: ArrayLike, layers: Sequence[Layer[ArrayT]]) -> float:
    """
    Compute the share of examples whose class is predicted.

    Parameters
    ----------
    X : array, shape (n_0, m)
    classes : array of integers, shape (m,) or (1, m)
    layers : sequence of Layer

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If `classes` is not of X's m examples.
    TypeError
        If `classes` is of another library than X.

    Examples
    --------
    >>> layers = [Layer(np.array([[1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> accuracy(np.array([[-3.0, 3.0]]), np.array([1, 1]), layers)
    0.5
    """
    predicted = predict(X, layers)
    xp, wanted = as_array("classes", classes, "X", predicted)
    m = predicted.shape[0]
    if tuple(wanted.shape) not in {(m,), (1, m)}:
        raise ValueError(
            f"classes has shape {tuple(wanted.shape)}; expected ({m},) or (1, {m}), m as in X"
        )
    right = predicted == xp.reshape(wanted, (m,))
    share: float = int(xp.count_nonzero(right)) / m
    return share
