"""The rules of mutation: from one expression, what a small mistake makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from checkedmath.latex.nodes import (
    Apply,
    BigOperator,
    Call,
    Derivative,
    Entry,
    Fraction,
    Group,
    Hadamard,
    Name,
    Node,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
)
from checkedmath.mutate.context import MutationContext

N = TypeVar("N", bound=Node)

Change = tuple[str, Node]
"""The kind of a mistake, and what it makes of the expression."""

KINDS = {
    "1/m dropped": "a 1/m too many",
    "1/m added": "a 1/m is missing",
    "mean to sum": "a mean is where a sum should be",
    "sum to mean": "a sum is where a mean should be",
    "sign flipped": "a sign is flipped",
    "transpose dropped": "a transpose too many",
    "transpose added": "a transpose is missing",
    "⊙ to product": "⊙ is where a matrix product should be",
    "product to ⊙": "a matrix product is where ⊙ should be",
    "factors swapped": "the factors are in the wrong order",
    "g to g′": "a function is where its derivative should be",
    "g′ to g": "a derivative is where the function itself should be",
    "at the activation": "the pre-activation is where the activation should be",
    "before the activation": "the activation is where the pre-activation should be",
    "layer shifted": "a layer is off by one",
    "index shifted": "an index is off by one",
    "indices swapped": "the indices are in the wrong order",
    "range shifted": "a sum's range is off by one",
    "sum dropped": "a sum too many",
    "sum added": "a sum over the examples is missing",
    "fraction dropped": "a division too many",
    "power dropped": "a power too many",
    "factor dropped": "a factor too many",
    "g′ added": "a factor g′ is missing",
    "term dropped": "a term too many",
    "term added": "a term is missing",
}
"""
Every kind of change, and what was wrong where it mends an equality; the simplest come first.

The kinds that add more than a 1/m or a transpose only mend.
"""


def changes(node: Node, page: MutationContext) -> Iterator[Change]:
    """Yield what each rule makes of an expression itself, not of the parts in it."""
    rule = _RULES.get(type(node))
    if rule is not None:
        yield from rule(node, page)
    if isinstance(node, Apply):
        yield from _primed(node)
    if isinstance(node, Call) and node.power != 1:
        yield "power dropped", replace(node, power=1)
    if isinstance(node, Power):
        yield "power dropped", node.base
    elif page.elementwise:
        return
    elif isinstance(node, Transpose):
        yield "transpose dropped", node.base
    elif isinstance(node, (Group, Derivative, Apply)) or (
        isinstance(node, Name) and not _is_number(node, page)
    ):
        yield "transpose added", Transpose(node)


def of_whole(side: Node, page: MutationContext) -> Iterator[Change]:
    """Yield what the rules for whole sides and whole terms make of one."""
    yield "sign flipped", _flattened(Sum((_factor(side),), (-1,)))
    if page.examples is not None:
        yield "1/m added", _times(Fraction(Number(1), page.examples), side)


def respelled(name: Name, page: MutationContext) -> Iterator[Change]:
    """Yield a name's activation or pre-activation, and it with a script moved by one place."""
    if name.id in page.partners:
        other, kind = page.partners[name.id]
        yield kind, replace(name, id=other)
    for script, kind in (("layer", "layer shifted"), ("example", "index shifted")):
        at = getattr(name, script)
        if at is not None:
            for moved in _moved(at):
                yield kind, _changed(name, **{script: moved})
    if _has_indices(name.subscripts, page):
        yield from _moved_subscripts(name, name.subscripts)


# -- a rule a construct -------------------------------------------------------------------------


def _sum(node: Sum, page: MutationContext) -> Iterator[Change]:
    for place, sign in enumerate(node.signs):
        signs = (*node.signs[:place], -sign, *node.signs[place + 1 :])
        yield "sign flipped", replace(node, signs=signs)
        if len(node.terms) == 1:
            continue
        terms = (*node.terms[:place], *node.terms[place + 1 :])
        rest = Sum(terms, (*node.signs[:place], *node.signs[place + 1 :]))
        yield "term dropped", rest.terms[0] if rest.signs == (1,) else rest
        if page.examples is not None:
            term = _times(Fraction(Number(1), page.examples), node.terms[place])
            terms = (*node.terms[:place], term, *node.terms[place + 1 :])
            yield "1/m added", replace(node, terms=terms)


def _product(node: Product, page: MutationContext) -> Iterator[Change]:
    factors = node.factors
    for place, factor in enumerate(factors):
        rest = _product_of((*factors[:place], *factors[place + 1 :]))
        if isinstance(factor, Fraction) and factor.numerator == Number(1):
            over_sum = isinstance(rest, BigOperator) and rest.high == factor.denominator
            yield ("mean to sum" if over_sum else _dropped(factor, page)), rest
        else:
            yield "factor dropped", rest
    for place in range(1, len(factors)):
        left, right = factors[place - 1 : place + 1]
        before, after = factors[: place - 1], factors[place + 1 :]
        if _is_number(left, page) or _is_number(right, page):
            continue
        yield "factors swapped", _product_of((*before, _factor(right), left, *after))
        if not page.elementwise:
            if before or after:
                both = Group((Hadamard(left, right),))
                yield "product to ⊙", _product_of((*before, both, *after))
            split = Hadamard(_product_of(factors[:place]), _product_of(factors[place:]))
            yield "product to ⊙", split


