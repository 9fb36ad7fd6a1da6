"""Which pages are checked, what they take over from others, and what comes too late."""

import re

import pytest
from docutils import nodes

pytestmark = [
    pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'"),
    pytest.mark.filterwarnings("ignore:'myst_parser.sphinx_ext.myst_refs.MystReferenceResolver"),
]

FALSE = "$$ 1 = 2 $$\n"
DECLARES = ":::{where}\n- $a \\in \\mathbb{R}$: a number\n:::\n"


@pytest.fixture
def checked(project):
    """Return a function that builds a page: whether it was checked, and the warnings."""

    def run(text, suffix=".md", **settings):
        (project.folder / "index.md").unlink()
        (project.folder / f"index{suffix}").write_text(text, encoding="utf-8")
        warnings = project.build(**settings)[1]
        return "index" in project.env.checkedmath_book.found, warnings

    return run


# -- which ----------------------------------------------------------------------------------------

OPTS_IN = [
    f"# Page\n\n{DECLARES}\n{FALSE}",
    f"# Page\n\n{FALSE}\nSee {{checked}}`1 = 1`.\n",
    f"# Page\n\n{FALSE}\n```{{math}}\n:unchecked: so\n1 = 3\n```\n",
    f"# Page\n\n{FALSE}\n```{{math}}\n:tolerance: 1e-3\n1 \\approx 1\n```\n",
    f"# Page\n\n{FALSE}\n::::{{side-by-side}}\n$$ 1 = 1 $$\n\n$$ 1 = 1 $$\n::::\n",
    f"# Page\n\n{FALSE}\n:::{{where}}\n:uses: other\n:::\n",
    f"# Page\n\n{FALSE}\n:::{{where}}\nno item\n:::\n",
    f"# Page\n\n{FALSE}\n:::{{implementation}} handmade.f\n:returns: 1\n:::\n",
]


@pytest.mark.parametrize("text", OPTS_IN)
def test_a_page_that_declares_or_claims_something_is_checked(checked, text):
    found, warnings = checked(text)
    assert found
    assert any(w.startswith("index.md:3: WARNING: differs") or "differs: " in w for w in warnings)


LEAVES_OUT = [
    f"# Page\n\n{FALSE}",
    f"# Page\n\n$$ x $$\n\nSome $$ y = 1 $$ words and \\[ a = b \\].\n\n{FALSE}",
    f"# Page\n\n{FALSE}\n<p>$$a$$ $$b$$</p>\n",
]


@pytest.mark.parametrize("text", LEAVES_OUT)
def test_another_page_builds_as_before(checked, project, text):
    found, warnings = checked(text)
    assert not found
    assert not [w for w in warnings if "checkedmath" in w]
    html = project.html()
    assert "checked-" not in re.sub(r"<(?:link|script)[^>]*>", "", html)


@pytest.mark.parametrize("text", LEAVES_OUT)
def test_all_pages_are_checked_where_the_book_wants_it(checked, text):
    found, warnings = checked(text, checkedmath_pages="all")
    assert found
    assert any("differs: " in w for w in warnings)


def test_restructuredtext_needs_no_markdown(checked, project):
    (project.folder / "conf.py").write_text('extensions = ["checkedmath.sphinxext"]\n', "utf-8")
    where = ".. where::\n\n   * :math:`a \\in \\mathbb{R}`: a number\n\n"
    found, warnings = checked(f"Page\n====\n\n{where}.. math:: a = 2 a\n", ".rst")
    assert found
    assert len(warnings) == 1
    assert warnings[0].startswith("index.rst:8: WARNING: differs: ")


# -- what is used ---------------------------------------------------------------------------------


def uses(name, claim="a = a"):
    return f"# Page\n\n:::{{where}}\n:uses: {name}\n:::\n\n$$ {claim} $$\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("index", "a page cannot use itself"),
        ("none", "cannot be read; expected a document none of this book"),
        ("../none", "cannot be read; expected a document ../none of this book"),
        ("part/none", "cannot be read; expected a document part/none of this book"),
        ("plain", "the page plain declares and claims nothing that could be used"),
    ],
)
def test_a_page_that_cannot_be_used_is_told(checked, project, name, words):
    project.write("plain", "# Plain\n\nWords.\n")
    _, warnings = checked(uses(name, "1 = 1"))
    (warning,) = [w for w in warnings if "checkedmath" in w]
    assert warning.startswith("index.md:4: WARNING: unreadable: ") or words in warning
    assert words in warning


@pytest.mark.parametrize("name", ["other", "other.md", "./other", "other,", "part/../other"])
def test_a_page_is_used_by_its_name(checked, project, name):
    project.write("other", f"# Other\n\n{DECLARES}")
    assert not [w for w in checked(uses(name))[1] if "checkedmath" in w]


def test_pages_in_folders_use_each_other_in_turn(checked, project):
    (project.folder / "part").mkdir()
    project.write("part/second", uses("../first", "P := 2 a"))
    project.write("first", f"# First\n\n{DECLARES}")
    assert not [w for w in checked(uses("part/second", "P = a + a"))[1] if "checkedmath" in w]
    project.write("first", f"# First\n\n{DECLARES}\n$$ P := a $$\n")
    assert any("checkedmath" in w for w in project.build()[1])


def test_what_an_included_file_and_restructuredtext_declare_is_used(checked, project):
    (project.folder / "part.inc").write_text(DECLARES, encoding="utf-8")
    project.write("other", "# Other\n\n```{include} part.inc\n```\n")
    rst = "More\n====\n\n.. where::\n\n   * :math:`b \\in \\mathbb{R}`: a number\n"
    (project.folder / "more.rst").write_text(rst, encoding="utf-8")
    true, false = uses("other more", "a + b = b + a"), uses("other more", "a + b = b")
    assert not [w for w in checked(true)[1] if "checkedmath" in w]
    assert any("differs: " in w for w in checked(false)[1])


def test_two_pages_may_use_each_other(checked, project):
    project.write("other", uses("index", "Q := a") + f"\n{DECLARES}")
    assert not [w for w in checked(uses("other", "P := a"))[1] if "checkedmath" in w]


def test_used_pages_that_contradict_each_other_are_told_where_both_are_used(checked, project):
    project.write("one", f"# One\n\n{DECLARES}")
    project.write("other", f"# Other\n\n{DECLARES.replace('R}', 'R}_{>0}')}")
    _, warnings = checked(uses("one other"))
    (warning,) = [w for w in warnings if "checkedmath" in w]
    assert warning.startswith("index.md:")
    assert "two pages that are used here say what a is, and not the same: " in warning
    assert project.build()[1] == warnings


# -- what comes too late --------------------------------------------------------------------------


def test_an_equation_that_is_put_into_a_page_later_is_said_in_each_build(project, page):
    project.write("index", page)

    def add(_app, tree, _name):
        late = nodes.math_block("", "1 = 0", nowrap=False, number=None, label=None)
        tree += late

    first = project.build(handlers={"doctree-resolved": (add, 400)})
    again = project.build(handlers={"doctree-resolved": (add, 400)})
    assert first == again
    assert any(
        "this equation is not checked: it was put into the page after" in w for w in first[1]
    )
    assert project.build()[1] == []
    assert project.build() == ([], [])
