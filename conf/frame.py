"""
What stands around each page: the contents of the book, its style sheets, what others show of it.

The theme is templates/layout.html, static/frame.css and static/book.js; a page loads what it uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.builders.html import StandaloneHTMLBuilder

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.util.typing import ExtensionMetadata

# Style sheets and scripts that extensions bring for other themes: frame.css has what is used of
# the first, and the search page loads those of the second that it needs.
SPARED = re.compile(
    r"(basic|pygments|mystnb\.\w+)\.css|(documentation_options|doctools|sphinx_highlight)\.js"
)
OURS = Path(__file__).parent / "static"
# A heading or a function is listed under its page, a heading of a heading is not.
FUNCTION = re.compile(r"#\w+\.")


def contents(app: Sphinx, page: str) -> str:
    """Return the list of all pages, and of the headings of the one that is shown."""
    parts = [f"<ul>{entry(app, page, app.config.root_doc)}</ul>"]
    for toctree in app.env.tocs[app.config.root_doc].findall(addnodes.toctree):
        if caption := toctree.get("caption"):
            parts.append(f"<p>{escape(caption)}</p>")
        pages = (entry(app, page, docname) for _, docname in toctree["entries"])
        parts.append(f"<ul>{''.join(pages)}</ul>")
    return "\n".join(parts)


def entry(app: Sphinx, page: str, docname: str) -> str:
    """Return the line of one page."""
    title = escape(app.env.titles[docname].astext())
    if docname != page or app.builder.name == "singlehtml":
        return f'<li><a href="{app.builder.get_relative_uri(page, docname)}">{title}</a></li>'
    headings = "".join(headings_of(app, docname))
    below = f"<ul>{headings}</ul>" if headings else ""
    return f'<li><a href="#main" aria-current="page">{title}</a>{below}</li>'


def headings_of(app: Sphinx, docname: str) -> Iterator[str]:
    """Yield a line for each heading of a page, and for each function that it documents."""
    for reference in app.env.tocs[docname].findall(nodes.reference):
        depth = sum(isinstance(node, nodes.bullet_list) for node in ancestors(reference))
        anchor = reference["anchorname"]
        if depth == 2 or FUNCTION.match(anchor):
            text = app.builder.render_partial(nodes.inline("", "", *reference.deepcopy().children))
            yield f'<li><a href="{escape(anchor)}">{text["fragment"].strip()}</a></li>'


def ancestors(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield what a node stands in, from the inside."""
    while node.parent is not None:
        node = node.parent
        yield node


def add_frame(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Give the templates what they show."""
    context["book_contents"] = contents(app, page)
    context["html_baseurl"] = app.config.html_baseurl
    context["description"] = app.env.metadata.get(page, {}).get("description")
    for found, wanted in (("css_files", "style_sheets"), ("script_files", "page_scripts")):
        files = sorted(context[found], key=lambda file: file.priority)
        context[wanted] = [
            file for file in files if not SPARED.fullmatch(Path(file.filename or "").name)
        ]
    if page == "404":
        lead_from_anywhere(app, context)


def lead_from_anywhere(app: Sphinx, context: dict[str, Any]) -> None:
    """Have all links of a page begin at the site's root: nobody knows where it is shown."""
    root = urlsplit(app.config.html_baseurl).path or "/"
    relative = re.compile(r'\b(href|src)="(?![#/]|[a-z]+:)')
    for name in ("css_tag", "js_tag"):
        tag = context[name]
        context[name] = lambda file, tag=tag: relative.sub(rf'\1="{root}', tag(file))
    pathto = context["pathto"]
    context["pathto"] = lambda *target, **how: root + pathto(*target, **how)
    context["book_contents"] = relative.sub(rf'\1="{root}', context["book_contents"])
    context["content_root"] = root


def end_base(_app: Sphinx, config: Config) -> None:
    """Let the site's address end in a slash, as addresses are joined to it."""
    if config.html_baseurl:
        config.html_baseurl = config.html_baseurl.rstrip("/") + "/"


def write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    """List the addresses of all pages for search engines, if the site's own is known."""
    if exception or not app.config.html_baseurl or app.builder.name != "html":
        return
    pages = sorted(app.env.found_docs)
    urls = [app.config.html_baseurl + app.builder.get_target_uri(page) for page in pages]
    listed = "".join(f"<url><loc>{escape(url)}</loc></url>\n" for url in urls)
    Path(app.outdir, "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{listed}</urlset>\n',
        encoding="utf-8",
    )
    Path(app.outdir, "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: {app.config.html_baseurl}sitemap.xml\n",
        encoding="utf-8",
    )


def spare_files(app: Sphinx, exception: Exception | None) -> None:
    """Remove what extensions copied for other themes, and no page loads."""
    if exception or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    for pattern in ("basic.css", "pygments.css", "mystnb.*.css", "*.png"):
        for file in Path(app.outdir, "_static").glob(pattern):
            if not (OURS / file.name).exists():
                file.unlink()


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect what makes the frame."""
    app.connect("config-inited", end_base)
    # After the extensions that add a style sheet to some pages.
    app.connect("html-page-context", add_frame, priority=900)
    app.connect("build-finished", write_sitemap)
    app.connect("build-finished", spare_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
