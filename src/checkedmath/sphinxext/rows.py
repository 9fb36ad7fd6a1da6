"""
What a side-by-side row tells on demand: its NumPy, its shapes, and what each symbol is.

A row's NumPy and shapes stand under it, in a ``details`` that needs no script. The symbols' places
in the LaTeX are kept on the row's equations for a renderer that can mark them, with `marked_latex`;
what is told of each stands once on the page, for ``checkedmath.js``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape

import numpy as np
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from checkedmath.bind.scope import Scope
from checkedmath.check.checker import CheckResult
from checkedmath.check.numpy_lines import Column, Line, lines_of
from checkedmath.check.numpy_symbols import StatementSymbols, cases_of
from checkedmath.check.symbolic_sizes import Shape
from checkedmath.latex.names import batch_name, key_of
from checkedmath.latex.nodes import Name, Node, Power, Statement, Transpose
from checkedmath.latex.printing import to_latex
from checkedmath.page.model import Code, Equation, Implementation, Row
from checkedmath.sphinxext.plain import plain_html
from checkedmath.sphinxext.store import Marked, Notes, keys_of
from checkedmath.sphinxext.symbols import Meaning, place_of


class SideBySideRow(nodes.row):
    """
    A row of two columns; ``words`` has the word that its author wants between, or none.

    ``notes`` will be what it tells on demand, as HTML for each column.
    """


class Symbols(nodes.General, nodes.Element):
    """What there is to tell of a page's symbols: ``told`` has of each its group and its HTML."""


def setup_rows(app: Sphinx) -> None:
    """Register the nodes, the script and the names that a book gives symbols in Python."""
    app.add_config_value("checkedmath_python_names", {}, "env", types=frozenset({dict}))
    app.add_node(SideBySideRow, html=(_visit_row, _depart_row))
    silent = (_skip, None)
    app.add_node(
        Symbols,
        html=(_visit_symbols, None),
        latex=silent,
        text=silent,
        man=silent,
        texinfo=silent,
    )


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
        """Note that a row does not hold, so that its lines of NumPy are not run."""
        for code in (*row.codes[0], *row.codes[1]) if self._run_code else ():
            why = "it was not run: its row is excused, or does not hold"
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


def marked_latex(node: nodes.Element) -> str | None:
    r"""
    Return an equation's LaTeX with each symbol in ``\htmlData{s=…}``; None if it has no marks.

    KaTeX makes of it an attribute ``data-s``, if it is told to trust ``\htmlData``.
    """
    marks = node.get("symbols")
    if not marks:
        return None
    text = node.astext()
    pieces, at = [], 0
    for start, end, number in marks:
        if start < at:
            continue
        wrapped = rf"\htmlData{{s={number}}}{{{text[start:end]}}}"
        # In braces, the mark ends before the space that follows; but a function's name keeps its.
        named = text.startswith(r"\operatorname", start)
        pieces += [text[at:start], wrapped if named else f"{{{wrapped}}}"]
        at = end
    return "".join(pieces) + text[at:]


# -- HTML -----------------------------------------------------------------------------------------


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


def _visit_row(translator: HTML5Translator, node: SideBySideRow) -> None:
    translator.visit_row(node)


def _depart_row(translator: HTML5Translator, node: SideBySideRow) -> None:
    translator.depart_row(node)
    columns: list[str] = node.get("notes", [])
    if any(columns):
        summary = "NumPy" if any("numpy-line" in column for column in columns) else "Shapes"
        inside = "".join(f"<div>{column}</div>" for column in columns)
        translator.body.append(
            '<tr class="row-notes"><td colspan="3"><details>'
            f"<summary>{summary}</summary>"
            f'<div class="row-columns">{inside}</div></details></td></tr>\n'
        )


def _visit_symbols(translator: HTML5Translator, node: Symbols) -> None:
    if node.get("told"):
        told = json.dumps(node["told"], ensure_ascii=False, separators=(",", ":"))
        # Nothing in a script is a tag, or a comment, but what begins with this sign.
        told = told.replace("<", r"\u003c")
        translator.body.append(
            f'<script type="application/json" class="checked-symbols">{told}</script>\n'
        )
    raise nodes.SkipNode


def _skip(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    raise nodes.SkipNode
