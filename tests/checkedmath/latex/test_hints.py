"""What cannot be read is told with what to write."""

import pytest

from checkedmath.errors import ReadError
from checkedmath.latex.parsing import read_display


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("n! = a", r"write a factorial as \prod_{k=1}^{n} k; found !"),
        (r"a \pm b = c", r"these are two equations; write both; found \pm"),
        (r"x \mapsto y", "write f(x) := … for a function"),
        (r"a = b \Leftarrow c = d", "write the equations, with a comma between them; found"),
        (r"a = b, \dots, c = d", "dots are read in a matrix, in a set and in x_1"),
        (r"a \sim b", r"the relations are = := \ne \le"),
        ("a : b = c", "write := for a definition; found :"),
        (r"\sum_{i \in S} a = b", "declare the index by"),
        (r"a \times b = c", r"write nothing or \cdot for a product"),
        (r"a \div b = c", r"write a quotient as \frac{a}{b}"),
        (r"a = 5 \%", r"write 0.05 for 5\%"),
        (r"\sum^n a = b", "write the index below, and its range"),
        (r"\sum_{i=1} a = b", "write the index below, and its range"),
        ("a + = b", "expected a symbol, a number or a bracket; found ="),
        ("(a + b = c", "a ) is missing; found ="),
        ("a = b ]", "the bracket that this closes is missing; found ]"),
        (r"\lfloor a \rfloor = b", "this is not read; write the equation without it, or excuse"),
        (r"\begin{cases} a \end{cases} = b", r"this cannot stand here; found \end"),
    ],
)
def test_a_sign_that_cannot_be_read_is_told_with_what_to_write(latex, words):
    with pytest.raises(ReadError) as caught:
        read_display(latex)
    assert words in caught.value.message


def test_a_word_before_two_factors_is_told_with_both_readings(check):
    (finding,) = check(r"\operatorname{tr} A A = 1", where=r"- $A \in \mathbb{R}^{n \times n}$")
    assert finding.status == "unreadable"
    assert "A B can mean" in finding.diagnosis
    assert r"(A) B and \operatorname{tr}(A B); write the parentheses" in finding.diagnosis
