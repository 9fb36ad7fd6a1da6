"""The activations, their derivatives, and their lookup by name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneoverm import Activation, complex_step, get_activation
from oneoverm.activations import ACTIVATIONS, relu, sigmoid, sigmoid_derivative, tanh

ELEMENTWISE = [name for name in ACTIVATIONS if name != "softmax"]


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(z=st.floats(-1000, 1000))
def test_each_derivative_is_that_of_the_function_beside_it(name, z):
    g = ACTIVATIONS[name]
    assert abs(g.derivative(np.array(z)) - complex_step(g.function, z)) <= 4e-16


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
