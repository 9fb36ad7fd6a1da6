"""Cells: never stale, and a failure is told with file, line and exception, each time."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conf import execution
from conf.execution import cache_path

ROOT = Path(__file__).parents[2]


@pytest.fixture
def paths(tmp_path, monkeypatch):
    """Return a function that names the cache for a small book, after an edit."""
    for name in ("src/package/code.py", "docs/page.md", "docs/data.toml", "conf/matplotlibrc"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("before", encoding="utf-8")
    kernel = tmp_path / "conf" / "kernel.json"
    kernel.write_text("before", encoding="utf-8")
    monkeypatch.setattr(execution, "ROOT", tmp_path)
    monkeypatch.setattr(execution, "CONF", tmp_path / "conf")
    monkeypatch.setattr(execution, "KERNEL", kernel)

    def named(name=None, text="after"):
        if name:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return cache_path()

    return named


@pytest.mark.parametrize(
    "name",
    [
        "src/package/code.py",
        "src/package/grammar.lark",
        "src/other/new.py",
        "docs/data.toml",
        "docs/deep/table.csv",
        "conf/matplotlibrc",
        "conf/kernel.json",
    ],
)
def test_an_edit_gives_another_cache_and_undoing_it_finds_the_first(paths, name):
    first = paths()
    edited = paths(name)
    assert edited != first
    assert paths(name, "before again") not in {first, edited}
    if "new" not in name and "deep" not in name and "grammar" not in name:
        assert paths(name, "before") == first


@pytest.mark.parametrize("name", ["docs/page.md", "src/package/__pycache__/code.pyc"])
def test_a_page_and_compiled_code_leave_the_cache_as_it_is(paths, name):
    first = paths()
    assert paths(name) == first


def test_another_library_gives_another_cache(paths, monkeypatch):
    first = paths()
    monkeypatch.setattr(execution, "version", lambda _name: "0")
    assert paths() != first


HEAD = """---
jupytext:
  text_representation:
    format_name: myst
kernelspec:
  name: python3
---

# Page

```{code-cell} python
1
```


+++

"""

FAILING = {
    "syntax": ("x = 1\n\ny = (", 3, "SyntaxError"),
    "statement": ("x = 1\n1 / 0", 2, "ZeroDivisionError: division by zero"),
    "called": ("def f():\n    1 / 0\n\n\nf()", 5, "ZeroDivisionError: division by zero"),
    "assert": ("x = 1\nassert x == 2", 2, "AssertionError: assert x == 2"),
    "time": ("import time\n\ntime.sleep(60)", 3, "it did not finish in 2 s"),
}


@pytest.fixture
def warnings(tmp_path):
    """Return a function that builds the page of a folder, and returns its warnings."""
    options = ["extensions=myst_nb,conf.execution", "nb_execution_mode=cache"]
    options += [f"nb_execution_cache_path={tmp_path / 'cells'}", "nb_execution_timeout=2"]
    options += ["suppress_warnings=mystnb.exec"]
    settings = [part for option in options for part in ("-D", option)]
    docs = tmp_path / "docs"
    docs.mkdir()

    def build():
        run = subprocess.run(
            [sys.executable, "-m", "sphinx", "-W", "-C", *settings, docs, tmp_path / "html"],
            cwd=ROOT,
            env=os.environ | {"NO_COLOR": "1", "JUPYTER_PATH": str(ROOT / "conf" / "jupyter")},
            capture_output=True,
            text=True,
            check=False,
        )
        found = [line for line in run.stderr.splitlines() if "WARNING:" in line]
        assert bool(found) == bool(run.returncode), run.stdout + run.stderr
        return [line.removeprefix(f"{docs}/") for line in found]

    return build


@pytest.mark.parametrize("name", FAILING)
def test_a_failing_cell_is_named_by_its_line_until_it_is_mended(tmp_path, warnings, name):
    code, line, words = FAILING[name]
    text = f"{HEAD}```{{code-cell}} python\n:tags: [hide-input]\n\n{code}\n```\n"
    first = text[: text.index("[hide-input]")].count("\n") + 2
    page = tmp_path / "docs" / "index.md"
    page.write_text(text, encoding="utf-8")
    (warning,) = warnings()
    assert warning.startswith(f"index.md:{first + line}: WARNING: cell failed: {words}")
    assert warnings() == [warning]
    page.write_text(text.replace(code, "2"), encoding="utf-8")
    assert warnings() == []


def test_a_cell_that_is_meant_to_fail_is_none(tmp_path, warnings):
    text = f"{HEAD}```{{code-cell}} python\n:tags: [raises-exception]\n\n1 / 0\n```\n"
    (tmp_path / "docs" / "index.md").write_text(text, encoding="utf-8")
    assert warnings() == []


def test_what_a_cell_prints_comes_in_one_piece(tmp_path, warnings):
    code = "import time\n\nfor n in range(3):\n    print(n, end=' ')\n    time.sleep(0.4)"
    text = f"{HEAD}```{{code-cell}} python\n{code}\n```\n"
    (tmp_path / "docs" / "index.md").write_text(text, encoding="utf-8")
    assert warnings() == []
    assert "0 1 2" in (tmp_path / "html" / "index.html").read_text("utf-8")


@pytest.mark.book
def test_an_edit_of_the_package_runs_every_page_again_and_undoing_it_none(broken):
    assert broken.book.build()[0] == 0
    texts = [path.read_text("utf-8") for path in (broken.book.folder / "docs").rglob("*.md")]
    pages = [text for text in texts if "\n```{code-cell}" in text]
    cells = broken.book.folder / "build" / "cells"
    before = set(cells.iterdir())
    old, new = "\nclass Layer", "\n# An edit.\nclass Layer"
    broken("src/oneoverm/layers.py", old, new)
    assert broken.book.build()[0] == 0
    (made,) = set(cells.iterdir()) - before
    assert len(list((made / "executed").iterdir())) == len(pages) > 1
    broken("src/oneoverm/layers.py", new, old)
    printed = broken.book.build()[1]
    assert len(re.findall("Using cached notebook", printed)) == len(pages)
    assert set(cells.iterdir()) == {made, *before}
