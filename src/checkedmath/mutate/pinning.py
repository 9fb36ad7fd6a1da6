"""Judge the mutants of a definition: caught by an equality that rests on it, or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checkedmath.bind.preparing import Check, Prepared
from checkedmath.bind.scope import Definition
from checkedmath.mutate.around import around
from checkedmath.mutate.book import Reading, first_failure
from checkedmath.mutate.judging import Verdict
from checkedmath.mutate.mutating import mutants
from checkedmath.mutate.proving import proof
from checkedmath.mutate.shapes import Shapes
from checkedmath.read.printing import to_latex
from checkedmath.read.syntax import Name, Node, Statement


def of_definition(reading: Reading, definition: Definition) -> Iterator[Verdict]:
    """Yield the verdict on each mutant of a definition, held to its page and those that use it."""
    scope = reading.prepared.scope
    page = around(scope, elementwise=bool(definition.parameters))
    shapes = Shapes(scope, definition.example == "")
    label = _label(reading.prepared, definition)
    for mutant in mutants(definition.body, page):
        word = _judge(reading, definition, mutant.whole)
        reason = ""
        if word == "unpinned":
            reason = proof(mutant, shapes)
            word = "equal" if reason else word
            reason = reason or _why_unpinned(reading, definition)
        if word:
            whole = to_latex(definition.body)
            yield Verdict(definition.file, definition.line, label, mutant, word, reason, whole)


def _label(prepared: Prepared, definition: Definition) -> str | None:
    before = [c.equation for c in prepared.checks if c.equation.line <= definition.line]
    return before[-1].label if before else None


def _judge(reading: Reading, definition: Definition, body: Node) -> str:
    """
    Check with another body, on one draw and then on all; ``caught`` at the first failure.

    Empty where the body names what does not exist.
    """
    changed = [(user, _with_body(user.prepared, definition, body)) for user in reading.users]
    for count in (1, None):
        for user, prepared in changed:
            bad = first_failure(prepared, user.draws[:count])
            if bad is not None:
                return "" if bad.status == "undeclared" else "caught"
    return "unpinned"


def _with_body(prepared: Prepared, definition: Definition, body: Node) -> Prepared:
    """Return a page in which a definition has another body."""
    definitions = {
        key: [replace(each, body=body) if each == definition else each for each in found]
        for key, found in prepared.scope.definitions.items()
    }
    scope = replace(prepared.scope, definitions=definitions, _users={}, _dependents={})
    checks = prepared.checks
    if prepared.page.file == definition.file:
        checks = [_with_side(check, definition, body) for check in checks]
    return replace(prepared, scope=scope, checks=checks)


def _with_side(check: Check, definition: Definition, body: Node) -> Check:
    """Return an equation in which the definition's right side, which a chain goes on from, too."""
    statements = []
    for statement in check.statements:
        line, _ = check.equation.place(statement.sides[0].start)
        if line == definition.line and _defines(statement, definition):
            target, _, *rest = statement.sides
            statements.append(replace(statement, sides=(target, body, *rest)))
        else:
            statements.append(statement)
    return Check(check.equation, tuple(statements))


def _defines(statement: Statement, definition: Definition) -> bool:
    return statement.relations[0].sign == ":=" and statement.sides[1] == definition.body


def _why_unpinned(reading: Reading, definition: Definition) -> str:
    for user in reading.users:
        for check in user.prepared.checks:
            for statement in check.statements:
                if any(_rests(user, side, definition) for side in _equated(statement)):
                    return "the equalities that rest on it hold with it, too"
    return "no equality rests on it"


def _equated(statement: Statement) -> Iterator[Node]:
    for place, relation in enumerate(statement.relations):
        if relation.sign != ":=":
            yield from statement.sides[place : place + 2]


def _rests(user: Reading, side: Node, definition: Definition) -> bool:
    scope = user.prepared.scope
    return any(
        isinstance(name, Name) and scope.depends_on(name.id, definition.key) for name in side.walk()
    )
