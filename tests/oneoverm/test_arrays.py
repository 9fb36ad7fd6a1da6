"""The search for an array's library, and what is asked of an array everywhere."""

import sys

import numpy as np
import pytest

from oneoverm import Layer, batch, initial_layers, one_example
from oneoverm._arrays import as_floating, namespace, sum_outputs, widened
from oneoverm._labels import one_hot

X = np.ones((2, 5))
BAD = [np.nan, np.inf, -np.inf]


def spoilt(array, entry, at):
    array = array.copy()
    array[at] = entry
    return array


def test_numpy_s_arrays_need_no_other_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "array_api_compat", None)
    assert namespace(np.ones(2), np.float64(1)) is np


def test_other_arrays_without_array_api_compat_are_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "array_api_compat", None)
    with pytest.raises(ModuleNotFoundError) as error:
        namespace(object())
    assert str(error.value) == (
        "arrays of other libraries than NumPy need: pip install 'oneoverm[arrays]'"
    )


def test_float16_is_summed_in_float32_and_rounded_once():
    ones = np.ones((3000, 2), np.float16)
    total = sum_outputs(ones)
    assert total.dtype == np.float16
    assert total.tolist() == [[3000, 3000]]
    assert widened(ones).dtype == np.float32
    assert widened(X) is X


def test_db_of_float16_is_the_mean_of_any_number_of_columns():
    dZ, A = np.ones((1, 5000), np.float16), np.ones((1, 5000), np.float16)
    _, db = batch.parameter_gradients(dZ, A)
    assert db.tolist() == [[1]]


@pytest.mark.parametrize("array", [np.array([1, 2], np.uint8), [1, 2], (True, False), 3])
def test_what_is_not_floating_point_is_made_so(array):
    xp, made = as_floating(array)
    assert xp is np
    assert made.dtype == np.float64
    np.testing.assert_array_equal(made, array)


# Zero times infinity, before the message: NumPy tells of it as well.
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("entry", BAD)
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "softmax"])
@pytest.mark.parametrize("sign", [-1, 0, 1])
def test_an_input_that_is_not_finite_is_found_behind_any_activation(entry, activation, sign):
    layers = [Layer(sign * np.ones((3, 2)), np.zeros((3, 1)), activation)]
    with pytest.raises(ValueError, match=rf"^X has the entry {entry} at \(1, 2\); expected fin"):
        batch.forward(spoilt(X, entry, (1, 2)), layers)
    with pytest.raises(ValueError, match=rf"^x has the entry {entry} at \(1, 0\); expected fin"):
        one_example.forward(spoilt(X[:, :1], entry, (1, 0)), layers)


# Zero times infinity, before the message: NumPy tells of it as well.
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("entry", BAD)
@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("name", ["W", "b"])
def test_a_parameter_that_was_spoilt_in_place_is_found(entry, k, name):
    layers = initial_layers([2, 3, 4, 1], "relu", rng=0)
    getattr(layers[k], name)[0, 0] = entry
    message = rf"^layers\[{k}\].{name} has the entry {entry} at \(0, 0\); expected finite entries$"
    with pytest.raises(ValueError, match=message):
        batch.forward(X, layers)
    with pytest.raises(ValueError, match=message):
        one_example.forward(X[:, :1], layers)


W, DZ = np.zeros((3, 2)), np.zeros((3, 5))
B = np.zeros((3, 1))


# Zero times infinity, before the message: NumPy tells of it as well.
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("entry", BAD)
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("A_prev", lambda bad: batch.affine_forward(bad(X), W, B)),
        ("W", lambda bad: batch.affine_forward(X, bad(W), B)),
        ("b", lambda bad: batch.affine_forward(X, W, bad(B))),
        ("A_prev", lambda bad: batch.affine_backward(DZ, bad(X), W)),
        ("W", lambda bad: batch.affine_backward(DZ, X, bad(W))),
        ("dZ", lambda bad: batch.affine_backward(bad(DZ), X, W)),
        ("A_prev", lambda bad: batch.parameter_gradients(DZ, bad(X))),
        ("dZ", lambda bad: batch.parameter_gradients(bad(DZ), X)),
        ("a_prev", lambda bad: one_example.affine_forward(bad(X[:, :1]), W, B)),
        ("W", lambda bad: one_example.affine_forward(X[:, :1], bad(W), B)),
        ("b", lambda bad: one_example.affine_forward(X[:, :1], W, bad(B))),
        ("a_prev", lambda bad: one_example.affine_backward(B, bad(X[:, :1]), W)),
        ("W", lambda bad: one_example.affine_backward(B, X[:, :1], bad(W))),
        ("dz", lambda bad: one_example.affine_backward(bad(B), X[:, :1], W)),
        ("a_prev", lambda bad: one_example.parameter_gradients(B, bad(X[:, :1]))),
        ("dz", lambda bad: one_example.parameter_gradients(bad(B), X[:, :1])),
    ],
    ids=range(16),
)
def test_what_is_not_finite_is_found_though_all_else_is_zero(name, call, entry):
    message = rf"^{name} has the entry {entry} at \(0, 0\); expected finite entries$"
    with pytest.raises(ValueError, match=message):
        call(lambda array: spoilt(array, entry, (0, 0)))


def test_a_product_of_finite_arrays_may_overflow():
    big = np.full((2, 5), 60000, np.float16)
    with np.errstate(over="ignore"):
        Z = batch.affine_forward(big, np.ones((1, 2), np.float16), np.zeros((1, 1), np.float16))
    assert np.isinf(Z).all()


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64])
def test_classes_may_be_small_integers_among_many_classes(kind):
    hot = one_hot(np.array([100, 0], kind), 200)
    assert hot.shape == (200, 2)
    assert hot.dtype == np.float64
    assert np.flatnonzero(hot.T).tolist() == [100, 200]
