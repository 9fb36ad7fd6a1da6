"""Each symbol that a page declares is linked to its row on the notation page."""

import re

import pytest


@pytest.mark.book
def test_every_declared_symbol_leads_to_its_row(built):
    notation = (built.html / "notation.html").read_text(encoding="utf-8")
    tables = 0
    for path in (built.html / "derive").glob("*.html"):
        for table in re.findall(
            r'<table class="checked-where.*?</table>', path.read_text("utf-8"), flags=re.DOTALL
        ):
            body = table[table.index("<tbody>") :]
            links = re.findall(r'href="../notation.html#(symbol-[\w-]+)"', body)
            assert len(links) == body.count("<tr"), path.name
            assert [link for link in links if f'id="{link}"' not in notation] == []
            tables += 1
    assert tables > 10


@pytest.mark.book
def test_the_same_letter_leads_each_page_to_its_own_meaning(built):
    for page in ("l-layers", "the-cost-is-a-mean"):
        html = (built.html / "derive" / f"{page}.html").read_text(encoding="utf-8")
        assert f'href="../notation.html#symbol-k-{page}"' in html


@pytest.mark.book
def test_a_symbol_without_a_row_fails_the_build_at_its_line(broken):
    page = "docs/derive/your-derivation-is-right-too.md"
    line = broken(page, r"- $\eta \in \mathbb{R}_{>0}$", r"- $\zeta, \eta \in \mathbb{R}_{>0}$")
    (warning,) = broken.book.warnings()
    words = r"\zeta is declared here; expected a row about it in docs/notation.md"
    assert warning == f"{page}:{line}: WARNING: {words} [checkedmath.notation]"
