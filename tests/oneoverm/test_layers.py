"""The layers, their initial values and the checks that they fit together."""

import numpy as np
import pytest

from oneoverm import Layer, batch, initial_layers, one_example
from oneoverm.activations import ACTIVATIONS


def test_initial_layers_have_the_sizes_asked_for_and_end_in_a_sigmoid():
    layers = initial_layers([2, 5, 3, 1], "relu", rng=0)
    assert [layer.W.shape for layer in layers] == [(5, 2), (3, 5), (1, 3)]
    assert [layer.b.shape for layer in layers] == [(5, 1), (3, 1), (1, 1)]
    assert [layer.g for layer in layers] == [
        ACTIVATIONS[name] for name in ("relu", "relu", "sigmoid")
    ]


def test_initial_biases_are_zero_and_weights_keep_z_in_scale():
    [layer] = initial_layers([10_000, 20], rng=0)
    assert not layer.b.any()
    assert 10_000 * layer.W.var() == pytest.approx(1, rel=0.02)
    assert 100 * layer.W.mean() == pytest.approx(0, abs=0.02)


def test_a_seed_and_its_generator_give_the_same_layers():
    from_seed = initial_layers([3, 2, 1], rng=7)
    generator = np.random.default_rng(7)
    from_generator = initial_layers([3, 2, 1], rng=generator)
    again = initial_layers([3, 2, 1], rng=generator)
    for one, other, third in zip(from_seed, from_generator, again, strict=True):
        np.testing.assert_array_equal(one.W, other.W)
        assert (one.W != third.W).any()


W, B = np.ones((4, 3)), np.zeros((4, 1))
X = np.ones((3, 5))
TWO = [Layer(W, B, "tanh"), Layer(np.ones((1, 4)), np.zeros((1, 1)), "sigmoid")]


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: Layer(W, np.zeros((3, 1)), "tanh"),
            ValueError,
            "b has shape (3, 1); expected (n_out, 1) = (4, 1), n_out as in W",
        ),
        (
            lambda: Layer(W, np.zeros(4), "tanh"),
            ValueError,
            "b has shape (4,); expected (n_out, 1) = (4, 1), n_out as in W",
        ),
        (
            lambda: Layer(np.ones(4), B, "tanh"),
            ValueError,
            "W has shape (4,); expected (n_out, n_in)",
        ),
        (
            lambda: Layer(W.astype(int), B, "tanh"),
            TypeError,
            "W has dtype int64; expected a floating-point dtype, as W.astype(float) has",
        ),
        (
            lambda: Layer(W, B.astype(bool), "tanh"),
            TypeError,
            "b has dtype bool; expected a floating-point dtype, as b.astype(float) has",
        ),
        (
            lambda: Layer([[1.0]], B, "tanh"),
            TypeError,
            "W is a list; expected an array (NumPy's, or another library's)",
        ),
        (
            lambda: Layer(np.array([[1.0, np.nan]]), np.zeros((1, 1)), "tanh"),
            ValueError,
            "W has the entry nan at (0, 1); expected finite entries",
        ),
        (
            lambda: Layer(np.ones((2, 0)), np.zeros((2, 1)), "tanh"),
            ValueError,
            "W has shape (2, 0); expected n_in to be at least 1",
        ),
        (
            lambda: Layer(W, B, "tan"),
            ValueError,
            "unknown activation 'tan'; expected one of 'gelu', 'identity', 'leaky_relu', 'relu', "
            "'sigmoid', 'softmax', 'softplus', 'tanh'",
        ),
        (
            lambda: initial_layers([3], rng=0),
            ValueError,
            "sizes is [3]; expected two or more positive integers",
        ),
        (
            lambda: initial_layers([3, 0, 1], rng=0),
            ValueError,
            "sizes is [3, 0, 1]; expected two or more positive integers",
        ),
        (
            lambda: initial_layers([3, 1.0], rng=0),
            ValueError,
            "sizes is [3, 1.0]; expected two or more positive integers",
        ),
        (
            lambda: batch.forward(X, []),
            ValueError,
            "layers is empty; expected at least one Layer",
        ),
        (
            lambda: batch.forward(np.ones((2, 5)), TWO),
            ValueError,
            "layers[0].W has shape (4, 3); expected (n_out, n_in) = (4, 2), n_in as in X",
        ),
        (
            lambda: batch.forward(np.ones((5, 3)), TWO),
            ValueError,
            "layers[0].W has shape (4, 3); expected (n_out, n_in) = (4, 5), n_in as in X, "
            "or as in X.T: columns are the examples",
        ),
        (
            lambda: one_example.forward(np.ones((2, 1)), TWO),
            ValueError,
            "layers[0].W has shape (4, 3); expected (n_out, n_in) = (4, 2), n_in as in x",
        ),
        (
            lambda: batch.forward(X, [TWO[0], TWO[0]]),
            ValueError,
            "layers[1].W has shape (4, 3); expected (n_out, n_in) = (4, 4), n_in as in layers[0]",
        ),
        (
            lambda: batch.backward(batch.forward(X, TWO), np.ones((1, 5)), TWO[1:]),
            ValueError,
            "the trace has 2 layers; layers has 1",
        ),
        (
            lambda: batch.backward(batch.Trace([], [X]), np.ones((1, 5)), []),
            ValueError,
            "the trace has 0 layers; layers has 0",
        ),
        (
            lambda: batch.backward(
                batch.forward(X, TWO), np.ones((1, 5)), initial_layers([3, 2, 1], rng=0)
            ),
            ValueError,
            "the trace's A[1] has shape (4, 5); expected 2 rows, as layers have",
        ),
        (
            lambda: one_example.cost(
                one_example.forward(X[:, :1], TWO),
                np.ones((1, 1)),
                initial_layers([2, 4, 1], rng=0),
            ),
            ValueError,
            "the trace's a[0] has shape (3, 1); expected 2 rows, as layers have",
        ),
    ],
)
def test_what_is_no_network_is_refused(call, exception, message):
    with pytest.raises(exception) as error:
        call()
    assert str(error.value) == message
