"""A notebook is read as Markdown is; its lines are those of its file."""

import json

import pytest

from checkedmath import check_file
from checkedmath.page.notebook import read_notebook

WHERE = ":::{where}\n- $a \\in \\mathbb{R}$: a number\n- $X \\in \\mathbb{R}^{n \\times m}$\n:::"
ROW = "::::{side-by-side}\n$$ x = x $$\n\n*stacked*\n\n$$ X = X $$\n::::"
TRUTHS = {"true": "a + a = 2 a", "false": "a + a = 3 a"}


def markdown(*texts):
    return [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]


def output(data, **metadata):
    return {"cell_type": "code", "metadata": metadata, "source": "x", "outputs": [{"data": data}]}


def written(cells):
    return json.dumps({"cells": cells, "nbformat": 4}, indent=1, ensure_ascii=False)


@pytest.fixture
def check(tmp_path):
    def run(cells, name="page.ipynb", **others):
        for other, text in {name: written(cells), **others}.items():
            (tmp_path / other).write_text(text, encoding="utf-8")
        return check_file(tmp_path / name)

    return run


CELLS = {
    "display": markdown(WHERE, "$$\nCLAIM\n$$"),
    "lines": [*markdown(WHERE), *markdown(["Words.\n", "\n", "$$ CLAIM $$ (one)"])],
    "role": markdown(WHERE, "Some {checked}`CLAIM`."),
    "directive": markdown(WHERE, "```{math}\n:label: one\nCLAIM\n```"),
    "output": [*markdown(WHERE), output({"text/markdown": "$$ CLAIM $$"})],
    "latex": [*markdown(WHERE), output({"text/latex": "$\\displaystyle CLAIM$"})],
    "output-lines": [*markdown(WHERE), output({"text/latex": ["$$ CLAIM", "$$"]})],
}


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("truth", TRUTHS)
def test_what_a_notebook_displays_is_checked(check, name, truth):
    text = json.dumps(CELLS[name]).replace("CLAIM", TRUTHS[truth])
    cells = json.loads(text)
    (found,) = check(cells)
    assert found.status == {"true": "holds", "false": "differs"}[truth]
    lines = written(cells).split("\n")
    assert TRUTHS[truth] in lines[found.line - 1]


def test_a_row_has_the_notebook_s_own_equations(check):
    cells = markdown(WHERE, ROW)
    page = read_notebook(written(cells), "page.ipynb")
    assert page.rows[0].left is page.equations[0]
    assert page.rows[0].right is page.equations[1]
    found = check(cells)
    assert [each.word for each in found if each.kind == "row"] == ["stacked"]
    assert {each.status for each in found} == {"holds"}


def test_an_output_that_claims_nothing_or_is_excused_passes(check):
    cells = [
        *markdown(WHERE),
        output({"text/latex": "$\\displaystyle 2 a$"}),
        output({"text/plain": "a = 2 a", "image/png": "a=b"}),
        output({"text/markdown": "$$ a = 2 a $$"}, unchecked="found by SymPy"),
    ]
    (found,) = check(cells)
    assert found.passes
    assert (found.status, found.diagnosis) == ("unchecked", "found by SymPy")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"cells": 1}', '{"cells": [{}]}', '{"cells": [1]}']
)
def test_what_is_no_notebook_is_told(tmp_path, text):
    (tmp_path / "page.ipynb").write_text(text, encoding="utf-8")
    (found,) = check_file(tmp_path / "page.ipynb")
    assert (found.status, found.line) == ("unreadable", 1)
    assert "this is no notebook that can be read" in found.diagnosis


def test_a_notebook_is_used_by_a_page(check, tmp_path):
    check(markdown(WHERE, "$$ P := 2 a $$"), name="other.ipynb")
    page = ":::{where}\n:uses: other\n:::\n\n$$ P = a + a $$\n"
    (tmp_path / "page.md").write_text(page, encoding="utf-8")
    assert [each.status for each in check_file(tmp_path / "page.md")] == ["holds"]


BROUGHT_IN = {
    "```{include} other.md\n```\n": "the included file here is not read: check the page in Sphinx",
    "::::{note}\n```{include} other.md\n```\n::::\n": "the included file here",
    "```{eval-rst}\n.. math:: 1 = 2\n```\n": "the reStructuredText here is not read",
    "```{eval-rst}\nSee :checked:`1 = 2`.\n```\n": "the reStructuredText here",
    "```{raw} html\n<p>$$1 = 2$$</p>\n```\n": "this raw HTML has what looks like",
    "<p>$$1 = 2$$</p>\n": "this raw HTML has what looks like",
    "{{ some }}\n": "the substitution here is not read",
}
LEFT_ALONE = [
    "```{include} other.py\n:literal:\n```\n",
    "```{include} other.py\n:code: python\n```\n",
    "```{literalinclude} other.py\n```\n",
    "```{eval-rst}\n.. note:: words\n```\n",
    "Some $x_{{1}}$ and `{{ code }}`.\n",
    "```\n{{ code }}\n```\n",
]


@pytest.mark.parametrize("text", BROUGHT_IN)
def test_what_the_command_cannot_read_it_says(tmp_path, text):
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    (found,) = check_file(tmp_path / "page.md")
    assert (found.status, found.passes) == ("unchecked", False)
    assert BROUGHT_IN[text] in found.diagnosis


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_displays_no_equation_is_left_alone(tmp_path, text):
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    assert check_file(tmp_path / "page.md") == []


def test_the_command_does_not_pass_restructuredtext_by_not_looking(tmp_path):
    (tmp_path / "page.rst").write_text(".. math:: 1 = 2\n", encoding="utf-8")
    (found,) = check_file(tmp_path / "page.rst")
    assert (found.status, found.passes) == ("unchecked", False)
    assert "reStructuredText is read by Sphinx with" in found.diagnosis
