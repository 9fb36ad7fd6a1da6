"""
What frameworks divide by: each cell of the book's table, computed with the framework itself.

`docs/practise/frameworks.toml` names for each cell a divisor and one of the functions below.
Such a function yields what the framework computes, and what each example adds to it. Divided as the
cell says, the second has to sum to the first; divided in any other way, it must not.
"""

import os
import re
import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from joblib import parallel_config
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.multioutput import MultiOutputRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from torch import nn

os.environ["KERAS_BACKEND"] = "jax"
import keras
from keras import losses as keras_losses

from .data_parallel import averaged_by_pytorch

PRACTISE = Path(__file__).parents[2] / "docs" / "practise"
TABLE = tomllib.loads((PRACTISE / "frameworks.toml").read_text(encoding="utf-8"))
CELLS = [(question, cell) for question in TABLE["questions"] for cell in question["cells"]]

# -- The batch: the page's own, an example a row, as the frameworks have it ------------------------

PAGE = (PRACTISE / "what-the-frameworks-divide-by.md").read_text(encoding="utf-8")
NUMBERS: dict[str, np.ndarray] = {}
# The page's first cell without options; the one with them makes the table.
exec(re.search(r"```\{code-cell\} python\n((?!:).*?)```", PAGE, re.DOTALL)[1], NUMBERS)  # noqa: S102
ERRORS = NUMBERS["errors"].T.astype(float)
U = NUMBERS["u"].astype(float)
MASK = NUMBERS["mask"]
PARTS = NUMBERS["parts"]
m, n = ERRORS.shape
K = len(PARTS)
N_k = np.concatenate([np.full(len(MASK[part]), MASK[part].sum()) for part in PARTS])

COUNTS = {"ones": np.ones(m), "weights": U, "mask": MASK.astype(float)}
DIVISORS = {
    "one": 1,
    "n": n,
    "m": m,
    "mn": m * n,
    "2mn": 2 * m * n,
    "weights": U.sum(),
    "n-weights": n * U.sum(),
    "N": MASK.sum(),
    "parts": N_k,
    "K-parts": K * N_k,
    "K": K,
}

LOGITS = np.random.default_rng(0).normal(size=(m, n))
LABELS = np.array([0, 1, 1, 2, 2, 0])
HOT = np.eye(n)[LABELS]
CLASS_WEIGHTS = np.array([1.0, 3.0, 1.0])
P = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
# Each example's loss, and the derivative by its logits: the last axis counts the examples.
LOSSES = -np.log(P[np.arange(m), LABELS])
SLOPES = (P - HOT).T

YES_NO = HOT[:, [1, 2, 0]]
S = 1 / (1 + np.exp(-LOGITS))
BINARY_LOSSES = -(YES_NO * np.log(S) + (1 - YES_NO) * np.log(1 - S)).sum(axis=1)
BINARY_SLOPES = (S - YES_NO).T

SQUARES = (ERRORS**2).sum(axis=1)
SQUARE_SLOPES = 2 * ERRORS.T
TARGETS = np.zeros((m, n))


def ignored(label):
    """Give the labels with another one where the mask is false."""
    return np.where(MASK, LABELS, label)


# -- Each cell -------------------------------------------------------------------------------------

COMPUTED = {}


def computes(function):
    """Take a function as the test of the cell that names it."""
    COMPUTED[function.__name__] = function
    return function


def all_parts(gradient):
    """Give what a gradient that is made of the parts is a sum of."""
    yield gradient, SLOPES


def test_no_weight_or_mask_looks_like_another():
    assert np.array_equal(CLASS_WEIGHTS[LABELS], U)
    assert len({tuple(np.ones(m) / divisor) for divisor in DIVISORS.values()}) == len(DIVISORS)


@pytest.mark.parametrize(
    ("question", "cell"), CELLS, ids=[f"{cell['test']}-{cell['divisor']}" for _, cell in CELLS]
)
def test_the_framework_divides_as_the_table_says(question, cell):
    fitting = set(DIVISORS)
    for got, of_each in COMPUTED[cell["test"]]():
        fitting &= {
            name
            for name, divisor in DIVISORS.items()
            if np.allclose(of_each @ (COUNTS[question["counts"]] / divisor), got, rtol=1e-6)
        }
    assert fitting == {cell["divisor"]}


