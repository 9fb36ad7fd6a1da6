"""JAX's own transformations: what the package computes inside them, and what they say of it."""

import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from oneoverm import (
    GradientSum,
    Layer,
    batch,
    batch_norm,
    binary_cross_entropy,
    initial_layers,
    losses,
    one_example,
    per_example,
    regularization,
    relative_error,
    training,
)
from oneoverm.activations import ACTIVATIONS
from oneoverm.losses import LOSSES

M = 6
RNG = np.random.default_rng(0)
X = jnp.asarray(RNG.normal(size=(3, M)))
CLASSES = jnp.asarray([0, 3, 1, 2, 2, 0])
Y = jnp.asarray(np.eye(4)[:, CLASSES])
WEIGHTS = jnp.asarray(RNG.uniform(0.5, 2, M))
MASK = jnp.asarray([True, True, False, True, False, True])


def network(activation="tanh", output="softmax", dtype=jnp.float64):
    """Give the parameters, and a function that makes layers of them."""
    layers = initial_layers([3, 5, 4], activation, output=output, rng=1)
    parameters = [(jnp.asarray(one.W, dtype), jnp.asarray(one.b, dtype)) for one in layers]

    def made(parameters):
        return [Layer(W, b, one.activation) for (W, b), one in zip(parameters, layers, strict=True)]

    return parameters, made


def without_dZ(gradients):  # noqa: N802 - the notation page's name
    return [(one.dW, one.db) for one in gradients]


def same(left, right, rounding=1e-13):
    left, right = jax.tree.leaves(left), jax.tree.leaves(right)
    assert len(left) == len(right) > 0
    return all(relative_error(a, b) < rounding for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_jax_differentiates_the_cost_to_the_gradients_that_are_written_out(loss, activation):
    parameters, made = network(activation, LOSSES[loss].activation or activation)

    def cost(parameters, weights, mask):
        layers = made(parameters)
        trace = batch.forward(X, layers)
        return batch.cost(trace, Y, layers, loss=loss, weights=weights, mask=mask, l2=0.5)

    def written_out(parameters, weights, mask):
        J, gradients = batch.cost_and_gradients(
            X, Y, made(parameters), loss=loss, weights=weights, mask=mask, l2=0.5
        )
        return J, without_dZ(gradients)

    wanted = jax.jit(jax.value_and_grad(cost))(parameters, WEIGHTS, MASK)
    assert same(jax.jit(written_out)(parameters, WEIGHTS, MASK), wanted)
    assert same(written_out(parameters, WEIGHTS, MASK), wanted)


@pytest.mark.parametrize("divide", ["late", "early", "never"])
@pytest.mark.parametrize("labels", [Y, CLASSES], ids=["columns", "classes"])
def test_traced_data_labels_weights_and_masks_give_what_values_give(divide, labels):
    parameters, made = network()

    def both(parameters, X, labels, weights, mask, l2):
        return batch.cost_and_gradients(
            X, labels, made(parameters), divide,
            loss="softmax_cross_entropy", weights=weights, mask=mask, l2=l2,
        )  # fmt: skip

    arguments = (parameters, X, labels, WEIGHTS, MASK, 0.5)
    assert same(jax.jit(both)(*arguments), both(*arguments))


def test_values_that_jit_closes_over_are_as_good_as_its_arguments():
    parameters, made = network()

    def cost(parameters, X, labels, weights, mask):
        layers = made(parameters)
        return batch.cost(
            batch.forward(X, layers), labels, layers,
            loss="softmax_cross_entropy", weights=weights, mask=mask,
        )  # fmt: skip

    wanted = cost(parameters, X, CLASSES, WEIGHTS, MASK)
    for closed in (
        lambda: cost(parameters, X, CLASSES, WEIGHTS, MASK),
        lambda: cost(parameters, X, Y, WEIGHTS, MASK),
        lambda: cost(parameters, X, CLASSES, np.asarray(WEIGHTS).tolist(), MASK.tolist()),
        lambda: cost(parameters, X, CLASSES.tolist(), WEIGHTS, MASK),
    ):
        assert same(jax.jit(closed)(), wanted)
    assert same(jax.jit(lambda X: cost(parameters, X, CLASSES, WEIGHTS, MASK))(X), wanted)
    assert same(jax.jit(lambda p: cost(p, X, CLASSES, WEIGHTS, MASK))(parameters), wanted)


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16, jnp.float32, jnp.float64])
def test_traced_weights_leave_the_dtype_as_it_is(dtype):
    parameters, made = network(dtype=dtype)

    @jax.jit
    def both(weights, mask):
        return batch.cost_and_gradients(
            X.astype(dtype), CLASSES, made(parameters),
            loss="softmax_cross_entropy", weights=weights, mask=mask, l2=0.5,
        )  # fmt: skip

    assert {leaf.dtype for leaf in jax.tree.leaves(both(WEIGHTS, MASK))} == {jnp.dtype(dtype)}


