"""Compare the lines of NumPy that stand under an equation with it, on the draws that checked it."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from checkedmath.bind.scope import Scope
from checkedmath.check.draws import Draws
from checkedmath.check.free_indices import bindings_of, both_sides
from checkedmath.check.numpy_symbols import StatementSymbols, Use
from checkedmath.check.relations import Sampler
from checkedmath.check.sandbox import Code
from checkedmath.diagnose.diagnosing import diagnose
from checkedmath.errors import PageError, ReadError, ShapeError
from checkedmath.evaluate.comparing import TOLERANCE, Sample, compare, relative_error
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Array, Bindings
from checkedmath.latex.names import key_of
from checkedmath.latex.nodes import Apply, Name, Node, Number, Statement
from checkedmath.timeout import EndedError, Stopped, run_apart

_EXPECTED = "expected lines such as dW = dZ @ X.T / m: a name, =, and an expression of NumPy"


@dataclass(frozen=True, slots=True)
class Column:
    """An equation of a row: the symbols of its statements, and on what it is checked."""

    statements: tuple[StatementSymbols, ...]
    one_example: bool
    scope: Scope
    draws: Draws


@dataclass(frozen=True, slots=True)
class Line:
    """
    A line of NumPy.

    Attributes
    ----------
    number : int
        Its place in the block, from 0.
    text : str
        As it is written, on one line.
    statement : int
        The number of the statement that it agrees with.
    reads : tuple of Node
        The symbols whose values it reads.
    mistake : str
        What it computes that the equation does not say; empty if it was run and agrees.
    """

    number: int
    text: str
    statement: int = 0
    reads: tuple[Node, ...] = ()
    mistake: str = ""


def lines_of(text: str, own: Column, other: Column | None) -> list[Line]:
    """
    Run the lines under an equation on every draw, and compare them with it.

    They are run in a process of their own, which ends with the page's time.

    Parameters
    ----------
    text : str
        The block of code.
    own : Column
        The equation above it.
    other : Column or None
        The one in the other column, for which a line may have been meant.
    """
    try:
        parsed = ast.parse(text).body
    except SyntaxError as error:
        mistake = f"it is no Python: {error.msg}; {_EXPECTED}"
        number = (error.lineno or 1) - 1
        written = "".join(text.split("\n")[number : number + 1])
        return [Line(number, written, mistake=mistake)]
    except (ValueError, RecursionError, MemoryError):
        return [Line(0, text, mistake=f"it is no Python; {_EXPECTED}")]

    def compute() -> list[Line]:
        with np.errstate(all="ignore"):
            return [_line(each, text, own, other) for each in parsed]

    try:
        return run_apart(compute, max(own.draws.deadline - time.monotonic(), 0.0))
    except Stopped:
        mistake = "it did not end within the time given for this page"
    except EndedError:
        mistake = "it has ended the process that ran it"
    return [Line(parsed[0].lineno - 1, text, mistake=mistake)]


def _line(node: ast.stmt, text: str, own: Column, other: Column | None) -> Line:
    line = Line(node.lineno - 1, " ".join((ast.get_source_segment(text, node) or "").split()))
    try:
        number, reads = _compared(node, own)
    except PageError as error:
        mistake = error.message
    else:
        return replace(line, statement=number, reads=reads)
    if other is not None:
        try:
            _compared(node, other)
        except PageError:
            pass
        else:
            mistake += "; it is what the equation in the other column says"
    return replace(line, mistake=mistake)


def _compared(node: ast.stmt, column: Column) -> tuple[int, tuple[Node, ...]]:
    """Return the number of the statement with which a line agrees, and the symbols it reads."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        raise ReadError(_EXPECTED)
    target = Code(ast.parse(ast.unparse(node.targets[0]), mode="eval").body)
    value = Code(node.value)
    word = _first_word(node.targets[0])
    known: dict[str, None] = {}
    errors: list[PageError] = []
    for number, symbols in enumerate(column.statements):
        statement = symbols.statement
        for place, side in enumerate(statement.sides):
            given, other = symbols.given(side), _equal_to(statement, place)
            if given is None or other is None:
                continue
            known[given[0]] = None
            if given[0] == word:
                try:
                    uses = _uses(target, value, given, symbols)
                    sampler = _Sampler(target, value, uses, (side, other), column)
                    sampler.compare()
                except PageError as error:
                    errors.append(error)
                else:
                    reads = tuple(use.node for use in uses.values() if use.kind == "value")
                    return number, reads
    if errors:
        raise errors[0]
    given_by_it = " and ".join(known) or "no symbol"
    raise ReadError(f"the equation gives a value to {given_by_it}, and not to {word}")


def _first_word(target: ast.expr) -> str:
    while isinstance(target, ast.Subscript):
        target = target.value
    if not isinstance(target, ast.Name):
        raise ReadError(_EXPECTED)
    return target.id


def _equal_to(statement: Statement, place: int) -> Node | None:
    """Return the side beside one that an equality ties to it."""
    signs = [relation.sign in ("=", ":=") for relation in statement.relations]
    if place < len(signs) and signs[place]:
        return statement.sides[place + 1]
    return statement.sides[place - 1] if place and signs[place - 1] else None


