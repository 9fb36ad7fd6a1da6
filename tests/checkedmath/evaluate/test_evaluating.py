"""Each construct means what mathematicians mean by it."""

import time

import numpy as np
import pytest

from checkedmath.bind.binding import bind_page
from checkedmath.bind.resolving import resolve
from checkedmath.evaluate.drawing import Plan, draw
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.functions import sigmoid
from checkedmath.evaluate.lookup import Bindings
from checkedmath.latex.parsing import read_display


@pytest.fixture
def evaluate(page_of):
    def run(expression, *definitions, indices=None):
        bound_page = bind_page(page_of(*definitions))
        assert not bound_page.findings
        drawn = draw(bound_page.scope, 0, Plan(0))
        ((side, _),) = (s.sides for s in read_display(f"{expression} = 0"))
        bound_page.scope.note_examples(side, one_example=False)
        evaluator = Evaluator(bound_page.scope, drawn, time.monotonic() + 5)
        value = evaluator.value(resolve(side, bound_page.scope), Bindings(indices or {}))
        names = {key: array for (key, _), array in drawn.values.items()}
        return value, names, drawn

    return run


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("A B", lambda n: n["A"] @ n["B"]),
        (r"A \cdot B", lambda n: n["A"] @ n["B"]),
        (r"A \odot C", lambda n: n["A"] * n["C"]),
        (r"A^\top A", lambda n: n["A"].T @ n["A"]),
        ("A^T A", lambda n: n["A"].T @ n["A"]),
        (r"A^{\intercal} v", lambda n: n["A"].T @ n["v"]),
        (r"\frac{A}{a}", lambda n: n["A"] / n["a"]),
        (r"\frac12 A", lambda n: n["A"] / 2),
        (r"\tfrac12 A", lambda n: n["A"] / 2),
        ("A/2", lambda n: n["A"] / 2),
        ("a/b/c", lambda n: n["a"] / n["b"] / n["c"]),
        ("a b/c", lambda n: n["a"] * n["b"] / n["c"]),
        ("A + v", lambda n: n["A"] + n["v"]),
        ("1 - A", lambda n: 1 - n["A"]),
        ("a - b - c", lambda n: n["a"] - n["b"] - n["c"]),
        ("a - (b - c)", lambda n: n["a"] - (n["b"] - n["c"])),
        ("-a^2", lambda n: -(n["a"] ** 2)),
        ("(-a)^2", lambda n: n["a"] ** 2),
        ("a^{-2}", lambda n: n["a"] ** -2.0),
        ("2^{a}", lambda n: 2 ** n["a"]),
        ("a^0", lambda n: n["a"] ** 0),
        ("e^{A}", lambda n: np.exp(n["A"])),
        ("e", lambda _: np.array([[np.e]])),
        (r"\pi", lambda _: np.array([[np.pi]])),
        (r"\exp(a)", lambda n: np.exp(n["a"])),
        (r"\exp a + b", lambda n: np.exp(n["a"]) + n["b"]),
        (r"\log a^2", lambda n: np.log(n["a"] ** 2)),
        (r"\log(a^2) b", lambda n: np.log(n["a"] ** 2) * n["b"]),
        (r"\log \sigma(a)", lambda n: np.log(sigmoid(n["a"]))),
        (r"b \log \sigma(a)", lambda n: n["b"] * np.log(sigmoid(n["a"]))),
        (r"\ln \frac{a}{a}", lambda n: 0 * n["a"]),
        (r"\sqrt{a^2}", lambda n: np.abs(n["a"])),
        (r"\tanh(A)", lambda n: np.tanh(n["A"])),
        (r"\sinh(a) + \cosh(a)", lambda n: np.exp(n["a"])),
        (r"\sin(a) \cos(b)", lambda n: np.sin(n["a"]) * np.cos(n["b"])),
        (r"\sigma(A)", lambda n: sigmoid(n["A"])),
        (r"\sigma(A)^\top", lambda n: sigmoid(n["A"]).T),
        (r"\sigma(a)^2", lambda n: sigmoid(n["a"]) ** 2),
        (r"\sigma(A)_{2,1}", lambda n: sigmoid(n["A"])[1:2, :1]),
        (r"\sigma'(a)", lambda n: sigmoid(n["a"]) * (1 - sigmoid(n["a"]))),
        (r"\sigma^{\prime}(a)", lambda n: sigmoid(n["a"]) * (1 - sigmoid(n["a"]))),
        (r"\frac{d\sigma}{da}", lambda n: sigmoid(n["a"]) * (1 - sigmoid(n["a"]))),
        ("A_{2,1}", lambda n: n["A"][1:2, :1]),
        ("(A B)_{2,1}", lambda n: (n["A"] @ n["B"])[1:2, :1]),
        (r"(A^\top)_{1,2}", lambda n: n["A"][1:2, :1]),
        ("v_2", lambda n: n["v"][1:2]),
        ("u_2", lambda n: n["u"][:, 1:2]),
        ("x^{(2)}", lambda n: n["X"][:, 1:2]),
        (r"x^{(2)\top}", lambda n: n["X"][:, 1:2].T),
        ("x^{(2)T}", lambda n: n["X"][:, 1:2].T),
        ("x^{(2)}_1", lambda n: n["X"][:1, 1:2]),
        ("x_1^{(2)}", lambda n: n["X"][:1, 1:2]),
        ("x^{(1+1)}", lambda n: n["X"][:, 1:2]),
        (r"\sum_{i=1}^{m} x^{(i)}", lambda n: n["X"].sum(1, keepdims=True)),
        (r"\sum_i x^{(i)}", lambda n: n["X"].sum(1, keepdims=True)),
        (r"\sum_{i} x^{(i)} x^{(i)\top}", lambda n: n["X"] @ n["X"].T),
        (
            r"2 \sum_{i} x^{(i)} + y^{(1)}",
            lambda n: 2 * n["X"].sum(1, keepdims=True) + n["Y"][:, :1],
        ),
        (r"\sum_j v_j w_j", lambda n: (n["v"] * n["w"])[:2].sum(keepdims=True)),
        (r"\sum_j v_j \sum_k w_k", lambda n: n["v"][:2].sum() * n["w"][:2].sum(keepdims=True)),
        (r"\prod_{i=1}^{3} a", lambda n: n["a"] ** 3),
        (r"\sum_{i=2}^{1} a", lambda n: 0 * n["a"]),
        (r"\prod_{i=2}^{1} a", lambda n: n["a"] ** 0),
        (r"\mathbf{1}_{3}", lambda _: np.ones((3, 1))),
        (r"\underbrace{a b}_{\text{small}} + c", lambda n: n["a"] * n["b"] + n["c"]),
        (r"a \, b \; c", lambda n: n["a"] * n["b"] * n["c"]),
        (r"\left( a + b \right) c", lambda n: (n["a"] + n["b"]) * n["c"]),
        (r"{\color{red} a} b", lambda n: n["a"] * n["b"]),
        ("v u", lambda n: n["v"] @ n["u"]),
        ("u v A", lambda n: (n["u"] @ n["v"]) * n["A"]),
        (r"A^\top v \odot B \mathbf{1}_r", lambda n: (n["A"].T @ n["v"]) * n["B"].sum(1)[:, None]),
    ],
)
def test_constructs_equal_numpy(evaluate, latex, expected):
    value, names, _ = evaluate(latex)
    with np.errstate(all="ignore"):
        wanted = expected(names)
    np.testing.assert_allclose(value, wanted, rtol=1e-13, atol=1e-14)


