"""Judge the mutants of a definition: caught by an equality that rests on it, or not."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from checkedmath.audit.book import Reading
from checkedmath.audit.equalities import Verdict
from checkedmath.audit.equivalence import are_equal, cases_of_definition
from checkedmath.bind.binding import BoundPage, CheckedEquation
from checkedmath.bind.definition import Definition
from checkedmath.check.checker import Checker
from checkedmath.findings import Finding
from checkedmath.latex.nodes import Name, Node, Statement
from checkedmath.latex.printing import to_latex
from checkedmath.mutate.context import mutation_context
from checkedmath.mutate.mutating import mutants


def of_definition(reading: Reading, definition: Definition) -> Iterator[Verdict]:
    """Yield the verdict on each mutant of a definition, held to its page and those that use it."""
    scope = reading.bound_page.scope
    page = mutation_context(scope, elementwise=bool(definition.parameters))
    label = _label(reading.bound_page, definition)
    users = [_Resting(user, definition) for user in reading.users]
    for mutant in mutants(definition.body, page):
        word, reason = _judge(users, mutant.whole, 1), ""
        if word == "uncovered":
            cases = cases_of_definition(definition, reading.further)
            equal = are_equal(definition.body, mutant.whole, cases)
            word = "equal" if equal else _judge(users, mutant.whole, None)
        if word == "uncovered":
            reason = _why_uncovered(users)
        if word:
            whole = to_latex(definition.body)
            yield Verdict(definition.file, definition.line, label, mutant, word, reason, whole)


def _label(bound_page: BoundPage, definition: Definition) -> str | None:
    before = [c.equation for c in bound_page.equations if c.equation.line <= definition.line]
    return before[-1].label if before else None


class _Resting:
    """What rests on a definition in a page; nothing else of it can change with the definition."""

    def __init__(self, user: Reading, definition: Definition) -> None:
        self.user = user
        self.definition = definition
        page = user.bound_page.page
        self.checks = [checked for checked in user.bound_page.equations if self._in(checked)]
        equations = {checked.equation for checked in self.checks}
        self.rows = [row for row in page.rows if {row.left, row.right} & equations]

    def first_failure(self, body: Node, count: int | None) -> Finding | None:
        """Return the first thing that does not pass where the definition has another body."""
        bound_page = _with_body(self.user.bound_page, self.definition, body)
        checker = Checker(bound_page, self.user.draws.of(bound_page.scope, count), thorough=False)
        bad = _bad(checker.definitions(self.key_rests))
        if bad is not None:
            return bad
        page = self.user.bound_page.page
        for place, checked in enumerate(self.checks):
            own = page.file == self.definition.file
            changed = _with_side(checked, self.definition, body) if own else checked
            bad = _bad(checker.relations(changed), alone=count == 1)
            if bad is not None:
                # What catches one mutant is likely to catch the next.
                self.checks.insert(0, self.checks.pop(place))
                return bad
        rows = map(checker.row, self.rows)
        functions = (checker.implementation(item, None) for item in page.implementations)
        return _bad(itertools.chain.from_iterable((*rows, *functions)))

    def equates(self) -> bool:
        """Tell whether an equality rests on it."""
        statements = (statement for checked in self.checks for statement in checked.statements)
        return any(self._rests(side) for statement in statements for side in _equated(statement))

    def key_rests(self, key: str) -> bool:
        """Tell whether a name's value can change with the definition."""
        return self.user.bound_page.scope.depends_on(key, self.definition.key)

    def _in(self, checked: CheckedEquation) -> bool:
        return any(self._rests(side) for each in checked.statements for side in each.sides)

    def _rests(self, side: Node) -> bool:
        return any(isinstance(name, Name) and self.key_rests(name.id) for name in side.walk())


def _bad(findings: Iterable[Finding], *, alone: bool = False) -> Finding | None:
    """Return the first that does not pass; on one draw alone, sides that agree on 0 say nothing."""
    for finding in findings:
        if not (finding.passes or (alone and finding.relative_error == 0.0)):
            return finding
    return None


def _judge(users: list[_Resting], body: Node, count: int | None) -> str:
    """
    Check with another body, on some draws or on all; ``caught`` at the first failure.

    Empty where the body names what does not exist.
    """
    for user in users:
        bad = user.first_failure(body, count)
        if bad is not None:
            return "" if bad.status == "undeclared" else "caught"
    return "uncovered"


def _with_body(bound_page: BoundPage, definition: Definition, body: Node) -> BoundPage:
    """Return a page in which a definition has another body."""
    definitions = {
        key: [replace(each, body=body) if each == definition else each for each in found]
        for key, found in bound_page.scope.definitions.items()
    }
    scope = replace(bound_page.scope, definitions=definitions, _users={}, _dependents={})
    return replace(bound_page, scope=scope)


def _with_side(checked: CheckedEquation, definition: Definition, body: Node) -> CheckedEquation:
    """Return an equation in which the definition's right side, which a chain goes on from, too."""
    statements = []
    for statement in checked.statements:
        line, _ = checked.equation.place(statement.sides[0].start)
        if line == definition.line and _defines(statement, definition):
            target, _, *rest = statement.sides
            statements.append(replace(statement, sides=(target, body, *rest)))
        else:
            statements.append(statement)
    return CheckedEquation(checked.equation, tuple(statements))


def _defines(statement: Statement, definition: Definition) -> bool:
    return statement.relations[0].sign == ":=" and statement.sides[1] == definition.body


def _why_uncovered(users: list[_Resting]) -> str:
    if any(user.equates() for user in users):
        return "the equalities that rest on it hold with it, too"
    return "no equality rests on it"


def _equated(statement: Statement) -> Iterator[Node]:
    for place, relation in enumerate(statement.relations):
        if relation.sign != ":=":
            yield from statement.sides[place : place + 2]
