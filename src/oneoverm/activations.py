"""Activation functions, each beside its derivative; the complex step passes through all."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from oneoverm._checks import as_inexact
from oneoverm._typing import Array, ElementwiseFunction

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "get_activation",
    "identity",
    "identity_derivative",
    "relu",
    "relu_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "tanh",
    "tanh_derivative",
]


@dataclass(frozen=True)
class Activation:
    """
    An activation function ``g`` with its derivative ``g'``.

    Parameters
    ----------
    name : str
        The name that messages use.
    function : callable
        ``a = g(z)``, elementwise; a complex z passes through it.
    derivative : callable
        ``g'(z)``, elementwise, a function of z (not of a).

    Examples
    --------
    >>> square = Activation("square", lambda z: z**2, lambda z: 2 * z)
    >>> square.derivative(np.array([3.0]))
    array([6.])
    """

    name: str
    function: ElementwiseFunction
    derivative: ElementwiseFunction


def sigmoid(z: npt.ArrayLike) -> Array:
    """
    Compute ``1 / (1 + exp(-z))`` without overflow.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Between 0 and 1.

    Notes
    -----
    ``exp`` only sees a z whose real part is not positive.
    The branch reads ``z.real``, so that the complex step passes through both sides.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    z = as_inexact(z)
    positive = z.real >= 0
    e = np.exp(np.where(positive, -z, z))
    return np.where(positive, 1 / (1 + e), e / (1 + e))


def sigmoid_derivative(z: npt.ArrayLike) -> Array:
    """
    Compute the sigmoid's derivative, ``sigmoid(z) * (1 - sigmoid(z))``.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        At most 1/4.

    Notes
    -----
    ``sigmoid(-z)`` stands for ``1 - sigmoid(z)``: the subtraction loses every digit at z = 40.

    Examples
    --------
    >>> sigmoid_derivative(np.array([0.0]))
    array([0.25])
    """
    z = as_inexact(z)
    return sigmoid(z) * sigmoid(-z)


def tanh(z: npt.ArrayLike) -> Array:
    """
    Compute the hyperbolic tangent.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Between -1 and 1.

    Examples
    --------
    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    return np.asarray(np.tanh(as_inexact(z)))


def tanh_derivative(z: npt.ArrayLike) -> Array:
    """
    Compute the hyperbolic tangent's derivative, ``1 - tanh(z)**2``.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        At most 1.

    Notes
    -----
    The subtraction is exact to one rounding of 1: in float64, about 1e-16 in absolute terms.

    Examples
    --------
    >>> tanh_derivative(np.array([0.0, 1000.0]))
    array([1., 0.])
    """
    return 1 - tanh(z) ** 2


def relu(z: npt.ArrayLike) -> Array:
    """
    Compute ``max(z, 0)``.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Not negative.

    Examples
    --------
    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    z = as_inexact(z)
    # Not np.maximum: it orders 0 + ih above 0, so the complex step would find 1 at z = 0.
    return np.where(z.real <= 0, np.zeros_like(z), z)


def relu_derivative(z: npt.ArrayLike) -> Array:
    """
    Compute the derivative of ``max(z, 0)``: 1 where z is positive, 0 elsewhere.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Zeros and ones. At z = 0, where no derivative exists, it is 0 by convention.

    Examples
    --------
    >>> relu_derivative(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    z = as_inexact(z)
    return np.where(z.real <= 0, np.zeros_like(z), np.ones_like(z))


def identity(z: npt.ArrayLike) -> Array:
    """
    Give z back: a layer without an activation function.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape

    Examples
    --------
    >>> identity(np.array([-2.0, 3.0]))
    array([-2.,  3.])
    """
    return as_inexact(z)


def identity_derivative(z: npt.ArrayLike) -> Array:
    """
    Compute the derivative of z with respect to z, which is 1.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Ones.

    Examples
    --------
    >>> identity_derivative(np.array([-2.0, 3.0]))
    array([1., 1.])
    """
    return np.ones_like(as_inexact(z))


#: The activations that `get_activation` knows, by name.
ACTIVATIONS = MappingProxyType(
    {
        "identity": Activation("identity", identity, identity_derivative),
        "relu": Activation("relu", relu, relu_derivative),
        "sigmoid": Activation("sigmoid", sigmoid, sigmoid_derivative),
        "tanh": Activation("tanh", tanh, tanh_derivative),
    }
)


def get_activation(activation: str | Activation) -> Activation:
    """
    Look an activation up by its name.

    Parameters
    ----------
    activation : str or Activation
        A name in `ACTIVATIONS`; an `Activation` of your own passes through.

    Returns
    -------
    Activation

    Raises
    ------
    ValueError
        If the name is unknown; the message lists the known ones.
    TypeError
        If it is neither a name nor an `Activation`.

    Examples
    --------
    >>> get_activation("tanh").function(np.array([0.0]))
    array([0.])
    """
    if isinstance(activation, Activation):
        return activation
    if not isinstance(activation, str):
        raise TypeError(
            f"the activation is a {type(activation).__name__}; expected a name or an Activation"
        )
    if activation not in ACTIVATIONS:
        known = ", ".join(repr(name) for name in ACTIVATIONS)
        raise ValueError(f"unknown activation {activation!r}; expected one of {known}")
    return ACTIVATIONS[activation]
