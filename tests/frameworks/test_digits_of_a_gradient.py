"""Fifty digits by mpmath: how many of float64's sixteen the gradients have."""

import mpmath
import numpy as np
import pytest

from oneoverm import Layer, batch, complex_step, initial_layers, relative_error

M = 4


@pytest.fixture
def digits():
    """Compute with 50 digits, and 10 more for the differences."""
    with mpmath.workdps(60):
        yield


def cost_at_fifty_digits(X, Y, W1, b1, W2, b2):
    """Compute the mean binary cross-entropy of a two-layer network from its definition."""
    total = mpmath.mpf(0)
    for i in range(M):
        a1 = [
            mpmath.tanh(sum(W1[j, k] * X[k, i] for k in range(W1.cols)) + b1[j, 0])
            for j in range(W1.rows)
        ]
        z = sum(W2[0, j] * a1[j] for j in range(W2.cols)) + b2[0, 0]
        a = 1 / (1 + mpmath.exp(-z))
        total -= Y[0, i] * mpmath.log(a) + (1 - Y[0, i]) * mpmath.log(1 - a)
    return total / M


@pytest.mark.usefixtures("digits")
def test_every_gradient_of_a_two_layer_network_is_right_to_1e_14():
    rng = np.random.default_rng(0)
    layers = [
        Layer(one.W, rng.normal(size=one.b.shape), one.activation)
        for one in initial_layers([3, 4, 1], rng=rng)
    ]
    X, Y = rng.normal(size=(3, M)), rng.uniform(size=(1, M))
    values = [part for one in layers for part in (one.W, one.b)]
    exact = [mpmath.matrix(part.tolist()) for part in (X, Y, *values)]

    J, gradients = batch.cost_and_gradients(X, Y, layers)
    assert abs(J - cost_at_fifty_digits(*exact)) <= 1e-15 * abs(J)
    got = [part for one in gradients for part in (one.dW, one.db)]
    for which, gradient in enumerate(got):
        for j, k in np.ndindex(gradient.shape):

            def shifted(t, which=which, j=j, k=k):
                changed = [matrix.copy() for matrix in exact]
                changed[2 + which][j, k] += t
                return cost_at_fifty_digits(*changed)

            h = mpmath.mpf(10) ** -20
            # Its error is h squared, 1e-40: beyond what float64 can see.
            derivative = (shifted(h) - shifted(-h)) / (2 * h)
            assert abs(gradient[j, k] - derivative) <= 1e-14 * np.abs(gradient).max()


@pytest.mark.usefixtures("digits")
def test_the_complex_step_finds_the_same_digits():
    x = np.array([0.3, -1.7, 2.9])
    gradient = complex_step(lambda x: (np.exp(x) / (1 + x**2)).sum(), x)
    exact = [mpmath.diff(lambda t: mpmath.exp(t) / (1 + t**2), mpmath.mpf(one)) for one in x]
    assert relative_error(gradient, np.array([float(one) for one in exact])) < 1e-15
