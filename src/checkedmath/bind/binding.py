"""Read a page's mathematics: build the scope of its names, and the statements to check."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from checkedmath.bind.notation import notation_of
from checkedmath.bind.resolving import resolve, resolve_definitions
from checkedmath.bind.scope import Scope
from checkedmath.errors import PageError, ReadError, UncheckedError, refuse_late
from checkedmath.findings import Finding, RelationFinding, failure
from checkedmath.latex.macros import Expansion, expand
from checkedmath.latex.names import key_of
from checkedmath.latex.nodes import Condition, Declaration, Joined, Name, Product, Statement
from checkedmath.latex.parsing import read_declaration, read_display
from checkedmath.latex.unread_relations import relations_unread
from checkedmath.latex.vocabulary import declared_in, defined_in, targets_in, unique
from checkedmath.page.model import Equation, Formula, Page, WhereItem

P = TypeVar("P")


@dataclass(slots=True)
class CheckedEquation:
    """An equation to check, with its statements; none if it could not be read or is excused."""

    equation: Equation
    statements: tuple[Statement, ...] = ()


@dataclass(slots=True)
class BoundPage:
    """A page that has been read: its names, its equations, and what could not be read."""

    page: Page
    scope: Scope = field(default_factory=Scope)
    equations: list[CheckedEquation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    defined: dict[tuple[str, int], Equation] = field(default_factory=dict)
    _by_equation: dict[int, CheckedEquation] = field(default_factory=dict)

    def checked_equation(self, equation: Equation) -> CheckedEquation:
        """Return the statements read from an equation of the page."""
        return self._by_equation[id(equation)]

    def add(self, checked: CheckedEquation) -> None:
        """Add an equation to check."""
        self.equations.append(checked)
        self._by_equation[id(checked.equation)] = checked

    def fail(self, formula: Formula, error: PageError) -> None:
        """Record something that could not be read."""
        label = formula.label if isinstance(formula, Equation) else None
        self.findings.append(failure(self.page.file, formula, error, label))


def bind_page(page: Page, used: Sequence[Page] = (), deadline: float = float("inf")) -> BoundPage:
    """
    Read the mathematics of a page.

    Parameters
    ----------
    page : Page
        The page.
    used : sequence of Page
        The pages whose declarations and definitions it uses. What cannot be read in them is
        reported where they are checked themselves.
    deadline : float, optional
        The `time.monotonic` at which to give up reading.
    """
    bound_page = BoundPage(page)
    scope = bound_page.scope
    scope.vocabulary = _vocabulary((*used, page))
    *others, own = (_read(each, scope.vocabulary, deadline) for each in (*used, page))
    scope.notation = notation_of(
        [each for read in (*others, own) for each in read.declared()],
        [each for read in (*others, own) for each in read.stated()],
    )
    for other in others:
        _adopt(scope, other)
    for mistake in page.mistakes:
        bound_page.fail(Formula("", mistake.line, file=mistake.file), mistake.error)
    for item, declaration in own.declarations:
        try:
            _declare(scope, item, declaration, page.file)
        except PageError as error:
            bound_page.fail(item, error)
    for equation, statements in own.equations:
        checked = CheckedEquation(equation)
        bound_page.add(checked)
        if equation.unchecked is not None:
            bound_page.findings.append(_excused(page, equation))
            continue
        _report_unread(bound_page, equation)
        try:
            checked.statements = _written(scope, equation, statements)
            for place in _bind(scope, equation, checked.statements, page.file):
                bound_page.defined[place] = equation
        except PageError as error:
            checked.statements = ()
            bound_page.fail(equation, error)
            _refuse_names(bound_page, equation)
    for checked in bound_page.equations:
        _resolve(bound_page, checked, deadline)
    resolve_definitions(bound_page.scope)
    bound_page.scope.choose_values()
    bound_page.scope.note_literals(
        side
        for checked in bound_page.equations
        for statement in checked.statements
        for side in statement.sides
    )
    return bound_page


def _refuse_names(bound_page: BoundPage, equation: Equation) -> None:
    """Remember the names that an equation defines which cannot be read."""
    scope = bound_page.scope
    line, _ = equation.place(None)
    for target in targets_in(_expanded(equation).text):
        with contextlib.suppress(PageError):
            head = read_display(f"{target} = 0", scope.vocabulary)[-1].sides[0]
            name = head.factors[0] if isinstance(head, Product) else head
            if isinstance(name, Name) and not scope.definitions.get(key_of(name)):
                place = (equation.file or bound_page.page.file, line)
                scope.refused.update(dict.fromkeys((name.id, key_of(name)), place))


def _report_unread(bound_page: BoundPage, equation: Equation) -> None:
    """Record the relations that an equation displays in words, where nothing is read."""
    expansion = _expanded(equation)
    for offset, where in relations_unread(expansion.text):
        message = (
            f"{where} with a relation that is displayed, and not checked; write it as a part of "
            "the equation, or excuse the equation in a {math} directive with :unchecked: and the "
            "reason"
        )
        bound_page.fail(equation, UncheckedError(message, expansion.place(offset)))


def _expanded(formula: Formula) -> Expansion:
    """Return a formula with its macros written out, or as it stands where that cannot be."""
    try:
        return expand(formula.latex, formula.macros)
    except PageError:
        return Expansion(formula.latex, ())


def _vocabulary(pages: Sequence[Page]) -> tuple[str, ...]:
    """Return the names with signs in them that pages declare or define."""
    declared = (
        name for page in pages for item in page.where for name in declared_in(_expanded(item).text)
    )
    defined = (
        name
        for page in pages
        for equation in page.equations
        if equation.unchecked is None
        for name in defined_in(_expanded(equation).text)
    )
    return unique((*declared, *defined))


@dataclass(frozen=True, slots=True)
class _Read:
    """The declarations and equations of a page, parsed, or what keeps each from being parsed."""

    page: Page
    declarations: list[tuple[WhereItem, Declaration | PageError]]
    equations: list[tuple[Equation, tuple[Statement, ...] | PageError]]

    def declared(self) -> list[Declaration]:
        """Return the declarations that could be parsed."""
        return [each for _, each in self.declarations if isinstance(each, Declaration)]

    def stated(self) -> list[Statement]:
        """Return the statements that could be parsed."""
        parsed = (each for _, each in self.equations if not isinstance(each, PageError))
        return [statement for statements in parsed for statement in statements]


def _read(page: Page, vocabulary: tuple[str, ...], deadline: float) -> _Read:
    """Parse a page; what is excused is not parsed."""

    def tried(read: Callable[..., P], formula: Formula) -> P | PageError:
        try:
            refuse_late(deadline)
            return read(formula.latex, vocabulary, formula.macros)
        except PageError as error:
            return error

    return _Read(
        page,
        [(item, tried(read_declaration, item)) for item in page.where],
        [
            (each, tried(read_display, each) if each.unchecked is None else ())
            for each in page.equations
        ],
    )


def _declare(
    scope: Scope, item: WhereItem, declaration: Declaration | PageError, file: str
) -> None:
    if isinstance(declaration, PageError):
        raise declaration
    scope.declare(scope.notation.declaration(declaration), item.file or file, item.line)


def _written(
    scope: Scope, equation: Equation, statements: tuple[Statement, ...] | PageError
) -> tuple[Statement, ...]:
    if isinstance(statements, PageError):
        raise statements
    write = scope.notation.statement
    return tuple(write(each, one_example=equation.one_example) for each in statements)


def _adopt(scope: Scope, read: _Read) -> None:
    """Take over the declarations and definitions of a used page."""
    for item, declaration in read.declarations:
        with contextlib.suppress(PageError):
            _declare(scope, item, declaration, read.page.file)
    for equation, statements in read.equations:
        if equation.unchecked is not None:
            continue
        with contextlib.suppress(PageError):
            for _ in _bind(scope, equation, _written(scope, equation, statements), read.page.file):
                pass


def _excused(page: Page, equation: Equation) -> RelationFinding:
    line, column = equation.place(None)
    reason = (equation.unchecked or "").strip()
    return RelationFinding(
        equation.file or page.file,
        line,
        column,
        "unchecked",
        equation.label,
        left=equation.latex.strip(),
        diagnosis=reason or "no reason given",
        excused=bool(reason),
        about=equation,
    )


def _bind(
    scope: Scope, equation: Equation, statements: tuple[Statement, ...], file: str
) -> Iterator[tuple[str, int]]:
    """Take an equation's definitions into the scope, and yield their places."""
    for statement in statements:
        signs = [relation.sign for relation in statement.relations]
        if not signs:
            message = (
                "there is no = here to check; write a relation, or a {math} directive with "
                ":unchecked: and the reason"
            )
            raise ReadError(message, statement.sides[0].start)
        _refuse_tolerance(equation, statement, signs)
        for side in statement.sides:
            scope.note_examples(side, one_example=equation.one_example)
        if ":=" in signs[1:]:
            offset = statement.relations[signs.index(":=", 1)].start
            raise ReadError(":= stands first in a chain", offset)
        if signs[0] == ":=":
            line, _ = equation.place(statement.sides[0].start)
            target, body = statement.sides[:2]
            for each in statement.only:
                _refuse_part(scope, each)
            place = (equation.file or file, line)
            yield place
            scope.define(target, body, *place, one_example=equation.one_example)


