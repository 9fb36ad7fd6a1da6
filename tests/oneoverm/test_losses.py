"""The binary cross-entropy in its two forms."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneoverm import binary_cross_entropy, binary_cross_entropy_from_logits, complex_step
from oneoverm.activations import sigmoid

SATURATED = "(for a saturated sigmoid, use binary_cross_entropy_from_logits)"
LABELS = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))


@given(z=st.floats(-15, 15), y=LABELS)
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