def _uses(
    target: Code, value: Code, given: tuple[str, Use], symbols: StatementSymbols
) -> dict[str, Use]:
    """Return what the names in a line stand for."""
    word, use = given
    if word in value.names:
        raise ReadError(f"the line gives a value to {word}; it cannot read {word} as well")
    known = symbols.vocabulary()
    uses = {word: use}
    for name in (each for each in (*target.names, *value.names) if each != word):
        found = known.get(name)
        if found is None:
            raise ReadError(_unknown(name, known))
        uses[name] = found
        if found.kind == "index" and len(value.counts(name) | target.counts(name)) > 1:
            raise ReadError(
                f"{name} counts from 0 in square brackets and from 1 elsewhere; this line has both"
            )
    return uses


def _unknown(name: str, known: Mapping[str, Use | None]) -> str:
    if name in known:
        return f"{name} would stand for two symbols of this page"
    words = sorted((word for word, use in known.items() if use and use.kind != "function"))
    functions = sorted(word for word, use in known.items() if use and use.kind == "function")
    return (
        f"{name} is no symbol that is declared or defined here; a line of this equation may read "
        f"{', '.join(words)}, call {', '.join(functions)}, and use what NumPy has of np"
    )


class _Sampler(Sampler):
    """Evaluates a line, and the side of the equation that it should be equal to."""

    def __init__(
        self,
        target: Code,
        value: Code,
        uses: dict[str, Use],
        sides: tuple[Node, Node],
        column: Column,
    ) -> None:
        super().__init__(column.draws, column.scope, sides, one_example=column.one_example)
        self._target, self._value, self._uses = target, value, uses
        self._certifies = False  # a line computes in float64

    def compare(self) -> None:
        """
        Compare both on every draw.

        Raises
        ------
        PageError
            If they differ.
        """
        samples: list[Sample] = []
        for number in range(self._draws.count):
            samples += self.on_first(number)[0]
        outcome = compare("=", samples, against_zero=self.against_zero)
        if not (outcome.holds or outcome.nothing):
            reason = outcome.reason or diagnose(samples)
            reason = reason or f"its relative error is {outcome.error:.2g}"
            raise ReadError(
                f"it is not what the equation says (the line is the left side): {reason}"
            )
        refuted = self.refuted("=")
        if refuted is not None:
            raise ReadError(
                f"it is what the equation says on the first draws, and not {refuted[1]}"
            )
        if outcome.nothing and not self.something:
            raise ReadError(outcome.reason)
        if self._value.unmet:
            raise ReadError(
                f"{self._value.unmet} chooses the same on every draw: the other case was not tested"
            )

    def others(self) -> Iterator[Evaluator]:
        """Yield the draws that the equation needs, and wide ones where the line chooses."""
        yield from super().others()
        if self._value.unmet:
            yield from self._made(self._draws.wide(map(Number, self._value.literals)))

    def _counts_from_0(self, index: str) -> bool:
        return any(code.counts(index) == {True} for code in (self._target, self._value))

    def _values(self, evaluator: Evaluator) -> Iterator[tuple[Array, Array]]:
        for bindings in bindings_of(
            evaluator, self._sides, self._free, one_example=self._one_example
        ):
            left, right = both_sides(evaluator, self._sides, bindings)
            meant = {
                word: _meant(use, evaluator, bindings, from_0=self._counts_from_0(word))
                for word, use in self._uses.items()
            }
            place = self._target.run(meant)
            if place.shape != left.shape or relative_error(place, left) > TOLERANCE:
                raise ReadError("what it gives a value to is not what stands in the equation")
            found = self._value.run(meant)
            if found.shape != right.shape[-2:]:
                own, wanted = ("×".join(map(str, each.shape[-2:])) for each in (found, right))
                raise ShapeError(f"its value is {own}, the equation’s {wanted}")
            yield found, right


# -- what names stand for -------------------------------------------------------------------------


def _meant(use: Use, evaluator: Evaluator, bindings: Bindings, *, from_0: bool) -> object:
    """Return what a name stands for on one draw; an index in brackets counts ``from_0``."""
    if use.kind == "function":
        return _Function(evaluator, use.node)
    if use.kind == "family":
        return _Family(evaluator, bindings, use.node)
    if use.kind == "index":
        return evaluator.whole_number(use.node, bindings) - from_0
    key = key_of(use.node) if isinstance(use.node, Name) else ""
    value = evaluator.value(use.node, bindings)
    if key in evaluator.draw.sizes:
        return int(value.item())
    declared = evaluator.scope.arrays.get((key, None))
    return value.item() if declared is not None and not declared.shape else _kept(value)


def _kept(value: Array) -> Array:
    """Return an array that a line cannot change."""
    array = np.array(value)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True)
class _Family:
    """The layers of a symbol, each by its number."""

    evaluator: Evaluator
    bindings: Bindings
    node: Any

    def __getitem__(self, layer: int) -> Array:
        name = replace(self.node, layer=Number(layer))
        return _kept(self.evaluator.value(name, self.bindings))


@dataclass(frozen=True, slots=True)
class _Function:
    """A function of the page, or its derivative."""

    evaluator: Evaluator
    node: Any

    def __call__(self, *values: Array) -> Array:
        words = [f"□{place}" for place in range(len(values))]
        arguments = {word: np.atleast_2d(value) for word, value in zip(words, values, strict=True)}
        node = Apply(self.node, tuple(map(Name, words)))
        return _kept(self.evaluator.value(node, Bindings(arguments=arguments)))
