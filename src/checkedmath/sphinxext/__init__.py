"""
The Sphinx room of checked mathematics: ``extensions = ["checkedmath.sphinxext"]``.

Every page's displayed equations are checked when the page is read; what does not hold is a warning
with the page's file and line, so that ``-W`` fails the build.
"""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.typing import ExtensionMetadata

from checkedmath.sphinxext import (
    checks,
    directives,
    export,
    implementation,
    inline,
    marks,
    notation,
    report,
    rows,
    store,
    uses,
)

__all__ = ["setup"]

_STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set the extension up."""
    app.add_config_value("checkedmath_draws", 5, "env", types=frozenset({int}))
    app.add_config_value("checkedmath_seed", 0, "env", types=frozenset({int}))
    app.add_config_value("checkedmath_timeout", 30.0, "env", types=frozenset({float, int}))
    app.add_config_value("checkedmath_engine", "", "env", types=frozenset({str}))
    app.connect("config-inited", _note_engine)
    app.connect("config-inited", _switch_markdown_on)
    app.connect("builder-inited", _add_static_path)
    app.add_css_file("checkedmath.css")
    directives.setup_directives(app)
    implementation.setup_implementation(app)
    inline.setup_inline(app)
    marks.setup_marks(app)
    notation.setup_notation(app)
    rows.setup_rows(app)
    store.setup_store(app)
    uses.setup_uses(app)
    checks.setup_checks(app)
    report.setup_report(app)
    export.setup_export(app)
    return {
        "version": "1",
        "env_version": 6,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _note_engine(app: Sphinx, config: Config) -> None:
    """Make a change of the checker itself check every page again, as a changed setting does."""
    config.checkedmath_engine = engine_digest()


def _switch_markdown_on(app: Sphinx, config: Config) -> None:
    """Let Markdown have dollars and colon fences, without which the checked page is raw text."""
    if "myst_enable_extensions" not in config:
        message = "checkedmath.sphinxext reads Markdown: name myst_parser or myst_nb in extensions"
        raise ConfigError(message)
    config.myst_enable_extensions = {*config.myst_enable_extensions, "colon_fence", "dollarmath"}


def engine_digest() -> str:
    """Return a digest of the checker's own source."""
    digest = hashlib.sha256()
    for item in sorted(Path(str(resources.files("checkedmath"))).rglob("*")):
        if item.suffix in (".py", ".lark"):
            digest.update(item.read_bytes())
    return digest.hexdigest()


def _add_static_path(app: Sphinx) -> None:
    app.config.html_static_path.append(str(_STATIC))
