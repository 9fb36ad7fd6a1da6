"""
A batch's cost and gradients again and again: what can be settled once is settled once.

`oneoverm.batch.cost_and_gradients` is the one to read. A plan computes the same, of one kind of
array and with no trace to give back: it writes over arrays of its own, and checks a network and
labels when they change.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from oneoverm._arrays import array_type
from oneoverm._checks import check_divide, check_finite
from oneoverm._layer_checks import check_chain, check_output
from oneoverm._prepared import Call, hidden, output
from oneoverm.batch import Divide, Gradients
from oneoverm.layers import Layer
from oneoverm.losses import Loss

__all__ = ["Plan"]

Floats = npt.NDArray[Any]


class Plan:
    """
    Repeated steps of one network on batches of one size, for NumPy.

    Parameters
    ----------
    layers : sequence of Layer
        A network of NumPy arrays, all float32 or all float64. Each step's network has to have its
        shapes and its activations; its numbers are not kept.
    m : int
        The number of examples in each batch.
    divide : {"late", "early", "never"}
        Where the 1/m goes, as for `oneoverm.batch.backward`.
    loss : str or Loss
        A name in `oneoverm.losses.LOSSES`, or a `Loss` of your own.

    Raises
    ------
    ValueError
        If the layers do not fit each other or the loss, m is not a positive integer, `divide` is
        none of the three, or the parameters are not of one dtype, float32 or float64.
    TypeError
        If a parameter is not a NumPy array.

    Notes
    -----
    Equations :eq:`cost`, :eq:`dZ2`, :eq:`dW2`, :eq:`db2`, :eq:`dZ1`, :eq:`dW1` and :eq:`db1` of
    the book, for any number of layers, without weights, a mask or a regularization.

    The results are `oneoverm.batch`'s but for the order of rounding: the sums over examples are
    products with a column of ones, and of ``dZ`` and ``dW`` the smaller is divided.

    A step reads what is in the parameters when it runs, so they may be changed in place. What
    takes a few microseconds more is a step whose layers are other objects than the last step's,
    whose labels are not the same array with the same entries, or that is not given `out`.

    A plan computes in arrays of its own: use it in one thread at a time.

    Examples
    --------
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> plan = Plan(layers, m=1)
    >>> X, Y = np.array([[3.0], [3.0]]), np.array([[1]])
    >>> J, gradients = plan(X, Y, layers)
    >>> J.round(4), gradients[0].dW
    (np.float64(0.6931), array([[-1.5, -1.5]]))

    A training writes over its gradients and its parameters:

    >>> for _ in range(100):
    ...     J, gradients = plan(X, Y, layers, gradients)
    ...     for layer, one in zip(layers, gradients):
    ...         layer.W[...] -= 0.1 * one.dW
    ...         layer.b[...] -= 0.1 * one.db
    >>> J.round(4)
    np.float64(0.0053)
    """

    def __init__(
        self,
        layers: Sequence[Layer[Floats]],
        m: int,
        divide: Divide = "late",
        *,
        loss: str | Loss = "binary_cross_entropy",
    ) -> None:
        check_divide(divide)
        if not hasattr(m, "__index__") or m < 1:
            raise ValueError(f"m is {m}; expected a positive integer")
        for k, layer in enumerate(layers):
            _check_numpy(f"layers[{k}].W", layer.W)
        n_in = layers[0].W.shape[1] if layers else 1
        check_chain(layers, np.empty((n_in, 1)), "X")
        self._loss = check_output(layers, loss)
        self._dtype = layers[0].W.dtype
        if self._dtype.char not in "fd":
            raise ValueError(f"layers[0].W has dtype {self._dtype}; expected float32 or float64")
        self._shape, self._divide = (n_in, m), divide
        self._expected = [(layer.W.shape, layer.b.shape, layer.g) for layer in layers]
        self._check_layers(layers)
        self._results = [((n, m), (n, n_in), b) for (n, n_in), b, _ in self._expected]
        self._Z = [self._empty((len(layer.W), m)) for layer in layers]
        self._hidden = [hidden(layer.g, Z) for layer, Z in zip(layers[:-1], self._Z, strict=False)]
        self._output = output(self._loss, layers[-1].g, self._Z[-1])
        # Views: what is summed over all entries is a product of two vectors.
        self._first, losses = self._Z[0].reshape(-1), self._output.losses.reshape(-1)
        self._squares, self._mean = self._first.dot, losses.dot
        self._m = np.asarray(m, self._dtype)
        self._shares = np.ones(losses.shape, self._dtype) / self._m
        self._ones = np.ones((m, 1), self._dtype)
        self._layers: Sequence[Layer[Floats]] | None = None
        self._out: tuple[Gradients[Floats], ...] = ()
        # The last step's labels, which need no check as long as their bytes are the same.
        self._Y: npt.NDArray[Any] | None = None
        self._entries = b""

    def __call__(
        self,
        X: Floats,
        Y: Any,
        layers: Sequence[Layer[Floats]],
        out: tuple[Gradients[Floats], ...] | None = None,
    ) -> tuple[Any, tuple[Gradients[Floats], ...]]:
        """
        Compute a batch's cost and gradients, as `oneoverm.batch.cost_and_gradients` does.

        Parameters
        ----------
        X : array, shape (n_0, m)
            The batch; column i is example i.
        Y : array, shape (n_L, m)
            The labels; for a softmax, classes of shape (m,) will do.
        layers : sequence of Layer
            A network like the one that the plan was made for.
        out : tuple of Gradients, optional
            What an earlier step gave, to be written over; new arrays, unless given.

        Returns
        -------
        J : scalar
            The cost.
        gradients : tuple of Gradients
            ``dZ``, ``dW`` and ``db`` for each layer, in the order of the layers.

        Raises
        ------
        ValueError
            If shapes, dtypes or activations are not those of the plan, X is not finite, the
            labels do not fit the output, or `out` is not what a step gives; if the cost is not
            finite because a parameter is not.
        TypeError
            If something is not a NumPy array.
        """
        # Layers have no other equality than being the same object.
        if out is not self._out or layers != self._layers:
            self._bind(layers, out)
        if self._Y is None or Y is not self._Y or Y.tobytes() != self._entries:
            self._take(Y)
        if type(X) is not np.ndarray or X.shape != self._shape or X.dtype is not self._dtype:
            self._check_array("X", X, self._shape)
        self._forward(X, self._Z[0])
        if not math.isfinite(self._squares(self._first)):
            check_finite("X", X)
        for call in self._calls:
            call()
        self._product(X.T)
        for call in self._quotient:
            call()
        J = self._mean(self._shares)
        if not math.isfinite(J):
            for k, layer in enumerate(layers):
                check_finite(f"layers[{k}].W", layer.W)
                check_finite(f"layers[{k}].b", layer.b)
        return J, self._out

    def _take(self, Y: Any) -> None:
        """Check labels, and copy them."""
        self._Y = None
        self._output.take(self._loss.labels("Y", Y, "A", self._Z[-1]))
        if isinstance(Y, np.ndarray):
            self._Y, self._entries = Y, Y.tobytes()

    def _bind(
        self, layers: Sequence[Layer[Floats]], out: tuple[Gradients[Floats], ...] | None
    ) -> None:
        """Check the network and the results' arrays, and bind the calls to them."""
        # What fails here leaves nothing that looks bound, and keeps no results alive.
        self._layers, self._out, self._calls = None, (), []
        self._check_layers(layers)
        out = self._new() if out is None else self._checked(out)
        calls: list[Call] = [partial(np.add, self._Z[0], layers[0].b, self._Z[0])]
        for layer, before, Z in zip(layers[1:], self._hidden, self._Z[1:], strict=True):
            calls += before.calls
            calls += [partial(layer.W.dot, before.a, Z), partial(np.add, Z, layer.b, Z)]
        calls += self._output.calls(out[-1].dZ)
        if self._divide == "early":
            calls.append(partial(np.divide, out[-1].dZ, self._m, out[-1].dZ))
        for k in reversed(range(1, len(layers))):
            before, dA = self._hidden[k - 1], out[k - 1].dZ
            sums, product, quotient = self._of_parameters(*out[k])
            calls += [*sums, partial(product, before.a.T), *quotient]
            calls += [partial(layers[k].W.T.dot, out[k].dZ, dA), before.back(dA)]
        sums, self._product, self._quotient = self._of_parameters(*out[0])
        self._forward = layers[0].W.dot
        # A slice: of another type than what is given, it would never be equal to it.
        self._layers, self._out, self._calls = layers[:], out, calls + sums

    def _of_parameters(
        self, dZ: Floats, dW: Floats, db: Floats
    ) -> tuple[list[Call], Callable[[Floats], Any], list[Call]]:
        """Prepare db, the product for dW, and what divides it unless the smaller dZ is divided."""
        if self._divide != "late" or len(self._ones) == 1:
            return [partial(dZ.dot, self._ones, db)], partial(dZ.dot, out=dW), []
        if dZ.size < dW.size:
            mean = np.empty_like(dZ)
            divide = partial(np.divide, dZ, self._m, mean)
            return [divide, partial(mean.dot, self._ones, db)], partial(mean.dot, out=dW), []
        sum_up = partial(dZ.dot, self._ones / self._m, db)
        return [sum_up], partial(dZ.dot, out=dW), [partial(np.divide, dW, self._m, dW)]

    def _new(self) -> tuple[Gradients[Floats], ...]:
        """Make arrays for a step's results."""
        return tuple(Gradients(*map(self._empty, shapes)) for shapes in self._results)

    def _empty(self, shape: tuple[int, ...]) -> Floats:
        """Make an array of the plan's dtype."""
        return np.empty(shape, self._dtype)

    def _checked(self, out: Any) -> tuple[Gradients[Floats], ...]:
        """Refuse arrays that are none of a step's results."""
        if not isinstance(out, tuple) or len(out) != len(self._results):
            raise ValueError(
                f"out is a {type(out).__name__} of {len(out)}; "
                f"expected a tuple of {len(self._results)}, as a step gives"
            )
        for k, (one, shapes) in enumerate(zip(out, self._results, strict=True)):
            for name, array, shape in zip(Gradients._fields, one, shapes, strict=True):
                self._check_array(f"out[{k}].{name}", array, shape)
                if not array.flags.carray:
                    raise ValueError(
                        f"out[{k}].{name} is read-only or not contiguous; "
                        "expected an array that a step gave"
                    )
        gradients: tuple[Gradients[Floats], ...] = out
        return gradients

    def __reduce__(self) -> str:
        raise TypeError("a plan is bound to its arrays and cannot be copied; make another")

    def _check_layers(self, layers: Sequence[Layer[Floats]]) -> None:
        """Refuse layers that the plan was not made for."""
        if len(layers) != len(self._expected):
            raise ValueError(
                f"layers has {len(layers)}; expected {len(self._expected)}, as the plan has"
            )
        for k, (layer, (W, b, g)) in enumerate(zip(layers, self._expected, strict=True)):
            self._check_array(f"layers[{k}].W", layer.W, W)
            self._check_array(f"layers[{k}].b", layer.b, b)
            if layer.g is not g:
                raise ValueError(
                    f"the activation of layers[{k}] is {layer.g.name!r}; "
                    f"expected {g.name!r}, as the plan was made for"
                )

    def _check_array(self, name: str, array: Any, shape: tuple[int, ...]) -> None:
        """Refuse an array that the plan was not made for."""
        if isinstance(array, np.ndarray) and array.shape == shape and array.dtype == self._dtype:
            return
        _check_numpy(name, array)
        raise ValueError(
            f"{name} has shape {array.shape} and dtype {array.dtype}; "
            f"expected {shape} and {self._dtype}, as the plan was made for"
        )


def _check_numpy(name: str, array: object) -> None:
    """Refuse what is not NumPy's."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} is a {array_type(array)}; expected a NumPy array")
