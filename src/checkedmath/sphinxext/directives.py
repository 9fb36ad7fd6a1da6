"""
The directives ``where``, ``side-by-side`` and ``math`` with its options, and the role ``checked``.

Each shows what it was given, and leaves on its nodes what was declared and claimed; `reading` takes
it from there, in whatever language the page is written.
"""

from __future__ import annotations

import re
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.directives.patches import MathDirective
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.typing import OptionSpec

from checkedmath.sphinxext.implementation import Implementation
from checkedmath.sphinxext.marks import FoundWord
from checkedmath.sphinxext.pending import Complaint, NumpyLines, Uses
from checkedmath.sphinxext.rows import SideBySideRow
from checkedmath.sphinxext.symbols import declared_symbol

_SEPARATOR = re.compile(r"\s*(?P<colon>:)?[,;–—-]*\s*")
_WORD = re.compile(r"\w+")
_ASKING = {"checked", "declares", "tolerance", "unchecked"}
"""The attributes of a node whose author asks for a check."""
_EXPECTED = r"expected an item such as - $X \in \mathbb{R}^{n \times m}$: the inputs"


def setup_directives(app: Sphinx) -> None:
    """Register the directives and the role."""
    app.add_directive("where", Where)
    app.add_directive("side-by-side", SideBySide)
    app.add_directive("math", Math, override=True)
    app.add_role("checked", Checked())
    for node in (Uses, Complaint, NumpyLines):
        app.add_node(node)


def opts_in(doctree: nodes.document) -> bool:
    """Tell whether a document asks to be checked, and has not only equations or the like."""
    return any(
        isinstance(node, Uses | Complaint | Implementation | SideBySideRow)
        or not _ASKING.isdisjoint(node.attributes)
        for node in doctree.findall(nodes.Element)
    )


