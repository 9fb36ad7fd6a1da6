"""The losses, their derivatives, and their lookup by name."""

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oneoverm import binary_cross_entropy, binary_cross_entropy_from_logits, complex_step
from oneoverm.activations import ACTIVATIONS, sigmoid, softmax
from oneoverm.losses import (
    LOSSES,
    Loss,
    get_loss,
    half_squared_error,
    softmax_cross_entropy_from_logits,
    squared_error,
)

SATURATED = "(for a saturated sigmoid, use binary_cross_entropy_from_logits)"
LABELS = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))


@given(z=st.floats(-15, 15), y=LABELS)
@example(z=-14.0, y=3.7209859955492236e-15)
def test_both_forms_agree_where_the_sigmoid_is_not_saturated(z, y):
    # 1 - a has an absolute error of 1e-16 and is 3e-7 or more.
    assert binary_cross_entropy(sigmoid(z), y) == pytest.approx(
        binary_cross_entropy_from_logits(z, y), rel=1e-9, abs=1e-15
    )


@given(z=st.floats(-1000, 1000), y=LABELS)
def test_the_derivative_by_the_logit_is_a_minus_y(z, y):
    gradient = complex_step(lambda z: binary_cross_entropy_from_logits(z, y), z)
    assert abs(gradient - (sigmoid(z) - y)) <= 4e-16


@given(a=st.floats(1e-3, 1 - 1e-3), y=LABELS)
def test_the_derivative_by_the_output_is_the_textbook_s(a, y):
    gradient = complex_step(lambda a: binary_cross_entropy(a, y), a)
    assert gradient == pytest.approx(-y / a + (1 - y) / (1 - a), rel=1e-13, abs=1e-13)


def test_a_label_of_one_costs_minus_log_a():
    a = np.array([[0.25, 0.25]])
    np.testing.assert_allclose(
        binary_cross_entropy(a, [[1, 0]]), [[np.log(4), np.log(4 / 3)]], rtol=1e-15
    )


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_loss_from_logits_is_exact_far_from_zero(sign):
    z = sign * np.array([1000.0, 1e4, 1e300])
    right, wrong = (np.ones(3), np.zeros(3)) if sign > 0 else (np.zeros(3), np.ones(3))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_array_equal(binary_cross_entropy_from_logits(z, right), 0)
        np.testing.assert_array_equal(binary_cross_entropy_from_logits(z, wrong), abs(z))


@pytest.mark.parametrize(("z", "y"), [(-1000.0, 1e-20), (-40.0, 1e-25), (1000.0, 1 - 2**-50)])
def test_the_loss_from_logits_keeps_the_digits_of_a_label_that_is_nearly_certain(z, y):
    wanted = abs(z) * (y if z < 0 else 1 - y) + np.exp(-abs(z))
    assert binary_cross_entropy_from_logits(z, y) == pytest.approx(wanted, rel=1e-14, abs=0)


def test_the_loss_from_logits_keeps_the_digits_of_a_tiny_loss():
    assert binary_cross_entropy_from_logits(40.0, 1) == pytest.approx(
        np.exp(-40.0), rel=1e-14, abs=0
    )


@pytest.mark.parametrize("loss", [binary_cross_entropy, binary_cross_entropy_from_logits])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("label_dtype", [np.int64, np.bool_, None])
def test_losses_are_elementwise_in_the_prediction_s_dtype(loss, dtype, label_dtype):
    losses = loss(np.full((2, 3), 0.5, dtype), np.ones((2, 3), label_dtype or dtype))
    assert losses.shape == (2, 3)
    assert losses.dtype == dtype


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: binary_cross_entropy(np.full((1, 3), 0.5), np.zeros(3)),
            "y has shape (3,); expected (1, 3), as a",
        ),
        (
            lambda: binary_cross_entropy_from_logits(np.zeros((1, 3)), np.zeros((3, 1))),
            "y has shape (3, 1); expected (1, 3), as z",
        ),
        (
            lambda: binary_cross_entropy(np.array([0.5, 0.5]), np.array([1, -1])),
            "y has the entry -1.0 at (1,); expected labels in [0, 1]",
        ),
        (
            lambda: binary_cross_entropy_from_logits(np.zeros((1, 2)), np.array([[1.5, 2]])),
            "y has the entry 1.5 at (0, 0); expected labels in [0, 1]",
        ),
        (
            lambda: binary_cross_entropy_from_logits(np.zeros(2), np.array([0, np.nan])),
            "y has the entry nan at (1,); expected finite entries",
        ),
        (
            lambda: binary_cross_entropy_from_logits(np.array([0, np.inf]), np.zeros(2)),
            "z has the entry inf at (1,); expected finite entries",
        ),
        (
            lambda: binary_cross_entropy(np.array([0.5, 1.0]), np.zeros(2)),
            "a has the entry 1.0; expected 0 < a < 1 " + SATURATED,
        ),
        (
            lambda: binary_cross_entropy(np.array([0.0]), np.zeros(1)),
            "a has the entry 0.0; expected 0 < a < 1 " + SATURATED,
        ),
        (
            lambda: binary_cross_entropy(np.array([np.nan]), np.zeros(1)),
            "a has the entry nan; expected 0 < a < 1 " + SATURATED,
        ),
    ],
)
def test_what_is_no_prediction_or_label_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


