"""Write ``checks.json`` beside the HTML: every check, for machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from checkedmath.page.files import write_whole
from checkedmath.sphinxext.report import STATUSES, counted
from checkedmath.sphinxext.store import Entry, book_of

SCHEMA = "checks.schema.json"
"""The file in this package that describes the format."""


def setup_export(app: Sphinx) -> None:
    """Connect the writing."""
    app.connect("build-finished", _write)


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html" and app.builder.name != "epub":
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
