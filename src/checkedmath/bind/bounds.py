"""Between which numbers the entries of an expression lie, as far as its form tells."""

from __future__ import annotations

import math

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
    Sum,
    Transpose,
)

Bounds = tuple[float, float]

_ANY: Bounds = (-math.inf, math.inf)
_FROM_0: Bounds = (0.0, math.inf)
_TO_0: Bounds = (-math.inf, 0.0)
_UNIT: Bounds = (0.0, 1.0)
_DOMAINS = {
    "positive": _FROM_0,
    "nonnegative": _FROM_0,
    "natural": _FROM_0,
    "unit": _UNIT,
    "binary": _UNIT,
}
_CALLS = {
    **dict.fromkeys(("exp", "abs", "sqrt", "cosh"), _FROM_0),
    **dict.fromkeys(("tanh", "sin", "cos"), (-1.0, 1.0)),
}
_FUNCTIONS = {SIGMOID: _UNIT, SOFTMAX: _UNIT}

_INVERSE = Sum((Number(1.0),), (-1,))

_DEEPEST = 12
"""Definitions and parts that are looked into."""


class Bounding:
    """Bounds expressions of a page."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def of(self, node: Node, hidden: frozenset[str] = frozenset(), depth: int = 0) -> Bounds:
        """
        Return numbers between which all entries of an expression lie, ends included.

        Nothing is known of what is ``hidden``: parameters and indices.
        """
        if depth > _DEEPEST:
            return _ANY
        for rule in (self._simple, self._made, self._applied, self._chosen):
            found = rule(node, hidden, depth + 1)
            if found is not None:
                return found
        return _ANY

    def _simple(self, node: Node, hidden: frozenset[str], depth: int) -> Bounds | None:
        """Bound a number, a name, and what has the entries of another expression."""
        match node:
            case Number(value):
                return (value, value)
            case Name():
                return _ANY if node.id in hidden else self._name(node, depth)
            case Group((item,)) | Transpose(item) | Entry(item) | ByEntry(item):
                return self.of(item, hidden, depth)
            case Norm() | Call(power=2):
                return _FROM_0
            case Indicator():
                return _UNIT
        return None

    def _made(self, node: Node, hidden: frozenset[str], depth: int) -> Bounds | None:
        """Bound sums, products and powers."""
        match node:
            case Sum(terms, signs):
                ends = [self.of(term, hidden, depth) for term in terms]
                ends = [end if s > 0 else _minus(end) for end, s in zip(ends, signs, strict=True)]
                return (sum(low for low, _ in ends), sum(high for _, high in ends))
            case Hadamard(left, right) if left == right:
                return _FROM_0
            case Product((Transpose(one), other)) if one == other and self._is_column(one):
                return _FROM_0
            case Product(parts):
                return _signed([self.of(part, hidden, depth) for part in parts])
            case Hadamard(left, right) | Fraction(left, right):
                return _signed([self.of(part, hidden, depth) for part in (left, right)])
            case Power(Name("e"), _) if not self._scope.knows_example_or_batch("e"):
                return _FROM_0
            case Power(_, Number(value)) if value % 2 == 0:
                return _FROM_0
            case Power(base, exponent) if exponent != _INVERSE:
                return _FROM_0 if self.of(base, hidden, depth)[0] >= 0 else _ANY
        return None

    def _applied(self, node: Node, hidden: frozenset[str], depth: int) -> Bounds | None:
        """Bound a function's values."""
        match node:
            case Call("max" | "min" as which, Group(items)) if len(items) > 1:
                lows, highs = zip(*(self.of(item, hidden, depth) for item in items), strict=True)
                choose = max if which == "max" else min
                return (choose(lows), choose(highs))
            case Call(function):
                return _CALLS.get(function, _ANY)
            case Apply(Name(primes=0 | 1) as function) if not self._scope.knows(function.id):
                return _FUNCTIONS.get(function.id, _ANY)
            case Apply(function):
                definition = self._scope.function_definition(key_of(function))
                if definition is None or function.primes:
                    return _ANY
                return self.of(definition.body, frozenset(definition.parameters), depth)
        return None

    def _chosen(self, node: Node, hidden: frozenset[str], depth: int) -> Bounds | None:
        """Bound what runs over an index, or chooses."""
        match node:
            case BigOperator("sum" | "prod", index, body=body):
                low, _ = self.of(body, hidden | {index}, depth)
                return _FROM_0 if low >= 0 else _ANY
            case BigOperator(_, index, body=body):
                return self.of(body, hidden | {index}, depth)
            case Cases(cases):
                found = [self.of(case.value, hidden, depth) for case in cases]
                return (min(low for low, _ in found), max(high for _, high in found))
        return None

    def _is_column(self, node: Node) -> bool:
        """Tell whether an expression is a name that is declared as a column or a number."""
        plain = isinstance(node, Name) and node == Name(node.id)
        domain = self._scope.arrays.get((getattr(node, "id", ""), None)) if plain else None
        return domain is not None and len(domain.shape) < 2

    def _name(self, name: Name, depth: int) -> Bounds:
        scope = self._scope
        keys = {name.id, key_of(name), batch_name(name.id)}
        found = [
            _DOMAINS.get(domain.kind, _ANY)
            for (key, _), domain in scope.arrays.items()
            if key in keys or (key in scope.families and scope.families[key].id == name.id)
        ]
        if not found and any(scope.is_size(key) for key in (name.id, key_of(name))):
            return _FROM_0
        for key in keys:
            for definition in scope.definitions.get(key, []):
                hidden = frozenset({str(definition.layer), str(definition.example)})
                found.append(self.of(definition.body, hidden, depth + 1))
        if not found or name.primes:
            return _ANY
        return (min(low for low, _ in found), max(high for _, high in found))

    def excludes(self, node: Node, outcome: str) -> bool:
        """Tell whether an outcome of a construct that chooses cannot occur, whatever the draw."""
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


def _minus(bounds: Bounds) -> Bounds:
    return (-bounds[1], -bounds[0])


def _signed(parts: list[Bounds]) -> Bounds:
    """Return the bounds of a product, of which only the sign is told."""
    sign = 1
    for low, high in parts:
        if not (low >= 0 or high <= 0):
            return _ANY
        sign *= 1 if low >= 0 else -1
    return _FROM_0 if sign > 0 else _TO_0
