"""What KaTeX is given of a formula, and what is kept of it."""

import json
from types import SimpleNamespace

import pytest
from docutils import nodes

from conf.formulas import Formulas
from conf.katex import KeepTogether, counted, lay_out, rendered

SUM = r"{\htmlData{s=7}{a}} + {\htmlData{s=3}{b}} - {\htmlData{s=7}{a}}"


@pytest.fixture
def page(tmp_path):
    """Return what lays the formulas of a page out, and `asked`, which counts them."""
    page = Formulas(
        tmp_path / "page.json", "", lambda *asked: page.asked.append(asked) or lay_out(*asked)
    )
    page.asked = []
    return page


def equation(*numbers):
    places = [(0, 1, numbers[0]), (4, 5, numbers[1]), (8, 9, numbers[0])]
    return nodes.math_block("a + b - a", "a + b - a", symbols=places)


def marks(node, page):
    html = rendered(node, page, display=True)["html"]
    return [part.partition('"')[0] for part in html.split('data-s="')[1:]]


def test_the_marks_of_a_formula_count_from_0():
    assert counted(SUM) == (SUM.replace("s=7", "s=0").replace("s=3", "s=1"), ["7", "3"])
    assert counted("a + b") == ("a + b", [])


def test_a_formula_is_laid_out_once_whatever_numbers_its_symbols_have_on_the_page(page):
    assert marks(equation(7, 3), page) == ["7", "3", "7"]
    assert marks(equation(12, 0), page) == ["12", "0", "12"]
    assert len(page.asked) == 1
    page.keep()
    assert len(json.loads(page.file.read_text("utf-8"))["formulas"]) == 1


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("See ", ", and", "$,"),
        ("of example ", "’s own loss", "$’s"),
        ("the ", "th root", "$th"),
        ("each (", ") and", "($)"),
        ("a sum (here ", " alone)", None),
        ("the ", " of it", None),
        ("from ", "–", None),
        ("written as ", "*an-endless-word-behind*", None),
        ("", "", None),
    ],
)
def test_what_stands_beside_a_formula_stays_with_it(before, after, kept):
    formula = nodes.math("m", "m")
    paragraph = nodes.paragraph("", "", nodes.Text(before), formula, nodes.Text(after))
    words = paragraph.astext()
    transform = SimpleNamespace(document=paragraph, text_at=KeepTogether.text_at)
    KeepTogether.run(transform)
    assert paragraph.astext() == words
    boxes = [box.astext().replace("m", "$", 1) for box in paragraph.findall(nodes.inline)]
    assert boxes == ([kept] if kept else [])
