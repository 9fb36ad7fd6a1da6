"""Evaluate parsed mathematics on one draw; derivatives go through the page's own definitions."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from checkedmath.bind.definition import Definition
from checkedmath.bind.scope import Scope
from checkedmath.errors import (
    PageError,
    ReadError,
    ShapeError,
    SizeError,
    UndeclaredError,
    refuse_late,
)
from checkedmath.evaluate import arithmetic, operators
from checkedmath.evaluate.arrays import FUNCTIONS, MOST_ENTRIES, shape_of
from checkedmath.evaluate.balls import Balls
from checkedmath.evaluate.differentiating import derivative, slope
from checkedmath.evaluate.drawing import LARGEST, Draw, Key
from checkedmath.evaluate.functions import SYMBOLS, SmoothMap
from checkedmath.evaluate.lookup import Array, Bindings, Names, scalar
from checkedmath.evaluate.numbers import is_moved, whole
from checkedmath.evaluate.recording import Noise
from checkedmath.latex.names import batch_name, example_name, key_of
from checkedmath.latex.nodes import (
    Apply,
    BigOperator,
    Call,
    Cases,
    Derivative,
    Entry,
    Group,
    Hadamard,
    Indicator,
    Name,
    Node,
    Number,
    Operator,
    Product,
    Rational,
    Sum,
    Transpose,
)
from checkedmath.latex.printing import to_latex

_CONSTANTS = {"e": np.e, r"\pi": np.pi}
_EULER = Name("e")

_NEAR_WHOLE = 1e-9
"""How far from a whole number rounding may leave an index."""


class Evaluator:
    """
    Computes the value of expressions on one draw.

    A value is an array whose last two axes are rows and columns; a number has shape (1, 1). Axes
    before these hold directions of differentiation, so that one pass through the definitions gives
    the derivative with respect to every entry.

    Parameters
    ----------
    scope : Scope
        What the names mean.
    draw : Draw
        The random values.
    deadline : float
        The `time.monotonic` at which to give up.
    parent : Evaluator, optional
        Whose values hold for all that does not depend on ``override``.
    override : tuple, optional
        A name's key and the value that it has here in place of its definition.

    Attributes
    ----------
    noise : Noise or None
        What changes every value a little, if anything does.
    balls : Balls or None
        What makes balls, if these are computed with, as those of the draw; None for float64.
    """

    def __init__(
        self,
        scope: Scope,
        draw: Draw,
        deadline: float,
        parent: Evaluator | None = None,
        override: tuple[Key, Array] | None = None,
    ) -> None:
        self.scope = scope
        self.draw = draw
        self.noise: Noise | None = None if parent is None else parent.noise
        self.deadline = deadline
        self.balls: Balls | None = None if parent is None else parent.balls
        self.in_stencil: bool = False if parent is None else parent.in_stencil
        around = None if parent is None else parent.names
        self._applying: list[Definition] = []
        self.by_entry: dict[Definition, bool] = {} if parent is None else parent.by_entry
        self._perturbed: dict[tuple[object, ...], Evaluator] = {}
        self.names: Names = Names(scope, draw, self.value, around, override)

    def value(self, node: Node, bindings: Bindings) -> Array:
        """Return the value of an expression, of shape (…, rows, columns)."""
        refuse_late(self.deadline, node.start)
        try:
            value = _RULES[type(node)](self, node, bindings)
            if self.balls is not None:
                return self.balls.of(value)
            if self.noise is None:
                return value
            return value if _chooses(node) else self.noise.on(value, exact=isinstance(node, _EXACT))
        except RecursionError:
            raise ReadError("definitions rest on definitions too deeply", node.start) from None
        except PageError as error:
            if error.offset is None and error.origin is None:
                error.offset = node.start
            raise

    def compared(self, node: Node, bindings: Bindings) -> Array:
        """Return the value of a condition's side; where nothing is computed, noise leaves ties."""
        if self.noise is None or not all(map(self._is_given, node.walk())):
            return self.value(node, bindings)
        noise, self.noise = self.noise, None
        try:
            return self.value(node, bindings)
        finally:
            self.noise = noise

    def _is_given(self, node: Node) -> bool:
        """Return whether a node is a drawn value, or a choice from such values, or its sign."""
        match node:
            case Name():
                keys = {node.id, key_of(node), batch_name(node.id), example_name(node.id)}
                return not keys & self.scope.definitions.keys()
            case Sum():
                return len(node.terms) == 1
        return isinstance(node, (Number, Group)) or _chooses(node)

    # -- names ----------------------------------------------------------------------------------

    def name(self, node: Name, bindings: Bindings) -> Array:
        """Return the value of a symbol with its scripts."""
        if node.primes:
            raise ReadError(f"{to_latex(node)} needs an argument, as in {node.id}'(z)")
        plain = node.layer is None and node.example is None
        if plain and node.id in bindings.arguments:
            return self._argument(node, bindings)
        if node.id in bindings.arguments:
            message = f"{node.id} is a parameter; it has no layer and no example"
            raise ReadError(message)
        plain = plain and not node.subscripts
        if plain and node.id in bindings.indices:
            return scalar(bindings.indices[node.id])
        if self.scope.is_kronecker(node):
            one, other = (self.whole_number(item, bindings) for item in node.subscripts)
            return scalar(one == other)
        key, entry = self.split_subscripts(node, bindings)
        layer = None if node.layer is None else self.whole_number(node.layer, bindings)
        value = self._look_up(node, key, layer, bindings)
        if bindings.elementwise and value.shape[-2:] != (1, 1):
            message = (
                f"{to_latex(node)} is an array; a function's body is written for numbers, unless "
                r"its type is declared: f : \mathbb{R}^n \to \mathbb{R}"
            )
            raise ShapeError(message)
        if not entry:
            return value
        picked = node if entry is node.subscripts else replace(node, subscripts=entry)
        return arithmetic.take(self, value, picked, bindings)

    def _argument(self, node: Name, bindings: Bindings) -> Array:
        value = bindings.arguments[node.id]
        if not node.subscripts:
            return value
        if bindings.elementwise:
            raise ReadError(f"{node.id} is a parameter, a number; it has no scripts")
        return arithmetic.take(self, value, node, bindings)

    def _look_up(self, node: Name, key: str, layer: int | None, bindings: Bindings) -> Array:
        if node.example is not None:
            self.names.record.picked |= isinstance(node.example, Number)
            value = self.names.column(key, layer, self.whole_number(node.example, bindings))
        else:
            value = None
            if bindings.example is not None and self.names.is_of_one_example(key, layer):
                value = self.names.column(key, layer, bindings.example)
            if value is None:
                value = self.names.whole(key, layer)
            if value is None and layer is None:
                value = self._constant(node, key, bindings)
        if value is None:
            raise self.names.undeclared(node, key, layer)
        return value

    def _constant(self, node: Name, key: str, bindings: Bindings) -> Array | None:
        """Return what a symbol means that the page does not declare."""
        if node.id not in ("I", r"\mathbf{1}"):
            known = node == Name(key) and self._is_constant(key)
            return self._known_constant(key) if known else None
        if not node.subscripts and node.id == "I" and bindings.identity is not None:
            return np.eye(bindings.identity)
        if not node.subscripts:
            raise SizeError(arithmetic.unsized(node))
        if len(node.subscripts) > 1 or bindings.elementwise:
            return None
        size = self._size(node.subscripts[0], bindings)
        return np.eye(size) if node.id == "I" else np.ones((size, 1))

    def constant(self, number: Rational) -> Array:
        """Return a number as it is written; a ball contains it whatever its digits."""
        return scalar(number) if self.balls is None else self.balls.number(number)

    def _known_constant(self, key: str) -> Array:
        return scalar(_CONSTANTS[key]) if self.balls is None else self.balls.constant(key)

    def _is_constant(self, key: str) -> bool:
        return key in _CONSTANTS and not self.scope.knows_example_or_batch(key)

    def is_euler(self, node: Node, bindings: Bindings) -> bool:
        """Tell whether an expression is the number e."""
        return node == _EULER and "e" not in bindings.arguments and self._is_constant("e")

    def _size(self, node: Node, bindings: Bindings) -> int:
        size = self.whole_number(node, bindings)
        if not 1 <= size <= LARGEST:
            raise ReadError(f"{to_latex(node)} is {size}; a size is from 1 to {LARGEST}")
        return size

    def require_names(self, node: Node, bindings: Bindings) -> None:
        """Refuse what is not evaluated here, where it names something that nothing explains."""
        inside = {each.index for each in node.walk() if isinstance(each, BigOperator)}
        picking = {
            item.id
            for each in node.walk()
            if isinstance(each, (Name, Entry))
            for subscript in each.subscripts
            for item in subscript.walk()
            if isinstance(item, Name)
        }
        for name in node.walk():
            if not isinstance(name, Name) or name.id in inside | picking | {"I", r"\mathbf{1}"}:
                continue
            known = bindings.indices.keys() | bindings.arguments.keys() | self.draw.ranges.keys()
            keys = (name.id, key_of(name), batch_name(name.id))
            if name.id in known or any(map(self._is_known, keys)) or self.scope.is_kronecker(name):
                continue
            raise self.names.undeclared(name, key_of(name), None)

    def _is_known(self, key: str) -> bool:
        """Tell whether something explains a name, whatever its layer, example or entry."""
        constant = key in _CONSTANTS or self.scope.is_function(key)
        return constant or self.scope.knows_example_or_batch(key) or key in self.draw.sizes

    def split_subscripts(self, node: Name, bindings: Bindings) -> tuple[str, tuple[Node, ...]]:
        """
        Tell the subscripts that belong to the name (``n_l``) from those that pick an entry.

        The longest name that is known wins: ``x_{0,i}`` is an entry of ``x_0``, where the page
        declares it.
        """
        if not node.subscripts:
            return node.id, ()
        if node.id in ("I", r"\mathbf{1}") and not self.scope.knows(node.id):
            return node.id, ()
        if batch_name(node.id) not in self.names.with_subscripts:
            return node.id, node.subscripts
        values = tuple(self._subscript(item, bindings) for item in node.subscripts)
        for length in range(len(values), 0, -1):
            key = key_of(Name(node.id, values[:length]))
            written = key_of(Name(node.id, node.subscripts[:length]))
            entry = node.subscripts[length:]
            known = key in self.draw.members or (not entry and self._is_whole(key))
            if not known:
                if not self.scope.knows(written):
                    continue
                if key != written:
                    raise self.names.no_member(written, key)
            self._refuse_entry_of_two(node, key, entry)
            return key, entry
        return node.id, node.subscripts

    def _is_whole(self, key: str) -> bool:
        """Tell whether a name with all its subscripts is a symbol."""
        return self.scope.knows_example_or_batch(key) or key in self.draw.sizes

    def _refuse_entry_of_two(self, node: Name, key: str, entry: tuple[Node, ...]) -> None:
        """Refuse an entry that two declared arrays can have, such as ``W_1`` and ``W``."""
        domain = self.scope.arrays.get((node.id, None))
        if entry and domain is not None and len(domain.shape) == len(node.subscripts):
            one, other = to_latex(Name(key)), node.id
            raise ReadError(
                f"{to_latex(node)} can be an entry of {one}, and of {other}; write "
                f"({one})_{{…}} for the first, and give one of them another name"
            )

    def _subscript(self, node: Node, bindings: Bindings) -> Node:
        known = bindings.indices.keys() | self.draw.depths.keys() | self.scope.chosen
        if any(isinstance(name, Name) and name.id in known for name in node.walk()):
            return Number(self.whole_number(node, bindings))
        return node

    def whole_number(self, node: Node, bindings: Bindings) -> int:
        """Return the value of an index expression."""
        if isinstance(node, Name) and node.id in bindings.indices:
            return bindings.indices[node.id]
        if isinstance(node, Number) and isinstance(node.value, int):
            return node.value
        number = whole(self.value(node, bindings), _NEAR_WHOLE)
        if number is None:
            raise ReadError(f"{to_latex(node)} is no whole number; an index must be one")
        return number

    # -- functions and derivatives ----------------------------------------------------------------

    def apply(self, node: Apply, bindings: Bindings) -> Array:
        """Return the value of a function, or of its derivative, at its arguments."""
        values = [self.value(argument, bindings) for argument in node.arguments]
        function, elementwise = self._function(node.function, len(values))
        if not elementwise:
            if node.function.primes:
                message = (
                    f"{to_latex(node.function)}: a prime is for functions of one number; write "
                    r"\frac{\partial}{\partial x} f(x)"
                )
                raise ReadError(message)
            if bindings.elementwise:
                message = f"{to_latex(node)}: a function's body is written for numbers"
                raise ReadError(message)
            with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
                return function(*values)
        shapes = {value.shape[-2:] for value in values} - {(1, 1)}
        if len(shapes) > 1:
            found = " and ".join(sorted(f"{rows}×{columns}" for rows, columns in shapes))
            raise ShapeError(f"{to_latex(node)}: a function is applied entry by entry; {found}")
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            if node.function.primes == 0:
                return function(*values)
            if node.function.primes > 2 or len(values) > 1:
                message = "one prime or two, of a function of one variable"
                raise ReadError(f"{to_latex(node.function)}: {message}")
            return self._prime(node.function, function, values[0])

    def _prime(self, name: Name, function: Callable[..., Array], value: Array) -> Array:
        """Return the first or the second derivative of a function of a number, entry by entry."""
        key = key_of(_plain(name))
        moved = (override for override, at in self.names.overrides.items() if is_moved(at))
        nested = is_moved(value) or any(
            self.scope.depends_on(key, override[0]) for override in moved
        )

        def first(at: Array) -> Array:
            around = nested or is_moved(at)
            return slope(self, lambda step: function(at + step), nested=around)

        if name.primes == 1:
            return first(value)
        return slope(self, lambda step: first(value + step), nested=nested)

    def _function(self, name: Name, count: int) -> tuple[Callable[..., Array], bool]:
        """Return a function, and whether it is applied entry by entry."""
        key = key_of(_plain(name))
        if name.layer is not None or name.example is not None or not self.scope.is_function(key):
            if key in self.scope.refused:
                raise self.names.undeclared(name, key, None)
            raise UndeclaredError(f"{to_latex(_plain(name))} is not declared as a function")
        kind = self.scope.functions.get(key)
        definition = self.scope.function_definition(key)
        wanted = 1 if kind is None else len(kind.sources)
        if definition is not None:
            wanted = len(definition.parameters)
        if count != wanted:
            noun = "argument" if wanted == 1 else "arguments"
            raise ReadError(f"{key} takes {wanted} {noun}; here are {count}")
        elementwise = (
            kind.elementwise if kind is not None else key not in FUNCTIONS or bool(definition)
        )
        drawn = self.draw.functions.get(key)
        if isinstance(drawn, SmoothMap):
            inside = drawn if definition is None else functools.partial(self._whole, definition)
            return functools.partial(_typed, key, drawn, inside), False
        if definition is not None and definition.types and not self._is_by_entry(definition):
            return functools.partial(self._of_arrays, definition), False
        if definition is not None:
            return functools.partial(self.apply_definition, definition), True
        return drawn or SYMBOLS.get(key) or FUNCTIONS[key], elementwise

    def try_function(self, definition: Definition) -> None:
        """Evaluate a function's body once, at some arguments."""
        drawn = self.draw.functions.get(definition.key)
        if isinstance(drawn, SmoothMap):
            if len(drawn.shapes) != len(definition.parameters):
                raise ReadError(f"{definition.key} is declared with {len(drawn.shapes)} arguments")
            inside = functools.partial(self._whole, definition)
            _typed(definition.key, drawn, inside, *_some_arrays(drawn.shapes))
            return
        if definition.types and not self._is_by_entry(definition):
            self._whole(definition, *self._arguments(definition))
            return
        numbers = [scalar(0.3 + 0.1 * place) for place in range(len(definition.parameters))]
        self.apply_definition(definition, *numbers)

    def apply_definition(self, definition: Definition, *values: Array) -> Array:
        """Return a defined function's value, entry by entry."""
        return self._body(definition, values, elementwise=True)

    def _of_arrays(self, definition: Definition, *values: Array) -> Array:
        """Return a function's value at arrays as its parameters are declared."""
        shapes = self._shapes(definition)
        for parameter, shape, value in zip(definition.parameters, shapes, values, strict=True):
            if value.shape[-2:] != shape:
                kind = f"{parameter}, which is {shape[0]}×{shape[1]}"
                if (parameter, None) not in self.scope.arrays:
                    kind = f"a number {parameter}; if it is an array, declare it in a where list"
                raise ShapeError(
                    f"{definition.key} is given {shape_of(value)}; it is defined for {kind}"
                )
        return self._whole(definition, *values)

    def _arguments(self, definition: Definition) -> list[Array]:
        """Return some arguments of a function of arrays."""
        return _some_arrays(self._shapes(definition))

    def _is_by_entry(self, definition: Definition) -> bool:
        """Return whether what names arrays as its parameters can be meant for entries only."""
        if definition not in self.by_entry:
            can = []
            for elementwise in (False, True):
                try:
                    self._body(
                        definition, tuple(self._arguments(definition)), elementwise=elementwise
                    )
                    can.append(True)
                except PageError:
                    refuse_late(self.deadline)
                    can.append(False)
            self.by_entry[definition] = can == [False, True]
        return self.by_entry[definition]

    def _shapes(self, definition: Definition) -> list[tuple[int, int]]:
        """Return the shapes that a function's parameters are drawn with; (1, 1) of a number."""
        drawn = zip(definition.parameters, definition.types, strict=True)
        return [
            (*self.draw.values[name, None].shape[-2:],) if kind.shape else (1, 1)
            for name, kind in drawn
        ]

    def _whole(self, definition: Definition, *values: Array) -> Array:
        return self._body(definition, values, elementwise=False)

    def _body(
        self, definition: Definition, values: tuple[Array, ...], *, elementwise: bool
    ) -> Array:
        if definition in self._applying:
            raise ReadError(f"{definition.key} is defined by way of itself")
        arguments = dict(zip(definition.parameters, values, strict=True))
        self._applying.append(definition)
        try:
            return self.value(
                definition.body, Bindings(arguments=arguments, elementwise=elementwise)
            )
        except PageError as error:
            error.origin = error.origin or (definition.file, definition.line)
            raise
        finally:
            self._applying.pop()

    def differentiate(self, node: Derivative, bindings: Bindings) -> Array:
        """Return a derivative; of a declared function alone, where it has one argument only."""
        if isinstance(node.of, Name) and (own := self._only_argument(node.of)) is not None:
            node = replace(node, of=Apply(node.of, (own,), start=node.start, end=node.end))
        return derivative(self, node, bindings)

    def _only_argument(self, function: Name) -> Name | None:
        """Return the one symbol of the page that has the shape of a function's argument."""
        drawn = self.draw.functions.get(key_of(function))
        if not isinstance(drawn, SmoothMap) or len(drawn.shapes) != 1:
            return None
        found = []
        for key in dict.fromkeys([*self.scope.definitions, *(k for k, _ in self.draw.values)]):
            with contextlib.suppress(PageError):
                value = self.names.whole(key, None)
                if value is not None and value.shape[-2:] == drawn.shapes[0]:
                    found.append(Name(key))
        return found[0] if len(found) == 1 else None

    def operator(self, node: Operator, bindings: Bindings) -> Array:
        """Refuse an operator that nothing follows."""
        raise ReadError(f"{to_latex(node)} of what? write what is differentiated after it")

    def perturbed(self, key: Key, how: tuple[object, ...], moved: Callable[[], Array]) -> Evaluator:
        """
        Return an evaluator in which a name has another value, and all that follows from it.

        It is kept for whoever moves the name in the same way, which ``how`` tells.
        """
        shared = (key, *how, self.in_stencil)
        if shared not in self._perturbed:
            if sum(other.names.kept for other in self._perturbed.values()) > MOST_ENTRIES:
                self._perturbed.clear()
            override = (key, moved())
            self._perturbed[shared] = Evaluator(
                self.scope, self.draw, self.deadline, self, override
            )
        return self._perturbed[shared]


