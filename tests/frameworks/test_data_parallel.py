"""What data-parallel training divides by, with as many examples as chance gave each machine."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.sharding import AxisType, PartitionSpec

from .data_parallel import averaged_by_pytorch

m, n, K = 7, 4, 2
RNG = np.random.default_rng(0)
LOGITS, LABELS = RNG.normal(size=(m, n)), RNG.integers(n, size=m)
PARTS = [slice(0, 2), slice(2, m)]
COUNTS = [2, 5]

P = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
# What each example's loss adds to the gradient by a bias: one machine has the mean of all.
SLOPES = P - np.eye(n)[LABELS]
WHOLE = SLOPES.mean(axis=0)
SUM = SLOPES.sum(axis=0)
MEAN_OF_MEANS = sum(SLOPES[part].mean(axis=0) for part in PARTS) / K

LOSSES = {
    "mean": ("mean", [1, 1]),
    "mean, by its share": ("mean", [K * count / m for count in COUNTS]),
    "mean, world size": ("mean", [K, K]),
    "sum": ("sum", [1, 1]),
    "sum, world size": ("sum", [K, K]),
    "sum over all": ("sum", [1 / m, 1 / m]),
    "sum over all, world size": ("sum", [K / m, K / m]),
}
AVERAGES = {
    "mean": MEAN_OF_MEANS,
    "mean, by its share": WHOLE,
    "mean, world size": K * MEAN_OF_MEANS,
    "sum": SUM / K,
    "sum, world size": SUM,
    "sum over all": WHOLE / K,
    "sum over all, world size": WHOLE,
}


def alike(one, other):
    """Tell whether two gradients agree up to rounding."""
    return np.allclose(one, other, rtol=1e-12, atol=0)


def test_no_two_of_the_gradients_look_alike():
    different = [MEAN_OF_MEANS, WHOLE, K * MEAN_OF_MEANS, SUM / K, SUM, WHOLE / K]
    for k, one in enumerate(different):
        assert not any(np.allclose(one, other, rtol=1e-2) for other in different[:k])


@pytest.fixture(scope="module")
def averaged():
    """Give what two processes of PyTorch make of each loss."""
    parts = [LOGITS[part] for part in PARTS], [LABELS[part] for part in PARTS]
    return averaged_by_pytorch(*parts, LOSSES)


@pytest.mark.parametrize("loss", LOSSES)
def test_pytorch_averages_gradients_whatever_the_loss_was_divided_by(averaged, loss):
    assert alike(averaged[loss], AVERAGES[loss])


# JAX's devices have equally long parts: the shorter one is padded, and the padding masked.
PADDED = [np.resize(np.arange(m)[part], max(COUNTS)) for part in PARTS]
ROWS, CLASSES = (np.concatenate([a[rows] for rows in PADDED]) for a in (LOGITS, LABELS))
MASK = np.concatenate([np.arange(max(COUNTS)) < count for count in COUNTS])


def sum_of_losses(b, rows, labels, mask):
    """Sum the losses that count."""
    losses = optax.softmax_cross_entropy_with_integer_labels(rows + b, labels)
    return losses.sum(where=mask)


def on_two_devices(function):
    """Run a function of the bias on each device's part; what comes out is the same on all."""
    mesh = jax.make_mesh((K,), ("machines",), (AxisType.Auto,))
    same, part = PartitionSpec(), PartitionSpec("machines")
    run = jax.shard_map(function, mesh=mesh, in_specs=(same, part, part, part), out_specs=same)
    return lambda b: run(b, ROWS, CLASSES, MASK)


def own_gradient(b, rows, labels, mask):
    """Give the gradient of this device's sum, by a bias that is its own."""
    b = jax.lax.pcast(b, "machines", to="varying")
    return jax.grad(sum_of_losses)(b, rows, labels, mask)


add = partial(jax.lax.psum, axis_name="machines")
average = partial(jax.lax.pmean, axis_name="machines")
REDUCED = {
    "psum of sums": (lambda s, n: add(s), SUM),
    "pmean of sums": (lambda s, n: average(s), SUM / K),
    "psum of means": (lambda s, n: add(s / n), K * MEAN_OF_MEANS),
    "pmean of means": (lambda s, n: average(s / n), MEAN_OF_MEANS),
    "psum of sums over psum of counts": (lambda s, n: add(s) / add(n), WHOLE),
    "pmean of sums over pmean of counts": (lambda s, n: average(s) / average(n), WHOLE),
    "pmean of sums over psum of counts": (lambda s, n: average(s / add(n)), WHOLE / K),
    "the same, times world size": (lambda s, n: average(K * s / add(n)), WHOLE),
}


@pytest.mark.parametrize("name", REDUCED)
def test_jax_adds_with_psum_and_divides_by_the_machines_with_pmean(name):
    reduce, wanted = REDUCED[name]
    run = on_two_devices(lambda b, *part: reduce(own_gradient(b, *part), part[-1].sum()))
    assert alike(run(jnp.zeros(n)), wanted)


@pytest.mark.parametrize(
    ("reduce", "wanted"),
    [
        (lambda s, n: add(s) / add(n), WHOLE),
        (lambda s, n: average(s / n), MEAN_OF_MEANS),
    ],
    ids=["psum", "pmean"],
)
def test_jax_differentiates_a_cost_that_is_made_of_all_machines_losses(reduce, wanted):
    cost = on_two_devices(lambda b, *part: reduce(sum_of_losses(b, *part), part[-1].sum()))
    assert alike(jax.grad(cost)(jnp.zeros(n)), wanted)
