"""Gradient descent: its steps, its batches, and what is refused."""

import pickle
import re
import sys

import numpy as np
import pytest

from oneoverm import Layer, batch, initial_layers, sgd, training
from oneoverm.gradient_sum import ParameterGradients
from oneoverm.training import accuracy, predict, step

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 7)), RNG.integers(0, 2, (1, 7))
LAYERS = initial_layers([2, 3, 1], rng=0)
GRADIENTS = batch.backward(batch.forward(X, LAYERS), Y, LAYERS)


def same(left, right):
    for one, other in zip(left, right, strict=True):
        np.testing.assert_array_equal(one.W, other.W)
        np.testing.assert_array_equal(one.b, other.b)


def test_a_step_goes_against_the_gradient_and_changes_nothing_in_place():
    before = [one.W.copy() for one in LAYERS]
    stepped = step(LAYERS, GRADIENTS, 0.5)
    for one, layer, was, new in zip(GRADIENTS, LAYERS, before, stepped, strict=True):
        np.testing.assert_array_equal(new.W, was - 0.5 * one.dW)
        np.testing.assert_array_equal(new.b, layer.b - 0.5 * one.db)
        np.testing.assert_array_equal(layer.W, was)
        assert new.activation == layer.activation


def test_an_epoch_of_the_whole_batch_is_one_step():
    trained = sgd(X, Y, LAYERS, rate=0.5, epochs=1, rng=0)
    same(trained.layers, step(LAYERS, GRADIENTS, 0.5))
    assert trained.costs == [batch.cost(batch.forward(X, LAYERS), Y, LAYERS)]


def test_momentum_keeps_a_part_of_the_last_step():
    first = step(LAYERS, GRADIENTS, 0.5)
    _, second = batch.cost_and_gradients(X, Y, first)
    velocity = [
        ParameterGradients(0.9 * one.dW + two.dW, 0.9 * one.db + two.db)
        for one, two in zip(GRADIENTS, second, strict=True)
    ]
    trained = sgd(X, Y, LAYERS, rate=0.5, epochs=2, momentum=0.9, rng=0)
    same(trained.layers, step(first, velocity, 0.5))


def test_every_epoch_uses_every_example_once_and_in_another_order(monkeypatch):
    seen = []

    def watched(X, Y, layers, **options):
        seen.append(X[0].tolist())
        return batch.cost_and_gradients(X, Y, layers, **options)

    monkeypatch.setattr(training, "cost_and_gradients", watched)
    sgd(X, Y, LAYERS, rate=0.1, epochs=2, batch_size=3, rng=0)
    assert [len(part) for part in seen] == [3, 3, 1, 3, 3, 1]
    first, second = sum(seen[:3], []), sum(seen[3:], [])  # noqa: RUF017 - a few short lists
    assert sorted(first) == sorted(second) == sorted(X[0].tolist())
    assert first != second


def test_the_cost_of_an_epoch_is_the_mean_over_examples_for_any_batch_size():
    # With so small a rate, the network is the same for every batch.
    whole = batch.cost(batch.forward(X, LAYERS), Y, LAYERS, l2=0.5)
    for size in (1, 2, 3, 7, 100):
        options = {"rate": 1e-12, "epochs": 1, "rng": 0, "l2": 0.5, "batch_size": size}
        [cost] = sgd(X, Y, LAYERS, **options).costs
        assert cost == pytest.approx(whole, rel=1e-10)


def test_a_seed_gives_the_same_training_again():
    options = {"rate": 0.5, "epochs": 5, "batch_size": 2}
    once, again = (sgd(X, Y, LAYERS, rng=3, **options) for _ in range(2))
    same(once.layers, again.layers)
    generator = sgd(X, Y, LAYERS, rng=np.random.default_rng(3), **options)
    same(once.layers, generator.layers)
    assert once.costs != sgd(X, Y, LAYERS, rng=4, **options).costs


def test_labels_may_be_lists_and_classes():
    layers = initial_layers([2, 3], output="softmax", rng=0)
    classes = [0, 1, 2, 0, 1, 2, 0]
    options = {"rate": 0.5, "epochs": 2, "batch_size": 3, "rng": 0, "loss": "softmax_cross_entropy"}
    columns = np.eye(3)[:, classes]
    same(sgd(X, classes, layers, **options).layers, sgd(X, columns, layers, **options).layers)


