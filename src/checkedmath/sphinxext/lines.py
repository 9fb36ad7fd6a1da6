"""
The places in files from which a document's nodes come.

A node's line is only a hint: in a notebook it falls short by the empty lines around cells, in
another one it counts cells, and what a substitution brings in stands on no line at all. So the
text of each node is looked for in its file, near the hint and behind the node before it. Nothing
but messages depends on what is found.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_FARTHEST = 400
"""Lines around a hint that are looked through."""

_LONGEST_GAP = 20
"""Lines of options, or empty ones, between two lines of a text."""

_OPTION = re.compile(r"[\s>]*:[\w-]+:")


@dataclass(frozen=True, slots=True)
class Hint:
    """
    Where some text should stand.

    Attributes
    ----------
    source : str
        The file; it may be none, as for a docstring.
    line : int
        The line, from 1, on which it or what holds it should begin.
    text : str
        What stands there.
    """

    source: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file, from 1, and the columns before the text on it."""

    line: int
    indent: int = 0


def places(hints: Sequence[Hint]) -> list[Spot]:
    """Return the places of some texts, which are in the order of the document."""
    found = [Spot(hint.line) for hint in hints]
    by_file: dict[str, list[int]] = defaultdict(list)
    for number, hint in enumerate(hints):
        by_file[hint.source].append(number)
    for source, numbers in by_file.items():
        file = _File.of(source)
        # What stands elsewhere than in its file, as a footnote does, is looked for in the file's
        # order all the same.
        for number in sorted(numbers, key=lambda number: hints[number].line) if file else ():
            spot = file.next(hints[number]) if file else None
            found[number] = spot or found[number]
    return found


class _File:
    """The lines of a file, and how far it has been looked through."""

    def __init__(self, lines: list[str], *, notebook: bool) -> None:
        self._lines = lines
        self._notebook = notebook
        self._line = 0
        self._column = 0
        self._shift = 0

    @classmethod
    def of(cls, source: str) -> _File | None:
        try:
            text = Path(source).read_text("utf-8-sig")
        except (OSError, ValueError):
            return None
        return cls(re.split(r"\r\n?|\n", text), notebook=source.endswith(".ipynb"))

    def next(self, hint: Hint) -> Spot | None:
        """Return where a text stands, behind those that were asked for before."""
        wanted = [text for text in map(str.strip, hint.text.split("\n")) if text]
        if not wanted:
            return None
        if self._notebook:
            wanted = [json.dumps(text, ensure_ascii=False)[1:-1] for text in wanted]
        expected = self._line if self._notebook else hint.line - 1 + self._shift
        for number in self._around(expected):
            start = self._column if number == self._line else 0
            column = self._lines[number].find(wanted[0], start)
            if column >= 0 and self._goes_on(number + 1, wanted[1:]):
                if not self._notebook:
                    # The hint is of what holds the text, which begins up to a line before.
                    self._shift += min(number - expected, 0) or max(number - expected - 1, 0)
                self._line, self._column = number, column + len(wanted[0])
                return Spot(number + 1, column)
        return self._substitution(hint.line)

    def _substitution(self, line: int) -> Spot | None:
        """Return the line of a substitution that ends on a line, or just before it."""
        for number in range(line, max(line - 3, 0), -1):
            if "{{" in "".join(self._lines[number - 1 : number]):
                return Spot(number)
        return None

    def _around(self, expected: int) -> Iterator[int]:
        """Yield the lines to look at, from 0, the nearest first."""
        # A notebook's hints are none, but its texts are there, one behind the other.
        farthest = _FARTHEST * (10 if self._notebook else 1)
        for step in range(farthest):
            for number in (expected + step, expected - step)[: 2 if step else 1]:
                if self._line <= number < len(self._lines):
                    yield number

    def _goes_on(self, number: int, wanted: list[str]) -> bool:
        """Tell whether the lines from this one on, but for options and empty ones, are wanted."""
        for text in wanted:
            last = min(number + _LONGEST_GAP, len(self._lines))
            while number < last and self._is_between(self._lines[number], text):
                number += 1
            if number == len(self._lines) or text not in self._lines[number]:
                return False
            number += 1
        return True

    @staticmethod
    def _is_between(line: str, text: str) -> bool:
        return text not in line and (not line.strip(" \t>") or bool(_OPTION.match(line)))
