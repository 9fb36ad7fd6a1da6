"""Check each page when it is read, and turn what does not hold into warnings."""

from __future__ import annotations

import os
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from checkedmath.checking import Settings, examine
from checkedmath.files import load
from checkedmath.findings import Finding
from checkedmath.implementation import pieces
from checkedmath.loading import load_function
from checkedmath.read.page import Equation, Formula, Implementation, Page
from checkedmath.sphinxext.implementation import Implementation as ImplementationNode
from checkedmath.sphinxext.implementation import reference
from checkedmath.sphinxext.marks import FoundWord, Mark
from checkedmath.sphinxext.notation import declared, noted
from checkedmath.sphinxext.rows import RowNotes, SideBySideRow, Symbols
from checkedmath.sphinxext.store import Place, entries_by_page, keep, keep_known, known_of, rows_of
from checkedmath.sphinxext.uses import pages_used

_logger = logging.getLogger(__name__)
_T = TypeVar("_T")


def setup_checks(app: Sphinx) -> None:
    """Connect the checking of pages."""
    app.connect("doctree-read", _check_page)
    app.connect("env-get-outdated", _failed_pages)


def _check_page(app: Sphinx, doctree: nodes.document) -> None:
    env = app.env
    path = Path(env.doc2path(env.docname))
    if path.suffix != ".md":
        return
    page = load(path, os.path.relpath(path))
    used = pages_used(app, page, path)
    settings = Settings(
        draws=app.config.checkedmath_draws,
        seed=app.config.checkedmath_seed,
        timeout=app.config.checkedmath_timeout,
    )
    examined = examine(page, used, settings, load_function, known_of(env, env.docname))
    findings = examined.findings
    for finding in findings:
        if not finding.passes:
            _warn(finding, env.docname)
    marker = _Marker(doctree, page, findings, env.docname)
    marker.equations()
    marker.lines()
    marker.implementations()
    marker.words()
    if page.rows:
        rows_of(env).add(env.docname)
        meanings = {**noted(app, env.docname), **declared([page, *used])}
        notes = RowNotes(examined, app.config.checkedmath_python_names, meanings)
        marker.rows(notes)
        examined.known.said = notes.said
    keep_known(env, examined.known)
    if findings:
        keep(env, [(finding, marker.place(finding)) for finding in findings])


def _warn(finding: Finding, docname: str) -> None:
    label = f"({finding.label}) " if finding.label else ""
    _logger.warning(
        "%s%s: %s",
        label,
        finding.status,
        finding.summary,
        location=(docname, finding.line),
        type="checkedmath",
        subtype=finding.status,
    )


class _InTurn(Generic[_T]):
    """What the page says, for the nodes that say the same, in the order of the page."""

    def __init__(self, items: Iterable[tuple[Hashable, _T]]) -> None:
        self._queues: dict[Hashable, deque[_T]] = defaultdict(deque)
        for key, item in items:
            self._queues[key].append(item)

    def next(self, key: Hashable) -> _T | None:
        """Return the next item with this key, None if there is none left."""
        return self._queues[key].popleft() if self._queues[key] else None


