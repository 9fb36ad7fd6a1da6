"""Shapes of a page's symbols, written in its sizes: ``(n_1, m)``, whatever numbers were drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checkedmath.bind.scope import Scope
from checkedmath.errors import PageError
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Bindings
from checkedmath.latex.nodes import Name, Node, Number, Sum
from checkedmath.latex.printing import to_latex
from checkedmath.numpy_lines.naming import NoLineError, steps_from

Shape = tuple[Node, Node]
"""Rows and columns, each a size of the page or a number."""

ONE = Number(1.0)
NUMBER = (ONE, ONE)


@dataclass(frozen=True, slots=True)
class Case:
    """One draw, and what stands for the free names of an equation in it."""

    evaluator: Evaluator
    bindings: Bindings

    def bound(self, indices: Mapping[str, int]) -> Bindings:
        """Return the bindings with more indices."""
        bindings = self.bindings
        for name, value in indices.items():
            bindings = bindings.with_index(name, value)
        return bindings


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
        self._known: dict[tuple[Node, tuple[tuple[str, int], ...]], Shape] = {}
        self._values: dict[tuple[Node, tuple[tuple[str, int], ...]], list[int]] = {}

    def of(self, node: Node, loops: Mapping[str, int]) -> Shape:
        """
        Return the shape of a value.

        Parameters
        ----------
        node : Node
            What has the shape.
        loops : mapping
            A value for each index of the sums around it.

        Raises
        ------
        NoLineError
            If no size of the page fits.
        """
        key = (node, tuple(loops.items()))
        if key not in self._known:
            shapes = [
                case.evaluator.value(node, case.bound(loops)).shape[-2:] for case in self._cases
            ]
            rows, columns = (list(each) for each in zip(*shapes, strict=True))
            self._known[key] = (
                self._named(rows, node, loops),
                self._named(columns, node, loops),
            )
        return self._known[key]

    def _named(self, values: list[int], node: Node, loops: Mapping[str, int]) -> Node:
        draws = {id(case.evaluator) for case in self._cases}
        if len(set(values)) == 1 and (values[0] == 1 or len(draws) > 1):
            return Number(float(values[0]))
        for size in self._candidates(loops):
            if self._on_all(size, loops) == values:
                return size
        raise NoLineError(f"the shape of {to_latex(node)} is no size of the page")

    def _on_all(self, size: Node, loops: Mapping[str, int]) -> list[int]:
        key = (size, tuple(loops.items()))
        if key not in self._values:
            try:
                self._values[key] = [
                    case.evaluator.whole_number(size, case.bound(loops)) for case in self._cases
                ]
            except PageError:
                self._values[key] = []
        return self._values[key]

    def _candidates(self, loops: Mapping[str, int]) -> Iterator[Node]:
        """Yield every size that a declaration writes, for each layer that it may be of."""
        inside = [*self._cases[0].bindings.indices, *loops]
        layers: list[Node] = [Name(index) for index in inside]
        layers += [Name(key) for key in self._cases[0].evaluator.draw.depths]
        for (_, layer), domain in self._scope.arrays.items():
            for size in domain.shape:
                if not isinstance(layer, str):
                    yield size
                    continue
                for at in layers:
                    for step in (0, -1, 1):
                        yield moved(size, layer, at, step)
        for key in self._cases[0].evaluator.draw.sizes:
            base, _, subscript = key.partition("_")
            if subscript.isdigit():
                yield Name(base, (Number(float(subscript)),))
            elif not subscript:
                yield Name(base)


def moved(size: Node, index: str, at: Node, step: int) -> Node:
    """
    Return a size of another layer: ``n_{l-1}`` at ``k + 1`` is ``n_k``.

    Examples
    --------
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
                    away = Sum((at, Number(float(abs(total)))), (1, 1 if total > 0 else -1))
                return replace(size, subscripts=(away,))
    return size
