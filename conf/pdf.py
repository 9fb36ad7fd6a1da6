"""
The whole book as one PDF: Sphinx's page of all pages, printed by Chromium.

``python -m sphinx -b singlehtml …`` writes the page, ``python -m conf.pdf PAGE.html FILE.pdf``
prints it. Not by LaTeX: the rows of one example and the batch and the drawings are HTML.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.builders.singlehtml import SingleFileHTMLBuilder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

# For a container, to ask nobody anything, and to set letters as a browser with windows does.
ARGUMENTS = (  # noqa: SIM905  (three lines in place of ten)
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --font-render-hinting=none"
).split()

# A picture is no link to itself. What is wider than the paper is set smaller, or reported.
FIT = """() => {
  document.querySelectorAll("a.image-reference").forEach((a) => a.replaceWith(...a.childNodes));
  const wide = ".math-scroll, .pst-scrollable-table-container, td .math";
  for (const box of document.querySelectorAll(wide)) {
    const place = box.closest(".checks td") ?? box;
    const room = place.clientWidth / Math.max(box.scrollWidth, box.offsetWidth);
    if (room < 1) box.style.fontSize = `${Math.floor(room * 98)}%`;
  }
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll("article *")]
    .filter((box) => !box.closest("svg, .katex-mathml") || box.matches("svg.drawing"))
    .filter((box) => box.getBoundingClientRect().right > width + 1)
    .map((box) => box.textContent.trim().slice(0, 60));
}"""


class OneFile(SingleFileHTMLBuilder):
    """Sphinx's builder of one page, with one place for each anchor."""

    def assemble_doctree(self) -> nodes.document:
        """Return all pages as one, in which what is called alike is named after its page."""
        book = super().assemble_doctree()
        next(book.findall(nodes.section))["ids"].append(f"document-{self.config.root_doc}")
        count = Counter(name for node in book.findall(nodes.Element) for name in node["ids"])

        def anchor(docname: str, name: str) -> str:
            return name if count[name] < 2 else nodes.make_id(f"{docname}-{name}")

        # A page comes after the page that it stands in, and goes before it.
        pages = book.findall(addnodes.start_of_file)
        homes = {id(node): page for page in pages for node in page.findall(nodes.Element)}
        for node in book.findall(nodes.Element):
            docname = homes[id(node)]["docname"] if id(node) in homes else self.config.root_doc
            node["ids"] = [anchor(docname, name) for name in node["ids"]]
            if "refid" in node:
                node["refid"] = anchor(docname, node["refid"])
            page, _, name = node.get("refuri", "").partition("#document-")[2].partition("#")
            if name:
                node["refuri"] = f"#{anchor(page, name)}"
        return book


def find() -> str:
    """Return the Chromium that the variable CHROMIUM names, or one of Debian's."""
    # The one without windows comes first: a page opens in it in two thirds of the time.
    for name in (os.environ.get("CHROMIUM"), "chromium-headless-shell", "chromium"):
        if name and (found := shutil.which(name)):
            return found
    raise FileNotFoundError("there is no Chromium: apt-get install chromium-headless-shell")


def launch(playwright: Playwright) -> Browser:
    """Return a browser without a window."""
    return playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)


def print_book(source: Path, target: Path) -> None:
    """Print a page as a PDF, with bookmarks; raise ValueError for what is wider than the paper."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (a build does without)

    with sync_playwright() as playwright:
        page = launch(playwright).new_page(viewport={"width": 673, "height": 1000})
        page.emulate_media(media="print", color_scheme="light")
        page.goto(source.resolve().as_uri())
        page.evaluate("document.fonts.ready")
        if too_wide := page.evaluate(FIT):
            raise ValueError(f"wider than the paper: {', '.join(too_wide)}")
        number = '<p style="font-size: 9px; margin: auto"><span class="pageNumber"></span></p>'
        page.pdf(
            path=target,
            format="A4",
            margin=dict.fromkeys(("top", "bottom", "left", "right"), "16mm"),
            display_header_footer=True,
            header_template=" ",
            footer_template=number,
            outline=True,
            tagged=True,
        )


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the builder."""
    app.add_builder(OneFile, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    print_book(*map(Path, sys.argv[1:]))
