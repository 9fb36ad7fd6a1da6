"""The interactive figures: moved by keyboard, told in words, whole without script."""

import re

import pytest

from .conftest import AXE
from .test_keyboard import focus
from .test_pages import AXE_RUN, OVERFLOW, RULES, THEMES, WIDTHS

STACK, DIVIDER, HALF = "stack-the-batch", "where-the-divider-sits", "half-precision"
WEIGH, PARTS = "weigh-an-example", "unequal-parts"
PAGES = {
    STACK: "derive/run-the-two-layer-network.html",
    DIVIDER: "derive/your-derivation-is-right-too.html",
    HALF: "practise/half-precision.html",
    WEIGH: "derive/the-cost-is-a-mean.html",
    PARTS: "practise/gradient-accumulation.html",
}

FIGURE_AXE_RUN = AXE_RUN.replace("document", "'figure.interactive'")

# What a figure's drawing was in the file, and what its script has made of it.
DRAWN = """async name => {
  const file = await (await fetch(location.href)).text();
  const page = new DOMParser().parseFromString(file, "text/html");
  return [page, document].map(where => where.querySelector(name).innerHTML);
}"""


def said(page, name):
    return page.locator(f"{name} [role=status]").inner_text()


@pytest.mark.parametrize("figure", PAGES)
def test_the_script_changes_nothing_when_it_comes(read, figure):
    page = read(PAGES[figure]).page
    before, after = page.evaluate(DRAWN, figure)
    assert before == after


def test_examples_join_and_leave_by_the_arrow_keys(read):
    page = read(PAGES[STACK]).page
    focus(page, f"{STACK} input")
    page.keyboard.press("ArrowRight")
    assert said(page, STACK).startswith("m is 3: example 3 has column 3")
    assert page.locator(f"{STACK} input").get_attribute("aria-valuetext") == "3"
    assert "1.33, 0.33, 1.67" in page.locator(f"{STACK} [role=img]").get_attribute("aria-label")
    page.keyboard.press("End")
    assert said(page, STACK).startswith("m is 6")
    assert page.locator(f"{STACK} .later").count() == 0
    page.keyboard.press("Home")
    assert said(page, STACK).startswith("m is 1")
    assert page.locator(f"{STACK} .stacked .grid .one").count() == 3 + 2 + 2 + 2


def test_the_division_moves_by_the_arrow_keys_and_the_step_stays(read):
    page = read(PAGES[DIVIDER]).page
    focus(page, f"{DIVIDER} input")
    steps, pills = [], []
    for key, word in (
        ("ArrowLeft", "Early"),
        ("ArrowRight", "Late"),
        ("ArrowRight", "In the step"),
        ("ArrowRight", "Never"),
    ):
        page.keyboard.press(key)
        assert said(page, DIVIDER).startswith(f"{word}: ")
        steps.append(page.locator(f"{DIVIDER} .outcome b").inner_text())
        pills.append(page.locator(f"{DIVIDER} .pill").bounding_box()["y"])
    assert steps == ["−0.3", "−0.3", "−0.3", "−1.2"]
    assert pills == sorted(set(pills))


def test_the_division_is_dragged_on_the_first_page_and_the_step_stays(read):
    page = read("index.html").page
    way = page.locator(f"{DIVIDER} .way").bounding_box()
    x = way["x"] + 20
    page.mouse.move(x, way["y"] + 0.4 * way["height"])
    page.mouse.down()
    steps = []
    for part, word in ((0.1, "Early"), (0.4, "Late"), (0.6, "In the step")):
        page.mouse.move(x, way["y"] + part * way["height"])
        assert said(page, DIVIDER).startswith(f"{word}: ")
        steps.append(page.locator(f"{DIVIDER} .outcome b").inner_text())
    page.mouse.up()
    assert steps == ["−0.3"] * 3


