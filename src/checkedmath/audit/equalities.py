"""Judge the mutants of an equality: caught by the equality that they stand in, or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checkedmath.audit.equivalence import are_equal
from checkedmath.bind.binding import CheckedEquation
from checkedmath.check.checker import Checker
from checkedmath.check.free_indices import Conditions, cases_of
from checkedmath.errors import PageError, UndeclaredError
from checkedmath.evaluate.comparing import TOLERANCE, relative_error
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Array
from checkedmath.latex.nodes import Node, Statement
from checkedmath.latex.printing import to_latex
from checkedmath.mutate.context import mutation_context
from checkedmath.mutate.mutating import Mutant, mutants


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What became of one mutant.

    Attributes
    ----------
    word : str
        ``caught``, ``equal`` or ``survived``; a definition's does not survive but is
        ``uncovered``.
    reason : str
        Why nothing caught what is uncovered.
    whole : str
        The side that it is a mutant of, as LaTeX.
    """

    file: str
    line: int
    label: str | None
    mutant: Mutant
    word: str
    reason: str
    whole: str

    def __str__(self) -> str:
        """Return the line for a person."""
        label = f" ({self.label})" if self.label else ""
        reason = f"; {self.reason}" if self.reason else ""
        return f"{self.file}:{self.line}{label} {self.word}  {self.mutant}  in {self.whole}{reason}"


def of_equalities(
    checker: Checker, checked: CheckedEquation, further: Sequence[Evaluator]
) -> Iterator[Verdict]:
    """Yield the verdict on each mutant of each side that stands beside an ``=``."""
    equation = checked.equation
    page = mutation_context(checker.scope)
    for statement in checked.statements:
        for side, others in _sides(statement):
            pairs = [_Pair(checker, checked, (side, other), statement.only) for other in others]
            line, _ = equation.place(side.start)
            for mutant in mutants(side, page):
                word = _judge(mutant, pairs)
                if word == "survived":
                    sides, one = (side, *others), equation.one_example
                    cases = cases_of(further, sides, statement.only, one_example=one)
                    word = "equal" if are_equal(side, mutant.whole, cases) else word
                if word:
                    whole = to_latex(side)
                    yield Verdict(checker.page.file, line, equation.label, mutant, word, "", whole)


def _sides(statement: Statement) -> Iterator[tuple[Node, list[Node]]]:
    """Yield each side with those that it is equal to; a definition's mutants are made elsewhere."""
    equal: dict[int, list[Node]] = {}
    for place, relation in enumerate(statement.relations):
        if relation.sign == "=":
            equal.setdefault(place, []).append(statement.sides[place + 1])
            equal.setdefault(place + 1, []).append(statement.sides[place])
    is_definition = statement.relations[0].sign == ":="
    for place, others in equal.items():
        if not (is_definition and place == 1):
            yield statement.sides[place], others


class _Pair:
    """A side and one that it is equal to, whose values are computed once."""

    def __init__(
        self,
        checker: Checker,
        checked: CheckedEquation,
        sides: tuple[Node, Node],
        only: Conditions,
    ) -> None:
        self.other = sides[1]
        one = checked.equation.one_example
        self.cases = list(cases_of(checker.evaluators, sides, only, one_example=one))
        self._values: dict[int, Array] = {}

    def error(self, mutant: Mutant, number: int) -> float:
        """Return how far a mutant of the side is from the other, in one case."""
        evaluator, bindings = self.cases[number]
        value = evaluator.value(mutant.whole, bindings)
        if number not in self._values:
            self._values[number] = evaluator.value(self.other, bindings)
        return relative_error(value, self._values[number])


def _judge(mutant: Mutant, pairs: list[_Pair]) -> str:
    """
    Return ``caught`` at the first case that differs or is refused, else ``survived``.

    Empty where in every case the mutant names what does not exist, such as a layer beyond the last.
    """
    word = ""
    for pair in pairs:
        for number in range(len(pair.cases)):
            try:
                error = pair.error(mutant, number)
            except UndeclaredError:
                continue
            except PageError:
                return "caught"
            if not error <= TOLERANCE:
                return "caught"
            word = "survived"
    return word
