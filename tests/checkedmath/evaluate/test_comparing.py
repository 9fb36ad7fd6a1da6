"""Relations mean what they say, on all draws together; what tests nothing does not hold."""

import numpy as np
import pytest

from checkedmath.errors import ShapeError
from checkedmath.evaluate.comparing import Sample, compare, relative_error


@pytest.mark.parametrize(
    ("latex", "status"),
    [
        ("0 = 0", "differs"),
        ("a - a = 0", "holds"),
        ("a = 0", "differs"),
        ("0 a = 0 b", "differs"),
        (r"\frac{a}{10000000000} = 0", "differs"),
        (r"\log(-a^2) = \log(-a^2)", "differs"),
        (r"\frac{a}{a - a} = b", "differs"),
        (r"a \propto b", "differs"),
        (r"A \propto a A", "holds"),
        (r"A \propto C", "differs"),
        (r"v_j \propto v_j w_1", "holds"),
        (r"v_j \propto w_j", "differs"),
        (r"A \propto 0 \cdot A", "differs"),
        (r"A \propto (a - a) A", "differs"),
        (r"a \neq b", "holds"),
        (r"a \neq a", "differs"),
        (r"v_j \neq v_1", "differs"),
        (r"A \neq C", "holds"),
        (r"\log(-a^2) \neq a", "differs"),
        (r"A \neq A^\top", "shape"),
        (r"a^2 \ge 0", "holds"),
        (r"a^2 + 1 > 0", "holds"),
        (r"a < a", "differs"),
        (r"a \le a", "holds"),
        (r"a \le (a + b) - b", "holds"),
        (r"a < b", "differs"),
        (r"a < (a + b) - b", "differs"),
        (r"-1 < \tanh(a) < 1", "holds"),
        ("m = 3", "differs"),
        (r"a \approx b", "unreadable"),
    ],
)
def test_relations_mean_what_they_say(statuses, latex, status):
    found = set(statuses(latex))
    assert found == {status}


def test_each_relation_of_a_chain_is_checked(statuses):
    assert statuses("a = a = b = b") == ["holds", "differs", "holds"]
    assert statuses("P := a = a = b") == ["holds", "differs"]


def samples(*pairs, draws=None):
    """Return samples of pairs of numbers or rows of them."""
    numbers = draws or range(len(pairs))
    return [
        Sample(*(np.atleast_2d(np.asarray(side, dtype=float)) for side in pair), {}, draw=number)
        for number, pair in zip(numbers, pairs, strict=True)
    ]


def test_an_error_is_relative_to_the_larger_side():
    assert relative_error(np.array([[3.0, 4.0]]), np.zeros((1, 2))) == 1.0
    assert relative_error(np.array([[2.0]]), np.array([[1.0]])) == 0.5
    assert relative_error(np.array([[1e-300]]), np.array([[2e-300]])) == 0.5
    assert relative_error(np.array([[1e300]]), np.array([[2e300]])) == 0.5


def test_an_error_of_two_shapes_is_none():
    with pytest.raises(ShapeError, match="the left side is 2×3, the right side 3×2"):
        relative_error(np.ones((2, 3)), np.ones((3, 2)))


def test_one_draw_that_differs_is_enough():
    outcome = compare("=", samples((1, 1), (1, 2), (3, 3)))
    assert (outcome.holds, outcome.error) == (False, 0.5)


def test_no_draws_hold_nothing():
    assert compare("=", []).reason == "an index has no values: nothing was tested"


@pytest.mark.parametrize(
    ("sign", "pairs", "reason"),
    [
        ("=", [(1, np.inf)], "a side is not a finite number"),
        ("≠", [(1, np.nan), (1, 2)], "a side is not a finite number"),
        ("=", [(0, 0), (0, 0)], "both sides are 0 in every draw: nothing was tested"),
        ("≠", [(1, 1), (2, 2)], "the sides are equal in every draw"),
        ("≠", [(1, 1), (2, 3)], "the sides are equal in some draw, or for some value of an index"),
        ("∝", [(1, 2)], "any two numbers are proportional: nothing was tested"),
        ("∝", [([1, 2], [0, 0])], "a side is 0 in some draw"),
        ("<", [(1, 2), (2, 1)], "some draw has not <"),
        (">", [(1, 1)], "some draw has not >"),
    ],
)
def test_a_relation_that_fails_says_why(sign, pairs, reason):
    outcome = compare(sign, samples(*pairs))
    assert not outcome.holds
    assert outcome.reason.startswith(reason)


def test_the_factor_of_a_proportion_is_one_in_a_draw_and_any_from_draw_to_draw():
    assert compare("∝", samples(([1, 2], [2, 4]), ([1, 2], [3, 6]))).holds
    assert not compare("∝", samples((1, 2), (1, 3), draws=[0, 0])).holds


def test_equal_but_for_rounding_is_no_strict_order():
    pair = (1.0, 1.0 + 1e-14)
    assert compare("≤", samples(pair)).holds
    assert compare("≥", samples(pair)).holds
    assert not compare("<", samples(pair)).holds
