"""Sums that merge: any split, any order, weights and masks, and any nesting."""

import functools
import itertools
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneoverm import GradientSum, Layer, batch, initial_layers, relative_error
from oneoverm.gradient_sum import ParameterGradients

M = 12
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(3, M)), RNG.uniform(size=(2, M))
WEIGHTS, MASK = RNG.uniform(0.5, 2, M), np.arange(M) % 3 > 0
LAYERS = initial_layers([3, 4, 2], rng=RNG)

CUTS = st.lists(st.integers(1, M - 1), unique=True).map(
    lambda cuts: list(itertools.pairwise([0, *sorted(cuts), M]))
)
WEIGHTINGS = [{}, {"weights": WEIGHTS}, {"mask": MASK}, {"weights": WEIGHTS, "mask": MASK}]


def part(first, last, weights=None, mask=None):
    """Sum the gradients of some examples."""
    weights = np.ones(M) if weights is None else weights
    mask = np.ones(M, bool) if mask is None else mask
    here = slice(first, last)
    options = {"weights": weights[here], "mask": mask[here]}
    return GradientSum.of(X[:, here], Y[:, here], LAYERS, **options)


def alike(got, wanted):
    """Tell whether layers' gradients agree up to rounding."""
    return all(
        relative_error(one.dW, other.dW, floor=1) < 1e-14
        and relative_error(one.db, other.db, floor=1) < 1e-14
        for one, other in zip(got, wanted, strict=True)
    )


@pytest.mark.parametrize("weighting", WEIGHTINGS, ids=lambda given: "-".join(given) or "none")
@settings(max_examples=25, deadline=None)
@given(cuts=CUTS, order=st.randoms(use_true_random=False))
def test_parts_of_any_sizes_in_any_order_give_the_whole_batch_s_mean(weighting, cuts, order):
    order.shuffle(cuts)
    merged = sum((part(*cut, **weighting) for cut in cuts), start=GradientSum())
    J, whole = batch.cost_and_gradients(X, Y, LAYERS, **weighting)
    assert alike(merged.mean(), whole)
    assert merged.cost() == pytest.approx(J, rel=1e-14)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, M - 1), min_size=2, max_size=2, unique=True).map(sorted))
def test_addition_is_associative_and_commutative(cuts):
    a, b, c = (part(*cut, WEIGHTS, MASK) for cut in itertools.pairwise([0, *cuts, M]))
    assert alike(((a + b) + c).mean(), (a + (b + c)).mean())
    for one, other in zip((a + b).sums, (b + a).sums, strict=True):
        np.testing.assert_array_equal(one.dW, other.dW)
    assert (a + b).weight == (b + a).weight


def test_a_part_of_which_no_example_counts_adds_nothing():
    mask = np.arange(M) >= 5
    empty, rest = part(0, 5, mask=mask), part(5, M, mask=mask)
    assert empty.weight == 0
    _, whole = batch.cost_and_gradients(X, Y, LAYERS, mask=mask)
    assert alike((empty + rest).mean(), whole)
    assert (empty + rest).cost() == rest.cost()
    none = GradientSum.of(X[:, :0], Y[:, :0], LAYERS)
    assert alike((none + rest).mean(), whole)
    for nothing in (empty, none, GradientSum()):
        for divided in (nothing.mean, nothing.cost):
            with pytest.raises(ValueError, match=r"^the weight is 0; expected at least one exampl"):
                divided()


def test_the_mean_of_unequal_parts_means_is_wrong():
    means = [part(0, 2).mean(), part(2, M).mean()]
    _, whole = batch.cost_and_gradients(X, Y, LAYERS)
    assert relative_error((means[0][0].dW + means[1][0].dW) / 2, whole[0].dW) > 0.01


class Pair(NamedTuple):
    left: object
    right: object


@pytest.mark.parametrize(
    "nest",
    [
        lambda a, _: a,
        lambda a, b: [a, b],
        lambda a, b: (a, [b]),
        lambda a, b: {"W": a, "more": {"b": b}},
        Pair,
        lambda a, b: [{"one": Pair(a, (b,))}, ParameterGradients(b, a)],
    ],
    ids=["array", "list", "tuple", "dict", "named tuple", "all"],
)
def test_any_nesting_is_added_and_divided_leaf_by_leaf(nest):
    a, b, c, d = (np.full((2, 1), value) for value in (1.0, 2.0, 10.0, 20.0))
    merged = GradientSum(nest(a, b), 1) + GradientSum(nest(c, d), 3)
    assert type(merged.sums) is type(nest(a, b))
    assert repr(merged.mean()) == repr(nest((a + c) / 4, (b + d) / 4))


def test_numbers_are_gradients_too():
    parts = [GradientSum(value, 1) for value in (1.0, 2.0, 6.0)]
    assert sum(parts).mean() == functools.reduce(lambda a, b: a + b, parts).mean() == 3.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(dtype):
    merged = GradientSum(np.ones(2, dtype), np.float64(1)) + GradientSum(np.ones(2, dtype), 3)
    assert merged.mean().dtype == dtype


def test_sums_of_float16_are_in_float32_and_do_not_overflow():
    parts = [GradientSum(np.full(1, 60_000, np.float16), 1) for _ in range(3)]
    assert sum(parts, start=GradientSum()).mean().tolist() == [60_000]
    layers = [Layer(np.zeros((1, 1), np.float16), np.zeros((1, 1), np.float16), "identity")]
    x, y = np.full((1, 4), 200, np.float16), np.full((1, 4), 100, np.float16)
    total = GradientSum.of(x, y, layers, loss="half_squared_error")
    assert total.mean()[0].dW == -20_000  # The sum is -80,000.


def test_float16_weights_are_counted_beyond_2048():
    assert sum(GradientSum(0.0, np.float16(1)) for _ in range(5000)).weight == 5000


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (np.ones(2), np.ones(3), "sums is an array of shape (2,) and an array of shape (3,)"),
        (
            [np.ones((2, 1))],
            [np.ones(2)],
            "sums[0] is an array of shape (2, 1) and an array of shape (2,)",
        ),
        ([1.0], [1.0, 2.0], "sums is a list of 1 and a list of 2"),
        ({"W": 1.0}, {"b": 1.0}, "sums is a mapping of 'W' and a mapping of 'b'"),
        (
            {"W": [1.0]},
            {"W": {"b": 1.0}},
            "sums['W'] is a list of 1 and a mapping of 'b'",
        ),
        ([1.0], 1.0, "sums is a list of 1 and an array of shape ()"),
        (1.0, (1.0,), "sums is an array of shape () and a tuple of 1"),
    ],
)
def test_unlike_parts_are_refused_with_their_place(left, right, message):
    with pytest.raises(ValueError, match=r"expected two alike$") as error:
        GradientSum(left, 1) + GradientSum(right, 1)
    assert str(error.value) == f"{message}; expected two alike"


@pytest.mark.parametrize("weight", [-1, np.nan, np.inf])
def test_a_weight_that_no_examples_have_is_refused(weight):
    with pytest.raises(ValueError, match=f"^weight is {weight}; expected a number of at least 0$"):
        GradientSum(1.0, weight)


@pytest.mark.parametrize("other", [1, 0.5, None, [1.0]])
def test_only_sums_can_be_added(other):
    with pytest.raises(TypeError):
        GradientSum(1.0, 1) + other
    with pytest.raises(TypeError):
        other + GradientSum(1.0, 1)