def _some_arrays(shapes: Iterable[tuple[int, int]]) -> list[Array]:
    return [0.3 + 0.1 * np.arange(r * c).reshape(r, c) for r, c in shapes]


def _typed(key: str, kind: SmoothMap, function: Callable[..., Array], *values: Array) -> Array:
    """Apply a function of arrays, whose shapes must be those declared."""
    for number, (value, shape) in enumerate(zip(values, kind.shapes, strict=True), start=1):
        if value.shape[-2:] != shape:
            wanted = f"{shape[0]}×{shape[1]}"
            raise ShapeError(
                f"argument {number} of {key} is {shape_of(value)}; it is declared {wanted}. "
                "For each column of a batch write (i)"
            )
    result = function(*values)
    if result.shape[-2:] != kind.shape:
        wanted = f"{kind.shape[0]}×{kind.shape[1]}"
        raise ShapeError(f"{key} is defined as {shape_of(result)}; it is declared {wanted}")
    return result


def _plain(function: Name) -> Name:
    """Return a function's name without primes."""
    return replace(function, primes=0)


def _chooses(node: Node) -> bool:
    """Return whether a function gives back one of its arguments, or its negative."""
    return isinstance(node, Call) and node.function in ("abs", "max", "min") and node.power == 1


_EXACT = (
    *(Number, Name, Sum, Product, Hadamard, Group, Transpose, Entry),
    *(BigOperator, Cases, Indicator),
)
"""What is exact of whole numbers."""

_RULES: dict[type[Node], Callable[[Evaluator, Any, Bindings], Array]] = {
    **arithmetic.RULES,
    **operators.RULES,
    Name: Evaluator.name,
    Apply: Evaluator.apply,
    Derivative: Evaluator.differentiate,
    Operator: Evaluator.operator,
}
