"""What side-by-side rows tell on demand: their NumPy, their shapes, and what each symbol is."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from checkedmath.bind.notation import notation_of
from checkedmath.bind.scope import Scope
from checkedmath.check.checker import CheckResult
from checkedmath.check.numpy_lines import Column, Line, lines_of
from checkedmath.check.numpy_symbols import StatementSymbols, cases_of
from checkedmath.check.symbolic_sizes import Shape
from checkedmath.errors import PageError
from checkedmath.latex.macros import expand
from checkedmath.latex.names import batch_name, key_of
from checkedmath.latex.nodes import Name, Node, Power, Statement, Transpose
from checkedmath.latex.parsing import read_declaration, read_display
from checkedmath.latex.printing import to_latex
from checkedmath.page.model import Code, Equation, Implementation, Row
from checkedmath.sphinxext.plain import plain_html
from checkedmath.sphinxext.store import Marked, Notes, ReadPage, SymbolRow, keys_of

# -- what a symbol means --------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Meaning:
    """
    What a symbol means, as HTML.

    Attributes
    ----------
    one : str
        The LaTeX of one example's symbol, where this is the batch's; else empty.
    """

    html: str
    one: str = ""


Meanings = dict[tuple[str, str], Meaning]
"""Meanings by the name of a symbol, and its layer if it has one."""


def place_of(name: Name) -> tuple[str, str]:
    """Return by what a symbol is found: its name, and its layer if it has one."""
    return key_of(name), "" if name.layer is None else repr(name.layer)


def declared(*pages: ReadPage) -> Meanings:
    """Return the meanings in the ``where`` lists of pages, the first of which goes first."""
    found: Meanings = {}
    for latex, html in (item for page in pages for item in page.meanings.items() if item[1]):
        with contextlib.suppress(PageError):
            declaration = read_declaration(latex)
            for name in notation_of([declaration], ()).declaration(declaration).names:
                if isinstance(name, Name):
                    found.setdefault(place_of(name), Meaning(html))
    return found


def noted(rows: Iterable[SymbolRow], docname: str) -> Meanings:
    """Return the meanings on the notation page that hold in a document."""
    found: Meanings = {}
    for row in rows:
        if not row.meaning or (row.pages and docname not in row.pages):
            continue
        one = ""
        for latex, column in row.symbols:
            name = _name(latex)
            if name is not None:
                key = (key_of(name), "")
                # A letter of this page goes before one of all pages.
                if row.pages or key not in found:
                    found[key] = Meaning(row.meaning, one if column == "batch" else "")
                one = latex
    return found


@functools.cache
def _name(latex: str) -> Name | None:
    try:
        (statement,) = read_display(latex)
    except (PageError, ValueError):
        return None
    (side,) = statement.sides[:1]
    return side if isinstance(side, Name) else None


# -- what rows tell --------------------------------------------------------------------------------


class RowNotes:
    """
    Finds what the rows of a page tell.

    Parameters
    ----------
    result : CheckResult
        The page, checked.
    names : mapping
        Python's names for symbols.
    meanings : mapping
        What symbols mean.

    run_code : bool
        Whether the lines of NumPy are run; otherwise they are not told.

    Attributes
    ----------
    mistakes : list of tuple
        The file and line of each line of NumPy that is not what its equation says, and what is
        wrong; it is not told.
    """

    def __init__(
        self,
        result: CheckResult,
        names: Mapping[str, str],
        meanings: Mapping[tuple[str, str], Meaning],
        *,
        run_code: bool,
    ) -> None:
        self._result = result
        self._scope: Scope = result.bound_page.scope
        self._names = names
        self._meanings = meanings
        self._run_code = run_code
        self._keys = keys_of(result.bound_page.page)
        self._notes = Notes()
        self.mistakes: list[tuple[str, int, str]] = []
        self._told: dict[tuple[str, str], int] = {}
        self._groups: dict[tuple[str, str], int] = {}

    def notes(self) -> Notes:
        """Return what the rows tell that were asked for."""
        self._notes.told = [(int(group), html) for group, html in self._told]
        return self._notes

    def tell(self, row: Row) -> None:
        """Find the places of the symbols of a row's equations, and what each column tells."""
        with np.errstate(all="ignore"):
            left, right = map(self._column, (row.left, row.right))
            notes = [
                self._told_of(row.left, left, self._lines(row.codes[0], left, right)),
                self._told_of(row.right, right, self._lines(row.codes[1], right, left)),
            ]
        self._notes.columns[self._keys[id(row)]] = notes

    def leave(self, row: Row) -> None:
        """Note that a row is excused, so that its lines of NumPy are not run."""
        for code in (*row.codes[0], *row.codes[1]) if self._run_code else ():
            why = "it was not run: its row is excused"
            self.mistakes.append((code.file, code.line, f"{code.text.strip()}: {why}"))

    def _column(self, side: Equation | Implementation) -> Column | None:
        """Return an equation's statements; None of a function."""
        draws = self._result.draws
        if not isinstance(side, Equation) or draws is None:
            return None
        found = []
        for statement in self._result.bound_page.checked_equation(side).statements:
            cases = cases_of(statement, self._scope, draws.evaluators, one_example=side.one_example)
            if cases:
                found.append(StatementSymbols(statement, self._scope, cases, self._names))
        return Column(tuple(found), side.one_example, self._scope, draws)

    def _lines(self, codes: Sequence[Code], own: Column | None, other: Column | None) -> list[Line]:
        """Return the lines under an equation that agree with it."""
        good = []
        for code in codes if self._run_code else ():
            for line in lines_of(code.text, own, other) if own is not None else ():
                if line.mistake:
                    place = (code.file, code.line + line.number)
                    self.mistakes.append((*place, f"{line.text.strip()}: {line.mistake}"))
                else:
                    good.append(line)
        return good

    def _told_of(
        self, side: Equation | Implementation, column: Column | None, lines: list[Line]
    ) -> str:
        """Return what a column tells: of each statement its lines, and the symbols' shapes."""
        if not isinstance(side, Equation) or column is None:
            return ""
        html = ""
        marks: list[tuple[int, int, int]] = []
        relations = []
        for number, symbols in enumerate(column.statements):
            own = [line for line in lines if line.statement == number]
            shapes = symbols.shapes()
            for node in (node for line in own for node in line.reads):
                shapes |= symbols.shape_of(node)
            html += _shown([line.text for line in own], shapes)
            marks += self._marks(symbols.statement, dict(symbols.marked()))
            relation = symbols.statement.relations[0]
            relations.append((relation.start, relation.sign))
        if not expand(side.latex, side.macros).moves:
            self._notes.equations[self._keys[id(side)]] = Marked(sorted(marks), relations)
        return html

    def _marks(
        self, statement: Statement, shapes: Mapping[Name, Shape | None]
    ) -> Iterator[tuple[int, int, int]]:
        """Yield the first and the last place of each symbol, and its number on the page."""
        for side in statement.sides:
            for start, end, name in _spans(side):
                known = self._scope.knows_example_or_batch(name.id) or self._scope.is_size(
                    key_of(name)
                )
                if known and end > start:
                    yield start, end, self._number(name, shapes)

    def _number(self, name: Name, shapes: Mapping[Name, Shape | None]) -> int:
        """Return the number on the page of what there is to tell of a symbol."""
        bare = Name(name.id, name.subscripts, name.layer)
        layer = to_latex(name.layer) if name.layer is not None else ""
        group = self._groups.setdefault((batch_name(key_of(bare)), layer), len(self._groups))
        html = self._html(name, shapes)
        return self._told.setdefault((str(group), html), len(self._told))

    def _html(self, name: Name, shapes: Mapping[Name, Shape | None]) -> str:
        shown = Name(name.id, name.subscripts, name.layer, name.example)
        words = [self._kind(name, shapes), self._meaning(name)]
        return f"<b>{plain_html(to_latex(shown))}</b> " + "; ".join(filter(None, words))

    def _kind(self, name: Name, shapes: Mapping[Name, Shape | None]) -> str:
        key = key_of(name)
        if self._scope.is_function(key):
            return "a function" if not name.primes else "the derivative of a function"
        if key in self._scope.indices:
            return "an index"
        if self._scope.is_size(key):
            return "a whole number"
        if name not in shapes:
            return ""
        return _shape(shapes[name])

    def _meaning(self, name: Name) -> str:
        """Return what a symbol means: as declared for its layer, or as the notation page says."""
        key, layer = place_of(name)
        found = self._meanings.get((key, layer)) or self._meanings.get((key, ""))
        if found is not None:
            one = f"each column is an example’s {plain_html(found.one)}: " if found.one else ""
            return one + found.html
        batch = batch_name(key)
        whole = self._meanings.get((batch, layer)) or self._meanings.get((batch, ""))
        if whole is None or batch == key:
            return ""
        return f"a column of {plain_html(batch)}: {whole.html}"


def _spans(node: Node) -> Iterator[tuple[int, int, Name]]:
    """Yield each symbol with its place; its scripts belong to it, also a transpose or a power."""
    match node:
        case Name():
            yield node.start, node.end, node
        case Transpose(Name() as name) | Power(Name() as name):
            yield node.start, node.end, name
        case _:
            for child in node.children():
                yield from _spans(child)


def _shape(shape: Shape | None) -> str:
    if shape is None:
        return "a number"
    return f"shape ({', '.join(plain_html(to_latex(size)) for size in shape)})"


def _shown(lines: Sequence[str], shapes: Mapping[str, Shape | None]) -> str:
    """Return what one statement tells: its lines, and the shapes of its symbols."""
    html = "".join(f'<p class="numpy-line"><code>{escape(line)}</code></p>' for line in lines)
    if shapes:
        each = (
            f"<span><code>{escape(word)}</code> {_shape(shape).removeprefix('shape ')}</span>"
            for word, shape in shapes.items()
        )
        html += f'<p class="checked-shapes">{" ".join(each)}</p>'
    return html
