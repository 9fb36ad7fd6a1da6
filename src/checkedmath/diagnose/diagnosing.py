"""Say what is wrong with an equality that fails, from the values of its sides."""

from __future__ import annotations

import numpy as np

from checkedmath.diagnose.patterns import SIDES, Pair, find, multiple, offset, written
from checkedmath.evaluate.comparing import Sample


def diagnose(samples: list[Sample]) -> str:
    """
    Name the mistake, where one simple mistake explains the difference on every sample.

    Parameters
    ----------
    samples : list of Sample
        Both sides' values; ``examples`` is the number of examples m, None where there is none.

    Returns
    -------
    str
        The diagnosis, or the empty string.
    """
    pairs = [
        Pair(sample.left, sample.right, sample.examples)
        for sample in samples
        if sample.left.any() or sample.right.any()
    ]
    pattern = find(pairs)
    return pattern.says(SIDES) if pattern else _constant(pairs)


def _constant(pairs: list[Pair]) -> str:
    """Return in words the number by which one side is a multiple of the other, or above it."""
    if not pairs or any(pair.mine.shape != pair.truth.shape for pair in pairs):
        return ""
    left, right = (
        np.concatenate([side.ravel() for side in sides])
        for sides in zip(*((pair.mine, pair.truth) for pair in pairs), strict=True)
    )
    everything = Pair(left, right)
    if (number := multiple(everything)) is not None:
        times = written(number)
        return f"off by exactly {times}: the left side is {times} times the right side"
    if (number := offset(everything)) is not None:
        return (
            f"off by a constant: the left side minus the right side is {written(number)} everywhere"
        )
    return ""
