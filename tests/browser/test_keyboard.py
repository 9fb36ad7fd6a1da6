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
    assert page.evaluate("location.hash") == "#main-content"


def test_the_menu_of_a_narrow_window_opens_and_closes(read):
    page = read("index.html", width=360).page
    link = page.locator("#pst-primary-sidebar-modal a, #pst-primary-sidebar a").filter(
        has_text="Read the notation"
    )
    assert not link.first.is_visible()
    focus(page, "button.primary-toggle")
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
