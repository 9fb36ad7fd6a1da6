"""Check the pages when all are read, and turn what does not hold into warnings."""

from __future__ import annotations

import functools
import os
import posixpath
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from checkedmath.bind.used_pages import refuse_conflicts, shared_content
from checkedmath.check.checker import CheckResult, Settings, check
from checkedmath.check.functions import Load
from checkedmath.errors import ReadError
from checkedmath.findings import Finding, FunctionFinding, RowFinding, out_of_time
from checkedmath.page.model import Mistake, Page, Row
from checkedmath.sphinxext.digests import digest, state_of
from checkedmath.sphinxext.loading import files_of, load_function
from checkedmath.sphinxext.notes import Meanings, RowNotes, declared, noted
from checkedmath.sphinxext.store import (
    Book,
    Found,
    Link,
    Notes,
    Place,
    ReadPage,
    book_of,
    entries_of,
    keys_of,
)
from checkedmath.sphinxext.symbols import is_explained, link_of
from checkedmath.timeout import Stopped, stopped_after

_logger = logging.getLogger(__name__)

_GRACE = 1.0
"""Seconds beyond the timeout in which a page's check may end by itself."""

NOT_RUN = "checkedmath_run_code is False in conf.py: this build runs no code that a page names"


@dataclass(frozen=True)
class _Taken:
    """What a page takes over from others: the pages used, meanings of symbols, links to rows."""

    used: list[str]
    notation: Meanings
    links: dict[str, Link]


def check_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Check the pages that are new, and those that take over something else from others now."""
    book = book_of(env)
    said = functools.cache(
        lambda name: (
            shared_content(book.pages[name].page),
            sorted(book.pages[name].meanings.items()),
        )
    )
    rows = book.notation.get(app.config.checkedmath_notation, [])
    for docname in sorted(book.pages):
        used = _used(env, docname, book.pages)
        page = book.pages[docname].page
        notation = noted(rows, docname) if page.rows else {}
        links = {}
        if is_explained(docname, app.config):
            links = {item.latex: link_of(rows, item.latex, docname) for item in page.where}
        taken = _Taken(used, notation, links)
        inputs = digest(repr((taken, [said(name) for name in used])))
        found = book.found.get(docname)
        if found is None or found.inputs != inputs:
            book.found[docname] = _checked(app, docname, taken, inputs)


def _used(env: BuildEnvironment, docname: str, pages: dict[str, ReadPage]) -> list[str]:
    """Return the pages that a page uses, and that these use, each once, what is used first."""
    found: dict[str, None] = {}
    seen = {docname}
    waiting = [(docname, iter(pages[docname].page.uses))]
    while waiting:
        name, uses = waiting[-1]
        use = next(uses, None)
        if use is None:
            waiting.pop()
            if name != docname:
                found[name] = None
            continue
        other = _resolved(env, name, use.name)
        if other in pages and other not in seen:
            seen.add(other)
            waiting.append((other, iter(pages[other].page.uses)))
    return list(found)


def _resolved(env: BuildEnvironment, docname: str, name: str) -> str:
    """Return the document that a page names, relative to itself."""
    found = posixpath.normpath(posixpath.join(posixpath.dirname(docname), name))
    if found in env.found_docs:
        return found
    for suffix in env.config.source_suffix:
        if found.removesuffix(suffix) in env.found_docs:
            return found.removesuffix(suffix)
    return found


def _refuse_unused(env: BuildEnvironment, docname: str, book: Book) -> list[Mistake]:
    """Return what is wrong with the names of pages that a page uses."""
    mistakes = []
    for use in book.pages[docname].page.uses:
        other = _resolved(env, docname, use.name)
        message = ""
        if other == docname:
            message = "a page cannot use itself"
        elif other not in env.found_docs:
            message = (
                f"the page {use.name} cannot be read; expected a document {other} of this book"
            )
        elif other not in book.pages:
            message = f"the page {use.name} declares and claims nothing that could be used"
        if message:
            mistakes.append(Mistake(use.line, ReadError(message)))
    return mistakes


def _checked(app: Sphinx, docname: str, taken: _Taken, inputs: str) -> Found:
    """Check a page, and warn of what does not hold."""
    env, config = app.env, app.config
    book = book_of(env)
    read = book.pages[docname]
    settings = Settings(
        draws=config.checkedmath_draws,
        seed=config.checkedmath_seed,
        timeout=config.checkedmath_timeout,
        certify=config.checkedmath_certify,
    )
    page = replace(read.page, mistakes=[*read.page.mistakes, *_refuse_unused(env, docname, book)])
    pages = {name: each.page for name, each in book.pages.items()} | {docname: page}
    others = [
        (pages[name], [pages[n] for n in _used(env, name, book.pages)]) for name in taken.used
    ]
    notes = Notes()
    warned = _warn_of_symbols(app, docname, page, taken.links)
    try:
        with stopped_after(1.1 * settings.timeout + _GRACE):
            page.mistakes += refuse_conflicts(page, others)
            result = check(page, [other for other, _ in others], settings, _loader(app))
            findings = [_as_configured(finding, app) for finding in result.findings]
            own = declared(read, *(book.pages[name] for name in taken.used))
            told = _told(app, result, {**taken.notation, **own})
            notes, warned = told.notes(), warned or bool(told.mistakes)
            _warn_of_lines(told, docname, page)
    except Stopped:
        findings = [out_of_time(page.file)]
    for finding in findings:
        if not finding.passes:
            _warn(finding, docname, page)
    keys = keys_of(page)
    by_key: dict[str, list[Finding]] = {}
    entries = []
    for finding in findings:
        key = keys.get(id(finding.about), "")
        by_key.setdefault(key, []).append(replace(finding, about=None))
        entries.append((finding, _place(finding, read, keys)))
    files = _files(app, page) if page.implementations else {}
    return Found(entries_of(docname, entries), by_key, notes, taken.links, inputs, files, warned)


@dataclass
class _Loader:
    """Loads functions of some packages, to be run in a process of their own."""

    packages: Collection[str]
    apart: bool = True

    def __call__(self, dotted: str) -> Callable[..., object]:
        return load_function(dotted, self.packages)


def _loader(app: Sphinx) -> Load | None:
    return _Loader(app.config.checkedmath_packages) if app.config.checkedmath_run_code else None


def _as_configured(finding: Finding, app: Sphinx) -> Finding:
    """Say of a function that was not run that the book's settings want it so."""
    if isinstance(finding, FunctionFinding) and not app.config.checkedmath_run_code:
        return replace(finding, diagnosis=NOT_RUN) if finding.excused else finding
    return finding


