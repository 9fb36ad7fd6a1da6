"""What is rational in what is drawn is decided in fractions, with the degree that bounds luck."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

flint = pytest.importorskip("flint")

from checkedmath.errors import IrrationalError  # noqa: E402
from checkedmath.evaluate.rationals import Quotient, Quotients  # noqa: E402

WHERE = r"""
- $a, b \in \mathbb{R}_{>0}$
- $t \in \{0, 1\}$
- $x \in \mathbb{R}^n$
- $A, B \in \mathbb{R}^{n \times n}$
- $g : \mathbb{R} \to \mathbb{R}$
"""


@pytest.mark.parametrize(
    ("latex", "degree"),
    [
        ("(a + b)^2 = a^2 + 2 a b + b^2", 2),
        ("t a = a t", 1),
        ("(t + 1)^t = 1 + t", 0),
        (r"\frac{a}{b} = \frac{a^2}{a b}", 3),
        (r"x^\top A x = x^\top A^\top x", 3),
        (r"\frac{\partial x^\top A x}{\partial x} = (A + A^\top) x", 3),
        (r"\frac{\partial^2}{\partial a^2} (a^3 b) = 6 a b", 4),
        (r"\frac{\partial}{\partial a} \frac{1}{a} = -\frac{1}{a^2}", 3),
    ],
)
def test_both_sides_rational_have_a_degree_and_are_decided_exactly(check, latex, degree):
    (found,) = check(latex, where=WHERE, certify=True)
    assert found.passes, found
    assert found.certificate.degree == degree
    assert (found.certificate.bits, found.certificate.radius) == (0, 0.0)
    assert str(found.certificate) == "certified: exactly equal at 5 random points"
    assert f" with probability {degree}/2^40" in found.certificate.chance


@pytest.mark.parametrize(
    "latex",
    [
        "e^{a} e^{b} = e^{a + b}",
        r"\lvert x_1 \rvert^2 = x_1^2",
        r"\pi a = a \pi",
        r"E := g(A) \\ \sum_j E_{jj} = \operatorname{tr}(E)",
        "g(a) b = b g(a)",
        r"\sqrt{a^2} = a",
        r"\max(a, b) = a + \max(0, b - a)",
    ],
)
def test_of_what_is_not_rational_no_probability_is_stated(check, latex):
    found = check(latex, where=WHERE, certify=True)[-1]
    assert found.passes, found
    assert found.certificate is not None, found
    assert found.certificate.degree is None
    assert "set of measure 0, and no probability is stated" in found.certificate.chance


@pytest.mark.parametrize(
    "latex",
    [
        "a = a + 10^{-300} b",
        r"x^\top A x = x^\top A^\top x + 10^{-200} a",
        r"(A B)^{-1} = B^{-1} A^{-1} + 10^{-130} A",
    ],
)
def test_however_little_fractions_differ_by_it_is_seen(check, latex):
    (found,) = check(latex, where=WHERE, certify=True)
    assert found.status == "differs"
    assert "it is proved that the sides differ" in found.diagnosis


def test_an_order_has_no_probability_of_being_missed(check):
    (found,) = check("a < a + b", where=WHERE, certify=True)
    assert (found.certificate.degree, found.certificate.chance) == (None, "")


LEAVES = st.sampled_from(["a", "b"]) | st.integers(-3, 3)
TREES = st.recursive(LEAVES, lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner))
OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def computed(tree, values, make, divide):
    if not isinstance(tree, tuple):
        return values[tree] if tree in values else make(tree)
    one, other = (computed(part, values, make, divide) for part in tree[1:])
    return divide(one, other) if tree[0] == "/" else OPERATIONS[tree[0]](one, other)


class Ratio:
    """A quotient of polynomials in a variable that moves all that is drawn."""

    def __init__(self, above, below=1):
        self.above, self.below = flint.fmpq_poly([0]) + above, flint.fmpq_poly([0]) + below

    def __add__(self, other):
        above = self.above * other.below + other.above * self.below
        return Ratio(above, self.below * other.below)

    def __sub__(self, other):
        return self + Ratio(-other.above, other.below)

    def __mul__(self, other):
        return Ratio(self.above * other.above, self.below * other.below)


@given(TREES)
def test_no_degree_is_larger_than_the_bound(tree):
    maker = Quotients()
    drawn = {"a": Quotient(flint.fmpq(7, 3), 1), "b": Quotient(flint.fmpq(11, 5), 1)}
    line = {"a": Ratio(flint.fmpq_poly([2, 3])), "b": Ratio(flint.fmpq_poly([5, 7]))}
    try:
        bound = computed(tree, drawn, maker.exact, operator.truediv)
    except ZeroDivisionError:
        return
    exact = computed(tree, line, Ratio, lambda x, y: x * Ratio(y.below, y.above))
    assert exact.above.degree() <= bound.above
    assert exact.below.degree() <= bound.below


@pytest.mark.parametrize("name", ["e", r"\pi"])
def test_a_number_that_is_no_fraction_is_told(name):
    with pytest.raises(IrrationalError, match="is no fraction"):
        Quotients().constant(name)


def test_what_is_no_fraction_is_told():
    one = Quotient(flint.fmpq(1), 1)
    with pytest.raises(IrrationalError, match="not a finite number"):
        one * float("nan")
    with pytest.raises(IrrationalError, match="a choice hangs on what is drawn"):
        bool(one > 0)
    with pytest.raises(IrrationalError, match="a function that is not rational"):
        one.exp()
