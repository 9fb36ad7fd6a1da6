"""What the tests of both columns share: networks to draw, and the oracle that knows no formula."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oneoverm import Layer, complex_step
from oneoverm.losses import binary_cross_entropy_from_logits

# Sixteenths: no entry is subnormal, and zeros, where relu has its kink, are common.
ENTRIES = st.integers(-16, 16).map(lambda sixteenths: sixteenths / 16)


@st.composite
def draw_problem(draw, m=None, dtype=np.float64):
    """Draw a network of one to four layers, a batch for it and labels."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    m = draw(st.integers(1, 6)) if m is None else m
    hidden = draw(st.sampled_from(["tanh", "relu", "sigmoid", "identity"]))

    def array(*shape):
        return draw(hnp.arrays(dtype, shape, elements=ENTRIES))

    layers = [
        Layer(array(n_out, n_in), array(n_out, 1), hidden)
        for n_in, n_out in itertools.pairwise(sizes)
    ]
    layers[-1] = dataclasses.replace(layers[-1], activation="sigmoid")
    return array(sizes[0], m), np.abs(array(sizes[-1], m)), layers


@pytest.fixture(scope="session")
def problem():
    """Give the strategy that draws ``(X, Y, layers)``."""
    return draw_problem


@pytest.fixture(scope="session")
def by_complex_step():
    """Give a function that computes each layer's (dz, dW, db) from the cost alone."""

    def differentiate(module, X, Y, layers):
        def cost_with(k, **parameters):
            changed = [*layers]
            changed[k] = dataclasses.replace(layers[k], **parameters)
            return module.cost(module.forward(X, changed), Y, changed)

        def cost_from(k, z):
            if k == len(layers) - 1:
                return binary_cross_entropy_from_logits(z, Y).sum() / Y.shape[1]
            rest = layers[k + 1 :]
            return module.cost(module.forward(layers[k].g.function(z), rest), Y, rest)

        zs = module.forward(X, layers)[0]
        return [
            (
                complex_step(lambda z, k=k: cost_from(k, z), zs[k]),
                complex_step(lambda W, k=k: cost_with(k, W=W), layer.W),
                complex_step(lambda b, k=k: cost_with(k, b=b), layer.b),
            )
            for k, layer in enumerate(layers)
        ]

    return differentiate
