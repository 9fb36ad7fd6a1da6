"""
Calls of NumPy that are bound to their arrays before a step, as `oneoverm.plan` runs them.

A call of NumPy on a handful of numbers takes as long as one on hundreds, and Python takes as long
again to find what to call with what: so calls are few, and found once.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from oneoverm.activations import Activation, get_activation
from oneoverm.losses import LOSSES, Loss

__all__ = ["Call", "Hidden", "Output", "hidden", "output"]

Floats = npt.NDArray[Any]
Call: TypeAlias = Callable[[], Any]


class Hidden(NamedTuple):
    """
    A hidden layer's activation.

    Parameters
    ----------
    calls : list of callable
        Compute a from z, and what the way back needs.
    a : array, shape (n, m)
        Where they write it: over z, if the way back can do without z.
    back : callable
        ``back(dz)`` gives the call that writes dz over the da that stands there.
    """

    calls: list[Call]
    a: Floats
    back: Callable[[Floats], Call]


class Output(NamedTuple):
    """
    The last layer's activation with the loss.

    Parameters
    ----------
    take : callable
        ``take(y)`` copies what the losses need of checked labels.
    calls : callable
        ``calls(dz)`` gives the calls that compute the losses, and write dz into an array.
    losses : array, any shape
        Where they write the losses.
    """

    take: Callable[[Floats], Any]
    calls: Callable[[Floats], list[Call]]
    losses: Floats


def hidden(g: Activation, z: Floats) -> Hidden:
    """Prepare the activation of the z that each step writes into an array."""
    # Without axes: a Python number would be made such an array at each call.
    one, zero = np.ones((), z.dtype), np.zeros((), z.dtype)
    if g is get_activation("relu"):
        # NumPy's maximum with a single number takes two to three times as long as with an array;
        # zeros that are read only are one page of memory, however many.
        zeros, positive = np.zeros(z.shape, z.dtype), np.empty(z.shape, bool)
        calls: list[Call] = [
            partial(np.maximum, z, zeros, out=z),
            partial(np.greater, z, zero, positive),
        ]
        return Hidden(calls, z, lambda dz: partial(np.multiply, dz, positive, dz))
    if g is get_activation("tanh"):
        slope = np.empty_like(z)
        calls = [
            partial(np.tanh, z, z),
            partial(np.multiply, z, z, slope),
            partial(np.subtract, one, slope, slope),
        ]
        return Hidden(calls, z, lambda dz: partial(np.multiply, dz, slope, dz))
    a = np.empty_like(z)

    def back(dz: Floats) -> Call:
        return lambda: np.copyto(dz, g.pull_back(dz, z, a))

    return Hidden([lambda: np.copyto(a, g.function(z))], a, back)


def output(loss: Loss, g: Activation, z: Floats) -> Output:
    """Prepare the loss of the z that each step writes into an array."""
    if loss is LOSSES["binary_cross_entropy"]:
        return _binary_cross_entropy(z)
    if loss is LOSSES["softmax_cross_entropy"]:
        return _softmax_cross_entropy(z)
    y, losses = np.empty_like(z), np.empty((1, z.shape[1]), z.dtype)

    def calls(dz: Floats) -> list[Call]:
        def both() -> None:
            a = g.function(z)
            np.copyto(losses, loss.of_examples(z, a, y))
            np.copyto(dz, loss.output_gradient(g, z, a, y))

        return [both]

    return Output(partial(np.copyto, y), calls, losses)


def _binary_cross_entropy(z: Floats) -> Output:
    """
    Prepare the binary cross-entropy of a sigmoid.

    ``log(1 + exp(z)) - y z`` is ``log(exp(-y z) + exp((1 - y) z))``, where nothing cancels, and the
    sigmoid is the second exponential's share of the sum.
    """
    minus_y, first, second, losses = (np.empty_like(z) for _ in range(4))

    def calls(dz: Floats) -> list[Call]:
        return [
            partial(np.multiply, minus_y, z, first),
            partial(np.add, z, first, second),
            partial(np.logaddexp, first, second, losses),
            partial(np.subtract, second, losses, dz),
            partial(np.exp, dz, dz),
            partial(np.add, dz, minus_y, dz),
        ]

    return Output(partial(np.negative, out=minus_y), calls, losses)


def _softmax_cross_entropy(z: Floats) -> Output:
    """Prepare the cross-entropy of a softmax; the sum of a column is a product with ones."""
    ones, y = np.ones((1, len(z)), z.dtype), np.empty_like(z)
    highest, total, losses = (np.empty((1, z.shape[1]), z.dtype) for _ in range(3))

    def calls(dz: Floats) -> list[Call]:
        return [
            partial(np.maximum.reduce, z, 0, None, highest, True),
            partial(np.subtract, z, highest, z),
            partial(np.exp, z, dz),
            partial(ones.dot, dz, total),
            partial(np.divide, dz, total, dz),
            partial(np.subtract, dz, y, dz),
            partial(np.multiply, y, z, z),
            partial(ones.dot, z, losses),
            partial(np.log, total, total),
            partial(np.subtract, total, losses, losses),
        ]

    return Output(partial(np.copyto, y), calls, losses)
