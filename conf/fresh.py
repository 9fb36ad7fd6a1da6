"""
Keep each build as good as a clean one: nothing stale, and nothing that passes by not looking.

Sphinx reads the pages that changed, and writes these. That leaves out what else has changed with
them: the settings' own modules, the pages that show a title or a number of another page, and the
pages that a warning was about. It also leaves the HTML of pages that were deleted.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

CONF = Path(__file__).parent

# Folders of files that go into pages only when they are written.
LOOK = ("static", "templates", "vendor")

# What one page can show of another by domain: numbers, labels, functions, sources.
SHOWN = {
    "std": ("labels", "anonlabels", "objects", "terms"),
    "math": ("objects",),
    "py": ("objects", "modules"),
}


def digest(files: Iterable[Path]) -> str:
    """Return a digest of the files' names and contents."""
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(f"{path.relative_to(CONF).as_posix()}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


# -- what a warning was about ----------------------------------------------------------------------


class Warned(logging.Filter):
    """Remembers where there were warnings; it lets every one pass."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__()
        self.app = app
        self.file = app.doctreedir / "warned.json"
        self.places: list[str] = []

    def filter(self, record: logging.LogRecord) -> bool:
        """Note the place, which is empty for a warning that has none."""
        self.places.append(getattr(record, "location", None) or "")
        return True

    def before(self, *_arguments: object) -> Sequence[str]:
        """Return the pages that the last build warned of; Sphinx reads those that there are."""
        return json.loads(self.file.read_text("utf-8")) if self.file.is_file() else []

    def keep(self, app: Sphinx, _exception: Exception | None) -> None:
        """
        Have the pages that this build warned of read again by the next one.

        A warning that is about no page could come of any: then all pages are.
        """
        pages = {str(app.env.doc2path(name)): name for name in app.env.found_docs}
        warned = {self._page(pages, place) for place in self.places}
        self.file.write_text(json.dumps(sorted(filter(None, warned))), encoding="utf-8")
        if None in warned:
            (app.doctreedir / "environment.pickle").unlink(missing_ok=True)

    @staticmethod
    def _page(pages: dict[str, str], place: str) -> str | None:
        """Return the page of a place, which is its file, and mostly a line."""
        file, _, line = place.rpartition(":")
        return pages.get(file if line.isdigit() else place.removesuffix(":"))


# -- what pages show of each other -----------------------------------------------------------------


def write_again(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """
    Write all pages when something changed that one shows of another.

    Else write those that were read for another folder since they were written to this one.
    """
    shown: dict[str, str] = vars(env).setdefault("fresh_shown", {})
    before = shown.get(app.builder.name)
    shown[app.builder.name] = hashlib.sha256(repr(in_order(shown_by(env))).encode()).hexdigest()
    if before != shown[app.builder.name]:
        return env.found_docs
    return [name for name, read in env.all_docs.items() if read > written(app, name)]


def written(app: Sphinx, docname: str) -> float:
    """Return when a page was written, in microseconds; infinity if it is no file of its own."""
    if app.builder.format != "html":
        return math.inf
    path = Path(app.builder.get_output_path(docname))
    return path.stat().st_mtime_ns / 1000 if path.is_file() else math.inf


def shown_by(env: BuildEnvironment) -> list[Any]:
    """Return what pages can show of each other."""
    headings = {name: data.get("myst_slugs", {}) for name, data in env.metadata.items()}
    return [
        env.titles,
        env.tocs,
        env.toctree_includes,
        env.toc_secnumbers,
        env.toc_fignumbers,
        # Not the line, which comes first: it changes with the text above.
        {
            name: {key: value[1:] for key, value in found.items()}
            for name, found in headings.items()
        },
        [env.domaindata[name][key] for name, keys in SHOWN.items() for key in keys],
        vars(env).get("notation_rows", []),
        # Without what is made of the entry, which is another object each time.
        [citation[:4] for citation in env.domaindata["cite"]["citations"]],
    ]


def in_order(value: Any) -> Any:
    """Return a value that looks the same whatever order the pages were read in."""
    if isinstance(value, dict):
        return sorted((repr(key), in_order(item)) for key, item in value.items())
    if isinstance(value, nodes.Node):
        return value.pformat()
    if isinstance(value, list):
        return [in_order(item) for item in value]
    return value


def write_only_these(app: Sphinx, _builder: object) -> None:
    """
    Spare the tables of contents that Sphinx writes again with each page in them.

    What they show is in `shown_by`; what Sphinx has kept of this build already stays as it is.
    """
    app.env.files_to_rebuild = {}


# -- pages that are gone ---------------------------------------------------------------------------


def remove_deleted(
    app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], removed: set[str]
) -> Sequence[str]:
    """Remove the HTML of deleted pages, and read the tables of contents that name them."""
    if app.builder.format == "html":
        for docname in removed:
            Path(app.builder.get_output_path(docname)).unlink(missing_ok=True)
    return [name for name, named in env.toctree_includes.items() if removed.intersection(named)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect what makes builds whole."""
    code = (path for path in CONF.glob("*.py") if path.name != "conf.py")  # Sphinx compares that.
    look = (path for folder in LOOK for path in (CONF / folder).rglob("*") if path.is_file())
    app.add_config_value("fresh_code", digest(code), "env", frozenset({str}))
    app.add_config_value("fresh_look", digest(look), "html", frozenset({str}))
    warned = Warned(app)
    for handler in logging.getLogger("sphinx").handlers:
        if handler.level == logging.WARNING:
            handler.addFilter(warned)
    app.connect("env-get-outdated", warned.before)
    app.connect("env-get-outdated", remove_deleted)
    app.connect("env-updated", write_again)
    app.connect("write-started", write_only_these)
    app.connect("build-finished", warned.keep)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
