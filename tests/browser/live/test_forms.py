"""The pages with a form, with the real runtime: verdicts while one writes, links, Try it."""

import json
import time

import pytest

import checkedmath
from tests.browser.conftest import AXE, SITE, window
from tests.browser.live.conftest import RUNTIME
from tests.browser.test_keyboard import focus

CHECK = "about/check-your-own-derivation.html"
GRADIENT = "about/what-is-wrong-with-my-gradient.html"
STATUS = "form [role=status]"

# Equations that do not stand alone, by page and anchor, and why.
DEPENDS = {}


def check(page, words):
    """Press Check, and wait until the status has some words."""
    page.get_by_role("button", name="Check", exact=True).click()
    page.locator(STATUS, has_text=words).wait_for()


def test_the_six_formulas_hold_and_each_without_its_1_over_m_is_diagnosed(live, host):
    reader = live(CHECK)
    page = reader.page
    assert not {name for name, _ in host.sent} & {path.name for path in RUNTIME.glob("*/*")}
    host.sent.clear()
    check(page, "6 of 6 hold.")
    assert sum(size for _, size in host.sent) <= 10_300_000
    area = page.locator("textarea")
    text = area.input_value()
    formulas = text[text.index("The six") :]
    starts = [
        len(text) - len(formulas) + place
        for place in range(len(formulas))
        if formulas.startswith("\\frac{1}{m} ", place)
    ]
    assert len(starts) == 6
    times = []
    for start in starts:
        started = time.monotonic()
        area.fill(text[:start] + text[start + len("\\frac{1}{m} ") :])
        page.locator(STATUS, has_text="5 of 6 hold.").wait_for()
        times.append(time.monotonic() - started)
        said = page.locator(STATUS).inner_text()
        assert "a 1/m is missing on the right" in said
        assert page.locator(".run-wrong").count() == 1
        area.fill(text)
        page.locator(STATUS, has_text="6 of 6 hold.").wait_for()
    # A check while one writes; tests share their machine, so this guards against seconds alone.
    assert min(times) <= 1.5
    assert reader.troubles == []


def test_what_cannot_be_read_and_nothing_at_all_are_said(live):
    page = live(CHECK).page
    page.locator("textarea").fill("no equation")
    check(page, "There is nothing to check")
    page.locator("textarea").fill("$$\nx = \\frac{1}{\n$$")
    page.locator(STATUS, has_text="Line 2 unreadable").wait_for()


def test_a_link_carries_the_text_and_runs_nothing(live, browser, host):
    page = live(CHECK).page
    text = "# Ünïcode\n\n$$\n1 + 1 = 2\n$$\n"
    page.locator("textarea").fill(text)
    page.get_by_role("button", name="Copy a link").click()
    page.locator(STATUS, has_text="The link is").wait_for()
    address = page.url
    assert len(address) < 300
    context = window(browser)
    host.sent.clear()
    other = context.new_page()
    other.goto(address)
    other.locator(STATUS, has_text="come by a link").wait_for()
    assert other.locator("textarea").input_value() == text
    other.wait_for_timeout(500)
    assert not [
        name for name, _ in host.sent if name.startswith(("files.json", "pyodide", "worker"))
    ]
    other.goto(address[:-9])
    other.reload()
    other.locator(STATUS, has_text="does not carry a whole text").wait_for()
    context.close()


def test_try_it_opens_an_equation_with_its_symbols(live):
    page = live("derive/two-layer-network.html").page
    box = page.locator(".checked-equation").first
    box.locator("button.checked-mark").click()
    link = page.locator(".checked-note:popover-open .run-try")
    link.click()
    page.locator(STATUS, has_text="come by a link").wait_for()
    text = page.locator("textarea").input_value()
    assert ":::{where}" in text
    check(page, "hold.")
    assert page.locator(".run-wrong").count() == 0


@pytest.mark.parametrize(
    "place",
    sorted(path.relative_to(RUNTIME / "try").as_posix() for path in RUNTIME.glob("try/**/*.json")),
)
def test_every_equation_to_try_holds_alone(place):
    found = json.loads((RUNTIME / "try" / place).read_text("utf-8"))
    html = (SITE / place).with_suffix(".html").read_text("utf-8")
    assert [anchor for anchor in found if f'id="{anchor}"' not in html] == []
    failing = {}
    # Both equations of a row are tried by the same text.
    for text, anchor in {text: anchor for anchor, text in found.items()}.items():
        for finding in checkedmath.check_page(checkedmath.read_page(text, place)):
            if not finding.passes and f"{place}:{anchor}" not in DEPENDS:
                failing[anchor] = str(finding)
    assert failing == {}


def test_two_gradients_are_compared_and_what_was_pasted_wrong_is_said(live):
    page = live(GRADIENT).page
    check(page, "differs")
    assert "m" in page.locator(STATUS).inner_text()
    page.locator("textarea").first.fill("[[1, 2], [3]]")
    page.locator(STATUS, has_text="its rows have different lengths").wait_for()
    right = page.locator("textarea").nth(1).input_value()
    page.locator("textarea").first.fill(f"tensor({right.replace(' ', ', ').replace(chr(10), ',')})")
    page.locator(STATUS, has_text="agrees").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("name_of_page", "width"), [(CHECK, 1280), (GRADIENT, 360), (CHECK, 360)])
def test_the_forms_pass_axe_and_work_by_keyboard(live, name_of_page, theme, width):
    page = live(name_of_page, theme=theme, width=width).page
    focus(page, "form textarea")
    page.keyboard.press("Control+Enter")
    page.locator(".run-verdicts li").first.wait_for()
    assert page.locator(STATUS).get_attribute("role") == "status"
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document)")["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
