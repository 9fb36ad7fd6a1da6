"""HTML that the tools get wrong, mended: for validators, for screen readers, for speech input."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

MENDED = {
    # A wide table scrolls in its own box. One with two columns of equations has no such box: it
    # becomes one column, where it does not fit.
    r'(?s)<table class="(?!side-by-side|checks)[^>]*>.*?</table>': (
        r'<div class="table-scroll">\g<0></div>'
    ),
    # MyST-NB: a hidden cell's button is called what it says, so that speech input can press it.
    r'<summary aria-label="Toggle hidden content">': "<summary>",
    # MyST-NB: a button holds no paragraphs; book.css shows the one that is meant.
    r'<p class="(collapsed|expanded) admonition-title">(.*?)</p>': (
        r'<span class="\1 admonition-title">\2</span>'
    ),
    # Docutils: a role that ARIA has withdrawn, within a list whose items have to be items.
    r'role="doc-biblioentry"': 'role="listitem"',
}


def mend_body(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Replace what is wrong in a page's body."""
    for wrong, right in MENDED.items():
        if "body" in context:
            context["body"] = re.sub(wrong, right, context["body"])


def unwrap_lists(_app: Sphinx, doctree: nodes.document) -> None:
    """
    Take each list out of the paragraph that a docstring's field was wrapped in.

    Sphinx wraps what a field says in a paragraph, a list as well, and no paragraph may hold a list.
    """
    for items in list(doctree.findall(nodes.bullet_list)):
        around = items.parent
        if isinstance(around, nodes.inline) and isinstance(around.parent, nodes.paragraph):
            around.parent.replace_self(items)


def setup(app: Sphinx) -> dict[str, bool]:
    """Mend each page after it is read, and its HTML before it is written."""
    app.connect("doctree-read", unwrap_lists)
    app.connect("html-page-context", mend_body)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
