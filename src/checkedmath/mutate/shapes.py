"""Tell from the declarations alone which rows and columns are one: for proofs, not for values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from checkedmath.bind.naming import batch_name, example_name, key_of
from checkedmath.bind.scope import Definition, Scope
from checkedmath.evaluate.arrays import FUNCTIONS, softmax, trace
from checkedmath.read.syntax import (
    Apply,
    BigOperator,
    Call,
    Derivative,
    Domain,
    Entry,
    Fraction,
    Group,
    Hadamard,
    Name,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
)

Ones = tuple[bool, bool]
"""Whether there is one row, and whether there is one column."""

NUMBER = (True, True)


@dataclass(slots=True)
class Shapes:
    """
    The shapes of a page's expressions, as far as its declarations tell.

    Parameters
    ----------
    scope : Scope
        The page's names.
    one_example : bool
        Whether small letters belong to the one example of a column.
    layers : dict
        The layers that indices stand for, in a definition that is looked at for one layer.
    """

    scope: Scope
    one_example: bool = False
    layers: dict[str, int] = field(default_factory=dict)
    _running: set[tuple[str, object, bool]] = field(default_factory=set)

    def is_number(self, node: Node) -> bool:
        """Tell whether an expression is 1×1 whatever the sizes are."""
        return self.of(node) == NUMBER

    def is_vector(self, node: Node) -> bool:
        """Tell whether an expression is a column or a row, whatever the sizes are."""
        return self.of(node) in ((True, False), (False, True))

    def of(self, node: Node) -> Ones | None:  # noqa: C901 (a case a construct)
        """Return whether an expression has one row, one column; None where that is not known."""
        match node:
            case Number() | Entry() | Norm() | Call(function="det"):
                return NUMBER
            case Name():
                return self._name(node)
            case Group(items=(inner,)) | Power(base=inner) | BigOperator(body=inner):
                return self.of(inner)
            case Call(argument=inner) | Fraction(numerator=inner):
                return self.of(inner)
            case Transpose(base):
                inside = self.of(base)
                return None if inside is None else inside[::-1]
            case Apply():
                return self._applied(node)
            case Sum(terms=parts):
                return _broadcast([self.of(part) for part in parts])
            case Hadamard(left, right):
                return _broadcast([self.of(left), self.of(right)])
            case Product(factors):
                return _multiplied([self.of(factor) for factor in factors])
            case Derivative(of, wrt):
                return _differentiated(self.of(of), self.of(wrt))
        return None

    def _applied(self, node: Apply) -> Ones | None:
        """Return a function's: of its target where it is of arrays, else of its arguments."""
        name = node.function.id
        kind = self.scope.functions.get(name)
        if kind is not None and not kind.by_entry:
            return _of_domain(kind.target)
        if name in FUNCTIONS and not self.scope.knows(name):
            if FUNCTIONS[name] is softmax:
                return self.of(node.arguments[0])
            return NUMBER if FUNCTIONS[name] is trace else None
        return _broadcast([self.of(argument) for argument in node.arguments])

    def _name(self, name: Name) -> Ones | None:
        key = key_of(name)
        if not self.scope.knows_example_or_batch(key):
            if name.id == "e":
                return NUMBER
            if name.id == r"\mathbf{1}":
                return (False, True) if _is_one(*name.subscripts) is False else None
            if name.subscripts and self.scope.knows_example_or_batch(name.id):
                return NUMBER
        layer = self._layer(name.layer)
        if name.example is not None or (self.one_example and not self._is_shared(key)):
            own = self._of_definitions(key, layer, examples=True)
            whole = own or self._whole(batch_name(key), layer)
            return None if whole is None else (whole[0], own[1] if own else True)
        return self._whole(key, layer)

    def _is_shared(self, key: str) -> bool:
        """Tell whether a name is declared or defined itself, for all examples together."""
        kinds = {definition.example is None for definition in self.scope.definitions.get(key, [])}
        declared = any(key == known for known, _ in self.scope.arrays)
        return declared or key in self.scope.sizes or kinds == {True}

    def _whole(self, key: str, layer: object) -> Ones | None:
        if key in self.scope.indices or self.scope.is_size(key):
            return NUMBER
        declared = [
            _of_domain(domain)
            for (known, at), domain in self.scope.arrays.items()
            if known == key and _may_be(at, layer)
        ]
        if declared:
            return _agreed(declared)
        defined = self._of_definitions(key, layer, examples=False)
        if defined is not None:
            return defined
        for name in (example_name(key), key):
            one = self._of_definitions(name, layer, examples=True)
            if one is not None:
                return one[0], False
        return None

    def _of_definitions(self, key: str, layer: object, *, examples: bool) -> Ones | None:
        found = [
            definition
            for definition in self.scope.definitions.get(key, [])
            if (definition.example is not None) == examples
            and not definition.parameters
            and _may_be(definition.layer, layer)
        ]
        # As in the evaluation, the definition for a layer goes before the family.
        found = [each for each in found if each.layer == layer] or found
        below_all = isinstance(layer, int) and layer < 0
        if not found or below_all or (key, layer, examples) in self._running:
            return None
        self._running.add((key, layer, examples))
        try:
            return _agreed(self._bodies(found, layer))
        finally:
            self._running.discard((key, layer, examples))

    def _bodies(self, found: Iterable[Definition], layer: object) -> Iterator[Ones | None]:
        for definition in found:
            layers = {}
            if isinstance(definition.layer, str) and isinstance(layer, int):
                layers[definition.layer] = layer
            one_example = definition.example == ""
            yield Shapes(self.scope, one_example, layers, self._running).of(definition.body)

    def _layer(self, node: Node | None) -> object:
        """Return a layer's number; None for no layer, and a word where it is not known."""
        match node:
            case None:
                return None
            case Number(value):
                return int(value)
            case Name(id=index) if index in self.layers:
                return self.layers[index]
            case Sum(terms=(Name(id=index), Number(value)), signs=(1, sign)):
                known = self.layers.get(index)
                return "any" if known is None else known + sign * int(value)
        return "any"


def _may_be(declared: object, layer: object) -> bool:
    if declared is None or layer is None:
        return declared is layer
    return declared == layer or isinstance(declared, str) or isinstance(layer, str)


def _of_domain(domain: Domain) -> Ones | None:
    ones = [_is_one(size) for size in domain.shape]
    rows, columns = (*ones, True, True)[:2]
    return None if rows is None or columns is None else (rows, columns)


def _is_one(*sizes: Node) -> bool | None:
    """Tell whether a size is one: a name stands for 2 or more; of a difference it is not known."""
    match sizes:
        case (Number(value),):
            return value == 1
        case (Name(),):
            return False
    return None


def _agreed(found: Iterable[Ones | None]) -> Ones | None:
    shapes = set(found)
    return shapes.pop() if len(shapes) == 1 else None


def _broadcast(parts: list[Ones | None]) -> Ones | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return all(part[0] for part in known), all(part[1] for part in known)


def _multiplied(factors: list[Ones | None]) -> Ones | None:
    known = [factor for factor in factors if factor is not None]
    if len(known) < len(factors):
        return None
    result = known[0]
    for factor in known[1:]:
        if NUMBER in (result, factor):
            result = factor if result == NUMBER else result
        else:
            result = result[0], factor[1]
    return result


def _differentiated(of: Ones | None, wrt: Ones | None) -> Ones | None:
    if of is None or wrt is None:
        return None
    if NUMBER in (of, wrt):
        return wrt if of == NUMBER else of
    return of[0], wrt[0]
