"""The mark beside a checked equation, and the word found between the columns of a row."""

from __future__ import annotations

from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from checkedmath.findings import WORDS, Finding


class Mark(nodes.General, nodes.Element):
    """The mark of one equation; ``findings`` holds what was found for its relations."""


class FoundWord(nodes.Inline, nodes.Element):
    """The word between a row's columns; ``finding`` holds what was found, None if nothing was."""


def setup_marks(app: Sphinx) -> None:
    """Register the nodes; only HTML shows a mark, every format shows the word."""
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


def _visit_mark(translator: HTML5Translator, node: Mark) -> None:
    findings: list[Finding] = node["findings"]
    if findings:
        state, sign, words = _describe(findings)
        translator.body.append(
            f'<span class="checked-mark checked-mark-{state}" role="img" tabindex="0" '
            f'aria-label="{escape(words)}" title="{escape(words)}">{sign}</span>'
        )
    else:
        # A definition claims nothing; the room is kept, so that numbers stand in one column.
        translator.body.append('<span class="checked-mark" aria-hidden="true"></span>')
    raise nodes.SkipNode


def _describe(findings: list[Finding]) -> tuple[str, str, str]:
    """Return the mark's state, its sign and what its tooltip says."""
    failing = [finding for finding in findings if not finding.passes]
    if failing:
        return "differs", "✗", f"{failing[0].status}: {failing[0].summary}"
    excused = [finding for finding in findings if finding.status == "unchecked"]
    if excused:
        return "unchecked", "○", f"Not checked: {excused[0].diagnosis}"
    errors = [f.relative_error for f in findings if f.relative_error is not None]
    first = findings[0]
    count = "1 equality" if len(findings) == 1 else f"{len(findings)} equalities"
    sizes = ", ".join(f"{name} = {size}" for name, size in sorted(first.sizes[0].items()))
    words = (
        f"Executed: {count} on {first.draws} random draws (sizes differ each time; the first had "
        f"{sizes}); worst relative error {max(errors):.1e}"
    )
    return "holds", "✓", words


def _visit_word(translator: HTML5Translator, node: FoundWord) -> None:
    finding: Finding | None = node["finding"]
    if finding is None or not finding.passes:
        translator.body.append('<span class="found-word found-nothing">?</span>')
    else:
        word = finding.relation
        words = f"Found by the build on {finding.draws} random draws: the batch is {WORDS[word]}"
        translator.body.append(
            f'<span class="found-word found-{word}" title="{escape(words)}">{word}</span>'
        )
    raise nodes.SkipNode


def _word(node: nodes.Element) -> str:
    finding: Finding | None = node["finding"]
    return finding.relation if finding is not None and finding.passes else "?"


def _visit_plain_word(translator: nodes.NodeVisitor, node: FoundWord) -> None:
    translator.body.append(_word(node))  # type: ignore[attr-defined]
    raise nodes.SkipNode


def _visit_text_word(translator: nodes.NodeVisitor, node: FoundWord) -> None:
    translator.add_text(_word(node))  # type: ignore[attr-defined]
    raise nodes.SkipNode


def _skip(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    raise nodes.SkipNode
