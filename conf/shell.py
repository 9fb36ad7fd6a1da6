"""
The process that pages' processes are forked from: ``python -m conf.shell DESCRIPTOR``.

`conf.forks` starts it, with the descriptor of a socket on which it is sent the ends of others, one
for each page. Nothing of Sphinx is in it: a page's cells find here what they would find in a
notebook.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
from multiprocessing.connection import Connection
from typing import NoReturn


def serve(asked: socket.socket) -> None:
    """Fork for each end that comes, until there is nobody left who could send one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends who asks, and that ends this.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody waits for the forks.
    while True:
        _, descriptors, _, _ = socket.recv_fds(asked, 1, 1)
        if not descriptors:
            return
        # Not before, and then for all pages: most builds find every page's outputs in the cache.
        from conf import kernel  # noqa: F401, PLC0415

        if not os.fork():
            asked.close()
            run_page(Connection(descriptors[0]))
        os.close(descriptors[0])


def run_page(asker: Connection) -> NoReturn:
    """Run a page's cells; then end, and with this process all that they started."""
    from conf import kernel  # noqa: PLC0415

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    threading.Thread(target=end_with, args=(asker.fileno(),), daemon=True).start()
    sys.path[0] = ""  # The page's folder, in the place of this one.
    try:
        kernel.run_cells(asker)
    finally:
        os.killpg(0, signal.SIGKILL)


def end_with(descriptor: int) -> None:
    """End when the asker does, also in the middle of a cell."""
    asker = select.poll()
    asker.register(descriptor, 0)  # That its other end is closed is told without asking.
    asker.poll()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
