"""What templates and options of the theme cannot: descriptions, notebooks, icons, valid HTML."""

from __future__ import annotations

import logging
import pickle
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from fontTools import subset
from jupyter_cache import get_cache

from conf.numbers import KIND, page_numbers

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

logging.getLogger("fontTools").setLevel(logging.WARNING)

# MyST-NB: a hidden cell's button is called what it says, open or not, and holds no paragraph.
HIDDEN = re.compile(
    r'<summary aria-label="Toggle hidden content">\s*'
    r'<p class="collapsed admonition-title">(.*?)</p>\s*'
    r'<p class="expanded admonition-title">.*?</p>'
)
BUTTON = r"<summary>\1"


def place_of(page: str, env: BuildEnvironment) -> str:
    """Return where in the book a page is, if the story or its equations' numbers tell."""
    story = env.toctree_includes.get("story", [])
    if page in story:
        return f"The story, {story.index(page) + 1} of {len(story)}"
    numbered = KIND in env.toc_fignumbers.get(page, {})
    return f"Page {page_numbers(env)[page]}" if numbered and page != env.config.root_doc else ""


def finish_page(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Mend a page's body, and offer its notebook as it was executed."""
    if description := (context.get("meta") or {}).get("description"):
        context["meta"]["og:description"] = description
    if place := place_of(page, app.env):
        context["body"] = f'<p class="place">{place}</p>\n{context["body"]}'
    if "body" in context:
        # Docutils: a role that ARIA has withdrawn. Sphinx: a list of values in a paragraph.
        body = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')
        body = re.sub(r'<p>(<ul class="simple">.*?</ul>)\s*</p>', r"\1", body, flags=re.DOTALL)
        context["body"] = HIDDEN.sub(BUTTON, body)
    source = Path(app.env.mystnb_config.output_folder, f"{page}.ipynb")
    if page in app.env.found_docs and source.is_file():
        notebook = nbformat.read(source, as_version=4)
        with suppress(KeyError):  # The outputs of a page that failed are not kept.
            cache = get_cache(app.config.nb_execution_cache_path)
            _, notebook = cache.merge_match_into_notebook(notebook)
        # Cells get random ids; numbers make two builds equal.
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"
        target = Path(app.outdir, "_sources", f"{page}.ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
        context["ipynb_source"] = f"{page}.ipynb"


def finish_build(app: Sphinx, exception: Exception | None) -> None:
    """Leave of the theme's icon fonts what is shown, and store what the search has found."""
    if exception or app.builder.format != "html":
        return
    files = [path for kind in ("html", "js", "css") for path in Path(app.outdir).rglob(f"*.{kind}")]
    text = "\n".join(path.read_text("utf-8") for path in files)
    # Icons are written as they are, or by a name of which the style sheet has the number.
    shown = set(map(ord, re.findall("[\ue000-\uf8ff]", text)))
    numbers = dict(re.findall(r'\.fa-([\w-]+)(?=[^{}]*\{--fa:"\\(\w+)")', text))
    names = set(re.findall(r"(?<!\.)\bfa-([a-z0-9-]+)", text)) & numbers.keys()
    shown |= {int(numbers[name], 16) for name in names}
    for font in Path(app.outdir).glob("_static/vendor/fontawesome/webfonts/*.woff2"):
        options = subset.Options(flavor="woff2", name_IDs=[])
        smaller = subset.load_font(font, options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=shown)
        subsetter.subset(smaller)
        subset.save_font(smaller, font, options)
    # Sphinx collects index entries while it writes, after it has stored what it keeps.
    with Path(app.doctreedir, "environment.pickle").open("wb") as file:
        pickle.dump(app.env, file, pickle.HIGHEST_PROTOCOL)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect what finishes pages, before the theme makes its buttons, and builds that write."""
    app.connect("html-page-context", finish_page)
    app.connect("write-started", lambda app, _: app.connect("build-finished", finish_build))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
