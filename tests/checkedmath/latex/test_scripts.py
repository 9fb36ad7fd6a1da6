"""A superscript is an index, a transpose, a prime or a power, and never two of them."""

import pytest

from checkedmath.errors import ReadError
from checkedmath.latex.braces import unbraced
from checkedmath.latex.nodes import Entry, Group, Name, Number, Power, Product, Script, Transpose
from checkedmath.latex.scripts import with_prime, with_subscript, with_superscript

A, I, T = map(Name, "AiT")
ONE = Number(1)
LAYER = Group((ONE,), opens="[")
EXAMPLE = Group((I,))
TOP = Script("transpose")
PRIME = Script("prime")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ONE, Power(A, ONE)),
        (Script("braces", ONE), Power(A, ONE)),
        (LAYER, Name("A", layer=ONE)),
        (EXAMPLE, Name("A", example=I)),
        (PRIME, Name("A", primes=1)),
        (TOP, Transpose(A)),
        (T, Transpose(A)),
        (Product((LAYER, EXAMPLE)), Name("A", layer=ONE, example=I)),
        (Product((EXAMPLE, TOP)), Transpose(Name("A", example=I))),
        (Product((LAYER, EXAMPLE, T)), Transpose(Name("A", layer=ONE, example=I))),
        (Product((Number(2), I)), Power(A, Product((Number(2), I)))),
    ],
)
def test_a_superscript_is_what_its_form_says(content, expected):
    assert with_superscript(A, content) == expected


def test_a_transpose_by_a_letter_remembers_it():
    assert with_superscript(A, T).letter
    assert not with_superscript(A, TOP).letter


@pytest.mark.parametrize(
    ("node", "content", "words"),
    [
        (Group((A,)), LAYER, "only a symbol carries layers; give the expression a name"),
        (Group((A,)), EXAMPLE, "only a symbol carries examples"),
        (Name("A", layer=ONE), LAYER, "two layers on one symbol"),
        (A, Product((EXAMPLE, EXAMPLE)), "two examples on one symbol"),
        (A, Product((TOP, T)), "transposed twice; write one transpose, or none"),
        (ONE, PRIME, "a prime follows a function's name"),
    ],
)
def test_a_superscript_that_cannot_be_is_told(node, content, words):
    with pytest.raises(ReadError, match=words):
        with_superscript(node, content)


def test_a_subscript_is_a_name_s_or_picks_an_entry():
    assert with_subscript(A, (Script("braces", I),)) == Name("A", (I,))
    assert with_subscript(Group((A,)), (I, ONE)) == Entry(Group((A,)), (I, ONE))
    with pytest.raises(ReadError, match="two subscripts; write one"):
        with_subscript(Name("A", (I,)), (ONE,))


def test_primes_add_up():
    assert with_prime(Name("g", primes=1), 2) == Name("g", primes=3)


def test_only_braces_are_dropped():
    assert unbraced(Script("braces", A)) == A
    assert unbraced(TOP) is TOP
    assert unbraced(A) is A
