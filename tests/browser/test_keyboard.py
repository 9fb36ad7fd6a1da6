"""What a pointer can do, the keyboard can: the menu, the search, the marks, the columns' words."""

import re
from pathlib import Path

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


@pytest.mark.parametrize("width", [360, 768, 991])
def test_the_menu_of_a_narrow_window_opens_leads_on_and_closes(read, width):
    page = read("derive/one-neuron.html", width=width).page
    menu = page.locator("dialog#pst-primary-sidebar-modal")
    for _ in range(2):
        focus(page, "button.primary-toggle")
        page.keyboard.press("Enter")
        menu.locator("a", has_text="Where the 1/m is born").wait_for()
        page.keyboard.press("Escape")
        menu.wait_for(state="hidden")
    focus(page, "button.primary-toggle")
    page.keyboard.press("Enter")
    focus(page, "dialog li:has(> a[href$='look-up.html']) > details > summary")
    page.keyboard.press("Enter")
    focus(page, "dialog a[href$='notation.html']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notation.html")


def test_the_contents_of_a_page_open_in_a_narrow_window_and_lead_to_a_heading(read):
    page = read("derive/one-neuron.html", width=768).page
    focus(page, "button.secondary-toggle")
    page.keyboard.press("Enter")
    focus(page, "dialog a[href='#exercises']")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#exercises"


def search(page, words):
    """Type words into the search dialog, and return the places of what is found, the best first."""
    page.keyboard.press("Control+k")
    page.locator("dialog input[type=search]").wait_for()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    page.locator(".search-summary", has_text=re.compile("found|did not")).wait_for()
    return [link.get_attribute("href") for link in page.locator("#search-results li a").all()]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("transpose", "derive/why-the-transposes.html"),
        ("dZ", "notation.html#symbol-dz-l"),
        ("eta", "notation.html#symbol-eta"),
        ("η", "notation.html#symbol-eta"),
        ("learning rate", "notation.html"),
        ("dW2", "derive/two-layer-network.html#equation-dw2"),
    ],
)
def test_the_search_finds_words_symbols_and_equations(read, words, place):
    reader = read("derive/one-neuron.html")
    page = reader.page
    assert place in search(page, words)
    focus(page, f"#search-results a[href='{place}']")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: place.partition("#")[0] in url and "search.html" not in url)
    anchor = page.evaluate("decodeURIComponent(location.hash).slice(1)")
    assert page.locator(f'[id="{anchor}"]' if anchor else "article h1").count() == 1
    assert reader.troubles == []


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("1/m", "index.html"),
        ("dZ", "derive/what-d-differentiates.html"),
        ("numerical stability", "practise/half-precision.html"),
        ("reduction", "practise/what-the-frameworks-divide-by.html"),
        ("PyTorch", "practise/what-the-frameworks-divide-by.html"),
        ("gradient accumulation", "practise/gradient-accumulation.html"),
        ("class weights", "costs/weighted-and-masked-means.html"),
        ("mask", "costs/weighted-and-masked-means.html"),
        ("DDP", "practise/world-size.html"),
        ("batch norm", "costs/batch-norm.html"),
        ("off by m", "practise/find-the-mistake.html"),
    ],
)
def test_the_search_finds_the_right_page_first(read, words, place):
    first = search(read("notation.html").page, words)[0]
    assert first.partition("#")[0] == place


def test_the_search_says_when_it_finds_nothing(read):
    page = read("index.html").page
    assert search(page, "zzyzx") == []
    assert "did not match any documents" in page.locator("#search-results").inner_text()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_search_opens_by_its_button_and_closes(read, width):
    page = read("index.html", width=width).page
    focus(page, ".search-button__button")
    page.keyboard.press("Enter")
    field = page.locator("dialog input[type=search]")
    field.wait_for()
    assert field.evaluate("field => field === document.activeElement")
    page.keyboard.press("Escape")
    field.wait_for(state="hidden")


def test_the_page_goes_dark_and_stays_dark_until_it_follows_the_system_again(read):
    page = read("index.html").page
    theme = "document.documentElement.dataset.theme"
    for mode, wanted in (("dark", "dark"), ("auto", "light")):
        focus(page, ".theme-switch-button")
        page.keyboard.press("Enter")
        focus(page, f".theme-change-button[data-mode={mode}]")
        page.keyboard.press("Enter")
        assert page.evaluate(theme) == wanted
        page.goto(page.url.replace("index", "notation"))
        assert page.evaluate(theme) == wanted
        page.goto(page.url.replace("notation", "index"))
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{theme} == 'dark'")