def test_a_weight_and_a_part_move_by_the_arrow_keys(read):
    page = read(PAGES[WEIGH]).page
    focus(page, f"{WEIGH} input")
    page.keyboard.press("ArrowRight")
    assert said(page, WEIGH).startswith("The first example counts 1.5")
    page = read(PAGES[PARTS]).page
    focus(page, f"{PARTS} input")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert said(page, PARTS).startswith("The parts are equal")


def test_numbers_do_not_move_what_is_beside_them(read):
    page = read(PAGES[DIVIDER]).page
    boxes = set()
    for place in ("early", "late", "in the step", "never"):
        page.locator(f'{DIVIDER} input[value="{place}"]').check(force=True)
        values = page.locator(f"{DIVIDER} .station .values").all()
        boxes.add(tuple((box.bounding_box()["x"], box.bounding_box()["y"]) for box in values))
    assert len(boxes) == 1


def test_m_and_the_size_of_dz_move_by_the_arrow_keys(read):
    page = read(PAGES[HALF]).page
    focus(page, f"{HALF} input[name=doublings]")
    assert "early flushes to zero" in said(page, HALF)
    page.keyboard.press("ArrowLeft")
    assert said(page, HALF) == (
        "512 terms of 3.05×10⁻⁵: early gives 3.05×10⁻⁵, late gives 3.05×10⁻⁵; "
        "early and late are equal."
    )
    focus(page, f"{HALF} input[name=quarters]")
    page.keyboard.press("End")
    assert "late gives ∞; late overflows" in said(page, HALF)
    value = page.locator(f"{HALF} input[name=quarters]").get_attribute("aria-valuetext")
    assert value == "55104"


def test_the_map_can_be_pointed_at(read):
    page = read(PAGES[HALF]).page
    page.locator(f"{HALF} [data-map]").click(position={"x": 2, "y": 2})
    assert page.locator(f"{HALF} input[name=doublings]").input_value() == "0"
    assert said(page, HALF).startswith("1 term of 55104: early gives 55104, late gives 55104")


@pytest.mark.parametrize("figure", PAGES)
def test_without_script_there_is_the_drawing_and_a_table_and_no_control(read, figure):
    page = read(PAGES[figure], script=False).page
    assert page.locator(f"{figure} [role=img]").is_visible()
    assert page.locator("figure.interactive table.every-state").is_visible()
    assert not page.locator(f"{figure} input").first.is_visible()
    with_script = read(PAGES[figure]).page
    assert not with_script.locator("figure.interactive table.every-state").is_visible()
    assert with_script.locator(f"{figure} .controls").is_visible()


@pytest.mark.parametrize("figure", PAGES)
def test_on_paper_there_is_the_table_and_no_control(read, figure):
    page = read(PAGES[figure]).page
    page.emulate_media(media="print")
    assert page.locator("figure.interactive table.every-state").is_visible()
    assert not page.locator(f"{figure} .controls").is_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("figure", PAGES)
def test_every_state_is_accessible_and_fits(read, figure, width):
    reader = read(PAGES[figure], width=width)
    page = reader.page
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for key in ("Home", "ArrowRight", "End"):
        for control in page.locator(f"{figure} input[type=range]").all():
            control.press(key)
        for control in page.locator(f"{figure} input[type=radio]").all():
            control.check(force=True)
        for theme in THEMES:
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            assert page.evaluate(OVERFLOW) == [], theme
            if (width, theme) in RULES:
                assert page.evaluate(FIGURE_AXE_RUN, RULES[width, theme]) == [], theme
    frame = page.locator(f"figure.interactive:has({figure})").bounding_box()
    parts = ".values, .grid, svg, .readout, .note, .quiet, .bar"
    for part in page.locator(f"{figure} :is({parts}):visible").all():
        box = part.bounding_box()
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    assert reader.troubles == []


def test_a_page_without_a_figure_loads_none(read):
    page = read("notation.html").page
    assert not re.search(r"figures/", page.content())
