"""The whole book as a PDF, and the page it is printed from: nothing missing, no dead link."""

import re
from pathlib import Path

import pytest
from pypdf import PdfReader

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "build" / "book"
PAGES = sorted((ROOT / "docs").rglob("*.md"))


@pytest.fixture(scope="module")
def html():
    return (BOOK / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pdf():
    return PdfReader(BOOK / "one-over-m.pdf")


def titles(outline, depth=0):
    """Yield the depth and the title of each bookmark."""
    for entry in outline:
        if isinstance(entry, list):
            yield from titles(entry, depth + 1)
        else:
            yield depth, entry.title


def test_every_link_within_the_page_leads_to_one_place(html):
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    # Not the theme's menus, which are not printed.
    article = html[html.index("<article") : html.index("</article>")]
    links = set(re.findall(r'\bhref="#([^"]+)"', article))
    assert len(links) > 300
    assert links - set(ids) == set()


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


def test_the_book_is_long_and_its_pages_are_numbered(pdf):
    assert len(pdf.pages) > 100
    assert "41" in pdf.pages[40].extract_text().split("\n")


def test_a_link_leads_to_a_place_in_the_book_or_to_the_web(pdf):
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    links = [note for note in notes if note.get("/Subtype") == "/Link"]
    inside = {str(link["/Dest"]) for link in links if "/Dest" in link}
    assert len(inside) > 300
    assert inside <= set(pdf.named_destinations)
    outside = {link["/A"]["/URI"] for link in links if "/Dest" not in link}
    assert outside
    assert [address for address in outside if not re.match("https?://|mailto:", address)] == []


def test_the_book_can_be_read_aloud(pdf):
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en"
