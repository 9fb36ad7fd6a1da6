"""Examples' weights and masks: what they count, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneoverm import Layer, batch, complex_step, initial_layers, relative_error
from oneoverm.losses import LOSSES
from oneoverm.weights import example_weights

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(3, 5)), RNG.uniform(size=(2, 5))
LAYERS = initial_layers([3, 4, 2], rng=RNG)
TRACE = batch.forward(X, LAYERS)
MASK = np.array([True, False, True, True, False])


def both(X, Y, **options):
    """Give the cost and all gradients as one array."""
    J, gradients = batch.cost_and_gradients(X, Y, LAYERS, **options)
    return np.concatenate([[J], *(d.ravel() for one in gradients for d in (one.dW, one.db))])


@given(times=st.lists(st.integers(0, 4), min_size=5, max_size=5).filter(any))
def test_a_whole_weight_counts_an_example_that_many_times(times):
    repeated = np.repeat(np.arange(5), times)
    weighted = both(X, Y, weights=np.array(times, float))
    assert relative_error(weighted, both(X[:, repeated], Y[:, repeated])) < 1e-14


def test_a_mask_leaves_examples_out():
    assert relative_error(both(X, Y, mask=MASK), both(X[:, MASK], Y[:, MASK])) < 1e-15


def test_weights_are_shares_so_that_their_scale_cancels():
    weights = np.array([0.5, 1, 2, 0.25, 3])
    for divide in ("late", "early"):
        once = both(X, Y, weights=weights, divide=divide)
        assert relative_error(once, both(X, Y, weights=7 * weights, divide=divide)) < 1e-15


def test_weights_of_one_are_no_weights():
    np.testing.assert_array_equal(both(X, Y, weights=np.ones(5)), both(X, Y))
    np.testing.assert_array_equal(both(X, Y, mask=np.ones((1, 5), bool)), both(X, Y))


def test_the_three_ways_to_divide_agree_with_weights_mask_and_regularization():
    options = {"weights": np.array([0.5, 1, 2, 0.25, 3]), "mask": MASK, "l2": 0.7}
    total = 0.5 + 2 + 0.25
    late, early, never = (
        batch.backward(TRACE, Y, LAYERS, divide, **options) for divide in ("late", "early", "never")
    )
    for one, two, three in zip(late, early, never, strict=True):
        assert relative_error(two.dZ, one.dZ / total) < 1e-15
        np.testing.assert_array_equal(three.dZ, one.dZ)
        assert relative_error(two.dW, one.dW) < 1e-15
        assert relative_error(two.db, one.db) < 1e-15
        assert relative_error(three.dW, total * one.dW) < 1e-15
        assert relative_error(three.db, total * one.db) < 1e-15


def test_the_gradients_are_those_of_the_weighted_cost_by_the_complex_step():
    options = {"weights": np.array([0.5, 1, 2, 0.25, 3]), "mask": MASK, "l2": 0.7}
    _, gradients = batch.cost_and_gradients(X, Y, LAYERS, **options)
    for k, (layer, got) in enumerate(zip(LAYERS, gradients, strict=True)):

        def cost(W, b, k=k, layer=layer):
            layers = [*LAYERS[:k], Layer(W, b, layer.activation), *LAYERS[k + 1 :]]
            return batch.cost(batch.forward(X, layers), Y, layers, **options)

        dW = complex_step(lambda W, layer=layer: cost(W, layer.b), layer.W)
        db = complex_step(lambda b, layer=layer: cost(layer.W, b), layer.b)
        assert relative_error(got.dW, dW) < 1e-14
        assert relative_error(got.db, db) < 1e-14


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("garbage", [np.nan, np.inf, -100.0])
def test_what_is_masked_may_have_any_label(loss, garbage):
    layers = initial_layers([3, 4, 2], output=LOSSES[loss].activation or "tanh", rng=0)
    labels = Y / Y.sum(axis=0)
    right = batch.cost_and_gradients(X, labels, layers, loss=loss, mask=MASK)
    spoilt = np.where(MASK, labels, garbage)
    got = batch.cost_and_gradients(X, spoilt, layers, loss=loss, mask=MASK)
    assert got[0] == right[0]
    for one, other in zip(got[1], right[1], strict=True):
        np.testing.assert_array_equal(one.dW, other.dW)


@pytest.mark.parametrize("shape", [(5,), (1, 5)])
def test_masked_classes_may_be_minus_100(shape):
    layers = initial_layers([3, 4], output="softmax", rng=0)
    classes = np.array([3, -100, 0, 1, -100])
    options = {"loss": "softmax_cross_entropy", "mask": MASK}
    J, _ = batch.cost_and_gradients(X, classes.reshape(shape), layers, **options)
    kept = batch.cost_and_gradients(X[:, MASK], classes[MASK], layers, loss="softmax_cross_entropy")
    assert pytest.approx(kept[0], rel=1e-15) == J


def test_labels_and_weights_may_be_lists():
    got = both(X, Y.tolist(), weights=[0.5, 1.0, 2.0, 0.25, 3.0], mask=MASK.tolist())
    weights = np.array([[0.5, 1, 2, 0.25, 3]])
    np.testing.assert_array_equal(got, both(X, Y, weights=weights, mask=MASK[None]))


# The masked example's squared error overflows, and NumPy says so.
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning", "ignore:invalid:RuntimeWarning")
def test_a_masked_example_that_overflows_does_not_spoil_the_others():
    one = np.ones((1, 1), np.float16)
    layers = [Layer(one, 0 * one, "identity")]
    x, y = np.array([[1.0, 60000.0]], np.float16), np.array([[3, 0]])
    trace = batch.forward(x, layers)
    assert batch.cost(trace, y, layers, loss="squared_error", mask=[True, False]) == 4


def test_float16_weights_are_summed_beyond_2048():
    # Nor is 5001 rounded to 5000, the float16 next to it.
    weights = example_weights(5001, np.ones(1, np.float16), np.ones(5001, np.float16))
    assert weights.total == 5001.0
    assert weights.row.dtype == np.float16


def test_never_gives_zeros_if_no_example_counts():
    for one in batch.backward(TRACE, Y, LAYERS, "never", mask=np.zeros(5, bool)):
        assert not one.dZ.any()
        assert not one.dW.any()
        assert not one.db.any()


NONE = "none of the 5 examples counts: expected one that does"


@pytest.mark.parametrize(
    ("options", "exception", "message"),
    [
        ({"mask": np.zeros(5, bool)}, ValueError, NONE),
        ({"weights": np.zeros(5)}, ValueError, NONE),
        ({"weights": np.array([1.0, 0, 0, 0, 0]), "mask": ~MASK}, ValueError, NONE),
        (
            {"weights": np.ones(4)},
            ValueError,
            "weights has shape (4,); expected (5,) or (1, 5)",
        ),
        (
            {"weights": np.ones((5, 1))},
            ValueError,
            "weights has shape (5, 1); expected (5,) or (1, 5)",
        ),
        ({"mask": MASK[:, None]}, ValueError, "mask has shape (5, 1); expected (5,) or (1, 5)"),
        (
            {"weights": np.array([1.0, -1, 1, 1, 1])},
            ValueError,
            "weights has a negative entry; expected weights of at least 0",
        ),
        (
            {"weights": np.array([1.0, np.nan, 1, 1, 1])},
            ValueError,
            "weights has the entry nan at (0, 1); expected finite entries",
        ),
        (
            {"weights": MASK},
            TypeError,
            "weights has dtype bool; expected real numbers (for True and False, use mask)",
        ),
        (
            {"mask": MASK.astype(int)},
            TypeError,
            "mask has dtype int64; expected booleans",
        ),
        ({"l2": -0.5}, ValueError, "l2 is -0.5; expected a number of at least 0"),
        ({"l2": np.nan}, ValueError, "l2 is nan; expected a number of at least 0"),
    ],
)
@pytest.mark.parametrize("function", [batch.cost, batch.backward])
def test_what_weights_nothing_is_refused(function, options, exception, message):
    with pytest.raises(exception) as error:
        function(TRACE, Y, LAYERS, **options)
    assert str(error.value) == message


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (), (1, 5), (5, 2), (2, 5, 1)])
def test_a_mask_does_not_broadcast_labels_of_another_shape(shape):
    with pytest.raises(ValueError, match=r"^Y has shape \(.*\); expected \(2, 5\), as A$"):
        batch.cost(TRACE, np.ones(shape), LAYERS, mask=MASK)


@pytest.mark.parametrize("divide", ["late", "early", "never"])
def test_float16_examples_are_counted_beyond_65519(divide):
    half = [Layer(np.ones((1, 1), np.float16), np.zeros((1, 1), np.float16), "sigmoid")]
    x, y = np.zeros((1, 70_000), np.float16), np.ones((1, 70_000), int)
    J, [one] = batch.cost_and_gradients(x, y, half, divide)
    assert J.dtype == one.db.dtype == np.float16
    assert one.db[0, 0] == (-35_000 if divide == "never" else -0.5)


@pytest.mark.parametrize("weights", [[1, 0, 2, 1, 3], np.array([1, 0, 2, 1, 3], np.uint8)])
def test_whole_weights_may_be_integers(weights):
    np.testing.assert_array_equal(
        both(X, Y, weights=weights), both(X, Y, weights=[*map(float, weights)])
    )


@pytest.mark.parametrize("options", [{"mask": np.zeros(5, bool)}, {"weights": np.zeros(5)}])
def test_a_part_in_which_nothing_counts_adds_nothing(options):
    S, sums = batch.cost_and_gradients(X, Y, LAYERS, "never", **options)
    assert S == 0
    assert not any(part.any() for one in sums for part in one)
    S, sums = batch.cost_and_gradients(X[:, :0], Y[:, :0], LAYERS, "never")
    assert S == 0
    assert not any(part.any() for one in sums for part in one)
