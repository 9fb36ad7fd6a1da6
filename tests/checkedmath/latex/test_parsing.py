"""LaTeX is read as the tree that a mathematician sees; a mistake is told with its offset."""

import fractions
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkedmath.errors import PageError, ReadError
from checkedmath.latex.nodes import (
    BigOperator,
    Call,
    Condition,
    Declaration,
    Derivative,
    Domain,
    Entry,
    Fraction,
    FunctionType,
    Group,
    Hadamard,
    IndexRange,
    Indicator,
    Joined,
    Matrix,
    MatrixRow,
    Name,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
)
from checkedmath.latex.parsing import LONGEST, read_declaration, read_display

A, B, C, I, J, K, M, W, X = map(Name, "ABCijkmWX")
ONE, TWO = Number(1), Number(2)
A_ABOVE_B = Condition((A, B), (">",))


def side(latex):
    (statement,) = read_display(f"{latex} = 0")
    return statement.sides[0]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("A", A),
        ("2", TWO),
        ("2.50", Number(fractions.Fraction(5, 2))),
        ("2.00", TWO),
        ("0.10000000000000000000001", Number(fractions.Fraction(10**22 + 1, 10**23))),
        ("12345678901234567891", Number(12345678901234567891)),
        ("A B", Product((A, B))),
        (r"A \cdot B", Product((A, B))),
        ("A B C", Product((A, B, C))),
        (r"A \odot B", Hadamard(A, B)),
        (r"A B \odot C", Hadamard(Product((A, B)), C)),
        ("A + B - C", Sum((A, B, C), (1, 1, -1))),
        ("-A", Sum((A,), (-1,))),
        ("-A^2", Sum((Power(A, TWO),), (-1,))),
        ("-A B", Sum((Product((A, B)),), (-1,))),
        ("(A + B) C", Product((Group((Sum((A, B), (1, 1)),)), C))),
        (r"\frac{A}{B}", Fraction(A, B)),
        (r"\frac12", Fraction(ONE, TWO)),
        (r"\frac1m", Fraction(ONE, M)),
        (r"\dfrac{1}2", Fraction(ONE, TWO)),
        ("A/B", Fraction(A, B)),
        ("A B/C", Fraction(Product((A, B)), C)),
        (r"A^\top", Transpose(A)),
        ("A^T", Transpose(A)),
        (r"A^{\intercal}", Transpose(A)),
        (r"A^{[1]}", Name("A", layer=ONE)),
        (r"A^{[1]\top}", Transpose(Name("A", layer=ONE))),
        (r"A^{[2]T}", Transpose(Name("A", layer=TWO))),
        (r"A^{(i)}", Name("A", example=I)),
        (r"A^{[1](i)\top}", Transpose(Name("A", layer=ONE, example=I))),
        (r"A^{[l-1]}", Name("A", layer=Sum((Name("l"), ONE), (1, -1)))),
        ("A_{jk}", Name("A", (J, K))),
        ("A_{j, k}", Name("A", (J, K))),
        ("A_j^{(i)}", Name("A", (J,), example=I)),
        ("A^{(i)}_j", Name("A", (J,), example=I)),
        ("A_j^2", Power(Name("A", (J,)), TWO)),
        ("A^2_j", Power(Name("A", (J,)), TWO)),
        ("(A B)_{jk}", Entry(Group((Product((A, B)),)), (J, K))),
        ("A'", Name("A", primes=1)),
        (r"A^\prime", Name("A", primes=1)),
        ("dW", Name("dW")),
        ("d W", Product((Name("d"), W))),
        ("AdW", Product((A, Name("dW")))),
        (r"d\sigma", Name(r"d\sigma")),
        (r"\hat y", Name(r"\hat{y}")),
        (r"\mathbf x", Name(r"\mathbf{x}")),
        (r"\mathrm{loss}", Name(r"\operatorname{loss}")),
        (r"J_{\text{all}}", Name("J", (Name(r"\operatorname{all}"),))),
        (r"\log A", Call("log", A)),
        (r"\log(A)", Call("log", A)),
        (r"\log A^2", Call("log", Power(A, TWO))),
        (r"\log_2 A", Call("log", A, base=TWO)),
        (r"\log_{B}(A)", Call("log", A, base=B)),
        (r"\log_28", Call("log", Number(8), base=TWO)),
        (r"\sqrt{A}", Call("sqrt", A)),
        (r"\sum_j A", BigOperator("sum", "j", None, None, A)),
        (
            r"\sum_{j} A B + C",
            Sum((BigOperator("sum", "j", None, None, Product((A, B))), C), (1, 1)),
        ),
        (r"\sum_{j=1}^m A", BigOperator("sum", "j", ONE, M, A)),
        (r"\sum^m_{j=1} A", BigOperator("sum", "j", ONE, M, A)),
        (r"\sum\limits^{m}_{j = 1} A", BigOperator("sum", "j", ONE, M, A)),
        (r"\mathbb{1}", Name(r"\mathbf{1}")),
        (r"\mathbb{1}_m", Name(r"\mathbf{1}", (M,))),
        (r"\mathbb{1}_{m}^\top", Transpose(Name(r"\mathbf{1}", (M,)))),
        (r"\mathbf 1_m", Name(r"\mathbf{1}", (M,))),
        (r"\mathds{1}_{m}", Name(r"\mathbf{1}", (M,))),
        (r"\mathbf{1}_{A > B}", Indicator(A_ABOVE_B)),
        (r"\mathbb{1}[A > B > C]", Indicator(Condition((A, B, C), (">", ">")))),
        (
            r"[A > B \text{ and } A > B \land A > B]",
            Indicator(Joined((A_ABOVE_B, A_ABOVE_B, A_ABOVE_B), "and")),
        ),
        (r"[A > B \text{or} A > B]", Indicator(Joined((A_ABOVE_B, A_ABOVE_B), "or"))),
        (
            r"\begin{vmatrix} A & B \\ C & A \end{vmatrix}",
            Call("det", Matrix((MatrixRow((A, B)), MatrixRow((C, A))))),
        ),
        (r"\prod_{j=1}^{m} A", BigOperator("prod", "j", ONE, M, A)),
        (r"A \sum_j B", Product((A, BigOperator("sum", "j", None, None, B)))),
        (r"\frac{\partial J}{\partial W}", Derivative(Name("J"), W)),
        (r"\partial J / \partial W", Derivative(Name("J"), W)),
        (r"\nabla_W J", Derivative(Name("J"), W)),
        (r"\nabla_W^2 J", Derivative(Derivative(Name("J"), W), W)),
        (r"\nabla^2_W J", Derivative(Derivative(Name("J"), W), W)),
        (r"\frac{\partial J}{\partial W^T}", Derivative(Name("J"), Transpose(W))),
        (
            r"\frac{\partial^2 J}{\partial W \partial X^T}",
            Derivative(Derivative(Name("J"), W), Transpose(X)),
        ),
        (
            r"\frac{\partial^2 J}{\partial X^T \partial W}",
            Derivative(Derivative(Name("J"), W), Transpose(X)),
        ),
        (r"\left[ A \right] B", Product((Group((A,)), B))),
        (r"\bigl\{ A \bigr\} B", Product((Group((A,)), B))),
        (r"[A B]_{jk}", Entry(Group((Product((A, B)),)), (J, K))),
        (r"\exp\left\{ A \right\}", Call("exp", A)),
        (r"\log[A]", Call("log", A)),
        (r"\tanh^2(A)", Call("tanh", A, power=2)),
        (r"\log^2 A", Call("log", A, power=2)),
        (r"\log \sum_i A B", Call("log", BigOperator("sum", "i", None, None, Product((A, B))))),
        (
            r"A \log \sum_i B",
            Product((A, Call("log", BigOperator("sum", "i", None, None, B)))),
        ),
        (
            r"\nabla_W \sum_i B",
            Derivative(BigOperator("sum", "i", None, None, B), W),
        ),
        (r"j(A \mid B; C)", Product((J, Group((A, B, C))))),
        (r"\text{loss}(A)", Product((Name(r"\operatorname{loss}"), Group((A,))))),
        (r"\text{loss}", Name(r"\operatorname{loss}")),
        (r"\frac{\partial \text{loss}}{\partial W}", Derivative(Name(r"\operatorname{loss}"), W)),
        (r"\hat\beta \bar \mu", Product((Name(r"\hat{\beta}"), Name(r"\bar{\mu}")))),
        (r"\max\{A\}", Call("max", A)),
        (r"\nabla_{W} J A", Product((Derivative(Name("J"), W), A))),
        (r"\underbrace{A}_{B + C} B", Product((A, B))),
        (r"\left( A \right)", Group((A,))),
        (r"{A}^2", Power(A, TWO)),
        (r"A % B", A),
        (r"& A", A),
    ],
)
def test_expressions_have_their_tree(latex, expected):
    latex = latex + "\n" if "%" in latex else latex
    assert side(latex) == expected


