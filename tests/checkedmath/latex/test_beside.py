"""Conditions beside an equation: what is cut out, and what is refused."""

import pytest

from checkedmath import check_page, read_page
from checkedmath.latex.beside import without_conditions

WHERE = r"""
- $A \in \mathbb{R}^{n \times n}$
- $u_k \in \mathbb{R}^{n}$
- $k \in \{1, \dots, K\}$
- $b \in \mathbb{R}$
"""


@pytest.mark.parametrize(
    ("latex", "conditions"),
    [
        (r"a = b \quad \text{for } l = 1, \dots, L - 1", [r" 1 \le l \le L - 1"]),
        (r"a = b, \quad l = 1, 2, \ldots, n.", [r"1 \le l \le n"]),
        (r"a = b \qquad (i, j = 1, \dots, n)", [r"1 \le i \le n \text{ and } 1 \le j \le n"]),
        (r"a = b \quad \forall i", []),
        (r"a = b \quad \text{for all } i \\ c = d \quad \text{if } j < k", [r" j < k"]),
        (r"\begin{cases} a & i = 1, \dots, n \\ b & \text{if } i > n \end{cases}", []),
        (r"\sum_{i = 1, \dots, n} x_i = y", []),
    ],
)
def test_what_is_cut_out(latex, conditions):
    left, found = without_conditions(latex)
    assert [each.latex for each in found] == conditions
    assert len(left) == len(latex)


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"A = A \quad \text{unless } j = k", "a condition beside an equation is written as"),
        (r"A = A \quad \text{for small } A", "a condition beside an equation is written as"),
        (r"A = A \quad \text{for } j", "this condition is not read"),
        (r"A = A \quad \text{for } k < K \\ = A", "stands at the end of a chain"),
        (r"\text{for } k < K \quad A = A", "stands at the end of a chain"),
        (r"u_k = u_k \quad \text{for } k = 0, \dots, K", "has the values 1 to"),
        (r"c_k := b \quad \text{for } k = 2, \dots, K", "is for all values of its indices"),
        (r"u_k = u_k \quad \text{for } b > 0", "b is no index of the equation"),
    ],
)
def test_what_is_refused(check, latex, words):
    (finding,) = check(latex, where=WHERE)
    assert finding.status == "unreadable"
    assert words in finding.diagnosis


def test_an_entry_that_there_is_not_is_told_with_the_condition_to_write(check):
    where = r"- $a^{[k]} \in \mathbb{R}$" + "\n" + r"- $k \in \{1, \dots, K\}$"
    latex = r"a^{[k]} a^{[k+1]} = a^{[k+1]} a^{[k]}"
    (finding,) = check(latex, where=where)
    assert r"write \text{for } k < L beside the equation" in finding.diagnosis
    (finding,) = check(
        r"a^{[k]} a^{[k+1]} = a^{[k+1]} a^{[k]} \quad \text{for } k < K", where=where
    )
    assert finding.status == "holds"


def test_a_row_has_no_condition():
    page = (
        ":::{where}\n- $X \\in \\mathbb{R}^{n \\times m}$: x\n:::\n\n"
        "::::{side-by-side}\n$$\nx = x \\quad \\text{for } m < 9\n$$\n\n"
        "$$\nX = X\n$$\n::::\n"
    )
    found = [finding.diagnosis for finding in check_page(read_page(page, "page.md"))]
    assert "a row has no condition beside it" in found


@pytest.mark.parametrize("text", ["a,", r"l = 1, \dots, ", "& ", r"\quad l = 1,", "(l = 1", "l, "])
def test_time_is_linear(text):
    assert without_conditions(text * 5_000)[0]
