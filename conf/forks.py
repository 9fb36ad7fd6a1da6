"""
Run each page's cells in a fork of one process, in the place of a Jupyter kernel for each page.

Most of a page's time was its kernel's: to start, to import NumPy and Matplotlib, to end. What a
page shows is the same, as it is the same kernel that runs its cells; see `conf.shell`. Only Linux
can fork a process that has such libraries in it; elsewhere, and with ``cells_fork = False``, each
page has a kernel.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_cache.executors.utils import ExecutionResult
from myst_nb.core.execute import cache
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.util.typing import ExtensionMetadata

GRACE = 2
"""Seconds that a cell has to end after it was interrupted."""


@functools.cache
def parent() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start the process that pages' processes are forked from; it ends with its socket's owners."""
    ours, its = socket.socketpair()
    with its:
        process = subprocess.Popen(  # noqa: S603  (this project's own module)
            # As kernels are started: their debugger complains of modules that it cannot look into.
            [sys.executable, "-Xfrozen_modules=off", "-m", "conf.shell", str(its.fileno())],
            cwd=Path(__file__).parents[1],
            # What a kernel sets as well: figures are shown below the cell that draws them.
            env=os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"},
            pass_fds=[its.fileno()],
            stdin=subprocess.DEVNULL,
        )
    return ours, process


def fork() -> Connection:
    """Have a process forked, and return the connection with it."""
    ours, its = socket.socketpair()
    with its:
        socket.send_fds(parent()[0], [b"f"], [its.fileno()])
    return Connection(ours.detach())


def warm() -> None:
    """Have imported what pages import, while nobody waits for it."""
    fork().close()


def run(
    notebook: NotebookNode, cwd: str, timeout: float, *, allow_errors: bool, **_options: Any
) -> ExecutionResult:
    """Run the cells of a page, in place; in the stead of jupyter-cache's `single_nb_execution`."""
    started = time.perf_counter()
    error = None
    with fork() as page:
        page.send_bytes(os.fsencode(cwd))
        process, notebook.metadata["language_info"] = json.loads(page.recv_bytes())
        # It knows what a notebook makes of a kernel's messages.
        client = NotebookClient(notebook, record_timing=False)
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            cell.outputs, client.clear_before_next_output = [], False
            messages, reply = answer(page, process, cell.source, timeout)
            for message in messages:
                headers = {"header": {"msg_type": message["msg_type"]}, "parent_header": {}}
                client.process_message(headers | message, cell, index)
            allowed = allow_errors or "raises-exception" in cell.metadata.get("tags", [])
            if reply["status"] != "ok" and not allowed:
                error = CellExecutionError.from_cell_and_msg(cell, reply)
                break
    seconds = time.perf_counter() - started
    return ExecutionResult(notebook, cwd, seconds, error, str(error) if error else None)


def answer(page: Connection, process: int, source: str, timeout: float) -> tuple[list[dict], dict]:
    """Have a cell run, and return what it sends and how it ends, at the latest after the time."""
    name, words = "ProcessEnded", "the process that ran the cell ended"
    with suppress(EOFError, OSError):
        page.send_bytes(source.encode())
        if not page.poll(timeout):
            name, words = "KeyboardInterrupt", ""
            os.kill(process, signal.SIGINT)
            if not page.poll(GRACE):
                os.killpg(process, signal.SIGKILL)
        return json.loads(page.recv_bytes())
    error = {"ename": name, "evalue": words, "traceback": []}
    return [{"msg_type": "error", "content": error}], {"status": "error"} | error


def prepare(_app: Sphinx, _env: object, docnames: list[str]) -> None:
    """Start what forks before the processes that read pages, which have it in common."""
    if docnames:
        parent()


def choose(app: Sphinx, config: Config) -> None:
    """Have MyST-NB run cells in forks."""
    if config.cells_fork:
        cache.single_nb_execution = run
        app.connect("env-before-read-docs", prepare)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the setting, and what it sets."""
    app.add_config_value("cells_fork", sys.platform == "linux", "", frozenset({bool}))
    app.connect("config-inited", choose)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
