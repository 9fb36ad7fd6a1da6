"""Check each page when it is read, and turn what does not hold into warnings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from checkedmath.checking import Settings, check_page
from checkedmath.files import load, used_pages
from checkedmath.findings import Finding
from checkedmath.read.page import Equation, Page
from checkedmath.sphinxext.marks import FoundWord, Mark

_logger = logging.getLogger(__name__)


def setup_checks(app: Sphinx) -> None:
    """Connect the checking of pages."""
    app.connect("doctree-read", _check_page)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("env-get-outdated", _failed_pages)


def findings_by_page(env: BuildEnvironment) -> dict[str, list[Finding]]:
    """Return the findings of all pages that have any, by document name."""
    found: dict[str, list[Finding]] = vars(env).setdefault("checkedmath_findings", {})
    return found


def _check_page(app: Sphinx, doctree: nodes.document) -> None:
    env = app.env
    path = Path(env.doc2path(env.docname))
    if path.suffix != ".md":
        return
    page = load(path, os.path.relpath(path))
    used = used_pages(page, path, Path(app.srcdir))
    for other in used:
        env.note_dependency(str(other.resolve()))
    settings = Settings(draws=app.config.checkedmath_draws)
    findings = check_page(page, list(used.values()), settings)
    if findings:
        findings_by_page(env)[env.docname] = findings
    for finding in findings:
        if not finding.passes:
            _warn(finding, env.docname)
    _mark_equations(doctree, page, findings)
    _fill_words(doctree, page, findings)


def _warn(finding: Finding, docname: str) -> None:
    label = f"({finding.label}) " if finding.label else ""
    _logger.warning(
        "%s%s: %s",
        label,
        finding.status,
        finding.summary,
        location=(docname, finding.line),
        type="checkedmath",
        subtype=finding.status,
    )


def _mark_equations(doctree: nodes.document, page: Page, findings: list[Finding]) -> None:
    """Put its mark beside each displayed equation."""
    by_line = {equation.block_line: equation for equation in page.equations}
    for node in list(doctree.findall(nodes.math_block)):
        equation = by_line.get(node.line or 0)
        if equation is None:
            _logger.warning(
                "this equation is not checked: it does not stand on this page itself "
                "(is it in an included file?)",
                location=node,
                type="checkedmath",
                subtype="unchecked",
            )
            continue
        own = [f for f in findings if _is_in(f, equation) and not f.is_row]
        box = nodes.container(classes=["checked-equation"])
        node.replace_self(box)
        box += node
        box += Mark(findings=own)


def _is_in(finding: Finding, equation: Equation) -> bool:
    first, last = equation.line, equation.line + equation.latex.count("\n")
    return first <= finding.line <= last


def _fill_words(doctree: nodes.document, page: Page, findings: list[Finding]) -> None:
    """Write into each side-by-side row the word that was found."""
    found = {finding.line: finding for finding in findings if finding.is_row}
    for node, row in zip(doctree.findall(FoundWord), page.rows, strict=True):
        node["finding"] = found.get(row.right.place(None)[0])


# -- what the build remembers -------------------------------------------------------------------


def _forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    findings_by_page(env).pop(docname, None)


def _merge(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    theirs = findings_by_page(other)
    mine = findings_by_page(env)
    for docname in docnames:
        if docname in theirs:
            mine[docname] = theirs[docname]


def _failed_pages(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Sequence[str]:
    """Read pages that failed again, so that the next build fails too until they are mended."""
    return [
        docname
        for docname, findings in findings_by_page(env).items()
        if docname not in removed and not all(finding.passes for finding in findings)
    ]
