"""The directive ``implementation``: a function's source, and what it was found to return."""

from __future__ import annotations

from typing import ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

from checkedmath.errors import PageError, ReadError
from checkedmath.page.markdown import refuse_unnamed
from checkedmath.sphinxext.loading import load_function, source_of
from checkedmath.sphinxext.marks import Mark
from checkedmath.sphinxext.pending import Complaint
from checkedmath.timeout import Stopped, stopped_after


def setup_implementation(app: Sphinx) -> None:
    """Register the directive, and what it may run."""
    app.add_config_value("checkedmath_packages", [], "env", types=frozenset({list, tuple, set}))
    app.add_config_value("checkedmath_run_code", True, "env", types=frozenset({bool}))
    app.add_directive("implementation", ShowImplementation)


class Implementation(nodes.container):
    """
    A ``function`` with its source; its head is finished when the page has been read.

    ``arguments``, ``returns`` and ``one_example`` are as the page has them.
    """

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

    The check itself is done with the page's other checks.
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
        returns = self.options.get("returns", "")
        try:
            refuse_unnamed(dotted, returns)
        except ReadError as error:
            complaint = Complaint(message=error.message)
            self.set_source_info(complaint)
            return [complaint]
        head = nodes.paragraph("", "", nodes.literal("", dotted))
        box = Implementation(
            "",
            head,
            function=dotted,
            arguments=self.options.get("arguments", ""),
            returns=returns,
            one_example="one-example" in self.options,
        )
        self.set_source_info(box)
        source = self._source(dotted)
        if source:
            block = nodes.literal_block(source, source, language="python")
            self.set_source_info(block)
            box += block
        return [box]

    def _source(self, dotted: str) -> str:
        """Return a function's source; nothing where it cannot be loaded, or may not be."""
        if not self.config.checkedmath_run_code:
            return ""
        try:
            with stopped_after(self.config.checkedmath_timeout):
                return source_of(load_function(dotted, self.config.checkedmath_packages))
        except (PageError, OSError, SyntaxError, Stopped):
            return ""
