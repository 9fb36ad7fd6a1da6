"""Evaluate parsed mathematics on one draw; derivatives go through the page's own definitions."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from checkedmath.bind.naming import key_of
from checkedmath.bind.scope import Definition, Scope
from checkedmath.errors import (
    PageError,
    ReadError,
    ShapeError,
    UndeclaredError,
    refuse_late,
)
from checkedmath.evaluate.differentiating import STEP, derivative
from checkedmath.evaluate.drawing import LARGEST, Draw, Key
from checkedmath.evaluate.functions import COMMANDS, SYMBOLS
from checkedmath.evaluate.lookup import Array, Bindings, Names, scalar
from checkedmath.read.printing import to_latex
from checkedmath.read.syntax import (
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

MOST_ENTRIES = 2_000_000
"""Numbers that a value may have, over all directions of differentiation."""

_CONSTANTS = {"e": np.e, r"\pi": np.pi}


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
        Whose values hold for all that does not depend on ``cut``.
    cut : tuple, optional
        A name's key and the value that it has here, cut loose from its definition.
    """

    def __init__(
        self,
        scope: Scope,
        draw: Draw,
        deadline: float,
        parent: Evaluator | None = None,
        cut: tuple[Key, Array] | None = None,
    ) -> None:
        self.scope = scope
        self.draw = draw
        self.deadline = deadline
        around = None if parent is None else parent.names
        self._applying: list[Definition] = []
        self._loose: dict[tuple[object, ...], Evaluator] = {}
        self.names: Names = Names(scope, draw, self.value, around, cut)
        self._rules: dict[type[Node], Callable[[Any, Bindings], Array]] = {
            Number: self._number,
            Name: self._name,
            Group: self._group,
            Sum: self._sum,
            Product: self._product,
            Hadamard: self._hadamard,
            Fraction: self._fraction,
            Power: self._power,
            Transpose: self._transpose,
            Entry: self._entry,
            Derivative: self._derivative,
            Call: self._call,
            Apply: self._apply,
            BigOperator: self._big_operator,
        }

    def value(self, node: Node, bindings: Bindings) -> Array:
        """Return the value of an expression, of shape (…, rows, columns)."""
        refuse_late(self.deadline, node.start)
        try:
            return self._rules[type(node)](node, bindings)
        except RecursionError:
            raise ReadError("definitions rest on definitions too deeply", node.start) from None
        except PageError as error:
            if error.offset is None and error.origin is None:
                error.offset = node.start
            raise

    # -- names ----------------------------------------------------------------------------------

    def _name(self, node: Name, bindings: Bindings) -> Array:
        if node.primes:
            raise ReadError(f"{to_latex(node)} needs an argument, as in {node.id}'(z)")
        plain = node.layer is None and node.example is None and not node.subscripts
        if plain and node.id in bindings.arguments:
            return bindings.arguments[node.id]
        if node.id in bindings.arguments:
            message = f"{node.id} is a parameter, a number; it has no scripts"
            raise ReadError(message)
        if plain and node.id in bindings.indices:
            return scalar(bindings.indices[node.id])
        key, entry = self.split_subscripts(node, bindings)
        layer = None if node.layer is None else self.whole_number(node.layer, bindings)
        value = self._look_up(node, key, layer, bindings)
        if bindings.arguments and value.shape[-2:] != (1, 1):
            message = f"{to_latex(node)} is an array; a function's body is written for numbers"
            raise ShapeError(message)
        return self._take(value, entry, node, bindings) if entry else value

    def _look_up(self, node: Name, key: str, layer: int | None, bindings: Bindings) -> Array:
        if node.example is not None:
            value = self.names.column(key, layer, self.whole_number(node.example, bindings))
        else:
            value = None
            if bindings.example is not None and self.names.is_of_one_example(key, layer):
                value = self.names.column(key, layer, bindings.example)
            if value is None:
                value = self.names.whole(key, layer)
            if value is None and node == Name(key) and self._is_constant(key):
                return scalar(_CONSTANTS[key])
            if value is None and node.id == r"\mathbf{1}" and len(node.subscripts) == 1:
                return np.ones((self._size(node.subscripts[0], bindings), 1))
        if value is None:
            raise self.names.undeclared(node, key, layer)
        return value

    def _is_constant(self, key: str) -> bool:
        return key in _CONSTANTS and not self.scope.knows_example_or_batch(key)

    def _size(self, node: Node, bindings: Bindings) -> int:
        size = self.whole_number(node, bindings)
        if not 1 <= size <= LARGEST:
            raise ReadError(f"{to_latex(node)} is {size}; a size is from 1 to {LARGEST}")
        return size

    def split_subscripts(self, node: Name, bindings: Bindings) -> tuple[str, tuple[Node, ...]]:
        """Tell the subscripts that belong to the name (``n_l``) from those that pick an entry."""
        if not node.subscripts:
            return node.id, ()
        known = tuple(self._subscript(item, bindings) for item in node.subscripts)
        key = key_of(Name(node.id, known))
        written = key_of(node)
        if self.scope.knows_example_or_batch(key) or key in self.draw.sizes:
            return key, ()
        if self.scope.knows(written):
            if key != written:
                raise ReadError(
                    f"{to_latex(node)} is declared as one symbol; it has no {to_latex(Name(key))}"
                )
            return written, ()
        if node.id == r"\mathbf{1}" and not self.scope.knows(node.id):
            return node.id, ()
        return node.id, node.subscripts

    def _subscript(self, node: Node, bindings: Bindings) -> Node:
        known = bindings.indices.keys() | self.draw.depths.keys()
        if any(isinstance(name, Name) and name.id in known for name in node.walk()):
            return Number(float(self.whole_number(node, bindings)))
        return node

    def whole_number(self, node: Node, bindings: Bindings) -> int:
        """Return the value of an index expression."""
        if isinstance(node, Name) and node.id in bindings.indices:
            return bindings.indices[node.id]
        if isinstance(node, Number) and node.value.is_integer():
            return int(node.value)
        value = self.value(node, bindings)
        number = value.real.item() if value.size == 1 else float("nan")
        if not np.isfinite(number) or abs(number - round(number)) > 1e-9:
            raise ReadError(f"{to_latex(node)} is no whole number; an index must be one")
        return round(number)

    # -- arithmetic -----------------------------------------------------------------------------

    def _number(self, node: Number, bindings: Bindings) -> Array:
        return scalar(node.value)

    def _group(self, node: Group, bindings: Bindings) -> Array:
        if len(node.items) != 1:
            raise ReadError("a comma stands between a function's arguments only")
        return self.value(node.items[0], bindings)

    def _sum(self, node: Sum, bindings: Bindings) -> Array:
        total = self.value(node.terms[0], bindings)
        if node.signs[0] < 0:
            total = -total
        for term, sign in zip(node.terms[1:], node.signs[1:], strict=True):
            value = self.value(term, bindings)
            if not _adds(total, value):
                raise ShapeError(
                    f"{to_latex(term)} is {_shape(value)}; what it is added to is {_shape(total)}"
                )
            _refuse_huge(total, value)
            total = total + value if sign > 0 else total - value
        return total

    def _product(self, node: Product, bindings: Bindings) -> Array:
        result = self.value(node.factors[0], bindings)
        for number, factor in enumerate(node.factors[1:], start=1):
            value = self.value(factor, bindings)
            if bindings.arguments or _is_scalar(result) or _is_scalar(value):
                _refuse_huge(result, value)
                result = result * value
            elif result.shape[-1] == value.shape[-2]:
                _refuse_huge(result[..., :1], value[..., :1, :])
                result = result @ value
            else:
                before = to_latex(replace(node, factors=node.factors[:number]))
                raise ShapeError(_product_message(before, result, to_latex(factor), value))
        return result

    def _hadamard(self, node: Hadamard, bindings: Bindings) -> Array:
        left, right = self.value(node.left, bindings), self.value(node.right, bindings)
        if not bindings.arguments and left.shape[-2:] != right.shape[-2:]:
            raise ShapeError(
                f"⊙ needs equal shapes; {to_latex(node.left)} is {_shape(left)}, "
                f"{to_latex(node.right)} is {_shape(right)}"
            )
        _refuse_huge(left, right)
        return left * right

    def _fraction(self, node: Fraction, bindings: Bindings) -> Array:
        above, below = self.value(node.numerator, bindings), self.value(node.denominator, bindings)
        if not bindings.arguments and not _is_scalar(below):
            raise ShapeError(f"{to_latex(node.denominator)} is {_shape(below)}; divide by a number")
        _refuse_huge(above, below)
        with np.errstate(all="ignore"):
            return above / below

    def _power(self, node: Power, bindings: Bindings) -> Array:
        base, exponent = self.value(node.base, bindings), self.value(node.exponent, bindings)
        if node.base == Name("e") and "e" not in bindings.arguments and self._is_constant("e"):
            return COMMANDS["exp"](exponent)
        if not bindings.arguments and not (_is_scalar(base) and _is_scalar(exponent)):
            raise ShapeError(
                f"{to_latex(node.base)} is {_shape(base)}; a power is of a number. "
                r"Write A \odot A for squares of entries, A A for the matrix product"
            )
        _refuse_huge(base, exponent)
        with np.errstate(all="ignore"):
            if not np.iscomplexobj(exponent) and exponent.size == 1:
                whole = exponent.item()
                if abs(whole) < LARGEST and whole == round(whole):
                    return _whole_power(base, round(whole))
            return np.where(base.real > 0, np.exp(exponent * np.log(base)), np.nan)

    def _transpose(self, node: Transpose, bindings: Bindings) -> Array:
        base = node.base
        if isinstance(base, Name) and len(self.split_subscripts(base, bindings)[1]) > 1:
            message = (
                f"{to_latex(node)} can be an entry's transpose and an entry of the transpose; "
                rf"write (A^\top)_{{jk}}"
            )
            raise ReadError(message)
        value = self.value(base, bindings)
        if bindings.arguments and not _is_scalar(value):
            raise ReadError("a function's body is written for numbers; they have no transpose")
        return np.swapaxes(value, -1, -2)

    def _entry(self, node: Entry, bindings: Bindings) -> Array:
        return self._take(self.value(node.base, bindings), node.subscripts, node, bindings)

    def _take(
        self, value: Array, subscripts: tuple[Node, ...], node: Node, bindings: Bindings
    ) -> Array:
        rows, columns = value.shape[-2:]
        numbers = [self.whole_number(item, bindings) for item in subscripts]
        if len(numbers) == 1 and 1 in (rows, columns):
            numbers = [numbers[0], 1] if columns == 1 else [1, numbers[0]]
        if len(numbers) != 2:
            raise ReadError(
                f"{to_latex(node)}: an entry of a {rows}×{columns} array takes two subscripts"
            )
        row, column = numbers
        if not (1 <= row <= rows and 1 <= column <= columns):
            message = f"{to_latex(node)}: there is no entry {row},{column} in {rows}×{columns}"
            raise ShapeError(message)
        return value[..., row - 1 : row, column - 1 : column]

    def _call(self, node: Call, bindings: Bindings) -> Array:
        with np.errstate(all="ignore"):
            return COMMANDS[node.function](self.value(node.argument, bindings))

    def _big_operator(self, node: BigOperator, bindings: Bindings) -> Array:
        if node.low is not None and node.high is not None:
            low, high = (self.whole_number(end, bindings) for end in (node.low, node.high))
            values: range | tuple[int, ...] = range(low, high + 1)
        else:
            values = self.index_values(node.index, node.body)
        if not values:
            return scalar(0.0 if node.kind == "sum" else 1.0)
        result = self.value(node.body, bindings.with_index(node.index, values[0]))
        for number in values[1:]:
            term = self.value(node.body, bindings.with_index(node.index, number))
            if node.kind == "sum":
                if result.shape[-2:] != term.shape[-2:]:
                    raise ShapeError(
                        f"{to_latex(node.body)} is {_shape(result)} and {_shape(term)} "
                        f"for different {node.index}"
                    )
                _refuse_huge(result, term)
                result = result + term
            elif bindings.arguments or (_is_scalar(result) and _is_scalar(term)):
                _refuse_huge(result, term)
                result = result * term
            else:
                raise ShapeError(rf"\prod is of numbers; {to_latex(node.body)} is {_shape(term)}")
        return result

    def index_values(self, index: str, body: Node) -> range | tuple[int, ...]:
        """Return the values of an index with no range of its own."""
        if index in self.draw.ranges:
            return self.draw.ranges[index]
        if any(isinstance(n, Name) and n.example == Name(index) for n in body.walk()):
            return range(1, self.names.examples() + 1)
        message = (
            rf"the range of {index} is not declared; write \sum_{{{index}=1}}^{{n}}, or declare "
        )
        raise UndeclaredError(message + rf"{index} \in \{{1, \dots, n\}}")

    # -- functions and derivatives ----------------------------------------------------------------

    def _apply(self, node: Apply, bindings: Bindings) -> Array:
        values = [self.value(argument, bindings) for argument in node.arguments]
        function = self._function(node.function, len(values))
        shapes = {value.shape[-2:] for value in values} - {(1, 1)}
        if len(shapes) > 1:
            found = " and ".join(sorted(f"{rows}×{columns}" for rows, columns in shapes))
            raise ShapeError(f"{to_latex(node)}: a function is applied entry by entry; {found}")
        if node.function.primes == 0:
            with np.errstate(all="ignore"):
                return function(*values)
        if node.function.primes > 1 or len(values) > 1:
            raise ReadError(f"{to_latex(node.function)}: one prime, of a function of one variable")
        (value,) = values
        cut = self.names.cut
        moves = cut is not None and self.scope.depends_on(key_of(_plain(node.function)), cut[0][0])
        if np.iscomplexobj(value) or moves:
            raise ReadError("a derivative inside a derivative is not evaluated")
        with np.errstate(all="ignore"):
            return np.imag(function(value + 1j * STEP)) / STEP

    def _function(self, name: Name, count: int) -> Callable[..., Array]:
        key = key_of(_plain(name))
        if name.layer is not None or name.example is not None or not self.scope.is_function(key):
            raise UndeclaredError(f"{to_latex(_plain(name))} is not declared as a function")
        definition = self.scope.function_definition(key)
        if definition is not None:
            if len(definition.parameters) != count:
                wanted = len(definition.parameters)
                raise ReadError(f"{key} takes {wanted} arguments; here are {count}")
            return functools.partial(self.apply_definition, definition)
        if count != 1:
            raise ReadError(f"{key} takes 1 argument; here are {count}")
        return self.draw.functions.get(key) or SYMBOLS[key]

    def apply_definition(self, definition: Definition, *values: Array) -> Array:
        """Return a defined function's value, entry by entry."""
        if definition in self._applying:
            raise ReadError(f"{definition.key} is defined by way of itself")
        arguments = dict(zip(definition.parameters, values, strict=True))
        self._applying.append(definition)
        try:
            return self.value(definition.body, Bindings(arguments=arguments))
        except PageError as error:
            error.origin = error.origin or (definition.file, definition.line)
            raise
        finally:
            self._applying.pop()

    def _derivative(self, node: Derivative, bindings: Bindings) -> Array:
        return derivative(self, node, bindings)

    def cut_loose(self, key: Key, whole: Array, positions: list[tuple[int, int]]) -> Evaluator:
        """
        Return an evaluator in which a name is moved by a complex step, one direction a position.

        It is kept, with all that follows in it, for other derivatives by the same symbol.
        """
        if self.names.cut is not None:
            raise ReadError("a derivative inside a derivative is not evaluated")
        wanted = (key, *positions)
        if wanted not in self._loose:
            if sum(loose.names.kept for loose in self._loose.values()) > MOST_ENTRIES:
                self._loose.clear()
            moved = np.repeat(whole[None].astype(complex), len(positions), axis=0)
            for direction, position in enumerate(positions):
                moved[(direction, *position)] += 1j * STEP
            cut = (key, moved)
            self._loose[wanted] = Evaluator(self.scope, self.draw, self.deadline, self, cut)
        return self._loose[wanted]


