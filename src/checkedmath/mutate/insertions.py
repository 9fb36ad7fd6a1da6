"""What an expression may lack: a factor g′(Z), a sum over the examples, a term."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from checkedmath.bind.sets import is_part
from checkedmath.latex.names import batch_name, example_indices, example_name
from checkedmath.latex.nodes import (
    Apply,
    BigOperator,
    Fraction,
    Group,
    Hadamard,
    Name,
    Node,
    Number,
    Product,
    Sum,
)
from checkedmath.mutate.context import MutationContext, applications
from checkedmath.mutate.mutating import Mutant

_SPELLINGS = (batch_name, example_name)


def insertions(side: Node, other: Node, page: MutationContext) -> Iterator[Mutant]:
    """
    Yield what a side becomes with something of the page that it may lack.

    Parameters
    ----------
    side : Node
        The side.
    other : Node
        The side that it should equal; both tell which layers and examples are spoken of.
    page : MutationContext
        What the page knows.
    """
    seen = {side}
    for kind, whole in itertools.chain(_derivatives(side, other, page), _sums(side, page)):
        if whole not in seen:
            seen.add(whole)
            yield Mutant(kind, side, whole, whole)


def _derivatives(side: Node, other: Node, page: MutationContext) -> Iterator[tuple[str, Node]]:
    """Yield the side times g′(Z), for every function and what the page applies it to."""
    scripts = list(_scripts(side, other))
    for _, function, argument in applications(page.scope):
        prime = replace(function, primes=function.primes + 1)
        for spell, (layer, example) in itertools.product(_SPELLINGS, scripts):
            at = replace(argument, id=spell(argument.id), layer=layer, example=example)
            yield "g′ added", Hadamard(_term(side), Apply(prime, (at,)))


def _sums(side: Node, page: MutationContext) -> Iterator[tuple[str, Node]]:
    """Yield the side summed over the examples, where it speaks of one."""
    if page.examples is None:
        return
    for index in sorted(example_indices(side)):
        if len(index) == 1:
            yield "sum added", BigOperator("sum", index, Number(1), page.examples, _term(side))


def lone_terms(side: Node, other: Node, page: MutationContext) -> Iterator[Name]:
    """Yield each declared array, and its column, at the layers and examples that are spoken of."""
    scripts = list(_scripts(side, other))
    for key in dict.fromkeys(key for key, _ in page.scope.arrays if not is_part(key)):
        for name in dict.fromkeys((key, example_name(key))):
            for layer, example in scripts:
                yield Name(name, layer=layer, example=example)


def multiples(term: Name, page: MutationContext) -> Iterator[Node]:
    """Yield a term, and what it becomes times a declared number, twice, and over m, 2 and 2m."""
    yield term
    for scale in _scales(page):
        yield Product((scale, term))


def _scales(page: MutationContext) -> Iterator[Node]:
    numbers = [
        Name(key)
        for (key, layer), domain in page.scope.arrays.items()
        if layer is None and not domain.shape and not is_part(key)
    ]
    below: list[Node] = [Number(2)]
    if page.examples is not None:
        below = [page.examples, Number(2), Product((Number(2), page.examples))]
    yield from numbers
    for above in (Number(1), *numbers):
        yield from (Fraction(above, under) for under in below)
    yield Number(2)
    yield from (Product((Number(2), number)) for number in numbers)


def _scripts(*sides: Node) -> Iterator[tuple[Node | None, Node | None]]:
    """Yield every pair of a layer and an example that occurs in the sides, and none of each."""
    names = [node for side in sides for node in side.walk() if isinstance(node, Name)]
    layers = dict.fromkeys([*(name.layer for name in names), None])
    examples = dict.fromkeys([*(name.example for name in names), None])
    yield from itertools.product(layers, examples)


def _term(side: Node) -> Node:
    return Group((side,)) if isinstance(side, (Sum, Hadamard)) else side
