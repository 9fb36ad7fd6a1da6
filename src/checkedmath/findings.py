"""What a check found: of a relation, of a side-by-side row, of a value that a function returns."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, TypeVar

from checkedmath.errors import PageError
from checkedmath.page.model import WORDS, Formula, Row


@dataclass(frozen=True)
class Certificate:
    """
    What was proved of a relation, on points that were drawn.

    Attributes
    ----------
    points : int
        How many.
    bits : int
        The precision that the most difficult of them took.
        0 if all were decided in fractions.
    digits : float or None
        To how many digits the sides are equal, at least; infinite if they are exactly equal, and
        None if it is no question of digits, as for ``<``.
    degree : int or None
        Where both sides are rational in what is drawn, the degree of their difference, at most.
        Were it not 0, a point would have shown it but for a chance of the degree in 2**40.
    """

    points: int
    bits: int
    digits: float | None
    degree: int | None = None

    @property
    def radius(self) -> float:
        """How far the sides may be apart, on their scale; at least what a float can say."""
        if self.digits is None or math.isinf(self.digits):
            return 0.0
        return math.pow(10.0, -min(self.digits, 300))

    def as_dict(self) -> dict[str, Any]:
        """Return the certificate for JSON."""
        return {
            "points": self.points,
            "bits": self.bits,
            "radius": self.radius,
            "degree": self.degree,
        }

    def __str__(self) -> str:
        """Say in a few words what is certified."""
        how = ""
        if self.digits is not None:
            how = ": exactly equal" if math.isinf(self.digits) else ": 100 digits"
        return f"certified{how} at {self.points} random points"

    @property
    def chance(self) -> str:
        """What is known of the chance that a false equality is certified, in words."""
        if self.degree is not None:
            return f"were it false, each point would miss it with probability {self.degree}/2^40"
        if self.digits is None:
            return ""
        return (
            "the sides are not rational in what is drawn: different analytic functions agree on a "
            "set of measure 0, and no probability is stated"
        )

    @property
    def strength(self) -> tuple[bool, float]:
        """By what the weakest of several certificates is found."""
        digits = math.inf if self.digits is None else self.digits
        return (self.degree is not None, digits if self.degree is None else -self.degree)


# Without slots: Sphinx pickles all findings in each build, which slots make twice as slow.
@dataclass(frozen=True)
class Finding:
    """
    What the three kinds of findings have in common.

    Attributes
    ----------
    kind : str
        What it is about: a ``relation``, a side-by-side ``row``, or a ``function``.
    status : str
        ``holds``, ``differs``, ``shape``, ``unreadable``, ``undeclared``, ``unchecked`` or
        ``timeout``.
    left, right : str
        The two sides as LaTeX.
    relative_error : float or None
        The worst over all draws; None where no numbers were compared, as for a row.
    draws : int
        How many draws were compared.
    sizes : tuple of dict
        The sizes of each draw.
    diagnosis : str
        What is wrong, in words.
    excused : bool
        Whether what is unchecked may stay so: the author gave the reason, or it is not run here.
    about : Formula or Row or None
        What on the page it was made from.
    certificate : Certificate or None
        What was proved with balls; None where float64 alone decides.
    uncertified : str
        Why there is none where one was asked for, in words.
    """

    kind: ClassVar[str]

    file: str
    line: int
    column: int
    status: str
    label: str | None = None
    left: str = ""
    right: str = ""
    relative_error: float | None = None
    draws: int = 0
    sizes: tuple[dict[str, int], ...] = field(default=())
    diagnosis: str = ""
    excused: bool = False
    about: Formula | Row | None = field(default=None, compare=False, repr=False)
    certificate: Certificate | None = None
    uncertified: str = ""

    @property
    def passes(self) -> bool:
        """Return whether a page with this finding passes: it holds, or is excused."""
        return self.status == "holds" or (self.status == "unchecked" and self.excused)

    def as_dict(self) -> dict[str, Any]:
        """Return the finding for JSON."""
        return {
            "kind": self.kind,
            "function": "",
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "label": self.label,
            "left": self.left,
            "relation": "",
            "right": self.right,
            "status": self.status,
            "relative_error": self._finite_error(),
            "draws": self.draws,
            "sizes": list(self.sizes),
            "diagnosis": self.diagnosis,
            "certified": None if self.certificate is None else self.certificate.as_dict(),
            "uncertified": self.uncertified,
        }

    def _finite_error(self) -> float | None:
        """Return the error, or None where it is no number, which JSON cannot hold."""
        error = self.relative_error
        return error if error is not None and math.isfinite(error) else None

    def __str__(self) -> str:
        """Return the line that the command prints."""
        label = f" ({self.label})" if self.label else ""
        head = f"{self.file}:{self.line}:{self.column}{label} {self.status}"
        return f"{head}  {self.summary}"

    @property
    def summary(self) -> str:
        """Say in a few words what was found."""
        if self.status == "holds":
            why = f"; not certified: {self.uncertified}" if self.uncertified else ""
            return f"{self._success()}{why}"
        error = "" if self.relative_error is None else f"{self.relative_error:.2g}  "
        return f"{error}{self.diagnosis}"

    def _success(self) -> str:
        """Say in a few words how it holds."""
        return f"{self.relative_error:.1e} over {self.draws} draws"


@dataclass(frozen=True)
class RelationFinding(Finding):
    """
    The outcome for one relation of an equation, or for what could not be read.

    Attributes
    ----------
    relation : str
        The relation's sign; empty for what could not be read.
    drawn_again : int
        How many draws were given up for others: near a kink, or where terms cancel.
    """

    kind: ClassVar[str] = "relation"

    relation: str = ""
    drawn_again: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the finding for JSON, with the sign."""
        return super().as_dict() | {"relation": self.relation}

    def _success(self) -> str:
        if self.certificate is not None:
            return str(self.certificate)
        again = f"; {self.drawn_again} drawn again" if self.drawn_again else ""
        return f"{super()._success()}{again}"