def test_nothing_is_shown_without_tqdm(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    sgd(X, Y, LAYERS, rate=0.5, epochs=3, rng=0)
    assert capsys.readouterr() == ("", "")


def test_a_class_is_the_largest_output_or_the_side_of_one_half():
    three = [Layer(np.eye(3), np.zeros((3, 1)), "softmax")]
    data = np.array([[5.0, 0, 0, 1], [0, 5, 0, 2], [0, 0, 5, 3]])
    assert predict(data, three).tolist() == [0, 1, 2, 2]
    assert accuracy(data, [0, 1, 1, 2], three) == 0.75
    assert accuracy(data, np.array([[0, 1, 2, 2]], np.uint8), three) == 1.0
    one = [Layer(np.eye(1), np.zeros((1, 1)), "sigmoid")]
    assert predict(np.array([[-1.0, 0.0, 1.0]]), one).tolist() == [0, 0, 1]


OPTIONS = {"rate": 0.5, "epochs": 1, "rng": 0}
SHORT = [GRADIENTS[0]._replace(dW=np.ones((3, 1))), GRADIENTS[1]]


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: sgd(X, Y, LAYERS, **OPTIONS | {"rate": 0}),
            ValueError,
            "rate is 0; expected a positive number",
        ),
        (
            lambda: sgd(X, Y, LAYERS, **OPTIONS | {"epochs": 0}),
            ValueError,
            "epochs is 0; expected a positive integer",
        ),
        (
            lambda: sgd(X, Y, LAYERS, **OPTIONS | {"epochs": 1.5}),
            ValueError,
            "epochs is 1.5; expected a positive integer",
        ),
        (
            lambda: sgd(X, Y, LAYERS, **OPTIONS, batch_size=0),
            ValueError,
            "batch_size is 0; expected a positive integer",
        ),
        (
            lambda: sgd(X, Y, LAYERS, **OPTIONS, momentum=1),
            ValueError,
            "momentum is 1; expected 0 <= momentum < 1",
        ),
        (
            lambda: sgd(X, Y, LAYERS, **OPTIONS, momentum=np.nan),
            ValueError,
            "momentum is nan; expected 0 <= momentum < 1",
        ),
        (
            lambda: sgd(X, Y, LAYERS, **OPTIONS, l2=-1.0),
            ValueError,
            "l2 is -1.0; expected a number of at least 0",
        ),
        (
            lambda: sgd([[1.0]], Y, LAYERS, **OPTIONS),
            TypeError,
            "X is a list; expected an array (NumPy's, or another library's)",
        ),
        (
            lambda: sgd(X[0], Y, LAYERS, **OPTIONS),
            ValueError,
            "X has shape (7,); expected (n_in, m)",
        ),
        (
            lambda: sgd(X, Y[:, :5], LAYERS, **OPTIONS, batch_size=2),
            ValueError,
            "Y has shape (1, 5); expected 7 columns, as X has",
        ),
        (
            lambda: sgd(X, 1, LAYERS, **OPTIONS),
            ValueError,
            "Y has shape (); expected 7 columns, as X has",
        ),
        (
            lambda: sgd(X, Y, LAYERS, **OPTIONS, loss="hinge"),
            ValueError,
            "unknown loss 'hinge'; expected one of 'binary_cross_entropy', 'half_squared_error', "
            "'softmax_cross_entropy', 'squared_error'",
        ),
        (
            lambda: step(LAYERS, GRADIENTS[:1], 0.5),
            ValueError,
            "gradients has 1 layers; expected 2",
        ),
        (
            lambda: step(LAYERS, SHORT, 0.5),
            ValueError,
            "gradients[0].dW has shape (3, 1); expected (n_out, n_in) = (3, 2), "
            "n_out as in layers[0].W, n_in as in layers[0].W",
        ),
        (
            lambda: accuracy(X, np.ones(6, int), LAYERS),
            ValueError,
            "classes has shape (6,); expected (7,) or (1, 7), m as in X",
        ),
        (
            lambda: accuracy(X, np.ones((7, 1), int), LAYERS),
            ValueError,
            "classes has shape (7, 1); expected (7,) or (1, 7), m as in X",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused(call, exception, message):
    with pytest.raises(exception, match=f"^{re.escape(message)}$"):
        call()


# On the way to the message, numbers overflow, and NumPy says so.
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_cost_that_is_not_finite_ends_the_training_with_advice():
    one = [Layer(np.ones((1, 1)), np.zeros((1, 1)), "identity")]
    options = {"rate": 1e100, "epochs": 9, "rng": 0, "loss": "squared_error"}
    with pytest.raises(ValueError, match=r"in epoch 3; expected a finite one: try a rate below"):
        sgd(np.ones((1, 2)), np.zeros((1, 2)), one, **options)


SMALL = {"rate": 0.5, "batch_size": 3}


def test_weights_and_masks_count_in_every_batch():
    mask, weights = np.array([1, 1, 0, 1, 0, 1, 1], bool), np.array([1, 2, 9, 1, 9, 3, 1])
    spoilt = np.where(mask, Y, -100)
    options = {"rate": 0.5, "epochs": 3, "rng": 0, "l2": 0.3}
    got = sgd(X, spoilt, LAYERS, weights=weights, mask=mask, **options)
    repeated = np.repeat(np.arange(7)[mask], weights[mask])
    wanted = sgd(X[:, repeated], Y[:, repeated], LAYERS, **options)
    np.testing.assert_allclose(got.costs, wanted.costs, rtol=1e-14)
    for one, other in zip(got.layers, wanted.layers, strict=True):
        np.testing.assert_allclose(one.W, other.W, rtol=1e-13)


def test_a_batch_in_which_nothing_counts_makes_no_step():
    mask = np.arange(7) == 2
    trained = sgd(X, Y, LAYERS, epochs=1, rng=0, mask=mask, rate=0.5, batch_size=1)
    alone = sgd(X[:, mask], Y[:, mask], LAYERS, epochs=1, rng=0, rate=0.5)
    same(trained.layers, alone.layers)
    assert trained.costs == alone.costs


def test_the_cost_of_an_epoch_is_that_of_the_weighted_batch():
    weights = np.array([0.5, 1, 2, 0, 1, 3, 1])
    whole = batch.cost(batch.forward(X, LAYERS), Y, LAYERS, weights=weights, l2=0.5)
    for size in (1, 2, 3, 7):
        options = {"rate": 1e-12, "epochs": 1, "rng": 0, "l2": 0.5, "batch_size": size}
        [cost] = sgd(X, Y, LAYERS, weights=weights, **options).costs
        assert cost == pytest.approx(whole, rel=1e-10)


def test_validation_data_is_seen_after_each_epoch_and_never_learned_from():
    validation = (X[:, ::-1] + 1, Y)
    options = {**SMALL, "epochs": 3, "rng": 0, "l2": 0.1}
    trained = sgd(X, Y, LAYERS, validation=validation, **options)
    same(trained.layers, sgd(X, Y, LAYERS, **options).layers)
    seen = batch.cost(batch.forward(validation[0], trained.layers), Y, trained.layers)
    assert trained.validation_costs[-1] == seen
    assert len(trained.validation_costs) == 3
    assert sgd(X, Y, LAYERS, **options).validation_costs == []


def test_a_callback_sees_each_epoch_and_may_stop():
    seen = []

    def stop_after_two(training):
        seen.append(training)
        return np.bool_(len(training.costs) == 2)

    trained = sgd(X, Y, LAYERS, **SMALL, epochs=5, rng=0, callback=stop_after_two)
    assert [len(one.costs) for one in seen] == [1, 2]
    assert trained.costs == seen[-1].costs
    same(trained.layers, sgd(X, Y, LAYERS, **SMALL, epochs=2, rng=0).layers)
    sgd(X, Y, LAYERS, **SMALL, epochs=1, rng=0, callback=lambda _: None)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_training_that_goes_on_is_one_that_was_not_left(momentum):
    options = {**SMALL, "momentum": momentum, "validation": (X, Y)}
    whole = sgd(X, Y, LAYERS, epochs=5, rng=3, **options)
    half = pickle.loads(pickle.dumps(sgd(X, Y, LAYERS, epochs=2, rng=3, **options)))  # noqa: S301
    for _ in range(2):  # Twice the same: going on changes nothing of what it goes on from.
        again = sgd(X, Y, half, epochs=3, **options)
        same(again.layers, whole.layers)
        assert (again.costs, again.validation_costs) == (whole.costs, whole.validation_costs)


@pytest.mark.parametrize(
    ("options", "exception", "message"),
    [
        (
            {"rng": None},
            ValueError,
            "rng is missing; expected a seed, so that the result can be had again",
        ),
        (
            {"callback": lambda _: 0.3},
            TypeError,
            "callback returned 0.3; expected True to stop, or False or None",
        ),
        ({"validation": X}, TypeError, "validation is a ndarray; expected a pair, (X, Y)"),
        ({"mask": np.zeros(7, bool)}, ValueError, "none of the 7 examples counts: expected one"),
        ({"weights": np.ones(6)}, ValueError, "weights has shape (6,); expected (7,) or (1, 7)"),
    ],
)
def test_what_a_training_is_given_is_checked(options, exception, message):
    with pytest.raises(exception, match=f"^{re.escape(message)}"):
        sgd(X, Y, LAYERS, **{**SMALL, "epochs": 1, "rng": 0, **options})


def test_a_training_that_goes_on_shuffles_as_it_did():
    trained = sgd(X, Y, LAYERS, **SMALL, epochs=1, rng=0)
    with pytest.raises(ValueError, match=r"^rng is given; expected none"):
        sgd(X, Y, trained, **SMALL, epochs=1, rng=0)


def test_parameters_keep_their_dtype_whatever_the_gradients_are():
    [layer] = [Layer(np.ones((1, 2), np.float16), np.zeros((1, 1), np.float16), "sigmoid")]
    [stepped] = step([layer], [ParameterGradients(np.ones((1, 2)), np.ones((1, 1)))], 0.5)
    assert stepped.W.dtype == stepped.b.dtype == np.float16
