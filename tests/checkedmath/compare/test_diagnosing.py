"""One simple mistake is named, where it explains the difference on every draw."""

import numpy as np
import pytest

from checkedmath import check_page, read_page
from checkedmath.compare.comparing import Sample
from checkedmath.compare.diagnosing import diagnose

LOGISTIC = r"""
:::{where}
- $X \in \mathbb{R}^{n \times m}$
- $Y \in \{0, 1\}^{1 \times m}$
- $w \in \mathbb{R}^{n}$
- $b \in \mathbb{R}$
:::

$$ Z := w^\top X + b, \qquad A := \sigma(Z) $$

$$
J := -\frac{1}{m} \sum_{i=1}^{m} (y^{(i)} \log(a^{(i)}) + (1 - y^{(i)}) \log(1 - a^{(i)}))
$$

"""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (r"\frac{\partial J}{\partial Z} = A - Y", "exactly 1/m"),
        (r"m \frac{\partial J}{\partial Z} = \frac{1}{m} (A - Y)", "exactly m:"),
        (r"\frac{\partial J}{\partial Z} = m (A - Y)", "exactly 1/m²"),
        (r"m \frac{\partial J}{\partial Z} = \frac{1}{m^2} m^{-0} (A - Y) \cdot 1", "exactly m²"),
        (r"\frac{\partial J}{\partial Z} = \frac{2}{m} (A - Y)", "exactly 1/2"),
        (r"2 \frac{\partial J}{\partial Z} = \frac{1}{m} (A - Y)", "exactly 2"),
        (r"\frac{\partial J}{\partial Z} = \frac{1}{m} (Y - A)", "the sign"),
        (r"\frac{\partial J}{\partial w} = \frac{1}{m} (A - Y) X^\top", "transposed"),
        (r"\frac{\partial J}{\partial Z} = \frac{1}{m} A", "no simple factor"),
    ],
)
def test_the_mistake_is_named(wrong, words):
    finding = check_page(read_page(f"{LOGISTIC}$$ {wrong} $$ (one)\n", "page.md"))[-1]
    assert not finding.passes
    assert words in finding.diagnosis
    assert finding.label == "one"


def samples(*factors, counts=(2, 3, 4), shape=(2, 3)):
    rng = np.random.default_rng(0)
    rights = [rng.normal(size=shape) for _ in counts]
    return [
        Sample(factor * right, right, {}, examples=count)
        for factor, right, count in zip(factors, rights, counts, strict=True)
    ]


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        ((-1, -1, -1), "off by the sign"),
        ((2, 3, 4), "off by exactly m:"),
        ((1 / 2, 1 / 3, 1 / 4), "off by exactly 1/m:"),
        ((4, 9, 16), "off by exactly m²"),
        ((1 / 4, 1 / 9, 1 / 16), "off by exactly 1/m²"),
        ((2, 2, 2), "off by exactly 2:"),
        ((0.5, 0.5, 0.5), "off by exactly 1/2"),
    ],
)
def test_a_factor_is_named(factors, words):
    assert diagnose(samples(*factors)).startswith(words)


def test_a_factor_of_some_draws_only_is_not_named():
    assert diagnose(samples(2, 2, 3)) == ""


def test_m_is_not_named_where_there_are_no_examples():
    assert diagnose(samples(2, 3, 4, counts=(None, None, None))) == ""


def test_a_transpose_is_named_for_square_and_for_other_arrays():
    for shape in ((3, 3), (2, 3)):
        turned = [Sample(s.left.T, s.right, {}) for s in samples(1, 1, 1, shape=shape)]
        assert diagnose(turned).startswith("transposed")


def test_zeros_alone_explain_nothing():
    zero = np.zeros((2, 2))
    assert diagnose([Sample(zero, zero, {}, 3)]) == ""
    assert diagnose([Sample(zero, zero, {}, 2), *samples(2, 3, 4)]).startswith("off by exactly m:")
