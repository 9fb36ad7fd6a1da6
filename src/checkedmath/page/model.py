"""A page's declarations, equations and side-by-side rows, with their places."""

from __future__ import annotations

from dataclasses import dataclass, field

from checkedmath.errors import PageError
from checkedmath.latex.macros import Macros

WORDS = {
    "same": "the same as each example",
    "stacked": "the examples stacked as columns",
    "sum": "the sum of the examples",
    "mean": "the mean of the examples",
}
"""The words of a side-by-side row, and what they say."""


@dataclass(frozen=True, slots=True)
class Formula:
    """
    LaTeX on a page.

    Attributes
    ----------
    latex : str
        The text between the dollars.
    line : int
        The page's line on which ``latex`` starts, from 1.
    indent : int
        Columns before it on that page's lines.
    file : str
        The file in which it is written, if that is not the page's own: an included one.
    macros : tuple of Macro
        The author's macros that are known where it stands.
    """

    latex: str
    line: int
    indent: int = 0
    file: str = ""
    macros: Macros = ()

    def place(self, offset: int | None) -> tuple[int, int]:
        """Return the page's line and column (from 1) of an offset into ``latex``."""
        if offset is None:
            offset = len(self.latex) - len(self.latex.lstrip())
        before = self.latex[:offset]
        return (
            self.line + before.count("\n"),
            offset - (before.rfind("\n") + 1) + self.indent + 1,
        )


@dataclass(frozen=True, slots=True)
class Equation(Formula):
    r"""
    A displayed equation.

    Attributes
    ----------
    label : str or None
        Its label.
    unchecked : str or None
        The author's reason not to check it.
    one_example : bool
        Whether it stands in the column "one example", where names need no ``(i)``.
    inline : bool
        Whether it stands within a line of text, in the role ``checked``.
    tolerance : float or None
        The relative error that ``\approx`` allows; not a number where none can be read.
    """

    label: str | None = None
    unchecked: str | None = None
    one_example: bool = False
    inline: bool = False
    tolerance: float | None = None


@dataclass(frozen=True, slots=True)
class Implementation(Formula):
    """
    A function that a page shows, and what it says that the function computes.

    Its ``latex`` is that of the arguments.

    Attributes
    ----------
    function : str
        The dotted name: package, module, function.
    returns : Formula
        Labels of equations, or LaTeX, with commas between.
    one_example : bool
        Whether names need no ``(i)``: what the function is given and returns belongs to one
        example.
    block_line : int
        The line of its fence.
    """

    function: str = ""
    returns: Formula = Formula("", 0)
    one_example: bool = False
    block_line: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """
    Lines of NumPy under an equation of a row.

    Attributes
    ----------
    line : int
        The page's line on which the first of them stands, from 1.
    file : str
        As a formula's.
    """

    text: str
    line: int
    file: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """
    A row of a ``side-by-side``: one example's equation, the word between, and the batch's.

    Attributes
    ----------
    left, right : Equation or Implementation
        The equations; or the functions, where a row has no equation.
    implementations : tuple of Implementation
        The functions of both sides.
    codes : tuple of tuple of Code
        The lines of NumPy under the left equation, and those under the right one.
    """

    line: int
    left: Equation | Implementation
    right: Equation | Implementation
    expected: str | None
    implementations: tuple[Implementation, ...] = ()
    codes: tuple[tuple[Code, ...], tuple[Code, ...]] = ((), ())


@dataclass(frozen=True, slots=True)
class WhereItem(Formula):
    """A line of a ``where`` list: the declaration and its meaning in words."""

    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """A page whose declarations and definitions this one uses, and the line that says so."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """A part of a page that does not have the form it should have; ``file`` as a formula's."""

    line: int
    error: PageError
    file: str = ""


@dataclass(slots=True)
class Page:
    """
    The mathematics of one page, in order.

    Attributes
    ----------
    used : list of Page
        The pages that it uses, where they are read with it.
    macros : tuple of Macro
        The macros that are known at its end.
    """

    file: str
    where: list[WhereItem] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    implementations: list[Implementation] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    used: list[Page] = field(default_factory=list, repr=False, compare=False)
    macros: Macros = ()

    @property
    def opts_in(self) -> bool:
        """Whether the page asks to be checked, and has not only equations."""
        inline = any(equation.inline for equation in self.equations)
        return bool(self.where or self.rows or self.implementations or self.uses) or inline
