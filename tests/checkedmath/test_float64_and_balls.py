"""
The two kinds of numbers agree: on each equality of the book, of the derivations, and on mutants.

Where float64 finds two sides equal, balls do not prove that they differ, and the other way round.
`nox -s agree` tries every mutant; here every so many are.
"""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from checkedmath.bind.binding import bind_page
from checkedmath.check.draws import Draws
from checkedmath.check.relations import Sampler
from checkedmath.errors import DrawAgainError, PageError
from checkedmath.evaluate.comparing import compare
from checkedmath.mutate.context import mutation_context
from checkedmath.mutate.mutating import mutants
from checkedmath.page.files import load, used_pages

ROOT = Path(__file__).parents[2]
PAGES = [
    path
    for folder in (ROOT / "docs", Path(__file__).parent / "derivations")
    for path in sorted(folder.rglob("*.md"))
    if "{where}" in path.read_text("utf-8")
]
EVERY = int(os.environ.get("EVERY_SO_MANY_MUTANTS", "97"))


def by_float64(sampler, count):
    """Return whether two sides are equal on the first draws; None where they have no value."""
    samples = []
    try:
        for number in range(count):
            samples += sampler.on_first(number)[0]
        outcome = compare("=", samples, against_zero=sampler.against_zero)
        if not (outcome.holds or outcome.reason):
            outcome = sampler.reconsidered(outcome)
    except PageError as error:
        return None if isinstance(error, DrawAgainError) else False
    return None if outcome.reason or outcome.nothing else outcome.holds


def by_balls(sampler):
    """Return whether two sides are proved to be equal, or to differ; None where neither is."""
    try:
        verdict, _ = sampler.proof("=")
    except PageError as error:
        return None if isinstance(error, DrawAgainError) else False
    return verdict.proved


def equalities(bound_page):
    """Yield both sides of each equality, with the conditions beside it and its column."""
    for checked in bound_page.equations:
        for statement in checked.statements:
            pairs = zip(statement.relations, statement.sides, statement.sides[1:], strict=False)
            for relation, left, right in pairs:
                if relation.sign == "=":
                    yield (left, right), relation.only, checked.equation.one_example


def tried(bound_page):
    """Yield each equality as it is, and with so many of its mutants in place of a side."""
    context, number = mutation_context(bound_page.scope), 0
    for (left, right), only, one_example in equalities(bound_page):
        yield (left, right), only, one_example, "as it is"
        for place, side in enumerate((left, right)):
            for mutant in mutants(side, context):
                number += 1
                if number % EVERY == 0:
                    sides = (mutant.whole, right) if place == 0 else (left, mutant.whole)
                    yield sides, only, one_example, str(mutant)


@pytest.mark.parametrize("path", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])
def test_float64_and_balls_agree(path):
    page = load(path)
    bound_page = bind_page(page, list(used_pages(page, path).values()))
    draws = Draws(bound_page.scope, 0, 5, certify=True)
    disputed = []
    with np.errstate(all="ignore"):
        for sides, only, one_example, what in tried(bound_page):
            draws.deadline = time.monotonic() + 60
            try:
                sampler = Sampler(draws, bound_page.scope, sides, only, one_example=one_example)
            except PageError:
                continue  # a condition on an index that the mutant lacks
            rounded, proved = by_float64(sampler, draws.count), by_balls(sampler)
            if {rounded, proved} == {True, False} or (what == "as it is" and proved is False):
                disputed.append((what, rounded, proved))
    assert disputed == []
