"""Short formulas as HTML."""

import pytest

from checkedmath.sphinxext.plain import plain_html


@pytest.mark.parametrize(
    ("latex", "html"),
    [
        (r"x^{(i)}", "<i>x</i><sup>(<i>i</i>)</sup>"),
        (r"W^{[l]\top}", "<i>W</i><sup>[<i>l</i>]⊤</sup>"),
        (r"\mathcal{L}_{\text{own}}", "ℒ<sub>own</sub>"),
        (r"\mathbb{R}^{n_0 \times m}", "ℝ<sup><i>n</i><sub>0</sub>×<i>m</i></sup>"),
        (r"\partial J < \infty", "∂<i>J</i>&lt;∞"),
        (r"\{0, 1\}", "{0,1}"),
        (r"g'(z)", "<i>g</i>′(<i>z</i>)"),
        (r"x^", "<i>x</i><sup></sup>"),
        (r"\unknown x", "unknown <i>x</i>"),
    ],
)
def test_a_formula_is_plain_html(latex, html):
    assert plain_html(latex) == html