@pytest.mark.parametrize(
    ("shown", "block"),
    [
        ("derive/run-the-two-layer-network.html", ".cell_input"),
        ("package/functions.html", ".doctest"),
    ],
)
def test_code_is_copied_without_prompts_and_answers(read, shown, block):
    page = read(shown).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    focus(page, f"{block} button.copybtn")
    page.keyboard.press("Enter")
    page.locator(".copybtn.success").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    code = page.locator(f"{block} pre").first.inner_text().splitlines()
    typed = [line[4:] for line in code if line[:4] in {">>> ", "... "}] or code
    assert [line.rstrip() for line in copied] == [line.rstrip() for line in typed]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_first_screen_has_the_question_and_the_answer(read, width, height):
    page = read("index.html", width=width).page
    for part in ("h1", "p >> text=Both are right", ".checked-equation", "p >> text=not in"):
        box = page.locator(f"article {part}").first.bounding_box()
        assert box["y"] + box["height"] < height, part


@pytest.mark.parametrize("height", [800, 900])
def test_the_first_screen_of_a_desk_has_the_figure_numpy_and_three_doors(read, height):
    page = read("index.html", width=1280).page
    doors = page.locator("article .sd-card").all()
    assert len(doors) == 3
    figure, code = (page.locator(f"article {part}").first for part in ("fieldset", ".cell pre"))
    for part in (*doors, figure, code):
        assert part.bounding_box()["y"] < height - 100


def test_an_equation_is_one_stop_of_the_keyboard(read):
    page = read(DERIVATION).page
    stops = """e => [...e.querySelectorAll("a[href], button, [tabindex]")]
      .filter(x => x.tabIndex >= 0 && !x.closest("[popover]:not(:popover-open)")).length"""
    equations = page.locator(".checked-equation").all()
    assert len(equations) > 15
    assert {equation.evaluate(stops) for equation in equations} == {1}
    # A definition, which has no mark.
    lonely = page.locator("div.math:not(.checked-equation div.math)").all()
    assert {equation.evaluate(stops) for equation in lonely} <= {1}


@pytest.mark.parametrize("start", [".katex-display[role]", "button.checked-mark"])
def test_the_arrow_keys_go_from_an_equation_to_its_mark_and_its_latex_and_back(read, start):
    page = read(DERIVATION).page
    focus(page, start)
    box = "document.activeElement.closest('.checked-equation')"
    before = page.evaluate_handle(box)
    at = "s => document.activeElement.matches(s)"
    for wanted, key in (("button.checked-copy", "ArrowRight"), (start, "ArrowLeft")):
        for _ in range(40):
            if page.evaluate(at, wanted):
                break
            page.keyboard.press(key)
        assert page.evaluate(at, wanted)
        assert page.evaluate(f"e => e === {box}", before)


def test_a_reference_shows_its_equation_and_escape_hides_it(read):
    page = read("questions.html").page
    focus(page, "a[href*='#equation-']")
    preview = page.locator(".equation-preview:popover-open")
    preview.locator(".katex").first.wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')")
    page.keyboard.press("Escape")
    preview.wait_for(state="hidden")


def test_a_mark_tells_what_was_checked(read):
    page = read(DERIVATION).page
    focus(page, "button.checked-mark")
    page.keyboard.press("Enter")
    note = page.locator(".checked-note:popover-open")
    note.wait_for()
    assert "random points" in note.inner_text()
    page.keyboard.press("Escape")
    note.wait_for(state="hidden")


def test_a_report_has_the_number_of_the_equation(read):
    page = read(DERIVATION).page
    report = "document.getElementById('report-equation')"
    # As where the repository is known: see conf/templates/report.html.
    page.evaluate("document.querySelector('p.report').innerHTML += '<a id=report-equation>'")
    page.evaluate(f"{report}.href = 'https://b.example/new?page=P'")
    page.add_script_tag(path=Path(__file__).parents[2] / "conf" / "static" / "report.js")
    assert page.evaluate(f"{report}.href") == "https://b.example/new?page=P"
    focus(page, "button.checked-mark")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    link = page.evaluate("document.activeElement.href")
    number = page.locator(".eqno").first.inner_text()
    assert re.fullmatch(r"\(4\.\d+\)", number)
    assert link == f"https://b.example/new?page=P&equation=%28{number[1:-1]}%29"
    page.locator(".eqno").nth(1).click()
    other = page.locator(".eqno").nth(1).inner_text()[1:-1]
    assert page.evaluate(f"{report}.href").endswith(f"&equation=%28{other}%29")


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
