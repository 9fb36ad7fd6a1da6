"""The activations, their derivatives, and their lookup by name."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oneoverm import Activation, complex_step, get_activation
from oneoverm.activations import (
    ACTIVATIONS,
    gelu,
    relu,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_jacobian,
    tanh,
)

ELEMENTWISE = [name for name in ACTIVATIONS if name != "softmax"]


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(z=st.floats(-1000, 1000))
def test_each_derivative_is_that_of_the_function_beside_it(name, z):
    g = ACTIVATIONS[name]
    assert abs(g.derivative(np.array(z)) - complex_step(g.function, z)) <= 4e-16


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh"])
@given(z=st.floats(-1000, 1000))
def test_a_derivative_from_a_is_that_from_z_to_one_rounding(name, z):
    g = ACTIVATIONS[name]
    assert abs(g.derivative_from_a(g.function(np.array(z))) - g.derivative(np.array(z))) <= 4e-16


@given(z=hnp.arrays(float, (4, 1), elements=st.floats(-30, 30)))
def test_the_softmax_s_jacobian_is_that_of_the_function_and_multiplies_in_pull_back(z):
    jacobian = softmax_jacobian(z)
    for k in range(4):
        row = complex_step(lambda z, k=k: softmax(z)[k, 0], z)
        np.testing.assert_allclose(jacobian[k], row[:, 0], rtol=0, atol=1e-15)
    da = np.array([[1.0], [-2.0], [0.5], [3.0]])
    np.testing.assert_allclose(
        ACTIVATIONS["softmax"].pull_back(da, z, softmax(z)), jacobian.T @ da, rtol=0, atol=3e-15
    )


def test_the_softmax_is_a_distribution_in_each_column_wherever_z_is():
    z = np.array([[1000.0, -1000, 0], [999, -1000, 1e300]])
    a = softmax(z)
    np.testing.assert_allclose(a.sum(axis=0), 1, rtol=1e-15)
    np.testing.assert_allclose(a, softmax(z - z.max(axis=0)), rtol=1e-15)


def test_the_softmax_of_4096_equal_float16_logits_sums_to_one():
    a = softmax(np.zeros((4096, 1), np.float16))
    assert a.astype(float).sum() == 1


def test_the_jacobian_is_of_one_column():
    with pytest.raises(ValueError, match=r"^z has shape \(2, 3\); expected \(n, 1\): one example$"):
        softmax_jacobian(np.ones((2, 3)))


def test_gelu_is_near_z_times_the_normal_distribution_function():
    z = np.linspace(-5, 5, 101)
    normal = np.array([(1 + math.erf(x / math.sqrt(2))) / 2 for x in z])
    np.testing.assert_allclose(gelu(z), z * normal, rtol=0, atol=5e-4)
    np.testing.assert_allclose(gelu([-1e4, 1e4]), [0, 1e4], rtol=0, atol=1e-30)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.complex128])
def test_shape_and_dtype_are_kept(name, dtype):
    z = np.array([[-1000, -1, 0], [1, 20, 1000]], dtype=dtype)
    for function in (ACTIVATIONS[name].function, ACTIVATIONS[name].derivative):
        assert function(z).shape == z.shape
        assert function(z).dtype == dtype


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_integers_and_lists_are_computed_with_as_floats(name):
    g = ACTIVATIONS[name]
    for z in ([0, 1, 2], np.array([0, 1, 2], dtype=np.uint8)):
        np.testing.assert_array_equal(g.function(z), g.function(np.array([0.0, 1.0, 2.0])))
        np.testing.assert_array_equal(g.derivative(z), g.derivative(np.array([0.0, 1.0, 2.0])))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_far_from_zero_nothing_overflows(name):
    z = np.array([-1000.0, 1000.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(ACTIVATIONS[name].function(z + 1e-200j)).all()
        assert np.isfinite(ACTIVATIONS[name].derivative(z + 1e-200j)).all()


def test_sigmoid_has_its_known_values():
    np.testing.assert_array_equal(sigmoid([-1000.0, 0.0, 1000.0]), [0, 0.5, 1])
    np.testing.assert_allclose(sigmoid(np.log([1 / 3, 3.0, 7.0])), [0.25, 0.75, 0.875], rtol=1e-15)


def test_sigmoid_derivative_keeps_its_digits_where_the_sigmoid_is_one():
    assert sigmoid_derivative(40.0) == pytest.approx(np.exp(-40.0), rel=1e-15, abs=0)
    assert sigmoid_derivative(-40.0) == sigmoid_derivative(40.0)


def test_tanh_is_the_sigmoid_rescaled():
    z = np.linspace(-5, 5, 21)
    np.testing.assert_allclose(tanh(z), 2 * sigmoid(2 * z) - 1, atol=4e-16)


def test_relu_has_derivative_zero_at_zero_in_the_formula_and_in_the_complex_step():
    assert ACTIVATIONS["relu"].derivative(np.array([-0.0, 0.0])).tolist() == [0, 0]
    assert complex_step(relu, 0.0) == 0


def test_relu_does_not_hide_nan():
    assert np.isnan(relu(np.nan))


def test_lookup_gives_the_activation_of_that_name():
    for name in ACTIVATIONS:
        assert get_activation(name) is ACTIVATIONS[name]
        assert get_activation(name).name == name


def test_lookup_lets_an_activation_of_your_own_through():
    square = Activation("square", lambda z: z**2, lambda z: 2 * z)
    assert get_activation(square) is square


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"^unknown activation 'swish'; expected one of 'gelu', "):
        get_activation("swish")


def test_what_is_no_activation_is_refused():
    with pytest.raises(TypeError) as error:
        get_activation(np.tanh)
    assert str(error.value) == "the activation is of type ufunc; expected a name or Activation"


def test_the_known_activations_cannot_be_changed():
    with pytest.raises(TypeError):
        ACTIVATIONS["tanh"] = ACTIVATIONS["relu"]
