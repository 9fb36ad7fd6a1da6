"""The pages whose equations are mutated: read, drawn for, and known to pass as they are."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checkedmath.audit.equivalence import further_draws
from checkedmath.bind.binding import BoundPage, bind_page
from checkedmath.check.checker import Checker, Settings
from checkedmath.check.draws import Draws
from checkedmath.errors import PageError
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.findings import Finding
from checkedmath.page.files import load, used_pages


class NotPassingError(ValueError):
    """A page does not pass as it is, so that nothing can be said of its mutants."""


@dataclass(slots=True)
class Reading:
    """
    A page and its draws.

    Attributes
    ----------
    further : list of Evaluator
        Draws on which nothing is checked, and mutants are compared with what they were made of.
    users : list of Reading
        The pages that depend on it: itself, then those that use it.
    """

    bound_page: BoundPage
    draws: Draws
    further: list[Evaluator]
    users: list[Reading] = field(default_factory=list)

    def checker(self) -> Checker:
        """Return the page's checker."""
        return Checker(self.bound_page, self.draws.of(self.bound_page.scope), thorough=False)


def read_book(paths: Sequence[Path], settings: Settings) -> list[Reading]:
    """
    Read pages, and find out which use which.

    Raises
    ------
    NotPassingError
        If a page does not pass.
    OSError, UnicodeDecodeError
        If a file cannot be read.
    """
    readings: dict[Path, Reading] = {}
    uses: dict[Path, set[Path]] = {}
    for path in paths:
        page = load(path)
        used = used_pages(page, path)
        bound_page = bind_page(page, list(used.values()))
        try:
            draws = Draws(bound_page.scope, settings.seed, settings.draws)
            further = further_draws(bound_page.scope, settings.seed)
        except PageError as error:
            raise NotPassingError(f"{path}: {error}") from None
        bad = first_failure(bound_page, draws)
        if bad is not None:
            raise NotPassingError(str(bad))
        readings[path.resolve()] = Reading(bound_page, draws, further)
        uses[path.resolve()] = {other.resolve() for other in used}
    for path, reading in readings.items():
        others = [readings[user] for user, used in uses.items() if path in used]
        reading.users = [reading, *others]
    return list(readings.values())


def first_failure(bound_page: BoundPage, draws: Draws) -> Finding | None:
    """Return the first thing for which a page does not pass."""
    checker = Checker(bound_page, draws.of(bound_page.scope), thorough=False)
    found = itertools.chain(bound_page.findings, checker.findings())
    return next((finding for finding in found if not finding.passes), None)
