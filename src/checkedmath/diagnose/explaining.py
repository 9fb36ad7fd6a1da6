"""Say what is wrong with an array that should equal another: your gradient, and the true one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from checkedmath.diagnose.hypotheses import (
    Wrong,
    counted,
    many_axes,
    masked,
    of_means,
    penalized,
    resolution,
)
from checkedmath.diagnose.patterns import ARRAYS, Pair, find, multiple, offset, written
from checkedmath.evaluate.comparing import Array, relative_error

_NEAR = 1e-5
"""The relative error up to which a mistake is reported that the arrays fit nearly."""


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
        ``factor``, ``transposed``, ``stack``, ``reduced``, ``axis``; ``mask``, ``penalty``,
        ``means``; ``zero``, ``integers``, ``signs``, ``offset``, ``part``, ``places``; ``digits``
        where the arrays agree as far as they are written; or ``other`` where no simple mistake
        explains the difference.
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


@dataclass(frozen=True, slots=True)
class _Given:
    """What is known besides the two arrays."""

    z: Array | None = None
    W: Array | None = None
    sizes: tuple[int, ...] = ()
    counts: Mapping[str, float] = field(default_factory=dict)
    shape: tuple[int, ...] = ()


def explain(  # noqa: PLR0913 - what else is known is given by name
    mine: ArrayLike,
    truth: ArrayLike,
    m: int | None = None,
    *,
    tolerance: float | None = None,
    z: ArrayLike | None = None,
    W: ArrayLike | None = None,
    sizes: Sequence[int] | None = None,
    counts: Mapping[str, float] | None = None,
) -> Explanation:
    r"""
    Say whether an array equals another, and if not, which simple mistake makes one the other.

    Parameters
    ----------
    mine : array or list, any number of axes
        What you computed.
    truth : array or list, any number of axes
        What it should be.
    m : int, optional
        The number of examples. Without it, no factor is reported to be m.
    tolerance : float, optional
        The relative error, in the Frobenius norm, up to which arrays are equal. By default the
        square root of the coarser of the two precisions: 1.5e-8 for two arrays in double precision.
    z : array, the shape of both, optional
        What a ReLU was given there: with it, a forgotten mask is reported.
    W : array, the shape of both, optional
        The weights: with them, a penalty that is missing or counted twice is reported.
    sizes : sequence of int, optional
        How many examples each part of the batch has: with them, a mean of means is reported.
    counts : mapping, optional
        Other numbers that may have been divided by, by their names: ``{"K": 10}``.

    Returns
    -------
    Explanation
        Whether they agree, the relative error, the mistake as one word and in words.

    Raises
    ------
    TypeError
        If something is no array of numbers, or m is no whole number.
    ValueError
        If an array has no entries, an entry of the truth is no finite real number, m is below 1,
        or the tolerance is not between 0 and 1.

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
    extra = _given(z, W, sizes, counts, true.shape)
    left, right = _columns(yours.real), _columns(true)
    if yours.shape != true.shape:
        if max(yours.ndim, true.ndim) > 2:
            wrong = many_axes(yours.real, true, limit) or _NO_RELATION
        else:
            if yours.size == true.size and yours.ndim != true.ndim:
                left = left.reshape(right.shape)
            elif yours.ndim == 1 and true.shape[-1:] == (1,):
                left = left.T
            wrong = _unlike(Pair(left, right, m, limit), extra)
        kind, diagnosis, factor = wrong
        shapes = f"yours has shape {yours.shape}, the truth {true.shape}"
        return Explanation(False, math.nan, kind, f"{shapes}; {diagnosis}", factor, limit)
    error = relative_error(left, right)
    if error <= limit:
        return Explanation(True, error, "agrees", "", None, limit)
    rounded = yours.dtype.kind in "biu" and bool((left == np.trunc(right)).all())
    if rounded:
        text = f"yours holds integers ({yours.dtype}), the truth without what follows the point"
        return Explanation(False, error, "integers", text, None, limit)
    turned = many_axes(yours.real, true, limit) if true.ndim > 2 else None
    kind, diagnosis, factor = turned or _alike(Pair(left, right, m, limit), extra)
    return Explanation(False, error, kind, diagnosis, factor, limit)


