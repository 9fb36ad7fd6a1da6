"""
The mark beside a checked equation, and the word found between the columns of a row.

They are filled with what was found when a document is going to be written. Each is a button that
opens a note, in HTML alone: by pointer, touch or keyboard, without a script.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from checkedmath.findings import Finding, FunctionFinding, RelationFinding, RowFinding
from checkedmath.page.model import WORDS
from checkedmath.sphinxext.rows import SideBySideRow, Symbols
from checkedmath.sphinxext.store import KEY, Found, book_of, is_site

_logger = logging.getLogger(__name__)

_LATE = ".late"
"""How the name of the note ends that an equation was put into a page too late."""

_FAILURES = {
    "differs": "Does not hold",
    "shape": "Does not hold",
    "unreadable": "Cannot be read",
    "undeclared": "Cannot be read",
    "timeout": "Not checked in time",
}
"""What a mark is called, by the status of what fails."""


class Mark(nodes.Inline, nodes.Element):
    """
    The mark of one equation or function.

    ``findings`` will hold what was found, and ``name`` is the id of its note.
    """


class FoundWord(nodes.Inline, nodes.Element):
    """
    The word between a row's columns.

    ``finding`` will be what was found, None if nothing was, and ``name`` the id of its note.
    """


def setup_marks(app: Sphinx) -> None:
    """
    Register the nodes and what fills them, and look for equations that came too late.

    Only HTML shows a mark, every format shows the word.
    """
    app.add_post_transform(Fill)
    app.connect("doctree-resolved", _warn_of_late, priority=900)
    app.connect("build-finished", _forget_late)
    silent = (_skip, None)
    app.add_node(
        Mark, html=(_visit_mark, None), latex=silent, text=silent, man=silent, texinfo=silent
    )
    plain = (_visit_plain_word, None)
    app.add_node(
        FoundWord,
        html=(_visit_word, None),
        latex=plain,
        text=(_visit_text_word, None),
        man=plain,
        texinfo=plain,
    )


# -- filling ---------------------------------------------------------------------------------------


class Fill(SphinxPostTransform):
    """Give each node what was found of it; before others look at the nodes."""

    default_priority = 1

    def run(self, **kwargs: object) -> None:
        """Fill marks, words, rows and equations, also of a document that is made of several."""
        found = book_of(self.env).found
        for node in self.document.findall(nodes.Element):
            if KEY in node:
                docname, key = node[KEY]
                if docname in found:
                    _fill(node, key, found[docname])
            elif isinstance(node, Symbols) and node["docname"] in found:
                node["told"] = found[node["docname"]].notes.told


def _fill(node: nodes.Element, key: str, found: Found) -> None:
    findings = found.by_key.get(key, [])
    match node:
        case Mark():
            # A row's word is of the right equation, too, and is no relation of it.
            node["findings"] = findings
        case FoundWord():
            node["finding"] = findings[0] if findings else None
        case SideBySideRow():
            node["notes"] = found.notes.columns.get(key, [])
        case _:
            marked = found.notes.equations.get(key)
            if marked is not None:
                node["symbols"], node["relations"] = marked.symbols, marked.relations


def _warn_of_late(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """
    Warn of equations that were put into a checked page when it was read already.

    The page is noted, so that the next build reads and writes it again.
    """
    if docname not in book_of(app.env).pages:
        return
    late = [node for node in doctree.findall(nodes.math_block) if not node.get("met")]
    for node in late:
        _logger.warning(
            "this equation is not checked: it was put into the page after the page was read",
            location=node if node.line else docname,
            type="checkedmath",
            subtype="unchecked",
        )
    if late:
        # By a file, as pages are written by many processes, and their documents still needed.
        Path(app.doctreedir, f"{docname}{_LATE}").touch()


def _forget_late(app: Sphinx, exception: Exception | None) -> None:
    """Remove the documents of pages into which equations were put too late."""
    for note in Path(app.doctreedir).rglob(f"*{_LATE}"):
        note.with_name(f"{note.name.removesuffix(_LATE)}.doctree").unlink(missing_ok=True)
        note.unlink()


# -- showing ---------------------------------------------------------------------------------------


def _visit_mark(translator: HTML5Translator, node: Mark) -> None:
    findings: list[Finding] = node.get("findings", [])
    if findings:
        state, sign, name, words = _describe(findings)
        classes = f"checked-mark checked-mark-{state}"
        translator.body.append(_button(translator, classes, sign, node["name"], words, name))
    else:
        # A definition claims nothing; the room is kept, so that numbers stand in one column.
        translator.body.append('<span class="checked-mark" aria-hidden="true"></span>')
    raise nodes.SkipNode


def _button(  # noqa: PLR0913, PLR0917 (what a button is made of)
    translator: HTML5Translator, classes: str, text: str, name: str, words: str, label: str = ""
) -> str:
    """
    Return a button that opens a note; the title serves a pointer that rests on it.

    Where nothing opens, as in an EPUB, it is the text with its title.
    """
    if not is_site(translator.builder):
        return f'<span class="{classes}" title="{escape(words)}">{text}</span>'
    called = f' aria-label="{escape(label)}"' if label else ""
    note = escape(words)
    return (
        f'<button type="button" class="{classes}" popovertarget="{name}"{called} '
        f'aria-describedby="{name}" title="{note}">{text}</button>'
        f'<span class="checked-note" id="{name}" popover="">{note}</span>'
    )


def _describe(findings: list[Finding]) -> tuple[str, str, str, str]:
    """Return the mark's state, its sign, what it is called and what its note says."""
    unchecked = [finding for finding in findings if finding.status == "unchecked"]
    failing = [f for f in findings if not f.passes and f not in unchecked]
    if failing:
        worst = failing[0]
        return "differs", "✗", _FAILURES[worst.status], f"{worst.status}: {worst.summary}"
    if unchecked:
        return "unchecked", "○", "Not checked", f"Not checked: {unchecked[0].diagnosis}"
    errors = [f.relative_error for f in findings if f.relative_error is not None]
    first = findings[0]
    is_function = isinstance(first, FunctionFinding)
    thing = ("value", "values") if is_function else ("equality", "equalities")
    count = f"{len(findings)} {thing[len(findings) > 1]}"
    compared = " compared with the function's" if is_function else ""
    sizes = ", ".join(f"{name} = {size}" for name, size in sorted(first.sizes[0].items()))
    certificates = [f.certificate for f in findings if f.certificate is not None]
    if len(certificates) == len(findings):
        weakest = min(certificates, key=lambda each: each.strength)
        bound = f"; error bound {weakest.radius:.0e}, from {weakest.bits} bits"
        words = (
            f"{count} {weakest} (sizes differ each time; the first had {sizes})"
            f"{bound if weakest.radius else ''}"
        )
        if weakest.chance and isinstance(first, RelationFinding) and first.relation == "=":
            words += f"; {weakest.chance}"
        return "holds", "✓", "Certified", words
    words = (
        f"Executed: {count}{compared} on {first.draws} random draws (sizes differ each time; the "
        f"first had {sizes}); worst relative error {max(errors):.1e}, in float64"
    )
    if first.uncertified:
        words += f"; not certified: {first.uncertified}"
    return "holds", "✓", "Checked", words


def _visit_word(translator: HTML5Translator, node: FoundWord) -> None:
    finding: RowFinding | None = node.get("finding")
    if finding is None or not finding.passes:
        translator.body.append('<span class="found-word found-nothing">?</span>')
    else:
        word = finding.word
        words = f"Found by the build on {finding.draws} random draws: the batch is {WORDS[word]}"
        if finding.certificate is not None:
            words += f"; {finding.certificate}"
        classes = f"found-word found-{word}"
        translator.body.append(_button(translator, classes, word, node["name"], words))
    raise nodes.SkipNode


def _word(node: nodes.Element) -> str:
    finding: RowFinding | None = node.get("finding")
    return finding.word if finding is not None and finding.passes else "?"


def _visit_plain_word(translator: nodes.NodeVisitor, node: FoundWord) -> None:
    translator.body.append(_word(node))  # type: ignore[attr-defined]
    raise nodes.SkipNode


def _visit_text_word(translator: nodes.NodeVisitor, node: FoundWord) -> None:
    translator.add_text(_word(node))  # type: ignore[attr-defined]
    raise nodes.SkipNode


def _skip(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    raise nodes.SkipNode
