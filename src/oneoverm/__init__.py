"""
Backpropagation twice: for one example and for a batch, in NumPy.

`oneoverm.one_example` and `oneoverm.batch` have the same functions in the same order.
Per-example quantities are stacked as columns; the parameters' gradients are summed over the
examples, and the mean in the cost turns the sum into a mean. That is where the 1/m lives.
"""

from oneoverm import activations, batch, gradient_check, layers, losses, one_example
from oneoverm.activations import Activation, get_activation
from oneoverm.gradient_check import complex_step, relative_error
from oneoverm.layers import Layer, initial_layers
from oneoverm.losses import binary_cross_entropy, binary_cross_entropy_from_logits

__all__ = [
    "Activation",
    "Layer",
    "activations",
    "batch",
    "binary_cross_entropy",
    "binary_cross_entropy_from_logits",
    "complex_step",
    "get_activation",
    "gradient_check",
    "initial_layers",
    "layers",
    "losses",
    "one_example",
    "relative_error",
]
