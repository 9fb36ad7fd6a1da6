"""One example: gradients against the complex step, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneoverm import Activation, Layer, complex_step, initial_layers, one_example, relative_error
from oneoverm.losses import binary_cross_entropy


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "identity"])
@pytest.mark.parametrize("sizes", [[3, 1], [4, 3, 1], [2, 5, 3], [3, 4, 2, 1], [2, 3, 4, 5, 1]])
def test_gradients_agree_with_the_complex_step(by_complex_step, activation, sizes):
    rng = np.random.default_rng(1)
    layers = initial_layers(sizes, activation, rng=rng)
    x, y = rng.normal(size=(sizes[0], 1)), rng.uniform(size=(sizes[-1], 1))
    gradients = one_example.backward(one_example.forward(x, layers), y, layers)
    expected = by_complex_step(one_example, x, y, layers)
    assert len(gradients) == len(layers)
    for got, want in zip(gradients, expected, strict=True):
        for name, found, oracle in zip(got._fields, got, want, strict=True):
            assert relative_error(found, oracle) < 1e-13, name


def test_gradients_of_any_network_agree_with_the_complex_step(problem, by_complex_step):
    @settings(deadline=None)
    @given(drawn=problem(m=1))
    def check(drawn):
        x, y, layers = drawn
        gradients = one_example.backward(one_example.forward(x, layers), y, layers)
        expected = by_complex_step(one_example, x, y, layers)
        for got, want in zip(gradients, expected, strict=True):
            for found, oracle in zip(got, want, strict=True):
                # Weights of size 1 cancel: compare with the scale of the terms, not of their sum.
                assert relative_error(found, oracle, floor=1) < 1e-13

    check()


def test_the_six_formulas_of_the_two_layer_network_hold():
    rng = np.random.default_rng(2)
    layers = initial_layers([3, 4, 1], "tanh", rng=rng)
    x, y = rng.normal(size=(3, 1)), np.array([[1]])
    z, a = one_example.forward(x, layers)
    one, two = one_example.backward((trace := one_example.Trace(z, a)), y, layers)
    assert trace.a[0] is x
    np.testing.assert_array_equal(two.dz, a[2] - y)
    np.testing.assert_array_equal(two.dW, two.dz @ a[1].T)
    np.testing.assert_array_equal(two.db, two.dz)
    np.testing.assert_allclose(one.dz, (layers[1].W.T @ two.dz) * (1 - a[1] ** 2), rtol=1e-15)
    np.testing.assert_array_equal(one.dW, one.dz @ x.T)
    np.testing.assert_array_equal(one.db, one.dz)


@given(seed=st.integers(0, 2**32 - 1), n_in=st.integers(1, 5), n_out=st.integers(1, 5))
def test_affine_backward_is_the_derivative_of_affine_forward(seed, n_in, n_out):
    rng = np.random.default_rng(seed)
    W, b = rng.normal(size=(n_out, n_in)), rng.normal(size=(n_out, 1))
    a_prev, dz = rng.normal(size=(n_in, 1)), rng.normal(size=(n_out, 1))

    def loss(a_prev, W, b):
        return (dz * one_example.affine_forward(a_prev, W, b)).sum()

    da_prev, dW, db = one_example.affine_backward(dz, a_prev, W)
    assert relative_error(da_prev, complex_step(lambda a: loss(a, W, b), a_prev)) < 1e-13
    assert relative_error(dW, complex_step(lambda W: loss(a_prev, W, b), W)) < 1e-13
    assert relative_error(db, complex_step(lambda b: loss(a_prev, W, b), b)) < 1e-13


def test_the_cost_is_the_loss_summed_over_the_outputs():
    layers = initial_layers([3, 2], rng=0)
    y = np.array([[1], [0]])
    trace = one_example.forward(np.array([[1.0], [2.0], [3.0]]), layers)
    losses = binary_cross_entropy(trace.a[-1], y)
    assert one_example.cost(trace, y, layers) == pytest.approx(losses.sum(), rel=1e-14, abs=0)


def test_the_cost_of_a_saturated_network_is_finite():
    layers = [Layer(np.array([[1000.0]]), np.array([[0.0]]), "sigmoid")]
    trace = one_example.forward(np.array([[1.0]]), layers)
    assert one_example.cost(trace, np.array([[0]]), layers) == 1000


def test_an_activation_of_your_own_can_be_a_hidden_one(by_complex_step):
    square = Activation("square", lambda z: z**2, lambda z: 2 * z)
    layers = initial_layers([2, 3, 1], square, rng=0)
    x, y = np.array([[1.0], [2.0]]), np.array([[1]])
    gradients = one_example.backward(one_example.forward(x, layers), y, layers)
    expected = by_complex_step(one_example, x, y, layers)
    assert relative_error(gradients[0].dW, expected[0][1]) < 1e-13


LAYERS = initial_layers([2, 3, 1], rng=0)
TRACE = one_example.forward(np.ones((2, 1)), LAYERS)


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: one_example.affine_forward(np.ones(2), np.ones((3, 2)), np.ones((3, 1))),
            ValueError,
            "a_prev has shape (2,); expected (n_in, 1) = (2, 1), n_in as in W",
        ),
        (
            lambda: one_example.affine_backward(np.ones((4, 1)), np.ones((2, 1)), np.ones((3, 2))),
            ValueError,
            "dz has shape (4, 1); expected (n_out, 1) = (3, 1), n_out as in W",
        ),
        (
            lambda: one_example.affine_backward(np.ones((3, 1)), np.ones((2, 5)), np.ones((3, 2))),
            ValueError,
            "a_prev has shape (2, 5); expected (n_in, 1) = (2, 1), n_in as in W",
        ),
        (
            lambda: one_example.parameter_gradients(np.ones((3, 2)), np.ones((2, 1))),
            ValueError,
            "dz has shape (3, 2); expected (n_out, 1)",
        ),
        (
            lambda: one_example.forward(np.ones((2, 5)), LAYERS),
            ValueError,
            "x has shape (2, 5); expected (n_in, 1)",
        ),
        (
            lambda: one_example.forward(np.array([[1], [0]]), LAYERS),
            TypeError,
            "x has dtype int64; expected a floating-point dtype, as x.astype(float) has",
        ),
        (
            lambda: one_example.forward(np.array([[1.0], [np.inf]]), LAYERS),
            ValueError,
            "x has the entry inf at (1, 0); expected finite entries",
        ),
        (
            lambda: one_example.backward(TRACE, np.array([1]), LAYERS),
            ValueError,
            "y has shape (1,); expected (1, 1), as a",
        ),
        (
            lambda: one_example.backward(TRACE, np.array([[2]]), LAYERS),
            ValueError,
            "y has the entry 2.0 at (0, 0); expected labels in [0, 1]",
        ),
        (
            lambda: one_example.cost(TRACE, np.array([[-1]]), LAYERS),
            ValueError,
            "y has the entry -1.0 at (0, 0); expected labels in [0, 1]",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, exception, message):
    with pytest.raises(exception) as error:
        call()
    assert str(error.value) == message


@pytest.mark.parametrize("function", [one_example.cost, one_example.backward])
def test_a_last_layer_that_is_no_sigmoid_is_refused(function):
    layers = [LAYERS[0], Layer(np.ones((1, 3)), np.zeros((1, 1)), "tanh")]
    message = "the last layer's activation is 'tanh'; expected 'sigmoid', "
    message += "which the loss 'binary_cross_entropy' goes with"
    with pytest.raises(ValueError, match=f"^{message}$"):
        function(TRACE, np.array([[1]]), layers)
