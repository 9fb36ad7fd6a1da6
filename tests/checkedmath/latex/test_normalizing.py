"""Cleaning keeps every character's place."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkedmath.errors import ReadError
from checkedmath.latex.normalizing import clean
from checkedmath.latex.parsing import LONGEST

PARTS = st.sampled_from(
    [
        r"a",
        r"=",
        r"b",
        r"\\",
        r"\left(",
        r"\right)",
        r"%",
        r"{x}",
        r"\underbrace{a}_{b}",
        r"\color{red}",
        r"\quad",
        r"\qquad",
        r"\text{so}",
        r"&",
        r"+",
        r"\boxed{a}",
        r"_",
        r"^",
        r"\\[2pt]",
        "\n",
        "\n\n",
        " ",
    ]
)


@given(st.lists(PARTS, max_size=20).map(" ".join))
def test_what_stays_stays_in_its_place(latex):
    try:
        cleaned = clean(latex)
    except ReadError:
        return
    assert len(cleaned) == len(latex)
    for before, after in zip(latex, cleaned, strict=True):
        assert after in {before, " ", ";"}


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\left( a \right)", "( a )"),
        ("a % b", "a"),
        (r"a \% b", r"a \% b"),
        (r"\boxed{a}", "{a}"),
        (r"\boxed{a = b}", "a = b"),
        (r"\boxed{\frac{a}{b} \neq c}", r"\frac{a}{b} \neq c"),
        (r"\boxed{\boxed{a} = b} + 1", "{a} = b + 1"),
        (r"\begin{aligned} a \end{aligned}", "a"),
        (r"\overbrace{a}^{b}", r"\overbrace{a}"),
        (r"\label{x} a \tag{1}", "a"),
        (r"\displaystyle a \nonumber", "a"),
        (r"a \\ = b", "a = b"),
        (r"\phantom{a} b \hspace{2em}", "b"),
        (r"\leftarrow", r"\leftarrow"),
        ("\\underbrace{\\underbrace{a}_{b}}_{c}", r"\underbrace{\underbrace{a}}"),
    ],
)
def test_what_carries_no_meaning_goes(latex, expected):
    assert "".join(clean(latex).split()) == "".join(expected.split())


LONG = [
    *(
        "\\quad ",
        "\n ",
        "a\n\n",
        "% ",
        "&",
        "~",
        "\\,",
        " ",
        "\\\\ ",
        "\\\\[",
        "\\forall ",
        "\\forall a ",
    ),
    *(
        "\\text{for all} a, ",
        "\\text{if} ",
        "\\\\ + a ",
        "\\\\ = a ",
        "\\tag{a}",
        "\\left",
        "|",
        "{",
        "a ",
    ),
    *(
        "\\underbrace{a}_{b}",
        "\\boxed{a}",
        "\\begin{cases}",
        "\\begin{cases}a\\end{cases}",
        "\\text{",
    ),
]


@pytest.mark.parametrize("piece", LONG)
@pytest.mark.parametrize("around", [("", ""), ("\\begin{cases}", "\\end{cases}")])
def test_the_longest_display_takes_little_time(piece, around):
    text = around[0] + piece * (LONGEST // len(piece)) + around[1]
    started = time.process_time()
    with contextlib.suppress(ReadError):
        clean(text)
    assert time.process_time() - started < 1.5


def test_matrices_are_inside_each_other_a_few_times_only():
    deep = r"\begin{bmatrix} " * 12 + "a" + r" \end{bmatrix}" * 12
    with pytest.raises(ReadError, match="matrices or cases inside each other more than 10 deep"):
        clean(deep)


def test_a_line_with_only_a_comment_is_not_an_empty_line(statuses):
    rows = "a b &= b a \\\\\n  % as before\n  &= {}"
    assert statuses(rows.format("a b")) == ["holds", "holds"]
    assert statuses(rows.format("a c")) == ["holds", "differs"]
