"""
Backpropagation twice: for one example and for a batch, on NumPy and on any array library.

`oneoverm.one_example` and `oneoverm.batch` have the same functions in the same order.
Per-example quantities are stacked as columns; the parameters' gradients are summed over the
examples, and the mean in the cost turns the sum into a mean. That is where the 1/m lives.

Every function raises a ValueError where shapes, sizes or values do not fit, and a TypeError where
something is of another kind or library; the message says what it is, and what was expected.
"""

from oneoverm import (
    activations,
    batch,
    batch_norm,
    differences,
    gradient_check,
    gradient_sum,
    layers,
    losses,
    one_example,
    per_example,
    regularization,
    training,
    weights,
)
from oneoverm.activations import Activation, get_activation
from oneoverm.differences import central_differences, complex_step, relative_error
from oneoverm.gradient_check import check
from oneoverm.gradient_sum import GradientSum
from oneoverm.layers import Layer, initial_layers
from oneoverm.losses import (
    Loss,
    binary_cross_entropy,
    binary_cross_entropy_from_logits,
    get_loss,
    one_hot,
)
from oneoverm.training import sgd

__all__ = [
    "Activation",
    "GradientSum",
    "Layer",
    "Loss",
    "activations",
    "batch",
    "batch_norm",
    "binary_cross_entropy",
    "binary_cross_entropy_from_logits",
    "central_differences",
    "check",
    "complex_step",
    "differences",
    "get_activation",
    "get_loss",
    "gradient_check",
    "gradient_sum",
    "initial_layers",
    "layers",
    "losses",
    "one_example",
    "one_hot",
    "per_example",
    "regularization",
    "relative_error",
    "sgd",
    "training",
    "weights",
]
