"""Bounds follow from the form of an expression: what they exclude need not be reached by a draw."""

import math

import pytest

from checkedmath.bind.binding import bind_page
from checkedmath.bind.bounds import Bounding

WHERE = r"""
- $a, b \in \mathbb{R}$
- $c \in \mathbb{R}_{>0}$
- $p \in (0, 1)$
- $v \in \mathbb{R}^{n}$
- $q \in \{0, 1\}^{n}$
- $A \in \mathbb{R}^{n \times n}$
- $B \in \mathbb{R}_{>0}^{n \times n}$
- $g : \mathbb{R} \to \mathbb{R}$
"""


@pytest.mark.parametrize(
    ("latex", "low", "high"),
    [
        ("3", 3, 3),
        ("a", -math.inf, math.inf),
        ("c", 0, math.inf),
        ("1 - p", 0, 1),
        ("q_1 - 2", -2, -1),
        ("c p", 0, math.inf),
        ("-c p", -math.inf, 0),
        ("a c", -math.inf, math.inf),
        (r"\frac{p}{-c}", -math.inf, 0),
        ("a^2 + c", 0, math.inf),
        ("e^a", 0, math.inf),
        (r"v^\top v", 0, math.inf),
        (r"(A^\top A)_{1,2}", -math.inf, math.inf),
        (r"(B^{-1})_{1,2}", -math.inf, math.inf),
        (r"\sigma''(a)", -math.inf, math.inf),
        (r"\lVert v \rVert", 0, math.inf),
        (r"\sigma(a) - 1", -1, 0),
        (r"2 - \tanh(a)", 1, 3),
        (r"\max(a, 2)", 2, math.inf),
        (r"\min(p, a)", -math.inf, 1),
        (r"\sum_j q_j", 0, math.inf),
        (r"\max_j q_j", 0, 1),
        (r"\mathbb{1}[a > 0]", 0, 1),
        (r"\begin{cases} p & \text{if } a > 0 \\ 3 & \text{otherwise} \end{cases}", 0, 3),
        ("g(a)", -math.inf, math.inf),
        ("h(a)", 0, 2),
        ("r", 0, math.inf),
        ("n", 0, math.inf),
    ],
)
def test_bounds_follow_from_the_form(page_of, latex, low, high):
    definitions = r"h(z) := 1 + \tanh(z) \\ r := \lvert a \rvert"
    bound_page = bind_page(page_of(definitions, f"{latex} = a", where=WHERE))
    side = bound_page.equations[1].statements[0].sides[0]
    assert Bounding(bound_page.scope).of(side) == (low, high)


def test_what_runs_deeper_than_is_looked_into_is_not_bounded(page_of):
    deep = r"\\ ".join(f"c_{{{k + 1}}} := c_{{{k}}} + 1" for k in range(40))
    bound_page = bind_page(page_of(rf"c_0 := c \\ {deep}", "c_{40} = a", where=WHERE))
    (statement,) = bound_page.equations[1].statements
    assert Bounding(bound_page.scope).of(statement.sides[0]) == (-math.inf, math.inf)
