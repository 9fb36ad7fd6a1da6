"""Check a page: draw values, evaluate both sides of each relation, compare."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from checkedmath.bind.naming import example_indices, free_names
from checkedmath.bind.preparing import Check, Prepared, prepare
from checkedmath.bind.scope import Definition, Scope
from checkedmath.compare.comparing import TOLERANCE, Sample, compare, relative_error
from checkedmath.compare.diagnosing import diagnose
from checkedmath.errors import (
    DrawAgainError,
    PageError,
    ReadError,
    ShapeError,
    SizeError,
    UndeclaredError,
)
from checkedmath.evaluate.arrays import is_square
from checkedmath.evaluate.drawing import draw
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Array, Bindings, Rounding
from checkedmath.evaluate.operators import index_values
from checkedmath.findings import WORDS, Finding, explain, failure
from checkedmath.read.page import Equation, Formula, Page, Row
from checkedmath.read.printing import to_latex
from checkedmath.read.syntax import Entry, Name, Node, Number, Relation

MOST_DRAWS = 1000
"""The most random draws for one run."""

MOST_REDRAWS = 10
"""How often a draw is drawn again before an equation is given up."""

_CANCELLED = 1e7
"""A sum that is smaller than its terms by more than this has lost the digits that are compared."""


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How to check.

    Attributes
    ----------
    draws : int
        Random draws for each relation.
    seed : int
        Of the random draws.
    timeout : float
        Seconds for a page.
    """

    draws: int = 5
    seed: int = 0
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= MOST_DRAWS:
            raise ValueError(f"draws = {self.draws}; expected 1 to {MOST_DRAWS}")
        if not self.timeout >= 0:
            raise ValueError(f"timeout = {self.timeout}; expected seconds from 0")


def check_page(
    page: Page, used: Sequence[Page] = (), settings: Settings | None = None
) -> list[Finding]:
    """
    Check every relation that a page displays.

    Parameters
    ----------
    page : Page
        The page.
    used : sequence of Page
        The pages whose declarations and definitions it uses, and those that they use in turn.
    settings : Settings, optional
        Draws, seed and timeout.

    Returns
    -------
    list of Finding
        In the order of the page: one for each relation, one for each side-by-side row, one for
        each thing that could not be read.
    """
    settings = settings or Settings()
    deadline = time.monotonic() + settings.timeout
    with np.errstate(all="ignore"):
        return _check(page, used, settings, deadline)


def _check(page: Page, used: Sequence[Page], settings: Settings, deadline: float) -> list[Finding]:
    prepared = prepare(page, used, deadline)
    findings = prepared.findings
    try:
        draws = [draw(prepared.scope, settings.seed, n) for n in range(settings.draws)]
    except PageError as error:
        place = error.origin[1] if error.origin and error.origin[0] == page.file else 1
        prepared.fail(Formula("", place), error)
        return findings
    evaluators = [Evaluator(prepared.scope, each, deadline) for each in draws]
    checker = _Checker(prepared, evaluators, settings.seed)
    findings += checker.definitions()
    for check in prepared.checks:
        findings += checker.relations(check)
    for row in page.rows:
        findings += checker.row(row)
    return sorted(findings, key=lambda finding: (finding.line, finding.column))


