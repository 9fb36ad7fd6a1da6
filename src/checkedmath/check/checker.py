"""Check a page: draw values, evaluate both sides of each relation, compare."""

from __future__ import annotations

import contextlib
import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from checkedmath.bind.binding import BoundPage, CheckedEquation, bind_page
from checkedmath.bind.definition import Definition
from checkedmath.bind.scope import Scope
from checkedmath.check.draws import Draws
from checkedmath.check.free_indices import Conditions, cases_of
from checkedmath.check.functions import Load, check_implementation, excused
from checkedmath.check.relations import Sampler
from checkedmath.check.rows import equal, row_finding
from checkedmath.diagnose.diagnosing import diagnose
from checkedmath.diagnose.repairing import repair
from checkedmath.errors import (
    DrawAgainError,
    PageError,
    ReadError,
    ShapeError,
    TimeoutReachedError,
    UncheckedError,
    UndeclaredError,
)
from checkedmath.evaluate.balls import PRECISIONS
from checkedmath.evaluate.certifying import Verdict, decide
from checkedmath.evaluate.comparing import Comparison, Sample, compare
from checkedmath.evaluate.drawing import LEAST_DRAWS
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Array
from checkedmath.evaluate.recording import Branch
from checkedmath.findings import Finding, RelationFinding, RowFinding, failed, failure
from checkedmath.latex.macros import Macros
from checkedmath.latex.names import key_of
from checkedmath.latex.nodes import Group, Name, Node, Product, Relation
from checkedmath.latex.printing import to_latex
from checkedmath.page.model import WORDS, Equation, Formula, Implementation, Page, Row

MOST_DRAWS = 1000
"""The most random draws for one run."""

SEARCH = 0.2
"""The part of a page's time that may go into looking for what would mend its equations."""

LONGEST_SEARCH = 2.0
"""The most seconds of it for one equation."""


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How to check.

    Attributes
    ----------
    draws : int
        Draws for each relation; there are at least as many as make each size and each number of a
        small set change, and more where a relation needs them.
    seed : int
        Of the random draws.
    timeout : float
        Seconds for a page.
    certify : bool
        Whether balls decide, which carry an error bound; it needs python-flint.
    macros : tuple of Macro
        Those that are known at the beginning of each file.
    """

    draws: int = 5
    seed: int = 0
    timeout: float = 30.0
    certify: bool = False
    macros: Macros = ()

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= MOST_DRAWS:
            raise ValueError(f"draws = {self.draws}; expected 1 to {MOST_DRAWS}")
        if not self.timeout >= 0:
            raise ValueError(f"timeout = {self.timeout}; expected seconds from 0")


def check_page(
    page: Page,
    used: Sequence[Page] = (),
    settings: Settings | None = None,
    load: Load | None = None,
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
    load : callable, optional
        Gives the function of a dotted name. Only with it are the functions run that the page
        names; without it they are reported as unchecked.

    Returns
    -------
    list of Finding
        In the order of the page: one for each relation, one for each side-by-side row, one for
        each value that a function returns, one for each thing that could not be read.
    """
    return check(page, used, settings, load).findings


@dataclass(frozen=True, slots=True)
class CheckResult:
    """
    A page that has been checked.

    Attributes
    ----------
    findings : list of Finding
        In the order of the page.
    bound_page : BoundPage
        What the page says.
    draws : Draws or None
        The draws on which it was checked; None where nothing could be drawn.
    """

    findings: list[Finding]
    bound_page: BoundPage
    draws: Draws | None


def check(
    page: Page,
    used: Sequence[Page] = (),
    settings: Settings | None = None,
    load: Load | None = None,
) -> CheckResult:
    """Check a page as `check_page` does, and return also what more can be computed from."""
    settings = settings or Settings()
    deadline = time.monotonic() + settings.timeout
    with np.errstate(all="ignore"):
        bound_page = bind_page(page, used, deadline)
        findings, scope = bound_page.findings, bound_page.scope
        try:
            count = max(settings.draws, LEAST_DRAWS)
            draws = Draws(scope, settings.seed, count, deadline, certify=settings.certify)
        except PageError as error:
            place = error.origin[1] if error.origin and error.origin[0] == page.file else 1
            bound_page.fail(Formula("", place), error)
            return CheckResult(findings, bound_page, None)
        checker = Checker(bound_page, draws)
        findings += checker.findings(load)
        in_order = sorted(findings, key=lambda finding: (finding.line, finding.column))
        return CheckResult(in_order, bound_page, draws)


