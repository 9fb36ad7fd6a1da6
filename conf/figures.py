"""
Interactive figures: custom elements that are drawn while the book is built.

A figure is one file of static/figures/. Its functions make strings of its state, in the browser
when a control is moved, and here once: so a page has its figure without script as well, and
nothing moves when the script comes. A page without a figure loads none of it.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

# As in `conf.katex`.
from _quickjs import Context, JSException
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from conf.drawings import caption

STATIC = Path(__file__).parent / "static"
SHARED = "figures/figure.js"
STYLE = "figures/figures.css"

CALL = """(name, what, state) =>
  JSON.stringify(figures[name][what](state === "" ? figures[name].state : JSON.parse(state)))"""


class Interactive(SphinxDirective):
    """
    Show an interactive figure; builders other than HTML show its table.

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
            drawn, states = element(name), table(name)
        except JSException as error:
            raise self.error(f"static/figures/{name}.js: {error}") from error
        figure = nodes.figure(classes=["interactive", "wide"])
        figure += nodes.raw("", drawn, format="html", interactive=name)
        figure += states
        figure += caption(self)
        other = states.deepcopy()
        other.insert(0, nodes.title("", "", *(part.deepcopy() for part in figure[-1].children)))
        self.set_source_info(figure)
        self.set_source_info(other)
        return [
            addnodes.only("", figure, expr="html"),
            addnodes.only("", other, expr="not html"),
        ]


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


def table(name: str) -> nodes.table:
    """Make the table of the figure's states: a cell is a list of lines."""
    found = call(name, "table")
    head = nodes.row("", *(cell([text]) for text in found["head"]))
    body = [nodes.row("", *map(cell, lines)) for lines in found["rows"]]
    group = nodes.tgroup("", cols=len(head))
    # A builder of text makes a column as wide as it is told, and breaks what is longer.
    for heading, *cells in zip(found["head"], *found["rows"], strict=True):
        longest = max(map(len, [heading, *(line for lines in cells for line in lines)]))
        group += nodes.colspec(colwidth=longest + 1)
    group += nodes.thead("", head)
    group += nodes.tbody("", *body)
    return nodes.table("", group, classes=["every-state"])


def cell(lines: list[str]) -> nodes.entry:
    """Make an entry of a table, with a line for each row of a matrix."""
    block = nodes.line_block("", *(nodes.line("", text) for text in lines))
    return nodes.entry("", block if len(lines) > 1 else nodes.paragraph("", lines[0]))


def load(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: nodes.document
) -> None:
    """Have a page load what its figures need, and no other page."""
    raws = doctree.findall(nodes.raw) if doctree else ()
    if names := dict.fromkeys(raw["interactive"] for raw in raws if "interactive" in raw):
        app.add_css_file(STYLE)
        for script in (SHARED, *(f"figures/{name}.js" for name in names)):
            app.add_js_file(script, defer="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("interactive", Interactive)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
