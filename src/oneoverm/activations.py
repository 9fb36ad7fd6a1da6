"""
Activation functions, each beside its derivative; the complex step passes through all.

Each takes an array of any shape, a list or a number, and returns an array of the same shape,
which holds its value for each entry; `softmax` works on each column.
"""

import math
from types import MappingProxyType
from typing import Any

import numpy as np

from oneoverm._activation import Activation, Softmax
from oneoverm._arrays import (
    as_floating,
    asarray_like,
    negative_part,
    positive_part,
    real,
    sum_outputs,
)
from oneoverm._checks import lookup
from oneoverm._typing import ArrayLike

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


def sigmoid(z: ArrayLike) -> Any:
    """
    Compute ``1 / (1 + exp(-z))``, equation :eq:`act-sigmoid` of the book, without overflow.

    It is ``exp(min(z, 0)) / (1 + exp(-|z|))``: ``exp`` only sees what is not positive.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    xp, z = as_floating(z)
    low = negative_part(z)
    return xp.exp(low) / (1 + xp.exp(low - (z - low)))


def sigmoid_derivative(z: ArrayLike) -> Any:
    """
    Compute ``sigmoid(z) * (1 - sigmoid(z))``, equation :eq:`act-sigmoid-d` of the book.

    ``sigmoid(-z)`` is the second factor: the subtraction loses every digit at z = 40.

    >>> sigmoid_derivative(np.array([0.0]))
    array([0.25])
    """
    _, z = as_floating(z)
    return sigmoid(z) * sigmoid(-z)


def sigmoid_derivative_from_a(a: ArrayLike) -> Any:
    """
    Compute the same from ``a = sigmoid(z)``: equation :eq:`act-sigmoid-d` of the book.

    >>> sigmoid_derivative_from_a(np.array([0.5]))
    array([0.25])
    """
    _, a = as_floating(a)
    return a * (1 - a)


def tanh(z: ArrayLike) -> Any:
    """
    Compute the hyperbolic tangent, equation :eq:`act-tanh` of the book.

    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    xp, z = as_floating(z)
    return xp.tanh(z)


def tanh_derivative(z: ArrayLike) -> Any:
    """
    Compute ``1 - tanh(z)**2``, equation :eq:`act-tanh-d` of the book.

    >>> tanh_derivative(np.array([0.0, 1000.0]))
    array([1., 0.])
    """
    return tanh_derivative_from_a(tanh(z))


def tanh_derivative_from_a(a: ArrayLike) -> Any:
    """
    Compute the same from ``a = tanh(z)``: equation :eq:`act-tanh-d` of the book.

    >>> tanh_derivative_from_a(np.array([0.5]))
    array([0.75])
    """
    _, a = as_floating(a)
    return 1 - a * a


