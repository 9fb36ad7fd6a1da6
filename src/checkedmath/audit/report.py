"""Run the checks on every mutant of a book's pages, and report what they catch."""

from __future__ import annotations

import itertools
import multiprocessing
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from checkedmath.audit.book import Reading, read_book
from checkedmath.audit.definitions import of_definition
from checkedmath.audit.equalities import Verdict, of_equalities
from checkedmath.check.checker import Settings

_HEADS = ("mutants", "caught", "equal", "survived")
_DEFINITION_HEADS = ("mutants", "caught", "equal", "uncovered")


def run(paths: Sequence[Path], settings: Settings) -> tuple[str, bool]:
    """
    Judge every mutant of every equality and of every definition.

    Parameters
    ----------
    paths : sequence of Path
        The Markdown files. A definition is held to the relations of its own page and of those
        among the files that use it.
    settings : Settings
        Draws and seed.

    Returns
    -------
    str
        The report: a table for the equalities and one for the definitions, with a line for each
        mutant that a person has to look at.
    bool
        Whether no mutant of an equality survived.

    Raises
    ------
    NotPassingError
        If a page does not pass as it is.
    OSError, UnicodeDecodeError
        If a file cannot be read.
    """
    with np.errstate(all="ignore"):
        readings = read_book(paths, settings)
        judged = _judged(readings)
    files = [reading.bound_page.page.file for reading in readings]
    equalities = {file: first for file, (first, _) in zip(files, judged, strict=True)}
    definitions = {file: second for file, (_, second) in zip(files, judged, strict=True)}
    survivors = _listed(equalities, "survived")
    parts = [
        *_table("equalities", _HEADS, equalities, "survived"),
        *survivors,
        "",
        *_table("definitions", _DEFINITION_HEADS, definitions, "uncovered"),
        *_listed(definitions, "uncovered"),
    ]
    return "\n".join(parts), not survivors


def _judged(readings: list[Reading]) -> list[tuple[list[Verdict], list[Verdict]]]:
    """Judge each page, on all cores where processes can be forked: a page is much to send."""
    if len(readings) == 1 or "fork" not in multiprocessing.get_all_start_methods():
        return [_of_page(reading) for reading in readings]
    # The longest pages first, so that none is left for the end.
    order = sorted(range(len(readings)), key=lambda k: -len(readings[k].bound_page.equations))
    fork = multiprocessing.get_context("fork")
    with fork.Pool(initializer=_forked.extend, initargs=(readings,)) as pool:
        found = dict(zip(order, pool.imap(_of_forked, order), strict=True))
    return [found[k] for k in range(len(readings))]


# In a forked process: what its parent had read.
_forked: list[Reading] = []


def _of_forked(k: int) -> tuple[list[Verdict], list[Verdict]]:
    """Judge a page of those that the parent had read."""
    with np.errstate(all="ignore"):
        return _of_page(_forked[k])


def _of_page(reading: Reading) -> tuple[list[Verdict], list[Verdict]]:
    return _of_equalities(reading), _of_definitions(reading)


def _of_equalities(reading: Reading) -> list[Verdict]:
    checker = reading.checker()
    return [
        verdict
        for checked in reading.bound_page.equations
        for verdict in of_equalities(checker, checked, reading.further)
    ]


def _of_definitions(reading: Reading) -> list[Verdict]:
    written = reading.bound_page.defined
    known = itertools.chain.from_iterable(reading.bound_page.scope.definitions.values())
    own = [each for each in known if (each.file, each.line) in written]
    own.sort(key=lambda definition: definition.line)
    return [verdict for definition in own for verdict in of_definition(reading, definition)]


def _table(
    title: str, heads: tuple[str, ...], found: dict[str, list[Verdict]], left: str
) -> Iterable[str]:
    width = max(len(name) for name in (title, "all", *found))
    yield f"{title:{width}}  " + "  ".join(heads)
    everything = [verdict for verdicts in found.values() for verdict in verdicts]
    for name, verdicts in (*found.items(), ("all", everything)):
        counts = Counter(verdict.word for verdict in verdicts)
        row = (len(verdicts), counts["caught"], counts["equal"], counts[left])
        cells = "  ".join(f"{n:{len(head)}}" for n, head in zip(row, heads, strict=True))
        yield f"{name:{width}}  {cells}"


def _listed(found: dict[str, list[Verdict]], word: str) -> list[str]:
    return [
        str(verdict) for verdicts in found.values() for verdict in verdicts if verdict.word == word
    ]
