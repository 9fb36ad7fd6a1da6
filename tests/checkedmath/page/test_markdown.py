"""A page's equations are found where they stand, with exact lines and columns."""

from importlib import metadata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkedmath import Settings, check_page, read_page

QUOTED = pytest.mark.skipif(
    metadata.version("markdown-it-py").startswith("3."),
    reason="markdown-it-py 3 leaves the > of a quote in the equation",
)


def first(text):
    (finding,) = check_page(read_page(text, "page.md"))
    return finding


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("$$\nQ = 1\n$$\n", 2, 1),
        ("$$ Q = 1 $$", 1, 4),
        ("text\n\n$$\n\nQ = 1\n$$\n", 5, 1),
        ("$$\n1 = 1 = \\\\\n  Q\n$$\n", 2, 9),
        ("- item\n\n  $$\n  Q = 1\n  $$\n", 4, 3),
        ("1. item\n\n   $$ Q = 1 $$\n", 3, 7),
        pytest.param("> $$\n> Q = 1\n> $$\n", 2, 3, marks=QUOTED),
        ("```{math}\nQ = 1\n```\n", 2, 1),
        ("```{math}\n:label: one\n\nQ = 1\n```\n", 4, 1),
        ("```{math} Q = 1\n```\n", 1, 11),
        ("```math\nQ = 1\n```\n", 2, 1),
        ("text\n\n\\begin{align}\nQ &= 1\n\\end{align}\n", 4, 1),
        (":::{math}\n:label: x\nQ = 1\n:::\n", 3, 1),
        (":::{note}\n$$\nQ = 1\n$$\n:::\n", 3, 1),
        (":::{note} Title\n:class: tip\n\n$$\nQ = 1\n$$\n:::\n", 5, 1),
        ("::::{note}\n:::{tip}\n$$ Q = 1 $$\n:::\n::::\n", 3, 4),
        ("---\na: b\n---\n$$\nQ = 1\n$$\n", 5, 1),
        ("a\fb\n\n$$\nQ = 1\n$$\n", 4, 1),
        ("a\u2028b\x85c\n\n$$\nQ = 1\n$$\n", 4, 1),
        ("- item\n  - item\n\n    $$\n    Q = 1\n    $$\n", 5, 5),
        ("$$\n\tQ = 1\n$$\n", 2, 2),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_and_columns_are_exact(text, line, column, ending):
    finding = first(text.replace("\n", ending))
    assert finding.status in {"undeclared", "unreadable"}
    assert (finding.line, finding.column) == (line, column)


@pytest.mark.parametrize(
    "text",
    [
        "```\n$$ Q = 1 $$\n```\n",
        "`$$ Q = 1 $$`\n",
        "```{code-cell}\n$$\nQ = 1\n$$\n```\n",
        "<!--\n$$ Q = 1 $$\n-->\n",
        "    $$ Q = 1 $$\n",
        "\\$\\$ Q = 1 \\$\\$\n",
        "inline $Q = 1$ is prose\n",
        "",
    ],
)
def test_code_comments_and_prose_are_not_checked(text):
    assert check_page(read_page(text, "page.md")) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Text\n\nTherefore\n$$1 = 2$$\nit is.\n", 3),
        ("Text $$\n1 = 2\n$$\n", 1),
        (r"So \[ 1 = 2 \] holds.", 1),
        ("- item\n\n  so $$1 = 2$$ holds\n", 3),
    ],
)
def test_a_display_within_text_is_not_passed_over(text, line):
    finding = first(text)
    assert (finding.status, finding.line) == ("unreadable", line)
    assert finding.diagnosis == (
        "this looks like a displayed equation, and is not read as one; put it between $$ and $$, "
        "with an empty line before and after"
    )


@pytest.mark.parametrize("text", ["a `$$` b", r"\$\$ cash", r"a \[link\] b", "`` \\[ a = b \\] ``"])
def test_dollars_and_brackets_in_prose_are_prose(text):
    assert check_page(read_page(text, "page.md")) == []


def test_labels_and_reasons_are_read():
    text = "$$ 1 = 1 $$ (one)\n\n```{math}\n:label: two\n:unchecked: by definition\nQ = 1\n```\n"
    one, two = check_page(read_page(text, "page.md"))
    assert (one.label, one.status) == ("one", "holds")
    assert (two.label, two.status, two.diagnosis, two.left) == (
        "two",
        "unchecked",
        "by definition",
        "Q = 1",
    )
    assert two.passes


