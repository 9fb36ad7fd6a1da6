"""What plain gradient descent learns, beside scikit-learn's networks on the same examples."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from oneoverm import Layer, initial_layers, sgd
from oneoverm.training import accuracy

SEEDS = (0, 1, 2)


def flower(m=400):
    """Draw points in two classes, petals of a rose in turn: no straight line parts them."""
    rng, half = np.random.default_rng(1), m // 2
    label = np.repeat([0, 1], half)
    angle = np.tile(np.linspace(0, 3.12, half), 2) + 3.12 * label + rng.normal(0, 0.2, m)
    radius = 4 * np.sin(4 * angle) + rng.normal(0, 0.2, m)
    return radius * np.stack([np.sin(angle), np.cos(angle)]), label[None]


@pytest.mark.parametrize("seed", SEEDS)
def test_four_hidden_units_learn_the_flower_that_one_layer_cannot(seed):
    X, Y = flower()
    options = {"rate": 1.2, "momentum": 0.9, "epochs": 1000, "rng": seed}
    line = sgd(X, Y, initial_layers([2, 1], rng=seed), **options)
    network = sgd(X, Y, initial_layers([2, 4, 1], rng=seed), **options)
    assert accuracy(X, Y, line.layers) < 0.6
    assert accuracy(X, Y, network.layers) > 0.92


def test_tensors_that_require_gradients_are_learned_with_and_leave_no_graph():
    X, Y = flower(40)
    layers = [
        Layer(
            torch.tensor(one.W, requires_grad=True), torch.tensor(one.b, requires_grad=True), "tanh"
        )
        for one in initial_layers([2, 4], rng=0)
    ] + [Layer(torch.ones((1, 4), dtype=torch.float64), torch.zeros((1, 1)).double(), "sigmoid")]
    data = torch.tensor(X, requires_grad=True)
    trained = sgd(data, torch.tensor(Y), layers, rate=0.5, epochs=3, rng=0, momentum=0.9)
    held = [*(p for one in trained.layers for p in (one.W, one.b)), *trained.velocity[0]]
    assert not any(tensor.requires_grad for tensor in held)
    assert layers[0].W.requires_grad
    here = [Layer(one.W.detach().numpy(), one.b.detach().numpy(), one.activation) for one in layers]
    wanted = sgd(X, Y, here, rate=0.5, epochs=3, rng=0, momentum=0.9)
    np.testing.assert_allclose(trained.costs, wanted.costs, rtol=1e-13)


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    return train_test_split(
        data.data / 16, data.target, test_size=0.25, random_state=0, stratify=data.target
    )


@pytest.fixture(scope="module")
def learned(digits):
    """Give the mean accuracy over three seeds, on digits that were not learned from."""
    X, X_test, y, y_test = digits
    options = {"rate": 0.1, "epochs": 40, "batch_size": 32, "momentum": 0.9}
    options |= {"loss": "softmax_cross_entropy"}
    shares = []
    for seed in SEEDS:
        layers = initial_layers([64, 64, 10], "relu", output="softmax", rng=seed)
        trained = sgd(X.T, y, layers, rng=seed, **options)
        shares.append(accuracy(X_test.T, y_test, trained.layers))
    return np.mean(shares)


def by_scikit_learn(digits, **options):
    X, X_test, y, y_test = digits
    networks = [MLPClassifier((64,), random_state=seed, **options).fit(X, y) for seed in SEEDS]
    return np.mean([network.score(X_test, y_test) for network in networks])


# Training stops after 40 epochs, as it is asked to, and scikit-learn warns that it could go on.
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer:sklearn.exceptions.ConvergenceWarning")
def test_digits_are_learned_as_well_as_by_scikit_learn_with_the_same_settings(digits, learned):
    reference = by_scikit_learn(
        digits,
        solver="sgd",
        learning_rate_init=0.1,
        batch_size=32,
        max_iter=40,
        alpha=0,
        n_iter_no_change=40,
    )
    assert learned >= reference


# As above, if scikit-learn's own 200 epochs are not enough for it.
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer:sklearn.exceptions.ConvergenceWarning")
def test_digits_are_learned_to_within_a_point_of_scikit_learn_s_defaults(digits, learned):
    # The standard deviation of a share of 450 digits is 0.7 points; Adam adapts its rate.
    assert learned >= by_scikit_learn(digits) - 0.01
    assert learned > 0.96
