"""Tell from the declarations alone which rows and columns are one: for proofs, not for values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce

from checkedmath.bind.scope import Definition, Scope
from checkedmath.evaluate.arithmetic import ONES
from checkedmath.evaluate.arrays import FUNCTIONS, softmax, trace
from checkedmath.latex.names import batch_name, example_name, key_of
from checkedmath.latex.nodes import (
    Apply,
    BigOperator,
    Call,
    Cases,
    Condition,
    Derivative,
    Domain,
    Entry,
    Fraction,
    Group,
    Hadamard,
    Indicator,
    Joined,
    Name,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
)

Ones = tuple[bool | None, bool | None]
"""Whether there is one row, and whether there is one column; None where that is not known."""

NUMBER = (True, True)
COLUMN = (False, True)
UNKNOWN = (None, None)


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

    def of(self, node: Node) -> Ones:  # noqa: C901, PLR0912 (a case a construct)
        """Return whether an expression has one row, one column."""
        match node:
            case Number() | Entry() | Norm() | Call(function="det" | "inner"):
                return NUMBER
            case Name():
                return self._name(node)
            case Group(items=(inner,)) | BigOperator(body=inner) | Fraction(numerator=inner):
                return self.of(inner)
            case Call(function="max" | "min", argument=inner) if not isinstance(inner, Group):
                return NUMBER
            case Call(argument=Group(items=parts)) | Condition(parts) | Joined(parts) | Sum(parts):
                return _broadcast(map(self.of, parts))
            case Call(argument=inner) | Indicator(condition=inner):
                return self.of(inner)
            case Hadamard(left, right) | Power(left, right):
                return _broadcast(map(self.of, (left, right)))
            case Cases(cases):
                return _agreed(self.of(case.value) for case in cases)
            case Transpose(base):
                return self.of(base)[::-1]
            case Apply():
                return self._applied(node)
            case Product(factors):
                return reduce(_multiplied, self._factors(factors))
            case Derivative(of, Transpose(wrt)):
                above, below = self.of(of), self.of(wrt)
                return _combined(above, below[::-1], (above[0], below[0]))
            case Derivative(of, wrt):
                above, below = self.of(of), self.of(wrt)
                return _combined(above, below, (above[0], below[0]))
        return UNKNOWN

    def _factors(self, factors: tuple[Node, ...]) -> Iterator[Ones]:
        """Yield the factors' shapes; ones of no size of their own have that of what they meet."""
        shapes = list(map(self.of, factors))
        for place, factor in enumerate(factors):
            if factor == ONES:
                yield _nearest(shapes[:place][::-1])[1], True
            elif factor == Transpose(ONES):
                yield True, _nearest(shapes[place + 1 :])[0]
            else:
                yield shapes[place]

    def _applied(self, node: Apply) -> Ones:
        """Return a function's: of its target where it is of arrays, else of its arguments."""
        name = node.function.id
        kind = self.scope.functions.get(name)
        if kind is not None and not kind.elementwise:
            return _of_domain(kind.target)
        if name in FUNCTIONS and not self.scope.knows(name):
            if FUNCTIONS[name] is softmax:
                return self.of(node.arguments[0])
            return NUMBER if FUNCTIONS[name] is trace else UNKNOWN
        return _broadcast(map(self.of, node.arguments))

    def _name(self, name: Name) -> Ones:
        key = key_of(name)
        if (name == Name(key) and self._is_letter(key)) or self.scope.is_kronecker(name):
            return NUMBER
        if not self.scope.knows_example_or_batch(key):
            if name.id == r"\mathbf{1}":
                return (_is_one(*name.subscripts), True)
            if name.subscripts and self.scope.knows_example_or_batch(name.id):
                return NUMBER
        layer = self._layer(name.layer)
        if name.example is not None or (self.one_example and not self._is_shared(key)):
            own = self._of_definitions(key, layer, examples=True)
            whole = own or self._whole(batch_name(key), layer)
            return whole[0], own[1] if own else True
        return self._whole(key, layer)

    def _is_letter(self, key: str) -> bool:
        """Tell whether a symbol can only be an index that nothing declares, or e or pi."""
        known = self.scope.knows_example_or_batch if self.one_example else self.scope.knows
        return ((len(key) == 1 and key.islower()) or key == r"\pi") and not known(key)

    def _is_shared(self, key: str) -> bool:
        """Tell whether a name is declared or defined itself, for all examples together."""
        kinds = {definition.example is None for definition in self.scope.definitions.get(key, [])}
        declared = any(key == known for known, _ in self.scope.arrays)
        return declared or key in self.scope.sizes or kinds == {True}

    def _whole(self, key: str, layer: object) -> Ones:
        if key in self.scope.indices or self.scope.is_size(key):
            return NUMBER
        declared = {
            at: _of_domain(domain)
            for (known, at), domain in self.scope.arrays.items()
            if known == key and _may_be(at, layer)
        }
        if isinstance(layer, int) and layer in declared:
            return declared[layer]
        if declared:
            return _agreed(declared.values())
        defined = self._of_definitions(key, layer, examples=False)
        if defined is not None:
            return defined
        for name in (example_name(key), key):
            one = self._of_definitions(name, layer, examples=True)
            if one is not None:
                return one[0], False
        return UNKNOWN

    def _of_definitions(self, key: str, layer: object, *, examples: bool) -> Ones | None:
        """Return what the definitions of a name tell; None where there are none."""
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
        if not found or below_all:
            return None
        if (key, layer, examples) in self._running:
            return UNKNOWN
        self._running.add((key, layer, examples))
        try:
            return _agreed(self._bodies(found, layer))
        finally:
            self._running.discard((key, layer, examples))

    def _bodies(self, found: Iterable[Definition], layer: object) -> Iterator[Ones]:
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


def _of_domain(domain: Domain) -> Ones:
    ones = [_is_one(size) for size in domain.shape]
    rows, columns = (*ones, True, True)[:2]
    return rows, columns


def _is_one(*sizes: Node) -> bool | None:
    """Tell whether a size is one: a name stands for 2 or more; of a difference it is not known."""
    match sizes:
        case (Number(value),):
            return value == 1
        case (Name(),):
            return False
    return None


def _agreed(found: Iterable[Ones]) -> Ones:
    """Return what all have in common."""
    rows, columns = (
        each.pop() if len(each) == 1 else None for each in map(set, zip(*found, strict=True))
    )
    return rows, columns


def _broadcast(parts: Iterable[Ones]) -> Ones:
    """Return what is as long as the longest of its parts."""
    rows, columns = (
        False if False in each else None if None in each else True
        for each in zip(*parts, strict=True)
    )
    return rows, columns


def _nearest(shapes: list[Ones]) -> Ones:
    """Return the first that is no number; unknown where that is not known."""
    found = next((each for each in shapes if each != NUMBER), UNKNOWN)
    return found if False in found else UNKNOWN


def _multiplied(left: Ones, right: Ones) -> Ones:
    return _combined(left, right, (left[0], right[1]))


def _combined(left: Ones, right: Ones, arrays: Ones) -> Ones:
    """Return one of two where the other is a number, and ``arrays`` where neither is."""
    if left == NUMBER:
        return right
    if right == NUMBER:
        return left
    found = [arrays]
    found += [other for one, other in ((left, right), (right, left)) if False not in one]
    return _agreed(found)
