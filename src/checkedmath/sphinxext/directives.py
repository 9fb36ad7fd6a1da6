"""The directives ``where`` and ``side-by-side``, and ``math`` with the options of checking."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.directives.patches import MathDirective
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

from checkedmath.read.markdown import side_by_side_rows, where_items
from checkedmath.sphinxext.marks import FoundWord
from checkedmath.sphinxext.rows import SideBySideRow


def setup_directives(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("where", Where)
    app.add_directive("side-by-side", SideBySide)
    app.add_directive("math", Math, override=True)


class Math(MathDirective):
    """
    Sphinx's own ``math``, with the reason why an equation is not checked, or a tolerance.

    Both are read with the page; here they are only allowed.
    """

    option_spec: ClassVar[OptionSpec] = {
        **(MathDirective.option_spec or {}),
        "unchecked": directives.unchanged_required,
        "tolerance": directives.unchanged_required,
    }


class _Table(SphinxDirective):
    """A directive that shows a table whose cells are Markdown."""

    has_content = True

    def table(self, classes: list[str], widths: list[int], heads: list[str]) -> nodes.tbody:
        """Build an empty table with column heads; return its body, whose table is its ancestor."""
        table = nodes.table(classes=classes)
        group = nodes.tgroup(cols=len(widths))
        table += group
        for width in widths:
            group += nodes.colspec(colwidth=width)
        head = nodes.thead()
        head += self.row([[nodes.paragraph("", text)] for text in heads])
        group += head
        body = nodes.tbody()
        group += body
        self.set_source_info(table)
        return body

    def row(self, cells: list[list[nodes.Node]]) -> nodes.row:
        """Build a row."""
        row = nodes.row()
        for cell in cells:
            entry = nodes.entry()
            entry += cell
            row += entry
        return row

    def parsed(self, content: StringList | str, line: int) -> list[nodes.Node]:
        """Parse Markdown whose first line is ``line`` (from 0) of this directive's content."""
        holder = nodes.Element()
        if isinstance(content, str):
            content = StringList([content], source=self.get_source_info()[0])
        self.state.nested_parse(content, self.content_offset + line, holder)
        return holder.children


class Where(_Table):
    """
    The symbols of a page: ``- $declaration$: meaning`` an item.

    With ``:uses:`` the declarations and definitions of other pages hold here as well.
    """

    option_spec: ClassVar[OptionSpec] = {"uses": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Show the items as a table; the declarations themselves are read with the page."""
        items, _ = where_items(list(self.content), 0)
        if not items:
            return []
        body = self.table(["checked-where"], [40, 60], ["Symbol", "Meaning"])
        for item in items:
            cells = [f"${item.latex}$", item.meaning]
            body += self.row([self.parsed(cell, item.line) for cell in cells])
        return [body.parent.parent]


class SideBySide(_Table):
    """
    Rows of one example's equation and the batch's, and between them how the one follows.

    The content is Markdown: in each row an equation for one example, perhaps the word that the
    author expects (``*stacked*``), and an equation for the batch; rows are parted by ``---``. Code
    and implementations stand under the equation that they follow.
    """

    def run(self) -> list[nodes.Node]:
        """Show the rows as a table; the words are filled in when the page has been checked."""
        rows, _ = side_by_side_rows("\n".join(self.content), 1)
        heads = ["One example", "how", "The batch"]
        body = self.table(["side-by-side"], [46, 8, 46], heads)
        for row in rows:
            left, right = (
                self.parsed(self.content[slice(*lines)], lines[0])
                for lines in (row.left_lines, row.right_lines)
            )
            sides = (row.left.latex, row.right.latex)
            word = nodes.paragraph("", "", FoundWord(row=sides, finding=None, name=""))
            shown = SideBySideRow()
            shown += self.row([left, [word], right]).children
            body += shown
        return [body.parent.parent]
