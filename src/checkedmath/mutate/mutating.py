"""Make every mutant of an expression, one small mistake at a time, from its parsed form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from checkedmath.latex.nodes import Derivative, Name, Node, Transpose
from checkedmath.latex.printing import to_latex
from checkedmath.mutate.context import MutationContext
from checkedmath.mutate.rules import Change, changes, of_whole, respelled

Rebuild = Callable[[Node], Node]


@dataclass(frozen=True, slots=True)
class Mutant:
    """
    An expression with one small mistake.

    Attributes
    ----------
    kind : str
        The mistake, one of `checkedmath.mutate.rules.KINDS`.
    before, after : Node
        The part that was changed, and what it was changed to.
    whole : Node
        The whole expression with the change.
    """

    kind: str
    before: Node
    after: Node
    whole: Node

    def __str__(self) -> str:
        """Return the kind and both parts as LaTeX."""
        return f"{self.kind}: {to_latex(self.before)} → {to_latex(self.after)}"


def mutants(side: Node, page: MutationContext) -> Iterator[Mutant]:
    r"""
    Yield every mutant of an expression, each once.

    Parameters
    ----------
    side : Node
        The expression, resolved.
    page : MutationContext
        What the page knows around it.

    Examples
    --------
    >>> from checkedmath.bind.scope import Scope
    >>> from checkedmath.mutate.context import mutation_context
    >>> from checkedmath.latex.parsing import read_display
    >>> (statement,) = read_display(r"D = A - Y^\top")
    >>> for mutant in mutants(statement.sides[1], mutation_context(Scope())):
    ...     print(mutant)
    sign flipped: A - Y^\top → -(A - Y^\top)
    sign flipped: A - Y^\top → -A - Y^\top
    term dropped: A - Y^\top → -Y^\top
    sign flipped: A - Y^\top → A + Y^\top
    term dropped: A - Y^\top → A
    transpose added: A → A^\top
    transpose dropped: Y^\top → Y
    """
    seen = {side}
    for kind, after in of_whole(side, page):
        if after not in seen:
            seen.add(after)
            yield Mutant(kind, side, after, after)
    for part, parent, rebuild in _parts(side, None, lambda part: part):
        for kind, after in _changes(part, parent, page):
            whole = rebuild(after)
            if whole not in seen:
                seen.add(whole)
                yield Mutant(kind, part, after, whole)


def _changes(part: Node, parent: Node | None, page: MutationContext) -> Iterator[Change]:
    """Yield the changes of a part that its place in the parent allows."""
    if isinstance(part, Name) and isinstance(parent, Derivative):
        yield from respelled(part, page)
        return
    for kind, after in changes(part, page):
        if not (kind == "transpose added" and isinstance(parent, Transpose)):
            yield kind, after


_NO_PARTS = ("subscripts", "function", "low", "high", "exponent")
"""Fields that the rules for the node itself change."""


def _parts(
    node: Node, parent: Node | None, rebuild: Rebuild
) -> Iterator[tuple[Node, Node | None, Rebuild]]:
    """Yield each part of an expression, what it is directly in, and how to replace it."""
    yield node, parent, rebuild
    if isinstance(node, Name):
        return
    for item in fields(node):
        value = getattr(node, item.name)
        if item.name in _NO_PARTS:
            continue
        if isinstance(value, Node):
            yield from _parts(value, node, _Replacement(rebuild, node, item.name))
        elif isinstance(value, tuple):
            for place, child in enumerate(value):
                if isinstance(child, Node):
                    replacement = _Replacement(rebuild, node, item.name, place)
                    yield from _parts(child, node, replacement)


@dataclass(frozen=True, slots=True)
class _Replacement:
    """Puts an expression in the place of one field of a node, or of one item of that field."""

    outer: Rebuild
    node: Node
    field: str
    place: int | None = None

    def __call__(self, part: Node) -> Node:
        value: Any = part
        if self.place is not None:
            items = getattr(self.node, self.field)
            value = (*items[: self.place], part, *items[self.place + 1 :])
        changes: dict[str, Any] = {self.field: value}
        return self.outer(replace(self.node, **changes))