def test_sizes_are_numbers(evaluate):
    value, names, drawn = evaluate("m + n")
    assert value.item() == drawn.sizes["m"] + drawn.sizes["n"] == sum(names["X"].shape)


def test_functions_are_elementwise(evaluate):
    value, names, _ = evaluate("f(A, a)", "f(y, z) := y^2 - z y")
    np.testing.assert_allclose(value, names["A"] ** 2 - names["a"] * names["A"])


def test_definitions_are_followed(evaluate):
    value, names, _ = evaluate("D", r"D := A + E, \qquad E := 2 A")
    np.testing.assert_allclose(value, 3 * names["A"])


@pytest.mark.parametrize(
    ("latex", "status", "words"),
    [
        ("A A", "shape", r"The shapes are equal: is it \odot, or is a transpose missing"),
        ("A u", "shape", "A is 5×2, u is 1×5; a matrix product needs 2 rows on the right"),
        ("A B B", "shape", "A B is 5×3, B is 2×3"),
        (r"B A", "shape", "needs 3 rows on the right"),
        ("A + u", "shape", "u is 1×5; what it is added to is 5×2"),
        ("u + v", "shape", "v is 5×1; what it is added to is 1×5"),
        ("A + B v", "shape", "needs 3 rows on the right"),
        (r"A \odot v", "shape", "⊙ needs equal shapes; A is 5×2, v is 5×1"),
        (r"\frac{a}{v}", "shape", "v is 5×1; divide by a number"),
        ("A^2", "shape", "a power is of a number"),
        ("A^{-1}", "shape", "an inverse is of a square matrix; here is 5×2"),
        ("2^{v}", "shape", "a power is of a number"),
        ("A_1", "unreadable", "an entry of a 5×2 array takes two subscripts"),
        ("v_{90}", "shape", "there is no entry 90,1 in 5×1"),
        ("v_0", "shape", "there is no entry 0,1"),
        ("v[k]", "unreadable", "v[k] can be an entry, a layer, and a product; write v_{k}"),
        ("v[2]", "unreadable", "can be an entry, a layer"),
        ("v_{a}", "unreadable", "a is no whole number; an index must be one"),
        ("x^{(90)}", "shape", "X has 6 columns; there is no example 90"),
        ("x^{(0)}", "shape", "there is no example 0"),
        (r"A_{jk}^\top", "unreadable", "an entry of the transpose"),
        (r"A^\top_{jk}", "unreadable", "an entry of the transpose"),
        ("(a, b)", "unreadable", "a comma stands between a function's arguments only"),
        ("g'", "unreadable", "needs an argument, as in g'(z)"),
        ("a'", "unreadable", "needs an argument"),
        ("g'''(a)", "unreadable", "one prime or two"),
        ("g(a, b)", "unreadable", "g takes 1 argument; here are 2"),
        ("g", "undeclared", "g is a function; it needs an argument: g(z)"),
        ("g_1(a)", "undeclared", "g_1"),
        (r"\sigma_1(a)", "undeclared", r"\sigma_1"),
        ("g^{[1]}(a)", "undeclared", "g^{[1]} is not declared as a function"),
        ("e_1", "undeclared", "e_1"),
        (r"\mathbf{1}_{1000000000}", "unreadable", "a size is from 1 to 1000"),
        (r"\mathbf{1}_{0}", "unreadable", "a size is from 1 to 1000"),
        (r"\prod_{i=1}^2 A", "shape", r"\prod is of numbers"),
        (r"\sum_q a", "unreadable", "q is declared; a sum needs an index of its own"),
        (r"\sum_s a", "undeclared", r"s is not declared; write \sum_{s=1}^{n}"),
        (r"\sum_a v_a", "unreadable", "a is declared"),
        (r"\sum_j \sum_j a", "unreadable", "j is the index of a sum inside a sum over j"),
        (r"\sum_{i=1}^{a} b", "unreadable", "a is no whole number"),
        ("Q", "undeclared", "Q is not declared"),
        (r"\mathbb{E}[a]", "unreadable", r"write \mathbb{E}_i[…] for the mean over i"),
        (r"\begin{cases} a \end{cases}", "unreadable", r"found \end"),
    ],
)
def test_what_has_no_meaning_is_told(check, latex, status, words):
    (finding,) = check(f"{latex} = 1")
    assert finding.status == status
    assert words in finding.diagnosis


