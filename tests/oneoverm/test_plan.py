"""A plan: what `batch.cost_and_gradients` computes, to rounding, and what it refuses."""

import copy
import dataclasses
import itertools
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneoverm import Activation, Layer, Plan, batch, relative_error
from oneoverm.activations import ACTIVATIONS
from oneoverm.losses import LOSSES

#: A loss that no name is known for, of an activation that none is known for.
OWN_LOSS = dataclasses.replace(LOSSES["half_squared_error"], name="own")
OWN_ACTIVATION = Activation("square", lambda z: z**2, lambda z: 2 * z)


def name_of(one):
    return getattr(one, "name", one)


def network(seed, sizes, hidden="tanh", output="sigmoid", dtype=np.float64):
    rng = np.random.default_rng(seed)
    names = [hidden] * (len(sizes) - 2) + [output]
    return [
        Layer(
            (rng.normal(size=(n_out, n_in)) / np.sqrt(n_in)).astype(dtype),
            rng.normal(size=(n_out, 1)).astype(dtype),
            name,
        )
        for (n_in, n_out), name in zip(itertools.pairwise(sizes), names, strict=True)
    ]


def data(seed, sizes, m, dtype=np.float64):
    rng = np.random.default_rng(seed)
    Y = rng.uniform(size=(sizes[-1], m))
    Y = Y / Y.sum(axis=0) if sizes[-1] > 1 else np.ones((1, m))
    return rng.normal(size=(sizes[0], m)).astype(dtype), Y.astype(dtype)


def assert_same(plan, problem, rounding=1e-13, **how):
    J, gradients = plan(*problem)
    J_wanted, wanted = batch.cost_and_gradients(*problem, **how)
    assert relative_error(J, J_wanted, floor=1) < rounding
    assert J.dtype == J_wanted.dtype
    for got, want in zip(gradients, wanted, strict=True):
        for left, right in zip(got, want, strict=True):
            # Of the terms of a sum, not of the sum: they may cancel.
            assert relative_error(left, right, floor=1) < rounding
            assert left.dtype == right.dtype


@pytest.mark.parametrize("divide", ["early", "late", "never"])
@pytest.mark.parametrize("loss", [*LOSSES, OWN_LOSS], ids=name_of)
@pytest.mark.parametrize("activation", [*ACTIVATIONS, OWN_ACTIVATION], ids=name_of)
@pytest.mark.parametrize(("dtype", "rounding"), [(np.float32, 1e-4), (np.float64, 1e-13)])
def test_a_plan_computes_what_batch_does(activation, loss, divide, dtype, rounding):
    @settings(deadline=None, max_examples=10)
    @given(
        seed=st.integers(0, 2**32 - 1),
        sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
        m=st.integers(1, 6),
    )
    def check(seed, sizes, m):
        output = getattr(LOSSES.get(loss, loss), "activation", None) or activation
        layers = network(seed, sizes, activation, output, dtype)
        X, Y = data(seed, sizes, m, dtype)
        plan = Plan(layers, m, divide, loss=loss)
        assert_same(plan, (X, Y, layers), rounding, divide=divide, loss=loss)

    check()


def copied(gradients):
    return [[array.copy() for array in one] for one in gradients]


def assert_equal(gradients, wanted):
    for one, want in zip(gradients, wanted, strict=True):
        for left, right in zip(one, want, strict=True):
            np.testing.assert_array_equal(left, right)


def test_each_step_s_arrays_stay_as_they_are():
    layers = network(0, (3, 4, 1))
    X, Y = data(0, (3, 4, 1), 5)
    plan = Plan(layers, 5)
    _, first = plan(X, Y, layers)
    kept = copied(first)
    _, second = plan(2 * X, 1 - Y, layers)
    plan(3 * X, Y, layers, second)
    assert_equal(first, kept)


def test_a_step_writes_over_the_gradients_that_it_is_given():
    layers, X, Y = network(0, (3, 4, 1)), *data(0, (3, 4, 1), 5)
    plan = Plan(layers, 5)
    _, gradients = plan(X, Y, layers)
    wanted = copied(plan(2 * X, 1 - Y, layers)[1])
    _, again = plan(2 * X, 1 - Y, layers, gradients)
    assert again is gradients
    assert_equal(again, wanted)


def test_two_steps_arrays_may_take_turns():
    layers, X, Y = network(0, (3, 4, 1)), *data(0, (3, 4, 1), 5)
    plan = Plan(layers, 5)
    turns = [plan(X, Y, layers)[1], plan(X, Y, layers)[1]]
    for step in range(4):
        other = copied(turns[1 - step % 2])
        assert_same(lambda *problem, of=turns[step % 2]: plan(*problem, of), (step * X, Y, layers))
        assert_equal(turns[1 - step % 2], other)


