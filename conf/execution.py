"""
Executed cells and incremental builds: nothing stale, and no failure that passes unseen.

MyST-NB and jupyter-cache execute the cells. This module names the cache after everything that
outputs depend on, reports a failed cell at its line, has pages with warnings read again, and begins
anew after a build that did not finish.
"""

from __future__ import annotations

import hashlib
import json
import logging as python_logging
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from filelock import FileLock, Timeout
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from myst_nb.core.read import is_myst_markdown_notebook
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.errors import SphinxError
from sphinx.util import logging

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

CONF = Path(__file__).parent
ROOT = CONF.parent

# As ipykernel's own, but that what a cell prints is sent in one piece: two builds are then equal.
KERNEL = CONF / "jupyter" / "kernels" / "python3" / "kernel.json"

LIBRARIES = ("numpy", "matplotlib", "ml-dtypes", "dask", "ipython", "ipykernel", "myst-nb")

# A file of this name is where a build has begun to write, until it has ended well.
UNFINISHED = "unfinished"

logger = logging.getLogger(__name__)


def digest(files: Iterable[Path]) -> str:
    """Return a digest of the names and contents of files."""
    found = hashlib.sha256()
    for path in sorted(files):
        if path.is_file() and path.suffix != ".pyc":
            found.update(f"{path.relative_to(ROOT).as_posix()}\n".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def cache_path() -> str:
    """
    Return the folder for the outputs of the code as it is now, with an empty cache if it is new.

    The name depends on every file of both packages, the data files beside pages, the settings of
    cells, Python and the libraries. An edit runs every cell again; after it is undone, none runs.
    """
    data = [path for path in ROOT.glob("docs/**/*") if path.suffix not in {".md", ".svg"}]
    files = digest([*ROOT.glob("src/**/*"), *data, CONF / "matplotlibrc", KERNEL])
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    name = hashlib.sha256("\n".join([files, sys.version, *libraries]).encode()).hexdigest()[:16]
    return str(ROOT / "build" / "cells" / name)


def begin(app: Sphinx, config: Config) -> None:
    """Let no second build write what this one writes, and none go on where another broke off."""
    cells = Path(config.nb_execution_cache_path)
    lock = FileLock(cells.with_name("lock"))
    try:
        lock.acquire(blocking=False)
    except Timeout:
        message = f"another build is running in {cells.parent.parent}: wait until it has ended"
        raise SphinxError(message) from None
    if (cells / UNFINISHED).exists():
        shutil.rmtree(cells)
    mark = app.doctreedir / UNFINISHED
    if mark.exists():  # Without what Sphinx knows of pages, it reads and writes each.
        (app.doctreedir / "environment.pickle").unlink(missing_ok=True)
        # Extensions do not write over files that are there, and cut off.
        shutil.rmtree(app.outdir / "_static", ignore_errors=True)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()

    def finish(_app: Sphinx, exception: Exception | None) -> None:
        if exception is None:
            mark.unlink()
        lock.release()

    app.connect("build-finished", finish, priority=999)


def execute(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """
    Execute the pages that are going to be read, in parallel, into the cache.

    Reading then writes nothing to the cache but the outputs of pages that fail. Jupyter-cache is
    not made for parallel readers: one may delete what another is storing.
    """
    cache = get_cache(app.config.nb_execution_cache_path)
    mark = cache.path / UNFINISHED
    mark.touch()
    paths = [str(env.doc2path(name)) for name in docnames]
    notebooks = [path for path in paths if is_myst_markdown_notebook(Path(path).read_text("utf-8"))]
    for path in notebooks:
        cache.add_nb_to_project(path, read_data={"name": "myst_nb_md", "type": "plugin"})
    if cache.list_unexecuted(filter_uris=notebooks):
        # What fails is executed once more, and reported, when its page is read.
        quiet = python_logging.getLogger("conf.execution.ahead")
        quiet.setLevel(python_logging.CRITICAL)
        runner = load_executor("local-parallel", cache, logger=quiet)
        runner.run_and_cache(filter_uris=notebooks, timeout=app.config.nb_execution_timeout)
    # Its tables are made by now: two processes that read pages would race to make them.
    cache.db.dispose()
    mark.unlink()


def report_failure(app: Sphinx, _doctree: nodes.document) -> None:
    """Warn of the cell at which the page that was read has failed, at the line that stopped it."""
    docname = app.env.docname
    run = NbMetadataCollector.get_exec_data(app.env, docname)
    if run is None or run["succeeded"]:
        return
    path = Path(app.env.mystnb_config.output_folder, f"{docname}.ipynb")
    notebook = nbformat.read(path, as_version=4)
    starts = zip(notebook.cells, notebook.metadata.source_map, strict=True)
    # No cell is executed behind one that fails.
    cell, start = [(cell, start) for cell, start in starts if cell.get("execution_count")][-1]
    source = cell.source.splitlines()
    line, traceback = 1, ""
    message = f"it did not finish in {app.config.nb_execution_timeout} s (nb_execution_timeout)"
    for error in (output for output in cell.outputs if output.output_type == "error"):
        traceback = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.traceback))
        # The outermost frame in this cell: the statement at which the page stopped.
        frame = re.search(rf"Cell In\[{cell.execution_count}\], line (\d+)", traceback)
        line = int(frame[1]) if frame else 1
        # A syntax error names a file of IPython's; a bare assert has only its own text.
        words = re.sub(r" \(\d+\.py, line \d+\)$", "", error.evalue.strip())
        # Nobody sits at the kernel's keyboard: what interrupts a cell is the timeout.
        if error.ename != "KeyboardInterrupt":
            message = f"{error.ename}: {(words or source[line - 1].strip()).splitlines()[0]}"
    page = Path(app.env.doc2path(docname)).read_text(encoding="utf-8").splitlines()
    # The code begins behind the cell's fence and options.
    code = (n for n in range(start, len(page)) if page[n : n + len(source)] == source)
    place = (docname, next(code, start - 1) + line)
    logger.warning("cell failed: %s\n%s", message, traceback, location=place, type="cells")


