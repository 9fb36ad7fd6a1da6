"""The directive ``implementation`` in a build."""

import re
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'")

RIGHT = '''
from handmade.helping import scale


def gradient(X, A):
    """Say at length what it does."""
    return scale(X @ A.T, X.shape[1])
'''
HELPING = "def scale(total, m):\n    return total / m\n"
BLOCK = """
:::{implementation} handmade.batch.gradient
:arguments: X, A
:returns: dw, \\frac{1}{m} X A^\\top
:::
"""
ONE = BLOCK.replace(", \\frac{1}{m} X A^\\top", "")


@pytest.fixture
def handmade(project, page, package):
    package("batch", RIGHT)
    package("helping", HELPING)
    project.write("index", page + ONE.replace("dw", r"\frac{1}{m} X A^\top"))
    return package


@pytest.mark.usefixtures("handmade")
def test_the_function_is_shown_without_its_docstring(project):
    assert project.build()[1] == []
    html = project.html()
    (box,) = re.findall(r'<div class="checked-implementation.*?</div>\n</div>', html, re.DOTALL)
    text = re.sub("<[^>]*>", "", box)
    assert "handmade.batch.gradient returns" in text
    assert "def gradient(X, A):\n    return scale(X @ A.T, X.shape[1])" in text
    assert "Say at length" not in text
    assert "checked-mark-holds" in box
    assert "Executed: 1 value compared with the function" in box


def test_a_label_is_a_reference(project, page, package):
    package("batch", RIGHT)
    package("helping", HELPING)
    labelled = page.replace(
        r"\frac{\partial J}{\partial w} = \frac{1}{m} X A^\top",
        r"\frac{1}{m} X A^\top = \frac{\partial J}{\partial w}",
    )
    labelled = (
        labelled.replace("*mean*\n", "").replace("::::{side-by-side}\n", "").replace("::::", "")
    )
    project.write(
        "index",
        labelled.replace("\\frac{\\partial \\mathcal{L}}{\\partial w} = a x", "m = m") + ONE,
    )
    assert project.build()[1] == []
    assert re.search(r' returns <a [^>]*href="#equation-dw"', project.html())


def test_a_changed_function_checks_the_page_again(project, handmade):
    assert project.build()[1] == []
    assert project.build() == ([], [])
    handmade("batch", RIGHT.replace("X @ A.T", "2 * X @ A.T"))
    read, warnings = project.build()
    assert read == ["index"]
    assert len(warnings) == 1
    assert warnings[0].startswith("index.md:32: WARNING: differs: ")
    assert "off by exactly 2: the left side is twice the right side" in warnings[0]


def test_a_changed_module_beside_it_checks_the_page_again(project, handmade):
    assert project.build()[1] == []
    handmade("helping", HELPING.replace(" / m", ""))
    read, warnings = project.build()
    assert read == ["index"]
    assert "off by exactly m" in warnings[0]
    handmade("helping", HELPING)
    assert project.build() == (["index"], [])


def test_a_function_that_is_renamed_fails_the_page(project, handmade):
    assert project.build()[1] == []
    handmade("batch", RIGHT.replace("def gradient", "def gradients"))
    warnings = project.build()[1]
    assert any(
        "undeclared: the module handmade.batch has no function gradient; the nearest is gradients"
        in warning
        for warning in warnings
    )
    assert project.build() == (["index"], warnings)


@pytest.mark.usefixtures("handmade")
@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("handmade.batch.gradient", "gradient", "expected package.module.function; found gradient"),
        (":returns:", ":results:", "say what the function returns: :returns: labels"),
    ],
)
def test_a_directive_without_its_parts_is_told_once(project, right, wrong, words):
    text = (project.folder / "index.md").read_text(encoding="utf-8")
    project.write("index", text.replace(right, wrong))
    warnings = [w for w in project.build()[1] if "checkedmath" in w or words in w]
    assert len(warnings) == 1
    assert words in warnings[0]
    assert warnings[0].startswith("index.md:32: WARNING: unreadable")


