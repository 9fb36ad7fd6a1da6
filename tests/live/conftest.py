"""A small book that is built live, in processes of its own, while a test edits it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 120
"""Seconds to wait for what must happen; a slow machine may take them."""

PAGES = {
    "index.md": """# A small book

The first page says one thing.

```{toctree}
formula
user
code
checks
```
""",
    "formula.md": """# Formula

:::{where}
- $a \\in \\mathbb{R}$
- $b \\in \\mathbb{R}$
:::

$$ c := a + b $$ (sum)

$$ 2 c = 2 a + 2 b $$ (twice)
""",
    "user.md": """# User

:::{where}
:uses: formula
:::

$$ 3 c = 3 a + 3 b $$ (thrice)

See {eq}`twice` and [the formula](formula.md).
""",
    "code.md": """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
---

# Code

```{code-cell} python
x = 6 * 7
assert x == 42
x
```
""",
    "checks.md": "# Checks\n\n```{checks}\n```\n",
}


class Live:
    """The small book, and the command that builds it live."""

    def __init__(self, folder):
        self.folder = folder
        for part in ("conf", "src"):
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        (folder / "docs").mkdir()
        for name, text in PAGES.items():
            self.write(f"docs/{name}", text)
        self.printed = []
        self.seen = 0

    def write(self, file, text):
        """Save a file as editors do: it is there at once, and whole."""
        path = self.folder / file
        path.with_suffix(".swp").write_text(text, encoding="utf-8")
        path.with_suffix(".swp").replace(path)

    def replace(self, file, old, new):
        """Edit a file."""
        text = (self.folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def python(self, *arguments, **options):
        """Start Python in the book's folder, with the book's own packages."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder / "src"), "NO_COLOR": "1"},
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **options,
        )

    def start(self):
        """Start the command, and wait until it serves."""
        self.process = self.python("-m", "conf.live", "--port", "0")
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.address = re.search(r"http://\S+", self.line("Open http"))[0]

    def stop(self):
        """Stop the command as a terminal does; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def _read(self):
        with self.process.stdout as lines:
            self.printed.extend(line.rstrip("\n") for line in lines)

    def wait_for(self, condition):
        """Wait until a condition holds, and return what it returned."""
        end = time.monotonic() + PATIENCE
        while not (found := condition()):
            assert time.monotonic() < end, "\n".join(self.printed)
            time.sleep(0.02)
        return found

    def lines(self, part):
        """Return the lines with this in them that were printed since the test began."""
        return [line for line in self.printed[self.seen :] if part in line]

    def line(self, part):
        """Wait until a line with this in it is printed, and return it."""
        return self.wait_for(lambda: self.lines(part))[-1]

    def build(self, file, old, new):
        """Edit a file, and wait until a build of the edit is served."""
        before = re.search(r'data-build="(\d+)"', self.get("index.html")[1])[1]
        self.replace(file, old, new)
        assert self.get(f"-/built?after={before}")[1].endswith("data: built\n\n")

    def files(self, folder):
        """Return the files of a folder, by name."""
        root = self.folder / folder
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }

    def get(self, page):
        """Return the status and the HTML of a page as it is served now."""
        try:
            with urllib.request.urlopen(self.address + page, timeout=PATIENCE) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def page(self, name, part, *, gone=False, status=200):
        """Wait until a page is served with this in it, or without it, and return its HTML."""

        def served():
            code, html = self.get(name)
            return html if code == status and (part in html) != gone else ""

        return self.wait_for(served)


@pytest.fixture
def live(running):
    """Return the running small book, for a test that mends what it breaks."""
    running.seen = len(running.printed)
    return running


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """Return the small book, built live for all tests of a module."""
    book = Live(tmp_path_factory.mktemp("live").resolve())
    book.start()
    yield book
    book.stop()
