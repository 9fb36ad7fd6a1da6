"""A build that was killed, or met a full disk, and one that is begun while another runs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PAGE = """---
jupytext:
  text_representation:
    format_name: myst
kernelspec:
  name: python3
---

# {name}

```{{code-cell}} python
import time
from pathlib import Path

while "{name}" == "second" and not Path("go").exists():
    time.sleep(0.1)
print("{name} " + "has run")
```
"""
# It ends as by `kill -9` when the pages are written, and the search's index is not.
STOP = """
import os, signal

def stop(app, page, *rest):
    if page == "genindex" and "STOP" in os.environ:
        os.kill(os.getpid(), signal.SIGKILL)

def setup(app):
    app.connect("html-page-context", stop)
"""


class Small:
    """A book of three pages, of which the third has a cell that ends when `docs/go` is there."""

    def __init__(self, folder):
        self.docs, self.build_folder = folder / "docs", folder / "build"
        self.docs.mkdir()
        (self.docs / "index.md").write_text("# Index\n\n```{toctree}\nfirst\nsecond\n```\n")
        for name in ("first", "second"):
            (self.docs / f"{name}.md").write_text(PAGE.format(name=name))
        (folder / "stop.py").write_text(STOP)

    def start(self, html="html", **variables):
        cells = f"nb_execution_cache_path={self.build_folder / 'cells' / 'now'}"
        extensions = "extensions=myst_nb,conf.execution,stop"
        options = ["-W", "-C", "-D", extensions, "-D", cells, "-D", "nb_execution_mode=cache"]
        path = f"{self.docs.parent}{os.pathsep}{ROOT}"
        kernels = str(ROOT / "conf" / "jupyter")
        own = {"NO_COLOR": "1", "PYTHONPATH": path, "JUPYTER_PATH": kernels}
        return subprocess.Popen(
            [sys.executable, "-m", "sphinx", *options, self.docs, self.build_folder / html],
            env=os.environ | own | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def build(self, html="html", **variables):
        run = self.start(html, **variables)
        printed, _ = run.communicate()
        return run.returncode, printed

    def files(self, html="html"):
        folder = self.build_folder / html
        return {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and ".doctrees" not in path.parts
        }


@pytest.fixture
def book(tmp_path):
    return Small(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_the_build_after_one_that_was_killed_is_as_a_clean_one(book):
    (book.docs / "go").touch()
    assert book.build("clean")[0] == 0
    assert book.build(STOP="1")[0] == -signal.SIGKILL
    # As when the disk is full.
    (style,) = [name for name in book.files("clean") if "mystnb" in name.name]
    cut_off = book.build_folder / "html" / style
    cut_off.parent.mkdir(exist_ok=True)
    cut_off.write_text("")
    code, printed = book.build()
    assert code == 0, printed
    assert book.files() == book.files("clean")
    assert not list(book.build_folder.rglob("unfinished"))


def test_a_second_build_at_once_is_refused_and_the_cells_of_a_killed_one_run_again(book):
    running = book.start()
    while not (stored := list(book.build_folder.glob("cells/now/executed/*/base.ipynb"))):
        assert running.poll() is None
        time.sleep(0.1)
    code, printed = book.build("other")
    assert code
    assert f"another build is running in {book.build_folder}: wait until it has ended" in printed
    assert not (book.build_folder / "other" / "index.html").exists()
    running.kill()
    running.wait()
    running.stdout.close()
    # As when it is killed while it writes.
    stored[0].write_text("{")
    (book.docs / "go").touch()
    code, printed = book.build()
    assert code == 0, printed
    for name in ("first", "second"):
        assert f"{name} has run".encode() in book.files()[Path(f"{name}.html")]
