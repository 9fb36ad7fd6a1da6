"""What KaTeX makes of a formula, and what stays beside it."""

from types import SimpleNamespace

import pytest
from docutils import nodes

from conf.katex import KeepTogether, rendered


def test_a_formula_has_html_for_the_eye_and_mathml_of_the_source():
    html = rendered(nodes.math("a < b", "a < b"), display=False)["html"]
    assert html.startswith('<span class="katex">')
    assert "<math " in html
    assert '<annotation encoding="application/x-tex">a &lt; b</annotation>' in html


def test_the_symbols_of_a_row_are_marked_and_it_is_measured():
    node = nodes.math_block("a + b - a", "a + b - a", symbols=[(0, 1, 7), (4, 5, 3), (8, 9, 7)])
    answer = rendered(node, display=True)
    marks = [part.partition('"')[0] for part in answer["html"].split('data-s="')[1:]]
    assert marks == ["7", "3", "7"]
    assert answer["width"] > 2


def test_a_formula_that_katex_cannot_read_is_a_warning_and_shown_as_it_is():
    node = nodes.math_block(r"\frac{a", r"\frac{a")
    assert rendered(node, display=True) == {"html": r"<code>\frac{a</code>"}


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
