"""The built book: it needs no network, and shows what was found."""

import re
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.book

ROOT = Path(__file__).parents[2]

PAGES = [
    "index",
    "notation",
    "derive/two-layer-network",
    "derive/run-the-two-layer-network",
    "derive/your-derivation-is-right-too",
    "about/how-the-equations-are-checked",
    "about/every-check",
    "about/check-your-own-book",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_nothing_from_elsewhere(built, page):
    html = (built.html / f"{page}.html").read_text(encoding="utf-8")
    loads = re.findall(r"<(?:link|script|img|iframe)\b[^>]*?\b(?:href|src)=\"([^\"]+)\"", html)
    assert loads
    assert [address for address in loads if re.match(r"(https?:)?//", address)] == []


def test_style_sheets_load_nothing_from_elsewhere(built):
    for sheet in built.html.rglob("*.css"):
        found = re.findall(r"url\(\s*['\"]?((?:https?:)?//[^)]+)", sheet.read_text("utf-8"))
        assert found == [], sheet


@pytest.mark.parametrize("page", PAGES)
def test_mathematics_is_rendered_in_the_page(built, page):
    html = (built.html / f"{page}.html").read_text(encoding="utf-8")
    assert html.count("<math ") == html.count('class="katex"')
    assert "<math " in html or page.startswith("about/")
    assert re.findall(r"<script[^>]*(?:mathjax|katex)", html, flags=re.IGNORECASE) == []


def test_the_words_between_the_columns_are_what_was_found(built):
    html = (built.html / "index.html").read_text(encoding="utf-8")
    words = re.findall(r'<button type="button" class="found-word found-(\w+)"', html)
    assert words == ["stacked", "mean", "mean", "stacked", "mean", "mean"]


def test_every_equation_with_an_equals_sign_has_its_mark(built):
    html = (built.html / "derive/two-layer-network.html").read_text(encoding="utf-8")
    marks = re.findall(r'checked-mark checked-mark-(\w+)"', html)
    assert len(marks) > 15
    assert set(marks) == {"holds"}


def test_every_check_is_listed_and_links_to_its_equation(built):
    html = (built.html / "about/every-check.html").read_text(encoding="utf-8")
    table = html[html.index('<table class="') :]
    links = re.findall(r'<a class="reference internal" href="([^"#]+)#([^"]+)"', table)
    rows = html.count('<tr class="checks-holds')
    assert len(links) == rows > 90
    for page, anchor in set(links):
        assert f'id="{anchor}"' in (built.html / "about" / page).read_text(encoding="utf-8")


def test_a_page_says_how_many_equalities_it_has_and_one_without_says_nothing(built):
    page = (built.html / "derive/two-layer-network.html").read_text(encoding="utf-8")
    line = re.search(r'<p class="checked-here">(\d+) equalities are checked.*', page)
    assert line
    assert int(line[1]) > 30
    assert '<a href="../about/every-check.html">see every check</a>' in line[0]
    assert "checked-here" not in (built.html / "notation.html").read_text(encoding="utf-8")


def test_no_two_equations_of_the_book_have_one_number(built):
    pages = [path.read_text("utf-8") for path in built.html.rglob("*.html")]
    numbers = [n for html in pages for n in re.findall(r'class="eqno" [^>]*>\(([\d.]+)\)<', html)]
    assert len(numbers) > 400
    assert len(set(numbers)) == len(numbers)
    story = (built.html / "derive" / "two-layer-network.html").read_text("utf-8")
    assert set(re.findall(r'class="eqno" [^>]*>\((\d+)', story)) == {"4"}
    assert "The story, 4 of 10" in story


def test_a_number_of_an_equation_outside_the_story_names_its_page(built):
    pages = set()
    for path in built.html.rglob("*.html"):
        html = path.read_text("utf-8")
        numbers = re.findall(r'class="eqno" [^>]*>\((\d+)\.(\d+)\)<', html)
        place = re.search(r'<p class="place">(?:Page|The story,) (\d+)', html)
        if path.name == "index.html":
            assert numbers == []
            continue
        assert {page for page, _ in numbers} == ({place[1]} if numbers else set()), path
        assert [int(k) for _, k in numbers] == list(range(1, len(numbers) + 1)), path
        pages |= {int(page) for page, _ in numbers}
    assert len(pages) > 30
    assert min(pages) == 1


def test_the_address_of_a_page_that_was_merged_leads_to_where_it_is_now(built):
    moved = tomllib.loads((ROOT / "conf" / "moved.toml").read_text("utf-8"))
    assert len(moved) > 20
    for old, new in moved.items():
        assert not (ROOT / "docs" / f"{old}.md").exists()
        html = (built.html / f"{old}.html").read_text("utf-8")
        page, _, heading = new.partition("#")
        address = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', html)[1]
        assert (built.html / old).parent.joinpath(address.partition("#")[0]).resolve() == (
            built.html / f"{page}.html"
        )
        target = (built.html / f"{page}.html").read_text("utf-8")
        assert not heading or f'id="{heading}"' in target, new


def test_the_functions_of_both_columns_are_shown_and_hold(built):
    html = (built.html / "derive/run-the-two-layer-network.html").read_text(encoding="utf-8")
    boxes = html.split('class="checked-implementation')[1:]
    assert len(boxes) == 4
    for box in boxes:
        assert "checked-mark-holds" in box
        assert "compared with the function&#x27;s on 5 random draws" in box
        assert re.search("Executed: [23] values", box)


def test_two_clean_builds_are_the_same_in_each_byte_and_a_third_reads_no_page(built, again):
    first, second = (
        {path.relative_to(book.html): path.read_bytes() for path in book.html.rglob("*.*")}
        for book in (built, again)
    )
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    code, printed = again.build()
    assert code == 0
    assert "0 added, 0 changed, 0 removed" in printed
