"""
Have a page's mathematical fonts asked for with its style sheets, not when its text is laid out.

A formula in a line of text is wider or narrower in another font: when the right one comes late, the
lines break elsewhere, and what one reads moves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

# KaTeX's fonts, and by which of its classes they are used; see katex.min.css.
FONTS = {
    "Main-Regular": r"katex",
    "Math-Italic": r"mathnormal",
    "Main-Bold": r"mathbf",
    "Main-Italic": r"mathit",
    "AMS-Regular": r"mathbb|amsrm",
    "Caligraphic-Regular": r"mathcal",
    "SansSerif-Regular": r"mathsf",
    "Size1-Regular": r"delimsizing size1|delim-size1|small-op",
    "Size2-Regular": r"delimsizing size2|large-op",
    "Size3-Regular": r"delimsizing size3",
    "Size4-Regular": r"delimsizing size4|delim-size4",
}


def used(html: str) -> list[str]:
    """Return the names of a page's fonts; browsers load those of what is folded, too."""
    return [
        name
        for name, classes in FONTS.items()
        if re.search(rf'class="(?:[^"]* )?(?:{classes})[ "]', html)
    ]


def add_fonts(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Give the page's template the names of the fonts."""
    context["fonts"] = used(context.get("body", ""))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect what finds the fonts."""
    app.connect("html-page-context", add_fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
