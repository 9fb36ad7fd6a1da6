"""Shapes of a page's symbols, written in its sizes: ``(n_1, m)``, whatever numbers were drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from checkedmath.bind.scope import Scope
from checkedmath.check.numpy_names import steps_from
from checkedmath.errors import PageError
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Bindings
from checkedmath.latex.nodes import Name, Node, Number, Sum

Shape = tuple[Node, Node]
"""Rows and columns, each a size of the page or a number."""

ONE = Number(1)


@dataclass(frozen=True, slots=True)
class Case:
    """One draw, and what stands for the free names of an equation in it."""

    evaluator: Evaluator
    bindings: Bindings


class Sizes:
    """
    Finds for each array the sizes that it has on every draw.

    A page declares sizes; an array's rows and columns are two of them, or numbers. Draws give
    different sizes different values, and another value each time, so that only the right size has
    the right value on all draws.

    Parameters
    ----------
    scope : Scope
        The page's names.
    cases : sequence of Case
        All draws, with every value of each free index.
    """

    def __init__(self, scope: Scope, cases: Sequence[Case]) -> None:
        self._scope = scope
        self._cases = cases
        self._values: dict[Node, list[int]] = {}

    def of(self, node: Node) -> Shape | None:
        """Return the shape of a value; None if no size of the page fits."""
        shapes = [case.evaluator.value(node, case.bindings).shape[-2:] for case in self._cases]
        rows, columns = (self._named(list(each)) for each in zip(*shapes, strict=True))
        return None if rows is None or columns is None else (rows, columns)

    def _named(self, values: list[int]) -> Node | None:
        draws = {id(case.evaluator) for case in self._cases}
        if len(set(values)) == 1 and (values[0] == 1 or len(draws) > 1):
            return Number(values[0])
        return next((size for size in self._candidates() if self._on_all(size) == values), None)

    def _on_all(self, size: Node) -> list[int]:
        if size not in self._values:
            try:
                self._values[size] = [
                    case.evaluator.whole_number(size, case.bindings) for case in self._cases
                ]
            except PageError:
                self._values[size] = []
        return self._values[size]

    def _candidates(self) -> Iterator[Node]:
        """Yield every size that a declaration writes, for each layer that it may be of."""
        first = self._cases[0]
        layers = [Name(each) for each in (*first.bindings.indices, *first.evaluator.draw.depths)]
        for (_, layer), domain in self._scope.arrays.items():
            for size in domain.shape:
                if not isinstance(layer, str):
                    yield size
                    continue
                for at in layers:
                    for step in (0, -1, 1):
                        yield moved(size, layer, at, step)
        for key in first.evaluator.draw.sizes:
            base, _, subscript = key.partition("_")
            if subscript.isdigit():
                yield Name(base, (Number(int(subscript)),))
            elif not subscript:
                yield Name(base)


def moved(size: Node, index: str, at: Node, step: int) -> Node:
    """
    Return a size of another layer: ``n_{l-1}`` at ``k + 1`` is ``n_k``.

    Examples
    --------
    >>> from checkedmath.latex.printing import to_latex
    >>> to_latex(moved(Name("n", (Sum((Name("l"), ONE), (1, -1)),)), "l", Name("k"), 1))
    'n_k'
    """
    match size:
        case Name(subscripts=(subscript,)):
            found = steps_from(subscript)
            if found is not None and found[0] == index:
                total = found[1] + step
                away: Node = at
                if total:
                    away = Sum((at, Number(abs(total))), (1, 1 if total > 0 else -1))
                return replace(size, subscripts=(away,))
    return size
