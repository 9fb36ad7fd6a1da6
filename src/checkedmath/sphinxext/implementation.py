"""The directive ``implementation``: a function's source, and what it was found to return."""

from __future__ import annotations

from typing import ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

from checkedmath.errors import PageError
from checkedmath.loading import files_of, load_function, source_of
from checkedmath.sphinxext.marks import Mark


def setup_implementation(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("implementation", ShowImplementation)


class Implementation(nodes.container):
    """A ``function`` with its source; its head is finished when the page has been checked."""

    def finish(self, returns: list[nodes.Node], mark: Mark, anchor: str) -> nodes.container:
        """Say what the function returns, and turn into a box that every builder knows."""
        head = cast("nodes.paragraph", self[0])
        head += nodes.Text(" returns ")
        for number, node in enumerate(returns):
            head += [nodes.Text(", ")] * bool(number)
            head += node
        head += mark
        return nodes.container("", *self.children, classes=["checked-implementation"], ids=[anchor])


def reference(label: str, docname: str) -> nodes.Node:
    """Return a reference to an equation."""
    return addnodes.pending_xref(
        "",
        nodes.literal("", label),
        refdomain="math",
        reftype="eq",
        reftarget=label,
        refdoc=docname,
        refwarn=True,
    )


class ShowImplementation(SphinxDirective):
    """
    A function's own source without its docstring, and what it returns.

    The check itself is done with the page's other checks; a change in the function's package
    reads the page again.
    """

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        "arguments": directives.unchanged_required,
        "returns": directives.unchanged_required,
        "one-example": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Show the function; what is wrong with it is told by the check."""
        dotted = self.arguments[0]
        head = nodes.paragraph("", "", nodes.literal("", dotted))
        box = Implementation("", head, function=dotted)
        self.set_source_info(box)
        try:
            source = source_of(load_function(dotted))
        except (PageError, OSError, SyntaxError):
            source = ""
        for file in files_of(dotted):
            self.env.note_dependency(str(file))
        if source:
            block = nodes.literal_block(source, source, language="python")
            self.set_source_info(block)
            box += block
        return [box]
