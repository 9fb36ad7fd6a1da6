"""What a check found, one finding an equality."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from checkedmath.errors import PageError
from checkedmath.page import Formula

GOOD = ("holds", "unchecked")
"""Statuses with which a page passes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    The outcome for one relation, one side-by-side row, or one thing that could not be read.

    Attributes
    ----------
    status : str
        ``holds``, ``differs``, ``shape``, ``unreadable``, ``undeclared``, ``unchecked`` or ``timeout``.
    relation : str
        The relation's sign; for a row the word found, and empty for what could not be read.
    left, right : str
        The two sides as LaTeX.
    relative_error : float or None
        The worst over all draws.
    draws : int
        How many draws were compared.
    sizes : tuple of dict
        The sizes of each draw.
    diagnosis : str
        What is wrong, in words.
    """

    file: str
    line: int
    column: int
    status: str
    label: str | None = None
    left: str = ""
    relation: str = ""
    right: str = ""
    relative_error: float | None = None
    draws: int = 0
    sizes: tuple[dict[str, int], ...] = field(default=())
    diagnosis: str = ""

    @property
    def passes(self) -> bool:
        """Tell whether a page with this finding passes."""
        return self.status in GOOD

    def as_dict(self) -> dict[str, Any]:
        """Return the finding for JSON."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "label": self.label,
            "left": self.left,
            "relation": self.relation,
            "right": self.right,
            "status": self.status,
            "relative_error": self.relative_error,
            "draws": self.draws,
            "sizes": list(self.sizes),
            "diagnosis": self.diagnosis,
        }

    def __str__(self) -> str:
        """Return the line that the command prints."""
        label = f" ({self.label})" if self.label else ""
        head = f"{self.file}:{self.line}{label} {self.status}"
        if self.status == "holds" and self.relation in WORDS:
            return f"{head}  the batch is {WORDS[self.relation]} over {self.draws} draws"
        if self.status == "holds":
            return f"{head}  {self.relative_error:.1e} over {self.draws} draws"
        error = "" if self.relative_error is None else f"  {self.relative_error:.2g}"
        return f"{head}{error}  {self.diagnosis}".rstrip()


WORDS = {
    "same": "the same as each example",
    "stacked": "the examples stacked as columns",
    "sum": "the sum of the examples",
    "mean": "the mean of the examples",
}
"""The words of a side-by-side row, and what they say."""


def failure(file: str, formula: Formula, error: PageError, label: str | None = None) -> Finding:
    """Return the finding for something on a page that could not be read or evaluated."""
    line, column = formula.place(error.offset if error.origin is None else None)
    return Finding(file, line, column, error.status, label, diagnosis=explain(error, file, line))


def explain(error: PageError, file: str, line: int) -> str:
    """Return an error's message, with the definition it came from where that is elsewhere."""
    if error.origin is None or error.origin == (file, line):
        return error.message
    return f"in the definition at {error.origin[0]}:{error.origin[1]}: {error.message}"