@pytest.mark.parametrize(
    ("latex", "count"),
    [
        ("A = B", [2]),
        ("A = B = C", [3]),
        (r"A = B \text{ and } B = C", [2, 2]),
        (r"A = B \\ C = A", [2, 2]),
        ("A = B, C = A", [2, 2]),
        (r"A = B, \\ C = A", [2, 2]),
        (r"A = B \\ = C", [3]),
        (r"A = B \\ &= C", [3]),
        (r"A = B \\ + C", [2]),
        (r"A = B \qquad C = A", [2, 2]),
        (r"A = B \quad C = A", [2, 2]),
        (r"A = B; C = A.", [2, 2]),
        (r"A = B \text{ and } C = A", [2, 2]),
        ("A = B\n\nC = A", [2, 2]),
        ("\n\nA = B\n\n", [2]),
        (r"A = B \\[2pt] C = A", [2, 2]),
        (r"\begin{aligned} A &= B \\ &= C \end{aligned}", [3]),
        (r"A = B, \\ -A = C", [2, 2]),
        (r"A = B \\ \quad - \sum_{j=1}^m C", [2]),
        (r"A = B \\ &\quad - C \\ &= A", [3]),
        (r"A \coloneqq B \propto C \neq A \le B \ge C < A > B", [8]),
    ],
)
def test_displays_are_parted_into_statements(latex, count):
    assert [len(statement.sides) for statement in read_display(latex)] == count


