"""
Batch normalization: where examples stop being independent, and the columns no longer stack.

Each row of Z is centred and scaled by its own mean and variance over the batch, so that every
example's output depends on every example's input.
"""

from typing import Generic, NamedTuple

from oneoverm._arrays import namespace, sum_examples, widened
from oneoverm._checks import as_positive, shapes
from oneoverm._typing import ArrayT

__all__ = ["Normalized", "batch_norm_backward", "batch_norm_forward"]


class Normalized(NamedTuple, Generic[ArrayT]):
    """
    What the forward pass computed, for the backward pass to use: equation :eq:`bn-forward`.

    Parameters
    ----------
    out, Z_hat : array, shape (n, m)
        ``gamma * Z_hat + beta``, where ``Z_hat`` has mean 0 and variance 1 in each row.
    deviation : array, shape (n, 1)
        ``sqrt(variance + epsilon)``, by which Z was divided.
    """

    out: ArrayT
    Z_hat: ArrayT
    deviation: ArrayT


@shapes(Z="n m", gamma="n 1", beta="n 1")
def batch_norm_forward(
    Z: ArrayT, gamma: ArrayT, beta: ArrayT, epsilon: float = 1e-5
) -> Normalized[ArrayT]:
    """
    Normalize each row over the batch, then scale and shift it: equation :eq:`bn-forward`.

    The variance divides by m, as it does in training everywhere; not by m - 1.

    Parameters
    ----------
    Z : array, shape (n, m)
        Column i is example i.
    gamma, beta : array, shape (n, 1)
        The scale and the shift, learned.
    epsilon : float
        Keeps a row of equal entries from dividing by zero.
    """
    xp, m, epsilon = namespace(Z), Z.shape[1], as_positive("epsilon", epsilon)
    centred = Z - sum_examples(Z) / as_positive("m", m)
    deviation = xp.sqrt(sum_examples(centred * centred) / m + epsilon)
    Z_hat = centred / deviation
    return Normalized(gamma * Z_hat + beta, Z_hat, deviation)


@shapes(d_out="n m", gamma="n 1")
def batch_norm_backward(
    d_out: ArrayT, gamma: ArrayT, normalized: Normalized[ArrayT], m: float | None = None
) -> tuple[ArrayT, ArrayT, ArrayT]:
    """
    Pull the gradient of the losses back through `batch_norm_forward`: equation :eq:`bn-backward`.

    Parameters
    ----------
    d_out : array, shape (n, m)
        The gradient of the *sum* of the losses with respect to the output: column i is that of
        example i's own loss where what follows keeps the examples apart.
    gamma, normalized
        The scale, and what the forward pass returned.
    m : float, optional
        What ``dgamma`` and ``dbeta`` are divided by: the number of columns, unless given.

    Returns
    -------
    dZ : array, shape (n, m)
        The gradient of the sum of the losses with respect to Z. Column i is *not* that of example
        i's loss: all losses depend on its z. The two means in it are over the batch and stay.
    dgamma, dbeta : array, shape (n, 1)
        The parameters' gradients, divided by `m`.
    """
    if d_out.shape != normalized.Z_hat.shape:
        raise ValueError(
            f"d_out has shape {tuple(d_out.shape)}; "
            f"expected {tuple(normalized.Z_hat.shape)}, as Z had"
        )
    columns = as_positive("m", d_out.shape[1])
    m = columns if m is None else as_positive("m", m)
    _, Z_hat, deviation = (widened(array) for array in normalized)
    dbeta = sum_examples(d_out)
    dgamma = sum_examples(d_out * Z_hat)
    dZ = gamma / deviation * (d_out - dbeta / columns - Z_hat * (dgamma / columns))
    return dZ, dgamma / m, dbeta / m
