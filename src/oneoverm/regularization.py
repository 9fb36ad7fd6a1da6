"""L2 regularization: its 1/m averages nothing, it only keeps pace with the mean of the losses."""

from collections.abc import Sequence
from typing import Any

from oneoverm._arrays import sum_examples, sum_outputs
from oneoverm._checks import as_positive, as_strength, shapes
from oneoverm._typing import ArrayT
from oneoverm.layers import Layer

__all__ = ["l2_gradient", "l2_penalty"]


def l2_penalty(layers: Sequence[Layer[Any]], l2: float, m: float) -> Any:
    """
    Compute ``lambda / (2 m)`` times the sum of the squares of all weights: equation :eq:`l2-dR`.

    The layers' ``W`` are penalized, their ``b`` are not; m is the number of examples, or the sum of
    their weights, and ``lambda``, called `l2`, is at least 0.
    """
    squares = [sum_outputs(sum_examples(layer.W * layer.W))[0, 0] for layer in layers]
    scale = as_strength(l2) / (2 * as_positive("m", m))
    return scale * sum(squares[1:], start=squares[0])


@shapes(W="n_out n_in")
def l2_gradient(W: ArrayT, l2: float, m: float) -> ArrayT:
    """
    Compute the gradient of `l2_penalty` with respect to one layer's weights: ``(lambda / m) W``.

    Equation :eq:`l2-dR` of the book; the 2 of the square has met the 2 of the denominator.
    """
    gradient: ArrayT = W * (as_strength(l2) / as_positive("m", m))
    return gradient
