"""Start the worker, ask it for builds, and start it again after an edit of the code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """
    What a build told.

    Attributes
    ----------
    problem : str
        Why there was no build; empty if there was one.
    warnings : list of str
        Each with file and line where it has one.
    """

    problem: str
    warnings: list[str]
    seconds: float

    @property
    def messages(self) -> list[str]:
        """What is to be mended."""
        return [self.problem, *self.warnings] if self.problem else self.warnings


class Builder:
    """A worker, and another one when it has to begin anew."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start a worker, which gets ready while nobody waits."""
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "conf.live.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            # Ctrl+C is for this process, which stops the worker.
            start_new_session=True,
        )

    def stop(self) -> None:
        """Stop the worker, and what it has started."""
        if hasattr(os, "killpg"):
            os.killpg(self._worker.pid, signal.SIGKILL)
        else:
            self._worker.kill()
        with self._worker:
            pass

    def build(self) -> Report:
        """Build the book as its files are now."""
        try:
            self._worker.stdin.write("build\n")
            self._worker.stdin.flush()
            answer = self._worker.stdout.readline()
        except OSError:
            answer = ""
        if not answer:
            code = self._worker.wait()
            self.start()
            return Report(f"The build ended by itself, with exit code {code}.", [], 0)
        if not hasattr(os, "fork"):
            self.stop()
            self.start()
        return Report(**json.loads(answer))
