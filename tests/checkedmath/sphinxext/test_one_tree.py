"""Whatever a page displays is checked where it comes from: each true claim with a false twin."""

import re
import sys
from importlib import metadata

import pytest

from checkedmath.check.files import check_file
from checkedmath.page.files import load

from .conftest import Project

pytestmark = [
    pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

CONF = """
extensions = [{parser!r}, "sphinx.ext.autodoc", "checkedmath.sphinxext"]
myst_enable_extensions = [
    "dollarmath", "colon_fence", "amsmath", "deflist", "substitution", "fieldlist", "tasklist",
]
myst_substitutions = {{"is_true": "$$ a + a = 2 a $$", "is_false": "$$ a + a = 3 a $$"}}
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
"""

WHERE = """:::{where}
- $a \\in \\mathbb{R}$: a number
- $X \\in \\mathbb{R}^{n \\times m}$: more
:::

"""
RST_WHERE = """.. where::

   - :math:`a \\in \\mathbb{R}`: a number
   - :math:`X \\in \\mathbb{R}^{n \\times m}`: more

"""
EXAMPLES = "$$ x^{(i)} = x^{(i)} $$\n\n"

# What stands for CLAIM is true on one page, and false on the other.
MARKDOWN = {
    "display": "$$\nCLAIM\n$$\n",
    "one-line": "$$ CLAIM $$\n",
    "label": "$$ CLAIM $$ (NAME)\n",
    "directive": "```{math}\nCLAIM\n```\n",
    "colon-directive": ":::{math}\nCLAIM\n:::\n",
    "directive-label": "```{math}\n:label: NAME\nCLAIM\n```\n",
    "directive-yaml": "```{math}\n---\nlabel: NAME\n---\nCLAIM\n```\n",
    "directive-argument": "```{math} CLAIM\n```\n",
    "environment": "\\begin{align}\nCLAIM\n\\end{align}\n",
    "starred": "\\begin{equation*}\nCLAIM\n\\end{equation*}\n",
    "list": "- An item\n\n  $$ CLAIM $$\n",
    "nested-list": "1. One\n   - Two\n\n     $$\n     CLAIM\n     $$\n",
    "quote": "> Said\n>\n> $$\n> CLAIM\n> $$\n",
    "admonition": ":::{note}\nText.\n\n$$\nCLAIM\n$$\n:::\n",
    "nested-directives": "::::{note}\n:::{tip}\n$$ CLAIM $$\n:::\n::::\n",
    "div": ":::{some-class}\n$$ CLAIM $$\n:::\n".replace("{some-class}", "some"),
    "footnote": "Text.[^one]\n\n[^one]: See\n\n    $$ CLAIM $$\n",
    "definition": "Term\n: Words\n\n  $$ CLAIM $$\n",
    "field": ":field: words\n\n$$ CLAIM $$\n",
    "between-html": "<div>\n\n$$CLAIM$$\n\n</div>\n",
    "checked": "Some words and {checked}`CLAIM` in them.\n",
    "checked-in-a-title": "## Since {checked}`CLAIM`\n",
    "checked-in-emphasis": "Some *words and {checked}`CLAIM` in* them.\n",
    "checked-in-a-link": "[words {checked}`CLAIM`](https://example.org)\n",
    "checked-in-a-where": ":::{where}\n- $b \\in \\mathbb{R}$: since {checked}`CLAIM`\n:::\n",
    "eval-rst": "```{eval-rst}\n.. math:: CLAIM\n```\n",
    "eval-rst-block": (
        "```{eval-rst}\n.. note::\n\n   .. math::\n      :label: NAME\n\n      CLAIM\n```\n"
    ),
    "eval-rst-checked": "```{eval-rst}\nWords :checked:`CLAIM` here.\n```\n",
    "substitution": "{{ is_TRUTH }}\n",
    "include": "```{include} TRUTH.inc\n```\n",
    "include-of-include": "```{include} TRUTH-more.inc\n```\n",
    "include-from-a-line": "```{include} TRUTH.inc\n:start-line: 3\n```\n",
    "include-in-a-list": "- item\n\n  ```{include} TRUTH.inc\n  ```\n",
    "include-rst": "```{eval-rst}\n.. include:: TRUTH.txt\n```\n",
    "docstring": "```{eval-rst}\n.. autofunction:: documented.f_TRUTH\n```\n",
    "list-table": "```{list-table}\n* - x\n  - $$CLAIM$$\n```\n",
    "figure": "```{figure} picture.png\nA caption.\n\n$$ CLAIM $$\n```\n",
    "epigraph": "```{epigraph}\n$$ CLAIM $$\n```\n",
    "glossary": "```{glossary}\nNAME\n  $$ CLAIM $$\n```\n",
    "sidebar": "```{sidebar} Title\n$$ CLAIM $$\n```\n",
    "only": "```{only} html\n$$ CLAIM $$\n```\n",
    "container": "```{container} some\n$$ CLAIM $$\n```\n",
    "versionadded": "```{versionadded} 1\n$$ CLAIM $$\n```\n",
    "behind-code": "```python\n# CLAIM\n```\n\n$$ CLAIM $$\n",
    "behind-a-comment": "% $$ CLAIM $$\n\n$$ CLAIM $$\n",
    "twice": "$$ a + a = a + a $$\n\n$$ CLAIM $$\n\n$$ a + a = a + a $$\n",
    "aligned": "$$ \\begin{aligned} a &= a \\\\ CLAIM \\end{aligned} $$\n",
    "side-by-side": (
        f"{EXAMPLES}::::{{side-by-side}}\n$$ CLAIM $$\n\n*same*\n\n$$ 2 a = a + a $$\n::::\n"
    ),
    "deep-in-a-row": (
        f"{EXAMPLES}::::{{side-by-side}}\n$$ 2 a = a + a $$\n\n"
        "- words\n\n  $$ CLAIM $$\n\n*same*\n\n"
        "$$ 2 a = a + a $$\n::::\n"
    ),
    "equation-in-a-where": (":::{where}\n- $b \\in \\mathbb{R}$: words\n\n  $$ CLAIM $$\n:::\n"),
    "note-in-a-row": (
        f"{EXAMPLES}:::::{{side-by-side}}\n$$ 2 a = a + a $$\n\n*same*\n\n$$ 2 a = a + a $$\n\n"
        "::::{note}\n$$ CLAIM $$\n::::\n:::::\n"
    ),
    "row-in-a-row": (
        f"{EXAMPLES}::::::{{side-by-side}}\n$$ 2 a = a + a $$\n\n*same*\n\n$$ 2 a = a + a $$\n\n"
        ":::::{side-by-side}\n$$ 2 a = a + a $$\n\n*same*\n\n$$ CLAIM $$\n:::::\n::::::\n"
    ),
    "blank-line-in-it": "$$\na = a\n\nCLAIM\n$$\n",
    "comment-in-it": "$$\na = a % = 3 a\n\\\\ CLAIM\n$$\n",
    "target": "(foo-NAME)=\n\n$$ CLAIM $$\n",
    "topic": "```{topic} Title\n$$ CLAIM $$\n```\n",
    "py-function": "```{py:function} NAME(x)\n:no-index:\n\nWords.\n\n$$ CLAIM $$\n```\n",
    "carriage-returns": "Words.\r\n\r\n$$\r\nCLAIM\r\n$$\r\n",
    "title-and-front-matter": "Words.\n\n$$\n\nCLAIM\n\n$$\n",
}
RST = {
    "rst-argument": ".. math:: CLAIM\n",
    "rst-block": ".. math::\n\n   CLAIM\n",
    "rst-label": ".. math::\n   :label: NAME\n\n   CLAIM\n",
    "rst-two": ".. math::\n\n   a = a\n\n   CLAIM\n",
    "rst-deep": ".. where::\n\n   - :math:`b \\in \\mathbb{R}`: words\n\n     .. math:: CLAIM\n",
    "rst-list": "* One\n\n  .. math:: CLAIM\n",
    "rst-footnote": "Words [#one]_.\n\n.. [#one] See\n\n   .. math:: CLAIM\n",
    "rst-checked": "Words :checked:`CLAIM` here.\n",
    "rst-note": ".. note::\n\n   .. math:: CLAIM\n",
    "rst-include": ".. include:: TRUTH.txt\n",
    "rst-docstring": ".. autofunction:: documented.f_TRUTH\n   :no-index:\n",
    "rst-table": ".. list-table::\n\n   * - x\n     - .. math:: CLAIM\n",
    "rst-substitution": "Words |it| here.\n\n.. |it| replace:: since :checked:`CLAIM`\n",
    "rst-side-by-side": (
        ".. math:: x^{(i)} = x^{(i)}\n\n"
        ".. side-by-side::\n\n   .. math:: CLAIM\n\n   *same*\n\n   .. math:: 2 a = a + a\n"
    ),
}
TRUTHS = {"true": "a + a = 2 a", "false": "a + a = 3 a"}
DOCUMENTED = '''
def f_true():
    r"""
    Words.

    .. math:: a + a = 2 a
    """


def f_false():
    r"""
    Words.

    .. math:: a + a = 3 a
    """
'''


def filled(text, name, truth):
    claim = TRUTHS[truth]
    text = text.replace("CLAIM", claim).replace("TRUTH", truth)
    return text.replace("NAME", f"{name}-{truth}")


def place_of(project, page, truth):
    """Return the file and line of a page's claim, or the words of its place."""
    name = page.removesuffix(f"-{truth}")
    if "include" in name:
        file = f"{truth}.txt" if name in ("include-rst", "rst-include") else f"{truth}.inc"
    elif "docstring" in name:
        return f"documented.py:docstring of documented.f_{truth}:3"
    else:
        file = next(path.name for path in project.folder.glob(f"{page}.*"))
    lines = (project.folder / file).read_text("utf-8").splitlines()
    wanted = (
        f"{{{{ is_{truth} }}}}" if "substitution" in name and "rst" not in name else TRUTHS[truth]
    )
    numbers = [n for n, line in enumerate(lines, 1) if wanted in line]
    return f"{file}:{numbers[-1]}"


def book(folder, parser, pages, **files):
    """Write a book with a page for each way to display a claim, true and false; build it."""
    project = Project(folder)
    (folder / "conf.py").write_text(CONF.format(parser=parser), encoding="utf-8")
    (folder / "documented.py").write_text(DOCUMENTED, encoding="utf-8")
    (folder / "picture.png").touch()
    project.write("index", "# Book\n\n```{toctree}\n:glob:\n*\n```\n")
    for truth, claim in TRUTHS.items():
        text = f"Words.\n\nMore words.\n\n$$\n{claim}\n$$\n"
        (folder / f"{truth}.inc").write_text(text, encoding="utf-8")
        (folder / f"{truth}-more.inc").write_text(f"```{{include}} {truth}.inc\n```\n", "utf-8")
        (folder / f"{truth}.txt").write_text(f"Words.\n\n.. math:: {claim}\n", encoding="utf-8")
        for name, text in pages.items():
            stem, suffix = f"{name}-{truth}", files.get(name, ".md")
            (folder / f"{stem}{suffix}").write_bytes(filled(text, name, truth).encode())
    sys.path.insert(0, str(folder))
    try:
        _, project.warnings = project.build()
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("documented", None)
    return project


if metadata.version("markdown-it-py").startswith("3."):
    # It leaves the > of a quote in the equation, for the reader to see as well.
    del MARKDOWN["quote"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    pages = {name: f"# Page\n\n{WHERE}{text}" for name, text in MARKDOWN.items()}
    pages |= {name: f"Page\n====\n\n{RST_WHERE}{text}" for name, text in RST.items()}
    return book(tmp_path_factory.mktemp("tree"), "myst_parser", pages, **dict.fromkeys(RST, ".rst"))


def marks(project, page):
    return re.findall(r'checked-mark checked-mark-(\w+)"', project.html(page))


@pytest.mark.parametrize("name", [*MARKDOWN, *RST])
def test_what_is_true_holds_and_what_is_false_does_not(built, name):
    in_title = name == "checked-in-a-title"
    true, false = (built.entries(f"{name}-{truth}") for truth in TRUTHS)
    assert {entry.finding.status for entry in true} == {"holds"}
    (bad,) = (entry.finding for entry in false if not entry.finding.passes)
    assert bad.status == "differs"
    place = place_of(built, f"{name}-false", "false")
    assert f"{bad.file.rpartition('/')[2]}:{bad.line}" == place
    assert any(w.startswith(f"{place}: WARNING: ") for w in built.warnings), built.warnings
    count = len({entry.place for entry in true if entry.finding.kind == "relation"})
    assert marks(built, f"{name}-true") == ["holds"] * (count - in_title)
    assert marks(built, f"{name}-false").count("differs") == 1 - in_title


def test_what_is_true_is_not_warned_of(built):
    found = [w for w in built.warnings if "[checkedmath." in w]
    assert [w for w in found if "differs: " not in w] == []
    assert len(found) == len(MARKDOWN) + len(RST)


# What looks like a display, and is shown as something else.
REFUSED = {
    "table": "| a | b |\n|---|---|\n| x | $$CLAIM$$ |\n",
    "in-a-paragraph": "Some words and $$CLAIM$$ in them.\n",
    "in-a-title": "## Some $$CLAIM$$\n",
    "dollars-in-a-list": "- some\n  $$CLAIM$$ more\n",
    "never-closed": "Words $$ CLAIM\n",
    "brackets": "\\[ CLAIM \\]\n",
    "brackets-in-a-list": "- Words: \\[ CLAIM \\]\n",
    "substitution-in-a-paragraph": "Words {{ is_TRUTH }} here.\n",
    "raw-dollars": "```{raw} html\n<p>$$CLAIM$$</p>\n```\n",
    "raw-brackets": "```{raw} html\n<p>\\[CLAIM\\]</p>\n```\n",
    "html": "<p>$$CLAIM$$</p>\n",
    "math-fence": "```math\nCLAIM\n```\n",
    "admonition-title": ":::{admonition} Since $$CLAIM$$\nWords.\n:::\n",
    "figure-caption": "```{figure} picture.png\nSince $$CLAIM$$\n```\n",
    "code-caption": "```{code-block} python\n:caption: Since $$CLAIM$$\n\n1\n```\n",
    "table-caption": "```{list-table} Since $$CLAIM$$\n* - x\n```\n",
    "term": "Since $$CLAIM$$\n: words\n",
    "epigraph-attribution": "```{epigraph}\nWords.\n\n-- Since $$CLAIM$$\n```\n",
    "csv-table": "```{csv-table}\nx, $$CLAIM$$ y\n```\n",
    "rubric": "```{rubric} Since $$CLAIM$$\n```\n",
    "in-strong": "Words **since $$CLAIM$$** more.\n",
    "in-a-link": "[since $$CLAIM$$](https://example.org)\n",
}
LEFT_ALONE = {
    "code": "`$$ CLAIM $$`\n",
    "block": "```\n$$ CLAIM $$\n```\n",
    "code-block": "```{code-block} latex\n$$ CLAIM $$\n```\n",
    "literalinclude": "```{literalinclude} TRUTH.inc\n```\n",
    "include-literal": "```{include} TRUTH.inc\n:literal:\n```\n",
    "prose": "Some $CLAIM$ is prose.\n",
    "comment": "% $$ CLAIM $$\n",
    "html-comment": "<!-- $$ CLAIM $$ -->\n",
    "prices": "From $5 to $6, or \\$\\$.\n",
    "script": "```{raw} html\n<script>$$('a'); f(\\[1\\]); $$('b')</script>\n```\n",
    "raw-latex": "```{raw} latex\n\\[ CLAIM \\]\n```\n",
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    pages = {name: f"# Page\n\n{WHERE}{text}" for name, text in {**REFUSED, **LEFT_ALONE}.items()}
    return book(tmp_path_factory.mktemp("refused"), "myst_parser", pages)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("truth", TRUTHS)
def test_what_looks_like_an_equation_and_is_none_is_said(refused, name, truth):
    (entry,) = refused.entries(f"{name}-{truth}")
    assert entry.finding.status in ("unreadable", "unchecked")
    assert not entry.finding.passes
    start = re.compile(rf"{name}-{truth}\.md:(8|9|10|11): WARNING: un(readable|checked): ")
    assert any(map(start.match, refused.warnings))


# What is in the book's settings, and a cell of CSV, the command cannot know of.
@pytest.mark.parametrize(
    "name", [name for name in REFUSED if name not in ("csv-table", "math-fence")]
)
def test_the_command_says_so_as_well(refused, name):
    for truth in TRUTHS:
        found = check_file(refused.folder / f"{name}-{truth}.md")
        assert [each for each in found if each.status in ("unreadable", "unchecked")]


@pytest.mark.parametrize("name", LEFT_ALONE)
@pytest.mark.parametrize("truth", TRUTHS)
def test_what_is_no_displayed_equation_is_left_alone(refused, name, truth):
    assert refused.entries(f"{name}-{truth}") == []
    assert not [w for w in refused.warnings if w.startswith(f"{name}-{truth}.md")]


# Where a definition's line goes on in a glossary, the command refuses the display.
BROUGHT_IN = ("include", "eval-rst", "substitution", "docstring", "glossary")


def model(page):
    """Return what a page says, but for the empty lines around equations."""
    place = {id(e): number for number, e in enumerate([*page.equations, *page.implementations])}
    return {
        "where": [(item.latex, item.line, item.indent) for item in page.where],
        "equations": [
            (e.latex.strip(), e.place(None), e.label, e.unchecked, e.one_example, e.inline)
            for e in page.equations
        ],
        "rows": [(place[id(r.left)], place[id(r.right)], r.expected) for r in page.rows],
        "implementations": page.implementations,
        "uses": page.uses,
    }


@pytest.mark.parametrize("name", [name for name in MARKDOWN if not name.startswith(BROUGHT_IN)])
@pytest.mark.parametrize("truth", TRUTHS)
def test_a_file_that_is_read_without_sphinx_gives_the_same_page(built, name, truth):
    path = built.folder / f"{name}-{truth}.md"
    book_of = built.env.checkedmath_book
    assert model(load(path)) == model(book_of.pages[path.stem].page)


@pytest.mark.parametrize("name", [*MARKDOWN, *RST])
def test_no_id_is_there_twice(built, name):
    for truth in TRUTHS:
        found = re.findall(r' id="([^"]*)"', built.html(f"{name}-{truth}"))
        assert len(found) == len(set(found))