@dataclass(frozen=True)
class RowFinding(Finding):
    """
    The outcome for a side-by-side row: how the batch follows from one example.

    Attributes
    ----------
    word : str
        The word found; empty if none was.
    """

    kind: ClassVar[str] = "row"

    word: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the finding for JSON, with the word as what relates the two sides."""
        return super().as_dict() | {"relation": self.word}

    def _success(self) -> str:
        how = f"over {self.draws} draws" if self.certificate is None else self.certificate
        return f"{self.word}: the batch is {WORDS[self.word]}, {how}"


@dataclass(frozen=True)
class FunctionFinding(Finding):
    """
    The outcome for one value that a function returns, or for a function that was not compared.

    Attributes
    ----------
    function : str
        The function's dotted name.
    """

    kind: ClassVar[str] = "function"

    function: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the finding for JSON, with the function; a value is compared by ``=``."""
        own = {"function": self.function, "relation": "=" if self.left else ""}
        return super().as_dict() | own


_F = TypeVar("_F", bound=Finding)


def failure(
    file: str, formula: Formula, error: PageError, label: str | None = None
) -> RelationFinding:
    """Return the finding for something on a page that could not be read or evaluated."""
    file = formula.file or file
    line, column = formula.place(None)
    return failed(RelationFinding(file, line, column, "", label, about=formula), formula, error)


def failed(finding: _F, formula: Formula, error: PageError, guess: str = "") -> _F:
    """Return a finding with the error that a formula caused, and what may have been meant."""
    line, column = finding.line, finding.column
    if error.origin is None and error.offset is not None:
        line, column = formula.place(error.offset)
    diagnosis = error.message
    if error.origin is not None and error.origin != (finding.file, line):
        file, at = error.origin
        place = f"line {at}" if file == finding.file else f"{file}:{at}"
        diagnosis = f"rests on {place}" + (f": {diagnosis}" if diagnosis else "")
    if guess:
        diagnosis = f"{diagnosis}; {guess}"
    return replace(finding, status=error.status, line=line, column=column, diagnosis=diagnosis)


def out_of_time(file: str) -> RelationFinding:
    """Return the finding for a page that was not even read in its time."""
    reason = "the time for this page ran out as it was read"
    return RelationFinding(file, 1, 1, "timeout", diagnosis=reason)
