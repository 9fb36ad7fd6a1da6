"""Sphinx configuration of the book: https://www.sphinx-doc.org/en/master/usage/configuration.html."""

import os
from pathlib import Path

from conf.cells import cache_path

# -- Project ---------------------------------------------------------------------------------------

project = "One over m"
author = "The One over m authors"
copyright = "The One over m authors; text CC BY 4.0, code BSD-3-Clause"  # noqa: A001

# `conf.…` are the modules beside this file. They are found because `python -m sphinx`, run in the
# repository's root, puts that folder on the import path; `sphinx-build` does not.
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinxcontrib.bibtex",
    "checkedmath.sphinxext",
    "conf.asides",
    "conf.cells",
    "conf.divisors",
    "conf.drawings",
    "conf.figures",
    "conf.fonts",
    "conf.forks",
    "conf.frame",
    "conf.fresh",
    "conf.katex",
    "conf.markup",
    "conf.notation",
    "conf.onefile",
    "conf.quick",
    "conf.search",
    "conf.symbols",
]
templates_path = ["templates"]
nitpicky = True

# -- Pages -----------------------------------------------------------------------------------------

# Not `amsmath`: it gives equations random ids. Write `$$ … $$ (label)`.
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
# A heading can be linked to as on GitHub: `[](page.md#heading)`.
myst_heading_anchors = 3
math_eqref_format = "({number})"

# -- Checked mathematics ---------------------------------------------------------------------------

checkedmath_pages = "all"
checkedmath_packages = ["oneoverm"]
checkedmath_notation = "notation"
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

# -- Sources ---------------------------------------------------------------------------------------

bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"

# -- Executed cells --------------------------------------------------------------------------------

# What runs the cells takes it over.
os.environ["MATPLOTLIBRC"] = str(Path(__file__).parent / "matplotlibrc")
nb_execution_mode = "cache"
nb_execution_timeout = 60
nb_execution_cache_path = cache_path(
    Path(__file__).parent.parent / "build" / "cells",
    packages=["oneoverm", "checkedmath"],
    distributions=["numpy", "matplotlib", "ml-dtypes", "dask", "ipython", "ipykernel", "myst-nb"],
    files=[Path(os.environ["MATPLOTLIBRC"]), Path(__file__).parent / "kernel.py"],
)
# What a cell writes on stderr is a warning that nobody meant the reader to see.
nb_output_stderr = "warn"
nb_merge_streams = True
# `conf.cells` reports failed cells, with their line.
suppress_warnings = ["mystnb.exec"]

# -- HTML ------------------------------------------------------------------------------------------

# The theme is templates/layout.html, static/frame.css and `conf.frame`; Sphinx needs `basic`.
html_theme = "basic"
html_title = project
# Where the site is, if that is known: for the sitemap, and for the one address of each page.
# `nox -s docs -- -D html_baseurl=https://…/` sets it elsewhere.
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", "")
html_static_path = ["static", "vendor"]
# KaTeX's script has done its work by then; its stylesheet and fonts ship with the site.
exclude_patterns = ["katex/katex.min.js"]
html_css_files = ["frame.css", "book.css"]
html_js_files = [("book.js", {"defer": "defer"})]
html_additional_pages = {"404": "404.html"}
html_math_renderer = "katex"
html_permalinks_icon = "#"
html_copy_source = False
