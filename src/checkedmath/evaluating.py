"""Evaluate parsed mathematics on one draw; derivatives go through the page's own definitions."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.drawing import LARGEST, Draw, Key
from checkedmath.errors import PageError, ReadError, ShapeError, TimeoutReachedError, UndeclaredError
from checkedmath.functions import COMMANDS, SYMBOLS
from checkedmath.printing import to_latex
from checkedmath.scope import Definition, Scope, batch_name, example_name, key_of
from checkedmath.syntax import (
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

Array = NDArray[Any]

STEP = 1e-200
"""The complex step: its square underflows to zero, so that a derivative has no truncation error."""

_CONSTANTS = {"e": np.e, r"\pi": np.pi}


@dataclass(frozen=True, slots=True)
class Bindings:
    """
    What stands for the free names of an expression.

    Attributes
    ----------
    indices : mapping
        Values of indices.
    arguments : mapping
        A function's parameters. With any, all arithmetic is elementwise: the body is written for
        numbers, and is computed for all entries of the arguments together.
    example : int or None
        The example that lower-case names without ``(i)`` belong to, in the column "one example".
    """

    indices: Mapping[str, int] = field(default_factory=dict)
    arguments: Mapping[str, Array] = field(default_factory=dict)
    example: int | None = None

    def with_index(self, name: str, value: int) -> Bindings:
        """Return these bindings with one index more."""
        return replace(self, indices={**self.indices, name: value})


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
        self._parent = parent
        self._cut = cut
        self._values: dict[tuple[str, int | None, int | None], Array] = {}
        self._running: set[tuple[str, int | None, int | None]] = set()
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
        if time.monotonic() > self.deadline:
            raise TimeoutReachedError("the time given for this page has run out", node.start)
        try:
            return self._rules[type(node)](node, bindings)
        except PageError as error:
            if error.offset is None and error.origin is None:
                error.offset = node.start
            raise

    # -- names ----------------------------------------------------------------------------------

    def whole(self, key: str, layer: int | None) -> Array | None:
        """Return the value of a name, for the whole batch; None if the page does not know it."""
        if self._cut is not None and self._cut[0] == (key, layer):
            return self._cut[1]
        if (key, layer) in self.draw.values:
            return self.draw.values[key, layer]
        definition = self.scope.definition(key, layer, example=False)
        if definition is not None:
            return self.defined(definition, layer, None)
        if self._example_definition(key, layer) is not None:
            return self._stacked(key, layer)
        if layer is None and key in self.draw.sizes:
            return _scalar(self.draw.sizes[key])
        return None

    def column(self, key: str, layer: int | None, example: int) -> Array | None:
        """Return one example's value of a name; None if examples have no such value."""
        batch = self._batch_key(key, layer)
        is_cut = self._cut is not None and self._cut[0] == (batch, layer)
        definition = self.scope.definition(key, layer, example=True)
        if definition is not None and not is_cut:
            return self.defined(definition, layer, example)
        if batch == key and definition is None:
            return None
        whole = self.whole(batch, layer)
        if whole is None:
            return None
        if not 1 <= example <= whole.shape[-1]:
            message = f"{batch} has {whole.shape[-1]} columns; there is no example {example}"
            raise ShapeError(message)
        return whole[..., example - 1 : example]

    def examples(self) -> int:
        """Return the number of examples: the columns of what lower-case names are columns of."""
        sizes = {
            domain.shape[1]
            for (key, _), domain in self.scope.arrays.items()
            if len(domain.shape) == 2 and key in self.scope.batches
        }
        if len(sizes) != 1:
            found = " and ".join(sorted(to_latex(size) for size in sizes)) or "none"
            raise ReadError(
                "an example (i) needs one size that counts the examples, the columns of what is "
                f"declared, such as X for x^{{(i)}}; here: {found}"
            )
        (size,) = sizes
        return round(float(self.value(size, Bindings()).item().real))

    def _batch_key(self, key: str, layer: int | None) -> str:
        """Return the name under which one example's values are stacked."""
        batch = batch_name(key)
        if batch != key and self.scope.definition(batch, layer, example=True) is None:
            return batch
        return key

    def _example_definition(self, key: str, layer: int | None) -> tuple[str, Definition] | None:
        for name in (example_name(key), key):
            definition = self.scope.definition(name, layer, example=True)
            if definition is not None:
                return name, definition
        return None

    def _stacked(self, key: str, layer: int | None) -> Array:
        found = self._example_definition(key, layer)
        if found is None:
            raise UndeclaredError(f"{key} is not declared")
        columns = [self.column(found[0], layer, i) for i in range(1, self.examples() + 1)]
        values = [column for column in columns if column is not None]
        if any(value.shape[-1] != 1 for value in values):
            message = (
                f"each example has its own matrix {found[0]}; matrices do not stack to columns. "
                f"Write {found[0]}^{{(i)}} for one example's"
            )
            raise ShapeError(message)
        leading = np.broadcast_shapes(*(value.shape[:-2] for value in values))
        full = [np.broadcast_to(value, leading + value.shape[-2:]) for value in values]
        return np.concatenate(full, axis=-1)

    def defined(self, definition: Definition, layer: int | None, example: int | None) -> Array:
        """Return the value of a definition's body, computed once."""
        key = (definition.key, layer, example)
        if key in self._values:
            return self._values[key]
        if (
            self._parent is not None
            and self._cut is not None
            and not self.scope.depends_on(definition.key, self._cut[0][0])
        ):
            return self._parent.defined(definition, layer, example)
        if key in self._running:
            raise ReadError(f"{definition.key} is defined by way of itself")
        indices: dict[str, int] = {}
        if isinstance(definition.layer, str) and layer is not None:
            self._check_layer(definition, layer)
            indices[definition.layer] = layer
        if definition.example is not None and example is not None:
            indices[definition.example] = example
        self._running.add(key)
        try:
            value = self.value(definition.body, Bindings(indices))
        except PageError as error:
            error.origin = error.origin or (definition.file, definition.line)
            raise
        finally:
            self._running.discard(key)
        self._values[key] = value
        return value

    def layer_range(self, definition: Definition) -> tuple[int, ...]:
        """Return the layers that a family of definitions has."""
        index = str(definition.layer)
        if index not in self.draw.ranges:
            message = rf"{index} is not declared; write {index} \in \{{1, \dots, L\}} in a where list"
            raise UndeclaredError(message)
        return self.draw.ranges[index]

    def _check_layer(self, definition: Definition, layer: int) -> None:
        values = self.layer_range(definition)
        if layer not in values:
            message = (
                f"{definition.key} is defined for {definition.layer} from {values[0]} to {values[-1]}; "
                f"there is no layer {layer}"
            )
            raise UndeclaredError(message)

    def _name(self, node: Name, bindings: Bindings) -> Array:
        if node.primes:
            raise ReadError(f"{to_latex(node)} needs an argument, as in {node.id}'(z)")
        plain = node.layer is None and node.example is None and not node.subscripts
        if plain and node.id in bindings.arguments:
            return bindings.arguments[node.id]
        if plain and node.id in bindings.indices:
            return _scalar(bindings.indices[node.id])
        key, entry = self._split_subscripts(node, bindings)
        layer = None if node.layer is None else self.whole_number(node.layer, bindings)
        value = self._look_up(node, key, layer, bindings)
        if bindings.arguments and value.shape[-2:] != (1, 1):
            message = f"{to_latex(node)} is an array; a function's body is written for numbers"
            raise ShapeError(message)
        return self._take(value, entry, node, bindings) if entry else value

    def _look_up(self, node: Name, key: str, layer: int | None, bindings: Bindings) -> Array:
        if node.example is not None:
            value = self.column(key, layer, self.whole_number(node.example, bindings))
        else:
            value = None
            if bindings.example is not None and self._is_of_one_example(key, layer):
                value = self.column(key, layer, bindings.example)
            if value is None:
                value = self.whole(key, layer)
            if value is None and layer is None and key in _CONSTANTS:
                return _scalar(_CONSTANTS[key])
            if value is None and node.id == r"\mathbf{1}" and len(node.subscripts) == 1:
                return np.ones((self.whole_number(node.subscripts[0], bindings), 1))
        if value is None:
            raise self._undeclared(node, key, layer)
        return value

    def _is_of_one_example(self, key: str, layer: int | None) -> bool:
        """Tell whether a name in the column "one example" means that example's own value."""
        if self.scope.definition(key, layer, example=True) is not None:
            return True
        return (key, layer) not in self.draw.values and self.scope.definition(
            key, layer, example=False
        ) is None

    def _undeclared(self, node: Name, key: str, layer: int | None) -> UndeclaredError:
        written = to_latex(node)
        batch = batch_name(key)
        if self.scope.is_function(key) or key in SYMBOLS:
            return UndeclaredError(f"{written} is a function; it needs an argument: {written}(z)")
        if node.example is not None and self.whole(key, layer) is not None:
            small = to_latex(replace(node, id=example_name(node.id)))
            return UndeclaredError(
                f"{written} is not declared: {key} is the batch; example i's column is {small}"
            )
        if node.example is None and batch != key and self.whole(batch, layer) is not None:
            with_example = to_latex(replace(node, example=Name("i")))
            return UndeclaredError(
                f"{written} belongs to no example; write {with_example} for column i of {batch}, "
                "or declare it"
            )
        close = difflib.get_close_matches(key, self.scope.known_names(), n=3, cutoff=0.5)
        layers = sorted({at for name, at in self.draw.values if name == key and at is not None})
        if layers and layer not in layers:
            numbers = ", ".join(map(str, layers))
            return UndeclaredError(f"{written} is not declared; {key} has the layers {numbers}")
        near = f"; the nearest declared: {', '.join(close)}" if close else ""
        return UndeclaredError(f"{written} is not declared{near}")

    def _split_subscripts(self, node: Name, bindings: Bindings) -> tuple[str, tuple[Node, ...]]:
        """Tell the subscripts that belong to the name (``n_l``) from those that pick an entry."""
        if not node.subscripts:
            return node.id, ()
        known = tuple(self._subscript(item, bindings) for item in node.subscripts)
        key = key_of(Name(node.id, known))
        written = key_of(node)
        if self.scope.knows(key) or key in self.draw.sizes:
            return key, ()
        if self.scope.knows(written):
            return written, ()
        if node.id == r"\mathbf{1}" and not self.scope.knows(node.id):
            return node.id, ()
        return node.id, node.subscripts

    def _subscript(self, node: Node, bindings: Bindings) -> Node:
        if any(isinstance(name, Name) and name.id in bindings.indices for name in node.walk()):
            return Number(float(self.whole_number(node, bindings)))
        return node

    def whole_number(self, node: Node, bindings: Bindings) -> int:
        """Return the value of an index expression."""
        if isinstance(node, Name) and node.id in bindings.indices:
            return bindings.indices[node.id]
        value = self.value(node, bindings)
        number = value.real.item() if value.size == 1 else float("nan")
        if not np.isfinite(number) or abs(number - round(number)) > 1e-9:
            raise ReadError(f"{to_latex(node)} is no whole number; an index must be one")
        return round(number)

    # -- arithmetic -----------------------------------------------------------------------------

    def _number(self, node: Number, bindings: Bindings) -> Array:
        return _scalar(node.value)

    def _group(self, node: Group, bindings: Bindings) -> Array:
        if len(node.items) != 1:
            raise ReadError("a comma stands between a function's arguments only")
        return self.value(node.items[0], bindings)

    def _sum(self, node: Sum, bindings: Bindings) -> Array:
        total: Array | None = None
        for term, sign in zip(node.terms, node.signs, strict=True):
            value = sign * self.value(term, bindings)
            if total is None:
                total = value
                continue
            if not (bindings.arguments or _adds(total, value)):
                raise ShapeError(
                    f"{to_latex(term)} is {_shape(value)}; what it is added to is {_shape(total)}"
                )
            total = total + value
        assert total is not None
        return total

    def _product(self, node: Product, bindings: Bindings) -> Array:
        result = self.value(node.factors[0], bindings)
        for number, factor in enumerate(node.factors[1:], start=1):
            value = self.value(factor, bindings)
            if bindings.arguments or _is_scalar(result) or _is_scalar(value):
                result = result * value
            elif result.shape[-1] == value.shape[-2]:
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
        return left * right

    def _fraction(self, node: Fraction, bindings: Bindings) -> Array:
        above, below = self.value(node.numerator, bindings), self.value(node.denominator, bindings)
        if not bindings.arguments and not _is_scalar(below):
            raise ShapeError(f"{to_latex(node.denominator)} is {_shape(below)}; divide by a number")
        with np.errstate(all="ignore"):
            return above / below

    def _power(self, node: Power, bindings: Bindings) -> Array:
        base, exponent = self.value(node.base, bindings), self.value(node.exponent, bindings)
        if node.base == Name("e") and "e" not in bindings.arguments and not self.scope.knows("e"):
            return COMMANDS["exp"](exponent)
        if not bindings.arguments and not (_is_scalar(base) and _is_scalar(exponent)):
            raise ShapeError(
                f"{to_latex(node.base)} is {_shape(base)}; a power is of a number. "
                r"Write A \odot A for squares of entries, A A for the matrix product"
            )
        with np.errstate(all="ignore"):
            if not np.iscomplexobj(exponent) and exponent.size == 1:
                whole = exponent.item()
                if whole == round(whole) and abs(whole) < LARGEST:
                    return base ** round(whole)
            return np.where(base.real > 0, np.exp(exponent * np.log(base)), np.nan)

    def _transpose(self, node: Transpose, bindings: Bindings) -> Array:
        return np.swapaxes(self.value(node.base, bindings), -1, -2)

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
                f"{to_latex(node)}: an entry of an array of shape {rows}×{columns} takes two subscripts"
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
            return _scalar(0.0 if node.kind == "sum" else 1.0)
        result: Array | None = None
        for number in values:
            term = self.value(node.body, bindings.with_index(node.index, number))
            if result is None:
                result = term
            elif node.kind == "sum":
                result = result + term
            elif _is_scalar(term):
                result = result * term
            else:
                raise ShapeError(rf"\prod is of numbers; {to_latex(node.body)} is {_shape(term)}")
        assert result is not None
        return result

    def index_values(self, index: str, body: Node) -> range | tuple[int, ...]:
        """Return the values of an index with no range of its own."""
        if index in self.draw.ranges:
            return self.draw.ranges[index]
        if any(isinstance(n, Name) and n.example == Name(index) for n in body.walk()):
            return range(1, self.examples() + 1)
        message = rf"the range of {index} is not declared; write \sum_{{{index}=1}}^{{n}}, or declare "
        raise UndeclaredError(message + rf"{index} \in \{{1, \dots, n\}}")

    # -- functions and derivatives ----------------------------------------------------------------

    def _apply(self, node: Apply, bindings: Bindings) -> Array:
        values = [self.value(argument, bindings) for argument in node.arguments]
        function = self._function(node.function, len(values))
        if node.function.primes == 0:
            with np.errstate(all="ignore"):
                return function(*values)
        if node.function.primes > 1 or len(values) > 1:
            raise ReadError(f"{to_latex(node.function)}: one prime, of a function of one variable")
        (value,) = values
        if np.iscomplexobj(value):
            raise ReadError("a derivative inside a derivative is not evaluated")
        with np.errstate(all="ignore"):
            return np.imag(function(value + 1j * STEP)) / STEP

    def _function(self, name: Name, count: int) -> Callable[..., Array]:
        definition = self.scope.function_definition(name.id)
        if definition is not None:
            parameters = definition.parameters
            if len(parameters) != count:
                raise ReadError(f"{name.id} takes {len(parameters)} arguments; here are {count}")

            def function(*values: Array) -> Array:
                arguments = dict(zip(parameters, values, strict=True))
                try:
                    return self.value(definition.body, Bindings(arguments=arguments))
                except PageError as error:
                    error.origin = error.origin or (definition.file, definition.line)
                    raise

            return function
        if count != 1:
            raise ReadError(f"{name.id} takes 1 argument; here are {count}")
        return self.draw.functions.get(name.id) or SYMBOLS[name.id]

    def _derivative(self, node: Derivative, bindings: Bindings) -> Array:
        if self._cut is not None:
            raise ReadError("a derivative inside a derivative is not evaluated")
        if not isinstance(node.wrt, Name):
            message = rf"a derivative is with respect to a symbol; {to_latex(node.wrt)} is none"
            raise ReadError(message, node.wrt.start)
        key, whole, positions = self._directions(node.wrt, bindings)
        perturbed = np.repeat(whole[None].astype(complex), len(positions), axis=0)
        for direction, position in enumerate(positions):
            perturbed[(direction, *position)] += 1j * STEP
        inside = Evaluator(self.scope, self.draw, self.deadline, self, (key, perturbed))
        value = inside.value(node.of, bindings)
        derivative = np.imag(value) / STEP
        derivative = np.broadcast_to(derivative, (len(positions), *derivative.shape[-2:]))
        return self._arranged(node, derivative, self.value(node.wrt, bindings).shape[-2:])

    def _directions(
        self, wrt: Name, bindings: Bindings
    ) -> tuple[Key, Array, list[tuple[int, int]]]:
        """Return what to cut loose, its value, and the entries to move, row by row."""
        key, entry = self._split_subscripts(wrt, bindings)
        layer = None if wrt.layer is None else self.whole_number(wrt.layer, bindings)
        example = None if wrt.example is None else self.whole_number(wrt.example, bindings)
        if example is None and bindings.example is not None and self._is_of_one_example(key, layer):
            example = bindings.example
        if example is not None:
            key = self._batch_key(key, layer)
        whole = self.whole(key, layer)
        if whole is None:
            raise self._undeclared(wrt, key, layer)
        rows, columns = (range(size) for size in whole.shape[-2:])
        if example is not None:
            columns = range(example - 1, example)
        if entry:
            numbers = [self.whole_number(item, bindings) - 1 for item in entry]
            rows = range(numbers[0], numbers[0] + 1)
            if len(numbers) == 2:
                columns = range(numbers[1], numbers[1] + 1)
        self.value(wrt, bindings)
        return (key, layer), whole, [(row, column) for row in rows for column in columns]

    def _arranged(self, node: Derivative, derivative: Array, wrt: tuple[int, ...]) -> Array:
        """Arrange the derivatives: a scalar's in the shape of ``wrt``, a vector's as a Jacobian."""
        rows, columns = derivative.shape[-2:]
        if (rows, columns) == (1, 1):
            return derivative.reshape(wrt)
        if wrt == (1, 1):
            return derivative[0]
        if columns == 1 and wrt[1] == 1:
            return derivative[:, :, 0].T
        raise ShapeError(
            f"{to_latex(node.of)} is {rows}×{columns} and {to_latex(node.wrt)} {wrt[0]}×{wrt[1]}; "
            "a derivative here is of a number, by a number, or of a column by a column"
        )


def _scalar(value: float) -> Array:
    return np.array([[float(value)]])


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
