"""
Keep executed cells honest: never stale, and never failing unseen.

MyST-NB looks a page's outputs up by the page alone, and names only the page when a cell fails.
`cache_path` gives every state of the code a cache of its own; the extension names the failing line.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.cache.main import JupyterCacheBase
from myst_nb.core import render
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)

COLOUR = re.compile(r"\x1b\[[\d;]*m")


def cache_path(
    folder: Path, packages: Sequence[str], distributions: Sequence[str], files: Sequence[Path]
) -> str:
    """
    Return the folder for the outputs of the code as it is now, and create it.

    An edit in a package or a file, another Python or another version of a distribution gives
    another folder, so every cell runs again; undoing the edit finds the outputs of before.
    Sphinx reads every page again when this setting changes.
    """
    digest = hashlib.sha256(sys.version.encode())
    for name in distributions:
        digest.update(f"{name} {version(name)}\n".encode())
    for file in files:
        digest.update(file.read_bytes())
    for package in packages:
        # The package that the cells will import, wherever it is installed.
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            msg = f"the book needs the package {package!r}: install the project (pip install -e .)"
            raise ModuleNotFoundError(msg)
        root = Path(spec.submodule_search_locations[0])
        # Not only Python: a grammar is code as well.
        code = (p for p in root.rglob("*") if p.is_file() and p.suffix != ".pyc")
        for path in sorted(code):
            digest.update(f"{package}/{path.relative_to(root).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    path = folder / digest.hexdigest()[:16]
    if not path.is_dir():
        create(path)
    return str(path)


def create(path: Path) -> None:
    """
    Create an empty cache, whole or not at all.

    Pages are read in parallel, and two readers would race to create the database; and a build that
    is stopped must leave no half of one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=path.parent))
    get_cache(new).db.dispose()
    try:
        new.rename(path)
    except OSError:  # Another build was faster.
        shutil.rmtree(new)


def keep(_cache: JupyterCacheBase) -> None:
    """
    Leave what is in the cache, which is of one state of the code.

    Jupyter-cache looks twice which outputs are the oldest of more than a thousand, and takes what
    another reader stored in between for one too many, though its file is not yet written.
    """


def failures(page: Path, executed: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line of the page, message and traceback of each cell that failed."""
    notebook = nbformat.read(executed, as_version=4)
    lines = page.read_text(encoding="utf-8").splitlines()
    ran = [
        (cell, start)
        for cell, start in zip(notebook.cells, notebook.metadata.source_map, strict=True)
        # One whose process ended has no count, but an output that says so.
        if cell.cell_type == "code" and (cell.execution_count is not None or cell.outputs)
    ]
    late = "it did not finish in time (nb_execution_timeout in conf/conf.py)"
    found = False
    for cell, start in ran:
        first = first_line(cell.source.splitlines(), lines, start)
        if "raises-exception" in cell.metadata.get("tags", []):
            continue
        for output in cell.outputs:
            if output.output_type != "error":
                continue
            found = True
            traceback = COLOUR.sub("", "\n".join(output.traceback))
            # The outermost frame in this cell: the statement at which the page stopped.
            frame = re.search(rf"Cell In\[{cell.execution_count}\], line (\d+)", traceback)
            line = int(frame[1]) if frame else 1
            # A syntax error names a file of IPython's; a bare assert has only its own text.
            words = re.sub(r" \(\d+\.py, line \d+\)$", "", output.evalue.strip())
            words = words or cell.source.splitlines()[line - 1].strip()
            message = f"{output.ename}: {words.splitlines()[0]}"
            # Nobody sits at the kernel's keyboard: what interrupts a cell is the timeout.
            yield first + line, late if output.ename == "KeyboardInterrupt" else message, traceback
    if not found:
        # Nothing was raised, so a cell could not even be interrupted: the last that started.
        cell, start = ran[-1] if ran else (None, 0)
        first = first_line(cell.source.splitlines(), lines, start) if cell else 0
        yield first + 1, late, ""


def first_line(source: list[str], lines: list[str], start: int) -> int:
    """Return the index in `lines` at which a cell's source begins, after its fence and options."""
    for index in range(start, len(lines) - len(source) + 1):
        if lines[index : index + len(source)] == source:
            return index
    # A cell that is loaded from a file: its fence is as near as the page gets.
    return start - 1


def report_failures(app: Sphinx, _doctree: nodes.document) -> None:
    """Warn of each failed cell of the page that was read, at its line."""
    docname = app.env.docname
    # MyST-NB's own report stays with the site after the page is mended; the warning says it all.
    Path(app.outdir, "reports", f"{docname}.err.log").unlink(missing_ok=True)
    run = NbMetadataCollector.get_exec_data(app.env, docname)
    if run is None or run["succeeded"]:
        return
    page = app.env.doc2path(docname)
    executed = Path(app.env.mystnb_config.output_folder, f"{docname}.ipynb")
    for line, message, traceback in failures(Path(page), executed):
        logger.warning(
            "cell failed: %s%s",
            message,
            f"\n{traceback}" if traceback else "",
            location=(docname, line),
            type="cells",
        )


def join_streams(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """
    Put what a cell prints together again, as it was printed.

    It comes in parts, cut wherever the kernel happened to send. MyST-NB ends each part with a new
    line, so that a page would be another one now and then.
    """
    joined: list[nbformat.NotebookNode] = []
    streams: dict[str, nbformat.NotebookNode] = {}
    for output in outputs:
        if output["output_type"] != "stream":
            joined.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            streams[output["name"]] = nbformat.NotebookNode(output)
            joined.append(streams[output["name"]])
    return joined


def setup(app: Sphinx) -> ExtensionMetadata:
    """Report failed cells in the place of MyST-NB, which names neither line nor exception."""
    render.coalesce_streams = join_streams
    JupyterCacheBase.truncate_caches = keep
    app.connect("doctree-read", report_failures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
