"""
Write beside the output: ``checks.json`` for machines, and a note for the next build.

The first has every check. The note says what each builder has shown on each page: a page is
written again when that has changed, and not only its own text, or when it was never written, or
was deleted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from checkedmath.page.files import write_whole
from checkedmath.sphinxext.digests import digest
from checkedmath.sphinxext.report import STATUSES, counted
from checkedmath.sphinxext.store import Entry, book_of, is_site

SCHEMA = "checks.schema.json"
"""The file in this package that describes the format."""

NOTE = ".checkedmath.json"
"""The file in the builder's folder that says what was shown on each page."""


def setup_export(app: Sphinx) -> None:
    """Connect the choice of pages to write, after they are checked, and the writing of both."""
    app.connect("env-updated", _outdated, priority=600)
    app.connect("build-finished", _write)
    app.connect("build-finished", _note)


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and is_site(app.builder) and not book_of(app.env).is_empty:
        write_whole(Path(app.outdir, "checks.json"), in_lines(document(app)))


def in_lines(found: dict[str, Any]) -> str:
    """Return the JSON with each check on a line, which takes Python a tenth of indenting it."""
    head = json.dumps({key: value for key, value in found.items() if key != "checks"})
    checks = ",\n".join(json.dumps(check, ensure_ascii=False) for check in found["checks"])
    return f'{head[:-1]}, "checks": [\n{checks}\n]}}\n'


def document(app: Sphinx) -> dict[str, Any]:
    """Return all checks, as ``checks.schema.json`` describes."""
    found = sorted(book_of(app.env).entries().items())
    counts = counted(entry for _, page in found for entry in page)
    return {
        "version": 1,
        "counts": {status: counts[status] for status in STATUSES},
        "checks": [_check(app, docname, entry) for docname, page in found for entry in page],
    }


def _check(app: Sphinx, docname: str, entry: Entry) -> dict[str, Any]:
    finding = entry.finding
    anchor = f"#{entry.place.anchor}" if entry.place.anchor else ""
    return {
        "id": entry.id,
        "url": app.builder.get_target_uri(docname) + anchor,
        **finding.as_dict(),
        # The same wherever the build was started.
        "file": str(app.env.doc2path(docname, base=False)).replace("\\", "/"),
    }


# -- the note for the next build -------------------------------------------------------------------


def _outdated(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    before = _noted(Path(app.outdir, NOTE))
    return [name for name, shown in _shown(env).items() if before.get(name) != shown]


def _note(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and not book_of(app.env).is_empty:
        text = json.dumps(_shown(app.env), indent=0, sort_keys=True)
        write_whole(Path(app.outdir, NOTE), f"{text}\n")


def _shown(env: BuildEnvironment) -> dict[str, str]:
    """Return by document name a digest of what the checks show there."""
    book = book_of(env)
    own = {name: found.shown() for name, found in sorted(book.found.items())}
    # Each page links to the first list of all checks.
    first = sorted(book.reports)[:1]
    titles = {name: env.titles[name].astext() for name in own if name in env.titles}
    order = [(name, env.toctree_includes.get(name)) for name in sorted(env.toctree_includes)]
    all_of_them = digest(repr((own, titles, order)))
    return {
        **{name: digest(repr((shown, first))) for name, shown in own.items()},
        **dict.fromkeys(sorted(book.reports & env.found_docs), all_of_them),
    }


def _noted(file: Path) -> dict[str, str]:
    """Return what was noted; nothing where it cannot be read."""
    try:
        noted = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}
