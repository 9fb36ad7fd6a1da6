"""Sphinx configuration of the book: https://www.sphinx-doc.org/en/master/usage/configuration.html."""

import os
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from conf.execution import cache_path

CONF = Path(__file__).parent

# -- Project ---------------------------------------------------------------------------------------

project = "One over m"
author = "The One over m authors"
copyright = "The One over m authors; text CC BY 4.0, code BSD-3-Clause"  # noqa: A001

# `conf.…` are the modules beside this file. They are found because `python -m sphinx`, run in the
# repository's root, puts that folder on the import path; `sphinx-build` does not.
extensions = [
    "myst_nb",
    "notfound.extension",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxcontrib.bibtex",
    "checkedmath.sphinxext",
    "conf.drawings",
    "conf.execution",
    "conf.figures",
    "conf.katex",
    "conf.numbers",
    "conf.pdf",
    "conf.places",
    "conf.run",
    "conf.theme",
]
templates_path = ["templates"]
nitpicky = True

# -- Pages -----------------------------------------------------------------------------------------

# Not `amsmath`: it gives equations random ids. Write `$$ … $$ (label)`.
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
# A heading can be linked to as on GitHub: `[](page.md#heading)`.
myst_heading_anchors = 3
math_eqref_format = "({number})"
# The story's pages are numbered, and so are its equations: (4.7) is the seventh of page 4. So are
# those of the other pages, whose numbers go on from the story's: see conf/numbers.py.
numfig = True
numfig_secnum_depth = 1
numfig_format = dict.fromkeys(("figure", "table", "code-block"), "%.0s")  # these have none
bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"
checkedmath_pages = "all"
checkedmath_certify = True
# A page takes seconds, and many times as long on a machine that does other things.
checkedmath_timeout = 120.0
checkedmath_packages = ["oneoverm"]
checkedmath_notation = "notation"
# These pages explain the checker, with symbols of their own.
checkedmath_notation_except = ["about/**"]
# As in the package; the other symbols' names in Python follow from their LaTeX.
checkedmath_python_names = {r"\mathcal{L}": "loss"}

# -- The package's pages ---------------------------------------------------------------------------

# The docstrings give shapes, which says more than a type.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"
# A parameter's type is prose here, with shapes in it, and no name to look up.
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_google_docstring = False

# -- Executed cells --------------------------------------------------------------------------------

os.environ["MATPLOTLIBRC"] = str(CONF / "matplotlibrc")
os.environ["JUPYTER_PATH"] = str(CONF / "jupyter")  # how kernels are started
nb_execution_mode = "cache"
nb_execution_timeout = 60
nb_execution_cache_path = cache_path()
# What a cell writes on stderr is a warning that nobody meant the reader to see.
nb_output_stderr = "warn"
nb_merge_streams = True
nb_render_markdown_format = "myst"  # a cell may print a table with formulas
suppress_warnings = ["mystnb.exec"]  # `conf.execution` reports failed cells with their line

# -- HTML ------------------------------------------------------------------------------------------

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static", "vendor"]
# KaTeX's script has done its work by then; its stylesheet and fonts ship with the site.
exclude_patterns = ["katex/katex.min.js"]
html_css_files = ["book.css"]
html_js_files = [("preview.js", {"defer": "defer"})]
html_favicon = "static/favicon.svg"
html_logo = "static/favicon.svg"
html_math_renderer = "katex"
html_permalinks_icon = "#"
# Where the pages went that are part of another now; their addresses lead there.
moved = tomllib.loads((CONF / "moved.toml").read_text("utf-8"))
html_additional_pages = dict.fromkeys(moved, "moved.html")
html_context = {"default_mode": "light", "moved": moved}  # light until a script knows the reader's
html_theme_options = {
    "logo": {"text": project, "alt_text": ""},
    "back_to_top_button": False,
    "footer_content_items": ["author.html", "copyright.html", "report.html"],
    "show_toc_level": 3,  # what the theme would open by a script, the page would move for
    "article_header_start": ["toggle-primary-sidebar.html", "breadcrumbs.html"],
    # The bar above the page would have a second search and a second menu.
    "navbar_start": [],
    "navbar_center": [],
    "navbar_end": [],
    "navbar_persistent": [],
}
copybutton_exclude = ".linenos, .gp, .go"  # what is not typed

# -- Where the book is -----------------------------------------------------------------------------

# The repository's address stands in pyproject.toml, or comes from the host that builds the book;
# without one, there are no such buttons.
urls = tomllib.loads((CONF.parent / "pyproject.toml").read_text("utf-8"))["project"].get("urls", {})
if repository := os.environ.get("BOOK_REPOSITORY") or urls.get("Repository"):
    html_js_files += [("report.js", {"defer": "defer"})]
    html_theme_options |= {
        "repository_url": repository,
        "path_to_docs": "docs",
        "use_repository_button": True,
        "use_edit_page_button": True,
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "notebook_interface": "jupyterlab",
        },
    }

# The site's address, for the sitemap, for cards and for the one address of each page.
hosts = (os.environ.get("BOOK_URL"), os.environ.get("READTHEDOCS_CANONICAL_URL"))
html_baseurl = next(filter(None, hosts), urls.get("Documentation", ""))
if html_baseurl:
    html_baseurl = html_baseurl.rstrip("/") + "/"
    extensions += ["sphinx_sitemap", "sphinxext.opengraph"]
    sitemap_url_scheme = "{link}"
    sitemap_excludes = [f"{page}.html" for page in moved]
    ogp_site_url = html_baseurl
    ogp_image = html_baseurl + "_static/card.png"
    ogp_image_alt = "1 over m: where the 1/m of backpropagation lives"
    ogp_enable_meta_description = False
notfound_urls_prefix = urlsplit(html_baseurl).path or "/"
