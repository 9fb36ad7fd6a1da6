"""Nothing that is the same on all draws enters a verdict, here or on a page of the book."""

from pathlib import Path

import numpy as np
import pytest

from checkedmath.bind.binding import bind_page
from checkedmath.check.draws import Draws
from checkedmath.evaluate.drawing import LEAST_DRAWS, Plan
from checkedmath.evaluate.recording import Record
from checkedmath.page.files import load, used_pages

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "{where}" in path.read_text("utf-8"))


def constant_names(draws):
    """
    Return the names that have one value in all draws.

    What a family has in few draws only, as the size of layer 5, is left out: the layers before it
    say the same, with other sizes.
    """
    drawn = [evaluator.draw for evaluator in draws.evaluators]
    tables = [
        {**each.sizes, **{f"{key[0]}^{key[1]}": value for key, value in each.values.items()}}
        for each in drawn
    ]
    constant = []
    for name in set().union(*tables):
        values = [np.asarray(table[name]) for table in tables if name in table]
        if len(values) > 2 and all(np.array_equal(values[0], other) for other in values[1:]):
            constant.append(name)
    return sorted(constant)


@pytest.mark.parametrize("path", PAGES, ids=[str(path.relative_to(DOCS)) for path in PAGES])
def test_no_name_of_a_page_of_the_book_is_constant_over_the_draws(path):
    page = load(path)
    bound_page = bind_page(page, list(used_pages(page, path).values()))
    for seed in (0, 1):
        draws = Draws(bound_page.scope, seed, LEAST_DRAWS)
        assert len(draws.evaluators) == LEAST_DRAWS
        assert constant_names(draws) == []


MANY = "\n".join(
    rf"- $A_{{{k}}} \in \mathbb{{R}}^{{p_{{{k}}} \times q_{{{k}}}}}$" for k in range(9)
)


@pytest.mark.parametrize("seed", range(5))
def test_however_many_sizes_there_are_all_differ_and_change(page_of, seed):
    where = (
        MANY + "\n- $l \\in \\{1, \\dots, L\\}$\n- $t \\in \\{0, 1\\}$\n- $s \\in \\{-1, 1\\}^{1}$"
    )
    draws = Draws(bind_page(page_of("p_0 = p_0", where=where)).scope, seed, LEAST_DRAWS)
    assert constant_names(draws) == []
    for evaluator in draws.evaluators:
        sizes = list(evaluator.draw.sizes.values())
        assert len(set(sizes)) == len(sizes) == 19
        assert min(sizes) >= 2


def test_a_number_of_a_small_set_has_each_value_and_two_have_each_combination(page_of):
    where = r"""
- $t, u \in \{0, 1\}$
- $s \in \{-1, 1\}^{1}$
- $r \in \{1, 2, 3\}^{1}$
- $q \in \{0, 1\}^{n}$
"""
    scope = bind_page(page_of("t = t", where=where)).scope
    for seed in range(5):
        draws = Draws(scope, seed, LEAST_DRAWS)
        for name, values in (("t", {0, 1}), ("s", {-1, 1}), ("r", {1, 2, 3})):
            found = {each.draw.values[name, None].item() for each in draws.evaluators}
            assert found == values
        record = Record(read={"t", "u", "s", "q"})
        plans = list(draws.of_small_sets(record))
        together = {dict(plan.fixed).get("t"): set() for plan in plans}
        for plan in plans:
            fixed = dict(plan.fixed)
            together[fixed.get("t")].add((fixed.get("u"), fixed.get("s")))
        assert len(together[0.0]) == len(together[1.0]) == 4
        arrays = [
            draws.at(plan).draw.values["q", None] for plan in plans if "q" in dict(plan.fixed)
        ]
        assert sorted((array.min(), array.max()) for array in arrays) == [(0, 0), (1, 1)]


def test_sizes_are_as_large_as_the_entries_that_are_written(page_of):
    scope = bind_page(page_of("x_7 = x_7", where=r"- $x \in \mathbb{R}^{n}$")).scope
    for number in range(10):
        (size,) = Draws(scope, 0, 1).at(Plan(number)).draw.sizes.values()
        assert size >= 7


def test_a_range_that_may_be_empty_is_drawn_with_other_sizes(statuses):
    where = r"""
- $x \in \mathbb{R}^{n}$
- $w \in \mathbb{R}^{k}$
- $i \in \{1, \dots, n - k + 1\}$
"""
    definition = r"y_i := \sum_{a=1}^{k} w_a x_{i+a-1}"
    assert statuses(definition, r"y_i = \sum_{a=1}^{k} x_{i+a-1} w_a", where=where) == ["holds"]
    false = r"y_i = \sum_{a=1}^{k} x_{i+a-1} w_{k-a+1}"
    assert statuses(definition, false, where=where) == ["differs"]
