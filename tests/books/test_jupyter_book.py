"""A book of Jupyter Book 1, built by its own command."""

import json
import subprocess
import sys

import pytest

CONFIG = """title: A small book
execute:
  execute_notebooks: "off"
sphinx:
  extra_extensions:
    - checkedmath.sphinxext
"""
TOC = "format: jb-book\nroot: intro\nchapters:\n  - file: note\n"
INTRO = r"""# Least squares

:::{where}
- $X \in \mathbb{R}^{n \times m}$: the inputs, one example a column
- $y \in \mathbb{R}^m$: what to predict
- $w \in \mathbb{R}^n$: the weights
:::

$$
J := \frac{1}{2m} \| X^\top w - y \|^2
$$ (cost)

$$
\frac{\partial J}{\partial w} = \frac{1}{m} X (X^\top w - y)
$$ (dw)
"""
NOTE = r"""# A notebook

:::{where}
- $a \in \mathbb{R}^n$: a vector
:::

$$
\| a \|^2 = a^\top a
$$
"""


@pytest.fixture
def build(tmp_path):
    """Return a function that builds the book: its exit code, what it said, and the HTML."""

    def build(intro, note):
        lines = note.splitlines(keepends=True)
        cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": lines}
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        files = {
            "_config.yml": CONFIG,
            "_toc.yml": TOC,
            "intro.md": intro,
            "note.ipynb": json.dumps(notebook, indent=1),
        }
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        code = "import sys; from jupyter_book.cli.main import main; sys.exit(main())"
        command = (sys.executable, "-c", code, "build", "-W", "--keep-going", ".")
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        pages = [
            path.read_text("utf-8")
            for path in (tmp_path / "_build" / "html").glob("*.html")
            if path.stem in {"intro", "note"}
        ]
        return done.returncode, done.stdout + done.stderr, pages

    return build


def test_a_book_that_holds_is_built_with_its_marks(build):
    code, said, pages = build(INTRO, NOTE)
    assert code == 0, said
    assert "WARNING" not in said
    assert [page.count("checked-mark-holds") for page in pages] == [1, 1]


def test_a_mistake_in_a_page_and_in_a_notebook_fails_the_build(build, tmp_path):
    wrong = INTRO.replace(r"= \frac{1}{m} X (", "= X (")
    code, said, _ = build(wrong, NOTE.replace("a^\\top a", "a^\\top a + 1"))
    lines = (tmp_path / "note.ipynb").read_text("utf-8").splitlines()
    (line,) = (number for number, text in enumerate(lines, start=1) if "a + 1" in text)
    assert code != 0
    assert "intro.md:14: WARNING: (dw) differs" in said
    assert "a 1/m is missing" in said
    assert f"note.ipynb:{line}: WARNING: differs" in said