# -- what is given ------------------------------------------------------------------------------


def _check_options(m: int | None, tolerance: float | None) -> None:
    if m is not None and (isinstance(m, bool) or not isinstance(m, (int, np.integer))):
        raise TypeError(f"m is {m!r}; expected the number of examples, a whole number")
    if m is not None and m < 1:
        raise ValueError(f"m is {m}; expected the number of examples, at least 1")
    if tolerance is not None and not 0 < tolerance < 1:
        raise ValueError(f"tolerance is {tolerance}; expected a relative error between 0 and 1")


def _given(
    z: ArrayLike | None,
    W: ArrayLike | None,
    sizes: Sequence[int] | None,
    counts: Mapping[str, float] | None,
    shape: tuple[int, ...],
) -> _Given:
    """Check what is known besides the two arrays."""
    arrays = {}
    for name, value in (("z", z), ("W", W)):
        if value is None:
            continue
        array = _as_numbers(name, value)
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}; expected {shape}, as the truth")
        arrays[name] = _columns(array)
    parts = tuple(() if sizes is None else sizes)
    if not all(size > 0 and size == int(size) for size in parts):
        raise ValueError(f"sizes is {list(parts)}; expected a positive whole number for each part")
    named = {} if counts is None else dict(counts)
    if not all(0 < number < math.inf for number in named.values()):
        raise ValueError(f"counts is {named}; expected positive numbers by their names")
    return _Given(arrays.get("z"), arrays.get("W"), parts, named, shape)


