"""
The two kinds of numbers that arrays hold: float64, and balls, which carry an error bound.

A float64 array that a complex step moves is complex; an array of balls holds objects of
python-flint, each a ball, or a truncated power series of balls where a derivative moves it. The
functions here ask of both what the rules of evaluation need to know. None of them imports
python-flint: whoever makes balls does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.errors import DrawAgainError, NestedError, UndecidedError

Array = NDArray[Any]

AT_KINK = "in every draw, a max, a min, an absolute value or a case stands where its choice changes"

TOO_SHORT = "a derivative inside a derivative needs longer power series"


def is_balls(value: Array) -> bool:
    """Return whether the numbers of an array are balls."""
    return value.dtype == object


def is_series(number: Any) -> bool:  # noqa: ANN401 (python-flint is not imported here)
    """Return whether a number is a power series, which a derivative moves."""
    return hasattr(number, "coeffs")


def is_moved(value: Array) -> bool:
    """Return whether a derivative moves an array, by a complex step or as power series."""
    return any(map(is_series, value.flat)) if is_balls(value) else np.iscomplexobj(value)


def _constant(number: Any) -> Any:  # noqa: ANN401
    if not is_series(number):
        return number
    if not number.prec:
        raise NestedError(TOO_SHORT)
    return number[0]


_constants = np.frompyfunc(_constant, 1, 1)


def plain(value: Array) -> Array:
    """Return the numbers without what a derivative moves them by."""
    return np.asarray(_constants(value)) if is_balls(value) else value.real


def _sign(number: Any) -> int:  # noqa: ANN401
    constant = _constant(number)
    if constant > 0:
        return 1
    if constant < 0:
        return -1
    if constant.is_zero() or constant.is_nan():
        return 0
    raise UndecidedError("whether a number is 0, on which a choice hangs, stays open")


_signs = np.frompyfunc(_sign, 1, 1)


def signs(value: Array) -> Array:
    """
    Return -1, 0 or 1 for each ball of an array; 0 also for what is not a number.

    Raises
    ------
    UndecidedError
        If a ball contains 0 and other numbers.
    """
    return np.asarray(_signs(value)).astype(int)


def _is_zero(number: Any) -> bool:  # noqa: ANN401
    constant = _constant(number)
    if not constant.contains(0):
        return False
    if constant.is_zero() or constant.is_nan():
        return True
    raise UndecidedError("whether a number is 0, by which something is divided, stays open")


_zeros = np.frompyfunc(_is_zero, 1, 1)


def zeros(value: Array) -> Array:
    """
    Return where a ball of an array is 0, or not a number.

    Raises
    ------
    UndecidedError
        If a ball contains 0 and other numbers.
    """
    return np.asarray(_zeros(value)).astype(bool)


def is_positive(number: Any) -> bool:  # noqa: ANN401
    """
    Return whether one ball or power series is positive, for a choice between two branches.

    Raises
    ------
    UndecidedError
        If its error bound leaves it open.
    DrawAgainError
        If it is 0 where a derivative moves it.
    """
    sign = _sign(number)
    if (
        not sign
        and is_series(number)
        and any(not number[place].is_zero() for place in range(number.prec))
    ):
        raise DrawAgainError(AT_KINK)
    return sign > 0


def _meet(number: Any) -> bool:  # noqa: ANN401
    return bool(_constant(number).contains(0))


_meeting = np.frompyfunc(_meet, 1, 1)


def may_equal(left: Array, right: Array) -> Array:
    """Return where two arrays are equal, whatever moves them; balls where they overlap."""
    if is_balls(left) or is_balls(right):
        return np.asarray(_meeting(left - right)).astype(bool)
    return np.asarray(left.real == right.real)


def nothing_like(value: Array) -> Array:
    """Return an array of the same kind and shape that holds no number."""
    return np.asarray(value * np.nan)


def whole(value: Array, within: float = 0.0) -> int | None:
    """
    Return the whole number that an array of one entry is; None if it is none.

    Of float64, it may be that ``within`` what rounding leaves; a ball must be that number alone.
    """
    if value.size != 1:
        return None
    number = plain(value).item()
    if isinstance(number, (int, float)):
        near = np.isfinite(number) and abs(number - round(number)) <= within
        return round(number) if near else None
    found = number.unique_fmpz()
    return int(found) if found is not None and number.is_exact() else None
