"""Look the value of a name up: drawn, defined, a column of a batch, or a stack of columns."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.bind.definition import Definition
from checkedmath.bind.scope import Scope
from checkedmath.errors import PageError, ReadError, ShapeError, UndeclaredError
from checkedmath.evaluate.drawing import Draw, Key, indices_of
from checkedmath.evaluate.numbers import whole
from checkedmath.evaluate.recording import Record
from checkedmath.latex.names import batch_name, example_name, free_names, with_subscripts
from checkedmath.latex.nodes import Name, Node, Rational
from checkedmath.latex.printing import to_latex

Array = NDArray[Any]

MOST_KEPT = 8_000_000
"""Numbers that the values of a page's definitions may have together, on one draw."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """
    What stands for the free names of an expression.

    Attributes
    ----------
    indices : mapping
        Values of indices.
    arguments : mapping
        A function's parameters.
    example : int or None
        The example that lower-case names without ``(i)`` belong to, in the column "one example".
    elementwise : bool
        Whether all arithmetic is elementwise, in a function's body that is written for numbers and
        is computed for all entries of the arguments together.
    identity : int or None
        The rows of an ``I`` that has no size of its own.
    """

    indices: Mapping[str, int] = field(default_factory=dict)
    arguments: Mapping[str, Array] = field(default_factory=dict)
    example: int | None = None
    elementwise: bool = False
    identity: int | None = None

    def with_index(self, name: str, value: int) -> Bindings:
        """Return these bindings with one index more."""
        indices = {**self.indices, name: value}
        return Bindings(indices, self.arguments, self.example, self.elementwise, self.identity)


class Names:
    """
    The values of names on one draw.

    Parameters
    ----------
    scope : Scope
        What the names mean.
    draw : Draw
        The random values.
    evaluate : callable
        Computes the body of a definition.
    parent : Names, optional
        Whose values hold for all that does not depend on ``override``.
    override : tuple, optional
        A name's key and the value that it has here in place of its definition. What the
        parents override stays so.
    """

    def __init__(
        self,
        scope: Scope,
        draw: Draw,
        evaluate: Callable[[Node, Bindings], Array],
        parent: Names | None = None,
        override: tuple[Key, Array] | None = None,
    ) -> None:
        self.scope = scope
        self.draw = draw
        self.override = override
        self.overrides: dict[Key, Array] = {} if parent is None else dict(parent.overrides)
        if override is not None:
            self.overrides[override[0]] = override[1]
        if parent is None:
            self.with_subscripts = with_subscripts(scope.names.union(draw.sizes))
        else:
            self.with_subscripts = parent.with_subscripts
        self.record = Record()
        self._records: dict[tuple[str, int | None, int | None], Record] = {}
        self._evaluate = evaluate
        self._parent = parent
        self._values: dict[tuple[str, int | None, int | None], Array] = {}
        self._running: set[tuple[str, int | None, int | None]] = set()
        self._counting = False
        self._examples: dict[frozenset[str], int] = {}
        self.kept = 0 if override is None else override[1].size

    def whole(self, key: str, layer: int | None) -> Array | None:
        """Return the value of a name, for the whole batch; None if the page does not know it."""
        if (key, layer) in self.overrides:
            return self.overrides[key, layer]
        if (key, layer) in self.draw.values:
            self.record.read.add(key)
            return self.draw.values[key, layer]
        definition = self.scope.definition(key, layer, example=False)
        if definition is not None:
            return self.defined(definition, layer, None)
        for name in (example_name(key), key):
            if self.scope.definition(name, layer, example=True) is not None:
                return self._stacked(name, layer)
        if layer is None and key in self.draw.sizes:
            self.record.read.add(key)
            return scalar(self.draw.sizes[key])
        return None

    def column(self, key: str, layer: int | None, example: int) -> Array | None:
        """Return one example's value of a name; None if examples have no such value."""
        batch = self.batch_key(key, layer)
        is_overridden = (batch, layer) in self.overrides
        definition = self.scope.definition(key, layer, example=True)
        if definition is not None and not is_overridden:
            if example < 1:
                message = (
                    f"{key} has no example {example}; what goes on from step to step has layers, "
                    "as in h^{[t]} := … h^{[t-1]}"
                )
                raise ShapeError(message)
            return self.defined(definition, layer, example)
        if batch == key and definition is None:
            return None
        whole = self.whole(batch, layer)
        if whole is None and self.scope.is_vector_of_examples(key):
            batch, whole = key, self.whole(key, layer)
            whole = whole if whole is None or whole.shape[-2] == 1 else np.swapaxes(whole, -1, -2)
        if whole is None:
            return None
        if not 1 <= example <= whole.shape[-1]:
            message = f"{batch} has {whole.shape[-1]} columns; there is no example {example}"
            raise ShapeError(message)
        return whole[..., example - 1 : example]

    def examples(self, of: frozenset[str] = frozenset()) -> int:
        """
        Return the number of examples: the columns of what lower-case names are columns of.

        A page may have several batches; ``of`` names those that are meant, of one size.
        """
        if of not in self._examples:
            self._examples[of] = self._count_examples(of)
        return self._examples[of]

    def batch_size(self) -> int | None:
        """Return the number of examples where all batches of the page have one."""
        try:
            return self.examples() if self.scope.batches else None
        except ReadError:
            return None

    def _count_examples(self, of: frozenset[str]) -> int:
        sizes = {
            domain.shape[-1]
            for (key, _), domain in self.scope.arrays.items()
            if domain.shape and key in (of or self.scope.batches)
            if len(domain.shape) == 2 or self.scope.is_vector_of_examples(key)
        }
        if of and not sizes:
            return self.examples()
        if not sizes and not self._counting:
            return self._defined_columns()
        if len(sizes) != 1:
            found = " and ".join(sorted(to_latex(size) for size in sizes)) or "none"
            raise ReadError(
                "an example (i) needs one size that counts the examples, the columns of what is "
                f"declared, such as X for x^{{(i)}}; here: {found}"
            )
        (size,) = sizes
        return whole(self._evaluate(size, Bindings())) or 0

    def _defined_columns(self) -> int:
        """Count the columns of what is defined, where no declared batch has an example."""
        self._counting = True
        try:
            for key in sorted(self.scope.batches):
                for definition in self.scope.definitions.get(key, []):
                    if definition.example is None and not definition.parameters:
                        layer = definition.layer
                        if isinstance(layer, str):
                            layer = self.layer_range(definition)[-1]
                        return int(self.defined(definition, layer, None).shape[-1])
            return self._count_examples(frozenset())
        finally:
            self._counting = False

    def batch_key(self, key: str, layer: int | None) -> str:
        """Return the name under which one example's values are stacked."""
        batch = batch_name(key)
        if batch != key and self.scope.definition(batch, layer, example=True) is None:
            return batch
        return key

    def _stacked(self, name: str, layer: int | None) -> Array:
        definition = self.scope.definition(name, layer, example=True)
        index = definition.example if definition else None
        of = self.scope.numbered_by(index, [definition.body]) if definition and index else set()
        count = self.examples(frozenset(of))
        columns = [self.column(name, layer, i) for i in range(1, count + 1)]
        values = [column for column in columns if column is not None]
        if any(value.shape[-1] != 1 for value in values):
            message = (
                f"each example has its own matrix {name}; matrices do not stack to columns. "
                f"Write {name}^{{(i)}} for one example's"
            )
            raise ShapeError(message)
        leading = np.broadcast_shapes(*(value.shape[:-2] for value in values))
        full = [np.broadcast_to(value, leading + value.shape[-2:]) for value in values]
        return np.concatenate(full, axis=-1)

    def defined(self, definition: Definition, layer: int | None, example: int | None) -> Array:
        """Return the value of a definition's body, computed once."""
        key = (definition.key, layer, example)
        if key in self._values:
            self.record.join(self._records[key])
            return self._values[key]
        if (
            self._parent is not None
            and self.override is not None
            and not self.scope.depends_on(definition.key, self.override[0][0])
        ):
            with self._parent.noting(self.record):
                return self._parent.defined(definition, layer, example)
        if key in self._running:
            written = definition.key if layer is None else f"{definition.key}^{{[{layer}]}}"
            raise ReadError(f"{written} is defined by way of itself")
        indices: dict[str, int] = {}
        if isinstance(definition.layer, str) and layer is not None:
            self._check_layer(definition, layer)
            indices[definition.layer] = layer
        if definition.example and example is not None:
            indices[definition.example] = example
        unwritten = example if definition.example == "" else None
        self._running.add(key)
        around, self.record = self.record, Record()
        try:
            value = self._evaluate(definition.body, Bindings(indices, example=unwritten))
        except PageError as error:
            error.origin = error.origin or (definition.file, definition.line)
            raise
        finally:
            self._running.discard(key)
            self._records[key] = self.record
            around.join(self.record)
            self.record = around
        self.kept += value.size
        if self.kept > MOST_KEPT:
            message = f"this page's definitions have more than {MOST_KEPT} numbers together"
            raise ReadError(message)
        self._values[key] = value
        return value

    @contextlib.contextmanager
    def noting(self, record: Record) -> Iterator[None]:
        """Write in the caller's record meanwhile."""
        around, self.record = self.record, record
        try:
            yield
        finally:
            self.record = around

    def layer_range(self, definition: Definition) -> tuple[int, ...]:
        """Return the layers that a family of definitions has."""
        index = str(definition.layer)
        if index not in self.draw.ranges:
            message = (
                rf"{index} is not declared; write {index} \in \{{1, \dots, L\}} in a where list"
            )
            raise UndeclaredError(message)
        return self.draw.ranges[index]

    def _check_layer(self, definition: Definition, layer: int) -> None:
        values = self.layer_range(definition)
        if layer not in values:
            message = (
                f"{definition.key} is defined for {definition.layer} from {values[0]} to "
                f"{values[-1]}; there is no layer {layer}"
            )
            raise UndeclaredError(message)

    def is_of_one_example(self, key: str, layer: int | None) -> bool:
        """Tell whether a name in the column "one example" means that example's own value."""
        if self.scope.definition(key, layer, example=True) is not None:
            return True
        return (key, layer) not in self.draw.values and self.scope.definition(
            key, layer, example=False
        ) is None

    def members_of(self, node: Name) -> Iterator[int]:
        """Yield how many there are of a family with one subscript."""
        for name in self.scope.families.values():
            index = name.subscripts[0]
            if name.id == node.id and len(name.subscripts) == 1 and isinstance(index, Name):
                yield from [len(values) for i, values in self.draw.ranges.items() if i == index.id]

    def no_member(self, written: str, key: str) -> UndeclaredError | ReadError:
        """Return the error for one of a family that does not exist, or of what is no family."""
        name = self.scope.families.get(written)
        index = next((i for i in indices_of(name) if i in self.draw.ranges), "") if name else ""
        if index:
            values = self.draw.ranges[index]
            return UndeclaredError(
                f"{written} is declared for {index} from {values[0]} to {values[-1]}; "
                f"there is no {key}"
            )
        return ReadError(
            f"{written} is declared as one symbol; it has no {key}. For one of each, declare its "
            r"subscript, t \in \{1, \dots, T\}, or X \in \mathbb{R}^{d \times n}, and write "
            "x^{(i)}, its columns"
        )

    def undeclared(self, node: Name, key: str, layer: int | None) -> UndeclaredError | ReadError:
        """Return the error for a name that is not known, with what may have been meant."""
        written = to_latex(node)
        batch = batch_name(key)
        refused = self.scope.refused.keys() & {key, batch, node.id, batch_name(node.id)}
        if refused:
            error = UndeclaredError("")
            error.origin = self.scope.refused[refused.pop()]
            return error
        if self.scope.is_function(key):
            return UndeclaredError(f"{written} is a function; it needs an argument: {written}(z)")
        if node.example is not None and self.whole(key, layer) is not None:
            small = to_latex(replace(node, id=example_name(node.id)))
            return UndeclaredError(
                f"{written} is not declared: {key} is the batch; example i's column is {small}"
            )
        if node.example is None and batch != key and self.whole(batch, layer) is not None:
            index = node.subscripts[0] if len(node.subscripts) == 1 else Name("i")
            column = to_latex(replace(node, subscripts=(), example=index))
            return UndeclaredError(
                f"{written} belongs to no example; write {column} for column {to_latex(index)} of "
                f"{batch}, or declare it"
            )
        family = next((f for f, n in self.scope.families.items() if n.id == node.id), "")
        if node.subscripts and family and self.draw.members:
            return self.no_member(family, written)
        if key in self.scope.indices:
            return UndeclaredError(
                f"{written} is an index, and nothing here gives it a value; for one drawn number "
                rf"write the set with a size, as in {written} \in \{{-1, 1\}}^{{1}}"
            )
        for style in ("mathbf", "boldsymbol", "bm", "vec"):
            bold = replace(node, id=rf"\{style}{{{node.id}}}")
            if bold.id in self.scope.names:
                return UndeclaredError(
                    f"{written} is not declared; {bold.id} is: write {to_latex(bold)}"
                )
        import difflib  # noqa: PLC0415 (only a mistake needs it)

        close = difflib.get_close_matches(key, self.scope.names, n=3, cutoff=0.5)
        layers = sorted({at for name, at in self.draw.values if name == key and at is not None})
        if layers and layer not in layers:
            numbers = ", ".join(map(str, layers))
            counting = [each.id for each in free_names(node) if each.id in self.draw.ranges]
            cure = "".join(
                rf"; for some only, write \text{{for }} {each} < L beside the equation"
                for each in counting[:1]
            )
            return UndeclaredError(
                f"{written} is not declared; {key} has the layers {numbers}{cure}"
            )
        near = f"; the nearest declared: {', '.join(close)}" if close else ""
        return UndeclaredError(f"{written} is not declared{near}")


def scalar(value: float | Rational) -> Array:
    """Return a number as an array of one row and one column."""
    return np.array([[float(value)]])
