r"""A macro is read as what is displayed in its place; places are those in the author's text."""

from itertools import pairwise

import pytest

from checkedmath import check_file
from checkedmath.errors import ReadError
from checkedmath.latex.macros import LONGEST, expand, macros_in, macros_of
from checkedmath.latex.parsing import read_display

PREAMBLE = r"""
\newcommand{\R}{\mathbb{R}} \renewcommand\vec[1]{\mathbf{#1}}
\newcommand*{\norm}[2][2]{\lVert #2 \rVert_{#1}}
\def\inner#1#2{#1^\top #2}
\DeclareMathOperator{\softmax}{softmax} \DeclareMathOperator*{\tr}{tr}
\providecommand{\half}{\ensuremath{\frac12}\xspace} \gdef\twice#1{#1 + #1}
"""
MACROS = macros_in(PREAMBLE)
DECLARED = r"""
:::{where}
- $\vec{x}, \vec{y} \in \R^n$: columns
- $a \in \R$: a number
- $A \in \R^{n \times n}$: a matrix
:::
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"x \in \R^n", r"x \in \mathbb{R}^n"),
        (r"\vec x + \vec{y z}", r"\mathbf{x} + \mathbf{y z}"),
        (r"\norm{x} + \norm[1]{y_{[1]}}", r"\lVert x \rVert_{2} + \lVert y_{[1]} \rVert_{1}"),
        (r"\inner ab \inner{\vec a}{\vec{b}}", r"a^\top b \mathbf{a}^\top \mathbf{b}"),
        (r"\softmax(x) + \tr A", r"\operatorname{softmax}(x) + \operatorname{tr} A"),
        (r"\half a", r"{\frac12} a"),
        (r"\twice{\twice{b}}", "b + b + b + b"),
        (r"\newcommand{\b}{\beta}\b a \b2", r"\beta a \beta2"),
        (r"\newcommand{\b}[1]{\beta#1}\b{a}", r"\beta a"),
        ("\\inner{a} % a note: \\inner\n {b}", r"a^\top b"),
        (r"\Rank \vector x", r"\Rank \vector x"),
        (r"\renewcommand{\R}{r} \R \providecommand{\R}{q} \R", " r  r"),
    ],
)
def test_a_macro_is_written_out(written, read):
    assert expand(written, MACROS).text == read


def test_a_place_is_that_in_the_text_of_the_author():
    written = r"\norm{x} = \inner{a}{b} ) + c"
    with pytest.raises(ReadError) as error:
        read_display(written, macros=MACROS)
    assert written[error.value.offset :].startswith(") + c")
    (statement,) = read_display(r"\twice{a} = \half", macros=MACROS)
    assert statement.relations[0].start == 10
    assert [statement.sides[0].terms[k].start for k in (0, 1)] == [7, 7]
    assert statement.sides[1].start == 12


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (r"a = \norm", r"the macro \\norm takes 2 arguments; found 1"),
        (r"{a = \vec}", r"the macro \\vec takes 1 arguments; found 0"),
        (r"a = \vec{b", "expected } behind what opens here"),
        (r"\def\x{\x} a = \x", r"the macro \\x does not come to an end, or its text is too long"),
        (r"\def\x{a\x\x} \x", r"the macro \\x does not come to an end"),
        (r"\def\x#1.#2{a} \x", r"the macro \\x is not written out: \\def with \. between its"),
        (r"\let\x\vec \x{a}", r"the macro \\x is not written out: it is made by \\let; write it"),
        (r"\def\x{\ifx a b\fi} \x", r"\\x is not written out: it is a program of TeX, with \\ifx"),
        (r"\newcommand{\x}[1]{#2} \x", r"\\x is not written out: its text has #2, and it takes 1"),
        (r"\newcommand{x}{a} x", r"expected the name of a macro behind \\newcommand, as in"),
        (r"\newcommand{\x}", r"expected the text of \\x in braces"),
    ],
)
def test_what_cannot_be_written_out_is_refused_by_name(written, message):
    with pytest.raises(ReadError, match=message):
        expand(written, MACROS)


def test_an_explosion_ends():
    names = "abcdefghijklmnopq"
    macros = macros_in("".join(rf"\def\{x}{{\{y}\{y}}}" for x, y in pairwise(names)))
    with pytest.raises(ReadError, match=r"does not come to an end, or its text is too long"):
        expand(r"\a", macros)
    with pytest.raises(ReadError, match=r"does not come to an end, or its text is too long"):
        expand(r"\a{\a{x}}", macros_of({"a": "#1" * LONGEST}))
    assert macros_in(r"\newcommand{\x}{" * 20_000) == ()


@pytest.mark.parametrize(
    ("settings", "written", "read"),
    [
        ({"R": r"\mathbb{R}"}, r"\R", r"\mathbb{R}"),
        ({r"\v": r"\mathbf{#1}"}, r"\v x", r"\mathbf{x}"),
        ({"n": [r"\lVert #1 \rVert_{#2}", 2]}, r"\n{a}{1}", r"\lVert a \rVert_{1}"),
        ({"n": ["#1 #2", 2, "d"]}, r"\n{a} + \n[b]{a}", "d a + b a"),
        ({r"\n": {"macro": "m"}}, r"\n", "m"),
    ],
)
def test_macros_of_settings(settings, written, read):
    assert expand(written, macros_of(settings)).text == read


def test_settings_without_a_text_are_refused_where_they_are_used():
    with pytest.raises(ReadError, match=r"the macro \\n is not written out: the settings give no"):
        expand(r"\n", macros_of({"n": 3}))


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\norm{\vec{x}}^2 = \inner{\vec{x}}{\vec x}", r"\norm{\vec x} = \inner{\vec x}{\vec x}"),
        (r"\norm[1]{a \vec{x}} = |a| \norm[1]{\vec{x}}", r"\norm[1]{a \vec{x}} = a \norm{\vec{x}}"),
        (r"\half a + \half a = a", r"\half a + a = \half a"),
        # As it is displayed: a product takes only the first term.
        (r"a \twice{a} = a^2 + a", r"a \twice{a} = 2 a^2"),
        (r"\inner{\vec{x}}{\vec{y}} = \inner{\vec{y}}{\vec{x}}", r"\inner{\vec{x}}{\vec{y}} = a"),
    ],
)
@pytest.mark.parametrize("head", ["front matter", "display", "text"])
def test_pages_with_macros(tmp_path, head, true, false):
    given = {
        "display": f"$$\n{PREAMBLE.strip()}\n$$\n",
        "text": f"Macros: ${' '.join(PREAMBLE.split())}$\n",
        "front matter": (
            "---\nmath:\n  '\\R': '\\mathbb{R}'\n  '\\vec': '\\mathbf{#1}'\n"
            "  '\\norm': ['\\lVert #2 \\rVert_{#1}', 2, '2']\n  '\\inner': '#1^\\top #2'\n"
            "  '\\half':\n    macro: '\\frac12'\n  '\\twice': '#1 + #1'\n---\n"
        ),
    }[head]
    page = tmp_path / "page.md"
    page.write_text(f"{given}\n{DECLARED}\n$$\n{true}\n$$\n\n$$\n{false}\n$$\n", "utf-8")
    assert [finding.status for finding in check_file(page)] == ["holds", "differs"]


def test_a_macro_is_known_from_its_definition_on(tmp_path):
    page = tmp_path / "page.md"
    where = "\n:::{where}\n- $a \\in \\mathbb{R}$\n- $b \\in \\mathbb{R}$\n:::\n"
    page.write_text(
        rf"{where}"
        "\n$$ \\x = a $$\n\n$$ \\def\\x{a} \\x = a $$\n\n$$ \\x = a $$\n"
        "\n$$ \\renewcommand{\\x}{b} $$\n\n$$ \\x = b $$\n\n$$ \\x = a $$\n",
        "utf-8",
    )
    found = [(finding.line, finding.status) for finding in check_file(page)]
    assert found == [
        (7, "unreadable"),
        (9, "holds"),
        (11, "holds"),
        (15, "holds"),
        (17, "differs"),
    ]


def test_a_head_that_is_no_table_of_macros_is_reported(tmp_path):
    page = tmp_path / "page.md"
    for head in ("[1]", "3", "'"):
        page.write_text(f"---\nmath: {head}\n---\n{DECLARED}", "utf-8")
        first = check_file(page)[0]
        assert "the macros under math: in the page's head cannot be read" in first.diagnosis


def test_a_relation_in_the_text_of_a_macro_is_seen(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        DECLARED.replace(r"\R", r"\mathbb{R}").replace(r"\vec", r"\mathbf")
        + "\n$$ \\def\\why{\\text{ so $=$ 2}} a = a \\why $$\n"
    )
    assert [finding.status for finding in check_file(page)] == ["holds", "unchecked"]