@pytest.mark.parametrize("divide", ["early", "late", "never"])
@pytest.mark.parametrize("loss", ["binary_cross_entropy", "softmax_cross_entropy"])
def test_whatever_changes_in_place_counts_at_the_next_step(divide, loss):
    n = 1 if loss == "binary_cross_entropy" else 3
    layers = network(0, (3, 4, n), output="sigmoid" if n == 1 else "softmax")
    X, Y = data(0, (3, 4, n), 5)
    plan = Plan(layers, 5, divide, loss=loss)
    _, out = plan(X, Y, layers)

    def check():
        how = {"divide": divide, "loss": loss}
        assert_same(lambda *problem: plan(*problem, out), (X, Y, layers), **how)

    check()
    for array in (X, *(p for layer in layers for p in (layer.W, layer.b))):
        np.multiply(array, -0.5, out=array)
        check()
    Y[...] = Y[:, ::-1] if n > 1 else 1 - Y
    check()
    layers[0] = dataclasses.replace(layers[0], b=layers[0].b + 1)
    check()
    for one in out:
        for array in one:
            array[...] = np.nan
    check()


@pytest.mark.filterwarnings("ignore:invalid value encountered in logaddexp")
@pytest.mark.parametrize("hidden", ["relu", "tanh", "gelu"])
@pytest.mark.parametrize("name", ["W", "b"])
@pytest.mark.parametrize("k", [0, 1])
def test_a_parameter_that_becomes_nan_is_refused(k, name, hidden):
    layers, X, Y = network(0, (3, 4, 1), hidden), *data(0, (3, 4, 1), 5)
    plan = Plan(layers, 5)
    _, out = plan(X, Y, layers)
    getattr(layers[k], name)[0, 0] = np.nan
    with pytest.raises(ValueError, match=rf"layers\[{k}\].{name} has the entry nan at \(0, 0\)"):
        plan(X, Y, layers, out)
    getattr(layers[k], name)[0, 0] = 1
    assert_same(lambda *problem: plan(*problem, out), (X, Y, layers))


def test_labels_that_are_as_before_but_elsewhere_count():
    layers, X, Y = network(0, (3, 4, 1)), *data(0, (3, 4, 1), 5)
    plan, before = Plan(layers, 5), Y.copy()
    plan(X, Y, layers)
    Y[...] = 0
    assert_same(plan, (X, before, layers))
    assert_same(plan, (X, Y, layers))
    with pytest.raises(ValueError, match="Y has the entry"):
        plan(X, Y + 2, layers)
    assert_same(plan, (X, Y, layers))


def test_confident_predictions_cost_what_they_cost_in_batch():
    layers = network(0, (1, 1))
    layers[0].W[...], layers[0].b[...] = 1, 0
    X = np.array([[-800.0, -40.0, -30.0, 30.0, 40.0, 800.0]])
    for Y in (np.ones((1, 6)), np.zeros((1, 6)), np.full((1, 6), 0.25)):
        for i in range(6):
            J, [one] = Plan(layers, 1)(X[:, [i]], Y[:, [i]], layers)
            wanted, [want] = batch.cost_and_gradients(X[:, [i]], Y[:, [i]], layers)
            assert relative_error(J, wanted, floor=1e-300) < 1e-13
            assert relative_error(one.dZ, want.dZ, floor=1) < 1e-14


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_plan_is_not_copied_as_its_calls_would_write_into_the_first_one_s_arrays(copier):
    with pytest.raises(TypeError, match=r"a plan is bound to its arrays and cannot be copied"):
        copier(PLAN)


def test_the_layers_of_each_step_count_not_those_of_the_plan():
    X, Y = data(0, (3, 4, 1), 5)
    plan = Plan(network(0, (3, 4, 1)), 5)
    assert_same(plan, (X, Y, network(1, (3, 4, 1))))


@pytest.mark.parametrize("Y", [[2, 0, 1], np.array([[2, 0, 1]]), np.eye(3, dtype=bool)])
def test_labels_may_be_what_they_may_be_in_batch(Y):
    layers = network(0, (4, 3), output="softmax", dtype=np.float32)
    X, _ = data(0, (4, 3), 3, np.float32)
    plan = Plan(layers, 3, loss="softmax_cross_entropy")
    assert_same(plan, (X, Y, layers), 1e-5, loss="softmax_cross_entropy")


def test_the_order_of_a_batch_in_memory_does_not_matter():
    layers = network(0, (3, 4, 1))
    X, Y = data(0, (3, 4, 1), 5)
    assert_same(Plan(layers, 5), (np.asfortranarray(X), Y, layers))


LAYERS = network(0, (3, 4, 1))
X, Y = data(0, (3, 4, 1), 5)
PLAN = Plan(LAYERS, 5)
_, OUT = PLAN(X, Y, LAYERS)