class _Checker:
    """Evaluates what a prepared page says, on all draws."""

    def __init__(self, prepared: Prepared, evaluators: list[Evaluator], seed: int) -> None:
        self.page = prepared.page
        self.prepared = prepared
        self.scope: Scope = prepared.scope
        self.evaluators = evaluators
        self.seed = seed
        self.others: dict[int, Evaluator] = {}
        self.failed: set[int] = set()

    def definitions(self) -> Iterator[Finding]:
        """Evaluate each definition of this page; a mistake in it is told where it stands."""
        told: set[tuple[str, int]] = set()
        for definition in itertools.chain.from_iterable(self.scope.definitions.values()):
            if definition.file != self.page.file:
                continue
            try:
                self._try(definition)
            except DrawAgainError:
                continue  # what rests on it is drawn again, and told if that does not help
            except PageError as error:
                file, line = error.origin or (definition.file, definition.line)
                if file == self.page.file and (file, line) not in told:
                    told.add((file, line))
                    error.origin = None
                    equation = self._equation_at(line)
                    yield failure(file, equation, error, equation.label)

    def _try(self, definition: Definition) -> None:
        evaluator = self.evaluators[0]
        if definition.parameters:
            evaluator.try_function(definition)
            return
        layers: Iterable[int | None] = [None]
        if isinstance(definition.layer, str):
            layers = evaluator.names.layer_range(definition)
        elif definition.layer is not None:
            layers = [definition.layer]
        for layer in layers:
            drawn = (definition.key, layer) in evaluator.draw.values
            drawn = drawn or (layer is None and definition.key in evaluator.draw.sizes)
            if definition.example is None and drawn:
                written = definition.key if layer is None else f"{definition.key}^{{[{layer}]}}"
                raise ReadError(f"{written} is declared already; it cannot be defined")
            evaluator.names.defined(definition, layer, None if definition.example is None else 1)
            self._agree(evaluator, definition, layer)

    @staticmethod
    def _agree(evaluator: Evaluator, definition: Definition, layer: int | None) -> None:
        """See that what is defined for each example is a column of the batch of that name."""
        names, key = evaluator.names, definition.key
        batch = names.batch_key(key, layer)
        known = evaluator.scope.definition(batch, layer, example=False)
        if definition.example is None or batch == key:
            return
        if known is None and (batch, layer) not in evaluator.draw.values:
            return
        whole = names.whole(batch, layer)
        for i in range(1, names.examples() + 1):
            column = names.column(key, layer, i)
            if whole is None or column is None or not _equal(column, whole[:, i - 1 : i]):
                where = "declared" if known is None else f"defined at {known.place}"
                message = (
                    f"{batch} is {where}; its columns are not what {key} is defined to be here"
                )
                raise ReadError(message)

    def _equation_at(self, line: int) -> Equation:
        return max(
            (e for e in self.page.equations if e.line <= line), key=lambda equation: equation.line
        )

    # -- relations ------------------------------------------------------------------------------

    def relations(self, check: Check) -> Iterator[Finding]:
        """Check every relation of an equation."""
        for statement in check.statements:
            for relation, sides in zip(
                statement.relations, itertools.pairwise(statement.sides), strict=True
            ):
                if relation.sign != ":=":
                    finding = self._relation(relation, sides, check.equation)
                    if not finding.passes:
                        self.failed.add(id(check))
                    yield finding

    def _relation(
        self, relation: Relation, sides: tuple[Node, Node], equation: Equation
    ) -> Finding:
        finding = self._blank(equation, relation.start, sides, relation.sign, equation.label)
        samples: list[Sample] = []
        against_zero = sides.count(Number(0.0)) == 1
        again = 0
        try:
            for number in range(len(self.evaluators)):
                more, attempts = self._on_draw(
                    number, lambda at: self._samples(at, sides, equation, against_zero=against_zero)
                )
                samples += (replace(sample, draw=number) for sample in more)
                again += attempts
            outcome = compare(
                relation.sign, samples, against_zero=against_zero, tolerance=equation.tolerance
            )
        except PageError as error:
            return _failed(finding, error, equation, samples)
        finding = replace(finding, drawn_again=again)
        if outcome.holds:
            return replace(finding, relative_error=outcome.error)
        diagnosis = outcome.reason
        if not diagnosis and relation.sign == "=":
            diagnosis = diagnose(samples)
        return replace(
            finding,
            status="differs",
            relative_error=outcome.error,
            diagnosis=diagnosis or "no simple factor, sign or transpose explains the difference",
        )

    def _on_draw(
        self, number: int, compute: Callable[[Evaluator], list[Sample]]
    ) -> tuple[list[Sample], int]:
        """Compute on a draw, or on others in its place; return also how many were given up."""
        for attempt in range(MOST_REDRAWS):
            evaluator = self.evaluators[number]
            if attempt:
                evaluator = self._other_draw(number + attempt * len(self.evaluators))
            try:
                return compute(evaluator), attempt
            except DrawAgainError as error:
                told = error
        raise told

    def _other_draw(self, number: int) -> Evaluator:
        if number not in self.others:
            first = self.evaluators[0]
            other = draw(self.scope, self.seed, number)
            self.others[number] = Evaluator(self.scope, other, first.deadline)
        return self.others[number]

    def _samples(
        self,
        evaluator: Evaluator,
        sides: tuple[Node, Node],
        equation: Equation,
        *,
        against_zero: bool,
    ) -> list[Sample]:
        samples = []
        count = evaluator.names.examples() if self.scope.batches else None
        evaluator.names.rounding = lost = Rounding()
        for bindings in self._bindings(evaluator, sides, equation):
            left, right = _both(evaluator, sides, bindings)
            samples.append(Sample(left, right, evaluator.draw.sizes, count))
        if lost.absorbed or (lost.cancelled > _CANCELLED and not against_zero):
            raise DrawAgainError(
                "in every draw, a sum is tiny against its terms, or a term against its sum, so "
                "that rounding decides; write the equation without such terms"
            )
        return samples

    def _bindings(
        self, evaluator: Evaluator, sides: tuple[Node, Node], equation: Equation
    ) -> Iterator[Bindings]:
        """Yield bindings for every value of each free index."""
        examples = example_indices(sides[0]) | example_indices(sides[1])
        examples = {name for name in examples if not self.scope.is_size(name)}
        names = {name.id for side in sides for name in free_names(side)}
        free: dict[str, Sequence[int]] = {}
        for name in sorted(names | examples):
            if name in evaluator.draw.ranges:
                free[name] = evaluator.draw.ranges[name]
            elif name in examples:
                free[name] = range(1, evaluator.names.examples() + 1)
        one: Sequence[int | None] = [None]
        if equation.one_example:
            one = range(1, evaluator.names.examples() + 1)
        numbering = {item.id for side in sides for item in _subscripts(side)} & names
        open_names = sorted(name for name in numbering - set(free) if self._may_be_index(name))
        for example in one:
            for values in itertools.product(*free.values()):
                bindings = Bindings(dict(zip(free, values, strict=True)), {}, example)
                yield from _numbered(evaluator, sides, open_names, bindings)

    def _may_be_index(self, name: str) -> bool:
        """Tell whether a free name that nothing declares can number rows or columns."""
        letter = len(name) == 1 and name.isalpha() and name.islower()
        return letter and not (self.scope.knows(name) or self.scope.is_size(name))

    def _blank(
        self,
        equation: Equation,
        offset: int | None,
        sides: tuple[Node, Node],
        relation: str,
        label: str | None,
    ) -> Finding:
        line, column = equation.place(offset)
        left, right = map(to_latex, sides)
        sizes = tuple(evaluator.draw.sizes for evaluator in self.evaluators)
        return Finding(
            self.page.file,
            line,
            column,
            "holds",
            label,
            left,
            relation,
            right,
            draws=len(self.evaluators),
            sizes=sizes,
        )

    # -- side by side ---------------------------------------------------------------------------

    def row(self, row: Row) -> Iterator[Finding]:
        """Find out how the batch follows from one example; only where both equations hold."""
        checks = self.prepared.row_checks(row)
        if any(id(check) in self.failed or not check.statements for check in checks):
            return
        left, right = (check.statements[0].sides[0] for check in checks)
        finding = self._blank(row.right, None, (left, right), "", row.right.label)
        finding = replace(finding, is_row=True)
        words = set(WORDS)
        try:
            for evaluator in self.evaluators:
                count = range(1, evaluator.names.examples() + 1)
                for bindings in self._bindings(evaluator, (left, right), row.right):
                    each = [evaluator.value(left, replace(bindings, example=i)) for i in count]
                    words &= _words(each, evaluator.value(right, bindings))
        except PageError as error:
            yield _failed(finding, error, row.right, [])
            return
        found = next((word for word in WORDS if word in words), "")
        if not found:
            diagnosis = (
                "the batch's left side follows from the examples' in no way that has a word: "
                "neither the same, nor stacked, nor their sum, nor their mean"
            )
            yield replace(finding, status="differs", diagnosis=diagnosis)
        elif row.expected not in (None, found):
            diagnosis = f"expected *{row.expected}*, but the batch is {WORDS[found]} (*{found}*)"
            yield replace(finding, status="differs", relation=found, diagnosis=diagnosis)
        else:
            yield replace(finding, relation=found)


