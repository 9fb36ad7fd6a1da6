"""What a check found, one finding an equality."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from checkedmath.errors import PageError
from checkedmath.page.model import WORDS, Formula, Row


# Without slots: Sphinx pickles all findings in each build, which slots make twice as slow.
@dataclass(frozen=True)
class Finding:
    """
    The outcome for one relation, one side-by-side row, or one thing that could not be read.

    Attributes
    ----------
    status : str
        ``holds``, ``differs``, ``shape``, ``unreadable``, ``undeclared``, ``unchecked`` or
        ``timeout``.
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
    drawn_again : int
        How many draws were given up for others: near a kink, or where terms cancel.
    about : Formula or Row or None
        What on the page it was made from.
    is_row : bool
        Whether it is about how a side-by-side row's batch follows from one example.
    function : str
        The dotted name of the function whose returned value it is about; empty for an equation.
    excused : bool
        Whether what is unchecked may stay so: the author gave the reason, or it is not run here.
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
    is_row: bool = False
    function: str = ""
    drawn_again: int = 0
    excused: bool = False
    about: Formula | Row | None = field(default=None, compare=False, repr=False)

    @property
    def kind(self) -> str:
        """What it is about: a ``relation``, a side-by-side ``row``, or a ``function``."""
        return "row" if self.is_row else "function" if self.function else "relation"

    @property
    def passes(self) -> bool:
        """Tell whether a page with this finding passes: it holds, or is excused."""
        return self.status == "holds" or (self.status == "unchecked" and self.excused)

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
            "relative_error": self._finite_error(),
            "draws": self.draws,
            "sizes": list(self.sizes),
            "diagnosis": self.diagnosis,
        }

    def _finite_error(self) -> float | None:
        """Return the error, or None where it is no number, which JSON cannot hold."""
        error = self.relative_error
        return error if error is not None and math.isfinite(error) else None

    def __str__(self) -> str:
        """Return the line that the command prints."""
        label = f" ({self.label})" if self.label else ""
        head = f"{self.file}:{self.line}{label} {self.status}"
        return f"{head}  {self.summary}"

    @property
    def summary(self) -> str:
        """Say in a few words what was found."""
        if self.status == "holds" and self.is_row:
            return f"{self.relation}: the batch is {WORDS[self.relation]}, over {self.draws} draws"
        if self.status == "holds":
            more = f"; {self.drawn_again} drawn again" if self.drawn_again else ""
            return f"{self.relative_error:.1e} over {self.draws} draws{more}"
        error = "" if self.relative_error is None else f"{self.relative_error:.2g}  "
        return f"{error}{self.diagnosis}"


def failure(file: str, formula: Formula, error: PageError, label: str | None = None) -> Finding:
    """Return the finding for something on a page that could not be read or evaluated."""
    file = formula.file or file
    line, column = formula.place(error.offset if error.origin is None else None)
    diagnosis = explain(error, file, line)
    return Finding(file, line, column, error.status, label, diagnosis=diagnosis, about=formula)


def out_of_time(file: str) -> Finding:
    """Return the finding for a page that was not even read in its time."""
    return Finding(file, 1, 1, "timeout", diagnosis="the time for this page ran out as it was read")


def explain(error: PageError, file: str, line: int) -> str:
    """Return an error's message; for one in another definition, where that is."""
    if error.origin is None or error.origin == (file, line):
        return error.message
    place = "{}:{}".format(*error.origin)
    return f"it rests on the definition at {place}: {error.message}"