def _hadamard(node: Hadamard, page: MutationContext) -> Iterator[Change]:
    if not page.elementwise:
        both = (*_factors(node.left), *_factors(node.right))
        yield "⊙ to product", Product(both)
    yield "factor dropped", node.left
    yield "factor dropped", node.right


def _fraction(node: Fraction, page: MutationContext) -> Iterator[Change]:
    yield _dropped(node, page), node.numerator
    if node.numerator != Number(1):
        yield "factor dropped", replace(node, numerator=Number(1))


def _entry(node: Entry, page: MutationContext) -> Iterator[Change]:
    if _has_indices(node.subscripts, page):
        yield from _moved_subscripts(node, node.subscripts)


def _big_operator(node: BigOperator, page: MutationContext) -> Iterator[Change]:
    if node.low is not None and node.high is not None:
        for end in ("low", "high"):
            for moved in _moved(getattr(node, end)):
                yield "range shifted", _changed(node, **{end: moved})
    if node.kind != "sum":
        return
    yield "sum dropped", node.body
    count = node.high if node.low == Number(1) else None
    if node.low is None and any(
        isinstance(name, Name) and name.example == Name(node.index) for name in node.body.walk()
    ):
        count = page.examples
    if count is not None:
        yield "sum to mean", Product((Fraction(Number(1), count), node))


_RULES: dict[type[Node], Callable[..., Iterator[Change]]] = {
    Name: respelled,
    Sum: _sum,
    Product: _product,
    Hadamard: _hadamard,
    Fraction: _fraction,
    Entry: _entry,
    BigOperator: _big_operator,
}


# -- helpers ------------------------------------------------------------------------------------


def _primed(node: Apply) -> Iterator[Change]:
    """Yield an application with one prime less, or with one."""
    primes = node.function.primes
    if primes:
        yield "g′ to g", replace(node, function=replace(node.function, primes=primes - 1))
    elif len(node.arguments) == 1:
        yield "g to g′", replace(node, function=replace(node.function, primes=1))


def _dropped(fraction: Fraction, page: MutationContext) -> str:
    return "1/m dropped" if fraction.denominator == page.examples else "fraction dropped"


def _is_number(node: Node, page: MutationContext) -> bool:
    """Return whether an expression is made of numbers and sizes only, and so is never an array."""
    match node:
        case Number():
            return True
        case Name():
            key = node.id
            scoped = key in page.scope.sizes or key in page.scope.indices or page.scope.is_size(key)
            return scoped and node.layer is None and node.example is None
        case Fraction(above, below):
            return _is_number(above, page) and _is_number(below, page)
    return False


def _moved(script: Node) -> Iterator[Node]:
    """Yield an index expression one place further, and one back."""
    for step in (1, -1):
        match script:
            case Number(value):
                yield Number(value + step)
            case Sum(terms=(base, Number(value)), signs=(1, sign)):
                offset = sign * value + step
                last = Number(max(offset, -offset))
                yield Sum((base, last), (1, 1 if offset > 0 else -1)) if offset else base
            case _:
                yield Sum((script, Number(1)), (1, step))


def _has_indices(subscripts: tuple[Node, ...], page: MutationContext) -> bool:
    """Return whether subscripts count something; else they are part of a symbol's name."""
    return bool(subscripts) and all(_counts(item, page) for item in subscripts)


def _counts(item: Node, page: MutationContext) -> bool:
    names = [name.id for name in item.walk() if isinstance(name, Name)]
    return all(name in page.scope.indices or _is_letter(name, page) for name in names)


def _is_letter(name: str, page: MutationContext) -> bool:
    return len(name) == 1 and not page.scope.knows(name)


def _changed(node: N, **changes: Any) -> N:  # noqa: ANN401 (a field's value)
    return replace(node, **changes)


def _moved_subscripts(node: Name | Entry, subscripts: tuple[Node, ...]) -> Iterator[Change]:
    for place, item in enumerate(subscripts):
        for moved in _moved(item):
            others = (*subscripts[:place], moved, *subscripts[place + 1 :])
            yield "index shifted", replace(node, subscripts=others)
    if len(subscripts) == 2:
        yield "indices swapped", replace(node, subscripts=subscripts[::-1])


def _factors(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Product) else (_factor(node),)


def _factor(node: Node) -> Node:
    """Put brackets around what is no factor without them."""
    return Group((node,)) if isinstance(node, (Sum, Hadamard, BigOperator)) else node


def _product_of(factors: tuple[Node, ...]) -> Node:
    return factors[0] if len(factors) == 1 else Product(factors)


def _times(scale: Node, node: Node) -> Node:
    return Product((scale, *_factors(node)))


def _flattened(node: Sum) -> Node:
    """Return −(−a) as a."""
    match node.terms:
        case (Group(items=(Sum(terms=(inner,), signs=(-1,)),)),):
            return inner
    return node
