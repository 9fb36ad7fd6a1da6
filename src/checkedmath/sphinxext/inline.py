"""The role ``checked``: a formula within a line of text that is executed."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole


def setup_inline(app: Sphinx) -> None:
    """Register the role."""
    app.add_role("checked", Checked())


class Checked(SphinxRole):
    """Inline mathematics that is checked with the page's equations."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Show the formula."""
        # No node of its own: a title, and what is made of titles, know mathematics alone.
        node = nodes.math(self.rawtext, self.text, checked=True)
        self.set_source_info(node)
        return [node], []
