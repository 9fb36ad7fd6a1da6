"""Batch normalization: against the complex step, and what it does to the columns."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneoverm import central_differences, complex_step, relative_error
from oneoverm.batch_norm import batch_norm_backward, batch_norm_forward

ONE = np.ones((2, 1))
Z = np.random.default_rng(0).normal(size=(2, 5))


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 4),
    m=st.integers(2, 6),
    divisor=st.sampled_from([None, 1, 7.5]),
)
def test_gradients_agree_with_the_complex_step(seed, n, m, divisor):
    rng = np.random.default_rng(seed)
    Z, d_out = rng.normal(size=(2, n, m))
    gamma, beta = rng.normal(size=(2, n, 1))

    def total(Z, gamma, beta):
        # By hand: the package's own forward pass takes no complex step through a real epsilon.
        centred = Z - Z.mean(axis=1, keepdims=True)
        variance = (centred**2).mean(axis=1, keepdims=True)
        return (d_out * (gamma * centred / np.sqrt(variance + 0.1) + beta)).sum()

    normalized = batch_norm_forward(Z, gamma, beta, epsilon=0.1)
    dZ, dgamma, dbeta = batch_norm_backward(d_out, gamma, normalized, divisor)
    by = m if divisor is None else divisor
    assert relative_error(dZ, complex_step(lambda Z: total(Z, gamma, beta), Z), 1) < 1e-13
    oracle = complex_step(lambda gamma: total(Z, gamma, beta), gamma) / by
    assert relative_error(dgamma, oracle, 1) < 1e-13
    oracle = complex_step(lambda beta: total(Z, gamma, beta), beta) / by
    assert relative_error(dbeta, oracle, 1) < 1e-13


def test_each_row_has_mean_beta_and_deviation_gamma():
    gamma, beta = np.array([[2.0], [0.5]]), np.array([[-1.0], [3.0]])
    out, Z_hat, deviation = batch_norm_forward(100 * Z + 7, gamma, beta, 1e-12)
    np.testing.assert_allclose(out.mean(axis=1, keepdims=True), beta, rtol=1e-14)
    np.testing.assert_allclose(out.std(axis=1, keepdims=True), gamma, rtol=1e-14)
    np.testing.assert_allclose(Z_hat.std(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(deviation, (100 * Z).std(axis=1, keepdims=True), rtol=1e-14)


def test_every_column_depends_on_every_other():
    normalized = batch_norm_forward(Z, ONE, ONE)
    d_out = np.zeros((2, 5))
    d_out[:, 0] = 1
    dZ, _, _ = batch_norm_backward(d_out, ONE, normalized)
    assert (dZ != 0).all()


def test_the_divisor_reaches_the_parameters_and_not_dZ():  # noqa: N802 - the notation's name
    normalized = batch_norm_forward(Z, ONE, ONE)
    mean, total = (batch_norm_backward(Z**2, ONE, normalized, m) for m in (None, 1))
    np.testing.assert_array_equal(mean[0], total[0])
    np.testing.assert_allclose(5 * mean[1], total[1], rtol=1e-15)
    np.testing.assert_allclose(5 * mean[2], total[2], rtol=1e-15)


def test_a_row_of_equal_entries_is_centred_and_nothing_more():
    out, Z_hat, _ = batch_norm_forward(np.full((2, 5), 7.0), ONE, 3 * ONE)
    assert not Z_hat.any()
    np.testing.assert_array_equal(out, np.full((2, 5), 3.0))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_dtype_is_kept_and_float16_s_squares_do_not_overflow(dtype):
    Z = 300 * np.random.default_rng(0).choice([-1, 1], size=(2, 4096)).astype(dtype)
    normalized = batch_norm_forward(Z, ONE.astype(dtype), ONE.astype(dtype))
    results = [*normalized, *batch_norm_backward(Z, ONE.astype(dtype), normalized)]
    assert {one.dtype for one in results} == {np.dtype(dtype)}
    np.testing.assert_allclose(normalized.deviation, 300, rtol=2e-3)


NORMALIZED = batch_norm_forward(Z, ONE, ONE)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: batch_norm_forward(Z, np.ones((3, 1)), ONE),
            "gamma has shape (3, 1); expected (n, 1) = (2, 1), n as in Z",
        ),
        (
            lambda: batch_norm_forward(Z, ONE, np.ones((1, 2))),
            "beta has shape (1, 2); expected (n, 1) = (2, 1), n as in Z",
        ),
        (
            lambda: batch_norm_forward(Z, ONE, ONE, epsilon=0),
            "epsilon is 0; expected a positive number",
        ),
        (
            lambda: batch_norm_forward(
                np.where(np.arange(10).reshape(2, 5) == 7, np.inf, Z), ONE, ONE
            ),
            "Z has the entry inf at (1, 2); expected finite entries",
        ),
        (
            lambda: batch_norm_forward(Z, ONE * np.nan, ONE),
            "gamma has the entry nan at (0, 0); expected finite entries",
        ),
        (
            lambda: batch_norm_forward(Z, ONE, -ONE * np.inf),
            "beta has the entry -inf at (0, 0); expected finite entries",
        ),
        (
            lambda: batch_norm_backward(Z * np.nan, ONE, NORMALIZED),
            "d_out has the entry nan at (0, 0); expected finite entries",
        ),
        (
            lambda: batch_norm_backward(np.ones((2, 4)), ONE, NORMALIZED),
            "d_out has shape (2, 4); expected (2, 5), as Z had",
        ),
        (
            lambda: batch_norm_backward(Z, ONE, NORMALIZED, m=0),
            "m is 0; expected a positive number",
        ),
    ],
)
# Infinity minus infinity, before the message: NumPy tells of it as well.
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize("changed", ["Z", "gamma", "beta"])
def test_a_complex_step_passes_through_each_argument(changed):
    rng = np.random.default_rng(5)
    arguments = {"Z": rng.normal(size=(2, 4)), "gamma": np.ones((2, 1)), "beta": np.ones((2, 1))}

    def total(value):
        return (batch_norm_forward(**{**arguments, changed: value}).out ** 3).sum()

    slope = complex_step(total, arguments[changed])
    assert relative_error(slope, central_differences(total, arguments[changed])) < 1e-6
