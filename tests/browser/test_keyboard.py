"""What a pointer can do, the keyboard can: the menu, the search, the marks, the columns' words."""

import pytest

DERIVATION = "derive/two-layer-network.html"


def focus(page, selector):
    """Press Tab until an element has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"Tab does not reach {selector}")


def test_the_first_tab_leads_to_the_content(read):
    page = read("index.html").page
    page.keyboard.press("Tab")
    assert "Skip to" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


def test_the_menu_of_a_narrow_window_opens_and_closes(read):
    page = read("index.html", width=360).page
    link = page.locator("#menu a").filter(has_text="Read the notation")
    assert not link.first.is_visible()
    focus(page, "button.menu-button")
    page.keyboard.press("Enter")
    link.locator("visible=true").first.wait_for()
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    assert link.locator("visible=true").count() == 0


@pytest.mark.parametrize("words", ["transpose", "learning rate"])
def test_the_search_finds_a_page(read, words):
    page = read("index.html").page
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.locator("#search-results li a").first.wait_for()
    assert page.locator("#search-results li").count() >= 1


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("dZ", "notation.html"),
        ("dW", "notation.html"),
        ("sigma", "notation.html"),
        ("σ", "notation.html"),
        ("η", "notation.html"),
        ("lambda", "notation.html"),
        ("one over m", "notation.html"),
        ("1/m", "notation.html"),
        ("learning rate", "notation.html"),
        ("db2", "two-layer-network.html"),
        ("W^{[2]}", ".html"),
    ],
)
def test_the_search_finds_a_symbol_by_its_name(read, typed, page):
    reader = read("derive/one-neuron.html")
    reader.page.keyboard.press("Control+k")
    reader.page.keyboard.type(typed)
    first = reader.page.locator("#search .symbols-found a").first
    first.wait_for()
    assert page in first.get_attribute("href")
    focus(reader.page, "#search .symbols-found a")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url(lambda url: page in url and "#" in url)
    place = reader.page.evaluate("decodeURIComponent(location.hash)")
    assert reader.page.locator(f'[id="{place[1:]}"]').count() == 1
    assert reader.troubles == []


def test_the_search_page_finds_symbols_and_quotes_pages(read):
    reader = read("search.html?q=dZ")
    page = reader.page
    page.locator(".symbols-found a").first.wait_for()
    page.locator("#search-results li p").first.wait_for()
    assert reader.troubles == []


def test_the_page_goes_dark_and_stays_dark(read):
    page = read("index.html").page
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "light"
    focus(page, ".theme-button")
    page.keyboard.press("Enter")
    assert page.evaluate(theme) == "dark"
    assert page.locator(".theme-button").get_attribute("aria-pressed") == "true"
    page.goto(page.url.replace("index", "notation"))
    assert page.evaluate(theme) == "dark"
    page.locator(".theme-button").click()
    assert page.evaluate("localStorage.getItem('theme')") is None


def test_the_menu_opens_without_script(read):
    page = read("index.html", width=360, script=False).page
    page.locator("button.menu-button").click()
    assert page.locator("#menu a").first.is_visible()


def test_a_cells_code_is_copied(read):
    page = read("derive/run-the-two-layer-network.html").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".cell .copy").first.focus()
    page.keyboard.press("Enter")
    page.locator(".copy[data-state='copied']").wait_for()
    assert "import numpy as np" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_first_screen_has_the_question_and_the_answer(read, width, height):
    page = read("index.html", width=width).page
    for part in ("h1", "p >> text=Both are right", ".checked-equation", "p >> text=not in"):
        box = page.locator(f"article {part}").first.bounding_box()
        assert box["y"] + box["height"] < height, part


def test_a_mark_tells_what_was_checked(read):
    page = read(DERIVATION).page
    focus(page, "button.checked-mark")
    page.keyboard.press("Enter")
    note = page.locator(".checked-note:popover-open")
    note.wait_for()
    assert "random draws" in note.inner_text()
    page.keyboard.press("Escape")
    note.wait_for(state="hidden")


def test_the_columns_of_a_row_stand_side_by_side_or_below_each_other(read):
    def boxes(width):
        page = read(DERIVATION, width=width).page
        row = page.locator(".side-by-side tbody tr").first
        return [cell.bounding_box() for cell in row.locator("> *").all() if cell.is_visible()]

    wide = boxes(1280)
    assert wide[0]["x"] + wide[0]["width"] <= wide[-1]["x"]
    narrow = boxes(360)
    tops = [box["y"] for box in narrow]
    assert tops == sorted(tops)
    assert tops[0] + narrow[0]["height"] <= tops[-1]
