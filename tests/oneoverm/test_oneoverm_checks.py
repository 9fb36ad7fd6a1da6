"""The declaration of shapes, which every message about a shape comes from."""

import inspect
import re

import numpy as np
import pytest

from oneoverm import batch
from oneoverm._checks import shapes


@shapes(W="n_out n_in", x="n_in 1")
def product(x, W, scale=1):
    """Multiply."""
    return scale * W @ x


def test_what_fits_passes_by_position_and_by_name():
    W, x = np.ones((2, 3)), np.ones((3, 1))
    np.testing.assert_array_equal(product(x, W), [[3], [3]])
    np.testing.assert_array_equal(product(W=W, x=x, scale=2), [[6], [6]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.complex64])
def test_every_floating_point_and_complex_dtype_passes(dtype):
    assert product(np.ones((3, 1), dtype), np.ones((2, 3), dtype)).dtype == dtype


def test_the_declared_function_keeps_its_name_docstring_signature_and_source():
    assert product.__name__ == "product"
    assert product.__doc__ == "Multiply."
    assert list(inspect.signature(product).parameters) == ["x", "W", "scale"]
    assert "dA_prev = W.T @ dZ\n" in inspect.getsource(batch.affine_backward)
    assert "dW = dZ @ A_prev.T / m\n" in inspect.getsource(batch.parameter_gradients)


@pytest.mark.parametrize(
    ("x", "W", "message"),
    [
        ((4, 1), (2, 3), "x has shape (4, 1); expected (n_in, 1) = (3, 1), n_in as in W"),
        ((3, 2), (2, 3), "x has shape (3, 2); expected (n_in, 1) = (3, 1), n_in as in W"),
        ((3,), (2, 3), "x has shape (3,); expected (n_in, 1) = (3, 1), n_in as in W"),
        ((3, 1), (2, 3, 1), "W has shape (2, 3, 1); expected (n_out, n_in)"),
        ((3, 1), (0, 3), "W has shape (0, 3); expected n_out to be at least 1"),
    ],
)
def test_what_does_not_fit_is_told_with_the_origin_of_each_size(x, W, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        product(np.ones(x), np.ones(W))


def test_a_missing_argument_is_reported_as_python_does():
    with pytest.raises(TypeError, match="missing a required argument: 'W'"):
        product(np.ones((3, 1)))
