"""Lines of NumPy under the equations of a row: run by the build, compared, and shown."""

import json
import re

import pytest

pytestmark = [
    pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

ONE, BATCH = "dL_dw = a * x", "dJ_dw = X @ A.T / m"
LINES = (
    f"a x\n$$ (one-dw)\n\n```numpy\n{ONE}\n```\n",
    f"A^\\top\n$$ (dw)\n\n```numpy\n{BATCH}\n```\n",
)

RST = r"""Page
====

.. where::

   - :math:`X \in \mathbb{R}^{n \times m}`: the inputs
   - :math:`w \in \mathbb{R}^{n}`: the weights

.. math:: A := w^\top X

.. math::

   \mathcal{L}^{(i)} := \frac{1}{2} a^{(i)} a^{(i)}, \qquad
   J := \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}

.. side-by-side::

   .. math:: \frac{\partial \mathcal{L}}{\partial w} = a x

   .. code-block:: numpy

      dL_dw = a * x

   .. math:: \frac{\partial J}{\partial w} = \frac{1}{m} X A^\top

   .. code:: numpy

      dJ_dw = BATCH
"""


@pytest.fixture
def written(project, page):
    """Return a function that writes the page with its lines, some of them changed."""

    def write(one=ONE, batch=BATCH, page=page):
        text = page.replace("a x\n$$ (one-dw)\n", LINES[0].replace(ONE, one))
        project.write("index", text.replace("A^\\top\n$$ (dw)\n", LINES[1].replace(BATCH, batch)))

    write()
    return write


def shown(project):
    return re.findall(r'<p class="numpy-line"><code>(.*?)</code>', project.html())


@pytest.mark.usefixtures("written")
def test_lines_are_shown_under_their_row(project):
    assert project.build(checkedmath_python_names={})[1] == []
    assert shown(project) == [ONE, BATCH]
    (notes,) = re.findall(r'<tr class="row-notes">(.*?)</tr>', project.html())
    assert "<details><summary>NumPy</summary>" in notes
    assert project.html().count(BATCH) == 1  # and not as a block of code


def test_names_are_those_of_the_book(project, written):
    names = {r"\mathcal{L}": "loss", "X": "inputs"}
    assert len(project.build(checkedmath_python_names=names)[1]) == 2
    written("dloss_dw = a * x", "dJ_dw = inputs @ A.T / m")
    assert project.build(checkedmath_python_names=names)[1] == []


def test_a_wrong_line_is_a_warning_at_its_place_and_is_not_shown(project, written):
    written(batch="dJ_dw = X @ A.T")
    source = (project.folder / "index.md").read_text("utf-8").split("\n")
    for _ in range(2):  # the next build reads the page again
        (warning,) = project.build()[1]
        assert warning == (
            f"index.md:{source.index('dJ_dw = X @ A.T') + 1}: WARNING: the line of NumPy dJ_dw = "
            "X @ A.T: it is not what the equation says (the line is the left side): off by exactly "
            "m: the left side is m times the right side; a 1/m is missing on the left or too many "
            "on the right [checkedmath.numpy]"
        )
        assert shown(project) == [ONE]
    written()
    assert project.build()[1] == []
    assert shown(project) == [ONE, BATCH]


def test_a_line_may_be_the_second_of_its_block(project, written):
    written(batch="\n# first\nm = m\ndJ_dw = (\n    X @ A.T\n    / n\n)")
    source = (project.folder / "index.md").read_text("utf-8").split("\n")
    first, second = project.build()[1]
    start = f"index.md:{source.index('m = m') + 1}: WARNING: the line of NumPy m = m: "
    assert first == f"{start}the equation gives a value to dJ_dw, and not to m [checkedmath.numpy]"
    assert second.startswith(f"index.md:{source.index('dJ_dw = (') + 1}: WARNING: ")


def test_each_format_reads_the_same_lines(project):
    (project.folder / "index.md").unlink()
    for text, wrong in (("X @ A.T / m", ""), ("X @ A / m", "ValueError"), ("X @ A.T / n", "it ")):
        (project.folder / "index.rst").write_text(RST.replace("BATCH", text), "utf-8")
        warnings = project.build()[1]
        assert len(warnings) == bool(wrong)
        if wrong:
            start = f"index.rst:28: WARNING: the line of NumPy dJ_dw = {text}: {wrong}"
            assert warnings[0].startswith(start)
        assert shown(project)[:1] == [ONE]


@pytest.mark.parametrize(("batch", "wrong"), [(BATCH, False), ("dJ_dw = X @ A.T", True)])
def test_a_notebook(project, written, batch, wrong):
    written(batch=batch)
    text = (project.folder / "index.md").read_text("utf-8")
    (project.folder / "index.md").unlink()
    notebook = {
        "cells": [
            {"cell_type": "markdown", "id": "a", "metadata": {}, "source": text.splitlines(True)}
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    source = json.dumps(notebook, indent=1)
    (project.folder / "index.ipynb").write_text(source, "utf-8")
    settings = {"extensions": ["myst_nb", "checkedmath.sphinxext"], "nb_execution_mode": "off"}
    warnings = project.build(**settings)[1]
    assert len(warnings) == wrong
    if wrong:
        line = next(n for n, each in enumerate(source.split("\n"), 1) if batch in each)
        assert warnings[0].startswith(f"index.ipynb:{line}: WARNING: the line of NumPy {batch}: ")
    assert shown(project) == ([ONE] if wrong else [ONE, BATCH])


def test_lines_are_not_run_where_no_code_is(project, written):
    written(batch="dJ_dw = 9 ** 9 ** 9 ** 9")
    assert project.build(checkedmath_run_code=False)[1] == []
    assert shown(project) == []


def test_lines_of_a_row_that_does_not_hold_are_not_run_and_nothing_is_said_of_them(
    project, written, page
):
    written(page=page.replace("*mean*", "*sum*"))
    (warning,) = project.build()[1]
    assert "expected *sum*" in warning
    assert shown(project) == []


def test_lines_of_an_excused_row_are_said_not_to_be_run(project, page):
    start = page.index("$$\n\\frac{\\partial J}{\\partial w}")
    end = page.index("$$ (dw)")
    latex = page[start + 3 : end]
    excused = (
        f"```{{math}}\n:label: dw\n:unchecked: a sketch\n\n{latex}```\n\n```numpy\n{BATCH}\n```"
    )
    project.write("index", page[:start] + excused + page[end + len("$$ (dw)") :])
    (warning,) = project.build()[1]
    assert f"{BATCH}: it was not run: its row is excused" in warning
    assert shown(project) == []


def test_a_line_above_its_equation_is_refused(project, page):
    project.write(
        "index",
        page.replace("::::{side-by-side}\n", f"::::{{side-by-side}}\n```numpy\n{ONE}\n```\n"),
    )
    (warning,) = project.build()[1]
    assert "lines of NumPy stand under the equation that they compute" in warning


def test_outside_of_a_row_it_is_code(project, page):
    project.write("index", f"{page}\n```numpy\ndJ_dw = X\n```\n")
    assert project.build()[1] == []
    assert shown(project) == []
    assert '<div class="highlight-numpy' in project.html()


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("builder", ["text", "latex"])
def test_other_formats_have_no_lines(project, builder):
    assert project.build(builder)[1] == []
    folder = project.folder / "_build" / builder
    (file,) = [*folder.glob("*.txt"), *folder.glob("*.tex")]
    assert BATCH not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "open('evil', 'w')",
        "__import__('os').system('touch evil')",
        "X.tofile('evil')",
        "np.save('evil', X)",
        "[c for c in ().__class__.__base__.__subclasses__()][0]",
        "X.dump('evil')",
        "np.ones((10**9, 10**9))",
        "np.exp(X, X) @ A.T / m",
        "sum(range(10**15))",
    ],
)
def test_a_hostile_line_does_nothing(project, written, text):
    written(batch=f"dJ_dw = {text}")
    before = {each.name for each in project.folder.iterdir()} | {"_build", "_doctrees"}
    (warning,) = project.build(checkedmath_timeout=3.0)[1]
    assert f"WARNING: the line of NumPy dJ_dw = {text}: " in warning
    assert {each.name for each in project.folder.iterdir()} <= before
    assert shown(project) == [ONE]