def relu(z: ArrayLike) -> Any:
    """
    Compute ``max(z, 0)``, equation :eq:`act-relu` of the book.

    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    _, z = as_floating(z)
    return positive_part(z)


def relu_derivative(z: ArrayLike) -> Any:
    """
    Compute 1 where z is positive, 0 elsewhere (at 0 by convention): equation :eq:`act-relu-d`.

    >>> relu_derivative(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    xp, z = as_floating(z)
    return xp.astype(real(xp, z) > 0, z.dtype)


#: The slope of `leaky_relu` where z is negative.
LEAK = 0.01


def leaky_relu(z: ArrayLike) -> Any:
    """
    Compute z where it is positive and ``z / 100`` elsewhere: equation :eq:`act-leaky` of the book.

    >>> leaky_relu(np.array([-2.0, 0.0, 3.0]))
    array([-0.02,  0.  ,  3.  ])
    """
    xp, z = as_floating(z)
    return positive_part(z) + asarray_like(xp, LEAK, z, z.dtype) * negative_part(z)


def leaky_relu_derivative(z: ArrayLike) -> Any:
    """
    Compute 1 where z is positive, 1/100 elsewhere (at 0, too): equation :eq:`act-leaky-d`.

    >>> leaky_relu_derivative(np.array([-2.0, 0.0, 3.0]))
    array([0.01, 0.01, 1.  ])
    """
    xp, z = as_floating(z)
    leak = asarray_like(xp, LEAK, z, z.dtype)
    return leak + (1 - leak) * relu_derivative(z)


def softplus(z: ArrayLike) -> Any:
    """
    Compute ``log(1 + exp(z))``, equation :eq:`act-softplus-stable` of the book, without overflow.

    It is ``max(z, 0) + log(1 + exp(-|z|))``.

    >>> softplus(np.array([-1000.0, 0.0, 1000.0]))
    array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """
    xp, z = as_floating(z)
    high = positive_part(z)
    return high + xp.log1p(xp.exp(z - high - high))


def softplus_derivative(z: ArrayLike) -> Any:
    """Compute the sigmoid: equation :eq:`act-softplus-d` of the book."""
    return sigmoid(z)


def softplus_derivative_from_a(a: ArrayLike) -> Any:
    """
    Compute the same from ``a = softplus(z)``, ``1 - exp(-a)``: equation :eq:`act-softplus-d`.

    >>> softplus_derivative_from_a(np.log(np.array([2.0])))
    array([0.5])
    """
    xp, a = as_floating(a)
    return -xp.expm1(-a)


def gelu(z: ArrayLike) -> Any:
    """
    Compute the Gaussian error linear unit in its tanh form, equation :eq:`act-gelu` of the book.

    ``z * (1 + tanh(u)) / 2`` with ``u = sqrt(2 / pi) * (z + 0.044715 * z**3)`` is within 5e-4 of
    z times the normal distribution function. ``(1 + tanh(u)) / 2`` is ``sigmoid(2 * u)``.
    D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415.

    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1588,  0.    ,  0.8412])
    """
    _, z = as_floating(z)
    return z * sigmoid(_gelu_gate(z)[1])


def gelu_derivative(z: ArrayLike) -> Any:
    """
    Compute the derivative of `gelu`, equation :eq:`act-gelu-d` of the book.

    It is ``s + z * s * (1 - s) * v'`` with the gate ``s = sigmoid(v)``, ``v = 2 * u`` of `gelu`.

    >>> gelu_derivative(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.083,  0.5  ,  1.083])
    """
    near, v, v_derivative = _gelu_gate(z)
    return sigmoid(v) + near * sigmoid_derivative(v) * v_derivative


def _gelu_gate(z: Any) -> tuple[Any, Any, Any]:
    """Compute z within ±10, ``v = sqrt(8 / pi) * (z + 0.044715 * z**3)`` and its derivative."""
    xp, z = as_floating(z)
    scale = asarray_like(xp, math.sqrt(8 / math.pi), z, z.dtype)
    cubic = asarray_like(xp, 0.044715, z, z.dtype)
    # Beyond 10 the gate is 0 or 1 in every dtype, and a float16 cube would overflow beyond 40.
    ten = asarray_like(xp, 10, z, z.dtype)
    z = xp.where(real(xp, z) > 10, ten, xp.where(real(xp, z) < -10, -ten, z))
    return z, scale * (z + cubic * z**3), scale * (1 + 3 * cubic * z**2)


def identity(z: ArrayLike) -> Any:
    """
    Return z, as a layer without an activation function: equation :eq:`act-identity` of the book.

    >>> identity(np.array([-2.0, 3.0]))
    array([-2.,  3.])
    """
    return as_floating(z)[1]


def identity_derivative(z: ArrayLike) -> Any:
    """Compute 1, the derivative of z: equation :eq:`act-identity-d` of the book."""
    xp, z = as_floating(z)
    return xp.ones_like(z)


def softmax(z: ArrayLike) -> Any:
    """
    Compute ``exp(z) / sum(exp(z))`` down each column: equation :eq:`softmax-loss` of the book.

    >>> softmax(np.array([[0.0, 1000.0], [0.0, 0.0]]))
    array([[0.5, 1. ],
           [0.5, 0. ]])
    """
    xp, z = as_floating(z)
    e = xp.exp(z - xp.max(real(xp, z), axis=0, keepdims=True))
    return e / sum_outputs(e)


def softmax_jacobian(z: ArrayLike) -> Any:
    """
    Compute the derivative of one column, ``diag(a) - a a^T``: equation :eq:`softmax-jacobian`.

    Entry (j, k) is the derivative of ``a[j]`` with respect to ``z[k]``; z has shape (n, 1).

    >>> softmax_jacobian(np.array([[0.0], [0.0]]))
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    xp, z = as_floating(z)
    if z.ndim != 2 or z.shape[1] != 1:
        raise ValueError(f"z has shape {tuple(z.shape)}; expected (n, 1): one example")
    a = softmax(z)
    return asarray_like(xp, np.eye(z.shape[0]), z, z.dtype) * a - a @ a.T


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
    Return the activation of a name in `ACTIVATIONS`; an `Activation` of your own passes through.

    >>> get_activation("tanh")(np.array([0.0]))
    array([0.])
    """
    return lookup("activation", activation, Activation, ACTIVATIONS)
