"""The directive ``checks``, which lists all checks of the book, and the line under each page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import NoUri
from sphinx.util.docutils import SphinxDirective

from checkedmath.findings import Finding, FunctionFinding, RelationFinding, RowFinding
from checkedmath.sphinxext.store import Entry, book_of, is_site

STATUSES = {
    "holds": "hold",
    "unchecked": "not checked",
    "fails": "do not pass",
}
"""What a reader may ask for: a class of each row, and how it is counted in words."""

_HEADS = (
    ("Where", 20),
    ("What was executed", 50),
    ("Found", 14),
    ("Worst error", 10),
    ("Draws", 6),
)


def setup_report(app: Sphinx) -> None:
    """Register the directive, its filling, and the line under each page."""
    app.add_directive("checks", Checks)
    app.connect("doctree-resolved", _fill)
    app.connect("html-page-context", _add_line)


class Report(nodes.General, nodes.Element):
    """Where the list of all checks will stand."""


class Checks(SphinxDirective):
    """The list of all checks of all pages, as they are at the end of reading."""

    def run(self) -> list[nodes.Node]:
        """Keep the place."""
        book_of(self.env).reports.add(self.env.docname)
        return [Report()]


def status_of(finding: Finding) -> str:
    """Return the one of the three statuses under which a finding is listed."""
    return finding.status if finding.passes else "fails"


def counted(found: Iterable[Entry]) -> Counter[str]:
    """Count findings by the three statuses."""
    return Counter(status_of(entry.finding) for entry in found)


# -- the report -----------------------------------------------------------------------------------


def _fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in list(doctree.findall(Report)):
        node.replace_self(_Listing(app, docname).built())


class _Listing:
    """The report, as one document of one builder shows it."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.app = app
        self.docname = docname
        self.found = book_of(app.env).entries()

    def built(self) -> nodes.container:
        """Build the report: counts, the choice of a status, and a table for each page."""
        box = nodes.container(classes=["checks-report"])
        counts = counted(entry for page in self.found.values() for entry in page)
        words = [f"{counts[status]} {word}" for status, word in STATUSES.items() if counts[status]]
        pages = "1 page" if len(self.found) == 1 else f"{len(self.found)} pages"
        total = sum(counts.values())
        text = (
            f"{total} checks on {pages}: {', '.join(words)}." if total else "There are no checks."
        )
        box += nodes.paragraph("", text)
        if is_site(self.app.builder):
            box += nodes.raw("", _choice(counts), format="html")
        for docname in _in_order(self.app.env, set(self.found)):
            box += self._page(docname)
        return box

    def _page(self, docname: str) -> nodes.container:
        title = self.app.env.titles[docname].astext()
        box = nodes.container(classes=["checks-page"])
        box += nodes.rubric("", "", self._link(docname, "", nodes.Text(title)))
        table = nodes.table(classes=["checks"])
        group = nodes.tgroup(cols=len(_HEADS))
        head = nodes.thead()
        head += _row([[nodes.paragraph("", text)] for text, _ in _HEADS], [])
        group += [nodes.colspec(colwidth=width) for _, width in _HEADS]
        group += head
        body = nodes.tbody()
        body += [self._row(docname, entry) for entry in self.found[docname]]
        group += body
        table += group
        box += table
        return box

    def _row(self, docname: str, entry: Entry) -> nodes.row:
        finding = entry.finding
        error = finding.relative_error
        place = entry.place
        cells: list[list[nodes.Node]] = [
            [nodes.paragraph("", "", self._link(docname, place.anchor, nodes.Text(place.name)))],
            list(_executed(finding)),
            [nodes.paragraph("", _found(finding))],
            [nodes.paragraph("", "" if error is None else f"{error:.1e}" if error else "0")],
            [nodes.paragraph("", str(finding.draws or ""))],
        ]
        return _row(cells, [f"checks-{status_of(finding)}"])

    def _link(self, docname: str, anchor: str, text: nodes.Node) -> nodes.Node:
        try:
            target = self.app.builder.get_relative_uri(self.docname, docname)
        except NoUri:
            return text
        if anchor and self.app.builder.format == "html":
            target += f"#{anchor}"
        return nodes.reference("", "", text, internal=True, refuri=target) if target else text


def _row(cells: list[list[nodes.Node]], classes: list[str]) -> nodes.row:
    row = nodes.row(classes=classes)
    row += [nodes.entry("", *cell) for cell in cells]
    return row


def _executed(finding: Finding) -> Iterator[nodes.Node]:
    """Yield what was executed, and in words what there is to say about it."""
    left, sign = finding.left, " = "
    match finding:
        case FunctionFinding() if left:
            left = finding.function + left[left.index("}") + 1 :]
        case RelationFinding():
            sign = f" {finding.relation} "
        case RowFinding():
            sign = " in one example, in the batch "
    sides = [nodes.literal("", side) for side in (left, finding.right) if side]
    if sides:
        line = nodes.paragraph("", "", sides[0])
        for side in sides[1:]:
            line += [nodes.Text(sign), side]
        yield line
    if finding.diagnosis:
        reason = "Reason: " if finding.status == "unchecked" else ""
        yield nodes.paragraph("", f"{reason}{finding.diagnosis}")


def _found(finding: Finding) -> str:
    if finding.status == "unchecked":
        return "not checked"
    found = finding.word if isinstance(finding, RowFinding) and finding.passes else finding.status
    return found if finding.certificate is None else f"{found}, {finding.certificate}"


def _choice(counts: Counter[str]) -> str:
    """Return radio buttons; the style sheet hides what is not asked for, without a script."""
    buttons = "".join(
        f'<label><input type="radio" name="checks-status" value="{status}"/> '
        f"{word} ({counts[status]})</label>"
        for status, word in STATUSES.items()
        if counts[status]
    )
    return (
        '<fieldset class="checks-choice"><legend>Show</legend>'
        '<label><input type="radio" name="checks-status" value="all" checked="checked"/> '
        f"all ({sum(counts.values())})</label>{buttons}</fieldset>"
    )


def _in_order(env: BuildEnvironment, docnames: set[str]) -> list[str]:
    """Sort documents as the book has them; those in no table of contents come last."""
    order: dict[str, None] = {}
    waiting = [env.config.root_doc]
    while waiting:
        docname = waiting.pop()
        if docname not in order:
            order[docname] = None
            waiting += reversed(env.toctree_includes.get(docname, []))
    return [name for name in order if name in docnames] + sorted(docnames - order.keys())


# -- the line under each page ---------------------------------------------------------------------


def _add_line(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    book = book_of(app.env)
    found = [entry.finding for entry in book.entries().get(pagename, [])]
    number = sum(not isinstance(f, RowFinding) and f.status != "unchecked" for f in found)
    if not number or "body" not in context:
        return
    words = f"{number} equalities are" if number > 1 else "1 equality is"
    line = f"{words} checked on this page"
    listed = sorted(book.reports)
    if listed and pagename not in listed:
        address = app.builder.get_relative_uri(pagename, listed[0])
        line += f'; <a href="{address}">see every check</a>'
    context["body"] += f'<p class="checked-here">{line}.</p>\n'
