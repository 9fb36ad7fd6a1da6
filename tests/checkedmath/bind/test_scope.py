"""A name means one thing: what takes it twice is told; what depends on what is known."""

import pytest

from checkedmath.bind.binding import bind_page
from checkedmath.bind.scope import Scope
from checkedmath.errors import ReadError
from checkedmath.latex.parsing import read_declaration, read_display


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("P := a", "P := b"),
        ("P^{[j]} := a", "P^{[k]} := b"),
        ("p^{(i)} := x^{(i)}", "p^{(j)} := 2"),
        ("A := C", "a = a"),
        ("m := 2", "a = a"),
        ("g := 2", "a = a"),
        ("j := 2", "a = a"),
        ("x^{(i)} := y^{(i)}", "a = a"),
        ("p^{(i)} := x^{(i)}", "P := 2 X"),
    ],
)
def test_no_definition_shadows_another_in_silence(statuses, first, second):
    assert "unreadable" in statuses(first, second)


def test_columns_that_are_not_the_batch_s_name_where_the_batch_is_from(check):
    found = check("P := 2 X", "p^{(i)} := x^{(i)}")
    assert "P is defined at page.md:13; its columns are not what p is" in found[-1].diagnosis
    found = check("x^{(i)} := y^{(i)}")
    assert "X is declared; its columns are not what x is" in found[-1].diagnosis


def test_a_definition_for_each_example_may_be_the_batch_s_column(statuses):
    assert statuses("p^{(i)} := 2 x^{(i)}", "P := 2 X", "p^{(i)} = x^{(i)} + x^{(i)}") == ["holds"]


def test_a_family_does_not_shadow_a_declared_layer(check, statuses):
    where = r"""
- $W^{[1]}, a \in \mathbb{R}$
- $l \in \{1, 2\}$
- $V^{[l]} \in \mathbb{R}$
"""
    (finding,) = check("W^{[l]} := a", where=where)
    assert finding.diagnosis == "W^{[1]} is declared already; it cannot be defined"
    assert statuses("V^{[1]} := a", where=where) == ["unreadable"]
    twice = where + r"- $V^{[1]} \in \mathbb{R}$"
    assert statuses("a = a", where=twice) == ["unreadable"]


def define(scope, latex, line=7):
    ((target, body),) = (statement.sides for statement in read_display(latex))
    scope.define(target, body, "page.md", line)


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("f^{[1]}(z) := z", "defined without a layer and an example"),
        ("f(z, z) := z", "two parameters of one name"),
        ("a + b := c", "the left of := is a symbol or f(z)"),
        ("f(Z) := Z", "for one of arrays, declare its type first"),
        ("f(2) := 2", "defined for plain symbols"),
        ("f(z_1) := z_1", "defined for plain symbols"),
        ("p^{(2)} := 1", "a definition for each example is written with (i)"),
        ("P^{[l+1]} := 1", "a layer here is a number or an index"),
        ("P^{[1.5]} := 1", "a layer here is a number or an index"),
        ("A := 1", "A is declared already; it cannot be defined"),
        ("P := 1", "P is defined twice; first at page.md:3"),
    ],
)
def test_what_cannot_be_defined_is_told(latex, words):
    scope = Scope()
    scope.declare(read_declaration(r"A \in \mathbb{R}"), "page.md", 1)
    define(scope, "P := 2", line=3)
    with pytest.raises(ReadError) as caught:
        define(scope, latex)
    assert words in caught.value.message


def test_a_second_declaration_names_the_first():
    scope = Scope()
    scope.declare(read_declaration(r"A \in \mathbb{R}"), "other.md", 4)
    with pytest.raises(ReadError, match=r"A is declared twice; first at other\.md:4"):
        scope.declare(read_declaration(r"A \in \mathbb{R}^n"), "page.md", 1)


def test_what_depends_on_what_is_followed_through_definitions(page_of):
    scope = bind_page(
        page_of("P := 2 A", "Q := P + 1", "R := C", "f(z) := v_1 z", "S := f(b)")
    ).scope
    assert [key for key in "PQRSA" if scope.depends_on(key, "A")] == ["P", "Q", "A"]
    assert scope.depends_on("S", "v")
    assert not scope.depends_on("R", "Q")


def test_a_later_definition_counts(page_of):
    scope = bind_page(page_of("P := 2 A")).scope
    assert not scope.depends_on("Q", "A")
    define(scope, "Q := P")
    assert scope.depends_on("Q", "A")
