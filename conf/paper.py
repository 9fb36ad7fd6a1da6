"""
Print the book's one HTML file as a PDF with Chromium: `python -m conf.paper FILE.html FILE.pdf`.

Why not LaTeX: the page is the book. Its rows of one example and the batch, its drawings and its
notes are HTML and CSS, which LaTeX would show in another way, or not; and Chromium sets KaTeX's
formulas as the screen does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader

from conf.chromium import launch

# A4 without the margins that frame.css gives @page, in the pixels that CSS counts.
WIDTH = round((210 - 2 * 16) / 25.4 * 96)

# What is wider than its place is set smaller until it fits: paper does not scroll, and Chromium
# prints all pages smaller when one thing stands out.
FIT = """() => {
  for (const box of document.querySelectorAll(".math-scroll, .table-scroll, .checks .math")) {
    const place = box.closest(".checks td") ?? box;
    const room = place.clientWidth / Math.max(place.scrollWidth, box.offsetWidth);
    if (room < 1) box.style.fontSize = `${Math.floor(room * 98)}%`;
  }
  const paper = document.documentElement.clientWidth;
  return [...document.querySelectorAll("article *, .cover *")]
    .filter((box) => !box.closest("svg, .katex-mathml") || box.matches("svg.drawing"))
    .filter((box) => box.getBoundingClientRect().right > paper + 1)
    .map((box) => box.textContent.trim().slice(0, 60));
}"""

NUMBER = """pages => {
  for (const link of document.querySelectorAll(".contents a")) {
    const page = pages[decodeURIComponent(link.hash.slice(1))];
    if (page) link.dataset.page = page;
  }
}"""


def print_book(source: Path, target: Path) -> None:
    """
    Print a file twice: the first time to find out on which page each chapter begins.

    Raises
    ------
    ValueError
        If something is wider than the paper, and cannot be made to fit.
    """
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": WIDTH, "height": 1000}, color_scheme="light")
        page.emulate_media(media="print")
        page.goto(source.resolve().as_uri())
        page.evaluate("document.fonts.ready")
        if too_wide := page.evaluate(FIT):
            raise ValueError(f"wider than the paper: {', '.join(too_wide)}")
        write(page, target)
        page.evaluate(NUMBER, pages_of(target))
        write(page, target)
        browser.close()


def write(page: Page, target: Path) -> None:
    """Write the PDF with bookmarks, and with the structure that a screen reader needs."""
    paper = {"format": "A4", "prefer_css_page_size": True, "print_background": True}
    page.pdf(path=target, outline=True, tagged=True, **paper)


def pages_of(pdf: Path) -> dict[str, int]:
    """Return the number of the page that each place in a PDF is on."""
    reader = PdfReader(pdf)
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


if __name__ == "__main__":
    print_book(*map(Path, sys.argv[1:]))
