"""Activation functions, each beside its derivative; the complex step passes through all."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from oneoverm._arrays import (
    as_inexact,
    keep_guest,
    minus_abs,
    negative_part,
    placed,
    positive_part,
    real,
    summed,
)
from oneoverm._checks import looked_up
from oneoverm._typing import Array, ArrayLike

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Softmax",
    "gelu",
    "gelu_derivative",
    "get_activation",
    "identity",
    "identity_derivative",
    "leaky_relu",
    "leaky_relu_derivative",
    "relu",
    "relu_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "sigmoid_derivative_from_a",
    "softmax",
    "softmax_jacobian",
    "softplus",
    "softplus_derivative",
    "softplus_derivative_from_a",
    "tanh",
    "tanh_derivative",
    "tanh_derivative_from_a",
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
    derivative_from_a : callable, optional
        ``g'`` as a function of ``a = g(z)``, where it is simpler: the backward pass has a already.

    Notes
    -----
    Equation :eq:`layers-one-step` of the book has the derivative; `pull_back` is its product.

    Examples
    --------
    >>> import numpy as np
    >>> square = Activation("square", lambda z: z**2, lambda z: 2 * z)
    >>> square.pull_back(np.array([10.0]), np.array([3.0]), np.array([9.0]))
    array([60.])
    """

    name: str
    function: Callable[[Any], Any]
    derivative: Callable[[Any], Any]
    derivative_from_a: Callable[[Any], Any] | None = None

    def pull_back(self, da: Array, z: Array, a: Array) -> Any:
        """
        Compute ``dz = da * g'(z)``.

        Parameters
        ----------
        da : array, any shape
            The gradient with respect to ``a``.
        z : array, same shape
            What the function was given.
        a : array, same shape
            What it gave.

        Returns
        -------
        array, same shape
            The gradient with respect to ``z``: the product by the derivative, entry by entry.

        Notes
        -----
        Equations :eq:`layers-one-step` and :eq:`layers-batch-step` of the book.
        """
        if self.derivative_from_a is None:
            return da * self.derivative(z)
        return da * self.derivative_from_a(a)


class Softmax(Activation):
    """
    The softmax, whose entries depend on each other: its derivative is a matrix for each column.

    `pull_back` multiplies by that matrix, ``diag(a) - a a^T``, without forming it.

    Notes
    -----
    Equation :eq:`softmax-jacobian` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> z = np.array([[0.0], [0.0]])
    >>> get_activation("softmax").pull_back(np.array([[1.0], [0.0]]), z, softmax(z))
    array([[ 0.25],
           [-0.25]])
    """

    def pull_back(self, da: Array, z: Array, a: Array) -> Any:
        """
        Compute ``dz = a * (da - sum(a * da))``, column by column.

        Parameters
        ----------
        da, z, a : array, shape (n, m)
            As for an activation that works entry by entry.

        Returns
        -------
        array, shape (n, m)

        Notes
        -----
        Equation :eq:`softmax-jacobian` of the book, times ``da``.
        """
        _, a = as_inexact(a)
        return a * (da - summed(a * da, axis=0))


def sigmoid(z: ArrayLike) -> Any:
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
    Equation :eq:`act-sigmoid` of the book.

    It is ``exp(min(z, 0)) / (1 + exp(-|z|))``: ``exp`` only sees what is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    xp, z = as_inexact(z)
    return xp.exp(negative_part(xp, z)) / (1 + xp.exp(minus_abs(xp, z)))


def sigmoid_derivative(z: ArrayLike) -> Any:
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
    Equation :eq:`act-sigmoid-d` of the book.

    ``sigmoid(-z)`` stands for ``1 - sigmoid(z)``: the subtraction loses every digit at z = 40.

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid_derivative(np.array([0.0]))
    array([0.25])
    """
    _, z = as_inexact(z)
    return sigmoid(z) * sigmoid(-z)


def sigmoid_derivative_from_a(a: ArrayLike) -> Any:
    """
    Compute the sigmoid's derivative from its value: ``a * (1 - a)``.

    Parameters
    ----------
    a : array_like, any shape
        ``sigmoid(z)``.

    Returns
    -------
    array, same shape
        Right to one rounding of 1, in absolute terms.

    Notes
    -----
    Equation :eq:`act-sigmoid-d` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid_derivative_from_a(np.array([0.5]))
    array([0.25])
    """
    _, a = as_inexact(a)
    return a * (1 - a)


def tanh(z: ArrayLike) -> Any:
    """
    Compute the hyperbolic tangent.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Between -1 and 1.

    Notes
    -----
    Equation :eq:`act-tanh` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    xp, z = as_inexact(z)
    return xp.tanh(z)


