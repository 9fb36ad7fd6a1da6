"""What a row tells on demand: NumPy, shapes, and what each symbol is."""

import json
import re

import pytest
from docutils import nodes

from checkedmath.sphinxext.rows import marked_latex

pytestmark = [
    pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'"),
    pytest.mark.filterwarnings("ignore:'myst_parser.sphinx_ext.myst_refs.MystReferenceResolver"),
]

NOTATION = """# Notation

| one | batch | rows | meaning |
|---|---|---|---|
| $a$ | $A$ | 1 | what the *model* gives |

| symbol | meaning | page |
|---|---|---|
| $m$ | how many examples there are | [here](index.md) |
| $X$, $w$ | | |
| $J$ | the cost of another page | [there](other.md) |
"""


def told(project):
    (found,) = re.findall(
        r'<script type="application/json" class="checked-symbols">(.*?)</script>', project.html()
    )
    return json.loads(found)


def equations(project):
    doctree = project.written["index"]
    return [node for node in doctree.findall(nodes.math_block) if node.get("symbols")]


def test_a_row_tells_its_shapes_without_a_script(project):
    project.build()
    (notes,) = re.findall(r'<tr class="row-notes">(.*?)</tr>', project.html())
    assert "<details><summary>Shapes</summary>" in notes
    assert "<code>X</code> (<i>n</i>, <i>m</i>)" in notes
    assert "<code>x</code> (<i>n</i>, 1)" in notes


def test_a_book_names_its_symbols_in_python(project):
    assert project.build(checkedmath_python_names={r"\mathcal{L}": "loss", "X": "inputs"})[1] == []
    assert "<code>inputs</code> (<i>n</i>, <i>m</i>)" in project.html()


def test_each_symbol_is_marked_where_it_stands(project):
    project.build()
    left, right = equations(project)
    assert marked_latex(right).strip() == (
        r"\frac{\partial {\htmlData{s=4}{J}}}{\partial {\htmlData{s=1}{w}}} = "
        r"\frac{1}{{\htmlData{s=5}{m}}} {\htmlData{s=6}{X}} {\htmlData{s=7}{A^\top}}"
    )
    assert left.astext().strip() == r"\frac{\partial \mathcal{L}}{\partial w} = a x"
    assert left["relations"] == [(left.astext().index("="), "=")]


def test_one_example_and_its_batch_are_one_symbol(project):
    project.build()
    groups = {re.sub("<.*?>", "", html).split()[0]: group for group, html in told(project)}
    assert groups["x"] == groups["X"]
    assert groups["a"] == groups["A"]
    assert len({groups[key] for key in ("x", "a", "w", "m", "J")}) == 5


def test_a_symbol_tells_its_shape_and_what_the_pages_say_it_means(project, page):
    project.write("notation", NOTATION)
    project.write("index", page + "\n```{toctree}\nnotation\n```\n")
    project.build(checkedmath_notation="notation")
    words = [re.sub("<.*?>", "", html) for _, html in told(project)]
    assert "w shape (n, 1); the weights, one for each input" in words
    assert "X shape (n, m); the inputs" in words
    assert "x shape (n, 1); a column of X: the inputs" in words
    assert "A shape (1, m); each column is an example’s a: what the model gives" in words
    assert "m a whole number; how many examples there are" in words
    assert "J shape (1, 1)" in words


def test_a_changed_meaning_writes_the_pages_with_rows_again(project, page):
    project.write("notation", NOTATION)
    project.write("index", page + "\n```{toctree}\nnotation\n```\n")
    settings = {"checkedmath_notation": "notation"}
    project.build(**settings)
    project.write("notation", NOTATION.replace("# Notation", "# The notation"))
    assert project.build(**settings)[0] == ["notation"]
    project.write("notation", NOTATION.replace("there are", "the batch has"))
    assert project.build(**settings)[0] == ["notation"]
    assert "how many examples the batch has" in project.html()


def test_a_row_that_does_not_hold_tells_nothing(project, page):
    project.write("index", page.replace("*mean*", "*sum*"))
    project.build()
    assert "row-notes" not in project.html()
    assert "checked-symbols" not in project.html()


@pytest.mark.parametrize("builder", ["text", "latex"])
def test_other_formats_have_no_notes(project, builder):
    assert project.build(builder)[1] == []
    folder = project.folder / "_build" / builder
    (file,) = [*folder.glob("*.txt"), *folder.glob("*.tex")]
    assert "NumPy" not in file.read_text(encoding="utf-8")