def test_every_cell_has_a_test_and_every_test_a_cell():
    assert sorted(cell["test"] for _, cell in CELLS) == sorted(COMPUTED)


def test_every_divisor_is_written_and_used():
    assert set(TABLE["divisors"]) == set(DIVISORS) == {cell["divisor"] for _, cell in CELLS}


def test_every_question_is_answered_for_every_framework():
    for question in TABLE["questions"]:
        assert {cell["framework"] for cell in question["cells"]} == set(TABLE["versions"])


@pytest.mark.parametrize(
    ("name", "stated"),
    [pair for versions in TABLE["versions"].values() for pair in versions.items()],
)
def test_the_version_is_the_one_stated(name, stated):
    # PyTorch's own says for which processor it was built.
    assert version(name).partition("+")[0] == stated


# -- PyTorch ---------------------------------------------------------------------------------------


def in_torch(loss, rows, losses, slopes):
    """Yield a loss of rows to which a bias is added, and its derivative by the bias."""
    b = torch.zeros(n, dtype=torch.float64, requires_grad=True)
    value = loss(torch.tensor(rows) + b)
    value.backward()
    yield value.item(), losses
    yield b.grad.numpy(), slopes


def torch_cross_entropy(labels=LABELS, **options):
    loss = nn.CrossEntropyLoss(**options)
    return in_torch(lambda z: loss(z, torch.tensor(labels)), LOGITS, LOSSES, SLOPES)


@computes
def torch_mean():
    return torch_cross_entropy()


@computes
def torch_sum():
    return torch_cross_entropy(reduction="sum")


@computes
def torch_class_weights():
    return torch_cross_entropy(weight=torch.tensor(CLASS_WEIGHTS))


@computes
def torch_class_weights_probabilities():
    return torch_cross_entropy(HOT, weight=torch.tensor(CLASS_WEIGHTS))


@computes
def torch_ignored():
    return torch_cross_entropy(ignored(-100))


def torch_unreduced(reduce):
    loss = nn.CrossEntropyLoss(reduction="none")
    return in_torch(lambda z: reduce(loss(z, torch.tensor(LABELS))), LOGITS, LOSSES, SLOPES)


@computes
def torch_mask():
    return torch_unreduced(lambda losses: losses[torch.tensor(MASK)].mean())


@computes
def torch_mask_times():
    return torch_unreduced(lambda losses: (losses * torch.tensor(MASK)).mean())


@computes
def torch_mse():
    loss, target = nn.MSELoss(), torch.tensor(TARGETS)
    return in_torch(lambda a: loss(a, target), ERRORS, SQUARES, SQUARE_SLOPES)


@computes
def torch_mse_weights():
    target, weight = torch.tensor(TARGETS), torch.tensor(np.repeat(U[:, None], n, axis=1))

    def loss(a):
        return nn.functional.mse_loss(a, target, weight=weight)

    return in_torch(loss, ERRORS, SQUARES, SQUARE_SLOPES)


def torch_binary(**options):
    loss = nn.BCEWithLogitsLoss(**options)
    target = torch.tensor(YES_NO)
    return in_torch(lambda z: loss(z, target), LOGITS, BINARY_LOSSES, BINARY_SLOPES)


@computes
def torch_bce():
    return torch_binary()


@computes
def torch_bce_weights():
    return torch_binary(weight=torch.tensor(U[:, None]))


def torch_parts(factor=1.0, **options):
    b = torch.zeros(n, dtype=torch.float64, requires_grad=True)
    loss = nn.CrossEntropyLoss(**options)
    for part in PARTS:
        z = torch.tensor(LOGITS[part]) + b
        (factor * loss(z, torch.tensor(ignored(-100)[part]))).backward()
    return all_parts(b.grad.numpy())


@computes
def torch_accumulated():
    return torch_parts()


@computes
def torch_accumulated_over_k():
    return torch_parts(1 / K)


@computes
def torch_accumulated_sums():
    return torch_parts(1 / MASK.sum(), reduction="sum")


