"""What goes on beyond its time is stopped, and only that."""

import contextlib
import os
import signal
import sys
import threading
import time

import numpy as np
import pytest

from checkedmath.errors import ReadError
from checkedmath.timeout import EndedError, Stopped, run_apart, stopped_after


def test_what_goes_on_is_stopped_also_where_errors_are_caught():
    before = signal.getsignal(signal.SIGINT)
    started = time.monotonic()

    def go_on():
        while time.monotonic() < started + 5:
            with contextlib.suppress(Exception):
                time.sleep(0.01)

    with pytest.raises(Stopped), stopped_after(0.1):
        go_on()
    assert time.monotonic() - started < 2
    assert signal.getsignal(signal.SIGINT) is before


def test_what_ends_in_time_goes_on_undisturbed():
    with stopped_after(0.05):
        pass
    time.sleep(0.1)
    with stopped_after(float("inf")):
        pass


def test_control_c_stays_what_it_is():
    # A shell that starts the tests in the background has it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), stopped_after(5):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_ignored_control_c_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stopped_after(5):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_is_left_alone():
    done = []

    def work():
        with stopped_after(0.01):
            time.sleep(0.1)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


# -- in a process of its own ----------------------------------------------------------------------


def test_an_answer_comes_from_another_process_and_changes_nothing_here():
    found = []

    def compute():
        found.append(1)
        return os.getpid(), np.ones((300, 300))

    process, ones = run_apart(compute, 20)
    assert process != os.getpid()
    assert ones.shape == (300, 300)
    assert found == []


def test_an_error_comes_from_another_process():
    def fails():
        raise ReadError("words", 3)

    with pytest.raises(ReadError, match="words") as caught:
        run_apart(fails, 20)
    assert caught.value.offset == 3


@pytest.mark.parametrize(
    "compute", [lambda: time.sleep(60), lambda: 3 ** (3**19)], ids=["sleep", "power"]
)
def test_no_single_step_is_too_long_to_be_stopped(compute):
    started = time.monotonic()
    with pytest.raises(Stopped):
        run_apart(compute, 0.3)
    assert time.monotonic() - started < 3


def test_a_process_that_ends_is_told():
    with pytest.raises(EndedError):
        run_apart(lambda: os._exit(0), 20)


def test_no_process_is_left(monkeypatch):
    children = []
    fork = os.fork

    def noting():
        child = fork()
        children.append(child)
        return child

    monkeypatch.setattr(os, "fork", noting)
    with pytest.raises(Stopped):
        run_apart(lambda: time.sleep(60), 0.1)
    with pytest.raises(ChildProcessError):
        os.waitpid(children[0], os.WNOHANG)


def test_without_processes_it_is_computed_here(monkeypatch):
    monkeypatch.delattr(os, "fork")
    assert run_apart(os.getpid, 20) == os.getpid()


@pytest.fixture
def _no_threads(monkeypatch):
    def refuse(_self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)


@pytest.mark.usefixtures("_no_threads")
def test_without_threads_a_loop_is_stopped_wherever_it_is():
    def deep():
        while True:
            pass

    def here():
        with stopped_after(0.1):
            while True:
                pass

    before = sys.gettrace(), signal.getsignal(signal.SIGINT)
    for goes_on in (deep, lambda: [deep() for _ in range(3)]):
        started = time.monotonic()
        with pytest.raises(Stopped), stopped_after(0.1):
            goes_on()
        assert time.monotonic() - started < 2
    with pytest.raises(Stopped):
        here()
    assert (sys.gettrace(), signal.getsignal(signal.SIGINT)) == before


@pytest.mark.usefixtures("_no_threads")
def test_without_threads_what_ends_in_time_goes_on_undisturbed():
    with stopped_after(0.05):
        pass
    time.sleep(0.1)
    assert sum(range(10)) == 45

    def within_a_longer_time():
        with stopped_after(5), stopped_after(0.05):
            while True:
                pass

    with pytest.raises(Stopped):
        within_a_longer_time()
