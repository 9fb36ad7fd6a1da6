"""Once names are known, a product is told from an application, and a quotient from a derivative."""

import pytest

from checkedmath.bind.binding import bind_page
from checkedmath.bind.resolving import resolve
from checkedmath.errors import ReadError
from checkedmath.latex.nodes import (
    Apply,
    Call,
    Derivative,
    Entry,
    Fraction,
    Group,
    Name,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
)
from checkedmath.latex.parsing import read_display

A, B, G, V = map(Name, "abgv")
GA = Apply(G, (A,))


@pytest.fixture
def resolved(page_of):
    """Return a function that resolves an expression on a page with some definitions."""

    def run(latex, *definitions):
        (statement,) = read_display(f"{latex} = 0")
        return resolve(statement.sides[0], bind_page(page_of(*definitions)).scope)

    return run


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("g(a)", GA),
        ("g'(a)", Apply(Name("g", primes=1), (A,))),
        ("a(b)", Product((A, Group((B,))))),
        ("b g(a)", Product((B, GA))),
        ("g(a)(b)", Product((GA, Group((B,))))),
        ("g(a)^2", Power(GA, Number(2))),
        (r"g(v)^\top", Transpose(Apply(G, (V,)))),
        ("g(v)_2", Entry(Apply(G, (V,)), (Number(2),))),
        (r"\log g(a)", Call("log", GA)),
        (r"b \log g(a)", Product((B, Call("log", GA)))),
        ("g(g(a))", Apply(G, (GA,))),
        ("g[a]", GA),
        (r"\nabla_a g(a)", Derivative(GA, A)),
        (r"\nabla g(a)", Derivative(GA, A)),
        (r"\nabla_a^2 g(a)", Derivative(Derivative(GA, A), A)),
        ("a[b + g(a)]", Product((A, Group((Sum((B, GA), (1, 1)),))))),
    ],
)
def test_a_function_is_applied_to_the_parentheses_behind_it(resolved, latex, expected):
    assert resolved(latex) == expected


def test_a_name_is_a_function_by_its_definition(resolved):
    assert resolved("f(a, b)") == Product((Name("f"), Group((A, B))))
    assert resolved("f(a, b)", "f(y, z) := y z") == Apply(Name("f"), (A, B))


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\frac{dg}{da}", Apply(Name("g", primes=1), (A,))),
        (r"\frac{da}{db}", Derivative(A, B)),
        (r"\frac{a}{b}", Fraction(A, B)),
        (r"\frac{d}{da} g(a)", Derivative(GA, A)),
        (r"\frac{\partial}{\partial a} g(a)", Derivative(GA, A)),
        (r"\frac{\partial^2}{\partial a^2} g(a)", Derivative(Derivative(GA, A), A)),
        (r"b \frac{\partial}{\partial a} g(a)", Product((B, Derivative(GA, A)))),
    ],
)
def test_a_quotient_of_differentials_is_a_derivative(resolved, latex, expected):
    assert resolved(latex) == expected


def test_differentials_that_the_page_names_are_no_derivative(resolved):
    with pytest.raises(ReadError, match="or the quotient of symbols of this page"):
        resolved(r"\frac{da}{db}", "da := 2")


def test_an_application_knows_where_it_stood(resolved):
    latex = r"b + g(a)"
    (application,) = [node for node in resolved(latex).walk() if isinstance(node, Apply)]
    assert latex[application.start : application.end] == "g(a)"


def test_a_definition_s_body_is_resolved_with_names_of_later_lines(page_of):
    scope = bind_page(page_of("P := f(a)", "f(z) := z^2")).scope
    assert scope.definitions["P"][0].body == Apply(Name("f"), (A,))
