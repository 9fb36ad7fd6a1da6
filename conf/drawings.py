"""
Drawings that follow the page's colours: SVG files, put into the HTML as they are.

An image in a file of its own cannot see the theme; as part of the page, its classes take the
colours that one example and batch, early and late have in the whole book (see static/book.css).
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Drawing(SphinxDirective):
    """
    Show an SVG file in the page, with a description for those who cannot see it.

    The argument is the file, relative to the page; the content is the caption.
    """

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Read the file, and put it into a figure."""
        relative, file = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        if "alt" not in self.options:
            raise self.error("expected :alt: with what the drawing shows, in words")
        try:
            svg = drawing(Path(file).read_text(encoding="utf-8"), self.options["alt"])
        except (OSError, ValueError) as error:
            raise self.error(f"{relative}: {getattr(error, 'strerror', error)}") from error
        figure = nodes.figure(classes=["drawing"])
        figure += nodes.raw("", svg, format="html")
        figure += caption(self)
        self.set_source_info(figure)
        return [figure]


def caption(directive: SphinxDirective) -> list[nodes.Node]:
    """Return a figure's caption and legend, the first paragraph of the content and the others."""
    if not directive.content:
        return []
    first, *others = directive.parse_content_to_nodes()
    below = [nodes.legend("", *others)] if others else []
    return [nodes.caption(first.rawsource, "", *first.children), *below]


def drawing(text: str, alt: str) -> str:
    """
    Return the SVG element of an HTML page.

    Raises
    ------
    ValueError
        If the text is not an SVG with a viewBox.
    """
    size = re.match(r'<svg [^>]*viewBox="\S+ \S+ (\S+) ', text)
    if size is None:
        raise ValueError("expected an <svg> element with a viewBox")
    named = f'<svg class="drawing" role="img" aria-label="{escape(alt)}" width="{size[1]}"'
    text = re.sub(r"<!--.*?-->|(?<=>)\s+(?=<)", "", text, flags=re.DOTALL)
    return text.replace("<svg", named, 1)


def load(
    app: Sphinx,
    _page: str,
    _template: str,
    _context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Have a page with drawings load their styles, as the page of all pages does."""
    figures = doctree.findall(nodes.figure) if doctree else ()
    if doctree is None or any("drawing" in figure["classes"] for figure in figures):
        app.add_css_file("figures/drawings.css")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("drawing", Drawing)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
