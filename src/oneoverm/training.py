"""Gradient descent, plain enough to teach with and good enough to learn with."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Generic, NamedTuple

import numpy as np

from oneoverm._arrays import asarray_like, detached, namespace
from oneoverm._checks import as_positive, as_strength, check_arrays, check_positive_integer
from oneoverm._labels import as_array
from oneoverm._layer_checks import check_layers
from oneoverm._typing import ArrayLike, ArrayT
from oneoverm.batch import cost, cost_and_gradients, forward
from oneoverm.gradient_sum import ParameterGradients
from oneoverm.layers import Layer
from oneoverm.losses import Loss
from oneoverm.weights import ExampleWeights, example_weights

__all__ = ["Training", "accuracy", "predict", "sgd", "step"]


class Training(NamedTuple, Generic[ArrayT]):
    """
    What came of a training, from which `sgd` can go on.

    Parameters
    ----------
    layers : list of Layer
        The network as it was after the last step.
    costs, validation_costs : list of float
        For each epoch the mean of its batches' costs, weighted by their examples; and the cost of
        the validation data after it, if there are such.
    velocity : list of ParameterGradients
        What momentum adds to the next step; empty before the first.
    rng : numpy.random.Generator
        What shuffles the next epoch's examples.
    """

    layers: list[Layer[ArrayT]]
    costs: list[float]
    validation_costs: list[float]
    velocity: list[ParameterGradients]
    rng: np.random.Generator


def step(
    layers: Sequence[Layer[ArrayT]], gradients: Iterable[Any], rate: float
) -> list[Layer[ArrayT]]:
    """
    Go one step against the gradient: equation :eq:`in-the-step` of the book.

    Parameters
    ----------
    layers : sequence of Layer
        They stay as they are; new ones of their dtype are returned.
    gradients : iterable
        For each layer, something with ``dW`` and ``db``.
    rate : float
        The learning rate.
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
        replace(layer, W=_stepped(layer.W, one.dW, rate), b=_stepped(layer.b, one.db, rate))
        for layer, one in zip(layers, gradients, strict=True)
    ]


def _stepped(parameter: Any, gradient: Any, rate: float) -> Any:
    """Step in the coarser dtype's place in the finer, and return the parameter's."""
    stepped = parameter - rate * gradient
    if stepped.dtype == parameter.dtype:
        return stepped
    return namespace(stepped).astype(stepped, parameter.dtype)