class _Marker:
    """Puts what was found for a page into its document."""

    def __init__(
        self, doctree: nodes.document, page: Page, findings: list[Finding], docname: str
    ) -> None:
        self.doctree = doctree
        self.page = page
        self.findings = findings
        self.docname = docname
        self._numbers = _numbers(page)
        self._places: list[tuple[Formula, Place]] = []
        self._notes = 0

    def equations(self) -> None:
        """Put its mark beside each displayed equation."""
        by_line = {e.block_line: e for e in self.page.equations if not e.inline}
        for node in list(self.doctree.findall(nodes.math_block)):
            equation = by_line.get(node.line or 0)
            if equation is None:
                _warn_unread(node)
                continue
            box = nodes.container(classes=["checked-equation"])
            node.replace_self(box)
            box += node
            # Docutils gives the box the equation's ids, which stay the equation's.
            box["ids"] = [] if equation.label else [self._stand(equation)]
            if equation.label:
                place = Place(equation.label, nodes.make_id(f"equation-{equation.label}"))
                self._places.append((equation, place))
            box += self._mark(self._found_in(equation))

    def lines(self) -> None:
        """Put its mark behind each formula in a line of text; a title keeps its formula alone."""
        queue = _InTurn((_words(e.latex), e) for e in self.page.equations if e.inline)
        for node in list(self.doctree.findall(nodes.math)):
            if not node.attributes.pop("checked", False) or _is_copy(node):
                continue
            equation = queue.next(_words(node.astext()))
            if equation is None:
                _warn_unread(node)
            elif not isinstance(node.parent, nodes.title):
                box = nodes.inline(classes=["checked-inline"], ids=[self._stand(equation)])
                node.replace_self(box)
                box += node
                box += self._mark(self._found_in(equation))

    def implementations(self) -> None:
        """Say of each function what it returns, and put a mark behind."""
        queue = _InTurn((item.function, item) for item in self.page.implementations)
        labels = {equation.label for equation in self.page.equations}
        for node in list(self.doctree.findall(ImplementationNode)):
            item = queue.next(node["function"])
            if item is None:
                if node.line not in {mistake.line for mistake in self.page.mistakes}:
                    _warn_unread(node)
                node.parent.remove(node)
                continue
            returns = [
                reference(piece, self.docname) if piece in labels else nodes.math(piece, piece)
                for _, piece in pieces(item.returns.latex)
            ]
            found = [
                finding
                for finding in self.findings
                if finding.kind == "function" and self._is_about(finding, item)
            ]
            node.replace_self(node.finish(returns, self._mark(found), self._stand(item)))

    def words(self) -> None:
        """Write into each side-by-side row the word that was found."""
        found = {finding.line: finding for finding in self.findings if finding.is_row}
        queue = _InTurn(((r.left.latex, r.right.latex), r) for r in self.page.rows)
        for node in self.doctree.findall(FoundWord):
            row = queue.next(node["row"])
            if row is not None:
                node["finding"] = found.get(row.right.place(None)[0])
                node["name"] = self._name()

    def rows(self, notes: RowNotes) -> None:
        """Let each row tell on demand what it is in NumPy, and each of its symbols what it is."""
        equations = {node.line or 0: node for node in self.doctree.findall(nodes.math_block)}
        queue = _InTurn(((r.left.latex, r.right.latex), r) for r in self.page.rows)
        for node in list(self.doctree.findall(SideBySideRow)):
            (word,) = node.findall(FoundWord)
            row = queue.next(word["row"])
            if row is not None and word["finding"] is not None and word["finding"].passes:
                node["notes"] = notes.mark(row, equations)
        told = notes.told()
        if told:
            self.doctree += Symbols(told=told)

    def place(self, finding: Finding) -> Place:
        """Return where on the page it is shown what a finding is about."""
        for formula, place in self._places:
            about = (
                self._is_about(finding, formula)
                if isinstance(formula, Implementation)
                else _is_in(finding, formula)
            )
            if about:
                return place
        return Place(finding.label or f"line {finding.line}", "")

    def _stand(self, formula: Formula) -> str:
        """Let a formula without a label stand at an anchor of its own, and return it."""
        number = self._numbers[formula]
        anchor = f"check-{number}"
        self._places.append((formula, Place(f"unlabelled {number}", anchor)))
        return anchor

    def _found_in(self, equation: Equation) -> list[Finding]:
        return [f for f in self.findings if f.kind == "relation" and _is_in(f, equation)]

    @staticmethod
    def _is_about(finding: Finding, item: Implementation) -> bool:
        last = max(item.line, item.returns.line)
        return finding.kind != "relation" and item.block_line <= finding.line <= last

    def _mark(self, findings: list[Finding]) -> Mark:
        return Mark(findings=findings, name=self._name())

    def _name(self) -> str:
        self._notes += 1
        return nodes.make_id(f"checked-{self.docname}-{self._notes}")


def _numbers(page: Page) -> dict[Formula, int]:
    """
    Return the numbers of what has no label, in the order of the page.

    Unlike its line, a number stays when the text around it changes.
    """
    formulas: list[Formula] = [equation for equation in page.equations if not equation.label]
    formulas += page.implementations
    formulas.sort(key=lambda formula: (formula.line, formula.indent))
    return {formula: number for number, formula in enumerate(formulas, start=1)}


def _is_copy(node: nodes.Element) -> bool:
    """Tell whether a formula stands in a list of contents, to which titles are copied."""
    around = node.parent
    while around is not None and not isinstance(around, nodes.topic):
        around = around.parent
    return around is not None and "contents" in around["classes"]


def _words(latex: str) -> tuple[str, ...]:
    return tuple(latex.split())


def _is_in(finding: Finding, formula: Formula) -> bool:
    first, last = formula.place(0), formula.place(len(formula.latex))
    return first <= (finding.line, finding.column) <= last


def _warn_unread(node: nodes.Element) -> None:
    _logger.warning(
        "this equation is not checked: it does not stand on this page itself "
        "(is it in an included file?)",
        location=node,
        type="checkedmath",
        subtype="unchecked",
    )


def _failed_pages(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Sequence[str]:
    """Read pages that failed again, so that the next build fails too until they are mended."""
    return [
        docname
        for docname, found in entries_by_page(env).items()
        if docname not in removed and not all(entry.finding.passes for entry in found)
    ]
