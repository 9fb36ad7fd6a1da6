"""Notebooks, of JSON and of text: cells' equations and what cells put out are checked, too."""

import json
import re

import pytest

from .conftest import Project

pytestmark = [
    pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

CONF = """
extensions = ["myst_nb", "checkedmath.sphinxext"]
nb_execution_mode = "off"
nb_render_markdown_format = "FORMAT"
"""
HEAD = """---
file_format: mystnb
kernelspec:
  name: python3
---

# Page

"""
WHERE = ":::{where}\n- $a \\in \\mathbb{R}$: a number\n:::\n"
CELL = "```{code-cell} ipython3\n1 + 1\n```\n"
TRUTHS = {"true": "a + a = 2 a", "false": "a + a = 3 a"}
TEXTS = {
    "one": f"{WHERE}\n$$ CLAIM $$\n",
    "behind-a-cell": f"{WHERE}\n{CELL}\n$$\nCLAIM\n$$\n",
    "right-behind-a-cell": f"{WHERE}\n{CELL}$$\nCLAIM\n$$\n",
    "blank-lines": f"\n\n\n{WHERE}\n\n\n\n{CELL}\n\n\n\n\n$$\nCLAIM\n$$\n",
    "block-breaks": f"{WHERE}\n+++\n\n\n\nWords.\n\n+++\n\n\n\n$$ CLAIM $$\n",
    "many-cells": WHERE + f"\n\n\n{CELL}\n\n\nWords.\n\n\n" * 9 + "$$ CLAIM $$\n",
    "the-same-above": (
        f"{WHERE}\n$$ a + a = a + a $$\n\n\n\n{CELL}\n\n\n\n```\n$$ CLAIM $$\n```\n\n\n\n\n{CELL}"
        "\n\n\n\nWords.\n\n\n\n\n$$ CLAIM $$\n"
    ),
    "in-a-list": f"{WHERE}\n\n\n{CELL}\n\n\n- item\n\n  $$\n  CLAIM\n  $$\n",
    "eval-rst": f"{WHERE}\n\n\n{CELL}\n\n\n```{{eval-rst}}\n.. math:: CLAIM\n```\n",
    "footnote": f"{WHERE}\n\n\n{CELL}\n\n\nWords.[^one]\n\n[^one]: See\n\n    $$ CLAIM $$\n",
    "in-a-line": f"{WHERE}\n\n\n{CELL}\n\n\nWords\nand more, {{checked}}`CLAIM` of\nthem.\n",
    "in-a-declaration": f"{CELL}\n\n\n{WHERE}- $b \\in \\mathbb{{R}}$: CLAIM\n".replace(
        ":::\n- $b", "- $b"
    ).replace("CLAIM", "{checked}`CLAIM`")
    + ":::\n",
}


def markdown(*texts):
    return [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]


def output(data, **metadata):
    out = {"output_type": "display_data", "data": data, "metadata": {}}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": "show()",
        "execution_count": 1,
        "outputs": [out],
    }


NOTEBOOKS = {
    "cell": markdown(WHERE, "$$\nCLAIM\n$$"),
    "one-cell": markdown(f"{WHERE}\n\nWords.\n\n$$ CLAIM $$ (NAME)"),
    "in-a-line": markdown(WHERE, "Some {checked}`CLAIM`."),
    "lines": [
        {"cell_type": "markdown", "metadata": {}, "source": [f"{WHERE}\n", "$$\n", "CLAIM\n", "$$"]}
    ],
    "code-between": [*markdown(WHERE), output({"text/plain": "1"}), *markdown("$$ CLAIM $$")],
    "markdown-output": [*markdown(WHERE), output({"text/markdown": "$$ CLAIM $$"})],
    "latex-output": [*markdown(WHERE), output({"text/latex": "$\\displaystyle CLAIM$"})],
    "two-outputs": [
        *markdown(WHERE),
        output({"text/markdown": "$$ a = a $$"}),
        output({"text/markdown": "Words.\n\n$$ CLAIM $$"}),
    ],
}
UNSAID = {
    "no-relation": [*markdown(WHERE), output({"text/latex": "$\\displaystyle CLAIM$"})],
    "no-relation-in-markdown": [*markdown(WHERE), output({"text/markdown": "$$ CLAIM $$"})],
    "a-matrix": [
        *markdown(WHERE),
        output({"text/latex": "$\\left[\\begin{matrix}x\\end{matrix}\\right]$"}),
    ],
    "excused": [
        *markdown(WHERE),
        output({"text/markdown": "$$ 1 = CLAIM $$"}, unchecked="SymPy has found it"),
    ],
}