def test_masked_labels_may_be_anything_within_jit():
    parameters, made = network()

    @jax.jit
    def both(labels, mask):
        return batch.cost_and_gradients(
            X, labels, made(parameters), loss="softmax_cross_entropy", mask=mask
        )

    assert same(both(jnp.where(MASK, CLASSES, -100), MASK), both(CLASSES, MASK))
    assert same(both(jnp.where(MASK, Y, jnp.nan), MASK), both(Y, MASK))


def test_sums_norms_and_normalization_within_jit():
    parameters, made = network()

    def everything(X, weights):
        layers = made(parameters)
        trace = batch.forward(X, layers)
        options = {"loss": "softmax_cross_entropy", "weights": weights}
        gradients = batch.backward(trace, CLASSES, layers, "never", **options)
        part = GradientSum.of(X, CLASSES, layers, **options)
        normalized = batch_norm.batch_norm_forward(X, X[:, :1], X[:, 1:2])
        return (
            (part + part).mean(),
            part.cost(),
            per_example.norms(gradients, trace),
            per_example.parameter_gradients(gradients[0].dZ, X),
            tuple(normalized),
            batch_norm.batch_norm_backward(jnp.cos(X), X[:, :1], normalized),
            training.predict(X, layers),
        )

    assert same(jax.jit(everything)(X, WEIGHTS), everything(X, WEIGHTS))


def test_the_rest_within_jit():
    parameters, made = network()
    a, y = jax.nn.sigmoid(X), jnp.ones_like(X)

    def everything(a, y, m, l2):
        layers = made(parameters)
        return (
            binary_cross_entropy(a, y),
            losses.binary_cross_entropy_from_logits(a, y),
            losses.squared_error(a, y),
            losses.softmax_cross_entropy_from_logits(a[:2], y[:2] / 2),
            regularization.l2_penalty(layers, l2, m),
            regularization.l2_gradient(layers[0].W, l2, m),
            batch.parameter_gradients(a, y, m),
            one_example.cost_and_gradients(
                a[:, :1], Y[:, :1], layers, loss="softmax_cross_entropy"
            ),
        )

    arguments = (a, y, 5.0, 0.5)
    assert same(jax.jit(everything)(*arguments), everything(*arguments))


def test_jax_maps_one_example_over_the_columns_to_the_batch():
    parameters, made = network()

    def of_one(x, y):
        _, gradients = one_example.cost_and_gradients(
            x[:, None], y[:, None], made(parameters), loss="softmax_cross_entropy"
        )
        return without_dZ(gradients)

    each = jax.vmap(of_one, in_axes=1)(X, Y)
    _, gradients = batch.cost_and_gradients(X, Y, made(parameters), loss="softmax_cross_entropy")
    assert same(jax.tree.map(lambda one: one.mean(axis=0), each), without_dZ(gradients))


def test_batch_normalization_is_what_jax_differentiates():
    gamma, beta, d_out = X[:, :1], X[:, 1:2], jnp.cos(X)

    def total(Z, gamma, beta):
        return jnp.sum(d_out * batch_norm.batch_norm_forward(Z, gamma, beta).out)

    normalized = batch_norm.batch_norm_forward(X, gamma, beta)
    got = batch_norm.batch_norm_backward(d_out, gamma, normalized, m=1)
    assert same(got, jax.grad(total, argnums=(0, 1, 2))(X, gamma, beta), 1e-12)