@cache
def trained_by_two_processes():
    """Give DistributedDataParallel's gradients, by the name of the loss."""
    losses = {
        "mean": ("mean", [1] * K),
        "sum": ("sum", [1] * K),
        "sum times world size": ("sum", [K / int(MASK.sum())] * K),
    }
    labels = ignored(-100)
    return averaged_by_pytorch(
        [LOGITS[part] for part in PARTS], [labels[part] for part in PARTS], losses
    )


@computes
def torch_ddp():
    return all_parts(trained_by_two_processes()["mean"])


@computes
def torch_ddp_sum():
    return all_parts(trained_by_two_processes()["sum"])


@computes
def torch_ddp_sum_times_world_size():
    return all_parts(trained_by_two_processes()["sum times world size"])


# -- JAX and optax ---------------------------------------------------------------------------------


def in_jax(loss, rows, losses, slopes):
    """Yield a loss of rows to which a bias is added, and its derivative by the bias."""
    value, gradient = jax.value_and_grad(lambda b: loss(jnp.asarray(rows) + b))(jnp.zeros(n))
    yield value, losses
    yield gradient, slopes


def softmax_losses(z, labels=LABELS, **options):
    return optax.softmax_cross_entropy_with_integer_labels(z, jnp.asarray(labels), **options)


def in_optax(reduce):
    return in_jax(lambda z: reduce(softmax_losses(z)), LOGITS, LOSSES, SLOPES)


@computes
def optax_mean():
    return in_optax(jnp.mean)


@computes
def optax_sum():
    return in_optax(jnp.sum)


@computes
def optax_squared():
    return in_jax(lambda a: optax.squared_error(a, TARGETS).mean(), ERRORS, SQUARES, SQUARE_SLOPES)


@computes
def optax_l2():
    return in_jax(lambda a: optax.l2_loss(a, TARGETS).mean(), ERRORS, SQUARES, SQUARE_SLOPES)


@computes
def optax_bce():
    return in_jax(
        lambda z: optax.sigmoid_binary_cross_entropy(z, YES_NO).mean(),
        LOGITS,
        BINARY_LOSSES,
        BINARY_SLOPES,
    )


@computes
def jax_average():
    return in_optax(lambda losses: jnp.average(losses, weights=U))


@computes
def jax_weighted_mean():
    return in_optax(lambda losses: (U * losses).mean())


@computes
def jax_mask():
    return in_optax(lambda losses: losses.mean(where=MASK))


def counted_mean(z, labels):
    labels = jnp.asarray(labels)
    return softmax_losses(z, labels).mean(where=labels != -100)


@computes
def jax_ignored():
    return in_jax(lambda z: counted_mean(z, ignored(-100)), LOGITS, LOSSES, SLOPES)


@computes
def optax_where():
    return in_jax(
        lambda z: softmax_losses(z, where=jnp.asarray(MASK)).mean(), LOGITS, LOSSES, SLOPES
    )


def multi_steps(**options):
    """Take one step of size 1, for which optax waits until it has seen every part."""
    optimizer = optax.MultiSteps(optax.sgd(1.0), K, **options)
    b = jnp.zeros(n)
    state = optimizer.init(b)
    for part in PARTS:
        gradient = jax.grad(lambda b, p=part: counted_mean(LOGITS[p] + b, ignored(-100)[p]))(b)
        updates, state = optimizer.update(gradient, state, b)
        b = optax.apply_updates(b, updates)
    return all_parts(-b)


@computes
def optax_multi_steps():
    return multi_steps()


@computes
def optax_multi_steps_sum():
    return multi_steps(use_grad_mean=False)


def on_machines(gradient):
    """Run a gradient on each part, as a machine of its own; all must end with the same."""
    rows, labels = (np.stack([a[p] for p in PARTS]) for a in (LOGITS, ignored(-100)))
    results = jax.vmap(gradient, axis_name="machines")(jnp.asarray(rows), jnp.asarray(labels))
    assert all(np.array_equal(result, results[0]) for result in results)
    return all_parts(results[0])


def gradient_of_mean(rows, labels):
    return jax.grad(lambda b: counted_mean(rows + b, labels))(jnp.zeros(n))


@computes
def jax_pmean():
    return on_machines(lambda *data: jax.lax.pmean(gradient_of_mean(*data), "machines"))


