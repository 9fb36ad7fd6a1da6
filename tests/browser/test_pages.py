"""Every page, on a phone, a tablet and a desk, by day and by night."""

import itertools

import pytest

from .conftest import AXE, HEIGHT

WIDTHS = (360, 768, 1280)
THEMES = ("light", "dark")

# By night, the rules that colours can break, and those for images, of which one may be there by
# night alone. Contrast, by far the dearest, is the same at every width.
COLOURS = ["color-contrast", "link-in-text-block"]
BY_NIGHT = [*COLOURS, "image-alt", "role-img-alt", "svg-img-alt"]
RULES = {
    (360, "light"): {"rules": {rule: {"enabled": False} for rule in COLOURS}},
    (1280, "light"): {},
    (1280, "dark"): {"runOnly": {"type": "rule", "values": BY_NIGHT}},
}

AXE_RUN = """async rules => {
  const found = await axe.run(document, {resultTypes: ["violations"], ...rules});
  return found.violations.map(rule =>
    `${rule.id}: ${rule.nodes.map(node => node.target.join(" ")).slice(0, 3).join(", ")}`);
}"""

# What sticks out is named: the elements beyond the window's edge that no box scrolls or hides.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = e => e.getBoundingClientRect().right > width + 1;
  const boxed = e => e && (getComputedStyle(e).overflowX != "visible" && !out(e)
    || boxed(e.parentElement));
  return [...document.querySelectorAll("main *")]
    .filter(e => out(e) && !boxed(e.parentElement))
    .slice(0, 5).map(e => e.outerHTML.slice(0, 80))
    .concat([`the page is ${document.documentElement.scrollWidth} wide`]);
}"""

# A comma or a bracket that is not on its formula's line. A formula in more lines is wider than one.
TORN = """() => [...document.querySelectorAll(".unbroken")].filter(box => {
  const bases = box.querySelectorAll(".katex-html > .base");
  const parts = [...bases].map(base => base.getBoundingClientRect());
  if (parts.some(part => part.top > parts[0].bottom - 2)) return false;
  return [...box.childNodes].filter(e => e.nodeType == Node.TEXT_NODE).some(text => {
    const beside = document.createRange();
    beside.selectNodeContents(text);
    const {top, bottom} = beside.getBoundingClientRect();
    return parts.some(part => part.width && (top > part.bottom - 2 || bottom < part.top + 2));
  });
}).map(box => box.parentElement.textContent.slice(0, 60))"""

# Code that has to be scrolled on a desk, where it may be wider than the text.
CUT = """() => {
  for (const answer of document.querySelectorAll("details")) answer.open = true;
  return [...document.querySelectorAll("section > .cell pre")]
    .filter(code => code.scrollWidth > code.clientWidth)
    .map(code => code.textContent.slice(0, 60));
}"""

UNRENDERED = """() => [...document.querySelectorAll("div.math, span.math")]
  .filter(e => !e.querySelector(".katex-html") || !e.querySelector("math"))
  .map(e => e.textContent.trim().slice(0, 60))"""

# The fonts that were asked for late, when the text was laid out, and how many are not used.
FONTS = """() => {
  const asked = performance.getEntriesByType("resource").filter(e => e.name.endsWith(".woff2"));
  const used = [...document.fonts].filter(font => font.status == "loaded");
  const late = asked.filter(e => e.initiatorType != "link").map(e => e.name.split("/").pop());
  const unused = new Set(asked.map(e => e.name)).size - used.length;
  return unused ? [...late, `${unused} not used`] : late;
}"""


def test_a_page_is_accessible_whole_and_asks_nobody(visit, name):
    reader = visit(name, width=WIDTHS[0])
    page = reader.page
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for width, theme in itertools.product(WIDTHS, THEMES):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert page.evaluate(OVERFLOW) == [], (width, theme)
        assert page.evaluate(TORN) == [], (width, theme)
        if (width, theme) in RULES:
            assert page.evaluate(AXE_RUN, RULES[width, theme]) == [], (width, theme)
    assert page.evaluate(UNRENDERED) == []
    assert page.evaluate(FONTS) == []
    assert page.evaluate(CUT) == []
    assert reader.troubles == []


# One page of each kind: what a script adds is of its kind, not of the page.
KINDS = (
    "404.html",
    "about/every-check.html",
    "derive/add-outer-products.html",
    "derive/two-layer-network.html",
    "genindex.html",
    "index.html",
    "notation.html",
    "package/networks.html",
    "practise/half-precision.html",
    "search.html",
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_readable_without_script(visit, kind):
    page = visit(kind, script=False).page
    # The search is a script, and says so.
    title = ".admonition.error" if kind == "search.html" else "article h1"
    assert page.locator(title).first.is_visible()
    # An answer is folded until it is pressed, which takes no script.
    for equation in page.locator("div.math .katex-html:not(details *)").all()[:3]:
        assert equation.is_visible()


@pytest.mark.parametrize(
    "shown", ["derive/one-neuron.html", "index.html", "practise/find-the-mistake.html"]
)
def test_a_dark_page_is_dark_from_the_first_moment_and_nothing_moves(browser, address, shown):
    context = browser.new_context(color_scheme="dark", viewport={"width": 1280, "height": HEIGHT})
    page = context.new_page()
    page.add_init_script("""
      window.shifts = 0;
      new PerformanceObserver(list => list.getEntries().forEach(e => { window.shifts += e.value; }))
        .observe({type: "layout-shift", buffered: true});
      new MutationObserver((_, seen) => {
        if (!document.body) return;
        window.firstTheme = document.documentElement.dataset.theme;
        seen.disconnect();
      }).observe(document, {childList: true, subtree: true});
    """)
    page.goto(f"{address}/{shown}")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)
    assert page.evaluate("window.firstTheme") == "dark"
    assert page.evaluate("window.shifts") <= 0.003
    context.close()


def test_paper_has_no_frame_and_open_answers(read):
    page = read("derive/one-neuron.html", width=673, theme="dark").page
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    assert not page.locator(".side").is_visible()
    assert page.locator("details.dropdown > :not(summary)").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    row = page.locator(".side-by-side tbody tr").first
    left, right = (row.locator("> td").nth(n).bounding_box() for n in (0, 2))
    assert left["x"] + left["width"] <= right["x"]
    assert page.evaluate(OVERFLOW) == []
