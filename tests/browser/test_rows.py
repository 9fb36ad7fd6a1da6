"""Side-by-side rows: aligned, explained, copied."""

import pytest

from .test_keyboard import focus

DERIVATION = "derive/two-layer-network.html"
DECLARED = "derive/what-d-differentiates.html"

# Where the relation signs of a column end: the first of each equation, and those that begin a line.
SIGNS = """column => [...document.querySelectorAll("table.side-by-side")].map(table =>
  [...table.querySelectorAll(`tbody tr:not(.row-notes) > :nth-child(${column}) .math-scroll`)]
    .filter(box => box.scrollWidth <= box.clientWidth)
    .flatMap(box => {
      const column = box.querySelector(".col-align-l");
      // Not the lines of what stands in a line, as below a sum.
      const rows = ":scope > .vlist-t > .vlist-r > .vlist > span";
      const lines = column ? [...column.querySelectorAll(rows)] : [box];
      return lines.map(line => {
        const signs = [...line.querySelectorAll(".mrel")].filter(sign =>
          line === box || sign.closest(".vlist") === line.parentElement);
        // A defining sign has two parts, of which the first is a colon, and may be left blank.
        return signs.find(sign => /[^:]/.test(sign.textContent));
      }).filter(Boolean).map(sign => sign.getBoundingClientRect().right);
    }))"""


@pytest.mark.parametrize("page", [DERIVATION, "derive/l-layers.html", "costs/layer-norm.html"])
@pytest.mark.parametrize("column", [1, 3])
def test_the_equals_signs_of_a_column_stand_below_each_other(read, page, column):
    tables = read(page).page.evaluate(SIGNS, column)
    assert max(map(len, tables)) > 1
    for signs in tables:
        if signs:
            assert max(signs) - min(signs) < 1


def test_the_number_of_an_equation_stands_at_its_right(read):
    page = read(DERIVATION).page
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        for equation in page.locator("div.math:has(> .eqno) >> visible=true").all():
            formula, number = (
                equation.locator(f"> {part}").bounding_box() for part in (".math-scroll", ".eqno")
            )
            assert formula["x"] + formula["width"] <= number["x"], (media, equation.inner_text())


def test_the_numpy_of_a_row_opens_by_keyboard_and_without_script(read):
    for script in (True, False):
        page = read(DECLARED, script=script).page
        line = page.locator(".numpy-line", has_text="Z1 = W1 @ X + b1").first
        assert not line.is_visible()
        page.locator(".row-notes summary").first.focus()
        page.keyboard.press("Enter")
        assert line.is_visible()


def test_the_arrow_keys_go_through_the_symbols_of_an_equation(read):
    page = read(DECLARED).page
    focus(page, ".side-by-side .katex-display")
    tip = page.locator(".checked-tip")
    assert tip.inner_text().startswith("z")
    row = page.locator(".side-by-side tbody tr").first
    # The example's z and the batch's Z are one symbol.
    assert row.locator("[data-s].lit").count() == 2
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.checked-tip').textContent.includes('weights')")
    assert "shape" in tip.inner_text()
    assert [each.inner_text().strip()[0] for each in row.locator("[data-s].lit").all()] == ["W"] * 2
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    assert row.locator("[data-s].lit").count() == 0


def test_the_pointer_shows_what_a_symbol_is(read):
    page = read(DECLARED).page
    page.locator("table.side-by-side [data-s] .mathnormal >> visible=true").last.hover()
    assert "shape" in page.locator(".checked-tip").inner_text()
    page.locator("article h1").hover()
    page.wait_for_function("!document.querySelector('.lit')")
    assert not page.locator(".checked-tip").is_visible()


def test_an_equation_is_copied_as_latex(read):
    reader = read(DERIVATION)
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = reader.page
    button = page.locator("#equation-dw2 ~ button.checked-copy").first
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.ariaLabel == 'Copied'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(r"\begin{aligned}")
    assert r"&= \frac{1}{m} dZ^{[2]} A^{[1]\top}" in copied
    assert "htmlData" not in copied


def test_a_selection_is_copied_with_its_latex(read):
    reader = read(DECLARED)
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = reader.page
    page.evaluate("""() => {
      const paragraphs = [...document.querySelectorAll("main p")];
      const words = paragraphs.find(each => each.textContent.includes("The column"));
      getSelection().selectAllChildren(words);
      document.execCommand("copy");
    }""")
    assert "The column $b$ is added to every column." in page.evaluate(
        "navigator.clipboard.readText()"
    )


def test_without_script_there_is_no_button_that_does_nothing(read):
    assert read(DERIVATION, script=False).page.locator(".checked-copy").count() == 0


def test_rows_are_printed_side_by_side_without_buttons(read):
    page = read(DERIVATION, width=700).page
    page.emulate_media(media="print")
    row = page.locator("table.side-by-side tbody tr").first
    left, right = (row.locator(f"> :nth-child({n})").bounding_box() for n in (1, 3))
    assert left["x"] + left["width"] <= right["x"]
    for hidden in (".checked-copy", ".checked-mark-holds", ".row-notes"):
        assert not page.locator(hidden).first.is_visible()


def test_rows_are_stacked_on_a_phone(read):
    page = read(DERIVATION, width=390).page
    row = page.locator("table.side-by-side tbody tr").first
    boxes = [cell.bounding_box() for cell in row.locator("> *").all()]
    assert [box["y"] for box in boxes] == sorted(box["y"] for box in boxes)
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[2]["y"]
