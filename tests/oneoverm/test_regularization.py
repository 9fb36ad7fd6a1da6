"""L2: its gradient, its place in the cost, and that the batch size does not change it."""

import re

import numpy as np
import pytest

from oneoverm import Layer, batch, complex_step, initial_layers, regularization, relative_error

LAYERS = initial_layers([3, 4, 1], rng=0)
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(3, 5)), RNG.uniform(size=(1, 5))
TRACE = batch.forward(X, LAYERS)


def test_the_gradient_is_the_penalty_s_by_the_complex_step():
    W = LAYERS[0].W

    def penalty(W):
        return regularization.l2_penalty([Layer(W, LAYERS[0].b, "tanh")], 0.7, 5)

    got = regularization.l2_gradient(W, 0.7, 5)
    assert relative_error(got, complex_step(penalty, W)) < 1e-15


def test_the_penalty_has_one_half_and_the_gradient_none():
    W = np.array([[3.0, 4.0]])
    layers = [Layer(W, np.array([[100.0]]), "tanh")] * 2
    assert regularization.l2_penalty(layers, 0.5, 4) == 0.5 / (2 * 4) * 50
    np.testing.assert_array_equal(regularization.l2_gradient(W, 0.5, 4), 0.5 / 4 * W)


def test_it_is_added_to_the_cost_and_to_dW_alone():  # noqa: N802 - the notation page's name
    J, plain = batch.cost_and_gradients(X, Y, LAYERS)
    J_penalized, penalized = batch.cost_and_gradients(X, Y, LAYERS, l2=0.7)
    assert J_penalized - J == pytest.approx(regularization.l2_penalty(LAYERS, 0.7, 5), rel=1e-14)
    for one, other, layer in zip(plain, penalized, LAYERS, strict=True):
        np.testing.assert_allclose(other.dW - one.dW, 0.7 / 5 * layer.W, rtol=1e-13, atol=1e-15)
        np.testing.assert_array_equal(other.db, one.db)
        np.testing.assert_array_equal(other.dZ, one.dZ)


def test_never_has_the_penalty_s_gradient_times_m():
    late, never = (batch.backward(TRACE, Y, LAYERS, divide, l2=0.7) for divide in ("late", "never"))
    for one, other in zip(late, never, strict=True):
        assert relative_error(other.dW, 5 * one.dW) < 1e-15


def test_none_is_zero():
    assert regularization.l2_penalty(LAYERS, 0, 5) == 0
    assert not regularization.l2_gradient(LAYERS[0].W, 0.0, 5).any()


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: regularization.l2_penalty(LAYERS, -1, 5),
            ValueError,
            "l2 is -1; expected a number of at least 0",
        ),
        (
            lambda: regularization.l2_gradient(LAYERS[0].W, np.inf, 5),
            ValueError,
            "l2 is inf; expected a number of at least 0",
        ),
        (
            lambda: regularization.l2_penalty(LAYERS, 1, 0),
            ValueError,
            "m is 0; expected a positive number",
        ),
        (
            lambda: regularization.l2_gradient(np.array([[1.0, np.nan]]), 1, 5),
            ValueError,
            "W has the entry nan at (0, 1); expected finite entries",
        ),
        (
            lambda: regularization.l2_gradient(np.array([[1, 2]]), 1, 5),
            TypeError,
            "W has dtype int64; expected a floating-point dtype, as W.astype(float) has",
        ),
    ],
)
def test_what_is_no_regularization_is_refused(call, exception, message):
    with pytest.raises(exception, match=f"^{re.escape(message)}$"):
        call()
