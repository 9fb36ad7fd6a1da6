"""A book in which no page asks to be checked is built as it is without the extension."""

import re

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
    """Return a function that builds the book: its HTML by file, and the warnings."""

    def build(builder, extensions, **settings):
        warnings = project.build(builder, extensions=extensions, **settings)[1]
        folder = project.folder / "_build" / builder
        pages = {
            path.name + path.parent.name: RANDOM.sub("", path.read_text("utf-8"))
            for path in sorted(folder.rglob("*.html"))
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
    for name, html in before[0].items():
        assert after[0][name].splitlines() == html.splitlines(), name
    assert after == before


def test_only_a_page_that_asks_has_anything_of_the_extension(built, project):
    asks = ":::{where}\n- $a \\in \\mathbb{R}$: a number\n:::\n\n$$ a = a $$\n"
    project.write("amsmath", f"# Asks\n\n{asks}")
    pages, warnings = built("html", ["myst_parser", "checkedmath.sphinxext"])
    assert not [each for each in warnings if "checkedmath" in each]
    assert {name for name, html in pages.items() if "checked" in html} == {"amsmath.htmlhtml"}
