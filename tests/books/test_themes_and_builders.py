"""Another author's book, in the usual themes and builders, in parallel."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

PAGE = r"""# Fit a line

:::{where}
- $X \in \mathbb{R}^{n \times m}$: the inputs, one *example* a column
- $y \in \mathbb{R}^{1 \times m}$: what to predict
- $w \in \mathbb{R}^n$: the weights
:::

$$
E := w^\top X - y, \qquad J := \frac{1}{2m} E E^\top
$$

$$
\frac{\partial J}{\partial w} = \frac{1}{m} X E^\top
$$ (dw)

By {eq}`dw`, {checked}`w^\top X E^\top = E X^\top w` holds.

::::{side-by-side}
$$
l := \frac{1}{2} e e
$$

*mean*

$$
J = \frac{1}{2m} E E^\top
$$

---

$$
dw := \frac{\partial l}{\partial w} = x e
$$

```numpy
dw = x * e
```

*mean*

$$
dw := \frac{\partial J}{\partial w} = \frac{1}{m} X E^\top
$$
::::

```{checks}
```

```{toctree}
note
rest
```
"""
NOTE = r"""# A notebook

:::{where}
- $a \in \mathbb{R}^n$: a vector
:::

$$
\| a \|^2 = a^\top a
$$
"""
REST = r"""Rest
====

.. where::

   - :math:`A \in \mathbb{R}^{n \times n}`: a matrix

.. math:: \operatorname{tr}(A) = \operatorname{tr}(A^\top)
"""
HTML = ("html", "dirhtml", "singlehtml")
OTHER_BUILDERS = ("epub", "gettext", "latex", "man", "text", "texinfo", "xml")
OTHERS = ("pydata_sphinx_theme", "sphinx_book_theme", "sphinx_rtd_theme")
MARKED = 7
"""The marks of the three pages: of four equations or pairs that claim something, and inline."""


RUN = r"""
import sys
from sphinx.cmd.build import main
for builder in sys.argv[1:]:
    options = ("-n", "-W", "--keep-going", "-j", "2", "-w", builder + ".warnings")
    # Documents that are to be translated are not those that are shown.
    trees = "_build/trees-" + ("gettext" if builder == "gettext" else "")
    code = main(["-q", *options, "-b", builder, "-d", trees, ".", "_build/" + builder])
    open(builder + ".code", "w").write(str(code))
"""


@pytest.fixture
def build(tmp_path):
    """Return a function that builds the book: by builder the exit code, warnings and folder."""
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": NOTE}
    note = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "note.ipynb").write_text(json.dumps(note), encoding="utf-8")
    (tmp_path / "rest.rst").write_text(REST, encoding="utf-8")

    def build(page, *builders, theme="alabaster", renderer="sphinx.ext.mathjax"):
        (tmp_path / "index.md").write_text(page, encoding="utf-8")
        conf = f"""
copyright, version = "Somebody", "1"
exclude_patterns = ["_build"]
extensions = ["myst_nb", "{renderer}", "checkedmath.sphinxext"]
html_theme = "{theme}"
nb_execution_mode = "off"
"""
        (tmp_path / "conf.py").write_text(conf, encoding="utf-8")
        subprocess.run([sys.executable, "-c", RUN, *builders], cwd=tmp_path, check=True)
        for builder in builders:
            told = [tmp_path / f"{builder}.{name}" for name in ("code", "warnings")]
            code, warnings = (path.read_text("utf-8") for path in told)
            yield builder, int(code), warnings.splitlines(), tmp_path / "_build" / builder

    return build


def html_of(folder):
    """Return the pages that have equations, or all of them in one."""
    texts = [path.read_text("utf-8") for path in folder.rglob("*.html")]
    return [text for text in texts if 'class="checked-' in text]


@pytest.mark.parametrize("theme", ["alabaster", "furo", *OTHERS])
def test_each_theme_shows_the_marks_in_each_form_of_html(build, theme):
    for builder, code, warnings, folder in build(PAGE, *HTML, theme=theme):
        assert (code, warnings) == (0, []), builder
        pages = html_of(folder)
        assert len(pages) == (1 if builder == "singlehtml" else 3)
        assert sum(page.count("checked-mark-holds") for page in pages) == MARKED
        assert (folder / "_static" / "checkedmath.css").is_file()
        for page in pages:
            assert "checkedmath.css" in page
            ids = re.findall(r'\bid="(check[^"]*)"', page)
            assert len(ids) == len(set(ids))
            links = set(re.findall(r'href="#(check[^"]*)"', page))
            assert links <= set(ids)


def test_each_other_builder_shows_the_equations_and_no_marks(build):
    kinds = {".xhtml", ".pot", ".tex", ".1", ".txt", ".texi", ".xml"}
    for builder, code, warnings, folder in build(PAGE, *OTHER_BUILDERS):
        assert (code, warnings) == (0, []), builder
        files = [path for path in folder.rglob("*") if path.suffix in kinds]
        text = "\n".join(path.read_text("utf-8") for path in files)
        assert "what to predict" in text
        assert "popover" not in text, builder
        for path in folder.rglob("*.xhtml"):
            ET.parse(path)  # noqa: S314 (written by the test)


@pytest.mark.parametrize("theme", ["furo", "sphinx_book_theme"])
def test_marks_stand_beside_what_katex_sets(build, theme):
    built = build(PAGE, "html", theme=theme, renderer="sphinxcontrib.katex")
    ((_, code, warnings, folder),) = built
    assert (code, warnings) == (0, [])
    page = (folder / "index.html").read_text("utf-8")
    assert "katex" in page
    assert page.count("checked-mark-holds") == MARKED - 2


def test_a_mistake_fails_the_build_in_each_builder(build):
    wrong = PAGE.replace(r"= \frac{1}{m} X E^\top" + "\n$$ (dw)", "= X E^\\top\n$$ (dw)")
    for _, code, warnings, _ in build(wrong, "html", "linkcheck", "latex", "gettext"):
        (warning,) = [each for each in warnings if "http" not in each]
        assert code == 1
        assert re.search(r"index\.md:1[45]: WARNING: \(dw\) differs", warning)
        assert "a 1/m is missing" in warning
