"""
Read a page from its document, whatever language it is written in.

The document that Sphinx has read is the page: its equations, declarations, rows and functions are
taken from the document's own nodes, with the file and line from which each comes. What is found
out of each goes back to the node that it was made from, by a key that the node keeps.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from docutils import nodes
from sphinx.application import Sphinx

from checkedmath.bind.claims import split_arguments
from checkedmath.errors import PageError, ReadError, UncheckedError
from checkedmath.latex.macros import Macros, expand, macros_behind
from checkedmath.page.markdown import NOT_READ, RAW, defines_only, refuse_row, tolerance_of
from checkedmath.page.model import Code, Equation, Formula, Mistake, Page, Row, Use, WhereItem
from checkedmath.page.model import Implementation as Function
from checkedmath.sphinxext.implementation import Implementation, reference
from checkedmath.sphinxext.inspecting import (
    cell_of,
    is_left,
    label_of,
    source_of,
    symbol_of,
    texts_of,
)
from checkedmath.sphinxext.lines import Hint, Spot, places
from checkedmath.sphinxext.macros import macros_of_book, macros_of_head
from checkedmath.sphinxext.marks import FoundWord, Mark
from checkedmath.sphinxext.pending import Complaint, NumpyLines, Uses
from checkedmath.sphinxext.plain import inner_html
from checkedmath.sphinxext.rows import SideBySideRow, Symbols
from checkedmath.sphinxext.store import KEY, Place, ReadPage, book_of, keys_of


def read(app: Sphinx, doctree: nodes.document) -> None:
    """Read the page that a document is, and put the marks into it."""
    env = app.env
    macros = macros_of_book(app.config) + macros_of_head(env.metadata[env.docname])
    reader = _Reader(doctree, env.docname, Path(env.doc2path(env.docname)), macros)
    page = reader.page()
    book_of(env).pages[env.docname] = ReadPage(page, reader.marked(page), reader.meanings())
    for equation in doctree.findall(nodes.math_block):
        equation["met"] = True
    for node in list(doctree.findall(nodes.Element)):
        if isinstance(node, Uses | Complaint | NumpyLines):
            node.parent.remove(node)


@dataclass(slots=True)
class _Item:
    """A node, and what is to be found in its file: first itself, then its parts."""

    node: nodes.Element
    texts: tuple[str, ...]
    spots: tuple[Spot, ...] = ()
    macros: Macros = ()


class _Reader:
    """
    Makes a page of a document.

    Attributes
    ----------
    items : list
        What counts, in the order of the document.
    """

    def __init__(
        self, doctree: nodes.document, docname: str, path: Path, macros: Macros = ()
    ) -> None:
        self.doctree = doctree
        self.docname = docname
        self.path = path
        self.items: list[_Item] = []
        for node in doctree.findall(nodes.Element):
            texts, before = texts_of(node), macros
            if isinstance(node, nodes.math | nodes.math_block):
                macros = macros_behind(node.astext(), macros)
                if macros is not before and defines_only(Formula(node.astext(), 0, macros=before)):
                    continue
            if texts:
                self.items.append(_Item(node, texts, macros=before))
        self._formulas: dict[int, Equation | Function] = {}
        self._meanings: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._notes = 0

    def page(self) -> Page:
        """Make the page."""
        self._locate()
        page = Page(os.path.relpath(self.path))
        for item in self.items:
            if isinstance(item.node, nodes.math_block | nodes.math):
                page.equations.append(self._equation(item))
                self._formulas[id(item.node)] = page.equations[-1]
            elif isinstance(item.node, Implementation):
                page.implementations.append(self._function(item))
                self._formulas[id(item.node)] = page.implementations[-1]
        for item in self.items:
            if id(item.node) not in self._formulas:
                self._add(page, item)
        return page

    def _add(self, page: Page, item: _Item) -> None:
        """Add what is no formula: a row, a declaration, a used page or a mistake."""
        match item.node:
            case SideBySideRow():
                try:
                    row = self._row(item)
                except ReadError as error:
                    page.mistakes.append(self._mistake(item, error))
                else:
                    item.node["number"] = len(page.rows)
                    page.rows.append(row)
            case nodes.row():
                page.where.append(self._declaration(item))
            case Uses():
                page.uses += [Use(name, item.spots[0].line) for name in item.node["names"]]
            case Complaint():
                page.mistakes.append(self._mistake(item, ReadError(item.node["message"])))
            case nodes.raw():
                page.mistakes.append(self._mistake(item, UncheckedError(RAW)))
            case NumpyLines():
                pass  # its row reads it
            case _:
                page.mistakes.append(self._mistake(item, ReadError(NOT_READ)))

    # -- what stands where ----------------------------------------------------------------------

    def _locate(self) -> None:
        hints = []
        for item in self.items:
            source, line = source_of(item.node, str(self.path))
            hints += [Hint(source, line, text) for text in item.texts]
        spots = iter(places(hints))
        for item in self.items:
            item.spots = tuple(next(spots) for _ in item.texts)

    def _file(self, node: nodes.Element) -> str:
        """Return the file from which a node comes, as messages name it; empty for the page's."""
        source, _ = source_of(node, str(self.path))
        if source not in self._files:
            self._files[source] = self._named(source)
        return self._files[source]

    def _named(self, source: str) -> str:
        path, colon, rest = source.partition(":docstring of ")
        try:
            own = Path(path).resolve() == self.path.resolve()
        except (OSError, ValueError):
            own = False
        return "" if own and not colon else f"{os.path.relpath(path)}{colon}{rest}"

    def _mistake(self, item: _Item, error: PageError) -> Mistake:
        return Mistake(item.spots[0].line, error, self._file(item.node))

    # -- what each says -------------------------------------------------------------------------

    def _equation(self, item: _Item) -> Equation:
        node, (spot,) = item.node, item.spots
        latex = node.astext()
        before = latex[: len(latex) - len(latex.lstrip())]
        reason = node.get("unchecked") or cell_of(node).get("unchecked")
        return Equation(
            latex,
            spot.line - before.count("\n"),
            spot.indent - (len(before) - before.rfind("\n") - 1),
            self._file(node),
            item.macros,
            label=label_of(node),
            unchecked=None if reason is None else str(reason),
            one_example=is_left(node),
            inline=isinstance(node, nodes.math),
            tolerance=tolerance_of(node.get("tolerance")),
        )

    def _function(self, item: _Item) -> Function:
        node, (name, arguments, returns) = item.node, item.spots
        file = self._file(node)
        return Function(
            node["arguments"],
            arguments.line,
            arguments.indent,
            file,
            item.macros,
            function=node["function"],
            returns=Formula(node["returns"], returns.line, returns.indent, file, item.macros),
            one_example=node["one_example"] or is_left(node),
            block_line=name.line,
        )

    def _declaration(self, item: _Item) -> WhereItem:
        (spot,) = item.spots
        latex = symbol_of(item.node).astext()
        meaning = cast("nodes.Element", item.node[1])
        with contextlib.suppress(ReadError):
            self._meanings[expand(latex, item.macros).text] = inner_html(meaning)
        return WhereItem(
            latex,
            spot.line,
            spot.indent,
            self._file(item.node),
            item.macros,
            meaning=" ".join(meaning.astext().split()),
        )

    def _row(self, item: _Item) -> Row:
        """Make a row of what stands in its columns themselves."""
        left, _, right = (cast("nodes.Element", cell) for cell in item.node.children)
        columns = [
            [
                self._formulas[id(node)]
                for node in cell.children
                if isinstance(node, kind) and id(node) in self._formulas
            ]
            for cell in (left, right)
            for kind in (nodes.math_block, Implementation)
        ]
        equations, functions = columns[::2], columns[1::2]
        count = (len(equations[0]), len(equations[1]))
        if count == (0, 0) and [len(each) for each in functions] == [1, 1]:
            equations, count = functions, (1, 1)
        words = item.node["words"]
        refuse_row(count, words)
        (one,), (batch,) = equations
        own = tuple(cast("list[Function]", functions[0] + functions[1]))
        codes = (self._codes(left), self._codes(right))
        return Row(one.line, one, batch, words[0] if words else None, own, codes)

    def _codes(self, cell: nodes.Element) -> tuple[Code, ...]:
        """Return the lines of NumPy in a column."""
        found = []
        for place, node in enumerate(cell.children):
            if isinstance(node, NumpyLines):
                if not any(isinstance(before, nodes.math_block) for before in cell[:place]):
                    raise ReadError(
                        "lines of NumPy stand under the equation that they compute; in this column "
                        "there is none above them"
                    )
                line = next(item.spots[0].line for item in self.items if item.node is node)
                found.append(Code(node["text"], line, self._file(node)))
        return tuple(found)

    def meanings(self) -> dict[str, str]:
        """Return what the page's declarations mean, as HTML, by their LaTeX."""
        return self._meanings

    # -- where to show what is found ------------------------------------------------------------

    def marked(self, page: Page) -> dict[str, Place]:
        """
        Put the marks into the document, for what is found of each formula; return the places.

        Unlike its line, a number that stands for a label stays when the text around it changes.
        """
        formulas = {id(self._formulas[key]): key for key in self._formulas}
        found: dict[str, Place] = {}
        numbers = iter(range(1, len(formulas) + 1))
        nodes_of = {id(item.node): item.node for item in self.items}
        keys = keys_of(page)
        unlabelled = {}
        for item in self.items:
            formula = self._formulas.get(id(item.node))
            if formula is None:
                continue
            label = formula.label if isinstance(formula, Equation) else None
            if label:
                place = Place(label, nodes.make_id(f"equation-{label}"))
            else:
                number = next(numbers)
                anchor = nodes.make_id(f"check-{self.docname}-{number}")
                place = Place(f"unlabelled {number}", anchor)
                unlabelled[id(formula)] = place.anchor
            found[keys[id(formula)]] = place
        displayed = [each for each in page.equations if not each.inline]
        lines = [each for each in page.equations if each.inline]
        for name in map(id, [*displayed, *lines, *page.implementations]):
            self._show(nodes_of[formulas[name]], keys[name], unlabelled.get(name, ""))
        for row in self.doctree.findall(SideBySideRow):
            # Rows may stand in rows.
            word = next(row[1].findall(FoundWord))
            word["name"] = self._name()
            if "number" in row:
                row[KEY] = word[KEY] = (self.docname, f"row-{row['number']}")
        if page.rows:
            self.doctree += Symbols(docname=self.docname)
        return found

    def _show(self, node: nodes.Element, key: str, anchor: str) -> None:
        mark = Mark("", **{KEY: (self.docname, key)})
        ids = [anchor] if anchor else []
        if isinstance(node, Implementation):
            mark["name"] = self._name()
            labels = {item.node.get("label") for item in self.items}
            returns = [
                reference(piece, self.docname) if piece in labels else nodes.math(piece, piece)
                for _, piece in split_arguments(node["returns"])
            ]
            node.replace_self(node.finish(returns, mark, anchor))
        elif isinstance(node, nodes.math_block):
            node[KEY] = (self.docname, key)
            mark["name"] = self._name()
            box = nodes.container(classes=["checked-equation"])
            node.replace_self(box)
            box += [node, mark]
            # Docutils gives the box the equation's ids, which stay the equation's.
            box["ids"] = ids
        elif not isinstance(node.parent, nodes.title):
            mark["name"] = self._name()
            inline = nodes.inline(classes=["checked-inline"], ids=ids)
            node.replace_self(inline)
            inline += [node, mark]

    def _name(self) -> str:
        self._notes += 1
        return nodes.make_id(f"checked-{self.docname}-{self._notes}")
