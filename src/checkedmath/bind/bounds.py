"""Bounds of an expression's entries that follow from its form."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from checkedmath.bind.scope import Scope
from checkedmath.latex.library import SIGMOID, SOFTMAX
from checkedmath.latex.names import batch_name, key_of
from checkedmath.latex.nodes import (
    Apply,
    BigOperator,
    ByEntry,
    Call,
    Cases,
    Condition,
    Entry,
    Fraction,
    Group,
    Hadamard,
    Indicator,
    Name,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Rational,
    Sum,
    Transpose,
)

Bounds = tuple[float | Rational, float | Rational]

_ANY: Bounds = (-math.inf, math.inf)
_FROM_0: Bounds = (0, math.inf)
_TO_0: Bounds = (-math.inf, 0)
_UNIT: Bounds = (0, 1)
_DOMAINS = {
    "positive": _FROM_0,
    "nonnegative": _FROM_0,
    "natural": _FROM_0,
    "unit": _UNIT,
    "binary": _UNIT,
}
_CALLS = {
    **dict.fromkeys(("exp", "abs", "sqrt", "cosh"), _FROM_0),
    **dict.fromkeys(("tanh", "sin", "cos"), (-1, 1)),
}
_FUNCTIONS = {SIGMOID: _UNIT, SOFTMAX: _UNIT}

_INVERSE = Sum((Number(1),), (-1,))

_DEEPEST = 12
"""Definitions and parts that are looked into."""


@dataclass(frozen=True, slots=True)
class Bounding:
    """
    Bounds expressions of a page.

    Attributes
    ----------
    hidden : frozenset of str
        Parameters and indices, of which nothing is known.
    depth : int
        How many definitions and parts this one is inside of.
    """

    scope: Scope
    hidden: frozenset[str] = frozenset()
    depth: int = 0

    def of(self, node: Node) -> Bounds:
        """Return numbers between which all entries of an expression lie, ends included."""
        rule = _RULES.get(type(node))
        if rule is None or self.depth > _DEEPEST:
            return _ANY
        return rule(replace(self, depth=self.depth + 1), node)

    def within(self, *hidden: str) -> Bounding:
        """Return the same for an expression in which other names are hidden."""
        return replace(self, hidden=frozenset(hidden))

    def excludes(self, node: Node, outcome: str) -> bool:
        """Return whether an outcome of a construct that chooses cannot occur, whatever the draw."""
        match node:
            case Call("abs", argument):
                low, high = self.of(argument)
                return low >= 0 if "negative" in outcome else high <= 0
            case Call("max" | "min" as which, Group(items)):
                ends = [self.of(item) for item in items]
                place = next(k for k in range(len(items)) if f" {k + 1} " in outcome)
                lowest, highest = ends.pop(place)
                if which == "max":
                    return any(low >= highest for low, _ in ends)
                return any(high <= lowest for _, high in ends)
            case Indicator(Condition() as condition):
                return self._never(condition) if "1" in outcome else self._always(condition)
            case Cases(cases):
                own = next(c for n, c in enumerate(cases, 1) if f" {n} " in outcome).condition
                others = [each.condition for each in cases if each.condition is not own]
                if own is None:
                    return any(isinstance(o, Condition) and self._always(o) for o in others)
                return isinstance(own, Condition) and self._never(own)
        return False

    def _difference(self, condition: Condition) -> Bounds:
        if len(condition.sides) != 2:
            return _ANY
        return self.of(Sum(condition.sides, (1, -1)))

    def _always(self, condition: Condition) -> bool:
        low, high = self._difference(condition)
        sign = condition.signs[0]
        return (
            (sign in "≥≠>" and low > 0)
            or (sign in "≤≠<" and high < 0)
            or ((sign == "≥" and low >= 0) or (sign == "≤" and high <= 0))
        )

    def _never(self, condition: Condition) -> bool:
        low, high = self._difference(condition)
        sign = condition.signs[0]
        return (
            (sign in "<=≤" and low > 0)
            or (sign in ">=≥" and high < 0)
            or ((sign == "<" and low >= 0) or (sign == ">" and high <= 0))
        )


# -- a rule a construct -------------------------------------------------------------------------


def _name(at: Bounding, node: Name) -> Bounds:
    if node.id in at.hidden:
        return _ANY
    scope = at.scope
    keys = {node.id, key_of(node), batch_name(node.id)}
    found = [
        _DOMAINS.get(domain.kind, _ANY)
        for (key, _), domain in scope.arrays.items()
        if key in keys or (key in scope.families and scope.families[key].id == node.id)
    ]
    if not found and any(scope.is_size(key) for key in (node.id, key_of(node))):
        return _FROM_0
    for key in keys:
        for definition in scope.definitions.get(key, []):
            indices = str(definition.layer), str(definition.example)
            found.append(at.within(*indices).of(definition.body))
    return _ANY if not found or node.primes else _around(found)


def _sum(at: Bounding, node: Sum) -> Bounds:
    ends = [at.of(term) for term in node.terms]
    ends = [end if s > 0 else _minus(end) for end, s in zip(ends, node.signs, strict=True)]
    return (sum(low for low, _ in ends), sum(high for _, high in ends))


def _product(at: Bounding, node: Product) -> Bounds:
    match node.factors:
        case (Transpose(one), other) if one == other and _is_column(one, at.scope):
            return _FROM_0
    return _signed(map(at.of, node.factors))


def _power(at: Bounding, node: Power) -> Bounds:
    match node:
        case Power(Name("e"), _) if not at.scope.knows_example_or_batch("e"):
            return _FROM_0
        case Power(_, Number(value)) if value % 2 == 0:
            return _FROM_0
    positive = node.exponent != _INVERSE and at.of(node.base)[0] >= 0
    return _FROM_0 if positive else _ANY


def _call(at: Bounding, node: Call) -> Bounds:
    match node:
        case Call(power=2):
            return _FROM_0
        case Call("max" | "min" as which, Group(items)) if len(items) > 1:
            lows, highs = zip(*(at.of(item) for item in items), strict=True)
            choose = max if which == "max" else min
            return (choose(lows), choose(highs))
    return _CALLS.get(node.function, _ANY)


def _apply(at: Bounding, node: Apply) -> Bounds:
    function = node.function
    if function.primes < 2 and not at.scope.knows(function.id):
        return _FUNCTIONS.get(function.id, _ANY)
    definition = at.scope.function_definition(key_of(function))
    if definition is None or function.primes:
        return _ANY
    return at.within(*definition.parameters).of(definition.body)


def _big_operator(at: Bounding, node: BigOperator) -> Bounds:
    bounds = at.within(*at.hidden, node.index).of(node.body)
    if node.kind in ("sum", "prod"):
        return _FROM_0 if bounds[0] >= 0 else _ANY
    return bounds


_RULES: dict[type[Node], Callable[[Bounding, Any], Bounds]] = {
    Number: lambda _, node: (node.value, node.value),
    Name: _name,
    Group: lambda at, node: at.of(node.items[0]) if len(node.items) == 1 else _ANY,
    Transpose: lambda at, node: at.of(node.base),
    Entry: lambda at, node: at.of(node.base),
    ByEntry: lambda at, node: at.of(node.body),
    Norm: lambda *_: _FROM_0,
    Indicator: lambda *_: _UNIT,
    Sum: _sum,
    Product: _product,
    Hadamard: lambda at, node: (
        _FROM_0 if node.left == node.right else _signed(map(at.of, (node.left, node.right)))
    ),
    Fraction: lambda at, node: _signed(map(at.of, (node.numerator, node.denominator))),
    Power: _power,
    Call: _call,
    Apply: _apply,
    BigOperator: _big_operator,
    Cases: lambda at, node: _around(at.of(case.value) for case in node.cases),
}


# -- helpers -------------------------------------------------------------------------------------


def _is_column(node: Node, scope: Scope) -> bool:
    """Return whether an expression is a name that is declared as a column or a number."""
    plain = isinstance(node, Name) and node == Name(node.id)
    domain = scope.arrays.get((getattr(node, "id", ""), None)) if plain else None
    return domain is not None and len(domain.shape) < 2


def _around(found: Iterable[Bounds]) -> Bounds:
    """Return the bounds of one of several."""
    lows, highs = zip(*found, strict=True)
    return (min(lows), max(highs))


def _minus(bounds: Bounds) -> Bounds:
    return (-bounds[1], -bounds[0])


def _signed(parts: Iterable[Bounds]) -> Bounds:
    """Return the bounds of a product, from the signs of its factors."""
    sign = 1
    for low, high in parts:
        if not (low >= 0 or high <= 0):
            return _ANY
        sign *= 1 if low >= 0 else -1
    return _FROM_0 if sign > 0 else _TO_0