@pytest.mark.parametrize(
    ("item", "line"),
    [
        ("X is in R", 3),
        ("- X is in R", 3),
        ("- $X \\in \\mathbb{R}$, $Y$: two", 3),
        ("- $X$: what", 3),
        ("- $$", 3),
    ],
)
def test_what_is_no_declaration_is_told_on_its_line(item, line):
    finding = first(f":::{{where}}\n- $a \\in \\mathbb{{R}}$: one\n{item}\n:::\n")
    assert (finding.status, finding.line) == ("unreadable", line)


def test_declarations_have_meanings_that_go_on():
    page = read_page(
        ":::{where}\n- $a \\in \\mathbb{R}$: one\n  two\n* $b \\in \\mathbb{R}$\n:::\n", "p"
    )
    assert [(item.meaning, item.line, item.indent) for item in page.where] == [
        ("one two", 2, 3),
        ("", 4, 3),
    ]


@pytest.mark.parametrize(
    ("content", "words", "line"),
    [
        ("$$ 1 = 1 $$", "this one has 1", 2),
        ("$$ 1 = 1 $$\n\n$$ 1 = 1 $$\n\n$$ 2 = 2 $$", "has 3", 2),
        ("$$ 1 = 1 $$\n\n*same*\n\n*mean*\n\n$$ 1 = 1 $$", "a row expects one word at most", 2),
        ("$$ 1 = 1 $$\n\n$$ 1 = 1 $$\n\n*same*", "both equations of this row stand before", 2),
        (
            "$$ 1 = 1 $$\n\n*average*\n\n$$ 1 = 1 $$",
            "*average* is none of same, stacked, sum, mean",
            2,
        ),
    ],
)
def test_what_is_no_row_is_told(content, words, line):
    finding = first(f"::::{{side-by-side}}\n{content}\n::::\n")
    assert words in finding.diagnosis
    assert finding.line == line


def test_rows_have_their_lines_and_equations():
    text = (
        "# T\n\n::::{side-by-side}\n$$ 1 = 1 $$ (a)\n\n*same*\n\n```{math}\n:label: b\n1 = 1\n```\n"
        "\n---\n\n$$ 2 = 2 $$\n\n$$ 3 = 3 $$\n::::\n"
    )
    page = read_page(text, "page.md")
    assert [(r.line, r.expected, r.left.label, r.right.label) for r in page.rows] == [
        (4, "same", "a", "b"),
        (15, None, None, None),
    ]
    assert [equation.line for equation in page.equations] == [4, 10, 15, 17]
    assert [equation.one_example for equation in page.equations] == [True, False, True, False]


@pytest.mark.parametrize("name", ["note", "where", "side-by-side"])
@pytest.mark.parametrize("deep", [60, 2000])
def test_deeply_nested_directives_end(name, deep):
    fences = (":" * n if deep < 100 else ":::" for n in range(deep + 2, 2, -1))
    text = "\n".join(fence + f"{{{name}}}" for fence in fences) + "\n$$ Q = 1 $$\n"
    assert all(not finding.passes for finding in check_page(read_page(text, "page.md")))


LINES = st.sampled_from(
    [
        ":::{where}",
        ":::",
        "::::{side-by-side}",
        "::::",
        "$$",
        "$$ a = b $$ (l)",
        "---",
        "- $a \\in \\mathbb{R}$: x",
        "- $W^{[l]} \\in \\mathbb{R}^{n_l \\times m}$",
        "- $l \\in \\{1, \\dots, L\\}$",
        "a = a",
        "```{math}",
        "```",
        "",
        ":unchecked: why",
        "\\sum_l W^{[l]} = 1",
        "W^{[9]} = a",
        "f(z) := f(z)",
        "a := a",
        "w^{(i)} = w^{(i)}",
        "\t> x",
        "\\frac{\\partial a}{\\partial W^{[1]}} = 0",
        "*same*",
        "P := a, Q := P",
        "\\begin{aligned}",
        ":uses: other",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.lists(LINES, max_size=20).map("\n".join), st.text(max_size=200)))
def test_any_text_is_a_page(text):
    for finding in check_page(read_page(text, "page.md"), settings=Settings(draws=2, timeout=1)):
        assert finding.status in {
            "holds",
            "differs",
            "shape",
            "unreadable",
            "undeclared",
            "unchecked",
            "timeout",
        }
        assert 1 <= finding.line <= text.count("\n") + text.count("\r") + 2
        assert finding.column >= 1
        assert str(finding)