class Warned(python_logging.Filter):
    """Records the places of warnings, so that the next build reads these pages again."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__()
        self.file = app.doctreedir / "warned.json"
        self.places: list[str] = []

    def filter(self, record: python_logging.LogRecord) -> bool:
        """Record the place, which is empty for a warning that has none."""
        self.places.append(getattr(record, "location", None) or "")
        return True

    def outdated(self, _app: Sphinx, env: BuildEnvironment, *_changes: set[str]) -> Sequence[str]:
        """Return the pages that the last build warned of; all if a warning was about no page."""
        places = json.loads(self.file.read_text("utf-8")) if self.file.is_file() else []
        pages = {str(env.doc2path(name)): name for name in env.found_docs}
        found = {pages.get(re.sub(r":\d*$", "", place)) for place in places}
        return sorted(env.found_docs if None in found else found)

    def store(self, _app: Sphinx, _exception: Exception | None) -> None:
        """Write the places that this build warned of."""
        self.file.write_text(json.dumps(sorted(set(self.places))), encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the execution of cells and the reports of failures."""
    # Sphinx compares settings: after an edit of what makes pages, every page is read again.
    code = digest([*CONF.glob("*.*"), *CONF.glob("vendor/**/*"), *CONF.glob("static/figures/*")])
    app.add_config_value("conf_code", code, "env", frozenset({str}))
    warned = Warned(app)
    for handler in python_logging.getLogger("sphinx").handlers:
        if handler.level == python_logging.WARNING:
            handler.addFilter(warned)
    app.connect("config-inited", begin)
    app.connect("env-before-read-docs", execute)
    app.connect("doctree-read", report_failure)
    app.connect("env-get-outdated", warned.outdated)
    app.connect("build-finished", warned.store)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
