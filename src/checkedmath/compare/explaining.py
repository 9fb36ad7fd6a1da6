"""Say what is wrong with an array that should equal another: your gradient, and the true one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from checkedmath.compare.comparing import Array, relative_error
from checkedmath.compare.patterns import ARRAYS, Pair, find, multiple, offset, written


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    What `explain` found.

    Attributes
    ----------
    agrees : bool
        Whether the arrays are equal, up to the tolerance.
    relative_error : float
        The norm of the difference divided by the larger norm of the two; NaN where the shapes
        differ, or where an entry is no finite real number.
    kind : str
        One word for a grader to count by: ``agrees``; ``not finite``, ``not real``, ``shape``;
        ``factor``, ``transposed``, ``stack``, ``reduced``, ``axis``; ``zero``, ``integers``,
        ``signs``, ``offset``, ``part``, ``places``; or ``other`` where no simple mistake explains
        the difference.
    diagnosis : str
        What is wrong, in words; empty where the arrays agree.
    factor : float or None
        The number by which yours is a multiple of the truth, or of its transpose.
    tolerance : float
        The relative error up to which arrays were taken to be equal.
    """

    agrees: bool
    relative_error: float
    kind: str
    diagnosis: str
    factor: float | None
    tolerance: float

    def __str__(self) -> str:
        """Return the outcome in one line."""
        if self.agrees:
            return f"agrees: relative error {self.relative_error:.1e}"
        if math.isnan(self.relative_error):
            return f"differs: {self.diagnosis}"
        return f"differs: relative error {self.relative_error:.2g}; {self.diagnosis}"


def explain(
    mine: Array, truth: Array, m: int | None = None, *, tolerance: float | None = None
) -> Explanation:
    r"""
    Say whether an array equals another, and if not, which simple mistake makes one the other.

    Parameters
    ----------
    mine : array, at most two axes
        What you computed.
    truth : array, at most two axes
        What it should be.
    m : int, optional
        The number of examples. Without it, no factor is told to be m.
    tolerance : float, optional
        The relative error, in the Frobenius norm, up to which arrays are equal. By default the
        square root of the coarser of the two precisions: 1.5e-8 for two arrays in double precision.

    Returns
    -------
    Explanation
        Whether they agree, the relative error, the mistake as one word and in words.

    Raises
    ------
    TypeError
        If something is no array of numbers, or m is no whole number.
    ValueError
        If an array has no entries or more than two axes, an entry of the truth is no finite real
        number, m is below 1, or the tolerance is not between 0 and 1.

    Examples
    --------
    A 1/m is missing; with four examples, every entry is four times too large:

    >>> import numpy as np
    >>> dW = np.array([[1.0, -2.0, 0.5]])
    >>> found = explain(4 * dW, dW, m=4)
    >>> found.agrees, found.kind, found.factor, found.relative_error
    (False, 'factor', 4.0, 0.75)
    >>> found.diagnosis
    'off by exactly m: yours is m times the truth; a 1/m is missing in yours'

    A column for each example, where their sum should be:

    >>> dZ = np.array([[1.0, 2.0], [3.0, -5.0]])
    >>> print(explain(dZ, dZ.sum(axis=1, keepdims=True)).diagnosis)
    yours has shape (2, 2), the truth (2, 1); the truth is the sum of the columns of yours
    """
    _check_options(m, tolerance)
    yours, true = _as_numbers("mine", mine), _as_numbers("truth", truth)
    if not np.isfinite(true).all() or np.iscomplexobj(true):
        raise ValueError("truth has an entry that is no finite real number")
    limit = _default_tolerance(yours, true) if tolerance is None else tolerance
    kind, diagnosis = _unusable(yours)
    if kind:
        return Explanation(False, math.nan, kind, diagnosis, None, limit)
    left, right = _columns(yours.real), _columns(true)
    if yours.shape != true.shape:
        if yours.size == true.size and yours.ndim != true.ndim:
            left = left.reshape(right.shape)
        elif yours.ndim == 1 and true.shape[-1:] == (1,):
            left = left.T
        kind, diagnosis, factor = _unlike(Pair(left, right, m, limit))
        shapes = f"yours has shape {yours.shape}, the truth {true.shape}"
        return Explanation(False, math.nan, kind, f"{shapes}; {diagnosis}", factor, limit)
    error = relative_error(left, right)
    if error <= limit:
        return Explanation(True, error, "agrees", "", None, limit)
    rounded = yours.dtype.kind in "biu" and bool((left == np.trunc(right)).all())
    if rounded:
        text = f"yours holds integers ({yours.dtype}), the truth without what follows the point"
        return Explanation(False, error, "integers", text, None, limit)
    kind, diagnosis, factor = _alike(Pair(left, right, m, limit))
    return Explanation(False, error, kind, diagnosis, factor, limit)


# -- what is given ------------------------------------------------------------------------------


def _check_options(m: int | None, tolerance: float | None) -> None:
    if m is not None and (isinstance(m, bool) or not isinstance(m, (int, np.integer))):
        raise TypeError(f"m is {m!r}; expected the number of examples, a whole number")
    if m is not None and m < 1:
        raise ValueError(f"m is {m}; expected the number of examples, at least 1")
    if tolerance is not None and not 0 < tolerance < 1:
        raise ValueError(f"tolerance is {tolerance}; expected a relative error between 0 and 1")


def _as_numbers(name: str, value: object) -> Array:
    """Return an array of numbers, or raise what is wrong with it."""
    if not hasattr(value, "__array__") and not isinstance(value, (int, float, complex)):
        kind = type(value).__name__
        raise TypeError(f"{name} is a {kind}; expected a NumPy array (np.asarray makes one)")
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} has dtype {array.dtype}; expected numbers")
    if array.ndim > 2 or array.size == 0:
        message = f"{name} has shape {array.shape}; expected at most two axes, each with entries"
        raise ValueError(message)
    return array


