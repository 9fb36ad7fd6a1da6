"""What is handed in: the right value, or an error that says what was expected."""

import pickle
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from oneoverm import (
    Activation,
    GradientSum,
    Layer,
    Loss,
    batch,
    get_activation,
    get_loss,
    initial_layers,
    losses,
    one_example,
    one_hot,
    sgd,
)
from oneoverm.activations import ACTIVATIONS, gelu_derivative
from oneoverm.losses import LOSSES

X = np.random.default_rng(0).normal(size=(3, 4))
Y = np.array([[0.0, 1.0, 1.0, 0.0]])
LAYERS = initial_layers([3, 2, 1], rng=0)
LINEAR = [Layer(np.zeros((2, 3)), np.zeros((2, 1)), "identity")]
TARGETS = np.ones((2, 4))


def own_loss(function, derivative=lambda a, y: 2 * (a - y)):
    return Loss("own", get_loss("squared_error").labels, function, derivative)


def own_network(function, derivative=np.ones_like):
    own = Activation("own", function, derivative)
    return [Layer(np.ones((2, 3)), np.ones((2, 1)), own), Layer(*pair(1, 2), "sigmoid")]


def pair(n_out, n_in):
    return np.ones((n_out, n_in)), np.ones((n_out, 1))


@pytest.mark.parametrize(
    "function",
    [
        lambda a, y: (a - y) ** 2,
        lambda a, y: ((a - y) ** 2).sum(axis=0, keepdims=True),
    ],
    ids=["entry", "column"],
)
@pytest.mark.parametrize("weights", [None, np.ones(4)])
def test_a_loss_of_one_s_own_is_of_each_entry_or_of_each_column(function, weights):
    options = {"loss": own_loss(function), "weights": weights}
    assert batch.cost_and_gradients(X, TARGETS, LINEAR, **options)[0] == 2.0


LOST = "the loss 'own' returned "
WANTED = ": what a sum over the outputs returns with keepdims=True"
SHAPED = "the {} of the activation 'own' returned {}; expected an array of shape (2, 4), as z"
MASKED = np.ma.masked_array(np.ones(4), mask=[True, False, False, False])
MASK_LOST = " is a masked array, whose mask would not be used; expected a plain array: "
MASK_LOST += "leave examples out by mask=, or give .filled(…)"


class Frame:
    """What is asked of a table of pandas."""

    __module__ = "pandas"
    shape = (4, 3)

    def to_numpy(self):
        return X.T


class Series(Frame):
    """What is asked of a column of pandas."""

    __module__ = "pandas"

    def __init__(self, values):
        self.values = np.asarray(values)
        self.dtype, self.shape = self.values.dtype, self.values.shape

    def to_numpy(self):
        return self.values


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: batch.cost_and_gradients(
                X, TARGETS, LINEAR, loss=own_loss(lambda a, y: ((a - y) ** 2).sum(axis=0))
            ),
            ValueError,
            LOST + "(4,); expected an array of shape (2, 4) or (1, 4)" + WANTED,
        ),
        (
            lambda: batch.cost_and_gradients(
                X, TARGETS, LINEAR, loss=own_loss(lambda a, y: float(((a - y) ** 2).sum()))
            ),
            ValueError,
            LOST + "a float; expected an array of shape (2, 4) or (1, 4)" + WANTED,
        ),
        (
            lambda: batch.cost_and_gradients(
                X, TARGETS, LINEAR, loss=own_loss(losses.squared_error, lambda a, y: (a - y).mean())
            ),
            ValueError,
            LOST + "(); expected an array of shape (2, 4)" + WANTED,
        ),
        (
            lambda: batch.forward(X, own_network(lambda z: z.max(axis=1, keepdims=True))),
            ValueError,
            SHAPED.format("function", "an array of shape (2, 1)"),
        ),
        (
            lambda: batch.cost_and_gradients(X, Y, own_network(np.tanh, lambda z: 1 - z.mean())),
            ValueError,
            SHAPED.format("derivative", "an array of shape ()"),
        ),
        (
            lambda: batch.cost_and_gradients(
                X, Y, [Layer(*pair(1, 3), Activation("sigmoid", np.tanh, np.cos))]
            ),
            ValueError,
            "the last layer's activation is 'sigmoid' of your own; expected 'sigmoid', "
            "which the loss 'binary_cross_entropy' goes with",
        ),
        (lambda: batch.forward(MASKED[None], LAYERS), TypeError, "X" + MASK_LOST),
        (lambda: Layer(np.ma.ones((2, 3)), np.zeros((2, 1)), "tanh"), TypeError, "W" + MASK_LOST),
        (
            lambda: batch.cost_and_gradients(X, np.ma.masked_array(Y), LAYERS),
            TypeError,
            "Y" + MASK_LOST,
        ),
        (
            lambda: batch.cost_and_gradients(X, Y, LAYERS, weights=MASKED),
            TypeError,
            "weights" + MASK_LOST,
        ),
        (
            lambda: batch.cost_and_gradients(X, Y, LAYERS, mask=MASKED > 0),
            TypeError,
            "mask" + MASK_LOST,
        ),
        (lambda: GradientSum(MASKED, 1), TypeError, "a sum" + MASK_LOST),
        (lambda: losses.squared_error(MASKED, MASKED), TypeError, "the argument" + MASK_LOST),
        (
            lambda: batch.forward(np.matrix(X), LAYERS),
            TypeError,
            "X is a numpy.matrix; expected an array (np.asarray makes one)",
        ),
        (
            lambda: batch.forward(Frame(), LAYERS),
            TypeError,
            "X is a pandas.Frame; expected an array whose columns are the examples, "
            "as X.to_numpy().T has if its rows are",
        ),
        (
            lambda: batch.cost_and_gradients(X, Series(["yes", "no", "no", "no"]), LAYERS),
            TypeError,
            "Y has dtype <U3; expected numbers",
        ),
        (
            lambda: batch.cost_and_gradients(X, np.array([["0", "1", "1", "0"]]), LAYERS),
            TypeError,
            "Y has dtype <U1; expected numbers",
        ),
        (
            lambda: losses.squared_error(np.zeros(1), np.array(["2020-01-01"], "datetime64[D]")),
            TypeError,
            "y has dtype datetime64[D]; expected numbers",
        ),
        (
            lambda: one_hot(np.eye(3, dtype=int), 3),
            ValueError,
            "classes has shape (3, 3); expected (m,) or (1, m)",
        ),
        (
            lambda: one_hot([1, 0], 0),
            ValueError,
            "n is 0; expected a positive integer",
        ),
        (
            lambda: batch.forward(X, LAYERS[0]),
            TypeError,
            "layers is a Layer; expected a sequence of Layer, such as a list",
        ),
        (
            lambda: batch.forward(X, [pair(2, 3)]),
            TypeError,
            "layers[0] is a tuple; expected a Layer",
        ),
        (
            lambda: batch.cost(X, Y, LAYERS),
            TypeError,
            "trace is a ndarray; expected what forward returns",
        ),
        (
            lambda: batch.parameter_gradients(Y, X, m="4 examples"),
            TypeError,
            "m is a str; expected a positive number",
        ),
        (
            lambda: batch.cost_and_gradients(X, Y, LAYERS, l2="much"),
            TypeError,
            "l2 is a str; expected a number of at least 0",
        ),
    ],
)
def test_what_would_be_wrong_without_a_word_is_refused(call, exception, message):
    with pytest.raises(exception, match=f"^{re.escape(message)}$"):
        call()


