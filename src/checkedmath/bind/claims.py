"""Read what a page says of a function: its arguments, and what it should return."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from checkedmath.bind.binding import BoundPage, CheckedEquation
from checkedmath.bind.resolving import resolve
from checkedmath.errors import PageError, ReadError
from checkedmath.latex.nodes import Node
from checkedmath.latex.parsing import read_display
from checkedmath.page.model import Formula, Implementation


@dataclass(frozen=True, slots=True)
class FunctionClaim:
    """What a function is given and should return, read; ``labels`` as the page writes them."""

    function: str
    arguments: tuple[Node, ...]
    returns: tuple[Node, ...]
    labels: tuple[str | None, ...]
    one_example: bool


def read_arguments(formula: Formula, bound_page: BoundPage) -> list[Node]:
    """Return the expressions that a function is given, with commas between."""
    if not formula.latex.strip():
        return []
    nodes = []
    for statement in read_display(formula.latex, bound_page.scope.vocabulary, formula.macros):
        if statement.relations:
            raise ReadError(
                "expected expressions with commas between, without a relation",
                statement.relations[0].start,
            )
        side = bound_page.scope.notation.node(statement.sides[0])
        nodes.append(resolve(side, bound_page.scope))
    return nodes


def read_claim(item: Implementation, arguments: list[Node], bound_page: BoundPage) -> FunctionClaim:
    """Return what a function is given and should return: expressions, or labels of equations."""
    labelled: dict[str, list[CheckedEquation]] = {}
    for checked in bound_page.equations:
        labelled.setdefault(checked.equation.label or "", []).append(checked)
    nodes: list[Node] = []
    labels: list[str | None] = []
    one_example = item.one_example
    for offset, argument in split_arguments(item.returns.latex):
        if argument and argument in labelled:
            checked = _labelled(argument, labelled[argument], offset)
            nodes.append(checked.statements[0].sides[0])
            labels.append(argument)
            one_example = one_example or checked.equation.one_example
            continue
        try:
            nodes += read_arguments(replace(item.returns, latex=argument), bound_page)
        except PageError as error:
            message = f"{argument} is no label of this page, and cannot be read as LaTeX"
            raise ReadError(f"{message}: {error.message}", offset) from error
        labels.append(None)
    for node in (*arguments, *nodes):
        bound_page.scope.note_examples(node, one_example=one_example)
    return FunctionClaim(item.function, tuple(arguments), tuple(nodes), tuple(labels), one_example)


def _labelled(label: str, labelled: list[CheckedEquation], offset: int) -> CheckedEquation:
    if len(labelled) > 1:
        raise ReadError(f"{len(labelled)} equations have the label {label}; expected one", offset)
    if len(labelled[0].statements) != 1:
        message = f"the equation {label} has no one left side; write LaTeX, or label its lines"
        raise ReadError(message, offset)
    return labelled[0]


def split_arguments(text: str) -> Iterator[tuple[int, str]]:
    """Yield what stands between the commas outside brackets, with its offset."""
    depth, start = 0, 0
    for place, letter in enumerate(f"{text},"):
        depth += (letter in "({[") - (letter in ")}]")
        if place == len(text) or (letter == "," and depth == 0):
            argument = text[start:place]
            yield start + len(argument) - len(argument.lstrip()), argument.strip()
            start = place + 1