def test_relations_have_signs_and_places():
    (statement,) = read_display(r"A := B = C \neq A")
    assert [(r.sign, r.start) for r in statement.relations] == [(":=", 2), ("=", 7), ("≠", 11)]


@pytest.mark.parametrize(
    ("latex", "offset", "words"),
    [
        ("A = ", 4, "found the end"),
        (r"A = \frac{B}{C} \mapsto", 16, r"found \mapsto"),
        (r"A = \log(B)^2", 8, r"can mean the square of \log(a), and \log of a square"),
        ("A = )", 4, "found )"),
        ("A = B )", 6, "found )"),
        ("A = {B", 4, "this { is never closed; a } is missing"),
        ("A = B}", 5, "this } closes nothing; a { is missing before it"),
        (r"A = B \foo C", 6, r"found \foo"),
        ("A = a/b c", 8, "a/b c can mean"),
        (r"A = 1 2", 6, "a number after a factor"),
        (r"A = 1\tfrac12 B", 5, r"a number before \frac{1}{2} can be added to it"),
        (r"A = \{B, C\}", 7, "found ,"),
        ("A = w_+", 6, "+ can mark the positive part"),
        ("A = w^{-}", 6, "- can mark the negative part"),
        ("A = w^*", 6, "* can mark the adjoint"),
        (r"A = w_{\star}", 6, r"\star can mark the adjoint"),
        (r"A = w^\dagger", 6, "and the pseudo-inverse, for which"),
        ("A = B * C", 6, "* can be a convolution, and a product"),
        (r"A = \sum_{a'} B", 10, "an index has no prime; write another letter"),
        (r"A = \mathbb{E}_{a \sim q}[B]", 4, "an expectation over a distribution"),
        (r"A = \tanh^{-1}(B)", 4, "and a function applied again or turned round"),
        (r"\nabla_w^3 J = 1", 0, r"\nabla and \nabla^2 are evaluated only"),
        (r"A = \top", 4, r"\top stands in a superscript"),
        (r"A = \partial B", 4, r"\partial stands in a fraction"),
        (r"A = \frac{\partial B}{C}", 4, r"\partial above and below"),
        (r"A = {B + C} A", 4, "write parentheses around what they hold"),
        (r"A = {B C}^2", 4, "write parentheses around what has a script"),
        (r"A = B^{\top\top}", 11, "transposed twice"),
        (r"A = B^2^3", 4, "two superscripts; write both in one pair of braces"),
        (r"A = B_2_3", 4, "two subscripts; write both in one pair of braces"),
        (r"A = (B)^{[1]}", 4, "only a symbol carries layers"),
        (r"A = B^{[1][2]}", 4, "two layers"),
        (r"A = 2'", 4, "a prime follows"),
        (r"A = \frac123", 10, "which digits are below"),
        (r"A = \ln_2 B", 4, r"\ln has no base below it; only \log_2 and the like have one"),
        (r"A = \begin{bmatrix} B \end{vmatrix}", 4, r"goes with \end{bmatrix}; here is \end{v"),
        (r"A = [A > B \lor A > B \land A > B]", 5, "A and B or C can mean (A and B) or C"),
        (r"A = B \lor B = C", 6, r"\lor joins conditions; of two equations both are checked"),
        (
            r"A = \begin{cases} B & \text{else}, C \end{cases}",
            35,
            "this cannot stand here; found C",
        ),
        ("A = " + "9" * 400, 4, "more than 308 digits"),
        ("A = 0." + "1" * 5000, 4, "more than 308 digits"),
        (r"A = \tanh^{1.5} B", 4, r"\tanh^{…} can be the power"),
        (r"A = \frac{\partial^{1.5}}{\partial B} B", 4, "an operator is"),
        (r"A = B \\ -C = A", 9, "a row that begins with -"),
        (
            r"A = B\text{tr} C",
            5,
            r"where text is not read; write \operatorname, or a comma before it",
        ),
        (r"A = \underbrace B", 15, "expected { after"),
        ("A" * (LONGEST + 1), LONGEST, "more than 20000 characters in one display; part it"),
        ("A = " + "{" * 100 + "B" + "}" * 100, 64, "braces are nested more than 60 deep"),
    ],
)
def test_mistakes_are_told_with_their_offset(latex, offset, words):
    with pytest.raises(ReadError, match=re.escape(words)) as caught:
        read_display(latex)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("(" * 3000 + "a" + ")" * 3000, "nested too deeply; define a part by := first"),
        (r"\log " * 3000 + "a", "nested too deeply; define a part by := first"),
        ("a " * 5000, "nested too deeply; define a part by := first"),
        (r"a \odot " * 2000 + "a", "nested too deeply; define a part by := first"),
        (r"\sum_j " * 2000 + "a", "nested too deeply; define a part by := first"),
        ("a/" * 5000 + "a", "nested too deeply; define a part by := first"),
        ("{" * 9_000 + "}" * 8_999, "braces are nested more than 60 deep"),
        ("(" * 70 + "a" + ")" * 70, "nested more than 60 deep; define a part by := first"),
    ],
)
def test_deep_nesting_is_a_mistake_of_the_page(latex, words):
    with pytest.raises(ReadError, match=words):
        read_display(f"a = {latex}")


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"X \in \mathbb{R}^{n \times m}", ((X,), Domain("real", (Name("n"), M)))),
        (r"X \in \mathbb R^n", ((X,), Domain("real", (Name("n"),)))),
        (r"a, b \in \mathbb{R}", ((Name("a"), Name("b")), Domain("real"))),
        (r"a \in \mathbb{R}_{>0}", ((Name("a"),), Domain("positive"))),
        (r"a \in \mathbb{R}_{\ge 0}", ((Name("a"),), Domain("nonnegative"))),
        (r"Y \in \{0, 1\}^{1 \times m}", ((Name("Y"),), Domain("binary", (ONE, M)))),
        (r"P \in (0, 1)^{n}", ((Name("P"),), Domain("unit", (Name("n"),)))),
        (r"m \in \mathbb{N}", ((M,), Domain("natural"))),
        (r"j \in \{1, \dots, m\}", ((J,), IndexRange(ONE, M))),
        (r"j \in \{1, 2\}", ((J,), IndexRange(listed=(ONE, TWO)))),
        (
            r"g : \mathbb{R} \to \mathbb{R}",
            ((Name("g"),), FunctionType((Domain("real"),), Domain("real"))),
        ),
        (
            r"W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}",
            (
                (Name("W", layer=Name("l")),),
                Domain(
                    "real",
                    (
                        Name("n", (Name("l"),)),
                        Name("n", (Sum((Name("l"), ONE), (1, -1)),)),
                    ),
                ),
            ),
        ),
    ],
)
def test_declarations_have_their_tree(latex, expected):
    assert read_declaration(latex) == Declaration(*expected)


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("X", r"\in"),
        (r"X \in", "found the end"),
        (r"X \in \mathbb{Q}", r"the sets are \mathbb{R}^{n \times m}"),
        (r"X \in \mathbb{R}^{n \times}", "found }"),
        (r"X = 2", "a number is declared as"),
        (r"X > 2", "a number is declared as"),
        (r"2 \in \mathbb{R}", "a declaration names symbols such as X or W^{[1]}"),
        (r"g : \{1, 2\} \to \mathbb{R}", "a function goes from one set to another"),
        (r"X \in \mathbb{R}^n extra", "; found e"),
        ("", "write a declaration as X"),
        (r"\in", r"R}; found \in"),
        (r"f : \mathbb{R}^{\prime} \to \mathbb{R}", r"\prime stands in a superscript"),
        (r"X \in \mathbb{R}^{n \times \top}", r"\top stands in a superscript"),
        (r"X^{[\top]} \in \mathbb{R}", r"\top stands in a superscript"),
    ],
)
def test_what_declares_nothing_is_told(latex, words):
    with pytest.raises(ReadError, match=re.escape(words)):
        read_declaration(latex)


