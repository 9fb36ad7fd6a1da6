r"""The macros by which a book is typeset are those by which it is checked."""

import pytest

PAGE = r"""---
math:
  '\tp': '^\top'
---
# Page

$\newcommand{\twice}[1]{#1 + #1}$

:::{where}
- $\vv{x} \in \RR^n$: a column
:::

$$
\def\three{3}
$$

$$
\vv{x}\tp \vv{x} = \norm{\vv{x}}^2
$$ (true)

$$
\twice{\vv{x}} = \three \vv{x}
$$ (false)
"""
SETTINGS = {
    "mathjax": {
        "mathjax3_config": {
            "tex": {
                "macros": {
                    "RR": r"\mathbb{R}",
                    "vv": [r"\mathbf{#1}", 1],
                    "norm": [r"\lVert #2 \rVert_{#1}", 2, "2"],
                }
            }
        }
    },
    "katex": {
        "katex_macros": r'''"\\RR": "\\mathbb{R}",
            "\\vv": "\\mathbf{#1}", "\\norm": "\\lVert #1 \\rVert"'''
    },
    "a table": {
        "katex_macros": {"\\RR": r"\mathbb{R}", "\\vv": r"\mathbf{#1}", "\\norm": r"\|#1\|"},
    },
}


@pytest.mark.parametrize("name", SETTINGS)
def test_macros_of_the_book_are_written_out(project, name):
    project.write("index", PAGE)
    conf = project.folder / "conf.py"
    text = conf.read_text("utf-8")
    for key, value in SETTINGS[name].items():
        text += f"{key} = {value!r}\n"
    conf.write_text(text + 'extensions += ["sphinx.ext.mathjax"]\n', "utf-8")
    _, warnings = project.build()
    assert [(entry.finding.label, entry.finding.status) for entry in project.entries()] == [
        ("true", "holds"),
        ("false", "differs"),
    ]
    (warning,) = warnings
    assert warning.startswith("index.md:22: WARNING: (false) differs: ")
    assert "off by exactly 2/3" in warning


def test_a_macro_that_changes_makes_pages_be_read_again(project):
    project.write("index", PAGE)
    macros = {"RR": r"\mathbb{R}", "vv": [r"\mathbf{#1}", 1], "norm": [r"\lVert #1 \rVert", 1]}
    book = {"tex": {"macros": macros}}
    project.build(extensions="myst_parser,checkedmath.sphinxext,sphinx.ext.mathjax")
    read, _ = project.build(mathjax3_config=book)
    assert read == ["index"]
    macros["norm"] = [r"\lVert #1 \rVert_1", 1]
    read, warnings = project.build(mathjax3_config=book)
    assert read == ["index"]
    assert [line for line in warnings if "(true) differs" in line]