def _plain(function: Name) -> Name:
    """Return a function's name without primes."""
    return replace(function, primes=0)


def _whole_power(base: Array, exponent: int) -> Array:
    """Raise to a whole power by products, which keep a complex step exact for negative bases."""
    if exponent < 0:
        return np.asarray(1.0 / _whole_power(base, -exponent))
    result = np.ones_like(base)
    while exponent:
        if exponent % 2:
            result = result * base
        base = base * base
        exponent //= 2
    return result


def _refuse_huge(left: Array, right: Array) -> None:
    """Refuse two arrays that would broadcast to one that fills the memory."""
    if left.size * right.size > MOST_ENTRIES:
        shape = np.broadcast_shapes(left.shape, right.shape)
        if math.prod(shape) > MOST_ENTRIES:
            raise ReadError(f"a value of {math.prod(shape)} numbers is too large to be computed")


def _is_scalar(value: Array) -> bool:
    return value.shape[-2:] == (1, 1)


def _adds(left: Array, right: Array) -> bool:
    """Tell whether two arrays add: equal shapes, a number to any, a column to each column."""
    a, b = left.shape[-2:], right.shape[-2:]
    return a == b or (1, 1) in (a, b) or (a[0] == b[0] and 1 in (a[1], b[1]))


def _shape(value: Array) -> str:
    return f"{value.shape[-2]}×{value.shape[-1]}"


def _product_message(before: str, left: Array, after: str, right: Array) -> str:
    message = (
        f"{before} is {_shape(left)}, {after} is {_shape(right)}; "
        f"a matrix product needs {left.shape[-1]} rows on the right"
    )
    if left.shape[-2:] == right.shape[-2:]:
        return message + r". The shapes are equal: is it \odot, or is a transpose missing?"
    if left.shape[-1] == right.shape[-1]:
        return message + f". It would fit with the transpose of {after}"
    if left.shape[-2] == right.shape[-2]:
        return message + f". It would fit with the transpose of {before}"
    return message