def with_second(**changes):
    return [LAYERS[0], dataclasses.replace(LAYERS[1], **changes)]


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: Plan(LAYERS, 5, "soon"),
            ValueError,
            "divide is 'soon'; expected 'early', 'late' or 'never'",
        ),
        (lambda: Plan(LAYERS, 0), ValueError, "m is 0; expected a positive integer"),
        (lambda: Plan(LAYERS, 5.0), ValueError, "m is 5.0; expected a positive integer"),
        (
            lambda: Plan([SimpleNamespace(W=[[1.0]])], 5),
            TypeError,
            "layers[0].W is a builtins.list; expected a NumPy array",
        ),
        (lambda: Plan([], 5), ValueError, "layers is empty; expected at least one Layer"),
        (
            lambda: Plan([LAYERS[1], LAYERS[1]], 5),
            ValueError,
            "layers[1].W has shape (1, 4); expected (n_out, n_in) = (1, 1), n_in as in layers[0]",
        ),
        (
            lambda: Plan(network(0, (3, 1), output="tanh"), 5),
            ValueError,
            "the last layer's activation is 'tanh'; expected 'sigmoid', "
            "which the loss 'binary_cross_entropy' goes with",
        ),
        (
            lambda: Plan(network(0, (3, 1), dtype=np.float16), 5),
            ValueError,
            "layers[0].W has dtype float16; expected float32 or float64",
        ),
        (
            lambda: Plan([LAYERS[0], *network(0, (4, 1), dtype=np.float32)], 5),
            ValueError,
            "layers[1].W has shape (1, 4) and dtype float32; "
            "expected (1, 4) and float64, as the plan was made for",
        ),
        (
            lambda: PLAN(X.tolist(), Y, LAYERS),
            TypeError,
            "X is a builtins.list; expected a NumPy array",
        ),
        (
            lambda: PLAN(X[:, :2], Y, LAYERS),
            ValueError,
            "X has shape (3, 2) and dtype float64; "
            "expected (3, 5) and float64, as the plan was made for",
        ),
        (
            lambda: PLAN(X.astype(np.float32), Y, LAYERS),
            ValueError,
            "X has shape (3, 5) and dtype float32; "
            "expected (3, 5) and float64, as the plan was made for",
        ),
        (
            lambda: PLAN(np.where(X[1, 2] == X, np.nan, X), Y, LAYERS),
            ValueError,
            "X has the entry nan at (1, 2); expected finite entries",
        ),
        (
            lambda: PLAN(X, Y[:, :2], LAYERS),
            ValueError,
            "Y has shape (1, 2); expected (1, 5), as A",
        ),
        (
            lambda: PLAN(X, Y + 1, LAYERS),
            ValueError,
            "Y has the entry 2.0 at (0, 0); expected labels in [0, 1]",
        ),
        (
            lambda: PLAN(X, Y * np.nan, LAYERS),
            ValueError,
            "Y has the entry nan at (0, 0); expected finite entries",
        ),
        (
            lambda: PLAN(X, Y, LAYERS, OUT[:1]),
            ValueError,
            "out is a tuple of 1; expected a tuple of 2, as a step gives",
        ),
        (
            lambda: PLAN(X, Y, LAYERS, list(OUT)),
            ValueError,
            "out is a list of 2; expected a tuple of 2, as a step gives",
        ),
        (
            lambda: PLAN(X, Y, LAYERS, OUT[::-1]),
            ValueError,
            "out[0].dZ has shape (1, 5) and dtype float64; "
            "expected (4, 5) and float64, as the plan was made for",
        ),
        (
            lambda: PLAN(X, Y, LAYERS, (OUT[0]._replace(dW=np.ones((3, 4)).T), OUT[1])),
            ValueError,
            "out[0].dW is read-only or not contiguous; expected an array that a step gave",
        ),
        (lambda: PLAN(X, Y, LAYERS[:1]), ValueError, "layers has 1; expected 2, as the plan has"),
        (lambda: PLAN(X, Y, [], ()), ValueError, "layers has 0; expected 2, as the plan has"),
        (
            lambda: PLAN(X, Y, with_second(W=np.ones((2, 4)), b=np.ones((2, 1)))),
            ValueError,
            "layers[1].W has shape (2, 4) and dtype float64; "
            "expected (1, 4) and float64, as the plan was made for",
        ),
        (
            lambda: PLAN(X, Y, with_second(b=np.ones((1, 1), np.float32))),
            ValueError,
            "layers[1].b has shape (1, 1) and dtype float32; "
            "expected (1, 1) and float64, as the plan was made for",
        ),
        (
            lambda: PLAN(X, Y, with_second(activation="tanh")),
            ValueError,
            "the activation of layers[1] is 'tanh'; expected 'sigmoid', as the plan was made for",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, exception, message):
    with pytest.raises(exception) as error:
        call()
    assert str(error.value) == message
