"""Cells run in the page, with the real runtime: what they print and ask for, how they stop."""

import gzip
import math
import re
import time

import pytest

from tests.browser.conftest import AXE, SITE, window
from tests.browser.live.conftest import RUNTIME
from tests.browser.test_keyboard import focus

PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if 'class="run-bar"' in (text := path.read_text("utf-8")) and "run/cells.js" in text
)
PAGE = "derive/run-the-two-layer-network.html"

# Pages whose cells print other text in the browser, and why.
DIFFER = {}

NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")
STATE = ".run-status"


def same(built, ran):
    """Tell whether two texts differ by rounding errors and blanks at most."""
    if NUMBER.sub("#", built).split() != NUMBER.sub("#", ran).split():
        return built.split() == ran.split()
    return all(
        math.isclose(float(a), float(b), rel_tol=1e-6, abs_tol=1e-9)
        for a, b in zip(NUMBER.findall(built), NUMBER.findall(ran), strict=True)
    )


def test_rounding_errors_are_forgiven_and_nothing_else():
    assert same("a = 0.1000000001  b", "a = 0.1 b")
    assert same("error 3.1e-16", "error 2.2e-17")
    assert not same("a = 0.1", "a = 0.2")
    assert not same("a = 0.1", "b = 0.1")
    assert not same("1 2", "1 2 3")


def run(page, number, wait=True):
    """Press Run of a cell, and wait until it has ended."""
    bar = page.locator(".run-bar").nth(number)
    bar.locator("button").first.click()
    if wait:
        bar.locator(STATE, has_text=re.compile("^(ran|stopped)")).wait_for()
    return bar.locator(STATE).inner_text()


def write(page, number, code):
    """Put code into a cell's editor."""
    bar = page.locator(".run-bar").nth(number)
    if not page.locator(".cell").nth(number).locator("textarea").count():
        bar.locator("button").nth(1).click()
    page.locator(".cell").nth(number).locator("textarea").fill(code)


def printed(page, number):
    """Give what stands below a cell."""
    output = page.locator(".cell").nth(number).locator(".cell_output")
    return output.inner_text() if output.count() else ""


def test_the_book_has_pages_that_run():
    assert len(PAGES) > 30


@pytest.fixture(scope="module")
def python(browser, host):
    """Give a page with one Python, for the cells of all pages: starting it takes seconds."""
    context = window(browser)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{host.address}/{PAGE}")
    page.evaluate(START)
    yield page
    context.close()


# Each page's cells begin without names, and with NumPy as it comes.
START = """async () => {
  const {Python} = await import(new URL("../_static/run/python.js", document.baseURI));
  const python = new Python(["numpy", "matplotlib", "oneoverm", "checkedmath"]);
  const clean = `import numpy
numpy.set_printoptions(edgeitems=3, threshold=1000, precision=8, suppress=False, linewidth=75,
                       nanstr="nan", infstr="inf", sign="-", formatter=None, floatmode="maxprec")
globals().clear()
__name__ = "__main__"`;
  window.cellsOf = async address => {
    const text = await (await fetch(address)).text();
    const doc = new DOMParser().parseFromString(text, "text/html");
    await python.call("run", [0, clean]);
    const found = [];
    for (const [place, bar] of [...doc.querySelectorAll(".run-bar")].entries()) {
      const cell = bar.closest(".cell");
      const output = cell.querySelector(".cell_output");
      const sent = [];
      const source = cell.querySelector(".cell_input pre").textContent;
      await python.call("run", [place + 1, source], (kind, text) => sent.push([kind, text]));
      const pick = wanted => sent.filter(([kind]) => wanted.includes(kind));
      const text = pick(["text", "error"]).map(each => each[1]).join("");
      found.push([output?.textContent ?? "", text,
                  output?.querySelectorAll("img").length ?? 0, pick(["image"]).length]);
    }
    return found;
  };
}"""


@pytest.mark.parametrize("place", PAGES)
def test_every_cell_prints_what_is_stored(python, host, place):
    cells = python.evaluate("address => cellsOf(address)", f"{host.address}/{place}")
    assert cells
    different = [
        (number, built, ran)
        for number, (built, ran, shown, drawn) in enumerate(cells, start=1)
        if (not same(built, ran) or shown != drawn) and (place, number) not in DIFFER
    ]
    assert not different


def test_nothing_of_the_runtime_is_asked_for_before_the_press_and_how_much_after(live, host):
    reader = live(PAGE)
    reader.page.locator(".run-bar").first.hover()
    reader.page.wait_for_timeout(300)
    before = {name for name, _ in host.sent}
    assert not before & {path.name for path in RUNTIME.rglob("*")}
    scripts = sum(
        len(gzip.compress(path.read_bytes(), 9)) for path in (SITE / "_static/run").iterdir()
    )
    assert scripts <= 14_000
    own = [SITE / "_static" / "run" / f"{name}.js" for name in ("cells", "editor", "python", "try")]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in own) <= 8_000
    host.sent.clear()
    run(reader.page, 0)
    assert sum(size for _, size in host.sent) <= 9_600_000
    assert reader.troubles == []


