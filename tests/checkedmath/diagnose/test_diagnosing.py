"""What the values of two sides tell of a mistake, on all draws together."""

import numpy as np
import pytest

from checkedmath import check_page, read_page
from checkedmath.diagnose.diagnosing import diagnose
from checkedmath.evaluate.comparing import Sample

RNG = np.random.default_rng(1)
SIZES = [(2, 3, 5), (4, 5, 3), (3, 6, 2)]


def samples(left, scale=1.0):
    """Draw an array of each size; the left side is made of it and of m, the right is a multiple."""
    made = []
    for number, (rows, columns, m) in enumerate(SIZES):
        value = RNG.normal(size=(rows, columns))
        made.append(Sample(left(value, m), scale * value, {}, m, number))
    return made


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (lambda v, m: m * v, "off by exactly m: the left side is m times the right side; a 1/m is"),
        (lambda v, m: v / m, "off by exactly 1/m: the right side is m times the left side; a 1/m"),
        (lambda v, m: -m * v, "off by exactly −m: the left side is minus m times the right side"),
        (lambda v, m: -v / m, "off by exactly −1/m: the right side is minus m times the left side"),
        (lambda v, m: m**2 * v, "off by exactly m²: the left side is m² times the right side; tw"),
        (lambda v, m: v / m**2, "off by exactly 1/m²: the right side is m² times the left side; t"),
        (lambda v, m: 2 * m * v, "off by exactly 2m: the left side is 2m times the right side; a"),
        (lambda v, m: v / (2 * m), "off by exactly 1/(2m): the right side is 2m times the left"),
        (lambda v, m: m / 2 * v, "off by exactly m/2: the left side is m/2 times the right side"),
        (lambda v, m: 2 / m * v, "off by exactly 2/m: the right side is m/2 times the left side"),
        (lambda v, _: -v, "off by the sign: the left side is minus the right side"),
        (lambda v, _: 2 * v, "off by exactly 2: the left side is twice the right side"),
        (lambda v, _: v / 2, "off by exactly 1/2: the right side is twice the left side"),
        (lambda v, _: -2 * v, "off by exactly −2: the left side is minus twice the right side"),
        (lambda v, _: -v / 2, "off by exactly −1/2: the right side is minus twice the left side"),
        (lambda v, _: v.T, "transposed: the left side is the transpose of the right side"),
        (lambda v, m: m * v.T, "transposed, and off by exactly m: the left side is m times the tr"),
        (lambda v, _: v.sum(1, keepdims=True), "the left side is the sum of the columns of the r"),
        (lambda v, _: v.mean(0, keepdims=True), "the left side is the mean of the rows of the ri"),
        (lambda v, _: 3 * v, "off by exactly 3: the left side is 3 times the right side"),
        (lambda v, _: v - 1, "off by a constant: the left side minus the right side is -1 everywh"),
    ],
)
def test_one_mistake_on_all_draws_is_named(left, words):
    assert words in diagnose(samples(left))


@pytest.mark.parametrize(
    "left",
    [
        lambda v, _: RNG.normal(size=v.shape),
        lambda v, _: RNG.normal() * v,
        lambda v, _: v + RNG.normal(),
        lambda v, _: v[:1, :1] * np.ones((7, 7)),
    ],
    ids=["other", "other multiple", "other offset", "other shape"],
)
def test_what_differs_from_draw_to_draw_is_no_one_mistake(left):
    assert diagnose(samples(left)) == ""


def test_zeros_tell_nothing():
    assert diagnose(samples(lambda v, _: 0 * v, scale=0.0)) == ""
    assert diagnose([]) == ""


def test_a_single_number_is_a_multiple_of_any_other():
    one, other = np.array([[2.0]]), np.array([[7.0]])
    assert diagnose([Sample(one, other, {})]) == ""


def test_without_examples_no_factor_is_m():
    values = [Sample(size[2] * np.eye(2), np.eye(2), {}, None, 0) for size in SIZES]
    assert diagnose(values) == ""


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
        (r"\frac{\partial J}{\partial Z} = \frac{1}{m} A", "it holds with"),
    ],
)
def test_the_mistake_is_named(wrong, words):
    finding = check_page(read_page(f"{LOGISTIC}$$ {wrong} $$ (one)\n", "page.md"))[-1]
    assert not finding.passes
    assert words in finding.diagnosis
    assert finding.label == "one"