class Checker:
    """
    Evaluates what a bound page says, on all draws.

    Without ``thorough``, for what is checked many times over, it keeps to the first draws, and says
    nothing of what is wrong.
    """

    def __init__(
        self,
        bound_page: BoundPage,
        draws: Draws,
        *,
        thorough: bool = True,
    ) -> None:
        self.page = bound_page.page
        self.bound_page = bound_page
        self.scope: Scope = bound_page.scope
        self.draws = draws
        self.evaluators = draws.evaluators
        self.thorough = thorough
        self.search = SEARCH * (self.evaluators[0].deadline - time.monotonic())
        self.failed: set[int] = set()
        self.refused: set[tuple[str, int]] = set(self.scope.refused.values())
        self.returned: dict[int, tuple[Node, ...]] = {}

    def findings(self, load: Load | None = None) -> Iterator[Finding]:
        """Yield all findings, in the order in which one thing depends on another."""
        yield from self.definitions()
        for checked in self.bound_page.equations:
            yield from self.relations(checked)
        for item in self.page.implementations:
            yield from self.implementation(item, load)
        for row in self.page.rows:
            yield from self.row(row)

    def definitions(self, wanted: Callable[[str], bool] = bool) -> Iterator[Finding]:
        """Yield the failures of this page's definitions of wanted names, each where it is."""
        own = self.bound_page.defined
        for definition in itertools.chain.from_iterable(self.scope.definitions.values()):
            if (definition.file, definition.line) not in own or not wanted(definition.key):
                continue
            try:
                self._try(definition)
            except DrawAgainError:
                continue  # what depends on it is drawn again, and reported if that does not help
            except PageError as error:
                place = error.origin or (definition.file, definition.line)
                if place in own and place not in self.refused:
                    error.origin = None
                    yield failure(self.page.file, own[place], error, own[place].label)
                self.refused.add(place)

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

    def _agree(self, evaluator: Evaluator, definition: Definition, layer: int | None) -> None:
        """See that what is defined for each example is a column of the batch of that name."""
        key = definition.key
        batch = evaluator.names.batch_key(key, layer)
        known = self.scope.definition(batch, layer, example=False)
        if definition.example is None or batch == key:
            return
        if known is None and (batch, layer) not in evaluator.draw.values:
            return
        fits = all(itertools.starmap(equal, _columns(evaluator, key, batch, layer)))
        if fits and self.draws.certify:
            with (
                self.draws.exact(evaluator, PRECISIONS[0]) as exact,
                contextlib.suppress(PageError),
            ):
                pairs = _columns(exact, key, batch, layer)
                samples = [Sample(column, own, exact.draw.sizes) for column, own in pairs]
                fits = decide("=", samples, None, None).proved is not False
        if not fits:
            where = "declared" if known is None else f"defined at {known.place}"
            message = f"{batch} is {where}; its columns are not what {key} is defined to be here"
            raise ReadError(message)

    # -- relations ------------------------------------------------------------------------------

    def relations(self, checked: CheckedEquation) -> Iterator[RelationFinding]:
        """Check every relation of an equation."""
        for statement in checked.statements:
            for relation, sides in zip(
                statement.relations, itertools.pairwise(statement.sides), strict=True
            ):
                if relation.sign != ":=":
                    finding = self._relation(relation, sides, checked.equation)
                    if not finding.passes:
                        self.failed.add(id(checked))
                    yield finding

    def _relation(
        self, relation: Relation, sides: tuple[Node, Node], equation: Equation
    ) -> RelationFinding:
        """Check a relation on the first draws, and on the others that it needs."""
        finding = self._new_finding(relation, sides, equation)
        samples: list[Sample] = []
        try:
            sampler = Sampler(
                self.draws, self.scope, sides, relation.only, one_example=equation.one_example
            )
            outcome, decided = self._decided(sampler, relation.sign, samples, equation.tolerance)
        except PageError as error:
            return self._failed(finding, error, samples, (relation, sides, equation))
        finding = replace(finding, relative_error=outcome.error, **decided)
        if not (outcome.holds or outcome.nothing):
            diagnosis = outcome.reason
            if not diagnosis and relation.sign == "=":
                diagnosis = self._diagnosis(samples, sides, relation.only, equation, "it holds")
            diagnosis = diagnosis or "no simple mistake explains the difference"
            return replace(finding, status="differs", diagnosis=diagnosis)
        nothing = replace(finding, status="differs", diagnosis=outcome.reason)
        if not self.thorough:
            return nothing if outcome.nothing else finding
        try:
            refuted = sampler.refuted(relation.sign)
        except TimeoutReachedError as error:
            return failed(finding, equation, error)
        if refuted is not None:
            worst, where = refuted
            diagnosis = f"it holds on the first draws, and fails {where}"
            return replace(finding, status="differs", relative_error=worst, diagnosis=diagnosis)
        if outcome.nothing and not sampler.something:
            return nothing
        if sampler.unreached:
            diagnosis = _not_reached(sampler.unreached)
            return replace(finding, status="unchecked", diagnosis=diagnosis)
        return finding

    def _decided(
        self, sampler: Sampler, sign: str, samples: list[Sample], tolerance: float | None
    ) -> tuple[Comparison, dict[str, Any]]:
        """
        Compare on the first draws, by balls where they certify, and else by float64.

        The second value is what a finding says of it besides.
        """
        told: DrawAgainError | None = None
        again = 0
        try:
            outcome, again = self._first(sampler, sign, samples, tolerance)
        except DrawAgainError as error:
            if not self.draws.certify:
                raise
            told, outcome = error, Comparison(False, math.nan)
        if not (self.draws.certify and self.thorough):
            return outcome, {"drawn_again": again}
        try:
            verdict, certificate = sampler.proof(sign, tolerance)
        except TimeoutReachedError:
            raise
        except PageError as error:
            verdict, certificate = Verdict(None, error.message), None
        if certificate is not None and (verdict.proved or outcome.nothing):
            proved = Comparison(True, certificate.radius) if verdict.proved else outcome
            return proved, {"certificate": certificate}
        if verdict.proved is None and told is not None:
            raise told
        if verdict.proved is None:
            return outcome, {"drawn_again": again, "uncertified": verdict.reason}
        seen = told is None and not outcome.holds
        reason = outcome.reason if seen else verdict.reason
        return Comparison(False, outcome.error if seen else verdict.error, reason), {}

    def _failed(
        self,
        finding: RelationFinding,
        error: PageError,
        samples: list[Sample],
        about: tuple[Relation, tuple[Node, Node], Equation],
    ) -> RelationFinding:
        """Return the finding for a relation that cannot be evaluated."""
        relation, sides, equation = about
        guess = ""
        if error.origin in self.refused:
            error.message = ""  # it is reported there
        elif relation.sign == "=":
            guess = self._guess(error, samples, sides, relation.only, equation)
        return failed(finding, equation, error, guess)

    def _first(
        self, sampler: Sampler, sign: str, samples: list[Sample], tolerance: float | None
    ) -> tuple[Comparison, int]:
        """Compare on the first draws; return also how many were given up for others."""
        again = 0
        for number in range(self.draws.count):
            more, attempts = sampler.on_first(number)
            samples += more
            again += attempts
        outcome = compare(sign, samples, against_zero=sampler.against_zero, tolerance=tolerance)
        if not (outcome.holds or outcome.reason) and sign == "=":
            outcome = sampler.reconsidered(outcome)
        return outcome, again

    def _guess(
        self,
        error: PageError,
        samples: list[Sample],
        sides: tuple[Node, Node],
        only: Conditions,
        equation: Equation,
    ) -> str:
        """Return in words what may have been meant by an equality that cannot be evaluated."""
        if isinstance(error, ShapeError):
            return self._diagnosis(samples, sides, only, equation, "it would hold")
        return self._definition_meant(sides[0]) if isinstance(error, UndeclaredError) else ""

    def _definition_meant(self, left: Node) -> str:
        """Return how to define the name on the left, if nothing else explains it."""
        name = left.factors[0] if isinstance(left, Product) else left
        others = left.factors[1:] if isinstance(left, Product) else ()
        if not isinstance(name, Name) or not all(isinstance(each, Group) for each in others):
            return ""
        if any(self.scope.knows_example_or_batch(key) for key in (name.id, key_of(name))):
            return ""
        return f"if this defines {to_latex(left)}, write := in place of ="

    def _diagnosis(
        self,
        samples: list[Sample],
        sides: tuple[Node, Node],
        only: Conditions,
        equation: Equation,
        holds: str,
    ) -> str:
        """Return what is wrong with an equality: in its values, or a change with which it holds."""
        if not self.thorough:
            return ""
        diagnosis = diagnose(samples)
        if diagnosis:
            return diagnosis
        start = time.monotonic()
        try:
            cases = [*cases_of(self.evaluators, sides, only, one_example=equation.one_example)]
        except PageError:
            return ""
        change = repair(sides, cases, start + min(LONGEST_SEARCH, self.search))
        self.search -= time.monotonic() - start
        return f"{holds} {change}" if change else ""

    def _new_finding(
        self, relation: Relation, sides: tuple[Node, Node], equation: Equation
    ) -> RelationFinding:
        """Return the finding for a relation that holds, without an error yet."""
        line, column = equation.place(relation.start)
        left, right = map(to_latex, sides)
        return RelationFinding(
            equation.file or self.page.file,
            line,
            column,
            "holds",
            equation.label,
            left,
            right,
            draws=len(self.evaluators),
            sizes=self._sizes(),
            relation=relation.sign,
            about=equation,
        )

    def _sizes(self) -> tuple[dict[str, int], ...]:
        return tuple(dict(evaluator.draw.sizes) for evaluator in self.evaluators)

    # -- code and side by side ------------------------------------------------------------------

    def implementation(self, item: Implementation, load: Load | None) -> Iterator[Finding]:
        """Check that a function returns what the page says."""
        if load is None:
            yield excused(self.page.file, item)
            return
        returned, findings = check_implementation(item, load, self.bound_page, self.evaluators)
        if all(finding.passes for finding in findings):
            self.returned[id(item)] = returned
        why = "a function computes in its own numbers" if self.draws.certify else ""
        yield from (replace(finding, uncertified=why) for finding in findings)

    def _statements(self, side: Equation | Implementation) -> tuple[Node, ...]:
        """Return what a side of a row claims to be equal to; empty if it does not hold."""
        if isinstance(side, Implementation):
            return self.returned.get(id(side), ())
        checked = self.bound_page.checked_equation(side)
        if id(checked) in self.failed:
            return ()
        return tuple(statement.sides[0] for statement in checked.statements)

    def row(self, row: Row) -> Iterator[RowFinding]:
        """Find out how the batch follows from one example; only where both sides hold."""
        left, right = self._statements(row.left), self._statements(row.right)
        if not (left and right):
            return
        line, column = row.right.place(None)
        finding = RowFinding(
            row.right.file or self.page.file,
            line,
            column,
            "holds",
            row.right.label if isinstance(row.right, Equation) else None,
            ", ".join(map(to_latex, left)),
            ", ".join(map(to_latex, right)),
            draws=len(self.evaluators),
            sizes=self._sizes(),
            about=row,
        )
        if len(left) != len(right):
            diagnosis = (
                f"one example has {len(left)} statements, the batch {len(right)}; "
                "they are compared in pairs"
            )
            yield replace(finding, status="differs", diagnosis=diagnosis)
            return
        try:
            self._refuse_conditions(row)
            words = [self._pair_words(*pair) for pair in zip(left, right, strict=True)]
        except PageError as error:
            yield failed(finding, row.right, error)
            return
        found = row_finding(finding, row, words)
        if found.passes and self.draws.certify and self.thorough:
            found = self._certified_row(found, list(zip(left, right, strict=True)))
        yield found

    def _refuse_conditions(self, row: Row) -> None:
        """Refuse a row in which a condition stands beside an equation: both sides need one."""
        for side in (row.left, row.right):
            if isinstance(side, Equation):
                for statement in self.bound_page.checked_equation(side).statements:
                    for each in statement.only:
                        raise ReadError("a row has no condition beside it", each.start)

    def _certified_row(self, finding: RowFinding, pairs: list[tuple[Node, Node]]) -> RowFinding:
        """Return a row's finding, with what balls say of its word."""
        certificates = []
        try:
            for pair in pairs:
                sampler = Sampler(self.draws, self.scope, pair, one_example=False)
                verdict, certificate = sampler.proof("=", word=finding.word)
                if verdict.proved is False:
                    return replace(finding, status="differs", diagnosis=verdict.reason)
                if certificate is None:
                    return replace(finding, uncertified=verdict.reason)
                certificates.append(certificate)
        except PageError as error:
            return replace(finding, uncertified=error.message)
        weakest = min(certificates, key=lambda each: each.strength)
        return replace(finding, certificate=weakest)

    def _pair_words(self, left: Node, right: Node) -> set[str]:
        """
        Return every word that says on all draws how the batch follows from one example.

        Raises
        ------
        UncheckedError
            If nothing tells two words apart, or a branch was reached on no draw.
        """
        sampler = Sampler(self.draws, self.scope, (left, right), one_example=False)
        words = set(WORDS)
        for evaluator in self.evaluators:
            words &= sampler.words_on(evaluator)
        if not self.thorough:
            return words
        for evaluator in sampler.others():
            words &= sampler.words_on(evaluator, first=False)
        if sampler.unreached:
            raise UncheckedError(_not_reached(sampler.unreached))
        if not sampler.something:
            message = "both sides are 0 on all draws, or an index has no values: nothing was tested"
            raise UncheckedError(message)
        if not words and self.draws.certify:
            words = {word for word in WORDS if sampler.proof("=", word=word)[0].proved}
        if len(words - ({"mean"} if "same" in words else set())) > 1:
            raise UncheckedError(f"nothing tells {' and '.join(sorted(words))} apart on any draw")
        return words


def _columns(
    evaluator: Evaluator, key: str, batch: str, layer: int | None
) -> Iterator[tuple[Array, Array]]:
    """Yield each example's value, with its column of the batch of that name."""
    names = evaluator.names
    whole = names.whole(batch, layer)
    for i in range(1, names.examples() + 1):
        column = names.column(key, layer, i)
        if whole is not None and column is not None:
            yield column, whole[:, i - 1 : i]


def _not_reached(branches: list[Branch]) -> str:
    """Return in words what no draw reached."""
    node, outcome = branches[0]
    return f"no draw reached {outcome} {to_latex(node)}: nothing was tested there"
