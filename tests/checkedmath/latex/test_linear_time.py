"""Reading takes time in proportion to a page's length, whatever is repeated on it."""

import contextlib
import time

import pytest

from checkedmath.errors import PageError
from checkedmath.latex.normalizing import clean
from checkedmath.latex.vocabulary import declared_in, defined_in, marked
from checkedmath.page.markdown import read_page, side_by_side_rows, where_items

LONGEST = 100_000
UNITS = [
    *("{", "}", "[", "]", "(", "$", "|", r"\|", "&", "~", " ", "\t", "\n ", "\n\n", "%a\n", "a "),
    *(r"\quad ", r"\\ ", r"\\[", r"\,", r"\ ", r"\text{", r"\text{a} ", r"\text{if} ", r"\boxed{"),
    *(r"\begin{cases}", r"\end{cases}", r"\begin{cases}a\end{cases}", r"\begin{bmatrix}a"),
    *(r"\underbrace{", r"\forall l", r"\text{for all} l,", r"\tag{", r"\hspace{", r"\color{"),
    *("a_", "^2", "x_{", "w^*", ":=", r"\sigma_", r"\mid", r"\Delta ", r"\hat{", "a:="),
    *(
        "`",
        "`a",
        "``",
        "> ",
        "---\n",
        ":::{a}\n",
        "```{a}\n",
        "*a*\n\n",
        r"\[",
        r"\]=",
        "$$",
        "- $a",
    ),
    *("$: ", "{checked}`a`", "{checked}`", "![", "](", "<a ", "x" * 50 + " "),
]
NAMES = (r"\sigma^2", "w^*", "P_{k|k-1}", r"\Delta{W}", r"s_^2")
READERS = {
    "clean": clean,
    "declared": lambda text: list(declared_in(text)),
    "defined": lambda text: list(defined_in(text)),
    "marked": lambda text: marked(text, NAMES),
    "meaning": lambda text: where_items([f"- $a \\in R$: {text}".replace("\n", " ")], 1),
    "page": lambda text: read_page(f"$$\n{text}\n$$\n\n{text}", "page.md"),
    "rows": lambda text: side_by_side_rows(text, 1),
}


def seconds(read, text):
    started = time.process_time()
    with contextlib.suppress(PageError):
        read(text)
    return time.process_time() - started


@pytest.mark.parametrize("name", READERS)
def test_twice_as_much_takes_twice_as_long(name):
    slow = []
    for unit in UNITS:
        length, before, steep = 3_125, 1.0, 0
        while length <= LONGEST and steep < 2:
            text = (unit * (length // len(unit) + 1))[:length]
            now = seconds(READERS[name], text)
            # What takes four times as long, twice in a row, goes with the square.
            steep = steep + 1 if now > max(0.1, 3 * before) else 0
            length, before = 2 * length, max(now, 0.03)
        if steep == 2 or before > 5:
            slow.append((unit, length, before))
    assert not slow
