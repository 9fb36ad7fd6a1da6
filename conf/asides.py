"""What stands beside the text: a note in the margin, and an answer that a reader opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata
    from sphinx.writers.html5 import HTML5Translator


class Details(nodes.General, nodes.Element):
    """What is folded under a line that says what it is."""


class Summary(nodes.General, nodes.TextElement):
    """That line."""


class Dropdown(SphinxDirective):
    """Fold the content under the argument, which a reader presses; print shows it open."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Build the node."""
        self.assert_has_content()
        title, messages = self.parse_inline(self.arguments[0])
        details = Details("", Summary("", "", *title), *self.parse_content_to_nodes())
        self.set_source_info(details)
        return [details, *messages]


class Margin(SphinxDirective):
    """Put the content beside the text where a window has room there."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Build the node."""
        self.assert_has_content()
        note = nodes.container("", *self.parse_content_to_nodes(), classes=["margin-note"])
        self.set_source_info(note)
        return [note]


def visit_details(self: HTML5Translator, node: Details) -> None:
    """Open the box."""
    self.body.append(self.starttag(node, "details", CLASS="dropdown"))


def depart_details(self: HTML5Translator, _node: Details) -> None:
    """Close the box."""
    self.body.append("</details>\n")


def visit_summary(self: HTML5Translator, node: Summary) -> None:
    """Open the line."""
    self.body.append(self.starttag(node, "summary", ""))


def depart_summary(self: HTML5Translator, _node: Summary) -> None:
    """Close the line."""
    self.body.append("</summary>\n")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives."""
    app.add_node(Details, html=(visit_details, depart_details))
    app.add_node(Summary, html=(visit_summary, depart_summary))
    app.add_directive("dropdown", Dropdown)
    app.add_directive("margin", Margin)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
