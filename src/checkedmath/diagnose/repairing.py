"""Look for the one small change with which an equality that fails would hold."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from checkedmath.errors import PageError
from checkedmath.evaluate.comparing import TOLERANCE, relative_error
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Array, Bindings
from checkedmath.latex.nodes import Node, Sum
from checkedmath.latex.printing import to_latex
from checkedmath.mutate.context import MutationContext, mutation_context
from checkedmath.mutate.insertions import insertions, lone_terms, multiples
from checkedmath.mutate.mutating import mutants
from checkedmath.mutate.rules import KINDS

Case = tuple[Evaluator, Bindings]


def repair(sides: tuple[Node, Node], cases: Sequence[Case], until: float) -> str:
    """
    Return the first change of one side with which a failing equality holds.

    The right side is changed first, as what is known stands on the left; the simplest come first.
    The changes are those by which the checks are tested: what mends a side is the mistake that was
    made, the other way round. A change is tried on one draw and then on all of them.

    Parameters
    ----------
    sides : tuple of Node
        The two sides.
    cases : sequence of Evaluator and Bindings
        Each draw, with each value of the free indices.
    until : float
        The `time.monotonic` at which to give up; what is not found by then is not reported.

    Returns
    -------
    str
        The change, as ``with A - Y in place of A + Y: a sign is flipped``, or the empty string.
    """
    evaluators = {id(evaluator): evaluator for evaluator, _ in cases}.values()
    deadlines = [evaluator.deadline for evaluator in evaluators]
    for evaluator in evaluators:
        evaluator.deadline = min(evaluator.deadline, until)
    try:
        return next(_repairs(sides, cases, until), "")
    finally:
        for evaluator, deadline in zip(evaluators, deadlines, strict=True):
            evaluator.deadline = deadline


def _repairs(sides: tuple[Node, Node], cases: Sequence[Case], until: float) -> Iterator[str]:
    values = _Values(sides[0], cases), _Values(sides[1], cases)
    page = mutation_context(cases[0][0].scope)
    candidates = []
    for place in (1, 0):
        if values[1 - place].at(0) is not None:
            changes = (
                mutants(sides[place], page),
                insertions(sides[place], sides[1 - place], page),
            )
            for mutant in itertools.chain(*changes):
                if time.monotonic() > until:
                    return
                candidates.append((place, mutant))
    kinds = list(KINDS)
    candidates.sort(key=lambda candidate: (-candidate[0], kinds.index(candidate[1].kind)))
    for place, mutant in candidates:
        if _holds(mutant.whole, values[1 - place].at, cases):
            before, after = to_latex(mutant.before), to_latex(mutant.after)
            yield f"with {after} in place of {before}: {KINDS[mutant.kind]}"
    yield from _terms(sides, values, page, cases)


def _terms(
    sides: tuple[Node, Node],
    values: tuple[_Values, _Values],
    page: MutationContext,
    cases: Sequence[Case],
) -> Iterator[str]:
    """Yield the term that the right side lacks: a multiple of an array that the page declares."""
    left, right = values[0].at(0), values[1].at(0)
    if left is None or right is None or left.shape != right.shape:
        return
    parts = sides[1] if isinstance(sides[1], Sum) else Sum((sides[1],), (1,))
    for term in lone_terms(*sides, page):
        value = _value(term, cases[0])
        if value is None or not _parallel(value, left - right):
            continue
        for multiple, sign in itertools.product(multiples(term, page), (1, -1)):
            whole = Sum((*parts.terms, multiple), (*parts.signs, sign))
            if _holds(whole, values[0].at, cases):
                before, after = to_latex(sides[1]), to_latex(whole)
                yield f"with {after} in place of {before}: {KINDS['term added']}"


def _parallel(term: Array, lacking: Array) -> bool:
    """Return whether a multiple of a term, or of a column added to each column, is lacking."""
    if term.shape[0] != lacking.shape[0] or term.shape[1] not in (1, lacking.shape[1]):
        return False
    term = np.broadcast_to(term, lacking.shape)
    product = abs(np.vdot(term, lacking))
    return bool(product >= (1 - 1e-9) * np.linalg.norm(term) * np.linalg.norm(lacking))


class _Values:
    """The values of a side, each computed when it is asked for; None where it has none."""

    def __init__(self, side: Node, cases: Sequence[Case]) -> None:
        self._side = side
        self._cases = cases
        self._known: dict[int, Array | None] = {}

    def at(self, number: int) -> Array | None:
        """Return the value in one case."""
        if number not in self._known:
            self._known[number] = _value(self._side, self._cases[number])
        return self._known[number]


def _value(node: Node, case: Case) -> Array | None:
    evaluator, bindings = case
    try:
        return evaluator.value(node, bindings)
    except PageError:
        return None


def _holds(changed: Node, other: Callable[[int], Array | None], cases: Sequence[Case]) -> bool:
    """Return whether a changed side equals the other, which is not 0 throughout, in every case."""
    something = False
    for number, case in enumerate(cases):
        left, right = _value(changed, case), other(number)
        if left is None or right is None or left.shape != right.shape:
            return False
        if not relative_error(left, right) <= TOLERANCE:
            return False
        something = something or bool(left.any())
    return something
