"""A page of the live book shows a build without being loaded anew, as if it had been."""

import shutil

import pytest

from conf.live.server import EVENTS, Server
from tests.browser.conftest import SITE, Reader, window

PAGE = "derive/one-neuron.html"
TEXT = "<p>A sentence that is new.</p>"
SLIP = "docs/derive/one-neuron.md:3: WARNING: a slip"


class Book:
    """One page of the book, which a test rewrites, and the server that shows it live."""

    def __init__(self, folder, server):
        self.file = folder / PAGE
        self.server = server
        self.html = self.file.read_text("utf-8")

    def build(self, html, *messages):
        """Write the page as a build does."""
        self.file.write_text(html, encoding="utf-8")
        self.server.publish(list(messages))


@pytest.fixture
def book(tmp_path):
    shutil.copytree(SITE / "_static", tmp_path / "_static")
    (tmp_path / PAGE).parent.mkdir()
    shutil.copy(SITE / PAGE, tmp_path / PAGE)
    with Server(tmp_path, 0) as server:
        server.start()
        yield Book(tmp_path, server)
        server.shutdown()


@pytest.fixture
def reader(browser, book):
    context = window(browser)
    reader = Reader(context, book.server.address.rstrip("/"))
    reader.open(PAGE)
    reader.page.evaluate("window.isStillHere = true")
    yield reader
    # A page stops to wait for a build when it has been told of one.
    assert [trouble for trouble in reader.troubles if EVENTS not in trouble] == []
    context.close()


def article(page):
    return page.evaluate("document.querySelector('article').innerHTML")


def place_of_heading(page):
    return page.evaluate("document.querySelectorAll('h2')[3].getBoundingClientRect().top")


def shown(page, selector):
    page.locator(selector).first.wait_for(state="attached")


def test_text_that_is_added_and_taken_away_leaves_the_rest_of_the_page(book, reader):
    page = reader.page
    before = article(page)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.evaluate("scrollTo(0, 700)")
    before_edit = place_of_heading(page)
    book.build(book.html.replace("</h1>", f"</h1>\n{TEXT}", 1), SLIP)
    shown(page, "p:text('A sentence that is new.')")
    assert SLIP in page.locator("#live-panel").inner_text()
    assert page.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    # What is read stays where it is; browsers round the places of pixels.
    assert abs(place_of_heading(page) - before_edit) < 2
    page.evaluate("document.querySelectorAll('article details').forEach(d => { d.open = false; })")
    book.build(book.html)
    page.locator("#live-panel").wait_for(state="detached")
    assert article(page) == before
    assert page.evaluate("window.isStillHere")


def test_what_is_put_into_a_page_has_what_scripts_give_it(book, reader):
    page = reader.page
    before = article(page)
    inside = '<div class="highlight">'
    assert inside in book.html
    edited = book.html.replace("data-s=", "data-new data-s=").replace(inside, f"{inside} ")
    edited = edited.replace('<span class="found-', '<span data-new class="found-')
    book.build(edited, SLIP)
    shown(page, "[data-new]")
    # All that differs from the page before is what the build has changed.
    now = article(page).replace(' data-new=""', "").replace(f"{inside} ", inside)
    assert now == before
    assert page.evaluate("window.isStillHere")
    symbol = page.locator("table.side-by-side [data-s] .mathnormal >> visible=true").first
    symbol.hover()
    page.locator(".checked-tip:popover-open").wait_for()


def test_a_page_whose_frame_has_changed_is_loaded_anew(book, reader):
    page = reader.page
    book.build(book.html.replace("</title>", " again</title>").replace("</h1>", f"</h1>{TEXT}"))
    shown(page, "p:text('A sentence that is new.')")
    page.wait_for_function("document.title.endsWith(' again')")
    assert page.evaluate("window.isStillHere") is None


def test_build_after_build_is_shown(book, reader):
    for number in range(3):
        book.build(book.html.replace("</h1>", f"</h1>\n<p>Edit {number}.</p>", 1))
        shown(reader.page, f"p:text('Edit {number}.')")
    assert reader.page.evaluate("window.isStillHere")
