"""
A Jupyter kernel without the servers by which kernels and those who ask them find each other.

It answers on one connection with what a kernel would send, cell by cell. What most pages import is
imported with this module, once for all the processes that are forked afterwards; see `conf.shell`.
"""

from __future__ import annotations

import asyncio
import codecs
import contextvars
import io
import json
import logging
import os
import sys
import tempfile
import traceback
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

import ipykernel.debugger  # noqa: F401  (imported late by each kernel)
import matplotlib.backends.backend_agg
import matplotlib.pyplot  # noqa: F401, ICN001  (imported by pages)
import numpy as np
from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session


def run_cells(asker: Connection) -> None:
    """
    Run the cells of one page, as long as there are any.

    The page's folder comes first; it is answered by the process and the language. Then come the
    cells' sources; each is answered by what the kernel sends meanwhile, and by its reply.
    """
    terminal = os.fdopen(os.dup(2), "w", encoding="utf-8")
    try:
        os.chdir(asker.recv_bytes())
        sent = Sent()
        kernel = start(sent)
        asker.send_bytes(json.dumps([os.getpid(), kernel.language_info]).encode())
        # Not a runner of asyncio's, which keeps an interrupt from a cell that does not await.
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        # One for all cells: what a cell sets of NumPy's printing and of decimals is in it.
        context = contextvars.copy_context()
        while True:
            source = asker.recv_bytes().decode()
            sent.messages = []
            sent.keep("execute_input", {"execution_count": kernel.execution_count})
            cell = loop.create_task(kernel.do_execute(source, silent=False), context=context)
            reply = loop.run_until_complete(cell)
            sys.stdout.flush()
            sys.stderr.flush()
            asker.send_bytes(json.dumps([sent.messages, reply]).encode())
    except EOFError:
        pass  # The page has no more cells.
    except Exception:  # noqa: BLE001  (the asker sees that there is no answer)
        traceback.print_exc(file=terminal)
        terminal.flush()


def start(sent: Sent) -> IPythonKernel:
    """Start the kernel in this process, and print where it sends."""
    np.random.seed()  # noqa: NPY002  (the generator that cells may use without making one)
    log = logging.getLogger(__name__)
    kernel = IPythonKernel(session=sent, iopub_socket=object(), log=log, user_ns=None)
    kernel.shell.history_manager.enabled = False
    # Asked for when a cell awaits; here it has no thread that could interrupt it more gently.
    kernel.shell_channel_thread = SimpleNamespace(parent_thread=None)
    sys.stdout, sys.stderr = Printed("stdout", 1, sent), Printed("stderr", 2, sent)
    return kernel


class Sent(Session):
    """Keeps the messages that a session sends."""

    messages: list[dict[str, Any]]

    def send(self, _stream: Any, message: Any, content: Any = None, *_: Any, **__: Any) -> None:
        """Keep a message, which comes whole or in parts."""
        if isinstance(message, dict):
            message, content = message["msg_type"], message["content"]
        self.keep(message, content)

    def keep(self, kind: str, content: dict[str, Any]) -> None:
        """Keep what a notebook makes of a message; what is printed at once, in one."""
        last = self.messages[-1]["content"] if self.messages else {}
        if kind == "stream" and last.get("name") == content["name"]:
            last["text"] += content["text"]
        else:
            self.messages.append({"msg_type": kind, "content": content})


class Printed(io.TextIOBase):
    """
    What cells print, and what the processes that they start write on the same descriptor.

    That goes into a file, and is read from there before anything else is printed.
    """

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, name: str, descriptor: int, sent: Sent) -> None:
        self.name = name
        self._descriptor = descriptor
        self._sent = sent
        self._process = os.getpid()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._read = 0
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), descriptor)

    def fileno(self) -> int:
        """Return the descriptor, for processes that are to write there."""
        return self._descriptor

    def writable(self) -> bool:
        """Tell that this can be written."""
        return True

    def write(self, text: str) -> int:
        """Keep a text; that of a fork comes by the file, as it would be kept in the fork alone."""
        if os.getpid() != self._process:
            return os.write(self._descriptor, text.encode())
        self.flush()
        if text:
            self._sent.keep("stream", {"name": self.name, "text": text})
        return len(text)

    def flush(self) -> None:
        """Keep what came by the file."""
        if os.getpid() == self._process:
            size = os.fstat(self._descriptor).st_size
            if size > self._read:
                new = os.pread(self._descriptor, size - self._read, self._read)
                self._read += len(new)
                text = self._decode(new)
                self._sent.keep("stream", {"name": self.name, "text": text})