def tanh_derivative(z: ArrayLike) -> Any:
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
    Equation :eq:`act-tanh-d` of the book.

    The subtraction is exact to one rounding of 1: in float64, about 1e-16 in absolute terms.

    Examples
    --------
    >>> import numpy as np
    >>> tanh_derivative(np.array([0.0, 1000.0]))
    array([1., 0.])
    """
    return tanh_derivative_from_a(tanh(z))


def tanh_derivative_from_a(a: ArrayLike) -> Any:
    """
    Compute the hyperbolic tangent's derivative from its value: ``1 - a**2``.

    Parameters
    ----------
    a : array_like, any shape
        ``tanh(z)``.

    Returns
    -------
    array, same shape

    Notes
    -----
    Equation :eq:`act-tanh-d` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> tanh_derivative_from_a(np.array([0.5]))
    array([0.75])
    """
    _, a = as_inexact(a)
    return 1 - a * a


def relu(z: ArrayLike) -> Any:
    """
    Compute ``max(z, 0)``.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Not negative.

    Notes
    -----
    Equation :eq:`act-relu` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    xp, z = as_inexact(z)
    return positive_part(xp, z)


def relu_derivative(z: ArrayLike) -> Any:
    """
    Compute the derivative of ``max(z, 0)``: 1 where z is positive, 0 elsewhere.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Zeros and ones. At z = 0, where no derivative exists, it is 0 by convention.

    Notes
    -----
    Equation :eq:`act-relu-d` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> relu_derivative(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    xp, z = as_inexact(z)
    return xp.astype(real(xp, z) > 0, z.dtype)


#: The slope of `leaky_relu` where z is negative.
LEAK = 0.01


def leaky_relu(z: ArrayLike) -> Any:
    """
    Compute z where it is positive and ``z / 100`` where it is not.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape

    Notes
    -----
    Equation :eq:`act-leaky` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> leaky_relu(np.array([-2.0, 0.0, 3.0]))
    array([-0.02,  0.  ,  3.  ])
    """
    xp, z = as_inexact(z)
    return positive_part(xp, z) + placed(xp, LEAK, z, z.dtype) * negative_part(xp, z)


def leaky_relu_derivative(z: ArrayLike) -> Any:
    """
    Compute the derivative of `leaky_relu`: 1 where z is positive, 1/100 elsewhere.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        At z = 0, where no derivative exists, it is 1/100 by convention.

    Notes
    -----
    Equation :eq:`act-leaky-d` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> leaky_relu_derivative(np.array([-2.0, 0.0, 3.0]))
    array([0.01, 0.01, 1.  ])
    """
    xp, z = as_inexact(z)
    leak = placed(xp, LEAK, z, z.dtype)
    return leak + (1 - leak) * relu_derivative(z)


def softplus(z: ArrayLike) -> Any:
    """
    Compute ``log(1 + exp(z))`` without overflow.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Positive.

    Notes
    -----
    Equation :eq:`act-softplus-stable` of the book.

    It is ``max(z, 0) + log(1 + exp(-|z|))``.

    Examples
    --------
    >>> import numpy as np
    >>> softplus(np.array([-1000.0, 0.0, 1000.0]))
    array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """
    xp, z = as_inexact(z)
    return positive_part(xp, z) + xp.log1p(xp.exp(minus_abs(xp, z)))


def softplus_derivative(z: ArrayLike) -> Any:
    """
    Compute the derivative of `softplus`, which is the sigmoid.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Between 0 and 1.

    Notes
    -----
    Equation :eq:`act-softplus-d` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> softplus_derivative(np.array([0.0]))
    array([0.5])
    """
    return sigmoid(z)


def softplus_derivative_from_a(a: ArrayLike) -> Any:
    """
    Compute the derivative of `softplus` from its value: ``1 - exp(-a)``.

    Parameters
    ----------
    a : array_like, any shape
        ``softplus(z)``.

    Returns
    -------
    array, same shape

    Notes
    -----
    Equation :eq:`act-softplus-d` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> softplus_derivative_from_a(np.log(np.array([2.0])))
    array([0.5])
    """
    xp, a = as_inexact(a)
    return -xp.expm1(-a)


def gelu(z: ArrayLike) -> Any:
    """
    Compute the Gaussian error linear unit in its tanh form.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape

    Notes
    -----
    Equation :eq:`act-gelu` of the book.

    ``z * (1 + tanh(u)) / 2`` with ``u = sqrt(2 / pi) * (z + 0.044715 * z**3)``, within 5e-4 of
    z times the normal distribution function. ``(1 + tanh(u)) / 2`` is ``sigmoid(2 * u)``.

    References
    ----------
    D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415.

    Examples
    --------
    >>> import numpy as np
    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1588,  0.    ,  0.8412])
    """
    _, z = as_inexact(z)
    return z * sigmoid(_gelu_gate(z)[0])


def gelu_derivative(z: ArrayLike) -> Any:
    """
    Compute the derivative of `gelu`.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        ``s + z * s * (1 - s) * v'`` with the gate ``s = sigmoid(v)``, ``v = 2 * u`` of `gelu`.

    Notes
    -----
    Equation :eq:`act-gelu-d` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> gelu_derivative(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.083,  0.5  ,  1.083])
    """
    _, z = as_inexact(z)
    v, v_derivative = _gelu_gate(z)
    return sigmoid(v) + z * sigmoid_derivative(v) * v_derivative


def _gelu_gate(z: Any) -> tuple[Any, Any]:
    """Compute ``v = sqrt(8 / pi) * (z + 0.044715 * z**3)`` and its derivative."""
    xp, z = as_inexact(z)
    scale = placed(xp, math.sqrt(8 / math.pi), z, z.dtype)
    cubic = placed(xp, 0.044715, z, z.dtype)
    # Beyond 10 the gate is 0 or 1 in every dtype, and a float16 cube would overflow beyond 40.
    ten = placed(xp, 10, z, z.dtype)
    z = xp.where(real(xp, z) > 10, ten, xp.where(real(xp, z) < -10, -ten, z))
    return scale * (z + cubic * z**3), scale * (1 + 3 * cubic * z**2)


def identity(z: ArrayLike) -> Any:
    """
    Give z back: a layer without an activation function.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape

    Notes
    -----
    Equation :eq:`act-identity` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> identity(np.array([-2.0, 3.0]))
    array([-2.,  3.])
    """
    return as_inexact(z)[1]


def identity_derivative(z: ArrayLike) -> Any:
    """
    Compute the derivative of z with respect to z, which is 1.

    Parameters
    ----------
    z : array_like, any shape

    Returns
    -------
    array, same shape
        Ones.

    Notes
    -----
    Equation :eq:`act-identity-d` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> identity_derivative(np.array([-2.0, 3.0]))
    array([1., 1.])
    """
    xp, z = as_inexact(z)
    return xp.ones_like(z)


def softmax(z: ArrayLike) -> Any:
    """
    Compute ``exp(z) / sum(exp(z))``, the sum running down each column, without overflow.

    Parameters
    ----------
    z : array, shape (n, m)

    Returns
    -------
    array, shape (n, m)
        Each column is positive and sums to 1.

    Notes
    -----
    Equation :eq:`softmax-loss` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> softmax(np.array([[0.0, 1000.0], [0.0, 0.0]]))
    array([[0.5, 1. ],
           [0.5, 0. ]])
    """
    xp, z = as_inexact(z)
    e = xp.exp(z - xp.max(real(xp, z), axis=0, keepdims=True))
    return e / summed(e, axis=0)


def softmax_jacobian(z: ArrayLike) -> Any:
    """
    Compute the softmax's derivative for one example: ``diag(a) - a a^T``.

    Parameters
    ----------
    z : array, shape (n, 1)

    Returns
    -------
    array, shape (n, n)
        Entry (j, k) is the derivative of ``a[j]`` with respect to ``z[k]``; it is symmetric.

    Raises
    ------
    ValueError
        If z is not one column.

    Notes
    -----
    Equation :eq:`softmax-jacobian` of the book.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_jacobian(np.array([[0.0], [0.0]]))
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    xp, z = as_inexact(z)
    if z.ndim != 2 or z.shape[1] != 1:
        raise ValueError(f"z has shape {tuple(z.shape)}; expected (n, 1): one example")
    a = softmax(z)
    diagonal = placed(xp, np.eye(z.shape[0]), z, z.dtype) * a
    return keep_guest(diagonal - a @ a.T, z)


#: The activations that `get_activation` knows, by name.
ACTIVATIONS = MappingProxyType(
    {
        g.name: g
        for g in (
            Activation("gelu", gelu, gelu_derivative),
            Activation("identity", identity, identity_derivative),
            Activation("leaky_relu", leaky_relu, leaky_relu_derivative),
            Activation("relu", relu, relu_derivative),
            Activation("sigmoid", sigmoid, sigmoid_derivative, sigmoid_derivative_from_a),
            Softmax("softmax", softmax, softmax_jacobian),
            Activation("softplus", softplus, softplus_derivative, softplus_derivative_from_a),
            Activation("tanh", tanh, tanh_derivative, tanh_derivative_from_a),
        )
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
    >>> import numpy as np
    >>> get_activation("tanh").function(np.array([0.0]))
    array([0.])
    """
    return looked_up("activation", activation, Activation, ACTIVATIONS)