@computes
def jax_psum():
    return on_machines(lambda *data: jax.lax.psum(gradient_of_mean(*data), "machines"))


@computes
def jax_psum_counts():
    def gradient(rows, labels):
        counts = labels != -100
        total = jax.grad(lambda b: softmax_losses(rows + b, labels).sum(where=counts))(jnp.zeros(n))
        return jax.lax.psum(total, "machines") / jax.lax.psum(counts.sum(), "machines")

    return on_machines(gradient)


@computes
def jax_sharded():
    mesh = jax.make_mesh((K,), ("machines",), (AxisType.Auto,))
    spread = NamedSharding(mesh, PartitionSpec("machines"))
    rows, labels = (jax.device_put(a, spread) for a in (LOGITS, ignored(-100)))
    assert len(rows.sharding.device_set) == K
    gradient = jax.jit(jax.grad(lambda b, z, y: counted_mean(z + b, y)))
    return all_parts(gradient(jnp.zeros(n), rows, labels))


# -- Keras -----------------------------------------------------------------------------------------


def keras_cross_entropy(sample_weight=None, **options):
    loss = keras_losses.CategoricalCrossentropy(from_logits=True, dtype="float64", **options)
    return in_jax(lambda z: loss(HOT, z, sample_weight), LOGITS, LOSSES, SLOPES)


def keras_squared_error(**options):
    loss = keras_losses.MeanSquaredError(dtype="float64", **options)
    return in_jax(lambda a: loss(TARGETS, a), ERRORS, SQUARES, SQUARE_SLOPES)


@computes
def keras_mean():
    return keras_cross_entropy()


@computes
def keras_sum():
    return keras_cross_entropy(reduction="sum")


@computes
def keras_sample_weight():
    return keras_cross_entropy(U)


@computes
def keras_mean_with_sample_weight():
    return keras_cross_entropy(U, reduction="mean_with_sample_weight")


@computes
def keras_mask_as_weight():
    return keras_cross_entropy(MASK.astype(float))


@computes
def keras_mse():
    return keras_squared_error()


@computes
def keras_mse_sum():
    return keras_squared_error(reduction="sum")


@computes
def keras_bce():
    loss = keras_losses.BinaryCrossentropy(from_logits=True, dtype="float64")
    return in_jax(lambda z: loss(YES_NO, z), LOGITS, BINARY_LOSSES, BINARY_SLOPES)


@computes
def keras_ignored():
    loss = keras_losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=255, dtype="float64"
    )
    return in_jax(lambda z: loss(ignored(255), z), LOGITS, LOSSES, SLOPES)


def keras_model(*, shape=(n,), mask=False, optimizer=None, **loss):
    """Make a model that begins by returning its input, and takes steps of size 1."""
    dense = keras.layers.Dense(n, kernel_initializer="identity", dtype="float64")
    masking = [keras.layers.Masking(dtype="float64")] if mask else []
    model = keras.Sequential([keras.Input(shape, dtype="float64"), *masking, dense])
    loss = keras_losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64", **loss)
    model.compile(optimizer or keras.optimizers.SGD(1.0), loss, jit_compile=False)
    return model, dense


def learned(dense):
    """Give the gradient by the bias, which began at 0."""
    return -np.asarray(dense.bias)


@computes
def keras_class_weight():
    model, dense = keras_model()
    weights = dict(enumerate(CLASS_WEIGHTS))
    model.fit(LOGITS, LABELS, class_weight=weights, batch_size=m, verbose=0)
    yield learned(dense), SLOPES


