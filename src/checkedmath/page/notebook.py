"""Read a Jupyter notebook: its Markdown, and the equations that its cells have put out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

from checkedmath.errors import ReadError
from checkedmath.latex.macros import Macros
from checkedmath.page.markdown import RELATION, read_page
from checkedmath.page.model import Equation, Formula, Implementation, Mistake, Page

_F = TypeVar("_F", bound=Formula)

_DELIMITERS = ("$$", r"\[", r"\]", "$", r"\(", r"\)")
_FARTHEST = 4000
"""Lines that a cell's output may have before the next text that is read."""


def read_notebook(text: str, file: str, macros: Macros = ()) -> Page:
    """
    Read a notebook.

    Parameters
    ----------
    text : str
        The notebook's JSON.
    file : str
        Its name in messages.
    macros : tuple of Macro
        Those that are known at its beginning.
    """
    page = Page(file, macros=macros)
    lines = text.split("\n")
    at = 0
    try:
        for part, reason in _parts(json.loads(text)["cells"]):
            numbers = []
            for line in part.split("\n"):
                at = _found(lines, line, at)
                numbers.append(at + 1)
            read = read_page(part, file, page.macros)
            page.macros = read.macros
            _Adding(page, numbers, reason).add(read)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        page.mistakes.append(
            Mistake(1, ReadError(f"this is no notebook that can be read: {error}"))
        )
    return page


def _parts(cells: list[dict[str, Any]]) -> Iterator[tuple[str, str | None]]:
    """Yield the Markdown of a notebook, in order, and why what a cell puts out is not checked."""
    for cell in cells:
        if cell["cell_type"] == "markdown":
            yield _joined(cell["source"]), None
        reason = cell.get("metadata", {}).get("unchecked")
        for output in cell.get("outputs", []):
            for kind, data in output.get("data", {}).items():
                latex = _joined(data).strip() if kind in ("text/markdown", "text/latex") else ""
                if kind == "text/latex":
                    latex = _display(latex)
                if latex:
                    yield latex, None if reason is None else str(reason)


def _display(latex: str) -> str:
    """Return what a cell has put out as LaTeX as a display; nothing where it claims nothing."""
    for sign in _DELIMITERS:
        latex = latex.removeprefix(sign).removesuffix(sign)
    return f"$$\n{latex}\n$$" if RELATION.search(latex) else ""


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _found(lines: list[str], text: str, start: int) -> int:
    """Return the line of the file, from 0, on which a text stands, or else that of the last one."""
    written = json.dumps(text.strip(), ensure_ascii=False)[1:-1]
    if written and written != "$$":
        for number in range(start, min(start + _FARTHEST, len(lines))):
            if written in lines[number]:
                return number
    return start


class _Adding:
    """Adds the page of a part to that of the notebook, with the lines of the file."""

    def __init__(self, page: Page, numbers: list[int], reason: str | None) -> None:
        self.page = page
        self.numbers = numbers
        self.reason = reason

    def add(self, part: Page) -> None:
        """Add all that a part says."""
        added: dict[int, Equation | Implementation] = {}
        for equation in part.equations:
            reason = equation.unchecked if self.reason is None else self.reason
            added[id(equation)] = moved = replace(self._moved(equation), unchecked=reason)
            self.page.equations.append(moved)
        for item in part.implementations:
            returns, line = self._moved(item.returns), self._line(item.block_line)
            item_moved = replace(self._moved(item), returns=returns, block_line=line)
            added[id(item)] = item_moved
            self.page.implementations.append(item_moved)
        for row in part.rows:
            left, right = added[id(row.left)], added[id(row.right)]
            own = tuple(added[id(item)] for item in row.implementations)
            functions = tuple(item for item in own if isinstance(item, Implementation))
            line = self._line(row.line)
            self.page.rows.append(
                replace(row, line=line, left=left, right=right, implementations=functions)
            )
        self.page.where += map(self._moved, part.where)
        self.page.uses += [replace(use, line=self._line(use.line)) for use in part.uses]
        self.page.mistakes += [replace(each, line=self._line(each.line)) for each in part.mistakes]

    def _moved(self, formula: _F) -> _F:
        before = len(formula.latex) - len(formula.latex.lstrip())
        empty = formula.latex.count("\n", 0, before)
        return replace(formula, line=self._line(formula.line + empty) - empty)

    def _line(self, line: int) -> int:
        return self.numbers[min(line, len(self.numbers)) - 1]