def test_nothing_asks_for_64_bits_where_jax_has_only_32():
    with jax.enable_x64(False):
        parameters, made = network(dtype=jnp.float32)
        layers = made(parameters)
        data, classes = jnp.asarray(np.asarray(X), jnp.float32), jnp.asarray(CLASSES, jnp.int32)
        options = {"loss": "softmax_cross_entropy", "rate": 0.5, "epochs": 1, "rng": 0}
        trained = training.sgd(data, classes, layers, batch_size=3, **options)
        assert 0 <= training.accuracy(data, classes, trained.layers) <= 1
        single = [layers[0], Layer(jnp.ones((1, 5)), jnp.zeros((1, 1)), "sigmoid")]
        assert training.predict(data, single).dtype == jnp.int32
        J, _ = batch.cost_and_gradients(
            data, classes, layers,
            loss="softmax_cross_entropy", weights=[1.0] * M, mask=[True] * M, l2=0.5,
        )  # fmt: skip
        assert J.dtype == jnp.float32


def test_layers_gradients_and_sums_are_pytrees():
    layers = [
        Layer(jnp.asarray(one.W), jnp.asarray(one.b), one.activation)
        for one in initial_layers([3, 5, 4], output="softmax", rng=1)
    ]
    options = {"loss": "softmax_cross_entropy"}
    leaves, structure = jax.tree.flatten(layers)
    assert [leaf.shape for leaf in leaves] == [(5, 3), (5, 1), (4, 5), (4, 1)]
    assert [one.activation for one in jax.tree.unflatten(structure, leaves)] == ["tanh", "softmax"]
    step = jax.jit(lambda X, labels, layers: batch.cost_and_gradients(X, labels, layers, **options))
    assert same(step(X, CLASSES, layers), batch.cost_and_gradients(X, CLASSES, layers, **options))
    moved = jax.tree.map(lambda W: W - 0.1, layers)
    assert isinstance(moved[0], Layer)
    assert jax.tree.map(lambda _: None, layers)[0].W is None

    of = jax.jit(lambda X, labels, layers: GradientSum.of(X, labels, layers, **options))
    first, second = of(X[:, :2], CLASSES[:2], layers), of(X[:, 2:], CLASSES[2:], layers)
    added = jax.jit(lambda a, b: a + b)(first, second)
    J, gradients = batch.cost_and_gradients(X, CLASSES, layers, **options)
    assert same(added.mean(), without_dZ(gradients))
    assert same(added.cost(), J)


def test_the_page_s_snippet_runs():
    page = Path(__file__).parents[2] / "docs" / "package" / "use-the-package.md"
    [snippet] = re.findall(
        r"^```python\n(.*?)^```", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    data = np.asarray(X), np.array([[0, 1, 1, 0, 1, 0]])
    names = {"X": data[0], "Y": data[1], "layers": initial_layers([3, 2, 1], rng=0)}
    exec(snippet, names)  # noqa: S102 - the book's own
    assert same(names["J"], batch.cost_and_gradients(*data, initial_layers([3, 2, 1], rng=0))[0])


@pytest.mark.parametrize(
    ("labels", "options"),
    [
        ([0, -100, 1, 2, 2, 0], {}),
        ([0, 4, 1, 2, 2, 0], {}),
        (np.eye(4)[:, [0, 1, 1, 2, 2, 0]] * 1.5, {}),
        (-np.eye(4)[:, [0, 1, 1, 2, 2, 0]], {}),
        ([0, 3, 1, 2, 2, 0], {"weights": [1.0, -1, 1, 1, 1, 1]}),
        ([0, 3, 1, 2, 2, 0], {"mask": [False] * 6}),
    ],
    ids=["negative", "too large", "no distribution", "below 0", "negative weight", "none counts"],
)
def test_what_cannot_be_refused_within_jit_is_nan(labels, options):
    parameters, made = network()

    def both(labels, options):
        return batch.cost_and_gradients(
            X, labels, made(parameters), loss="softmax_cross_entropy", **options
        )

    labels = jnp.asarray(np.asarray(labels))
    options = {name: jnp.asarray(np.asarray(value)) for name, value in options.items()}
    with pytest.raises(ValueError, match="expected"):
        both(labels, options)
    J, gradients = jax.jit(both)(labels, options)
    assert jnp.isnan(J)
    assert jnp.isnan(gradients[0].dW).any()


@pytest.mark.parametrize("label", [-0.1, 1.5])
def test_a_label_that_is_no_probability_is_nan_within_jit(label):
    layers = [Layer(jnp.ones((1, 3)), jnp.zeros((1, 1)), "sigmoid")]
    J, _ = jax.jit(lambda Y: batch.cost_and_gradients(X, Y, layers))(jnp.full((1, M), label))
    assert jnp.isnan(J)
