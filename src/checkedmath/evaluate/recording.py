"""What an evaluation went through: what rounding took, which branches were taken, what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.latex.nodes import Call, Cases, Indicator, Name, Node

Array = NDArray[Any]

_CHOICES = (Call, Cases, Indicator)

Branch = tuple[Node, str]
"""A construct that chooses, and one of its outcomes in words."""


@dataclass(slots=True)
class Record:
    """
    What an evaluation went through.

    Attributes
    ----------
    cancelled : float
        The largest of: a sum's largest term, divided by the sum.
    absorbed : float
        The largest of: a sum's largest term, divided by its smallest.
    read : set of str
        The drawn names whose values were used.
    picked : bool
        Whether an entry or an example was taken by its number.
    """

    cancelled: float = 0.0
    absorbed: float = 0.0
    read: set[str] = field(default_factory=set)
    picked: bool = False
    _branches: dict[tuple[int, str], tuple[Node, bool]] = field(default_factory=dict)
    _joined: dict[int, Record] = field(default_factory=dict)

    def sum(self, terms: Sequence[Array], total: Array) -> None:
        """Take a sum into account."""
        sizes = [size for size in (float(np.abs(term).max()) for term in terms) if size > 0]
        left = float(np.abs(total).max())
        if sizes and left > 0:
            self.cancelled = max(self.cancelled, max(sizes) / left)
        if sizes:
            self.absorbed = max(self.absorbed, max(sizes) / min(sizes))

    def branch(self, node: Node, outcome: str, *, reached: bool) -> None:
        """Take an outcome of a construct that chooses into account, which was possible here."""
        key = (id(node), outcome)
        if reached or key not in self._branches:
            self._branches[key] = (node, reached)

    def join(self, other: Record) -> None:
        """Take another record, which is complete, into account."""
        if id(other) in self._joined:
            return
        self._joined[id(other)] = other
        self.cancelled = max(self.cancelled, other.cancelled)
        self.absorbed = max(self.absorbed, other.absorbed)
        self.read |= other.read
        self.picked |= other.picked
        for key, (node, reached) in other._branches.items():
            if reached or key not in self._branches:
                self._branches[key] = (node, reached)

    @property
    def choices(self) -> list[Node]:
        """The constructs that chose between numbers."""
        nodes = (node for node, _ in self._branches.values())
        return [*dict.fromkeys(node for node in nodes if isinstance(node, _CHOICES))]

    @property
    def unreached(self) -> list[Branch]:
        """The outcomes that no entry had, but for those in which only numbers are written."""
        reached = {(node, key[1]) for key, (node, met) in self._branches.items() if met}
        missing = {
            (node, key[1]): None
            for key, (node, met) in self._branches.items()
            if not met and any(isinstance(each, Name) for each in node.walk())
        }
        return [branch for branch in missing if branch not in reached]


class Noise:
    """
    Small relative changes of all that an evaluation computes, to see on which scale it computes.

    Where the value of ``a - b`` changes by much more than its own size, it is what two larger
    numbers left of each other, and no more exact than these. Whole numbers and their sums and
    products are exact, and stay as they are.
    """

    LEVEL = 1e-10

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def on(self, value: Array, *, exact: bool) -> Array:
        """Return a value as it would be with another rounding, ten thousand times as coarse."""
        if exact and not np.iscomplexobj(value) and bool((value == np.rint(value)).all()):
            return value
        return np.asarray(value * (1.0 + self.LEVEL * self._random.normal(size=value.shape)))
