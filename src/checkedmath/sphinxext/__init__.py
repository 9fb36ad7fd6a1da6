"""
The Sphinx extension: ``extensions = ["checkedmath.sphinxext"]``.

An equation goes from module to module:

- `directives` and `implementation` leave on a document's nodes what its author has written;
- `reading` makes a page of the nodes when Sphinx has read the document: `inspecting` says what
  each node is, `lines` where it stands in its file. A mark with a key is put beside each equation;
- `checks` checks the pages that are new, or that depend on something that has changed, when all
  documents are read, and warns of what does not hold, so that ``-W`` fails the build;
- `store` keeps what was found by its key; `symbols` and `notes` add what there is to tell;
- `marks` and `rows` fill what was found into a document that is going to be written, and show it;
- `report` and `export` list all of it, for readers and for machines.

`reading` and `checks` load the checker, and are loaded by the first page that asks to be checked.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.project import Project
from sphinx.util.typing import ExtensionMetadata

from checkedmath.sphinxext import (
    directives,
    export,
    implementation,
    marks,
    report,
    rows,
    store,
    symbols,
)
from checkedmath.sphinxext.digests import version_digest
from checkedmath.sphinxext.macros import macros_of_book

__all__ = ["setup"]

_ASKS = re.compile(r"\{(?:where|side-by-side|checked|checks|implementation)\}")
"""What stands in the source of a page that asks to be checked, or lists all checks."""

_STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set the extension up."""
    app.add_config_value("checkedmath_certify", False, "env", types=frozenset({bool}))
    app.add_config_value("checkedmath_draws", 5, "env", types=frozenset({int}))
    app.add_config_value("checkedmath_seed", 0, "env", types=frozenset({int}))
    app.add_config_value("checkedmath_timeout", 30.0, "env", types=frozenset({float, int}))
    app.add_config_value("checkedmath_version", "", "env", types=frozenset({str}))
    app.add_config_value("checkedmath_pages", "declared", "env", types=frozenset({str}))
    app.connect("config-inited", _note_version)
    app.connect("config-inited", _require_balls)
    # Later than Sphinx takes the suffixes of Markdown into the settings.
    app.connect("config-inited", _switch_markdown_on, priority=900)
    app.connect("html-page-context", _add_files)
    directives.setup_directives(app)
    implementation.setup_implementation(app)
    marks.setup_marks(app)
    symbols.setup_symbols(app)
    rows.setup_rows(app)
    store.setup_store(app)
    app.connect("doctree-read", _read)
    app.connect("env-updated", _check)
    report.setup_report(app)
    export.setup_export(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _note_version(app: Sphinx, config: Config) -> None:
    """Make a change of the checker itself read and check every page again, as a setting's does."""
    if "katex_macros" not in config:
        # KaTeX's extension does not know the name by which its users keep the macros in conf.py.
        app.add_config_value("katex_macros", "", "env", (str, dict))
    config.checkedmath_version = version_digest() + repr(macros_of_book(config))


def _switch_markdown_on(app: Sphinx, config: Config) -> None:
    """Let Markdown have the dollars and colon fences of checked pages, if there are any."""
    if "myst_enable_extensions" in config and _checks_pages(app, config):
        config.myst_enable_extensions = {
            *config.myst_enable_extensions,
            "colon_fence",
            "dollarmath",
        }


def _checks_pages(app: Sphinx, config: Config) -> bool:
    """Return whether some page of the book asks to be checked, so that its author has opted in."""
    if config.checkedmath_pages == "all":
        return True
    project = Project(app.srcdir, config.source_suffix)
    paths = [
        Path(project.doc2path(name, absolute=True))
        for name in project.discover(config.exclude_patterns)
    ]
    return any(_ASKS.search(path.read_text("utf-8", errors="replace")) for path in paths)


def _read(app: Sphinx, doctree: nodes.document) -> None:
    """Read a page that asks to be checked."""
    if app.config.checkedmath_pages == "all" or directives.opts_in(doctree):
        from checkedmath.sphinxext.reading import read  # noqa: PLC0415 (see above)

        read(app, doctree)


def _check(app: Sphinx, env: BuildEnvironment) -> Sequence[str]:
    """Check the pages that were read, and let the builder find what goes with them."""
    book = store.book_of(env)
    if book.pages:
        from checkedmath.sphinxext.checks import check_pages  # noqa: PLC0415 (see above)

        check_pages(app, env)
    if not book.is_empty:
        app.config.html_static_path.append(str(_STATIC))
    return ()


def _add_files(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Add the style sheet and the script to the pages that have something of the extension."""
    book = store.book_of(app.env)
    pages = book.pages.keys() | book.reports
    if pagename in pages or (pages and app.builder.name == "singlehtml"):
        app.add_css_file("checkedmath.css")
        if store.is_site(app.builder):
            app.add_js_file("checkedmath.js", loading_method="defer")


def _require_balls(app: Sphinx, config: Config) -> None:
    """Refuse a book that asks for certified digits where these cannot be computed."""
    if config.checkedmath_certify and importlib.util.find_spec("flint") is None:
        from checkedmath.evaluate.balls import MISSING  # noqa: PLC0415 (only for who certifies)

        raise ExtensionError(f"checkedmath_certify = True, but {MISSING}", modname="checkedmath")
