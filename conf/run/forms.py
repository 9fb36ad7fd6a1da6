"""
The pages with a form, and what *Try it* opens there: each displayed equation with its symbols.

``{run-form} derivation`` is where a reader checks equations, ``{run-form} gradient`` where two
gradients are compared. Without the runtime, the page shows what would be in the form.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from checkedmath.page.model import Equation, Row
from checkedmath.sphinxext.store import book_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

    from checkedmath.page.model import Page

DERIVATION = Path(__file__).with_name("derivation.md")

MINE = "[[0.12 0.30 -0.06]\n [0.24 0.60 -0.12]]"
TRUTH = "[[0.03 0.075 -0.015]\n [0.06 0.15 -0.03]]"

FORMS = {
    "derivation": (
        (("text", "Your page", 44, DERIVATION.read_text("utf-8")),),
        '<button type="button" class="run-button" name="share">Copy a link to this text</button>',
    ),
    "gradient": (
        (("mine", "Yours", 5, MINE), ("truth", "The right one", 5, TRUTH)),
        '<label>Number of examples m <input name="m" size="6" value="4" inputmode="numeric">'
        "</label>",
    ),
}
"""Of each form its text areas (name, label, height in lines, content) and what else it has."""


class Form(nodes.General, nodes.Element):
    """A form; ``kind`` is its key in FORMS."""


class FormDirective(SphinxDirective):
    """The directive ``run-form``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a form, and its content as text."""
        kind = self.arguments[0]
        if kind not in FORMS:
            raise self.error(f"run-form is one of {', '.join(FORMS)}, not {kind}")
        text = "\n\n".join(content for *_, content in FORMS[kind][0])
        plain = nodes.literal_block(text, text, language="text")
        return [Form("", plain, kind=kind)]


def visit_form(translator: HTML5Translator, node: Form) -> None:
    """Write the form; its script makes the button work, and shows the verdicts in its list."""
    if not node.get("works"):
        return
    areas, more = FORMS[node["kind"]]
    fields = "".join(
        f'<label>{label}<textarea name="{name}" rows="{rows}" spellcheck="false">\n'
        f"{escape(content)}</textarea></label>"
        for name, label, rows, content in areas
    )
    translator.body.append(
        f'<form class="run-form" data-form="{node["kind"]}">{fields}'
        f'<div class="run-bar"><button type="submit" class="run-button">Check</button>{more}'
        '<span class="run-status" role="status"></span></div>'
        '<ul class="run-verdicts" aria-label="Verdicts"></ul></form>'
    )
    raise nodes.SkipNode


def keep_plain(_translator: nodes.NodeVisitor, _node: Form) -> None:
    """Write what is in the form as the text it is."""


# -- Try it ---------------------------------------------------------------------------------------


def _with_used(env: BuildEnvironment, docname: str, seen: set[str]) -> Iterator[Page]:
    """Give the pages that a page uses, and then the page; each once."""
    book = book_of(env)
    if docname in seen or docname not in book.pages:
        return
    seen.add(docname)
    page = book.pages[docname].page
    for use in page.uses:
        _, target = env.relfn2path(f"{use.name}.md", docname)
        other = env.path2doc(target)
        yield from _with_used(env, other or "", seen)
    yield page


def _block(item: Equation | Row) -> str:
    """Return an equation as a page writes it, with the tolerance that it has; or a whole row."""
    if isinstance(item, Row):
        sides = [_block(side) for side in (item.left, item.right) if isinstance(side, Equation)]
        word = [f"*{item.expected}*"] if item.expected else []
        return "\n\n".join(["::::{side-by-side}", sides[0], *word, *sides[1:], "::::"])
    if item.tolerance is None:
        return f"$$\n{item.latex.strip()}\n$$"
    return f"```{{math}}\n:tolerance: {item.tolerance:g}\n\n{item.latex.strip()}\n```"


def _displayed(page: Page) -> list[tuple[int, Equation | Row]]:
    """Return the number of each displayed equation, and itself or the row that it stands in."""
    rows = {
        id(side): row
        for row in page.rows
        for side in (row.left, row.right)
        if isinstance(row.left, Equation) and isinstance(row.right, Equation)
    }
    return [
        (number, rows.get(id(equation), equation))
        for number, equation in enumerate(page.equations)
        if not equation.inline and equation.unchecked is None
    ]


def _defines(item: Equation | Row) -> bool:
    sides = (item.left, item.right) if isinstance(item, Row) else (item,)
    return any(":=" in side.latex for side in sides)


def trials(env: BuildEnvironment, docname: str) -> dict[str, str]:
    """
    Return a page of text for each displayed equation of a document, by the equation's anchor.

    It has the declarations and definitions of the document and of those that it uses, and then the
    equation.
    """
    pages = list(_with_used(env, docname, set()))
    if not pages:
        return {}
    items = {w.latex: f"- ${w.latex}$: {w.meaning}" for page in pages for w in page.where}
    head = ":::{where}\n" + "\n".join(items.values()) + "\n:::" if items else ""
    defining = {_block(item): None for p in pages for _, item in _displayed(p) if _defines(item)}
    read = book_of(env).pages[docname]
    found = {}
    for number, item in _displayed(read.page):
        place = read.places.get(f"equation-{number}")
        if place is not None and place.anchor:
            own = _block(item)
            before = [block for block in defining if block != own]
            blocks = [head, *before, "Try it:", own]
            found[place.anchor] = "\n\n".join(filter(None, blocks)) + "\n"
    return found


def write_trials(env: BuildEnvironment, folder: Path) -> None:
    """Write the trials of each document into a file of its own."""
    for docname in book_of(env).pages:
        if found := trials(env, docname):
            path = folder / f"{docname}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(found), encoding="utf-8")