class Math(MathDirective):
    """Sphinx's own ``math``, with the reason why an equation is not checked, or a tolerance."""

    option_spec: ClassVar[OptionSpec] = {
        **(MathDirective.option_spec or {}),
        "unchecked": directives.unchanged_required,
        "tolerance": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Show the equation, and keep what its author says of the check."""
        shown = super().run()
        for node in shown:
            if isinstance(node, nodes.math_block):
                for name in ("unchecked", "tolerance"):
                    if name in self.options:
                        node[name] = self.options[name]
        return shown


class _Table(SphinxDirective):
    """A directive that shows its content as a table."""

    has_content = True

    def table(self, classes: list[str], widths: list[int], heads: list[str]) -> nodes.tbody:
        """Build an empty table with column heads; return its body, whose table is its ancestor."""
        table = nodes.table(classes=classes)
        group = nodes.tgroup(cols=len(widths))
        table += group
        for width in widths:
            group += nodes.colspec(colwidth=width)
        head = nodes.thead()
        head += _row([[nodes.paragraph("", text)] for text in heads])
        group += head
        body = nodes.tbody()
        group += body
        self.set_source_info(table)
        return body

    def parsed(self) -> list[nodes.Node]:
        """Parse the content, once."""
        holder = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, holder)
        return list(holder.children)

    def complaint(self, message: str, node: nodes.Node | None = None) -> Complaint:
        """Return what is wrong with a part of the content."""
        complaint = Complaint(message=message)
        self.set_source_info(complaint)
        if isinstance(node, nodes.Element):
            complaint.source = node.source or complaint.source
            complaint.line = node.line or complaint.line
        return complaint


def _row(cells: list[list[nodes.Node]]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        entry = nodes.entry()
        entry += cell
        row += entry
    return row


class Where(_Table):
    """
    The symbols of a page: ``- $declaration$: meaning`` an item.

    With ``:uses:`` the declarations and definitions of other pages hold here as well.
    """

    option_spec: ClassVar[OptionSpec] = {"uses": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Show the items as a table."""
        shown: list[nodes.Node] = []
        if "uses" in self.options:
            names = [name.rstrip(",") for name in self.options["uses"].split()]
            shown.append(Uses(names=names))
            self.set_source_info(shown[0])
        body = self.table(["checked-where"], [40, 60], ["Symbol", "Meaning"])
        for node in self.parsed():
            if isinstance(node, nodes.bullet_list):
                for item in node.findall(nodes.list_item, descend=True):
                    if item.parent is node:
                        shown += self._shown(item, body)
            elif not isinstance(node, (nodes.comment, nodes.system_message)):
                shown.append(self.complaint(_EXPECTED, node))
            else:
                shown.append(node)
        return [*shown, body.parent.parent] if body.children else shown

    def _shown(self, item: nodes.list_item, body: nodes.tbody) -> list[nodes.Node]:
        """Add the row of one item; return what is wrong with it instead, if something is."""
        first = item.children[0] if item.children else None
        if not isinstance(first, nodes.paragraph) or not isinstance(first[0], nodes.math):
            return [self.complaint(_EXPECTED, first or item)]
        symbol = nodes.paragraph("", "", declared_symbol(first[0], self.env.docname))
        meaning = nodes.paragraph("", "", *first.children[1:])
        symbol.source, symbol.line = meaning.source, meaning.line = first.source, first.line
        match = None
        if meaning.children and isinstance(meaning[0], nodes.Text):
            text = str(meaning[0])
            match = _SEPARATOR.match(text)
            rest = text[match.end() if match else 0 :]
            meaning[0:1] = [nodes.Text(rest)] if rest else []
        colon = match is not None and match["colon"]
        if not colon and next(meaning.findall(nodes.math), None) is not None:
            return [self.complaint(_EXPECTED, first)]
        words = [meaning] if meaning.children else []
        row = _row([[symbol], [*words, *item.children[1:]]])
        row["declares"] = True
        body += row
        return []


class SideBySide(_Table):
    """
    Rows of one example's equation and the batch's, and between them how the one follows.

    In each row an equation for one example, perhaps the word that the author expects
    (``*stacked*``), and an equation for the batch; rows are parted by ``---``. Code and
    implementations stand under the equation that they follow. Code in the language ``numpy`` is
    run, compared with the equation above it, and shown under the row.
    """

    def run(self) -> list[nodes.Node]:
        """Show the rows as a table; the words are filled in when the page has been checked."""
        heads = ["One example", "how", "The batch"]
        body = self.table(["side-by-side"], [46, 8, 46], heads)
        stretches: list[list[nodes.Node]] = [[]]
        for node in self.parsed():
            if isinstance(node, nodes.transition):
                stretches.append([])
            else:
                stretches[-1].append(node)
        for stretch in filter(None, stretches):
            words = [word for word in map(_word, stretch) if word is not None]
            left, right = _sides([_read(node) for node in stretch])
            word = nodes.paragraph("", "", FoundWord())
            shown = SideBySideRow(words=words)
            shown += _row([left, [word], right]).children
            shown.source, shown.line = self.get_source_info()
            body += shown
        return [body.parent.parent]


def _read(node: nodes.Node) -> nodes.Node:
    """Return lines of NumPy as what is read of them; any other node as it is."""
    if not isinstance(node, nodes.literal_block):
        return node
    if "numpy" not in (node.get("language"), *node["classes"][1:]):
        return node
    lines = NumpyLines(text=node.astext().lstrip())
    lines.source, lines.line = node.source, node.line
    return lines


def _sides(stretch: list[nodes.Node]) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Return what stands in the column of one example, and in the batch's."""
    for place, node in enumerate(stretch):
        if _word(node) is not None:
            return stretch[:place], stretch[place + 1 :]
    places = [place for place, node in enumerate(stretch) if isinstance(node, nodes.math_block)]
    places = places or [p for p, node in enumerate(stretch) if isinstance(node, Implementation)]
    if len(places) < 2:
        return stretch, []
    second = places[1]
    while isinstance(stretch[second - 1], nodes.target):
        second -= 1
    return stretch[:second], stretch[second:]


def _word(node: nodes.Node) -> str | None:
    """Return the word of a paragraph that is one emphasised word."""
    if not isinstance(node, nodes.paragraph) or len(node) != 1:
        return None
    text = node[0].astext()
    return text if isinstance(node[0], nodes.emphasis) and _WORD.fullmatch(text) else None


class Checked(SphinxRole):
    """Inline mathematics that is checked with the page's equations."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Show the formula."""
        # No node of its own: a title, and what is made of titles, know mathematics alone.
        node = nodes.math(self.rawtext, self.text, checked=True)
        self.set_source_info(node)
        return [node], []
