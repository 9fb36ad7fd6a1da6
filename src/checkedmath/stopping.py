"""Stop what goes on beyond its time, wherever it is."""

from __future__ import annotations

import _thread
import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_AGAIN = 0.5
"""Seconds after which what goes on all the same is told again to stop."""


class Stopped(BaseException):
    """The time is over; like `KeyboardInterrupt`, nothing catches it on the way."""


@contextlib.contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """
    Raise `Stopped` in what the ``with`` holds, once its time is over.

    The checker looks at the clock between its steps; this is for the steps that others take, such
    as parsing Markdown or a function of the page's. What waits, for input or for the network, is
    interrupted as well, and what catches everything is stopped again. In another thread than the
    main one, where Python delivers no signal, nothing is stopped.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    late, ended = threading.Event(), threading.Event()

    def stop() -> None:
        wait = min(seconds, threading.TIMEOUT_MAX)
        while not ended.wait(wait):
            late.set()
            _interrupt()
            wait = _AGAIN

    def handle(number: int, frame: FrameType | None) -> None:
        if late.is_set():
            if not ended.is_set():
                raise Stopped
        elif callable(before):
            before(number, frame)

    clock = threading.Thread(target=stop, daemon=True)
    before = signal.signal(signal.SIGINT, handle)
    clock.start()
    try:
        yield
    finally:
        try:
            ended.set()
            clock.join()
        finally:
            signal.signal(signal.SIGINT, before)


def _interrupt() -> None:
    """Interrupt the main thread, also where it waits for the system, if the system can."""
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()
