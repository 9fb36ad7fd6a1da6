"""Python's names for symbols."""

import keyword

import pytest

from checkedmath.check.numpy_names import word_of


@pytest.mark.parametrize(
    ("symbol", "word"),
    [
        ("Z", "Z"),
        ("d", "d"),
        ("dW", "dW"),
        (r"\theta", "theta"),
        (r"d\theta", "dtheta"),
        (r"\varepsilon", "epsilon"),
        (r"\lambda", "lambda_"),
        (r"\mathbf{x}", "x"),
        (r"\tilde{Z}", "Z_tilde"),
        (r"d\hat{\beta}", "dbeta_hat"),
        (r"\operatorname{loss}", "loss"),
        (r"\operatorname{sum}", "sum_"),
        (r"\operatorname{np}", "np_"),
        (r"d\mathcal{L}", "dcost"),
    ],
)
def test_a_symbol_has_a_name(symbol, word):
    assert word_of(symbol, {r"\mathcal{L}": "cost"}) == word
    assert word.isidentifier()
    assert not keyword.iskeyword(word)


@pytest.mark.parametrize("symbol", ["", "1", r"\operatorname{a b}", r"\unknown{x}", "é"])
def test_what_has_no_letters_of_python_has_no_name(symbol):
    assert word_of(symbol, {}) is None
