"""What a row says of an equation on demand: its lines of NumPy, and its symbols' shapes."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from checkedmath.bind.scope import Scope
from checkedmath.check.free_indices import bindings_of, free_indices_of
from checkedmath.errors import PageError
from checkedmath.evaluate.comparing import TOLERANCE, relative_error
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Array, Bindings
from checkedmath.latex.names import key_of
from checkedmath.latex.nodes import (
    Apply,
    Derivative,
    Name,
    Node,
    Number,
    Statement,
)
from checkedmath.numpy_lines.naming import NoLineError
from checkedmath.numpy_lines.pieces import Piece, Use
from checkedmath.numpy_lines.printing import Printer
from checkedmath.numpy_lines.running import run
from checkedmath.numpy_lines.sizes import ONE, Case, Shape, Sizes


@dataclass(frozen=True, slots=True)
class Line:
    """
    A line of NumPy, ``target = value``.

    Attributes
    ----------
    mistake : str
        What it computes that the equation does not say; empty if it was run and agrees.
    """

    target: str
    value: str
    mistake: str = ""

    def __str__(self) -> str:
        """Return the line."""
        return f"{self.target} = {self.value}"


@dataclass(frozen=True, slots=True)
class Said:
    """
    What there is to say of a statement.

    Attributes
    ----------
    line : Line or None
        The shortest, of the sides that have a form in NumPy; None where none has.
    shapes : tuple of tuple
        Of each symbol its name in Python, and its rows and columns; None for a number.
    symbols : dict
        The same by the symbol itself, as the statement has it.
    """

    line: Line | None
    shapes: tuple[tuple[str, Shape | None], ...] = ()
    symbols: dict[Name, Shape | None] = field(default_factory=dict)


def said_of(
    statement: Statement,
    scope: Scope,
    evaluators: Sequence[Evaluator],
    names: Mapping[str, str],
    *,
    one_example: bool,
) -> Said:
    r"""
    Print a statement as NumPy, and run what was printed on the draws that checked it.

    Parameters
    ----------
    statement : Statement
        A chain of sides.
    scope : Scope
        What the page's names mean.
    evaluators : sequence of Evaluator
        One for each draw.
    names : mapping
        Python's names for symbols, where a book gives them: ``{r"\mathcal{L}": "loss"}``.
    one_example : bool
        Whether small letters belong to the one example of a column.
    """
    with np.errstate(all="ignore"):
        cases = list(_cases(statement, scope, evaluators, one_example=one_example))
        if not cases:
            return Said(None)
        printing = _Printing(scope, cases, Sizes(scope, cases), names)
        line = printing.line(statement)
        shapes = {**printing.shapes(statement), **printing.used}
        symbols = dict(printing.symbols(statement))
    return Said(line, tuple(shapes.items()), symbols)


def _cases(
    statement: Statement, scope: Scope, evaluators: Sequence[Evaluator], *, one_example: bool
) -> Iterator[Case]:
    """Yield all draws with every value of each free index."""
    free = free_indices_of(statement.sides, scope)
    for evaluator in evaluators:
        with contextlib.suppress(PageError):
            for bindings in bindings_of(evaluator, statement.sides, free, one_example=one_example):
                yield Case(evaluator, bindings)


@dataclass(slots=True)
class _Printing:
    """
    Prints a statement, each side with a printer of its own.

    Attributes
    ----------
    used : dict
        The shapes of what the lines name.
    """

    scope: Scope
    cases: list[Case]
    sizes: Sizes
    names: Mapping[str, str]
    used: dict[str, Shape | None] = field(default_factory=dict)

    def printer(self) -> Printer:
        """Return a printer that has printed nothing."""
        return Printer(self.scope, self.sizes, self.cases[0], self.names)

    def line(self, statement: Statement) -> Line | None:
        """Return the shortest line that gives a value to what can stand on the left, if any."""
        for place, side in enumerate(statement.sides):
            try:
                target, words = _target(side, self.printer())
            except (NoLineError, PageError):
                continue
            printed = [
                self._value(statement.sides[other], words) for other in _equal_to(statement, place)
            ]
            found = [each for each in printed if each is not None and each[0] != target]
            if not found:
                return None
            value, node, printer = min(found, key=lambda each: len(each[0]))
            self._note(printer)
            return Line(target, value, _mistake(value, node, self.cases, printer))
        return None

    def _value(self, side: Node, words: set[str]) -> tuple[str, Node, Printer] | None:
        """Return a side as text, unless it has no form or rests on what it is to give."""
        printer = self.printer()
        try:
            value = as_text(printer.piece(side).tree)
        except (NoLineError, PageError):
            return None
        kinds = {use.kind for use in printer.uses.values()}
        given = words & printer.uses.keys() or kinds == {"number"}
        return None if given else (value, side, printer)

    def _note(self, printer: Printer) -> None:
        """Remember the shapes of what a line names."""
        for word, use in printer.uses.items():
            if use.kind == "value" and isinstance(use.node, Name):
                piece = self._symbol(use.node)
                if piece is not None:
                    self.used.setdefault(word, None if piece.number else piece.shape)

    def shapes(self, statement: Statement) -> dict[str, Shape | None]:
        """Return the shapes of the symbols in a statement, in the order in which they stand."""
        found: dict[str, Shape | None] = {}
        for side in statement.sides:
            for node in symbols_in(side, gradients=False):
                for each in self._layers(node):
                    piece = self._symbol(each)
                    if piece is not None:
                        word = ast.unparse(piece.tree)
                        found.setdefault(word, None if piece.number else piece.shape)
        return found

    def _symbol(self, node: Name) -> Piece | None:
        """Return a symbol as an array or a number; None for a size, an index and a function."""
        printer = self.printer()
        known = self.scope.knows_example_or_batch(node.id) and not printer.is_index(node.id)
        if not known or node.primes or self.scope.is_size(key_of(node)):
            return None
        try:
            bare = replace(node, subscripts=printer.own_and_entry(node)[0])
            return printer.whole(bare) if node.example is None else printer.batch(bare)
        except (NoLineError, PageError):
            return None

    def symbols(self, statement: Statement) -> Iterator[tuple[Name, Shape | None]]:
        """Yield each symbol with its shape, None for a number; of one example, its column's."""
        for node in (each for side in statement.sides for each in symbols_in(side)):
            piece = self._symbol(node)
            if piece is not None:
                rows, columns = piece.shape
                one = node.example is not None
                yield node, None if piece.number else (rows, ONE if one else columns)

    def _layers(self, node: Name) -> Iterator[Name]:
        """Yield a symbol; of a layer that is one of a list, each, as their shapes may differ."""
        layer = node.layer
        declared = self.scope.indices.get(layer.id) if isinstance(layer, Name) else None
        if declared is None or not declared.listed:
            yield node
            return
        for value in declared.listed:
            yield replace(node, layer=value)