@pytest.mark.parametrize(
    "latex",
    [
        r"\log a b",
        r"\log a \cdot b",
        r"\log a / b",
        r"\log a \odot b",
        r"\log(a)^2",
        r"\tanh(a)^2",
        r"{A B}^\top",
        r"a - {b - c}",
        r"{a + b} c",
        r"2 \underbrace{a + b}_{s}",
        r"\underbrace{a b}^2",
        r"\sum_j {a + b}",
        r"{\sum_j v_j} w_1",
        r"{A \odot C} B",
        r"{a^2}^3",
        r"1 2",
        r"10\,000",
        "1e5",
        "2 3^2",
        r"a / b c",
        r"1/2 \cdot c",
        r"A^{\top\top}",
        "A^{TT}",
        "a^2^3",
        r"A^\top^\top",
        "a_1_2",
        r"\frac{\partial a}{b}",
        r"\frac{a}{\partial b}",
        r"a \cdot -b",
        "a - -b",
        r"\frac123",
        r"a\text{tr} A",
        "A^{(1)(2)}",
        r"A^{[1][2]}",
        "(a)^{(1)}",
        "(a)^{[1]}",
        "2'",
        r"\partial a",
        r"a_{\top}",
        r"\top",
    ],
)
def test_what_has_two_readings_or_none_is_refused(check, latex):
    (finding,) = check(f"{latex} = c")
    assert finding.status == "unreadable"
    assert finding.diagnosis