@pytest.mark.parametrize("file", ["pyodide.asm.wasm", "python_stdlib.zip", "numpy", "oneoverm"])
def test_a_corrupted_file_is_refused_in_words(live, host, file):
    (path,) = (path for path in (*RUNTIME.rglob(f"{file}*"),) if path.is_file())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    host.broken[path.name] = bytes(content)
    reader = live(PAGE)
    assert run(reader.page, 0) == "stopped with an error"
    assert "was refused: it is not the file that this book was built with" in printed(
        reader.page, 0
    )
    host.broken.clear()


def test_stop_keeps_what_is_there_and_ends_what_does_not_listen(live):
    reader = live(PAGE)
    page = reader.page
    write(page, 0, "kept = 5")
    run(page, 0)
    write(page, 0, "print('on')\nwhile True:\n    pass")
    run(page, 0, wait=False)
    page.locator(".cell_output pre", has_text="on").first.wait_for()
    started = time.monotonic()
    assert run(page, 0) == "stopped with an error"
    assert time.monotonic() - started < 0.5
    assert "Stopped" in printed(page, 0)
    write(page, 0, "kept")
    run(page, 0)
    assert printed(page, 0).strip() == "5"
    loop = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    deaf = f"print('deaf')\n{loop}"
    write(page, 0, deaf)
    run(page, 0, wait=False)
    page.locator(".cell_output pre", has_text="deaf").first.wait_for()
    started = time.monotonic()
    assert run(page, 0) == "stopped with an error"
    assert time.monotonic() - started < 2
    assert "ended" in printed(page, 0)
    write(page, 0, "'kept' in dir()")
    run(page, 0)
    assert printed(page, 0).strip() == "False"


def test_states_reset_and_a_layout_that_does_not_move(live):
    page = live(PAGE).page
    page.evaluate(
        "window.moved = 0; new PerformanceObserver(list => {"
        "for (const entry of list.getEntries()) window.moved += entry.value;"
        "}).observe({type: 'layout-shift'})"
    )
    states = page.locator(STATE)
    before = page.locator("article").inner_html()
    assert set(states.all_text_contents()) == {"as built"}
    height = page.evaluate("document.querySelector('.cell').offsetHeight")
    page.locator(".run-bar button").nth(1).click()
    assert page.evaluate("document.querySelector('.cell').offsetHeight") == height
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") == 0
    code = page.locator("textarea").first.input_value()
    write(page, 0, code + "\nprint('more')")
    assert states.first.inner_text().startswith("edited")
    write(page, 0, code)
    assert states.first.inner_text() == "as built"
    write(page, 0, code + "\nprint('more')")
    run(page, 0)
    assert states.nth(1).inner_text() == "a cell above has run differently"
    run(page, 1)
    write(page, 1, "1 / 0")
    assert run(page, 1) == "stopped with an error"
    assert "line 1: 1 / 0" in printed(page, 1)
    page.get_by_role("button", name="Reset page").first.click()
    assert page.locator("article").inner_html() == before


def test_by_keyboard_alone(live):
    page = live(PAGE).page
    focus(page, ".run-bar button:nth-of-type(2)")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("for i in range(2):\nprint(i)")
    page.keyboard.press("Control+Enter")
    page.locator(STATE, has_text="ran in").first.wait_for()
    assert printed(page, 0).split() == ["0", "1"]
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Edit"
    focus(page, ".run-bar button:nth-of-type(3)")
    page.keyboard.press("Enter")
    assert page.locator(STATE).first.inner_text() == "as built"
    assert page.evaluate("document.activeElement.textContent") == "Run"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_each_state_passes_axe(live, theme, width):
    page = live(PAGE, theme=theme, width=width).page
    write(page, 0, "print(1)")
    run(page, 0)
    write(page, 1, "1 / 0")
    run(page, 1)
    write(page, 0, "print(2)")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document)")["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_it_prints_is_capped_and_html_is_kept_apart(live):
    page = live(PAGE).page
    write(page, 0, "for i in range(100_000): print(i)")
    run(page, 0)
    assert 200_000 < len(printed(page, 0)) < 201_000
    html = (
        "class H:\n    def _repr_html_(self): return '<script>parent.bad = 1</script><b>1</b>'\nH()"
    )
    write(page, 0, html)
    run(page, 0)
    assert page.frame_locator(".cell_output iframe").locator("b").inner_text() == "1"
    assert page.evaluate("window.bad") is None


def test_a_page_without_a_server_or_on_paper_has_no_buttons(browser):
    page = browser.new_page()
    page.goto((SITE / PAGE).as_uri())
    assert page.locator(".run-bar button").count() == 0
    page.close()