def as_text(tree: ast.expr) -> str:
    """
    Return Python as text, with one pair of parentheses around a sum's terms.

    Examples
    --------
    >>> as_text(ast.parse("sum(a for a in range(3)) + 1", mode="eval").body)
    'sum(a for a in range(3)) + 1'
    """
    text = ast.unparse(ast.fix_missing_locations(tree))
    while (start := text.find("sum((")) >= 0:
        depth = 0
        for place in range(start + 4, len(text)):
            depth += (text[place] == "(") - (text[place] == ")")
            if depth == 0:
                break
        if text[place + 1] != ")":
            return text
        text = text[: start + 4] + text[start + 5 : place] + text[place + 1 :]
    return text


def symbols_in(node: Node, *, gradients: bool = True) -> Iterator[Name]:
    """
    Yield the symbols of an expression in their order, but none that stands in another's scripts.

    With ``gradients`` false, not the number whose gradient is taken.
    """
    if isinstance(node, Name):
        yield node
        return
    inside = list(node.children())
    if not gradients and isinstance(node, Derivative) and isinstance(node.of, Name):
        inside = [node.wrt]
    for child in sorted(inside, key=lambda each: each.start):
        yield from symbols_in(child, gradients=gradients)


def _equal_to(statement: Statement, place: int) -> Iterator[int]:
    """Yield the sides that an unbroken chain of equalities ties to one."""
    signs = [relation.sign in ("=", ":=") for relation in statement.relations]
    for other in range(len(statement.sides)):
        first, last = sorted((place, other))
        if other != place and all(signs[first:last]):
            yield other