def test_columns_of_pandas_are_labels_weights_and_masks():
    options = {"weights": Series([1, 2, 3, 4]), "mask": Series([True, True, False, True])}
    J, _ = batch.cost_and_gradients(X, Series(Y[0]).to_numpy()[None], LAYERS, **options)
    plain = {"weights": [1.0, 2, 3, 4], "mask": [True, True, False, True]}
    assert batch.cost_and_gradients(X, Y, LAYERS, **plain)[0] == J
    three = initial_layers([3, 3], output="softmax", rng=0)
    options = {"loss": "softmax_cross_entropy"}
    J, _ = batch.cost_and_gradients(X, Series([2, 0, 1, 1]), three, **options)
    assert batch.cost_and_gradients(X, [2, 0, 1, 1], three, **options)[0] == J


def test_arrays_that_are_mapped_from_a_file_are_arrays(tmp_path):
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    assert batch.cost_and_gradients(mapped, Y, LAYERS)[0] == batch.cost(
        batch.forward(X, LAYERS), Y, LAYERS
    )


@pytest.mark.parametrize("large", [1e38, 1e300, 100.0, 11.0])
def test_the_slope_of_gelu_is_0_or_1_far_from_0(large):
    np.testing.assert_allclose(gelu_derivative(np.array([-large, large])), [0, 1], atol=1e-30)


@pytest.mark.parametrize(
    "thing",
    [*LOSSES.values(), *ACTIVATIONS.values(), LAYERS[0]],
    ids=lambda thing: f"{type(thing).__name__}-{getattr(thing, 'name', 0)}",
)
def test_what_a_process_may_send_pickles(thing):
    again = pickle.loads(pickle.dumps(thing))  # noqa: S301 - what was just written
    assert again == thing or isinstance(again, Layer)
    assert get_activation("sigmoid") == pickle.loads(pickle.dumps(ACTIVATIONS["sigmoid"]))  # noqa: S301


def test_a_loss_that_was_pickled_goes_with_the_activation_still():
    loss = pickle.loads(pickle.dumps(get_loss("binary_cross_entropy")))  # noqa: S301
    batch.cost_and_gradients(X, Y, LAYERS, loss=loss)


def test_a_check_that_failed_leaves_the_door_closed():
    for _ in range(2):
        with pytest.raises(ValueError, match="expected"):
            batch.forward(X[:2], LAYERS)
    with pytest.raises(ZeroDivisionError):
        batch.forward(X, own_network(lambda _: 1 // 0))
    with pytest.raises(ValueError, match="expected"):
        batch.forward(X[:2], LAYERS)


def test_each_thread_has_a_door_of_its_own():
    inside, outside = threading.Event(), threading.Event()

    def slow(z):
        inside.set()
        assert outside.wait(10)
        return np.tanh(z)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(batch.forward, X, own_network(slow))
        assert inside.wait(10)
        with pytest.raises(ValueError, match="expected"):
            batch.forward(X[:2], LAYERS)
        outside.set()
        running.result()


def test_a_function_within_another_checks_no_more():
    seen = []

    class Watched(np.ndarray):
        @property
        def dtype(self):
            seen.append(self)
            return super().dtype

    labels = np.ones((1, 1)).view(Watched)
    one_example.cost_and_gradients(X[:, :1], labels, LAYERS)
    at_the_door = len(seen)
    trace = one_example.forward(X[:, :1], LAYERS)
    one_example.cost(trace, labels, LAYERS)
    assert len(seen) - at_the_door == at_the_door > 0


def test_a_callback_is_not_within_the_door():
    def callback(training):
        with pytest.raises(ValueError, match="expected"):
            batch.forward(X[:2], training.layers)

    sgd(X, Y, LAYERS, rate=0.1, epochs=1, rng=0, callback=callback)