def sgd(
    X: ArrayT,
    Y: ArrayLike,
    layers: Sequence[Layer[ArrayT]] | Training[ArrayT],
    *,
    rate: float,
    epochs: int,
    rng: np.random.Generator | int | None = None,
    batch_size: int | None = None,
    momentum: float = 0.0,
    loss: str | Loss = "binary_cross_entropy",
    weights: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    l2: float | None = None,
    validation: tuple[ArrayT, ArrayLike] | None = None,
    callback: Callable[[Training[ArrayT]], bool | None] | None = None,
    progress: bool = True,
) -> Training[ArrayT]:
    """
    Train a network by stochastic gradient descent.

    Equation :eq:`in-the-step` of the book, whose right side is the step; with momentum, equation
    :eq:`opt-momentum`; with a penalty, equation :eq:`l2-mini-batches`.

    Parameters
    ----------
    X : array, shape (n_0, m)
        The examples; column i is example i.
    Y : array, shape (n_L, m)
        The labels; for a softmax, classes of shape (m,) will do.
    layers : sequence of Layer, or Training
        The network to start from; or the training to go on with, as if it had not been left.
    rate : float
        The learning rate.
    epochs : int
        How often every example is used.
    rng : numpy.random.Generator or int
        What shuffles the examples, or its seed. Only a `Training` to go on with has one itself.
    batch_size : int, optional
        How many examples make one step: all, unless given; in an epoch's last step, the rest.
    momentum : float
        What of the last step goes into the next one, from 0 up to (not including) 1.
    loss : str or Loss
        A name in `oneoverm.losses.LOSSES`, or a `Loss` of your own.
    weights, mask
        As for `oneoverm.batch.backward`. A batch in which no example counts makes no step.
    l2 : float, optional
        The regularization ``lambda``: ``lambda / (2 m)`` with the m of all examples, for every
        batch, so that the batch size does not change how strong it is.
    validation : tuple of array, optional
        Other examples, ``(X, Y)``, whose cost is recorded after each epoch, without a penalty.
    callback : callable, optional
        It is given the `Training` so far after each epoch, and returns True to stop there.
    progress : bool
        Show a bar once a training takes longer than two seconds, if tqdm is installed.

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
    check_positive_integer("epochs", epochs)
    check_positive_integer("batch_size", size)
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum is {momentum}; expected 0 <= momentum < 1")
    now = _started(layers, rng)
    check_layers(now.layers, "X", X)
    X, (_, Y) = detached(X), as_array("Y", Y, "X", X)
    if Y.ndim == 0 or Y.shape[-1] != m:
        raise ValueError(f"Y has shape {tuple(Y.shape)}; expected {m} columns, as X has")
    counted = example_weights(m, X, weights, mask)
    total = counted.divisor()
    l2 = None if l2 is None else as_strength(l2) / total
    for _ in _shown(epochs, progress):
        spent = 0.0
        for X_part, Y_part, part in _batches(X, detached(Y), counted, size, now.rng):
            if part.total == 0:
                continue
            J, gradients = cost_and_gradients(
                X_part,
                Y_part,
                now.layers,
                loss=loss,
                weights=part.row,
                mask=part.kept,
                l2=None if l2 is None else l2 * part.total,
            )
            spent += float(J) * part.total
            if not np.isfinite(spent):
                raise ValueError(
                    f"the cost is {spent} in epoch {len(now.costs) + 1}; expected a finite one: "
                    f"try a rate below {rate}"
                )
            velocity = _moved(now.velocity, gradients, momentum)
            now = now._replace(layers=step(now.layers, velocity, rate), velocity=velocity)
        now = now._replace(costs=[*now.costs, spent / total])
        if validation is not None:
            then = _validation_cost(validation, now.layers, loss)
            now = now._replace(validation_costs=[*now.validation_costs, then])
        if callback is not None and _is_over(callback(now)):
            break
    return now


def _started(layers: Any, rng: Any) -> Training[Any]:
    """Return the training to go on with, or one that has not begun."""
    if isinstance(layers, Training):
        if rng is not None:
            raise ValueError("rng is given; expected none, since the training goes on with its own")
        # A copy: whoever goes on twice gets the same twice.
        return layers._replace(rng=copy.deepcopy(layers.rng))
    if rng is None:
        raise ValueError("rng is missing; expected a seed, so that the result can be had again")
    if isinstance(layers, Sequence):
        layers = [
            replace(one, W=detached(one.W), b=detached(one.b)) if isinstance(one, Layer) else one
            for one in layers
        ]
    return Training(layers, [], [], [], np.random.default_rng(rng))


def _moved(velocity: list[Any], gradients: list[Any], momentum: float) -> list[ParameterGradients]:
    """Return the step's direction: the gradients, and a part of the last step's."""
    if not velocity or momentum == 0:
        return [ParameterGradients(one.dW, one.db) for one in gradients]
    return [
        ParameterGradients(momentum * v.dW + one.dW, momentum * v.db + one.db)
        for v, one in zip(velocity, gradients, strict=True)
    ]


def _validation_cost(validation: Any, layers: list[Layer[Any]], loss: str | Loss) -> float:
    """Compute the cost of other examples."""
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise TypeError(f"validation is a {type(validation).__name__}; expected a pair, (X, Y)")
    X, Y = map(detached, validation)
    return float(cost(forward(X, layers), Y, layers, loss=loss))


def _is_over(answer: Any) -> bool:
    """Return whether a callback wants to stop."""
    if answer is None or isinstance(answer, bool | np.bool_):
        return bool(answer)
    raise TypeError(f"callback returned {answer!r}; expected True to stop, or False or None")


def _batches(
    X: Any, Y: Any, counted: ExampleWeights, size: int, rng: np.random.Generator
) -> Iterator[tuple[Any, Any, ExampleWeights]]:
    """Yield the examples in a new order, some at a time; all at once need no order."""
    m = X.shape[1]
    if size >= m:
        yield X, Y, counted
        return
    xp = namespace(X)
    order = rng.permutation(m)
    for start in range(0, m, size):
        chosen = asarray_like(xp, order[start : start + size], X)

        def part(array: Any, chosen: Any = chosen) -> Any:
            return None if array is None else xp.take(array, chosen, axis=array.ndim - 1)

        row, kept = part(counted.row), part(counted.kept)
        yield part(X), part(Y), example_weights(chosen.shape[0], X, row, kept)


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
    Choose a class for each example: integers of shape (m,).

    It is the row of the largest output; with a single output, 1 where that is above 1/2.
    """
    output = forward(X, layers).A[-1]
    xp = namespace(output)
    if output.shape[0] == 1:
        return xp.astype(output[0, :] > 0.5, xp.arange(1).dtype)
    return xp.argmax(output, axis=0)


def accuracy(X: ArrayT, classes: ArrayLike, layers: Sequence[Layer[ArrayT]]) -> float:
    """Compute the share of examples whose class, of shape (m,) or (1, m), is predicted."""
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
