r"""Sums with dots: ``x_1 + \dots + x_n`` is the sum over the index in which its ends differ."""

from __future__ import annotations

from dataclasses import replace

from checkedmath.errors import ReadError
from checkedmath.latex.hints import DOTS
from checkedmath.latex.nodes import BigOperator, Dots, Name, Node, Number, Sum

_INDEX = r"\mathit{i}"
"""A letter that no page has for something else."""


def without_dots(total: Sum) -> Node:
    """
    Return a sum without dots.

    Raises
    ------
    ReadError
        If the terms beside the dots differ in more than an index that goes up by 1.
    """
    places = [place for place, term in enumerate(total.terms) if isinstance(term, Dots)]
    if not places:
        return total
    place = places[0]
    signs = total.signs[max(place - 1, 0) : place + 2]
    if len(places) > 1 or not 0 < place < len(total.terms) - 1 or len(set(signs)) > 1:
        raise ReadError(DOTS, total.terms[place].start)
    first, last = place - 1, total.terms[place + 1]
    if first > 0 and total.signs[first - 1] == signs[0]:
        own = _Ends()
        body = own.common(total.terms[first - 1], last)
        if body is not None and own.differ:
            if own.at(body, 1) != total.terms[first]:
                raise ReadError(DOTS, total.terms[place].start)
            first -= 1
    ends = _Ends()
    body = ends.common(total.terms[first], last)
    if body is None or not ends.differ:
        raise ReadError(DOTS, total.terms[place].start)
    low, high = ends.differ
    start, end = total.terms[first].start, last.end
    summed = BigOperator("sum", _INDEX, low, high, body, start=start, end=end)
    terms = (*total.terms[:first], summed, *total.terms[place + 2 :])
    signs = (*total.signs[:first], signs[0], *total.signs[place + 2 :])
    return (
        summed if terms == (summed,) and signs == (1,) else replace(total, terms=terms, signs=signs)
    )


class _Ends:
    """The first and the last value of the index in which two terms differ."""

    def __init__(self) -> None:
        self.differ: tuple[Node, Node] | None = None

    def common(self, first: Node, last: Node) -> Node | None:
        """Return the term for any value of the index; None if the terms are not alike."""
        if first == last:
            return first
        if _blank(first) == _blank(last) != first:
            pairs = zip(first.children(), last.children(), strict=True)
            parts = [self.common(*pair) for pair in pairs]
            if None in parts:
                return None
            inside = iter(parts)
            return first.with_children(lambda _: next(inside) or Dots())
        if isinstance(first, Number) and self.differ in (None, (first, last)):
            self.differ = (first, last)
            return Name(_INDEX, start=first.start, end=first.end)
        return None

    def at(self, body: Node, more: int) -> Node:
        """Return the term so many steps behind the first one."""
        if body == Name(_INDEX) and self.differ is not None and isinstance(self.differ[0], Number):
            return Number(self.differ[0].value + more)
        return body.with_children(lambda child: self.at(child, more))


def _blank(node: Node) -> Node:
    """Return a node without what is inside of it."""
    return node.with_children(lambda _: Dots())
