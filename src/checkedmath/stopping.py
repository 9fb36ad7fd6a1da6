"""Stop what goes on beyond its time, wherever it is."""

from __future__ import annotations

import _thread
import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Stopped(BaseException):
    """The time is over; like `KeyboardInterrupt`, nothing catches it on the way."""


@contextlib.contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """
    Raise `Stopped` in what the ``with`` holds, once its time is over.

    The checker looks at the clock between its steps; this is for the steps that others take, such
    as parsing Markdown. In another thread than the main one, where Python delivers no signal,
    nothing is stopped.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    late = threading.Event()

    def stop() -> None:
        late.set()
        _thread.interrupt_main()

    def handle(number: int, frame: FrameType | None) -> None:
        if late.is_set():
            raise Stopped
        if callable(before):
            before(number, frame)

    timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), stop)
    timer.daemon = True
    before = signal.signal(signal.SIGINT, handle)
    timer.start()
    try:
        yield
    finally:
        try:
            timer.cancel()
            timer.join()
        finally:
            signal.signal(signal.SIGINT, before)
