"""
A batch's cost and gradients again and again: what can be settled once is settled once.

`oneoverm.batch.cost_and_gradients` is the one to read. A plan computes the same, of one kind of
array and with no trace to give back. A step of 2-4-1 takes half as long. Where the matrix products
take the time a plan saves a few percent of it, and a third of the memory.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from oneoverm._arrays import array_type
from oneoverm._checks import check_divide, check_product
from oneoverm._layer_checks import check_chain, check_output
from oneoverm.activations import Activation, get_activation, relu_derivative, tanh_derivative
from oneoverm.batch import Divide, Gradients
from oneoverm.layers import Layer
from oneoverm.losses import LOSSES, Loss

__all__ = ["Plan"]

Floats = npt.NDArray[Any]


class _Overwriting(Activation):
    """An activation that writes a over z, and its pull-back over da: no one else reads them."""

    def pull_back(self, da: Any, z: Any, a: Any) -> Any:
        """Compute ``dz = da * g'(z)`` in the place of ``da``."""
        da *= self.derivative_from_a(a)  # type: ignore[misc]  # they all have it
        return da


_OVERWRITING = {
    get_activation(g.name): g
    for g in (
        _Overwriting("relu", lambda z: np.maximum(z, 0, out=z), relu_derivative, lambda a: a > 0),
        _Overwriting("tanh", lambda z: np.tanh(z, out=z), tanh_derivative, lambda a: 1 - a * a),
    )
}


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
    Weights, a mask and a regularization are `oneoverm.batch`'s alone.

    The results are `oneoverm.batch`'s but for the order of rounding: the sums over examples are
    products with a column of ones or of 1/m.

    A hidden layer's relu or tanh writes a over z, and dz over da. Each step's results are new
    arrays, which are yours to keep: writing into the same ones at each step was measured, and is
    slower if anything.

    Examples
    --------
    >>> layers = [Layer(np.array([[1.0, -1.0]]), np.array([[0.0]]), "sigmoid")]
    >>> plan = Plan(layers, m=1)
    >>> J, [gradients] = plan(np.array([[3.0], [3.0]]), np.array([[1]]), layers)
    >>> J.round(4), gradients.dW
    (np.float64(0.6931), array([[-1.5, -1.5]]))
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
        self._shape = (n_in, m)
        self._expected = [(layer.W.shape, layer.b.shape, layer.g) for layer in layers]
        self._hidden = [_OVERWRITING.get(layer.g, layer.g) for layer in layers[:-1]]
        self._divide = divide
        # Arrays without axes: a Python number would be made one at each use.
        self._zero, self._one, self._m = (np.asarray(n, self._dtype) for n in (0, 1, m))
        self._mean = np.ones((m, 1), self._dtype) / (self._m if divide == "late" else self._one)
        self._check(np.empty(self._shape, self._dtype), layers)

    def __call__(
        self, X: Floats, Y: Any, layers: Sequence[Layer[Floats]]
    ) -> tuple[Any, list[Gradients[Floats]]]:
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

        Returns
        -------
        J : scalar
            The cost.
        gradients : list of Gradients
            ``dZ``, ``dW`` and ``db`` for each layer, in the order of the layers.

        Raises
        ------
        ValueError
            If shapes, dtypes or activations are not those of the plan, X is not finite, or the
            labels do not fit the output.
        TypeError
            If something is not a NumPy array.
        """
        self._check(X, layers)
        Z: list[Floats] = []
        A = [X]
        for k, layer in enumerate(layers):
            Z.append(layer.W.dot(A[k]))
            Z[k] += layer.b
            if k == 0:
                check_product(Z[0], {"X": X})
            if k < len(self._hidden):
                A.append(self._hidden[k].function(Z[k]))
        losses, dZ = self._output(Z[-1], self._loss.labels("Y", Y, "A", Z[-1]))
        if self._divide == "early":
            dZ = dZ / self._m
        gradients = []
        for k in reversed(range(len(layers))):
            dW = dZ.dot(A[k].T)
            if self._divide == "late":
                dW /= self._m
            gradients.append(Gradients(dZ, dW, dZ.dot(self._mean)))
            if k > 0:
                dZ = self._hidden[k - 1].pull_back(layers[k].W.T.dot(dZ), Z[k - 1], A[k])
        gradients.reverse()
        return losses.sum() / self._m, gradients

    def _output(self, Z: Floats, Y: Floats) -> tuple[Floats, Floats]:
        """Compute the losses and the last layer's dZ."""
        if self._loss is LOSSES["binary_cross_entropy"]:
            low, t = np.minimum(Z, self._zero), np.exp(-np.abs(Z))
            losses = np.log1p(t) - low + (self._one - Y) * Z
            return losses, np.exp(low) / (self._one + t) - Y
        g = self._expected[-1][-1]
        A = g.function(Z)
        return self._loss.of_examples(Z, A, Y), self._loss.output_gradient(g, Z, A, Y)

    def _check(self, X: Floats, layers: Sequence[Layer[Floats]]) -> None:
        """Refuse what the plan was not made for."""
        self._check_array("X", X, self._shape)
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

    def _check_array(self, name: str, array: Floats, shape: tuple[int, ...]) -> None:
        """Refuse an array that the plan was not made for."""
        _check_numpy(name, array)
        if array.shape != shape or array.dtype != self._dtype:
            raise ValueError(
                f"{name} has shape {array.shape} and dtype {array.dtype}; "
                f"expected {shape} and {self._dtype}, as the plan was made for"
            )


def _check_numpy(name: str, array: object) -> None:
    """Refuse what is not NumPy's."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} is a {array_type(array)}; expected a NumPy array")
