"""A book in which no page asks to be checked is built as it is without the extension."""

import re
import subprocess
import sys

import pytest

PAGES = {
    "index": r"""# Page

It costs $5, and then $6.

```{toctree}
amsmath
plain
```

```{math}
:label: one
1 = 2
```

See {eq}`one`.

```math
1 = 3
```

<p>\[ 1 = 4 \]</p>

:::{note}
A line.
:::
""",
    "amsmath": r"""# In LaTeX

\begin{align}
1 &= 2 \\
3 &= 4
\end{align}

$$ x = x + 1 $$ (x)

$$ y $$

- $X$: an item, and $$ z = 1 $$ in a line

| $a$ | b |
|---|---|
| $c$ | d |
""",
    "plain": "# Words\n\nNothing else.\n",
}
REST = """Rest
====

.. math:: a = b
   :label: rest

.. math::

   a &= b \\\\
   c &= d

See :eq:`rest` and :math:`a = b`.
"""
SETTINGS = {
    "nothing": {},
    "mathematics": {
        "myst_enable_extensions": ["amsmath", "dollarmath"],
        "math_number_all": True,
        "numfig": True,
    },
}
# MyST gives equations in LaTeX's environments such ids.
RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}")


@pytest.fixture
def built(project):
    """Return a function that builds the book: all that is published by file, and the warnings."""

    def build(builder, extensions, **settings):
        warnings = project.build(builder, extensions=extensions, **settings)[1]
        folder = project.folder / "_build" / builder
        pages = {
            path.relative_to(folder).as_posix(): RANDOM.sub("", path.read_text("utf-8", "replace"))
            for path in sorted(folder.rglob("*"))
            # Sphinx's own digest of the settings, for its next build.
            if path.is_file() and path.name != ".buildinfo"
        }
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        return pages, [RANDOM.sub("", warning) for warning in warnings]

    (project.folder / "conf.py").write_text("", encoding="utf-8")
    for name, text in PAGES.items():
        project.write(name, text)
    (project.folder / "rest.rst").write_text(REST, encoding="utf-8")
    return build


@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml"])
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_book_that_does_not_ask_is_built_as_without_the_extension(built, builder, settings):
    extensions = ["myst_parser", "sphinx.ext.mathjax"]
    before = built(builder, extensions, **settings)
    after = built(builder, [*extensions, "checkedmath.sphinxext"], **settings)
    assert before[0]
    assert after[1] == before[1]
    for name, text in before[0].items():
        assert after[0][name].splitlines() == text.splitlines(), name
    assert after == before


def test_only_a_page_that_asks_has_anything_of_the_extension(built, project):
    asks = ":::{where}\n- $a \\in \\mathbb{R}$: a number\n:::\n\n$$ a = a $$\n"
    project.write("amsmath", f"# Asks\n\n{asks}")
    pages, warnings = built("html", ["myst_parser", "checkedmath.sphinxext"])
    assert not [each for each in warnings if "checkedmath" in each]
    html = {name: text for name, text in pages.items() if name.endswith(".html")}
    assert {name for name, text in html.items() if "checked" in text} == {"amsmath.html"}
    assert "checks.json" in pages


def test_a_book_that_does_not_ask_does_not_load_the_checker(project):
    code = (
        "import sys, checkedmath.sphinxext\n"
        "from sphinx.cmd.build import main\n"
        "assert main(['-q', '.', '_build/html']) == 0\n"
        "print({'lark', 'checkedmath.check.checker'} & sys.modules.keys())"
    )
    conf = 'extensions = ["myst_parser", "checkedmath.sphinxext"]\n'
    (project.folder / "conf.py").write_text(conf, encoding="utf-8")
    project.write("index", "# Page\n\n```{math}\n1 = 2\n```\n")
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=project.folder, capture_output=True, text=True, check=True
    )
    assert run.stdout == "set()\n"
