"""The role ``checked`` in a build."""

import re

import pytest

pytestmark = pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'")

TEXT = """
## Since {checked}`m = m`

A line, and here {checked}`A A^\\top = 2 m J` holds,
as does {checked}`J = \\frac{1}{2m}
A A^\\top`; `` {checked}`m = 7` `` is code, and $m = 7$ is prose.
"""


def test_a_formula_in_a_line_is_shown_with_its_mark(project, page):
    project.write("index", page + TEXT)
    assert project.build()[1] == []
    html = project.html()
    boxes = re.findall(r'<span class="checked-inline" id="([^"]*)">(.*?)</button>', html, re.DOTALL)
    assert [name for name, _ in boxes] == ["check-index-4", "check-index-5"]
    for _, box in boxes:
        assert 'class="math notranslate nohighlight"' in box
        assert "checked-mark-holds" in box


def test_a_title_keeps_its_formula_alone(project, page):
    project.write("index", page + TEXT + "\n```{contents}\n```\n")
    assert project.build()[1] == []
    (title,) = re.findall(r"<h2>(.*?)</h2>", project.html(), re.DOTALL)
    assert "checked-mark" not in title
    assert "math" in title
    assert len(project.entries()) == 3 + 3


def test_a_wrong_formula_in_a_line_is_told_with_its_line(project, page):
    project.write("index", page + TEXT.replace("2 m J", "m J").replace("m = m", "m = q"))
    warnings = project.build()[1]
    assert len(warnings) == 2
    assert warnings[0].startswith("index.md:32: WARNING: undeclared: q is not declared")
    assert warnings[1].startswith("index.md:34: WARNING: differs: ")
    assert "off by exactly 2" in warnings[1]
    assert project.html().count("checked-mark-differs") == 1


def test_a_formula_in_an_included_file_is_checked_where_it_comes_from(project, page):
    (project.folder / "part.txt").write_text("\nSee {checked}`1 = 2`.\n", encoding="utf-8")
    project.write("index", page + "\n```{include} part.txt\n```\n")
    (warning,) = project.build()[1]
    assert warning.startswith("part.txt:2: WARNING: differs")


@pytest.mark.parametrize("builder", ["text", "latex"])
def test_other_builders_show_mathematics(project, page, builder):
    project.write("index", page + TEXT)
    assert project.build(builder)[1] == []


def test_a_formula_in_a_declaration_and_in_a_row_is_checked(project, page):
    text = page.replace(": the inputs", ": {checked}`m + m = 2 m`, the inputs")
    text = text.replace("*mean*", "*mean*\n\nwhere {checked}`m = m`")
    project.write("index", text)
    assert project.build()[1] == []
    assert len(project.entries()) == 5
    project.write("index", text.replace("`m + m", "`m m"))
    (warning,) = project.build()[1]
    assert warning.startswith("index.md:4: WARNING: differs")