def _files(app: Sphinx, page: Page) -> dict[str, str]:
    """Return the state of each file that the page's functions follow from."""
    packages = app.config.checkedmath_packages
    modules = {item.function.rpartition(".")[0] for item in page.implementations}
    files = {file for module in modules for file in files_of(module, packages)}
    return {str(file): state_of(file) for file in sorted(files)}


def _told(app: Sphinx, result: CheckResult, meanings: Meanings) -> RowNotes:
    """Return what the rows tell that were found to hold."""
    page = result.bound_page.page
    good = {id(f.about) for f in result.findings if isinstance(f, RowFinding) and f.passes}
    bad = {id(finding.about) for finding in result.findings if not finding.passes}
    config = app.config
    names, run_code = config.checkedmath_python_names, config.checkedmath_run_code
    notes = RowNotes(result, names, meanings, run_code=run_code)
    for row in page.rows:
        if id(row) in good:
            notes.tell(row)
        elif bad.isdisjoint(map(id, (row, row.left, row.right))):
            notes.leave(row)
    return notes


def _place(finding: Finding, read: ReadPage, keys: dict[int, str]) -> Place:
    """Return where on the page it is shown what a finding is about."""
    about = finding.about.right if isinstance(finding.about, Row) else finding.about
    place = read.places.get(keys.get(id(about), ""))
    return place or Place(finding.label or f"line {finding.line}", "")


def _warn(finding: Finding, docname: str, page: Page) -> None:
    label = f"({finding.label}) " if finding.label else ""
    _logger.warning(
        "%s%s: %s",
        label,
        finding.status,
        finding.summary,
        location=_location(finding.file, finding.line, docname, page),
        type="checkedmath",
        subtype=finding.status,
    )


def _warn_of_lines(told: RowNotes, docname: str, page: Page) -> None:
    for file, line, mistake in told.mistakes:
        _logger.warning(
            "the line of NumPy %s",
            mistake,
            location=_location(file, line, docname, page),
            type="checkedmath",
            subtype="numpy",
        )


def _warn_of_symbols(app: Sphinx, docname: str, page: Page, links: dict[str, Link]) -> bool:
    """Warn of declared symbols without a row on the notation page, if the build is ``nitpicky``."""
    lacking = [(item, link) for item in page.where if (link := links.get(item.latex))]
    lacking = [(item, link) for item, link in lacking if link.missing and app.config.nitpicky]
    notation = os.path.relpath(app.env.doc2path(app.config.checkedmath_notation or "index"))
    for item, link in lacking:
        _logger.warning(
            "%s is declared here; expected a row about it in %s",
            ", ".join(link.missing),
            notation,
            location=_location(item.file, item.line, docname, page),
            type="checkedmath",
            subtype="notation",
        )
    return bool(lacking)


def _location(file: str, line: int, docname: str, page: Page) -> str | tuple[str, int]:
    if file in ("", page.file):
        return docname, line
    path, colon, rest = file.partition(":docstring of ")
    return f"{os.path.normpath(Path.cwd() / path)}{colon}{rest}:{line}"
