"""
Render the book's mathematics while it is built, with KaTeX in an embedded JavaScript engine.

A page arrives with its formulas laid out: HTML for the eye, MathML for screen readers, no script
and no second server. A formula that KaTeX cannot read is a warning with its file and line.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

# Its package `quickjs` starts a thread, which must not be there when Sphinx forks.
from _quickjs import Context
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata
    from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

KATEX = Path(__file__).parent / "vendor" / "katex" / "katex.min.js"

# `strict` refuses what LaTeX would refuse, so that the page and a PDF stay the same book.
RENDER = """(tex, displayMode) => {
  const options = {displayMode, output: "htmlAndMathml", throwOnError: true, strict: "error"};
  try {
    return JSON.stringify({html: katex.renderToString(tex, options)});
  } catch (error) {
    if (!(error instanceof katex.ParseError)) throw error;
    return JSON.stringify({error: error.rawMessage, position: error.position ?? tex.length});
  }
}"""

# These number their rows in LaTeX; here Sphinx numbers the whole equation.
NUMBERED = re.compile(r"\\(begin|end)\{(align|alignat|gather|equation)\}")

PUNCTUATION = re.compile(r"[.,;:!?)’”]+")


@functools.cache
def renderer() -> Callable[[str, bool], str]:
    """Start KaTeX, once; a process that is forked has it as well."""
    context = Context()
    context.eval(KATEX.read_text(encoding="utf-8"))
    return context.eval(RENDER)


def rendered(self: HTML5Translator, node: nodes.math | nodes.math_block, *, display: bool) -> str:
    """Return the HTML of a formula, or its escaped source and a warning."""
    tex = NUMBERED.sub(r"\\\1{\2*}", node.astext())
    if display and r"\\" in tex and "*}" not in tex:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    answer = json.loads(renderer()(tex, display))
    if "html" in answer:
        return answer["html"]
    message = f"KaTeX cannot read this formula: {answer['error']}"
    if near := tex[answer["position"] :][:20]:
        message += f", near {near}"
    logger.warning("%s", message, location=node, type="katex")
    return f"<code>{self.encode(node.astext())}</code>"


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    html = rendered(self, node, display=False)
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(html + "</span>")
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed equation: a box that scrolls, and beside it the number that does not."""
    html = rendered(self, node, display=True)
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    self.body.append(f'<div class="math-scroll">{html}</div>')
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


class KeepPunctuation(SphinxPostTransform):
    """Keep the comma or full stop after a formula on its line."""

    default_priority = 900
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Put a formula and the punctuation that follows it into one unbreakable span."""
        for node in list(self.document.findall(nodes.math)):
            after = node.next_node(descend=False, siblings=True)
            mark = PUNCTUATION.match(after.astext()) if isinstance(after, nodes.Text) else None
            if mark is None:
                continue
            parent, place = node.parent, node.parent.index(node)
            kept = nodes.inline("", "", node, nodes.Text(mark.group()), classes=["unbroken"])
            parent[place : place + 2] = [kept, nodes.Text(after.astext()[mark.end() :])]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the renderer for HTML; the other builders render mathematics in their own ways."""
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.add_css_file("katex/katex.min.css")
    app.add_post_transform(KeepPunctuation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