def _target(side: Node, printer: Printer) -> tuple[str, set[str]]:
    """Return what is assigned to, and the name in it: a symbol, or the gradient by one."""
    match side:
        case Name(primes=0) if not printer.is_index(side.id):
            own, entry = printer.own_and_entry(side)
            if side.example is None and not entry:
                word = printer.word(replace(side, subscripts=own))
                return word, {word}
            tree = printer.name(side).tree
            return ast.unparse(tree), set(printer.uses)
        case Derivative(Name() as of, Name() as wrt):
            own, entry = printer.own_and_entry(wrt)
            plain = (replace(of, example=None), replace(wrt, example=None, subscripts=own))
            words = [printer.word(each) for each in plain]
            target = f"d{words[0]}_d{words[1]}"
            if entry:
                picked = printer.name(replace(wrt, example=None)).tree
                target += ast.unparse(picked)[len(words[1]) :]
            return target, {target}
    raise NoLineError("nothing that a value is given to")


def _mistake(text: str, side: Node, cases: list[Case], printer: Printer) -> str:
    """Run what was printed; say where it is not what the equation is."""
    compared = 0
    for case in cases:
        try:
            expected = case.evaluator.value(side, case.bindings)
        except PageError:
            continue  # a draw that was drawn again for this equation
        compared += 1
        try:
            found = run(text, {word: _meant(use, case) for word, use in printer.uses.items()})
        except PageError as error:
            return error.message
        except Exception as error:  # noqa: BLE001 (whatever it is, the line does not run)
            return f"{type(error).__name__}: {error}"
        if found.shape != expected.shape[-2:]:
            return f"its shape is {found.shape}, the equation's {expected.shape[-2:]}"
        apart = relative_error(found, expected)
        if not apart <= TOLERANCE and np.isfinite(expected).all():
            return f"its relative error is {apart:.2g}"
    return "" if compared else "there was no draw to run it on"


def _meant(use: Use, case: Case) -> object:
    """Return what a name of a line stands for on one draw."""
    evaluator, bindings, node = case.evaluator, case.bindings, use.node
    if use.kind == "function":
        return _Function(evaluator, node)
    if use.kind in ("index", "number"):
        number = evaluator.whole_number(node, bindings)
        return number - 1 if use.kind == "index" else number
    if use.kind == "family":
        return _Family(case, node)
    value = evaluator.value(node, bindings)
    return _number(value, node, case)


def _number(value: Array, node: Node, case: Case) -> object:
    """Return a declared number and a size as a number, and an array as it is."""
    if not isinstance(node, Name):
        return value
    scope, key = case.evaluator.scope, key_of(node)
    domain = scope.arrays.get((key, None))
    if key in case.evaluator.draw.sizes:
        return int(value.item())
    return value.item() if domain is not None and not domain.shape else value


@dataclass(frozen=True, slots=True)
class _Family:
    """The layers of a symbol, each by its number."""

    case: Case
    node: Node

    def __getitem__(self, layer: int) -> Array:
        name: Any = replace(self.node, layer=Number(float(layer)))  # type: ignore[call-arg]
        return self.case.evaluator.value(name, self.case.bindings)


@dataclass(frozen=True, slots=True)
class _Function:
    """A function of the page, or its derivative."""

    evaluator: Evaluator
    node: Any

    def __call__(self, *values: Array) -> Array:
        words = [f"□{place}" for place in range(len(values))]
        arguments = {word: np.atleast_2d(value) for word, value in zip(words, values, strict=True)}
        node = Apply(self.node, tuple(map(Name, words)))
        return self.evaluator.value(node, Bindings(arguments=arguments))
