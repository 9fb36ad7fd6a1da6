"""How the batch's side of a row follows from one example's: same, stacked, sum or mean."""

from __future__ import annotations

from dataclasses import replace

from checkedmath.evaluate.comparing import TOLERANCE, relative_error
from checkedmath.evaluate.lookup import Array
from checkedmath.findings import RowFinding
from checkedmath.page.model import WORDS, Row


def row_finding(finding: RowFinding, row: Row, words: list[set[str]]) -> RowFinding:
    """Return what a row's finding is, when each of its pairs has these words."""
    fits = [word for word in WORDS if all(word in pair for pair in words)]
    if not fits and all(words):
        each = ", ".join(next(word for word in WORDS if word in pair) for pair in words)
        diagnosis = f"no word fits all pairs of this row (they are {each}); part it by a line ---"
        return replace(finding, status="differs", diagnosis=diagnosis)
    if not fits:
        diagnosis = (
            "the batch's left side follows from the examples' in no way that has a word: "
            "neither the same, nor stacked, nor their sum, nor their mean"
        )
        return replace(finding, status="differs", diagnosis=diagnosis)
    found = fits[0]
    if row.expected not in (None, found):
        diagnosis = f"expected *{row.expected}*, but the batch is {WORDS[found]} (*{found}*)"
        return replace(finding, status="differs", word=found, diagnosis=diagnosis)
    return replace(finding, word=found)


def words_of(each: list[Array], batch: Array) -> set[str]:
    """Return every word that fits on one draw."""
    found = set()
    for word in WORDS:
        pairs = pairs_of(word, each, batch)
        if pairs and all(equal(*pair) for pair in pairs):
            found.add(word)
    return found


def pairs_of(word: str, each: list[Array], batch: Array) -> list[tuple[Array, Array]]:
    """Return the arrays that are equal if a word fits; none where their shapes exclude it."""
    if word == "same":
        return [(one, batch) for one in each]
    if word == "stacked":
        if each[0].shape[-1] != 1 or batch.shape[-1] != len(each):
            return []
        return [(one, batch[:, i : i + 1]) for i, one in enumerate(each)]
    total = sum(each[1:], start=each[0])
    return [(total if word == "sum" else total / len(each), batch)]


def equal(left: Array, right: Array) -> bool:
    """Return whether two arrays have one shape and agree."""
    return left.shape == right.shape and relative_error(left, right) <= TOLERANCE
