"""
Each example's own gradient of the parameters: what the batch's product of matrices sums over.

`dZ` is that of ``divide="late"`` or ``"never"``: column i is the gradient of example i's own loss.
"""

from collections.abc import Sequence
from typing import Any

from oneoverm._arrays import namespace, sum_outputs, widened
from oneoverm._checks import check_finite, check_one_library, is_finite, shapes
from oneoverm._typing import ArrayT
from oneoverm.batch import Gradients, Trace

__all__ = ["norms", "parameter_gradients"]


@shapes(A_prev="n_in m", dZ="n_out m")
def parameter_gradients(dZ: ArrayT, A_prev: ArrayT) -> tuple[ArrayT, ArrayT]:
    """
    Compute each example's gradients of the parameters in ``Z = W @ A_prev + b``.

    Equations :eq:`per-dW` and :eq:`per-db` of the book, for the arguments of
    `oneoverm.batch.parameter_gradients`.

    Returns
    -------
    dW : array, shape (m, n_out, n_in)
        ``dW[i]`` is example i's outer product ``dz a_prev^T``; their mean is the batch's ``dW``.
    db : array, shape (m, n_out, 1)
        ``db[i]`` is example i's ``dz``.
    """
    db = dZ.T[:, :, None]
    dW = db * A_prev.T[:, None, :]
    return dW, db


def norms(gradients: Sequence[Gradients[Any]], trace: Trace[Any]) -> Any:
    """
    Compute the norm of each example's whole gradient, of shape (1, m), without forming any.

    Equations :eq:`per-norm` and :eq:`per-norm-bias` of the book. An outer product's norm is the
    product of the norms: ``|dz a^T| = |dz| |a|``. A layer so contributes ``|dz|^2 (|a|^2 + 1)`` to
    the square.

    The gradients are from `oneoverm.batch.backward` with ``divide="late"`` or ``"never"``, the
    trace is of the same batch.
    """
    if len(gradients) != len(trace.Z):
        raise ValueError(f"the trace has {len(trace.Z)} layers; gradients has {len(gradients)}")
    squares: Any = 0
    for k, (one, A_prev) in enumerate(zip(gradients, trace.A[:-1], strict=True)):
        if one.dZ.shape != trace.Z[k].shape:
            raise ValueError(
                f"gradients[{k}].dZ has shape {tuple(one.dZ.shape)}; "
                f"expected {tuple(trace.Z[k].shape)}, as the trace's Z[{k}]"
            )
        named = {f"gradients[{k}].dZ": one.dZ, f"the trace's A[{k}]": A_prev}
        check_one_library(named)
        square = _columns(one.dZ) * (_columns(A_prev) + 1)
        if not is_finite(square):
            check_finite(*next(iter(named.items())))
            check_finite(f"the trace's A[{k}]", A_prev)
        squares = squares + square
    xp = namespace(squares)
    return xp.astype(xp.sqrt(squares), gradients[0].dZ.dtype, copy=False)


def _columns(array: Any) -> Any:
    """Compute the squared norm of each column, where a float16 square of 1e-4 would be 0."""
    array = widened(array)
    return sum_outputs(array * array)