@computes
def keras_masking():
    model, dense = keras_model(shape=(m // K, n), mask=True)
    sequences = np.where(MASK[:, None], LOGITS, 0.0).reshape(K, m // K, n)
    value = model.train_on_batch(sequences, LABELS.reshape(K, m // K))
    yield value, LOSSES
    yield learned(dense), SLOPES


@computes
def keras_accumulated():
    optimizer = keras.optimizers.SGD(1.0, gradient_accumulation_steps=K)
    model, dense = keras_model(optimizer=optimizer, ignore_class=255)
    for part in PARTS:
        assert not learned(dense).any()
        model.train_on_batch(LOGITS[part], ignored(255)[part])
    yield learned(dense), SLOPES


@computes
def keras_data_parallel():
    spread = keras.distribution.DataParallel(devices=keras.distribution.list_devices()[:K])
    keras.distribution.set_distribution(spread)
    try:
        model, dense = keras_model(ignore_class=255)
        model.train_on_batch(LOGITS, ignored(255))
        assert len(dense.bias.value.sharding.device_set) == K
        yield learned(dense), SLOPES
    finally:
        keras.distribution.set_distribution(None)


# -- scikit-learn ----------------------------------------------------------------------------------


def sklearn_log_loss(**options):
    yield log_loss(LABELS, P, **options), LOSSES


@computes
def sklearn_mean():
    return sklearn_log_loss()


@computes
def sklearn_sum():
    return sklearn_log_loss(normalize=False)


@computes
def sklearn_weights():
    return sklearn_log_loss(sample_weight=U)


@computes
def sklearn_mask():
    return sklearn_log_loss(sample_weight=MASK)


@computes
def sklearn_ignored():
    yield log_loss(LABELS[MASK], P[MASK], labels=range(n)), LOSSES


@computes
def sklearn_mse():
    yield mean_squared_error(TARGETS, ERRORS), SQUARES


STEPS = {
    "hidden_layer_sizes": (),
    "solver": "sgd",
    "momentum": 0.0,
    "alpha": 0.0,
    "learning_rate_init": 1.0,
}


def reset(network):
    """Make a network that returns its input, and whose bias is the only one to move far."""
    network.coefs_[0][...] = np.eye(*network.coefs_[0].shape)
    network.intercepts_[0][...] = 0.0
    return network


def sklearn_mlp_step(counts=None):
    network = MLPClassifier(**STEPS).partial_fit(LOGITS, LABELS, classes=range(n))
    reset(network).partial_fit(LOGITS, LABELS, sample_weight=counts)
    yield network.loss_, LOSSES
    yield -network.intercepts_[0], SLOPES


@computes
def sklearn_mlp():
    return sklearn_mlp_step()


@computes
def sklearn_mlp_weights():
    return sklearn_mlp_step(U)


@computes
def sklearn_mlp_loss():
    network = MLPRegressor(**STEPS).partial_fit(ERRORS, TARGETS)
    reset(network).partial_fit(ERRORS, TARGETS)
    yield network.loss_, SQUARES


@computes
def sklearn_partial_fit():
    network = MLPClassifier(**STEPS).partial_fit(LOGITS, LABELS, classes=range(n))
    reset(network)
    slopes = np.empty((n, m))
    for part in PARTS:
        # Each step begins where the one before ended.
        slopes[:, part] = (network.predict_proba(LOGITS[part]) - HOT[part]).T
        network.partial_fit(LOGITS[part], LABELS[part], sample_weight=MASK[part].astype(float))
    assert not np.allclose(slopes, SLOPES)
    yield -network.intercepts_[0], slopes


@computes
def sklearn_n_jobs():
    networks = MultiOutputRegressor(MLPRegressor(**STEPS), n_jobs=K)
    with parallel_config("threading"):
        networks.partial_fit(ERRORS, TARGETS)
        for output, network in enumerate(networks.estimators_):
            reset(network).coefs_[0][:, 0] = np.eye(n)[output]
        networks.partial_fit(ERRORS, TARGETS, sample_weight=MASK.astype(float))
    step = np.array([network.intercepts_[0][0] for network in networks.estimators_])
    # Its loss has the half.
    yield -2 * step, SQUARE_SLOPES


def sklearn_regression(**options):
    """
    Fit until the penalty's gradient, w, is C times minus that of the losses.

    What the losses are divided by is what balances the two.
    """
    yes = LABELS == 1
    fitted = LogisticRegression(C=1, fit_intercept=False, tol=1e-12, **options).fit(LOGITS, yes)
    slopes = (fitted.predict_proba(LOGITS)[:, 1] - yes) * LOGITS.T
    yield -fitted.coef_[0], slopes


@computes
def sklearn_logistic():
    return sklearn_regression()


@computes
def sklearn_logistic_class_weight():
    return sklearn_regression(class_weight={False: CLASS_WEIGHTS[0], True: CLASS_WEIGHTS[1]})
