"""
Render the book's mathematics while it is built, with KaTeX in an embedded JavaScript engine.

A page arrives with its formulas laid out: HTML for the eye, MathML for screen readers, no script
and no second server. A formula that KaTeX cannot read is a warning with its file and line.
"""

from __future__ import annotations

import functools
import json
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Its package `quickjs` starts a thread, which must not be there when Sphinx forks.
from _quickjs import Context
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from checkedmath.sphinxext.rows import marked_latex

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata
    from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

SCRIPTS = [Path(__file__).parent / name for name in ("vendor/katex/katex.min.js", "measure.js")]

# Each place of the 1/m has a colour, which a page gives to what it writes so: \textcolor{early}{…}.
COLORED = re.compile(r"\\textcolor(?=\{(early|late|step|never)\})")
NAMED = re.compile(r"\\text\{(early)\}")

# These number their rows in LaTeX; here Sphinx numbers the whole equation.
NUMBERED = re.compile(r"\\(begin|end)\{(align|alignat|gather|equation)\}")

# These have rows of their own.
ROWS = re.compile(r"\s*\\begin\{(aligned|gathered|split)\}")

DEFINES = re.compile(r"&\s*:=")
EQUALS = re.compile(r"&(?=\s*=)")

# The style sheet of KaTeX sets formulas larger than the text, whose em the columns are measured in.
SCALE = 1.21

# What stands beside a formula without a space: a bracket, a comma, the rest of "m's".
BEFORE = re.compile(r"(?<!\S)\S{1,12}$|[(\[“‘]+$")
AFTER = re.compile(r"[^\s(\[“‘–—/]{1,12}(?!\S)|[.,;:!?)\]’”]+")


@functools.cache
def renderer() -> Callable[[str, bool, str], str]:
    """Return KaTeX's function, started once; a process that is forked has it as well."""
    context = Context()
    for script in SCRIPTS:
        context.eval(script.read_text(encoding="utf-8"))
    return context.eval("render")


def prepared(tex: str, *, display: bool) -> str:
    """Return LaTeX as KaTeX takes it."""
    tex = NUMBERED.sub(r"\\\1{\2*}", COLORED.sub(r"\\htmlClass", tex))
    tex = NAMED.sub(r"\\htmlClass{\1}{\\text{\1}}", tex)
    if display and r"\\" in tex and "*}" not in tex and not ROWS.match(tex):
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    return tex


def rendered(node: nodes.math | nodes.math_block, *, display: bool) -> dict[str, Any]:
    """Return a formula's HTML and, where it has marks, its measures; or report what is wrong."""
    tex = prepared(node.astext(), display=display)
    marked = marked_latex(node) or ""
    if marked:
        marked = prepared(marked, display=display)
        if DEFINES.search(marked):
            # So that = stands below the = of :=.
            marked = EQUALS.sub(r"&\\mathrel{\\phantom{:}}", marked)
    answer: dict[str, Any] = json.loads(renderer()(tex, display, marked))
    if "html" in answer:
        return answer
    message = f"KaTeX cannot read this formula: {answer['error']}"
    if near := tex[answer["position"] :][:20]:
        message += f", near {near}"
    logger.warning("%s", message, location=node, type="katex")
    return {"html": f"<code>{escape(node.astext())}</code>"}


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    html = rendered(node, display=False)["html"]
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(html + "</span>")
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write an equation: a box that the theme's script lets the keyboard scroll, and its number."""
    html = node.get("rendered") or rendered(node, display=True)["html"]
    style = f' style="{node["place"]}"' if "place" in node else ""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    box = "math-scroll" if marked_latex(node) else "math-scroll pst-scrollable-table-container"
    self.body.append(f'<div class="{box}"{style}>{html}</div>')
    if node["number"]:
        # The number is the link; the keyboard has the mark beside it, one stop for each equation.
        number, label = get_node_equation_number(self, node), node["ids"][0]
        self.body.append(f'<a class="eqno" href="#{label}" tabindex="-1">({number})</a>')
    self.body.append("</div>\n")
    raise nodes.SkipNode


class KeepTogether(SphinxPostTransform):
    """Keep what stands beside a formula without a space on its line: a comma, a bracket."""

    default_priority = 900
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Put a formula and what stands beside it into one span, which book.css keeps whole."""
        for node in list(self.document.findall(nodes.math)):
            parent, place = node.parent, node.parent.index(node)
            before, after = (self.text_at(parent, place + step) for step in (-1, 1))
            head, tail = BEFORE.search(before), AFTER.match(after)
            if not head and not tail:
                continue
            start, end = head.start() if head else len(before), tail.end() if tail else 0
            beside = [nodes.Text(before[start:]), node, nodes.Text(after[:end])]
            parent[place - bool(before) : place + 1 + bool(after)] = [
                nodes.Text(before[:start]),
                nodes.inline("", "", *beside, classes=["unbroken"]),
                nodes.Text(after[end:]),
            ]

    @staticmethod
    def text_at(parent: nodes.Element, place: int) -> str:
        """Return the text at a place; none where there is something else, or nothing."""
        node = parent[place] if 0 <= place < len(parent) else None
        return str(node) if isinstance(node, nodes.Text) else ""


class AlignColumns(SphinxPostTransform):
    """Let the equals signs of each column of a side-by-side stand below each other."""

    default_priority = 900
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Measure the equations of each column, and tell each how far it moves."""
        for table in self.document.findall(nodes.table):
            if "side-by-side" not in table["classes"]:
                continue
            body = next(table.findall(nodes.tbody))
            for column in zip(*(row.children for row in body.findall(nodes.row)), strict=False):
                equations = [node for cell in column for node in cell.findall(nodes.math_block)]
                self.align(equations)

    @staticmethod
    def align(equations: list[nodes.math_block]) -> None:
        """Set the places of the equations of a column, in the words of checkedmath.css."""
        placed = []
        for node in equations:
            answer = rendered(node, display=True)
            node["rendered"] = answer["html"]
            if answer.get("relation") is not None:
                placed.append((node, answer["relation"], answer["width"]))
        if not placed:
            return
        left = max(relation for _, relation, _ in placed)
        right = max(width - relation for _, relation, width in placed)
        room = "5rem" if any(node["number"] for node in equations) else "1.5rem"
        for node, relation, width in placed:
            lengths = {"shift": left - relation, "own": width, "all": left + right}
            node["place"] = f"--eq-room:{room}" + "".join(
                f";--eq-{name}:{SCALE * length:.3f}em" for name, length in lengths.items()
            )


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the renderer for HTML; the other builders render mathematics in their own ways."""
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.add_css_file("katex/katex.min.css")
    app.add_post_transform(KeepTogether)
    app.add_post_transform(AlignColumns)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
