"""What goes on beyond its time is stopped, and only that."""

import contextlib
import signal
import threading
import time

import pytest

from checkedmath.stopping import Stopped, stopped_after


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