def test_functions_stand_side_by_side_in_every_format(project, page, package):
    package("batch", RIGHT)
    package("helping", HELPING)
    package("one", "def gradient(x, a):\n    return a * x\n")
    one = ONE.replace("handmade.batch", "handmade.one").replace("X, A", "x, a")
    one = one.replace("returns: dw", r"returns: \frac{\partial \mathcal{L}}{\partial w}")
    batch = ONE.replace("returns: dw", r"returns: \frac{\partial J}{\partial w}")
    project.write("index", f"{page}\n::::{{side-by-side}}{one}\n*mean*\n{batch}::::\n")
    assert project.build()[1] == []
    html = project.html()
    assert len(re.findall(r'"found-word found-mean"', html)) == 2
    assert html.count('class="checked-implementation') == 2
    for builder in ("text", "latex"):
        assert project.build(builder)[1] == []
    text = (project.folder / "_build" / "text" / "index.txt").read_text(encoding="utf-8")
    assert "return a * x" in text


def test_code_under_an_equation_stays_on_its_side(project, page, package):
    package("batch", RIGHT)
    package("helping", HELPING)
    under = "$$ (one-dw)\n\n```python\ndw = a * x\n```\n"
    text = page.replace("$$ (one-dw)\n", under)
    batch = ONE.replace("returns: dw", r"returns: \frac{\partial J}{\partial w}")
    text = text.replace("$$ (dw)\n", f"$$ (dw)\n{batch}")
    project.write("index", text)
    assert project.build()[1] == []
    cells = re.findall(r"<td>(.*?)</td>", project.html().split("side-by-side")[-1], re.DOTALL)
    left, word, right = (re.sub(r"<[^>]*>", "", cell) for cell in cells)
    assert "dw = a * x" in left
    assert "mean" in word
    assert "return scale(X @ A.T" in right


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("    return 3 ** (3**19) * X", "timeout: handmade.batch.gradient did not end within the"),
        ("    while True:\n        pass", "timeout: handmade.batch.gradient did not end within"),
        ("    os._exit(0)", "differs: handmade.batch.gradient has ended the process that ran it"),
        ("    X *= 2\n    return X @ A.T", "changes its argument X"),
    ],
)
def test_a_function_does_not_hold_the_build_up(project, page, package, body, words):
    package("batch", f"import os\n\n\ndef gradient(X, A):\n{body}\n")
    project.write("index", page + ONE.replace("dw", r"\frac{1}{m} X A^\top"))
    started = time.monotonic()
    warnings = project.build(checkedmath_timeout=2)[1]
    assert any(words in warning for warning in warnings)
    assert time.monotonic() - started < 20


DOES = """import os

import numpy as np


def gradient(X, A):
    found = X @ A.T / X.shape[1]
    os.chdir("/")
    np.matmul = None
    return found
"""


def test_what_a_function_does_to_its_process_is_not_done_to_the_build(project, page, package):
    package("batch", DOES)
    project.write("index", page + ONE.replace("dw", r"\frac{1}{m} X A^\top"))
    before = Path.cwd(), np.matmul
    assert project.build()[1] == []
    assert (Path.cwd(), np.matmul) == before


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"checkedmath_run_code": False}, "this build runs no code that a page names"),
        ({"checkedmath_packages": ["other"]}, "and only functions of the packages in"),
    ],
)
def test_a_function_that_may_not_be_run_is_not_imported(project, page, package, settings, words):
    package("batch", "raise SystemError\n")
    project.write("index", page + ONE.replace("dw", r"\frac{1}{m} X A^\top"))
    warnings = project.build(**settings)[1]
    (found,) = [e.finding for e in project.entries() if e.finding.kind == "function"]
    assert found.status == "unchecked"
    assert words in found.diagnosis
    assert found.passes is (warnings == [])
    assert not any(name.startswith("handmade") for name in sys.modules)
