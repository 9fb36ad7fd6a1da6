"""What holds for every page of the book, without building it."""

import re
from pathlib import Path

import pytest

from checkedmath import Settings, check_file, read_page

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
PARTS = ("derive", "costs", "practise")


def of(path):
    return path.relative_to(DOCS).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=of)
def test_every_displayed_equality_holds(path):
    assert [str(finding) for finding in check_file(path) if not finding.passes] == []


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_main_page_holds_on_other_draws(seed):
    findings = check_file(DOCS / "derive/two-layer-network.md", Settings(draws=3, seed=seed))
    assert [str(finding) for finding in findings if not finding.passes] == []


def test_the_main_page_has_the_six_formulas_of_both_columns():
    findings = check_file(DOCS / "derive/two-layer-network.md")
    held = {finding.label for finding in findings if finding.status == "holds"}
    batch = {"dZ2", "dW2", "db2", "dZ1", "dW1", "db1"}
    one = {"one-" + label.replace("Z", "z") for label in batch}
    assert batch | one <= held


def test_the_main_page_finds_the_word_of_each_row():
    findings = check_file(DOCS / "derive/two-layer-network.md")
    words = {finding.label: finding.word for finding in findings if finding.kind == "row"}
    assert {label: words[label] for label in ("dZ2", "dW2", "db2", "dZ1", "dW1", "db1")} == {
        "dZ2": "stacked",
        "dW2": "mean",
        "db2": "mean",
        "dZ1": "stacked",
        "dW1": "mean",
        "db1": "mean",
    }


@pytest.mark.parametrize("path", PAGES, ids=of)
def test_a_page_has_one_title(path):
    text = re.sub(r"^(`{3,}).*?^\1`*$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert len(re.findall(r"^# ", text, flags=re.MULTILINE)) == 1


@pytest.mark.parametrize("path", [p for p in PAGES if p.parent.name in PARTS], ids=of)
def test_a_page_can_be_read_at_one_sitting(path):
    # What is folded under a row's word, the same in NumPy, is read on demand.
    text = re.sub(r"(?ms)^```numpy\n.*?^```$", "", path.read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) <= 230, "cut what does not serve the page's question"


# A folded cell, or a folded text that holds an equation.
ANSWERS = re.compile(
    r"^:::+\{dropdown\} Answer\n.*?\$\$.*?^:::+$|^tags: \[hide-cell.*\]$",
    flags=re.DOTALL | re.MULTILINE,
)


@pytest.mark.parametrize("path", [p for p in PAGES if p.parent.name in PARTS], ids=of)
def test_a_page_asks_at_least_twice_and_executes_each_answer(path):
    _, _, exercises = path.read_text("utf-8").partition("\n## Exercises\n")
    parts = re.split(r"^\d\. ", exercises, flags=re.MULTILINE)[1:]
    assert len(parts) in {2, 3, 4}, "two to four questions, each with a number before it"
    assert [part for part in parts if len(ANSWERS.findall(part)) != 1] == []


def description(path):
    """Return what search engines and cards show of a page: a line of its front matter."""
    found = re.match(r'---\n(?:.*\n)*?description: "(.*)"\n', path.read_text("utf-8"))
    return found[1] if found else ""


@pytest.mark.parametrize("path", PAGES, ids=of)
def test_a_page_describes_itself_in_160_characters(path):
    """`description: "…"` in the front matter says what the page answers."""
    assert 20 < len(description(path)) <= 160


def test_no_two_pages_describe_themselves_alike():
    assert len({description(path) for path in PAGES}) == len(PAGES)


@pytest.mark.parametrize("path", PAGES, ids=of)
def test_a_page_that_computes_asserts(path):
    text = path.read_text("utf-8")
    if "{code-cell}" in text:
        assert re.search(r"^ *assert ", text, flags=re.MULTILINE)


@pytest.mark.parametrize("path", PAGES, ids=of)
def test_a_page_excuses_no_equation(path):
    page = read_page(path.read_text("utf-8"), str(path))
    assert [equation.latex for equation in page.equations if equation.unchecked] == []