def notebook(cells, claim, name):
    cells = [{"id": str(number), **cell} for number, cell in enumerate(cells)]
    text = json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1
    )
    return text.replace("CLAIM", claim).replace("NAME", name)


def book(folder, pages, form="myst"):
    project = Project(folder)
    (folder / "conf.py").write_text(CONF.replace("FORMAT", form), encoding="utf-8")
    project.write("index", "# Book\n\n```{toctree}\n:glob:\n*\n```\n")
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    _, project.warnings = project.build()
    return project


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    pages = {
        f"{name}-{truth}.md": HEAD + text.replace("CLAIM", claim)
        for name, text in TEXTS.items()
        for truth, claim in TRUTHS.items()
    }
    return book(tmp_path_factory.mktemp("texts"), pages)


@pytest.mark.parametrize("name", TEXTS)
def test_the_line_of_what_is_false_is_that_of_the_file(texts, name):
    assert all(entry.finding.passes for entry in texts.entries(f"{name}-true"))
    assert "checked-mark-holds" in texts.html(f"{name}-true")
    file = f"{name}-false.md"
    lines = (texts.folder / file).read_text("utf-8").split("\n")
    (number,) = [n for n, line in enumerate(lines, 1) if "3 a" in line][-1:]
    found = [w for w in texts.warnings if w.startswith(f"{file}:") and "[checkedmath." in w]
    assert len(found) == 1
    assert found[0].startswith(f"{file}:{number}: WARNING: differs: ")


def test_nothing_else_is_warned_of(texts):
    assert len([w for w in texts.warnings if "[checkedmath." in w]) == len(TEXTS)


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    pages = {
        f"{name}-{truth}.ipynb": notebook(cells, claim, f"{name}-{truth}")
        for name, cells in NOTEBOOKS.items()
        for truth, claim in TRUTHS.items()
    }
    pages |= {f"{name}.ipynb": notebook(cells, "2 a", name) for name, cells in UNSAID.items()}
    return book(tmp_path_factory.mktemp("notebooks"), pages)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_a_notebook_displays_is_checked(notebooks, name):
    true, false = (notebooks.entries(f"{name}-{truth}") for truth in TRUTHS)
    assert {entry.finding.status for entry in true} == {"holds"}
    assert [entry.finding.status for entry in false][-1] == "differs"
    assert "checked-mark-holds" in notebooks.html(f"{name}-true")
    assert "checked-mark-differs" in notebooks.html(f"{name}-false")
    lines = (notebooks.folder / f"{name}-false.ipynb").read_text("utf-8").split("\n")
    (number,) = [n for n, line in enumerate(lines, 1) if "3 a" in line]
    start = f"{name}-false.ipynb:{number}: WARNING: "
    assert any(w.startswith(start) and "differs: " in w for w in notebooks.warnings)


@pytest.mark.parametrize("name", UNSAID)
def test_an_output_that_claims_nothing_or_is_excused_is_left_alone(notebooks, name):
    assert all(entry.finding.passes for entry in notebooks.entries(name))
    found = [w for w in notebooks.warnings if w.startswith(f"{name}.ipynb")]
    assert not [w for w in found if "[checkedmath." in w]
    assert bool(re.search("checked-mark-unchecked", notebooks.html(name))) is (name == "excused")


@pytest.mark.parametrize("claim", ["1 = 0", "a + a = 2 a"])
def test_an_output_that_is_shown_with_its_dollars_is_said(tmp_path, claim):
    cells = [*markdown(f"# Page\n\n{WHERE}"), output({"text/markdown": f"$$ {claim} $$"})]
    project = book(tmp_path, {"page.ipynb": notebook(cells, "", "")}, form="commonmark")
    (warning,) = [w for w in project.warnings if "[checkedmath." in w]
    assert "this looks like a displayed equation, and is not read as one" in warning
