"""A network's layers: their parameters, their activation, and initial values for them."""

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

import numpy as np
import numpy.typing as npt

from oneoverm._arrays import pytree, register_pytrees
from oneoverm._checks import check_arrays, check_finite
from oneoverm._typing import ArrayT
from oneoverm.activations import Activation, get_activation

__all__ = ["Layer", "initial_layers"]


@pytree("W", "b", fixed="activation")
@dataclass(frozen=True, eq=False)
class Layer(Generic[ArrayT]):
    """
    A fully connected layer, ``a = g(W @ a_prev + b)``.

    It is a pytree of JAX with the leaves ``W`` and ``b``, if JAX is imported before the layer is
    made.

    Equation :eq:`layers-forward` of the book.

    Parameters
    ----------
    W : array, shape (n_out, n_in)
        The weights; row j belongs to unit j.
    b : array, shape (n_out, 1)
        The biases: a column, which NumPy broadcasts over a batch's columns.
    activation : str or Activation
        The activation function ``g`` or its name.

    Examples
    --------
    >>> layer = Layer(np.array([[1.0, -1.0]]), np.array([[0.5]]), "relu")
    >>> layer.g(layer.W @ np.array([[2.0], [1.0]]) + layer.b)
    array([[1.5]])

    A layer is not changed but replaced; a step against the gradient reads:

    >>> dW, db = np.array([[0.5, 0.5]]), np.array([[1.0]])
    >>> Layer(layer.W - 0.1 * dW, layer.b - 0.1 * db, layer.activation).b
    array([[0.4]])
    """

    W: ArrayT
    b: ArrayT
    activation: str | Activation

    def __post_init__(self) -> None:
        """Check the parameters and the activation where they enter, once for every use."""
        check_arrays({"W": (self.W, "n_out n_in"), "b": (self.b, "n_out 1")})
        check_finite("W", self.W)
        check_finite("b", self.b)
        get_activation(self.activation)
        register_pytrees()

    @functools.cached_property
    def g(self) -> Activation:
        """The activation function, looked up if it was given by name."""
        return get_activation(self.activation)


def initial_layers(
    sizes: Sequence[int],
    activation: str | Activation = "tanh",
    *,
    output: str | Activation = "sigmoid",
    rng: np.random.Generator | int,
) -> list[Layer[npt.NDArray[Any]]]:
    """
    Draw the initial parameters of a network.

    Weights are normal with variance ``1 / n_in``, which keeps z in scale; biases are 0.

    Parameters
    ----------
    sizes : sequence of int
        ``n_0, n_1, ..., n_L``: the input's size, then each layer's.
    activation, output : str or Activation
        The hidden layers' activation function or its name, and the last layer's.
    rng : numpy.random.Generator or int
        Where the weights come from, or its seed.
        It has no default, so that every result can be had again.
    """
    rng = np.random.default_rng(rng)
    if len(sizes) < 2 or not all(hasattr(n, "__index__") and n > 0 for n in sizes):
        raise ValueError(f"sizes is {list(sizes)}; expected two or more positive integers")
    names = [activation] * (len(sizes) - 2) + [output]
    return [
        Layer(rng.normal(size=(n_out, n_in)) / np.sqrt(n_in), np.zeros((n_out, 1)), name)
        for (n_in, n_out), name in zip(itertools.pairwise(sizes), names, strict=True)
    ]
