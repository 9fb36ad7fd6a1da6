"""PyTorch's and JAX's differentiation as oracles: every loss, activation, depth and weighting."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from oneoverm import Layer, batch, initial_layers, one_example, relative_error
from oneoverm.activations import ACTIVATIONS
from oneoverm.losses import LOSSES

M = 5
ROUNDING = 1e-13

IN_TORCH = {
    "gelu": lambda z: F.gelu(z, approximate="tanh"),
    "identity": lambda z: z,
    "leaky_relu": lambda z: F.leaky_relu(z, 0.01),
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "softmax": lambda z: torch.softmax(z, dim=0),
    "softplus": F.softplus,
    "tanh": torch.tanh,
}
IN_JAX = {
    "gelu": lambda z: jax.nn.gelu(z, approximate=True),
    "identity": lambda z: z,
    "leaky_relu": lambda z: jax.nn.leaky_relu(z, 0.01),
    "relu": jax.nn.relu,
    "sigmoid": jax.nn.sigmoid,
    "softmax": lambda z: jax.nn.softmax(z, axis=0),
    "softplus": jax.nn.softplus,
    "tanh": jnp.tanh,
}
# Of each column, from the last layer's z and a.
LOSSES_IN_TORCH = {
    "binary_cross_entropy": lambda z, a, y: F.binary_cross_entropy_with_logits(
        z, y, reduction="none"
    ).sum(dim=0),
    "half_squared_error": lambda z, a, y: F.mse_loss(a, y, reduction="none").sum(dim=0) / 2,
    "softmax_cross_entropy": lambda z, a, y: F.cross_entropy(z.T, y.T, reduction="none"),
    "squared_error": lambda z, a, y: F.mse_loss(a, y, reduction="none").sum(dim=0),
}
LOSSES_IN_JAX = {
    "binary_cross_entropy": lambda z, a, y: (
        -(y * jax.nn.log_sigmoid(z) + (1 - y) * jax.nn.log_sigmoid(-z)).sum(axis=0)
    ),
    "half_squared_error": lambda z, a, y: ((a - y) ** 2).sum(axis=0) / 2,
    "softmax_cross_entropy": lambda z, a, y: -(y * jax.nn.log_softmax(z, axis=0)).sum(axis=0),
    "squared_error": lambda z, a, y: ((a - y) ** 2).sum(axis=0),
}


def problem(loss, activation, depth):
    """Draw a batch, labels that the loss takes, a network and three ways to weight examples."""
    rng = np.random.default_rng(depth)
    sizes = [*[4, 5, 3, 2][:depth], 3]
    output = LOSSES[loss].activation or activation
    layers = [
        Layer(one.W, rng.normal(size=one.b.shape), one.activation)
        for one in initial_layers(sizes, activation, output=output, rng=rng)
    ]
    Y = rng.uniform(size=(3, M))
    if loss == "softmax_cross_entropy":
        Y /= Y.sum(axis=0)
    mask = np.array([True, False, True, True, False])
    weightings = [{}, {"weights": rng.uniform(0.5, 2, M)}, {"mask": mask}]
    return rng.normal(size=(4, M)), Y, layers, weightings


def counted(weights=None, mask=None):
    """Give each example's weight, as the oracles take it."""
    return (np.ones(M) if weights is None else weights) * (1.0 if mask is None else mask)


CASES = pytest.mark.parametrize(
    ("loss", "activation", "depth"), list(itertools.product(LOSSES, ACTIVATIONS, (1, 2, 3)))
)


def by_torch(loss, X, Y, layers, weights, l2):
    """Differentiate the cost, and the sum of the weighted losses by each z."""
    weights, A, Z = torch.asarray(weights), torch.asarray(X), []
    parameters = [
        tuple(torch.asarray(values).clone().requires_grad_() for values in (one.W, one.b))
        for one in layers
    ]
    for (W, b), one in zip(parameters, layers, strict=True):
        Z.append(W @ A + b)
        A = IN_TORCH[one.activation](Z[-1])
    total = (weights * LOSSES_IN_TORCH[loss](Z[-1], A, torch.asarray(Y))).sum()
    J = total / weights.sum()
    J = J + l2 / (2 * weights.sum()) * sum((W**2).sum() for W, _ in parameters)
    dZ = torch.autograd.grad(total, Z, retain_graph=True)
    of_cost = torch.autograd.grad(J, [part for pair in parameters for part in pair])
    J, of_cost = J.detach().numpy(), [part.numpy() for part in of_cost]
    return J, [part.numpy() for part in dZ], of_cost[::2], of_cost[1::2]