@given(
    z=hnp.arrays(float, (4, 3), elements=st.floats(-30, 30)),
    y=hnp.arrays(float, (4, 3), elements=st.floats(0.01, 1)),
)
def test_the_softmax_loss_s_derivative_by_the_logits_is_a_minus_y(z, y):
    y /= y.sum(axis=0)
    gradient = complex_step(lambda z: softmax_cross_entropy_from_logits(z, y).sum(), z)
    np.testing.assert_allclose(gradient, softmax(z) - y, rtol=0, atol=1e-15)


def test_the_softmax_loss_is_minus_the_logarithm_of_the_class_s_probability():
    z = np.log(np.array([[1.0, 1], [2, 1], [5, 2]]))
    expected = [[np.log(8 / 5), np.log(4)]]
    for y in ([2, 0], [[2, 0]], np.array([2, 0], np.uint8), [[0, 1], [0, 0], [1, 0]]):
        np.testing.assert_allclose(softmax_cross_entropy_from_logits(z, y), expected, rtol=1e-15)


def test_the_softmax_loss_is_exact_far_from_zero():
    z = np.array([[1000.0, -1e300], [0.0, 0.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_array_equal(softmax_cross_entropy_from_logits(z, [0, 1]), [[0, 0]])
        np.testing.assert_array_equal(softmax_cross_entropy_from_logits(z, [1, 0]), [[1000, 1e300]])


@given(a=st.floats(-100, 100), y=st.floats(-100, 100))
def test_squared_errors_differ_by_the_half_and_so_do_their_derivatives(a, y):
    assert squared_error(a, y) == 2 * half_squared_error(a, y) == (a - y) ** 2
    for function, slope in ((squared_error, 2), (half_squared_error, 1)):
        gradient = complex_step(lambda a, function=function: function(a, y), a)
        assert gradient == pytest.approx(slope * (a - y), rel=1e-15, abs=1e-15)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("output", ACTIVATIONS)
def test_the_output_gradient_is_the_loss_s_derivative_by_z(name, output):
    loss = LOSSES[name]
    g = ACTIVATIONS[loss.activation or output]
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(3, 2)), rng.uniform(size=(3, 2))
    y /= y.sum(axis=0)
    a = g.function(z)
    gradient = complex_step(lambda z: loss.of_examples(z, g.function(z), y).sum(), z)
    np.testing.assert_allclose(loss.output_gradient(g, z, a, y), gradient, rtol=0, atol=1e-15)
    assert loss.of_examples(z, a, y).shape == (1, 2)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_labels_of_another_precision_leave_the_prediction_s_dtype(kind):
    z, y = np.zeros((2, 3), np.float32), np.full((2, 3), 0.5, kind)
    for function in (
        binary_cross_entropy_from_logits,
        softmax_cross_entropy_from_logits,
        squared_error,
        half_squared_error,
    ):
        assert function(z, y).dtype == np.float32


def test_a_loss_of_your_own_passes_through_and_unknown_ones_are_told():
    own = Loss("own", LOSSES["squared_error"].labels, squared_error, lambda a, y: 2 * (a - y))
    assert get_loss(own) is own
    with pytest.raises(ValueError, match=r"^unknown loss 'mse'; expected one of 'binary_cross"):
        get_loss("mse")
    with pytest.raises(TypeError, match=r"^the loss is of type function; expected a name or Loss$"):
        get_loss(squared_error)


Z = np.zeros((3, 2))


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: softmax_cross_entropy_from_logits(Z, [0, 3]),
            ValueError,
            "example 1 has class 3; expected 0 to 2",
        ),
        (
            lambda: softmax_cross_entropy_from_logits(Z, [[-1, 0]]),
            ValueError,
            "example 0 has class -1; expected 0 to 2",
        ),
        (
            lambda: softmax_cross_entropy_from_logits(Z, [0.0, 1.0]),
            TypeError,
            "the classes have dtype float64; expected integers",
        ),
        (
            lambda: softmax_cross_entropy_from_logits(Z, [True, False]),
            TypeError,
            "the classes have dtype bool; expected integers",
        ),
        (
            lambda: softmax_cross_entropy_from_logits(Z, [0, 1, 2]),
            ValueError,
            "y has shape (3,); expected (3, 2), as z, or (2,) for classes",
        ),
        (
            lambda: softmax_cross_entropy_from_logits(Z, [[1, 1], [0, 1], [0, 0]]),
            ValueError,
            "column 1 of y sums to 2; expected 1: the probabilities of one example's classes",
        ),
        (
            lambda: softmax_cross_entropy_from_logits(Z, [[1.5, 1], [-0.5, 0], [0, 0]]),
            ValueError,
            "y has the entry 1.5 at (0, 0); expected probabilities in [0, 1]",
        ),
        (
            lambda: softmax_cross_entropy_from_logits(Z * np.nan, [0, 1]),
            ValueError,
            "z has the entry nan at (0, 0); expected finite entries",
        ),
        (
            lambda: squared_error(Z, Z.T),
            ValueError,
            "y has shape (2, 3); expected (3, 2), as a",
        ),
        (
            lambda: squared_error(Z, Z + np.inf),
            ValueError,
            "y has the entry inf at (0, 0); expected finite entries",
        ),
        (
            lambda: half_squared_error(Z - np.inf, Z),
            ValueError,
            "a has the entry -inf at (0, 0); expected finite entries",
        ),
    ],
)
def test_what_the_other_losses_cannot_compare_is_refused(call, exception, message):
    with pytest.raises(exception, match=f"^{re.escape(message)}$"):
        call()