@pytest.mark.parametrize(
    "latex",
    [
        r"f(z) := z^\top z \\ f(v) = f(v)",
        r"f(y, z) := y z \\ f(v, u) = f(v, u)",
        r"f(X) := X X \\ a = b",
        r"f(z) := z_1 \\ f(v) = f(v)",
        r"f(z) := A z \\ f(v) = f(v)",
        r"f(z) := \frac{\partial g(z)}{\partial z} \\ f(a) = f(a)",
        r"f(z) := f(z) \\ f(a) = f(a)",
        r"f(z) := d(z), d(z) := f(z) \\ f(a) = f(a)",
        r"f(z) := z + Q",
        r"f(z, z) := z",
        r"f^{[1]}(z) := z",
        r"f(z) := z, f(z) := z^2",
        r"f(2) := 2",
        r"f(z) := z \\ f(a, b) = 2",
        r"f(z) := z, f := 2",
        r"P := Q, Q := P \\ P = P",
    ],
)
def test_functions_and_definitions_that_make_no_sense_do_not_pass(check, latex):
    assert any(not finding.passes for finding in check(latex))


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"f(z) := z^\top z \\ f(v) = f(v)", "written for numbers; they have no transpose"),
        (r"f(y, z) := y z \\ f(A, v) = A", "a function is applied entry by entry; 5×1 and 5×2"),
        (r"f(z) := d(z), d(z) := f(z) \\ f(a) = f(a)", "f is defined by way of itself"),
    ],
)
def test_a_function_that_cannot_be_applied_says_why(check, latex, words):
    assert any(words in finding.diagnosis for finding in check(latex))


def test_the_letter_t_is_no_transpose_where_it_is_a_size(check, statuses):
    where = r"- $A \in \mathbb{R}^{n \times T}$"
    (finding,) = check("A^T = A^T", where=where)
    assert "^T can be the transpose, and a power, as T is a name here" in finding.diagnosis
    assert statuses(r"A^\top = A^\top", where=where) == ["holds"]


def test_the_letter_e_is_no_constant_where_it_is_a_name(statuses):
    where = r"- $E \in \mathbb{R}^{n \times m}$"
    assert statuses(r"e^{2} = \exp(2)", where=where) == ["undeclared"]


def test_one_symbol_with_an_index_is_no_family(check):
    where = r"- $u_k, a \in \mathbb{R}$"
    (finding,) = check(r"\sum_{k=1}^{3} u_k = 3 u_k", where=where)
    assert finding.status == "unreadable"
    assert "u_k is declared as one symbol" in finding.diagnosis


def test_sums_of_different_shapes_are_told(check):
    where = r"- $W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}$" + "\n" + r"- $l \in \{1, \dots, L\}$"
    (finding,) = check(r"\sum_l W^{[l]} = 1", where=where)
    assert finding.status == "shape"
    assert "for different l" in finding.diagnosis


def test_endless_work_ends_at_the_timeout(check):
    started = time.monotonic()
    (finding,) = check(r"\sum_{i=1}^{10^{12}} i = 1", timeout=0.3)
    assert finding.status == "timeout"
    assert time.monotonic() - started < 2


def test_huge_products_are_refused_before_they_fill_the_memory(check):
    where = r"- $x \in \mathbb{R}^{1000}$"
    latex = r"J := (x x^\top)_{1,1} \\ \frac{\partial J}{\partial x} = 2 x"
    (finding,) = check(latex, where=where)
    assert finding.status == "unreadable"
    assert "numbers is too large to be computed" in finding.diagnosis


@pytest.mark.parametrize("depth", [5, 25, 55])
def test_towers_of_powers_end(statuses, depth):
    assert statuses("a = " + "2^{" * depth + "2" + "}" * depth) == ["differs"]


def test_a_long_chain_of_definitions_does_not_crash(check):
    chain = ", ".join(f"P_{{{i + 1}}} := 2 P_{{{i}}}" for i in range(400))
    found = check(rf"P_0 := a^2, {chain}", r"\frac{\partial P_{400}}{\partial a} = 1")
    assert found[-1].status == "unreadable"
    assert "definitions rest on definitions too deeply" in found[-1].diagnosis


@pytest.mark.parametrize("base", ["-1.5", "-0.5", "1.5"])
@pytest.mark.parametrize("power", [3, 101, 150])
def test_whole_powers_of_negative_numbers_have_exact_derivatives(statuses, base, power):
    latex = rf"f(z) := z^{{{power}}} \\ f'({base}) = {power} \cdot ({base})^{{{power - 1}}}"
    assert statuses(latex) == ["holds"]


@pytest.mark.parametrize(
    ("where", "definition", "place"),
    [
        (r"- $\sigma, v \in \mathbb{R}^{n}$", "d := 2", "page.md:2"),
        (r"- $v \in \mathbb{R}^{n}$", r"\sigma := v", "page.md:6"),
    ],
)
def test_a_known_function_that_the_page_declares_is_told_to_multiply(
    check, where, definition, place
):
    (finding,) = check(definition, r"\sigma(2 v) = v", where=where)
    assert finding.status == "unreadable"
    assert rf"as \sigma is declared at {place}" in finding.diagnosis
    assert r"\sigma(2 v) can be the function that is known by this name" in finding.diagnosis
