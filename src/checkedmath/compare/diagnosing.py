"""Say what is wrong with an equality that fails: by which factor it is off, or how it is turned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from checkedmath.compare.comparing import TOLERANCE, Array, Sample, relative_error


@dataclass(frozen=True, slots=True)
class _Factor:
    """A factor by which the left side can be the right side's multiple: constant · mᵖᵒʷᵉʳ."""

    name: str
    meaning: str
    constant: float = 1.0
    power: int = 0

    def value(self, examples: int | None) -> float:
        return self.constant * float(examples or 1) ** self.power


_LEFT, _RIGHT = (
    "a 1/m is missing on the left or too many on the right",
    ("a 1/m is missing on the right or too many on the left"),
)
_FACTORS = (
    _Factor("the sign", "the left side is minus the right side", constant=-1.0),
    _Factor("exactly m", f"the left side is m times the right side; {_LEFT}", power=1),
    _Factor("exactly 1/m", f"the right side is m times the left side; {_RIGHT}", power=-1),
    _Factor("exactly m²", f"the left side is m² times the right side; twice {_LEFT}", power=2),
    _Factor("exactly 1/m²", f"the right side is m² times the left side; twice {_RIGHT}", power=-2),
    _Factor("exactly 2", "the left side is twice the right side", constant=2.0),
    _Factor("exactly 1/2", "the right side is twice the left side", constant=0.5),
)


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
    samples = [s for s in samples if s.left.any() or s.right.any()]
    if not samples:
        return ""
    shapes = {(s.left.shape[-2:], s.right.shape[-2:]) for s in samples}
    if all(left == right for left, right in shapes):
        for factor in _FACTORS:
            if factor.power and any(s.examples is None for s in samples):
                continue
            if all(_equal(s.left, factor.value(s.examples) * s.right) for s in samples):
                return f"off by {factor.name}: {factor.meaning}"
    if all(left == right[::-1] for left, right in shapes) and all(
        _equal(s.left, np.swapaxes(s.right, -1, -2)) for s in samples
    ):
        return "transposed: the left side is the transpose of the right side"
    return ""


def _equal(left: Array, right: Array) -> bool:
    return relative_error(left, right) <= TOLERANCE
