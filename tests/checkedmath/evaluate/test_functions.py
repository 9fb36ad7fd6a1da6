"""The library's functions are real where they are real, and carry the complex step."""

import numpy as np
import pytest

from checkedmath.evaluate.functions import COMMANDS, SYMBOLS, random_smooth_function, sigmoid

STEP = 1e-200

DERIVATIVES = {
    "log": lambda x: 1 / x,
    "ln": lambda x: 1 / x,
    "sqrt": lambda x: 0.5 / np.sqrt(x),
    "exp": np.exp,
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "sinh": np.cosh,
    "cosh": np.sinh,
    "sin": np.cos,
    "cos": lambda x: -np.sin(x),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_functions_carry_the_complex_step(name):
    x = np.array([[0.3, 1.7]])
    moved = COMMANDS[name](x + 1j * STEP)
    np.testing.assert_allclose(moved.imag / STEP, DERIVATIVES[name](x), rtol=1e-14)


def test_sigma_carries_the_complex_step_and_does_not_overflow():
    x = np.array([[-800.0, -2.0, 0.0, 2.0, 800.0]])
    with np.errstate(over="raise", invalid="raise"):
        value = sigmoid(x)
    np.testing.assert_allclose(value + sigmoid(-x), 1)
    assert (value[0, 0], value[0, -1]) == (0.0, 1.0)
    inner = x[:, 1:-1]
    moved = SYMBOLS[r"\sigma"](inner + 1j * STEP)
    np.testing.assert_allclose(moved.imag / STEP, sigmoid(inner) * sigmoid(-inner), rtol=1e-14)


@pytest.mark.parametrize("name", ["log", "ln", "sqrt"])
@pytest.mark.parametrize("step", [0, 1j * STEP])
def test_what_is_not_real_is_no_number_and_leaves_its_neighbours(name, step):
    value = COMMANDS[name](np.array([[-1.0, 4.0]]) + step)
    assert np.isnan(value[0, 0])
    assert value[0, 1].real == {"sqrt": 2.0}.get(name, np.log(4.0))


def test_a_drawn_function_is_neither_odd_nor_even_nor_linear():
    for seed in range(20):
        g = random_smooth_function(np.random.default_rng(seed))
        x = np.linspace(0.1, 1, 7)
        assert not np.allclose(g(-x), g(x))
        assert not np.allclose(g(-x), -g(x))
        assert not np.allclose(np.diff(g(x), 2), 0, atol=1e-4)