@CASES
@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_cost_and_gradients_are_pytorch_s(loss, activation, depth, l2):
    X, Y, layers, weightings = problem(loss, activation, depth)
    for weighting in weightings:
        weights = counted(**weighting)
        J, dZ, dW, db = by_torch(loss, X, Y, layers, weights, l2)
        for divide in ("late", "early", "never"):
            J_got, got = batch.cost_and_gradients(
                X, Y, layers, divide, loss=loss, l2=l2, **weighting
            )
            dZ_scale = weights.sum() if divide == "early" else 1
            of_parameters = 1 / weights.sum() if divide == "never" else 1
            assert relative_error(J_got, J) < ROUNDING
            for k in range(depth):
                assert relative_error(got[k].dZ, dZ[k] / dZ_scale) < ROUNDING
                assert relative_error(got[k].dW, dW[k] / of_parameters) < ROUNDING
                assert relative_error(got[k].db, db[k] / of_parameters) < ROUNDING


@CASES
def test_cost_and_gradients_are_jax_s(loss, activation, depth):
    X, Y, layers, weightings = problem(loss, activation, depth)

    @jax.jit
    @jax.value_and_grad
    def cost(parameters, weights):
        A = X
        for (W, b), one in zip(parameters, layers, strict=True):
            Z = W @ A + b
            A = IN_JAX[one.activation](Z)
        return (weights * LOSSES_IN_JAX[loss](Z, A, Y)).sum() / weights.sum()

    for weighting in weightings:
        J, gradients = cost([(one.W, one.b) for one in layers], counted(**weighting))
        for divide in ("late", "early"):
            J_got, got = batch.cost_and_gradients(X, Y, layers, divide, loss=loss, **weighting)
            assert relative_error(J_got, J) < ROUNDING
            for one, (dW, db) in zip(got, gradients, strict=True):
                assert relative_error(one.dW, dW) < ROUNDING
                assert relative_error(one.db, db) < ROUNDING


@CASES
def test_one_example_s_gradients_are_pytorch_s(loss, activation, depth):
    X, Y, layers, _ = problem(loss, activation, depth)
    x, y = X[:, :1], Y[:, :1]
    J, dZ, dW, db = by_torch(loss, x, y, layers, np.ones(1), 0)
    J_got, got = one_example.cost_and_gradients(x, y, layers, loss=loss)
    assert relative_error(J_got, J) < ROUNDING
    for k in range(depth):
        assert relative_error(got[k].dz, dZ[k]) < ROUNDING
        assert relative_error(got[k].dW, dW[k]) < ROUNDING
        assert relative_error(got[k].db, db[k]) < ROUNDING


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_classes_and_the_columns_they_stand_for_cost_what_pytorch_says(depth):
    X, _, layers, weightings = problem("softmax_cross_entropy", "tanh", depth)
    classes = np.array([2, 0, 1, 1, 2])
    logits = torch.asarray(batch.forward(X, layers).Z[-1]).T
    each = F.cross_entropy(logits, torch.asarray(classes), reduction="none").numpy()
    for weighting in weightings:
        weights = counted(**weighting)
        for Y in (classes, classes[None], np.eye(3)[:, classes]):
            J, _ = batch.cost_and_gradients(X, Y, layers, loss="softmax_cross_entropy", **weighting)
            assert relative_error(J, (weights * each).sum() / weights.sum()) < ROUNDING


def test_masked_classes_are_ignored_as_pytorch_ignores_its_index():
    X, _, layers, _ = problem("softmax_cross_entropy", "tanh", 2)
    classes = np.array([2, -100, 1, 1, -100])
    logits = torch.asarray(batch.forward(X, layers).Z[-1]).T
    J, _ = batch.cost_and_gradients(
        X, classes, layers, loss="softmax_cross_entropy", mask=classes != -100
    )
    assert relative_error(J, F.cross_entropy(logits, torch.asarray(classes)).numpy()) < ROUNDING
