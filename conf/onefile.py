"""
The whole book as one HTML file that needs nothing else: to be read offline, and to be printed.

`python -m sphinx -b singlehtml …` writes it; `conf.paper` prints it as a PDF.
"""

from __future__ import annotations

import base64
import mimetypes
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.builders.singlehtml import SingleFileHTMLBuilder

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

NAME = "one-over-m.html"

# What KaTeX names beside each font for browsers of before 2016, and the book does not ship.
OLDER_FONTS = re.compile(r',url\([^)]+\.(woff|ttf)\) format\("\w+"\)')


class OneFile(SingleFileHTMLBuilder):
    """
    Sphinx's builder of one page, with the parts of the book, and one place for each anchor.

    Sphinx puts all pages below the first one's title, and leaves what is called alike on several
    pages, such as "Exercises", the same anchor, so that all links lead to the first.
    """

    def assemble_doctree(self) -> nodes.document:
        """Put the pages one after the other, each under the caption that it has in the menu."""
        root = self.config.root_doc
        tree = self.env.get_doctree(root)
        book = tree.deepcopy()
        book.children = []
        book += self._page(root, tree)
        for toctree in list(book.findall(addnodes.toctree)):
            toctree.parent.parent.remove(toctree.parent)
            place: nodes.Element = book
            if caption := toctree.get("caption"):
                place = nodes.section(ids=[nodes.make_id(f"part-{caption}")], classes=["part"])
                place += nodes.title(caption, caption)
                book += place
            for name in toctree["includefiles"]:
                place += self._page(name, self.env.get_doctree(name))
        book["docname"] = root
        self.env.resolve_references(book, root, self)
        lead_to_one_place(book)
        return book

    @staticmethod
    def _page(docname: str, tree: nodes.document) -> addnodes.start_of_file:
        """Wrap a page, and tell its sections where they are from."""
        page = addnodes.start_of_file("", *tree.children, docname=docname)
        for section in page.findall(nodes.section):
            section["docname"] = docname
        return page

    def write_additional_files(self) -> None:
        """Write none: a file that stands alone has no search and shows no missing page."""


def lead_to_one_place(book: nodes.document) -> None:
    """Name what is called alike on several pages after its page, and mend the links to it."""
    pages = list(book.findall(addnodes.start_of_file))
    count = Counter(name for page in pages for name in ids_of(page))

    def anchor(docname: str, name: str) -> str:
        return name if count[name] < 2 else nodes.make_id(f"{docname}-{name}")

    for page in pages:
        docname = page["docname"]
        for node in page.findall(nodes.Element):
            node["ids"] = [anchor(docname, name) for name in node["ids"]]
            if "refid" in node:
                node["refid"] = anchor(docname, node["refid"])
            found = re.fullmatch(r"#document-([^#]+)#(.+)", node.get("refuri", ""))
            if found:
                node["refuri"] = "#" + anchor(found[1], found[2])


def ids_of(page: nodes.Element) -> Iterator[str]:
    """Yield each anchor of a page."""
    for node in page.findall(nodes.Element):
        yield from node["ids"]


# -- one file --------------------------------------------------------------------------------------


def inline(html: str, folder: Path) -> str:
    """Return a page with all that it loads from its folder put into it."""

    def style(found: re.Match[str]) -> str:
        sheet = local(folder, found[1])
        css = OLDER_FONTS.sub("", sheet.read_text(encoding="utf-8"))
        css = re.sub(
            r"url\((?!['\"]?data:)['\"]?([^'\")]+)['\"]?\)",
            lambda url: f"url({data(sheet, url[1])})",
            css,
        )
        return f"<style>\n{css}</style>"

    def image(found: re.Match[str]) -> str:
        return f"{found[1]}{data(folder / 'index.html', found[2])}{found[3]}"

    # A scaled image leads to itself in its own size, which it has here.
    html = re.sub(r"<a\b[^>]*\bimage-reference\b[^>]*>\s*(<img\b[^>]*>)\s*</a>", r"\1", html)
    scripts = re.findall(r'<script[^>]*\bsrc="([^"]+)"[^>]*></script>\n?', html)
    html = re.sub(r'<script[^>]*\bsrc="[^"]+"[^>]*></script>\n?', "", html)
    html = re.sub(r'<link(?=[^>]*\brel="stylesheet")[^>]*\bhref="([^"]+)"[^>]*>', style, html)
    html = re.sub(r'(<img[^>]*\bsrc=")(?!data:)([^"]+)(")', image, html)
    html = re.sub(r'(<link[^>]*\brel="icon"[^>]*\bhref=")(?!data:)([^"]+)(")', image, html)
    code = "".join(
        f"<script>\n{local(folder, name).read_text(encoding='utf-8')}</script>\n"
        for name in scripts
    )
    before, end, after = html.rpartition("</body>")
    return before + code + end + after


def local(folder: Path, address: str) -> Path:
    """Return the file of an address, which may have a digest behind it."""
    return folder / address.partition("?")[0]


def data(beside: Path, address: str) -> str:
    """Return the address that holds a file's contents."""
    file = local(beside.parent, address)
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"


def keep_one_file(app: Sphinx, exception: Exception | None) -> None:
    """Put all that was written into one file, and remove the rest."""
    if exception or app.builder.name != "singlehtml":
        return
    folder = Path(app.outdir)
    page = folder / "index.html"
    text = inline(page.read_text(encoding="utf-8"), folder)
    for written in folder.iterdir():
        if written.is_dir():
            shutil.rmtree(written)
        else:
            written.unlink()
    (folder / NAME).write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the builder, and the making of one file after all others are done."""
    app.setup_extension("sphinx.builders.singlehtml")
    app.add_builder(OneFile, override=True)
    app.connect("build-finished", keep_one_file, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
