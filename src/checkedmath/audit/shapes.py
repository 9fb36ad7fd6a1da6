"""Which rows and columns are one, on every draw: sizes differ each time and are never one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import numpy as np

from checkedmath.bind.scope import Scope
from checkedmath.errors import PageError
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Bindings
from checkedmath.latex.nodes import BigOperator, ByEntry, Node

Case = tuple[Evaluator, Bindings]

Ones = tuple[bool | None, bool | None]
"""Whether there is one row, and whether there is one column; None where that is not known."""

NUMBER = (True, True)
COLUMN = (False, True)
UNKNOWN = (None, None)


class Shapes:
    """
    The shapes that parts of an expression have on all draws.

    Parameters
    ----------
    scope : Scope
        The page's names.
    whole : Node
        The expression.
    cases : iterable of Evaluator and Bindings
        Each draw, with each value of the free indices.
    """

    def __init__(self, scope: Scope, whole: Node, cases: Iterable[Case]) -> None:
        self.scope = scope
        self._cases = [(evaluator, _inside(whole, evaluator, found)) for evaluator, found in cases]
        self._known: dict[Node, Ones] = {}

    def is_number(self, node: Node) -> bool:
        """Tell whether an expression is 1×1 whatever the sizes are."""
        return self.of(node) == NUMBER

    def is_vector(self, node: Node) -> bool:
        """Tell whether an expression is a column or a row, whatever the sizes are."""
        return self.of(node) in ((True, False), (False, True))

    def of(self, node: Node) -> Ones:
        """Return whether an expression has one row, one column."""
        if node not in self._known:
            self._known[node] = self._drawn(node)
        return self._known[node]

    def _drawn(self, node: Node) -> Ones:
        try:
            with np.errstate(all="ignore"):
                shapes = [
                    evaluator.value(node, bindings).shape[-2:]
                    for evaluator, bindings in self._cases
                ]
        except PageError:
            return UNKNOWN
        ones = (
            each.pop() if len(each) == 1 else None
            for each in ({size == 1 for size in sizes} for sizes in zip(*shapes, strict=True))
        )
        return (next(ones, None), next(ones, None))


def _inside(whole: Node, evaluator: Evaluator, bindings: Bindings) -> Bindings:
    """Return bindings with a value for each index that something in an expression runs over."""
    for node in whole.walk():
        match node:
            case BigOperator(index=index, low=low):
                first = evaluator.draw.ranges.get(index, (1,))[0]
                if low is not None:
                    with contextlib.suppress(PageError):
                        first = evaluator.whole_number(low, bindings)
                bindings = bindings.with_index(index, first)
            case ByEntry(indices=indices):
                for index in indices:
                    bindings = bindings.with_index(index, 1)
    return bindings
