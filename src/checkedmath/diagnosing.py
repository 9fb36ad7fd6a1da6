"""Say what is wrong with an equality that fails: by which factor it is off, or how it is turned."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checkedmath.comparing import TOLERANCE, Array, Sample, relative_error

_FACTORS: list[tuple[str, Callable[[float], float], str]] = [
    (
        "off by the sign",
        lambda m: -1.0,
        "the left side is minus the right side",
    ),
    (
        "off by exactly m",
        lambda m: m,
        "the left side is m times the right side; a 1/m is missing on the left or too many on the "
        "right (a sum where a mean is)",
    ),
    (
        "off by exactly 1/m",
        lambda m: 1.0 / m,
        "the right side is m times the left side; a 1/m is missing on the right or too many on the "
        "left (a sum where a mean is)",
    ),
    (
        "off by exactly m²",
        lambda m: m * m,
        "the left side is m² times the right side; two 1/m are missing on the left or too many on "
        "the right",
    ),
    (
        "off by exactly 1/m²",
        lambda m: 1.0 / (m * m),
        "the right side is m² times the left side; two 1/m are missing on the right or too many on "
        "the left",
    ),
    ("off by exactly 2", lambda m: 2.0, "the left side is twice the right side"),
    ("off by exactly 1/2", lambda m: 0.5, "the right side is twice the left side"),
]


def diagnose(samples: list[Sample], count_name: str = "m") -> str:
    """
    Name the mistake, where one simple mistake explains the difference on every sample.

    Parameters
    ----------
    samples : list of Sample
        Both sides' values; ``examples`` is the number of examples, None where there is none.
    count_name : str
        What the page calls the number of examples.

    Returns
    -------
    str
        The diagnosis, or the empty string.
    """
    samples = [s for s in samples if s.left.any() or s.right.any()]
    if not samples:
        return ""
    shapes = {(s.left.shape[-2:], s.right.shape[-2:]) for s in samples}
    if all(left == right for left, right in shapes):
        for name, factor, meaning in _FACTORS:
            if "m" in name.split()[-1] and any(s.examples is None for s in samples):
                continue
            if all(_equal(s.left, factor(float(s.examples or 1)) * s.right) for s in samples):
                text = f"{name}: {meaning}"
                return text if count_name == "m" else _renamed(text, count_name)
    if all(left == right[::-1] for left, right in shapes) and all(
        _equal(s.left, np.swapaxes(s.right, -1, -2)) for s in samples
    ):
        return "transposed: the left side is the transpose of the right side"
    return ""


def _equal(left: Array, right: Array) -> bool:
    return relative_error(left, right) <= TOLERANCE


def _renamed(text: str, count_name: str) -> str:
    words = text.split(" ")
    swap = {"m": count_name, "1/m": f"1/{count_name}", "m:": f"{count_name}:"}
    swap |= {"1/m:": f"1/{count_name}:", "m²": f"{count_name}²", "m²:": f"{count_name}²:"}
    return " ".join(swap.get(word, word) for word in words)
