"""
Write pages again when what there is to show on them has changed, and not only their own text.

What each builder has written is noted beside it when it is done: what was never written, or was
deleted, is written again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from checkedmath.page.files import write_whole
from checkedmath.sphinxext.digests import digest
from checkedmath.sphinxext.store import book_of

FILE = ".checkedmath.json"
"""The file in the builder's folder that says what was shown on each page."""


def setup_written(app: Sphinx) -> None:
    """Connect the choice of pages to write, after they are checked, and the note of what was."""
    app.connect("env-updated", _outdated, priority=600)
    app.connect("build-finished", _note)


def _outdated(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    before = _noted(Path(app.outdir, FILE))
    return [name for name, shown in _shown(env).items() if before.get(name) != shown]


def _note(app: Sphinx, exception: Exception | None) -> None:
    if exception is None:
        text = json.dumps(_shown(app.env), indent=0, sort_keys=True)
        write_whole(Path(app.outdir, FILE), f"{text}\n")


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
