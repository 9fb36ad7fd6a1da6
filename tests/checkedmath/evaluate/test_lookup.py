"""A name is looked up among all that may give it a value; one that has none is told."""

import pytest


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("x^{(i)} = X^{(i)}", "X is the batch; example i's column is x^{(i)}"),
        ("Aa = 1", "belongs to no example"),
        ("x = 1", "write x^{(i)} for column i of X"),
        ("W_1 = 1", "not declared"),
        ("A^{[2]} = 1", "A^{[2]} is not declared"),
    ],
)
def test_what_is_not_declared_is_told_with_what_may_be_meant(check, latex, words):
    where = r"- $X, A \in \mathbb{R}^{n \times m}$"
    (finding,) = check(latex, where=where)
    assert finding.status == "undeclared"
    assert words in finding.diagnosis


def test_the_nearest_declared_names_are_told(check):
    (finding,) = check("1 = W_2", where=r"- $W_1, W_3, b \in \mathbb{R}$")
    assert finding.diagnosis == "W_2 is not declared; the nearest declared: W_3, W_1"


def test_an_example_of_what_is_only_defined_can_be_named(statuses):
    assert statuses("P := 2 X, p^{(i)} = P_{1, i}", where=r"- $X \in \mathbb{R}^{1 \times m}$") == [
        "holds"
    ]


LAYERS = r"""
- $X \in \mathbb{R}^{n_0 \times m}$
- $W^{[1]} \in \mathbb{R}^{n_1 \times n_0}$
- $l \in \{1, 2\}$
- $g : \mathbb{R} \to \mathbb{R}$
"""


@pytest.mark.parametrize(
    ("displays", "status", "words"),
    [
        (["g = 1"], "undeclared", "g is a function; it needs an argument: g(z)"),
        (["W^{[2]} = 1"], "undeclared", "W^{[2]} is not declared; W has the layers 1"),
        (["Wx = 1"], "undeclared", "W is not declared; W has the layers 1"),
        (["x^{(70)} = 1"], "shape", "there is no example 70"),
        (["x = 1"], "undeclared", "x belongs to no example; write x^{(i)} for column i of X"),
        (
            ["P^{[l]} := 2", "P^{[3]} = 2"],
            "undeclared",
            "P is defined for l from 1 to 2; there is no layer 3",
        ),
        (
            ["P^{[k]} := 2", "a = P^{[1]}"],
            "undeclared",
            r"write k \in \{1, \dots, L\} in a where list",
        ),
        (["p^{(i)} := x^{(i)} x^{(i)\\top}", "P = X"], "shape", "matrices do not stack"),
        (["P := 2 P"], "unreadable", "P is defined by way of itself"),
        (["P^{[l]} := P^{[l]}"], "unreadable", "P^{[1]} is defined by way of itself"),
    ],
)
def test_a_name_without_a_value_says_why(check, displays, status, words):
    found = [f for f in check(*displays, where=LAYERS + r"- $a \in \mathbb{R}$") if not f.passes]
    assert found[0].status == status
    assert words in found[0].diagnosis


@pytest.mark.parametrize(
    ("where", "latex", "words"),
    [
        (r"- $a \in \mathbb{R}$", "a^{(i)} = a", "here: none"),
        (
            "- $X \\in \\mathbb{R}^{n \\times m}$\n- $Y \\in \\mathbb{R}^{n \\times k}$",
            "x^{(i)} = y^{(i)}",
            "here: k and m",
        ),
    ],
)
def test_examples_need_one_size(check, where, latex, words):
    (finding,) = check(latex, where=where)
    assert "an example (i) needs one size that counts the examples" in finding.diagnosis
    assert words in finding.diagnosis


def test_examples_of_a_defined_batch_are_its_columns(statuses):
    where = "- $X \\in \\mathbb{R}^{n \\times m}$\n- $l \\in \\{1, 2\\}$"
    assert statuses("P := 2 X", "p^{(i)} = P_{1,i}", where=where) == ["shape"]
    assert statuses(
        "P^{[l]} := 2 X", r"P^{[1]} = \sum_i p^{[1](i)} \mathbf{1}_m^\top", where=where
    ) == ["differs"]


def test_columns_are_stacked_to_the_batch(statuses):
    where = r"- $X \in \mathbb{R}^{n \times m}$"
    assert statuses("p^{(i)} := 2 x^{(i)}", "P = 2 X", where=where) == ["holds"]


def test_the_values_of_definitions_have_a_limit(check):
    ones = r"\mathbf{1}_{1000} \mathbf{1}_{1000}^\top"
    found = check(*(f"P_{{{n}}} := {ones}" for n in range(12)), "P_{11} = P_{11}")
    assert any(
        "this page's definitions have more than 8000000 numbers together" in finding.diagnosis
        for finding in found
    )
