"""Stop what goes on beyond its time, wherever it is."""

from __future__ import annotations

import _thread
import contextlib
import os
import pickle
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, TypeVar

_T = TypeVar("_T")

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
    try:
        clock.start()
    except RuntimeError:  # No thread can start: a browser's Python has one alone.
        signal.signal(signal.SIGINT, before)
        with _stopped_between_lines(seconds):
            yield
        return
    try:
        yield
    finally:
        try:
            ended.set()
            clock.join()
        finally:
            signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _stopped_between_lines(seconds: float) -> Iterator[None]:
    """
    Raise `Stopped` at the first line of Python that begins after the time.

    It needs no thread. It slows Python down, does not stop a single long step of another language,
    and stops what catches everything only once.
    """
    deadline = time.monotonic() + seconds

    def look(*_event: object) -> Callable[..., Any]:
        if time.monotonic() > deadline:
            raise Stopped
        return look

    before = sys.gettrace()
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 (as debuggers find it)
    callers = []
    while frame := frame.f_back if frame else None:
        callers.append((frame, frame.f_trace))
        frame.f_trace = look
    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(before)
        for caller, its_own in callers:
            caller.f_trace = its_own


def _interrupt() -> None:
    """Interrupt the main thread, also where it waits for the system, if the system can."""
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()


# -- in a process of its own ----------------------------------------------------------------------


class EndedError(Exception):
    """A process ended without an answer."""


def run_apart(compute: Callable[[], _T], seconds: float) -> _T:
    """
    Return what is computed in a process of its own, which is ended with its time.

    So nothing that it does changes this process, and no single step is too long to be stopped.
    Where no process can be forked, it is computed here.

    Raises
    ------
    Stopped
        If the time is over.
    EndedError
        If the process has ended without an answer.
    """
    if not hasattr(os, "fork"):
        with stopped_after(seconds):
            return compute()
    deadline = time.monotonic() + seconds
    answers, ours = os.pipe()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        # Of threads: there is that of `stopped_after`, which only waits.
        child = os.fork()
    if not child:
        os.close(answers)
        _answer(compute, ours)
    os.close(ours)
    try:
        answer = _answer_of(answers, deadline)
    finally:
        os.close(answers)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not answer:
        raise EndedError
    # It comes from our own process, and holds what it has computed.
    good, value = pickle.loads(answer)  # noqa: S301
    if good:
        found: _T = value
        return found
    raise value


def _answer(compute: Callable[[], object], ours: int) -> None:
    """Compute, write the answer, and end the process, whatever happens."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        try:
            answer = pickle.dumps((True, compute()))
        except Exception as error:  # noqa: BLE001 (it is raised where the answer is waited for)
            answer = pickle.dumps((False, error))
        while answer:
            answer = answer[os.write(ours, answer) :]
    finally:
        os._exit(0)


def _answer_of(answers: int, deadline: float) -> bytes:
    """Read until the other end closes; raise `Stopped` at the deadline."""
    found = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([answers], [], [], left)[0]:
            raise Stopped
        piece = os.read(answers, 1 << 20)
        if not piece:
            return found
        found += piece
