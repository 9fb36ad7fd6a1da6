"""
Backpropagation twice: for one example and for a batch, on NumPy and on any array library.

`oneoverm.one_example` and `oneoverm.batch` have the same functions in the same order.
Per-example quantities are stacked as columns; the parameters' gradients are summed over the
examples, and the mean in the cost turns the sum into a mean. That is where the 1/m lives.
"""

from oneoverm import (
    activations,
    batch,
    batch_norm,
    gradient_check,
    gradient_sum,
    layers,
    losses,
    one_example,
    per_example,
    plan,
    regularization,
    training,
    weights,
)
from oneoverm.activations import Activation, get_activation
from oneoverm.gradient_check import central_differences, check, complex_step, relative_error
from oneoverm.gradient_sum import GradientSum
from oneoverm.layers import Layer, initial_layers
from oneoverm.losses import (
    Loss,
    binary_cross_entropy,
    binary_cross_entropy_from_logits,
    get_loss,
    one_hot,
)
from oneoverm.plan import Plan
from oneoverm.training import sgd

__all__ = [
    "Activation",
    "GradientSum",
    "Layer",
    "Loss",
    "Plan",
    "activations",
    "batch",
    "batch_norm",
    "binary_cross_entropy",
    "binary_cross_entropy_from_logits",
    "central_differences",
    "check",
    "complex_step",
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
    "plan",
    "regularization",
    "relative_error",
    "sgd",
    "training",
    "weights",
]
