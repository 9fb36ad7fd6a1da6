"""Draws tell names apart: distinct sizes, domains, one stream for each name."""

import numpy as np
import pytest

from checkedmath.bind.scope import Scope
from checkedmath.errors import PageError
from checkedmath.evaluate.drawing import Plan, draw
from checkedmath.latex.parsing import read_declaration


def drawn(*declarations, seed=0, number=0):
    scope = Scope()
    for line, declaration in enumerate(declarations):
        scope.declare(read_declaration(declaration), "page.md", line)
    return draw(scope, seed, Plan(number))


MANY = [rf"A_{k} \in \mathbb{{R}}^{{p_{k} \times q_{k}}}" for k in "abcdefgh"]


@pytest.mark.parametrize("number", range(6))
def test_sizes_are_pairwise_distinct_and_never_1(number):
    sizes = list(
        drawn(*MANY, r"k \in \{1, \dots, L\}", r"N \in \mathbb{N}", number=number).sizes.values()
    )
    assert len(sizes) == len(set(sizes)) == 18
    assert min(sizes) >= 2


def test_no_size_is_the_same_in_all_draws():
    draws = [
        drawn(r"X \in \mathbb{R}^{n \times m}", r"l \in \{1, \dots, L\}", number=number)
        for number in range(5)
    ]
    for name in ("n", "m", "L"):
        assert len({each.sizes[name] for each in draws}) >= 3


@pytest.mark.parametrize(
    ("declaration", "test"),
    [
        (r"a \in \mathbb{R}_{>0}^{n \times m}", lambda a: a.min() > 0),
        (r"a \in \mathbb{R}_{\ge 0}^{n}", lambda a: a.min() >= 0),
        (r"a \in (0, 1)^{n \times m}", lambda a: 0 < a.min() < a.max() < 1),
        (r"a \in \{0, 1\}^{1 \times m}", lambda a: set(a.ravel()) == {0.0, 1.0}),
        (r"a \in \{0, 1\}^{2}", lambda a: set(a.ravel()) == {0.0, 1.0}),
        (r"a \in \mathbb{R}^{n \times m}", lambda a: a.min() < 0 < a.max()),
        (r"a \in \mathbb{R}", lambda a: a.shape == (1, 1)),
        (r"a \in \mathbb{R}^{2 n + 1}", lambda a: a.shape[0] % 2 == 1 and a.shape[1] == 1),
    ],
)
def test_values_are_in_their_domain(declaration, test):
    for seed in range(20):
        assert test(drawn(declaration, seed=seed).values["a", None])


def test_a_seed_and_a_number_give_the_same_values():
    first, again = drawn(*MANY, seed=3, number=2), drawn(*MANY, seed=3, number=2)
    other = drawn(*MANY, seed=4, number=2)
    key = ("A_a", None)
    np.testing.assert_array_equal(first.values[key], again.values[key])
    assert not np.array_equal(first.values[key], other.values[key])


def test_one_more_declaration_leaves_the_others_values():
    few, more = drawn(*MANY[:2]), drawn(*MANY)
    for key, value in few.values.items():
        np.testing.assert_array_equal(value, more.values[key])


def test_functions_differ_from_draw_to_draw_and_from_each_other():
    names = [r"g : \mathbb{R} \to \mathbb{R}", r"h : \mathbb{R} \to \mathbb{R}"]
    first, second = (drawn(*names, number=number) for number in (0, 1))
    z = np.linspace(-1, 1, 5)
    values = [f(z) for each in (first, second) for f in each.functions.values()]
    assert len({tuple(value) for value in values}) == 4


def test_layers_share_the_sizes_between_them():
    each = drawn(
        r"W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}",
        r"Y \in \mathbb{R}^{n_L}",
        r"l \in \{1, \dots, L\}",
    )
    depth = each.sizes["L"]
    for layer in range(2, depth + 1):
        assert each.values["W", layer].shape[1] == each.values["W", layer - 1].shape[0]
    assert each.values["Y", None].shape[0] == each.values["W", depth].shape[0]


@pytest.mark.parametrize(
    ("declarations", "words"),
    [
        ([r"A \in \mathbb{R}^{n - 100}"], "has no entries; a size is at least 1"),
        ([r"A \in \mathbb{R}^{0}"], "no entries"),
        ([r"A \in \mathbb{R}^{100 \times 100}"], "more than 1000 entries"),
        ([r"A \in \mathbb{R}^{1000000000}"], "is no size"),
        (
            [r"A \in \mathbb{R}^{2 \times 2 \times 2}"],
            "an array has at most two sizes: rows and columns",
        ),
        ([r"A \in \mathbb{R}^{n^2}"], "is no size; write numbers and names such as n_0"),
        ([r"A \in \mathbb{R}^{2.5}"], "is no size"),
        ([r"k \in \{1, \dots, 5000\}"], "an index from 1 to 5000 has more than 1000 values"),
        ([r"W^{[l]} \in \mathbb{R}"], "needs the range of l"),
        (
            [r"W^{[l]} \in \mathbb{R}", r"W^{[1]} \in \mathbb{R}", r"l \in \{1, 2\}"],
            "declared twice for layer 1",
        ),
        ([r"A \in \mathbb{R}", r"A \in \mathbb{R}^n"], "declared twice"),
        ([r"g : \mathbb{R} \to (0, 1)"], "a declared function goes from"),
        ([r"g : \mathbb{R}_{>0} \to \mathbb{R}"], "a declared function goes from"),
        ([r"g : \mathbb{R}^{0} \to \mathbb{R}"], "no entries"),
    ],
)
def test_what_cannot_be_drawn_is_told(declarations, words):
    with pytest.raises(PageError, match=words):
        drawn(*declarations)
