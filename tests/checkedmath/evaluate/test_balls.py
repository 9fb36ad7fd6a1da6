"""Balls decide, with proof, what float64 cannot: each page here has its false twin."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from checkedmath import Settings, check_page
from checkedmath.errors import NestedError, ReadError, UndecidedError
from checkedmath.evaluate.balls import Balls
from checkedmath.evaluate.drawing import Draw, Plan
from checkedmath.evaluate.numbers import plain, signs, zeros

pytest.importorskip("flint")

PAGE = Path(__file__).parents[3] / "docs/about/how-the-equations-are-checked.md"

WHERE = r"""
- $a, b, c \in \mathbb{R}_{>0}$
- $d \in \mathbb{R}$
- $x, y \in \mathbb{R}^n$
- $A, B \in \mathbb{R}^{n \times n}$
- $W \in \mathbb{R}^{n \times p}$
- $g : \mathbb{R} \to \mathbb{R}$
- $h : \mathbb{R}^n \to \mathbb{R}$
- $s \in \{0, 1\}$
- $j, k \in \{1, \dots, n\}$
"""


@pytest.fixture
def only(check):
    """Return a function that checks LaTeX with balls: the last finding."""

    def run(latex, **settings):
        return check(latex, where=WHERE, certify=True, timeout=60.0, **settings)[-1]

    return run


TRUE_AND_FALSE = {
    "digits": ("(a + b)^2 = a^2 + 2 a b + b^2", "a = a + 10^{-30} b"),
    "literal": ("0.1 a + 0.2 a = 0.3 a", "0.1 a + 0.2 a = 0.3 a + 10^{-40} a"),
    "cancellation": (
        r"(10^{30} + a) - 10^{30} = a",
        r"(10^{30} + a) - 10^{30} = a + 10^{-20} b",
    ),
    "cancelled to zero": (r"e^{a} - e^{a + b} e^{-b} = 0", r"e^{a} - e^{a + b} e^{-b} = 10^{-60}"),
    "underflow": (
        "10^{-400} a b = 10^{-400} b a",
        r"10^{-400} a b = 10^{-400} b a a",
    ),
    "underflow of e": ("e^{-800 - a} e^{-b} = e^{-800 - a - b}", "e^{-800 - a} = e^{-801 - a}"),
    "overflow": ("e^{800 + a} e^{-800} = e^a", "e^{800 + a} e^{-801} = e^a"),
    "overflow of both": ("e^{800} a = a e^{800}", "e^{800} a = b e^{800}"),
    "sigmoid far out": (
        r"1 - \sigma(100 + a) = \sigma(-100 - a)",
        r"1 - \sigma(100 + a) = 2 \sigma(-100 - a)",
    ),
    "kink within 1e-12": (
        r"\max(a, a + 10^{-12} d) = a + 10^{-12} \max(d, 0)",
        r"\max(a, a + 10^{-12} d) = a + 10^{-13} \max(d, 0)",
    ),
    "derivative beside a kink": (
        r"J := \max(a, a + 10^{-12} d a) \\ "
        r"\frac{\partial J}{\partial a} = 1 + 10^{-12} \max(d, 0)",
        r"J := \max(a, a + 10^{-12} d a) \\ \frac{\partial J}{\partial a} = 1",
    ),
    "branch within 1e-12": (
        r"f(u) := \begin{cases} 1 & u > 10^{-12} \\ 2 & u \le 10^{-12} \end{cases} \\ "
        r"f(10^{-12} + 10^{-25} d) = 2 - \mathbb{1}[d > 0]",
        r"f(u) := \begin{cases} 1 & u > 10^{-12} \\ 2 & u \le 10^{-12} \end{cases} \\ "
        r"f(10^{-12} + 10^{-25} d) = 1 + \mathbb{1}[d > 0]",
    ),
    "ill-conditioned inverse": (
        r"(10^{-20} I + x x^\top)^{-1} (10^{-20} I + x x^\top) x = x",
        r"(10^{-20} I + x x^\top)^{-1} (10^{-20} I + x x^\top) x = x + 10^{-30} y",
    ),
    "determinant": (r"\det(A B) = \det(A) \det(B)", r"\det(A B) = \det(A) + \det(B)"),
    "trace": (
        r"\operatorname{tr}(A B) = \operatorname{tr}(B A)",
        r"\operatorname{tr}(A B) = \operatorname{tr}(A) \operatorname{tr}(B)",
    ),
    "derivative of an inverse": (
        r"\frac{\partial}{\partial a} (A + a B)^{-1} = -(A + a B)^{-1} B (A + a B)^{-1}",
        r"\frac{\partial}{\partial a} (A + a B)^{-1} = -(A + a B)^{-1} (A + a B)^{-1} B",
    ),
    "derivative of a determinant": (
        r"\frac{\partial}{\partial a} \det(A + a B) "
        r"= \det(A + a B) \operatorname{tr}((A + a B)^{-1} B)",
        r"\frac{\partial}{\partial a} \det(A + a B) = \det(A) \operatorname{tr}((A + a B)^{-1} B)",
    ),
    "softmax": (
        r"p := \operatorname{softmax}(x) \\ \frac{\partial p_j}{\partial x_k} "
        r"= p_j (\delta_{jk} - p_k)",
        r"p := \operatorname{softmax}(x) \\ \frac{\partial p_j}{\partial x_k} "
        r"= p_j (\delta_{jk} - p_j)",
    ),
    "norms": (
        r"\lVert a x \rVert_1 + \lVert x \rVert_\infty = a \lVert x \rVert_1 + \max_j |x_j|",
        r"\lVert a x \rVert_1 + \lVert x \rVert_\infty = a \lVert x \rVert_2 + \max_j |x_j|",
    ),
    "second derivative": (
        r"\frac{\partial^2}{\partial a^2} (a^3 \log a) = 6 a \log a + 5 a",
        r"\frac{\partial^2}{\partial a^2} (a^3 \log a) = 6 a \log a + 4 a",
    ),
    "mixed derivative": (
        r"F := \tanh(a^2 b) \\ D := \frac{\partial F}{\partial b} \\ "
        r"\frac{\partial D}{\partial a} = 2 a (1 - F^2) (1 - 2 a^2 b F)",
        r"F := \tanh(a^2 b) \\ D := \frac{\partial F}{\partial b} \\ "
        r"\frac{\partial D}{\partial a} = 2 a (1 - F^2) (1 - a^2 b F)",
    ),
    "second prime": (
        r"f(u) := u^2 g(u) \\ f''(a) = 2 g(a) + 4 a g'(a) + a^2 g''(a)",
        r"f(u) := u^2 g(u) \\ f''(a) = 2 g(a) + 2 a g'(a) + a^2 g''(a)",
    ),
    "Hessian": (
        r"J := x^\top A x \\ \frac{\partial^2 J}{\partial x \partial x^\top} = A + A^\top",
        r"J := x^\top A x \\ \frac{\partial^2 J}{\partial x \partial x^\top} = 2 A",
    ),
    "a function of arrays": (
        r"u := a x \\ \frac{\partial h(u)}{\partial a} = x^\top \frac{\partial h(u)}{\partial u}",
        r"u := a x \\ \frac{\partial h(u)}{\partial a} = y^\top \frac{\partial h(u)}{\partial u}",
    ),
    "long literal": (
        r"\frac{a}{10^{25}} + a = 1.0000000000000000000000001 a",
        r"a = 1.0000000000000000000000001 a",
    ),
    "whole number": (r"(10^{20} + 1) a - 10^{20} a = a", r"100000000000000000001 a = 10^{20} a"),
    "root that is whole": (
        r"\sqrt{2} \sqrt{2} a = 2 a",
        r"\sqrt{2} \sqrt{2} a = 2.0000000000000000000001 a",
    ),
    "power beside a whole one": (
        "a^{2} = a a",
        "a^{2.00000000000000000000000000001} = a a",
    ),
    "unequal for each index": (r"x_j \neq x_j + 1", r"x_j \neq x_1"),
    "order of sums": (
        r"\left| \sum_j x_j a \right| \le \sum_j \lvert x_j a \rvert",
        r"\left| \sum_j x_j a \right| + 10^{-30} \le \sum_j \lvert x_j a \rvert",
    ),
    "order": (r"2 a b \le a^2 + b^2", r"2 a b + 10^{-30} \le 2 a b"),
    "strict order": (r"a < a + 10^{-30} b", r"a + 10^{-30} b < a"),
    "not equal": (r"a \neq a + 10^{-30} b", r"a b \neq b a"),
    "proportional": (r"x \propto (1 + e^a) x", r"x \propto x + 10^{-30} y"),
}


@pytest.mark.parametrize("name", TRUE_AND_FALSE)
def test_what_is_true_is_certified_and_its_false_twin_refused(only, name):
    true, false = TRUE_AND_FALSE[name]
    found = only(true)
    assert found.passes, found
    assert found.certificate is not None, found
    assert found.certificate.points == 5
    assert found.certificate.digits is None or found.certificate.digits >= 100
    assert found.drawn_again == 0
    twin = only(false)
    assert twin.status == "differs", twin
    assert twin.certificate is None


def test_a_tolerance_is_the_number_that_is_written(page_of):
    def statuses(factor):
        page = page_of(rf"a \approx {factor} a", where=WHERE)
        page = replace(page, equations=[replace(page.equations[0], tolerance=0.1)])
        return [found.status for found in check_page(page, settings=Settings(certify=True))]

    assert statuses("0.90000000000000000000000001") == ["holds"]
    assert statuses("0.89999999999999999999999999") == ["differs"]


@pytest.mark.parametrize(
    "latex",
    [
        r"\log(-a) = \log(-a)",
        r"\max(a - a, 0) + s = s + \mathbb{1}[e^a e^b = e^{a + b}]",
    ],
)
def test_what_the_error_bounds_leave_open_is_not_certified(only, latex):
    assert only(latex).certificate is None


def test_float64_says_nothing_of_certificates(check):
    (found,) = check("a b = b a", where=WHERE)
    assert (found.status, found.certificate, found.uncertified) == ("holds", None, "")


def test_a_draw_in_balls_is_exact_and_beside_that_of_float64():
    balls = Balls()
    draw = Draw(values={("a", None): np.array([[0.3, 1.0, -2.5]])}, plan=Plan(3))
    (other,) = balls.draw(draw, 0).values.values()
    assert all(number.is_exact() for number in other.flat)
    with balls.precision(400):
        apart = [abs(one - float(two)) for one, two in zip(other.flat, (0.3, 1, -2.5), strict=True)]
        assert all(0 <= part < 2.0**-40 for part in apart)
        assert apart[1] == 0
        assert apart[0] > 0
        assert apart[2] > 0
    wide = Draw(values=draw.values, plan=Plan(3, wide=True))
    assert [float(each) for each in balls.draw(wide, 0).values["a", None].flat] == [0.3, 1, -2.5]


def test_a_choice_that_a_bound_leaves_open_is_not_made():
    flint = pytest.importorskip("flint")
    open_ = np.array([[flint.arb(0, 1)]], dtype=object)
    with pytest.raises(UndecidedError, match="on which a choice hangs, stays open"):
        signs(open_)
    with pytest.raises(UndecidedError, match="by which something is divided, stays open"):
        zeros(open_)


def test_a_derivative_inside_three_others_is_refused():
    def nested(_):
        raise NestedError("")

    with pytest.raises(ReadError, match="a derivative inside three others is not evaluated"):
        Balls().slope(nested, nested=False)


def test_a_power_series_that_is_too_short_says_so():
    short = np.empty((1, 1), dtype=object)
    short[0, 0] = pytest.importorskip("flint").arb_series([], 0)
    with pytest.raises(NestedError, match="inside a derivative needs longer power series"):
        plain(short)


def told():
    """Yield the lines of the table of what float64 alone gets wrong: what each is, and is found."""
    text = PAGE.read_text("utf-8").partition("| line | it is |")[2].partition("\n\n")[0]
    for row in text.splitlines()[2:]:
        line, *words = (cell.strip() for cell in row.strip("| ").rsplit(" | ", 3))
        yield pytest.param(line.strip("$"), *(word.partition(":")[0] for word in words), id=line)


@pytest.mark.parametrize(("line", "truth", "in_float64", "in_balls"), list(told()))
def test_what_float64_alone_gets_wrong(check, line, truth, in_float64, in_balls):
    words = {"holds": "holds", "differs": "differs", "refused": "differs"}
    assert check(line, where=WHERE)[-1].status == words[in_float64]
    assert check(line, where=WHERE, certify=True)[-1].status == words[in_balls]
    assert truth == {"holds": "true", "differs": "false"}[in_balls]
    assert in_float64 == {"true": "refused", "false": "holds"}[truth]


@pytest.mark.parametrize(("more", "status"), [("", "holds"), ("10^{-12} ", "unreadable")])
def test_a_column_that_is_nearly_the_batch_s_is_told_from_it(check, more, status):
    where = r"- $X \in \mathbb{R}^{n \times m}$" + "\n" + r"- $a \in \mathbb{R}_{>0}$"
    own = rf"p^{{(i)}} := 2 x^{{(i)}} + {more}a x^{{(i)}}" if more else r"p^{(i)} := 2 x^{(i)}"
    page = ("P := 2 X", own, r"P = X + X")
    assert check(*page, where=where, certify=True, timeout=60.0)[0].status == status
    assert check(*page, where=where)[0].status == "holds"


@pytest.mark.parametrize("function", [r"\tanh(h)", r"\sigma(-h)", r"\operatorname{softmax}(h x)_1"])
def test_what_overflows_even_in_balls_is_no_mistake_of_ours(check, function):
    where = r"- $a \in \mathbb{R}$" + "\n" + r"- $x \in \mathbb{R}^n$"
    page = (r"h := e^{e^{e^{a^2 + 5}}}", rf"\frac{{\partial}}{{\partial a}} {function} \ge -1")
    assert check(*page, where=where, certify=True, timeout=60.0)[-1].status in ("holds", "differs")


def test_a_derivative_over_what_is_no_number_is_no_mistake_of_ours(only):
    found = only(r"\frac{\partial}{\partial a} \left( \frac{a}{\log(x_j)} \right) = a")
    assert found.status == "differs"