def _default_tolerance(*arrays: Array) -> float:
    """Return the square root of the coarsest precision: half of its digits agree."""
    exact = [array.dtype for array in arrays if array.dtype.kind in "fc"]
    return math.sqrt(max((float(np.finfo(dtype).eps) for dtype in exact), default=2.0**-52))


def _columns(array: Array) -> Array:
    """Return an array in double precision with two axes; a plain vector as a column."""
    return array.astype(float).reshape((-1, 1) if array.ndim < 2 else array.shape)


# -- what is wrong ------------------------------------------------------------------------------

_Wrong = tuple[str, str, float | None]
"""The kind, the diagnosis, and the factor if there is one."""


def _unusable(mine: Array) -> tuple[str, str]:
    """Tell of entries with which nothing can be compared."""
    bad = ~np.isfinite(mine)
    if bad.any():
        name = "NaN" if np.isnan(mine).any() else "infinite"
        causes = "a division by 0, a log of 0, or an overflow?"
        return "not finite", f"yours is {name} in {_entries(bad)}: {causes}"
    if np.iscomplexobj(mine) and mine.imag.any():
        return "not real", f"yours is complex in {_entries(mine.imag != 0)}; the truth is real"
    return "", ""


def _unlike(pair: Pair) -> _Wrong:
    """Explain two arrays of different shapes."""
    if pair.mine.shape == pair.truth.shape:
        if pair.same(pair.mine, pair.truth):
            return "shape", "the numbers agree; keep both axes, as keepdims=True does", None
        return _alike(pair)
    found = _pattern(pair)
    if found is not None:
        return found
    places = _places(pair) if pair.mine.size == pair.truth.size else None
    return places or ("shape", "no sum, mean or transpose of the one is the other", None)


def _alike(pair: Pair) -> _Wrong:
    """Explain two arrays of one shape."""
    if not pair.mine.any():
        return "zero", "yours is zero everywhere", None
    if not pair.truth.any():
        return "other", "the truth is zero everywhere", None
    found = _pattern(pair)
    if found is not None:
        return found
    if pair.same(abs(pair.mine), abs(pair.truth)):
        return "signs", f"only the sign is wrong, in {_entries(_differing(pair))}", None
    number = multiple(pair)
    if number is not None:
        return "factor", _times(number, pair), number
    number = offset(pair)
    if number is not None:
        text = f"off by a constant: yours minus the truth is {written(number)} everywhere"
        return "offset", text, None
    return _part(pair) or _places(pair) or ("other", "no simple mistake explains it", None)


def _pattern(pair: Pair) -> _Wrong | None:
    found = find([pair])
    if found is None:
        return None
    m = pair.examples
    factor = None if found.factor is None else found.factor(m or 1)
    alike = "; as m is 2, a factor m and a factor 2 look the same" if m == 2 and factor else ""
    return found.kind, found.says(ARRAYS) + alike, factor


def _times(number: float, pair: Pair) -> str:
    """Say by which number yours is a multiple, and what that number is in the shapes."""
    text = f"off by exactly {written(number)}: yours is {written(number)} times the truth"
    m = pair.examples
    if m is not None and m > 1 and math.isclose(number, m / (m - 1), rel_tol=pair.tolerance):
        return f"{text}, that is m/(m − 1): divided by m − 1 in place of m"
    for count, parts in zip(pair.truth.shape, ("rows", "columns"), strict=True):
        if count > 1 and math.isclose(number, count, rel_tol=pair.tolerance):
            return f"{text}, as many as it has {parts}"
        if count > 1 and math.isclose(number, 1 / count, rel_tol=pair.tolerance):
            return f"{text}, one over the number of its {parts}"
    return text


def _differing(pair: Pair) -> Array:
    """Return which entries differ, on the scale of the whole truth."""
    scale = float(np.linalg.norm(pair.truth))
    return np.asarray(abs(pair.mine - pair.truth) > pair.tolerance * scale)


def _part(pair: Pair) -> _Wrong | None:
    """Tell of a single entry, column or row that differs, where most of the array agrees."""
    wrong = _differing(pair)
    rows, columns = (np.flatnonzero(wrong.any(axis=axis)) for axis in (1, 0))
    places = list(_single(wrong.shape, rows, columns))
    if not places:
        return None
    return "part", f"only {places[0]} differs, counted from 0; the rest agrees", None


def _single(shape: tuple[int, ...], rows: Array, columns: Array) -> Iterator[str]:
    if len(rows) == len(columns) == 1 and shape != (1, 1):
        yield f"the entry [{rows[0]}, {columns[0]}]"
    if len(columns) == 1 and shape[1] > 1:
        yield f"the column [:, {columns[0]}]"
    if len(rows) == 1 and shape[0] > 1:
        yield f"the row [{rows[0]}, :]"


def _places(pair: Pair) -> _Wrong | None:
    """Tell of the same entries in other places."""
    if pair.mine.size < 2:
        return None
    left, right = (np.sort(side, axis=None)[None] for side in (pair.mine, pair.truth))
    if not pair.same(left, right):
        return None
    if pair.same(pair.mine.reshape(1, -1), pair.truth.reshape(1, -1)):
        return "places", "the same numbers, reshaped; a reshape does not transpose", None
    return "places", "the same numbers in other places: an index, or a reshape?", None


def _entries(which: Array) -> str:
    """Count entries, and name the first."""
    first = ", ".join(str(int(place)) for place in np.argwhere(which)[0])
    return f"{int(which.sum())} of {which.size} entries, first [{first}]"
