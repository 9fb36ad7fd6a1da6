"""Functions of whole arrays, each safe for a derivative: no conjugation, no modulus."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.errors import DrawAgainError, ReadError, ShapeError, UndecidedError
from checkedmath.evaluate.functions import COMMANDS, absolute, divide_entries, maximum
from checkedmath.evaluate.numbers import is_balls, zeros
from checkedmath.latex import library

Array = NDArray[Any]

MOST_ENTRIES = 2_000_000
"""Numbers that a value may have, over all directions of differentiation."""


def shape_of(value: Array) -> str:
    """Write rows and columns."""
    return f"{value.shape[-2]}×{value.shape[-1]}"


def is_scalar(value: Array) -> bool:
    """Tell whether a value is a number."""
    return value.shape[-2:] == (1, 1)


def is_square(value: Array) -> bool:
    """Tell whether a value is a square matrix, not a number."""
    return bool(value.shape[-2] == value.shape[-1] > 1)


def refuse_huge(left: Array, right: Array) -> None:
    """Refuse two arrays that would broadcast to one that fills the memory."""
    if left.size * right.size > MOST_ENTRIES:
        shape = np.broadcast_shapes(left.shape, right.shape)
        if math.prod(shape) > MOST_ENTRIES:
            raise ReadError(f"a value of {math.prod(shape)} numbers is too large to be computed")


def softmax(value: Array) -> Array:
    """Return the softmax of a column, or of each column of a matrix; shifted by the largest."""
    if value.shape[-2] == 1:
        raise ShapeError(
            "softmax is of a column, and of each column of a matrix; "
            f"here is {shape_of(value)}; for a row, transpose before and after"
        )
    shift = 0 if is_balls(value) else value.real.max(axis=-2, keepdims=True)
    powers = np.exp(value - shift)
    return divide_entries(powers, powers.sum(axis=-2, keepdims=True))


def diagonal(value: Array) -> Array:
    """Return the diagonal matrix of a column or a row, and the diagonal of a matrix."""
    rows, columns = value.shape[-2:]
    if 1 in (rows, columns):
        return np.asarray(np.eye(max(rows, columns)) * value.reshape(*value.shape[:-2], -1, 1))
    if rows != columns:
        message = f"diag is of a column, or of a square matrix; here is {shape_of(value)}"
        raise ShapeError(message)
    return np.diagonal(value, axis1=-2, axis2=-1)[..., None]


def _square(value: Array, name: str) -> None:
    if value.shape[-2] != value.shape[-1]:
        raise ShapeError(f"{name} is of a square matrix; here is {shape_of(value)}")


def trace(value: Array) -> Array:
    """Return the sum of the diagonal."""
    _square(value, "tr")
    return np.asarray(diagonal(value).sum(axis=-2, keepdims=True))


def stacked_columns(value: Array) -> Array:
    """Return vec: the columns of a matrix below each other."""
    turned = np.swapaxes(value, -1, -2)
    return turned.reshape(*value.shape[:-2], -1, 1)


_SINGULAR = 1e14


def determinant(value: Array) -> Array:
    """Return the determinant."""
    _square(value, "det")
    if is_balls(value):
        return _cofactors(value)[0]
    return np.asarray(np.linalg.det(value)[..., None, None])


def inverse(value: Array) -> Array:
    """
    Return the inverse of a square matrix.

    Raises
    ------
    DrawAgainError
        If there is none.
    """
    _square(value, "an inverse")
    if is_balls(value):
        return _exact_inverse(value)
    if np.isfinite(value).all() and np.linalg.cond(value.real).max() > _SINGULAR:
        raise DrawAgainError(_NO_INVERSE)
    try:
        return np.asarray(np.linalg.inv(value))
    except np.linalg.LinAlgError:
        return np.full_like(value, np.nan)


_NO_INVERSE = (
    r"in every draw, an inverse is of a matrix that has none, as X X^\top with more rows than "
    "columns"
)


def _exact_inverse(value: Array) -> Array:
    """Return the inverse of a matrix of balls; its determinant must not be 0."""
    determinant, cofactors = _cofactors(value)
    try:
        if zeros(determinant).any():
            raise DrawAgainError(_NO_INVERSE)
    except UndecidedError:
        raise UndecidedError(_NO_INVERSE) from None
    return np.asarray(cofactors / determinant)


def _cofactors(value: Array) -> tuple[Array, Array]:
    """
    Return the determinant and the transposed cofactors, by the Faddeev-LeVerrier recursion.

    It divides by whole numbers only, so that power series and singular matrices are no exception.
    """
    size = value.shape[-1]
    product, sign = value * 0 + np.eye(size), 1
    for step in range(1, size + 1):
        cofactors = product
        above = value @ product
        coefficient = trace(above) / step
        product = above - coefficient * np.eye(size)
        sign = -sign
    return -sign * coefficient, -sign * cofactors


def kronecker(left: Array, right: Array) -> Array:
    """Return the Kronecker product."""
    refuse_huge(left[..., :, None, :, None], right[..., None, :, None, :])
    product = left[..., :, None, :, None] * right[..., None, :, None, :]
    rows, columns = (left.shape[axis] * right.shape[axis] for axis in (-2, -1))
    return np.asarray(product.reshape(*product.shape[:-4], rows, columns))


def inner(left: Array, right: Array) -> Array:
    """Return the sum of the products of entries; nothing is conjugated."""
    if left.shape[-2:] != right.shape[-2:]:
        raise ShapeError(
            "an inner product needs equal shapes; "
            f"on the left is {shape_of(left)}, on the right {shape_of(right)}"
        )
    return np.asarray((left * right).sum(axis=(-2, -1), keepdims=True))


def norm(value: Array, order: str) -> Array:
    """
    Return a norm of a column or a row, or a matrix's Frobenius norm.

    Raises
    ------
    ShapeError
        If it is a matrix, and the order is not F.
    """
    if 1 not in value.shape[-2:] and order != "F":
        if not order:
            message = (
                r"the norm of a matrix can be the root of its squared entries and its largest "
                r"stretch; write \lVert A \rVert_F for the first; the other is not evaluated"
            )
        else:
            message = rf"\lVert A \rVert_{{{order}}} of a matrix is not evaluated; only _F is"
        raise ShapeError(message)
    if order == "1":
        return np.asarray(absolute(value).sum(axis=(-2, -1), keepdims=True))
    if order == r"\infty":
        flat = absolute(value).reshape(*value.shape[:-2], -1)
        return functools.reduce(maximum, [flat[..., k, None, None] for k in range(flat.shape[-1])])
    return COMMANDS["sqrt"](inner(value, value))


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    library.SOFTMAX: softmax,
    library.DIAGONAL: diagonal,
    **dict.fromkeys(library.TRACES, trace),
    library.STACKED_COLUMNS: stacked_columns,
    library.DETERMINANT: determinant,
}
"""Functions of one array by the name of their operator, unless the page says otherwise."""