PIECES = st.sampled_from(
    [
        r"a",
        r"W",
        r"x",
        r"2",
        r"10",
        r"+",
        r"-",
        r"=",
        r":=",
        r"(",
        r")",
        r"{",
        r"}",
        r"[",
        r"]",
        r"^",
        r"_",
        r",",
        r";",
        r".",
        r"/",
        r"&",
        r"\\",
        r"'",
        r"\frac",
        r"\partial",
        r"\nabla_",
        r"\sum_",
        r"\sum_{i=1}^{m}",
        r"\log",
        r"\odot",
        r"\top",
        r"T",
        r"^{(i)}",
        r"^{[1]}",
        r"_{jk}",
        r"\text{so}",
        r"\quad",
        r"\qquad",
        r"\underbrace",
        r"\neq",
        r"\propto",
        r"\sqrt",
        r"d",
        r"e",
        r"\left(",
        r"\right)",
        r"\in",
        r"\mathbb{R}",
        r"\hat",
        r"\{",
        r"\}",
        r"|",
        r"%",
        r"~",
        r"\,",
        r"\begin{aligned}",
        r"\end{aligned}",
        r"é",
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=25).map(" ".join), st.text(max_size=60)))
def test_any_text_is_read_or_refused(latex):
    for read in (read_display, read_declaration):
        offset = None
        try:
            read(latex)
        except PageError as error:
            offset = error.offset
        assert offset is None or 0 <= offset <= len(latex)