def _refuse_part(scope: Scope, condition: Condition | Joined) -> None:
    """Refuse a definition for some values of an index; the others would have it as well."""
    match condition:
        case Joined(parts, "and"):
            for part in parts:
                _refuse_part(scope, part)
            return
        case Condition((low, Name(id=index), high), ("≤", "≤")) if index in scope.indices:
            declared = scope.indices[index]
            if (declared.low, declared.high) == (low, high) and not declared.listed:
                return
    message = (
        r"a definition is for all values of its indices, which are declared: l \in \{1, \dots, L\}"
    )
    raise ReadError(message, condition.start)


def _refuse_tolerance(equation: Equation, statement: Statement, signs: list[str]) -> None:
    r"""Refuse an ``\approx`` without a tolerance, and a tolerance without an ``\approx``."""
    if "≈" in signs and equation.tolerance is None:
        message = (
            r"\approx up to what? write the equation in a {math} directive with the line "
            ":tolerance: 1e-3 for a relative error of 0.001"
        )
        raise ReadError(message, statement.relations[signs.index("≈")].start)
    if equation.tolerance is not None and not 0 < equation.tolerance < 1:
        raise ReadError("a tolerance is a number between 0 and 1, as in :tolerance: 1e-3")
    if equation.tolerance is not None and "≈" not in signs:
        raise ReadError(r"a tolerance is for \approx; = is exact but for rounding")


def _resolve(bound_page: BoundPage, checked: CheckedEquation, deadline: float) -> None:
    """Resolve the sides of an equation, now that every name of the page is known."""
    if not checked.statements:
        return
    try:
        refuse_late(deadline)
        checked.statements = tuple(
            statement.mapped(lambda node: resolve(node, bound_page.scope))
            for statement in checked.statements
        )
    except PageError as error:
        checked.statements = ()
        bound_page.fail(checked.equation, error)
