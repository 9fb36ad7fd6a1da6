"""What was found of a relation is taken again only where nothing that it rests on has changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from checkedmath import Settings, known
from checkedmath.checking import Checker, examine
from checkedmath.files import load, used_pages
from checkedmath.known import Known
from checkedmath.read.markdown import read_page

DOCS = Path(__file__).parents[2] / "docs"

PAGE = r"""
:::{where}
- $A \in \mathbb{R}^{n \times m}$
- $B \in \mathbb{R}^{m \times k}$
:::

$$ C := A B $$

$$ C^\top = B^\top A^\top $$ (turned)

$$ C + C = 2 A B $$ (twice)
"""


@pytest.fixture
def evaluated(monkeypatch):
    """The labels of the relations that are evaluated."""
    labels = []
    relation = Checker._relation

    def note(self, finding, *rest):
        labels.append(finding.label)
        return relation(self, finding, *rest)

    monkeypatch.setattr(Checker, "_relation", note)
    return labels


def after(evaluated, text, settings=None, before=PAGE):
    """Check a page, and then another one with what is known; return that time's evaluations."""
    first = examine(read_page(before, "page.md"), known=Known())
    evaluated.clear()
    again = examine(read_page(text, "page.md"), settings=settings, known=first.known)
    fresh = list(evaluated)
    assert again.findings == examine(read_page(text, "page.md"), settings=settings).findings
    return fresh


def test_nothing_is_evaluated_again_below_new_prose(evaluated):
    assert after(evaluated, "A sentence.\n\nAnother one.\n" + PAGE) == []


def test_an_equation_that_is_written_otherwise_is_evaluated_alone(evaluated):
    assert after(evaluated, PAGE.replace("C + C", "2 C")) == ["twice"]


@pytest.mark.parametrize(
    "text",
    [
        PAGE.replace("C := A B", "C := 2 A B"),
        PAGE.replace(r"B \in \mathbb{R}^{m", r"B \in \mathbb{R}_{>0}^{m"),
        PAGE.replace("- $A", "- $D \\in \\mathbb{R}$\n- $A"),
    ],
    ids=["definition", "declaration", "new symbol"],
)
def test_all_is_evaluated_where_what_it_rests_on_has_changed(evaluated, text):
    assert after(evaluated, text) == ["turned", "twice"]


@pytest.mark.parametrize("settings", [Settings(seed=1), Settings(draws=3)], ids=["seed", "draws"])
def test_all_is_evaluated_on_other_draws(evaluated, settings):
    assert after(evaluated, PAGE, settings) == ["turned", "twice"]


def test_all_is_evaluated_by_another_version_of_the_package(evaluated, monkeypatch):
    first = examine(read_page(PAGE, "page.md"), known=Known())
    monkeypatch.setattr(known, "package_digest", lambda: "another")
    evaluated.clear()
    examine(read_page(PAGE, "page.md"), known=first.known)
    assert evaluated == ["turned", "twice"]


def test_what_failed_is_evaluated_and_told_again(evaluated):
    wrong = PAGE.replace("2 A B", "3 A B")
    assert after(evaluated, wrong, before=wrong) == ["twice"]


def test_a_relation_that_was_mended_and_broken_again_fails():
    wrong = PAGE.replace("2 A B", "3 A B")
    first = examine(read_page(wrong, "page.md"), known=Known())
    mended = examine(read_page(PAGE, "page.md"), known=first.known)
    broken = examine(read_page(wrong, "page.md"), known=mended.known)
    assert [finding.status for finding in broken.findings] == ["holds", "differs"]


ROW = r"""
:::{where}
- $A \in \mathbb{R}^{n \times m}$
:::

::::{side-by-side}
$$ b := 2 a $$

*stacked*

$$ B := 2 A $$
::::
"""


def test_a_row_is_taken_again_with_its_word(monkeypatch):
    first = examine(read_page(ROW, "page.md"), known=Known())
    monkeypatch.delattr(Checker, "_pair_words")
    again = examine(read_page("Prose.\n" + ROW, "page.md"), known=first.known)
    assert [finding.relation for finding in again.findings] == ["stacked"]
    assert again.findings == [replace(each, line=each.line + 1) for each in first.findings]


def test_a_row_with_another_word_is_looked_at_again():
    first = examine(read_page(ROW, "page.md"), known=Known())
    again = examine(read_page(ROW.replace("*stacked*", "*mean*"), "page.md"), known=first.known)
    assert [finding.status for finding in again.findings] == ["differs"]


@pytest.mark.parametrize(
    "name",
    ["derive/l-layers", "costs/batch-norm", "costs/attention", "about/what-a-page-may-write"],
)
def test_a_page_of_the_book_has_the_same_findings_with_what_is_known(name, evaluated):
    path = DOCS / f"{name}.md"
    page = load(path)
    used = list(used_pages(page, path).values())
    first = examine(page, used, known=Known())
    evaluated.clear()
    moved = read_page("One more line.\n" + path.read_text("utf-8"), page.file)
    again = examine(moved, used, known=first.known)
    assert evaluated == []
    assert again.findings == [replace(each, line=each.line + 1) for each in first.findings]
