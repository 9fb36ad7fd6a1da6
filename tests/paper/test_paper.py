"""The whole book as one file and as a PDF: nothing missing, nothing cut, no link that is dead."""

import re
from pathlib import Path

import pytest
from pypdf import PdfReader

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "build" / "book" / "one-over-m"
PAGES = sorted((ROOT / "docs").rglob("*.md"))


@pytest.fixture(scope="module")
def html():
    return BOOK.with_suffix(".html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pdf():
    return PdfReader(BOOK.with_suffix(".pdf"))


def titles(outline, depth=0):
    """Yield the depth and the title of each bookmark."""
    for entry in outline:
        if isinstance(entry, list):
            yield from titles(entry, depth + 1)
        else:
            yield depth, entry.title


def test_the_file_loads_nothing(html):
    loads = re.findall(r"<(?:link|script|img|source)\b[^>]*?\b(?:href|src)=\"([^\"]*)\"", html)
    loads += re.findall(r"url\(['\"]?([^'\")]+)", html)
    assert loads
    assert [address[:60] for address in loads if not address.startswith("data:")] == []


def test_every_link_within_the_file_leads_to_one_place(html):
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    links = set(re.findall(r'\bhref="#([^"]+)"', html))
    assert len(links) > 300
    assert links - set(ids) == set()


def test_no_link_leads_to_a_file_that_is_not_there(html):
    links = re.findall(r'<a\b[^>]*\bhref="([^"]+)"', html)
    assert [link for link in links if not re.match(r"#|https?://|mailto:", link)] == []


def test_every_equation_with_a_label_is_there(html):
    quoted = re.compile(r"^(`{3,}).*?^\1`*$", flags=re.DOTALL | re.MULTILINE)
    labels = [
        label
        for path in PAGES
        for label in re.findall(
            r"\$\$ \(([\w-]+)\)$", quoted.sub("", path.read_text("utf-8")), re.MULTILINE
        )
    ]
    assert len(labels) > 200
    assert [label for label in labels if f'id="equation-{label.lower()}"' not in html.lower()] == []


def test_every_page_is_a_bookmark(pdf):
    found = [title for _, title in titles(pdf.outline)]
    wanted = [
        re.search(r"^# (.*)$", path.read_text("utf-8"), re.MULTILINE)[1].replace("'", "’")
        for path in PAGES
    ]
    assert [title for title in wanted if title not in found] == []


def test_the_contents_give_the_page_of_each_chapter(pdf):
    contents = " ".join(pdf.pages[number].extract_text() for number in range(1, 4))
    assert len(re.findall(r"\b\d+\b", contents)) > len(PAGES) / 2


def test_the_book_is_long_and_its_pages_are_numbered(pdf):
    assert len(pdf.pages) > 100
    assert "41" in pdf.pages[40].extract_text().split("\n")


def test_references_are_links_within_the_book(pdf):
    links = [
        note.get_object()
        for page in pdf.pages
        for note in page.get("/Annots", [])
        if note.get_object().get("/Subtype") == "/Link"
    ]
    inside = [link for link in links if "/Dest" in link]
    assert len(inside) > 300
    assert {str(link["/Dest"]) for link in inside} <= set(pdf.named_destinations)


def test_the_book_can_be_read_aloud(pdf):
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en"
