"""One example's symbol and its batch's are told from each other by the last letter."""

import pytest

from checkedmath.latex.names import batch_name, canonical, example_name

PAIRS = [
    ("x", "X"),
    ("dz", "dZ"),
    (r"\hat{y}", r"\hat{Y}"),
    (r"\delta", r"\Delta"),
    (r"d\delta", r"d\Delta"),
    (r"\mathbf{x}", r"\mathbf{X}"),
    ("a_1", "A_1"),
]


@pytest.mark.parametrize(("one", "batch"), PAIRS)
def test_names_of_one_example_and_of_the_batch(one, batch):
    assert (batch_name(one), example_name(batch)) == (batch, one)
    assert (batch_name(batch), example_name(one)) == (batch, one)


@pytest.mark.parametrize("name", [r"\alpha", r"\ell", r"\epsilon", r"\mathcal{L}"])
def test_what_has_no_capital_stays(name):
    assert batch_name(name) == name


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        (r"\hat y", r"\hat{y}"),
        (r"d\hat y", r"d\hat{y}"),
        (r"\mathrm{loss}", r"\operatorname{loss}"),
        (r"\text{loss}", r"\operatorname{loss}"),
        (r"\mathcal {L}", r"\mathcal{L}"),
    ],
)
def test_symbols_have_one_spelling(written, spelling):
    assert canonical(written) == spelling
