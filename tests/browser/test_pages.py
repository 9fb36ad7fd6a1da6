"""Every page, on a phone, a tablet and a desk, by day and by night."""

import pytest

from .conftest import AXE, window

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
  const bases = box.querySelectorAll(".katex-html > .katex-base");
  const parts = [...bases].map(base => base.getBoundingClientRect());
  if (!parts.length) return true;
  if (parts.some(part => part.top > parts[0].bottom - 2)) return false;
  return [...box.childNodes].filter(e => e.nodeType == Node.TEXT_NODE).some(text => {
    const beside = document.createRange();
    beside.selectNodeContents(text);
    const {top, bottom} = beside.getBoundingClientRect();
    return parts.some(part => part.width && (top > part.bottom - 2 || bottom < part.top + 2));
  });
}).map(box => box.parentElement.textContent.slice(0, 60))"""

UNRENDERED = """() => [...document.querySelectorAll("div.math, span.math")]
  .filter(e => !e.querySelector(".katex-html") || !e.querySelector("math"))
  .map(e => e.textContent.trim().slice(0, 60))"""

# What a page would do without: the outlines of all icons; the search's scripts, but on the search
# page; a font that it does not use, or loads twice.
NEEDLESS = """() => {
  const loaded = performance.getEntriesByType("resource").map(e => [e.name, e.decodedBodySize]);
  const search = location.pathname == "/search.html" ? [] : ["searchindex", "language_data"];
  const scripts = loaded.filter(([name, size]) =>
    size > 1000 && ["fontawesome.js", ...search].some(part => name.includes(part)));
  const fonts = new Set(loaded.map(([name]) => name).filter(name => name.includes(".woff2")));
  const used = [...document.fonts].filter(font => font.status == "loaded").length;
  return fonts.size == used ? scripts : [...scripts, ...fonts, `${used} fonts are used`];
}"""

# An icon is a letter beyond those of all languages. What a font lacks looks like what none has.
BLANK = """async () => {
  const drawn = (font, letter) => {
    const pen = new OffscreenCanvas(60, 60).getContext("2d", {willReadFrequently: true});
    pen.font = font;
    pen.fillText(letter, 5, 45);
    return pen.getImageData(0, 0, 60, 60).data.join();
  };
  const icons = new Map();
  for (const element of document.querySelectorAll("body *:not(.katex *, pre *)")) {
    for (const side of ["::before", "::after"]) {
      const {content, fontFamily, fontWeight} = getComputedStyle(element, side);
      const icon = content.match(/[\ue000-\uf8ff]/)?.[0];
      const font = `${fontWeight} 40px ${fontFamily}`;
      if (icon) icons.set(font + icon, {font, icon, of: element.className});
    }
  }
  const blank = [];
  for (const {font, icon, of} of icons.values()) {
    await document.fonts.load(font, icon);
    if (drawn(font, icon) == drawn(font, "\uf8fe")) blank.push(`${of}: ${font}`);
  }
  return blank;
}"""

# Code that has to be scrolled on a desk.
CUT = """() => [...document.querySelectorAll("section > .cell pre")]
  .filter(code => code.scrollWidth > code.clientWidth)
  .map(code => code.textContent.slice(0, 60))"""


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_is_accessible_whole_and_asks_nobody(visit, name, width):
    reader = visit(name, width=width)
    page = reader.page
    assert page.evaluate(UNRENDERED) == []
    assert page.evaluate(NEEDLESS) == []
    if width == max(WIDTHS):
        assert page.evaluate(BLANK) == []
        assert page.evaluate(CUT) == []
    if (width, "light") in RULES:
        page.evaluate(AXE.read_text(encoding="utf-8"))
    for theme in THEMES:
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert page.evaluate(OVERFLOW) == [], theme
        assert page.evaluate(TORN) == [], theme
        if (width, theme) in RULES:
            assert page.evaluate(AXE_RUN, RULES[width, theme]) == [], theme
    assert reader.troubles == []


# One page of each kind: what a script adds is of its kind, not of the page.
KINDS = (
    "404.html",
    "about/every-check.html",
    "derive/run-the-two-layer-network.html",
    "derive/two-layer-network.html",
    "genindex.html",
    "index.html",
    "notation.html",
    "package/functions.html",
    "practise/half-precision.html",
    "search.html",
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_readable_without_script(visit, kind):
    page = visit(kind, script=False).page
    # The search is a script, and says so.
    title = "noscript .admonition.error" if kind == "search.html" else "article h1"
    assert page.locator(title).first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    # An answer is folded until it is pressed, which takes no script.
    for equation in page.locator("div.math .katex-html:not(details *)").all()[:3]:
        assert equation.is_visible()


@pytest.mark.parametrize(
    "shown",
    [
        "derive/one-neuron.html",
        "derive/two-layer-network.html",
        "index.html",
        "package/functions.html",
        "practise/find-the-mistake.html",
    ],
)
def test_a_dark_page_is_dark_from_the_first_moment_and_nothing_moves(browser, address, shown):
    context = window(browser, theme="dark")
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
    assert page.evaluate("shifts") <= 0.003
    context.close()


def test_paper_is_white_and_has_open_answers_and_no_frame(read):
    page = read("derive/one-neuron.html", width=673, theme="dark").page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for part in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", "footer"):
        assert page.locator(f"{part} >> visible=true").count() == 0, part
    assert page.locator("details.sd-dropdown > :not(summary)").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    row = page.locator(".side-by-side tbody tr").first
    left, right = (row.locator("> td").nth(n).bounding_box() for n in (0, 2))
    assert left["x"] + left["width"] <= right["x"]
    assert page.evaluate(OVERFLOW) == []
