"""The mistakes in a gradient that more input explains: z, the weights, parts, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np

from checkedmath.diagnose.patterns import Pair, written
from checkedmath.evaluate.comparing import Array

Wrong = tuple[str, str, float | None]
"""The kind, the diagnosis, and the factor if there is one."""


def counted(pair: Pair, shape: Sequence[int], counts: Mapping[str, float]) -> Wrong | None:
    """Return the factor that is a count: m, a number given by name, or the length of an axis."""
    number = _ratio(pair)
    if number is None or not number > 0 or any(_near(pair, number, two) for two in (2, 0.5)):
        return None
    kinds = {0: "rows", 1: "columns"} if len(shape) <= 2 else {}
    named: list[tuple[str, float]] = []
    if pair.examples is not None:
        named.append(("m", pair.examples))
    named += counts.items()
    named += [
        (f"as many as it has {kinds.get(axis, f'entries along axis {axis}')}", size)
        for axis, size in enumerate(shape)
    ]
    named = [(name, count) for name, count in named if count not in {0, 1}]
    times = {name: float(count) for name, count in named if _near(pair, number, count)}
    over = {name: 1 / count for name, count in named if _near(pair, number, 1 / count)}
    names, inverse = [*(times or over)], not times
    if not names or names == ["m"]:
        return None  # Of m alone, the pattern has words of its own.
    number = (times or over)[names[0]]
    first, *others = names
    text = _first(first, number, inverse=inverse)
    if others:
        alike = " and ".join(_noun(name) for name in others)
        text += f"; {_noun(first)} and {alike} are the same number here"
    elif first != "m" and pair.examples is not None:
        m = pair.examples
        powers = {"2/m": 2 / m, "m/2": m / 2, "2m": 2 * m, "1/(2m)": 0.5 / m, "m²": m * m}
        text += "".join(f"; so is {name}" for name, n in powers.items() if _near(pair, number, n))
    return "factor", text, number


def _first(name: str, number: float, *, inverse: bool) -> str:
    """Return in words the count by which yours is a multiple."""
    if name == "m":
        hint = "a 1/m too many in yours" if inverse else "a 1/m is missing in yours"
        whose = "the truth is m times yours" if inverse else "yours is m times the truth"
        return f"off by exactly {'1/m' if inverse else 'm'}: {whose}; {hint}"
    start = f"off by exactly {written(number)}: yours is {written(number)} times the truth, "
    if not inverse:
        return start + (name if name.startswith("as many") else f"that is {name}")
    if not name.startswith("as many"):
        return start + f"that is 1/{name}"
    return start + f"one over the number of its {_noun(name).removeprefix('the number of ')}"


def _noun(name: str) -> str:
    """Return a count as a noun."""
    if name.startswith("as many as it has "):
        return f"the number of {name.removeprefix('as many as it has ')}"
    return name


def _ratio(pair: Pair) -> float | None:
    """Return by which number yours is a multiple of the truth, if it is."""
    below = float(np.vdot(pair.truth, pair.truth).real)
    if pair.mine.shape != pair.truth.shape or not 0 < below < np.inf:
        return None
    number = float(np.vdot(pair.truth, pair.mine).real) / below
    return number if pair.same(pair.mine, number * pair.truth) else None


def _near(pair: Pair, number: float, count: float) -> bool:
    """Return whether a factor is a count, within the tolerance."""
    return abs(number - count) <= pair.tolerance * abs(count)


def masked(pair: Pair, z: Array) -> Wrong | None:
    """Return the mistake of a ReLU's mask that was forgotten."""
    if z.shape != pair.mine.shape:
        return None
    active = z > 0
    number = _ratio(Pair(pair.mine * active, pair.truth, pair.examples, pair.tolerance))
    if number is None or not (pair.mine * ~active).any() or (pair.truth * ~active).any():
        return None
    text = "a ReLU's mask is missing: where z > 0 yours is "
    text += "the truth" if _near(pair, number, 1) else f"{written(number)} times the truth"
    return "mask", f"{text}, and where z ≤ 0 the truth is 0", None


def penalized(pair: Pair, weights: Array) -> Wrong | None:
    """Return the mistake of a multiple of the weights that is missing, or too many."""
    if not weights.shape == pair.mine.shape == pair.truth.shape or not weights.any():
        return None
    difference = pair.mine - pair.truth
    # The difference is what is left of two numbers of these sizes.
    size = max(float(np.linalg.norm(pair.mine)), float(np.linalg.norm(pair.truth)))
    number = float(np.vdot(weights, difference)) / float(np.vdot(weights, weights))
    rest = float(np.linalg.norm(difference - number * weights))
    left = float(np.linalg.norm(difference))
    if weights.size < 2 or rest > pair.tolerance * size or left <= 100 * pair.tolerance * size:
        return None
    much = f"{written(abs(number))} W"
    if number < 0:
        return "penalty", f"a penalty is missing: the truth minus yours is {much}", None
    text = f"yours minus the truth is {much}: a penalty twice, or with another factor"
    return "penalty", text, None


def of_means(pair: Pair, sizes: Sequence[int]) -> Wrong | None:
    """Return the mistake of a mean of means of unequal parts."""
    parts, total = len(sizes), sum(sizes)
    if len(set(sizes)) < 2:
        return None
    counts = np.asarray(sizes, dtype=float)
    text = f"a mean of {parts} means of unequal parts: "
    if pair.mine.shape == pair.truth.shape:
        ratios = total / (parts * counts)
        for each, what in ((np.repeat(ratios, sizes), "example"), (ratios, "part")):
            if pair.truth.shape[1] == len(each) and pair.same(pair.mine, pair.truth * each):
                share = f"each {what} counts 1/({parts} · its part's size), not 1/{total}"
                return "means", text + share, None
        return None
    if pair.mine.shape[0] != pair.truth.shape[0] or pair.mine.shape[1] != 1:
        return None
    columns = pair.truth
    if columns.shape[1] == total:
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        columns = np.add.reduceat(columns, starts, axis=1) / counts
    if columns.shape[1] == parts and pair.same(pair.mine, columns.mean(axis=1, keepdims=True)):
        return "means", f"{text}weigh each by its size, or add sums and divide by {total}", None
    return None


def many_axes(mine: Array, truth: Array, tolerance: float) -> Wrong | None:
    """Return how arrays of more than two axes follow from each other: turned, summed, averaged."""

    def same(left: Array, right: Array) -> bool:
        if left.shape != right.shape:
            return False
        flat = left.reshape(1, -1), right.reshape(1, -1)
        return Pair(*flat, tolerance=tolerance).same(*flat)

    if mine.ndim == truth.ndim <= 5:
        for order in permutations(range(mine.ndim)):
            if order != tuple(range(mine.ndim)) and same(mine, truth.transpose(order)):
                return "transposed", f"yours is the truth with its axes in the order {order}", None
    whole, part, owner, of = (
        (mine, truth, "the truth", "yours")
        if mine.size > truth.size
        else (truth, mine, "yours", "the truth")
    )
    kind = "stack" if whole is mine else "reduced"
    for axis in range(whole.ndim):
        for name in ("sum", "mean"):
            for keep in (False, True):
                if same(getattr(np, name)(whole, axis=axis, keepdims=keep), part):
                    return kind, f"{owner} is the {name} of {of} over axis {axis}", None
    return None


def resolution(array: Array) -> float:
    """Return half a unit in the last decimal that an array is written with, 0 if it has all."""
    for decimals in range(1, 9):
        if np.array_equal(np.round(array, decimals), array):
            return 0.0 if np.array_equal(np.round(array), array) else 0.5 * 10.0**-decimals
    return 0.0