def _as_numbers(name: str, value: object) -> Array:
    """Return an array of numbers, or raise what is wrong with it."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; expected a plain one, as .filled(0) makes")
    known = isinstance(value, (int, float, complex, list, tuple))
    if not known and not hasattr(value, "__array__"):
        kind = type(value).__name__
        raise TypeError(f"{name} is a {kind}; expected a NumPy array (np.asarray makes one)")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is a list of unequal parts: {error}") from None
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} has dtype {array.dtype}; expected numbers")
    if array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; expected entries along each axis")
    return array


def _default_tolerance(*arrays: Array) -> float:
    """Return the square root of the coarsest precision: half of its digits agree."""
    exact = [array.dtype for array in arrays if array.dtype.kind in "fc"]
    return math.sqrt(max((float(np.finfo(dtype).eps) for dtype in exact), default=2.0**-52))


def _columns(array: Array) -> Array:
    """Return an array in double precision with two axes: a vector as a column, many in a row."""
    shape = (-1, 1) if array.ndim < 2 else (1, -1) if array.ndim > 2 else array.shape
    return array.astype(float).reshape(shape)


# -- what is wrong ------------------------------------------------------------------------------

_NO_RELATION: Wrong = ("shape", "no sum, mean or transpose of the one is the other", None)


def _unusable(mine: Array) -> tuple[str, str]:
    """Return the kind and the diagnosis of entries that cannot be compared; empty if all can."""
    bad = ~np.isfinite(mine)
    if bad.any():
        name = "NaN" if np.isnan(mine).any() else "infinite"
        causes = "a division by 0, a log of 0, or an overflow?"
        return "not finite", f"yours is {name} in {_entries(bad)}: {causes}"
    if np.iscomplexobj(mine) and mine.imag.any():
        return "not real", f"yours is complex in {_entries(mine.imag != 0)}; the truth is real"
    return "", ""


def _unlike(pair: Pair, extra: _Given) -> Wrong:
    """Explain two arrays of different shapes."""
    if pair.mine.shape == pair.truth.shape:
        if pair.same(pair.mine, pair.truth):
            return "shape", "the numbers agree; keep both axes, as keepdims=True does", None
        return _alike(pair, extra)
    found = of_means(pair, extra.sizes) or _pattern(pair, extra)
    if found is not None:
        return found
    places = _places(pair) if pair.mine.size == pair.truth.size else None
    return places or _NO_RELATION


def _alike(pair: Pair, extra: _Given) -> Wrong:
    """Explain two arrays of one shape."""
    if not pair.mine.any():
        return "zero", "yours is zero everywhere", None
    if not pair.truth.any():
        return "other", "the truth is zero everywhere", None
    found = _simple(pair, extra)
    if found is not None:
        return found
    if pair.same(abs(pair.mine), abs(pair.truth)):
        return "signs", f"only the sign is wrong, in {_entries(_differing(pair))}", None
    found = _nearly(pair, extra)
    if found is not None:
        return found
    number = multiple(pair)
    if number is not None:
        return "factor", _times(number, pair), number
    number = offset(pair)
    if number is not None:
        text = f"off by a constant: yours minus the truth is {written(number)} everywhere"
        return "offset", text, None
    part = _part(pair) if len(extra.shape) <= 2 else None
    return part or _places(pair) or ("other", "no simple mistake explains it", None)


def _simple(pair: Pair, extra: _Given) -> Wrong | None:
    """Return a mistake that has a name."""
    found = counted(pair, extra.shape, extra.counts) or _pattern(pair, extra)
    if found is None and extra.z is not None:
        found = masked(pair, extra.z)
    if found is None and extra.W is not None:
        found = penalized(pair, extra.W)
    return found or of_means(pair, extra.sizes)


def _nearly(pair: Pair, extra: _Given) -> Wrong | None:
    """Return that arrays agree as far as they are written, or a mistake that nearly fits."""
    coarse = max(resolution(pair.mine), resolution(pair.truth))
    size = max(float(np.linalg.norm(pair.mine)), float(np.linalg.norm(pair.truth)))
    written_to = 2 * coarse * math.sqrt(pair.mine.size) / size
    near = replace(pair, tolerance=max(_NEAR, min(written_to, 0.02)))
    if near.tolerance <= pair.tolerance:
        return None
    if near.same(pair.mine, pair.truth):
        error = relative_error(pair.mine, pair.truth)
        decimals = f"to the {-round(math.log10(2 * coarse))} decimals written" if coarse else ""
        text = f"the arrays agree {decimals or f'within {error:.1e}'}: digits lost, no mistake?"
        return "digits", text, None
    found = _simple(near, extra)
    if found is None:
        return None
    kind, text, factor = found
    return kind, f"{text.replace('exactly', 'about')} (within {near.tolerance:.0e})", factor


def _pattern(pair: Pair, extra: _Given) -> Wrong | None:
    found = find([pair])
    if found is None:
        return None
    m = pair.examples
    factor = None if found.factor is None else found.factor(m or 1)
    alike = "; as m is 2, a factor m and a factor 2 look the same" if m == 2 and factor else ""
    if factor in {2.0, 0.5} and m != 2:
        parts = zip(extra.shape, ("rows", "columns"), strict=False)
        alike = "".join(f"; it has 2 {part}" for count, part in parts if count == 2)
    return found.kind, found.says(ARRAYS) + alike, factor


def _times(number: float, pair: Pair) -> str:
    """Return in words the number by which yours is a multiple, and what it is in the shapes."""
    text = f"off by exactly {written(number)}: yours is {written(number)} times the truth"
    m = pair.examples
    if m is not None and m > 1 and math.isclose(number, m / (m - 1), rel_tol=pair.tolerance):
        return f"{text}, that is m/(m − 1): divided by m − 1 in place of m"
    return text


def _differing(pair: Pair) -> Array:
    """Return which entries differ, on the scale of the whole truth."""
    scale = float(np.linalg.norm(pair.truth))
    return np.asarray(abs(pair.mine - pair.truth) > pair.tolerance * scale)


def _part(pair: Pair) -> Wrong | None:
    """Return the single entry, column or row that differs, where the rest agrees."""
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


def _places(pair: Pair) -> Wrong | None:
    """Return that the entries are the same, in other places."""
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