def _subscripts(side: Node) -> Iterator[Name]:
    """Yield the names that stand as subscripts."""
    for node in side.walk():
        if isinstance(node, (Name, Entry)):
            yield from (item for item in node.subscripts if isinstance(item, Name))


def _numbered(
    evaluator: Evaluator, sides: tuple[Node, Node], names: list[str], bindings: Bindings
) -> Iterator[Bindings]:
    """Yield bindings for every value of the subscripts that nothing declares."""
    free: dict[str, Sequence[int]] = {}
    for name in names:
        with contextlib.suppress(UndeclaredError):
            free[name] = index_values(evaluator, name, sides, bindings)
    for values in itertools.product(*free.values()):
        indices = {**bindings.indices, **dict(zip(free, values, strict=True))}
        yield replace(bindings, indices=indices)


def _both(
    evaluator: Evaluator, sides: tuple[Node, Node], bindings: Bindings
) -> tuple[Array, Array]:
    """Return both sides; an identity that is a side of its own has the other's size."""
    values: list[Array | None] = []
    for side in sides:
        try:
            values.append(evaluator.value(side, bindings))
        except SizeError as error:
            values.append(None)
            unknown = error
    left, right = values
    if left is None and right is not None and is_square(right):
        left = evaluator.value(sides[0], replace(bindings, identity=right.shape[-1]))
    elif right is None and left is not None and is_square(left):
        right = evaluator.value(sides[1], replace(bindings, identity=left.shape[-1]))
    if left is None or right is None:
        raise unknown
    return left, right


def _words(each: list[Array], batch: Array) -> set[str]:
    """Return every word that fits on one draw."""
    total = sum(each[1:], start=each[0])
    fits = {
        "same": all(_equal(one, batch) for one in each),
        "stacked": each[0].shape[-1] == 1
        and batch.shape[-1] == len(each)
        and all(_equal(one, batch[:, i : i + 1]) for i, one in enumerate(each)),
        "sum": _equal(total, batch),
        "mean": _equal(total / len(each), batch),
    }
    return {word for word, fit in fits.items() if fit}


def _equal(left: Array, right: Array) -> bool:
    return left.shape == right.shape and relative_error(left, right) <= TOLERANCE


def _failed(
    finding: Finding, error: PageError, equation: Equation, samples: list[Sample]
) -> Finding:
    """Return the finding for a relation that could not be evaluated."""
    line, column = finding.line, finding.column
    if error.origin is None and error.offset is not None:
        line, column = equation.place(error.offset)
    diagnosis = explain(error, finding.file, line)
    guess = diagnose(samples) if isinstance(error, ShapeError) else ""
    if guess:
        diagnosis = f"{diagnosis}; {guess}"
    return replace(finding, status=error.status, line=line, column=column, diagnosis=diagnosis)
