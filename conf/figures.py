"""
Interactive figures: custom elements that are drawn while the book is built.

A figure is one file of static/figures/. Its functions make strings of its state, in the browser
when a control is moved, and here once: so a page has its figure without script as well, and
nothing moves when the script comes. A page without a figure loads none of it.
"""

from __future__ import annotations

import functools
import json
from html import escape
from pathlib import Path
from typing import Any

from _quickjs import Context, JSException
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from conf.drawings import caption

STATIC = Path(__file__).parent / "static"
SHARED = "figures/figure.js"

CALL = """(name, what, state) =>
  JSON.stringify(figures[name][what](state === "" ? figures[name].state : JSON.parse(state)))"""


class Interactive(SphinxDirective):
    """
    Show an interactive figure, and on paper and without script the table of its states.

    The argument is the name of its file, without the ending; the content is the caption.
    """

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Draw the figure's first state, and put all its states into a table."""
        name = self.arguments[0]
        known = sorted(path.stem for path in (STATIC / "figures").glob("*-*.js"))
        if name not in known:
            raise self.error(f"there is no figure {name!r}; expected one of {', '.join(known)}")
        for script in (SHARED, f"figures/{name}.js"):
            self.env.note_dependency(str(STATIC / script))
        try:
            drawn = element(name) + table(name)
        except JSException as error:
            raise self.error(f"static/figures/{name}.js: {error}") from error
        figure = nodes.figure(classes=["interactive", "wide"])
        figure += nodes.raw("", drawn, format="html", interactive=name)
        figure += caption(self)
        self.set_source_info(figure)
        return [figure]


def call(name: str, what: str, state: dict[str, Any] | None = None) -> Any:
    """Call one of a figure's functions with a state, or with the state that it begins with."""
    given = "" if state is None else json.dumps(state)
    return json.loads(engine(name).eval(CALL)(name, what, given))


@functools.cache
def engine(name: str) -> Context:
    """Load a figure's scripts as they are into an engine that has no page."""
    context = Context()
    for script in (SHARED, f"figures/{name}.js"):
        context.eval((STATIC / script).read_text(encoding="utf-8"))
    return context


def element(name: str) -> str:
    """Return the figure's element: its controls, its drawing, and what the drawing says."""
    drawing, label = call(name, "draw"), call(name, "describe")
    return (
        f'<{name}><div class="controls">{call(name, "controls")}</div>'
        f'<div role="img" aria-label="{label}">{drawing}</div>'
        f'<p role="status">{call(name, "say")}</p></{name}>\n'
    )


def table(name: str) -> str:
    """Return the table of the figure's states: a cell is a list of lines."""
    found = call(name, "table")
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in found["head"])
    cells = [
        [f"<td>{'<br>'.join(map(escape, cell))}</td>" for cell in row] for row in found["rows"]
    ]
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<table class="every-state table">{rows}</table>\n'


def load(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: nodes.document
) -> None:
    """Have a page load what its figures need, and no other page."""
    raws = doctree.findall(nodes.raw) if doctree else ()
    if names := dict.fromkeys(raw["interactive"] for raw in raws if "interactive" in raw):
        app.add_css_file("figures/figures.css")
        for script in (SHARED, *(f"figures/{name}.js" for name in names)):
            app.add_js_file(script, defer="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("interactive", Interactive)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
