"""What is built remembers where it stood and how it was written, which trees are not told by."""

import pytest

from checkedmath.errors import ReadError
from checkedmath.latex.nodes import (
    Apply,
    Call,
    Derivative,
    Domain,
    Fraction,
    Hadamard,
    IndexRange,
    Name,
    Number,
    Power,
    Product,
    Transpose,
)
from checkedmath.latex.parsing import read_declaration, read_display


def side(latex):
    (statement,) = read_display(f"{latex} = 0")
    return statement.sides[0]


@pytest.mark.parametrize(
    ("latex", "kind", "part"),
    [
        (r"A + \frac{B}{C} D", Fraction, r"\frac{B}{C}"),
        (r"A B \odot C", Product, "A B"),
        (r"A + B^{2} C", Power, "B^{2}"),
        (r"A \left( B + \log(C) \right)", Call, r"\log(C)"),
        (r"A \frac{\partial J}{\partial W}", Derivative, r"\frac{\partial J}{\partial W}"),
        (r"A - \underbrace{B C}_{\text{small}}", Product, "B C"),
    ],
)
def test_a_part_knows_where_it_stood(latex, kind, part):
    (node,) = [node for node in side(latex).walk() if type(node) is kind]
    assert latex[node.start : node.end] == part


@pytest.mark.parametrize(
    ("latex", "other", "mark"),
    [
        (r"A \circ B", r"A \odot B", "circle"),
        ("A / B", r"\frac{A}{B}", "inline"),
        ("A^T", r"A^\top", "letter"),
        (r"\log A", r"\log(A)", "bare"),
        (r"\nabla_W J", r"\frac{\partial J}{\partial W}", "nabla"),
    ],
)
def test_two_spellings_are_one_tree_and_one_is_marked(latex, other, mark):
    one, another = side(latex), side(other)
    assert one == another
    assert getattr(one, mark)
    assert not getattr(another, mark)


def test_a_second_derivative_is_mixed_where_its_symbols_differ():
    mixed = side(r"\frac{\partial^2 J}{\partial a \partial b}")
    assert (mixed.wrt, mixed.of.wrt, mixed.mixed) == (Name("a"), Name("b"), True)
    twice = side(r"\frac{\partial^2 J}{\partial w^2}")
    assert (twice.wrt, twice.of.wrt, twice.mixed) == (Name("w"), Name("w"), False)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("{A B} C", Product((Product((Name("A"), Name("B"))), Name("C")))),
        (r"\underbrace{A}_{x} B", Product((Name("A"), Name("B")))),
        (r"{A}^\top", Transpose(Name("A"))),
        (r"{A \odot B} + C", None),
    ],
)
def test_braces_that_change_nothing_are_dropped(latex, expected):
    found = side(latex)
    assert found == expected if expected else isinstance(found.terms[0], Hadamard)


@pytest.mark.parametrize("latex", ["{A + B} C", r"A - {B + C}", r"\log {A + B}", r"{\sum_j A} B"])
def test_braces_that_would_change_the_reading_are_refused(latex):
    with pytest.raises(ReadError, match="braces do not show on the page"):
        side(latex)


def test_no_function_is_applied_before_names_are_known():
    assert not [node for node in side("f(x) + g'(x)").walk() if isinstance(node, Apply)]


@pytest.mark.parametrize(
    ("latex", "kind"),
    [
        (r"k \in \{1, \dots, K\}", IndexRange(Number(1), Name("K"))),
        (r"k \in \{2, 3\}", IndexRange(listed=(Number(2), Number(3)))),
        (
            r"S \in \{1, \dots, K\}^{1 \times m}",
            Domain("whole", (Number(1), Name("m")), IndexRange(Number(1), Name("K"))),
        ),
        (r"v \in \mathbb{R}_{\geq 0}^n", Domain("nonnegative", (Name("n"),))),
    ],
)
def test_a_set_with_sizes_above_holds_arrays(latex, kind):
    assert read_declaration(latex).kind == kind
