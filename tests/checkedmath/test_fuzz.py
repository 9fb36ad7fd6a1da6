"""
Any page is answered: by findings that are well formed, never by an exception or by silence.

`nox -s tests` tries few pages of each kind, `nox -s fuzz` many.
"""

import json
import re
import time
from functools import cache
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lark.lexer import PatternStr

from checkedmath import Settings, check_page, read_page
from checkedmath.latex.grammar import parser

CERTIFY = find_spec("flint") is not None
"""In balls as well, for which float64 comes first."""

STATUSES = {"holds", "differs", "shape", "unreadable", "undeclared", "unchecked", "timeout"}

HEAD = r"""
:::{where}
- $A, B \in \mathbb{R}^{n \times n}$
- $X \in \mathbb{R}^{n \times m}$
- $v \in \mathbb{R}^{n}$
- $W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}$
- $a, b \in \mathbb{R}$
- $g : \mathbb{R} \to \mathbb{R}$
- $j \in \{1, 2\}$
- $l \in \{1, \dots, L\}$
:::

"""


def answer(text, timeout=2.0):
    """Check a page, and see that what is found is what may be found."""
    started = time.monotonic()
    page = read_page(text, "page.md")
    found = check_page(page, settings=Settings(2, timeout=timeout, certify=CERTIFY))
    assert time.monotonic() - started < timeout + 5
    last = len(page_lines(text)) + 1
    for finding in found:
        assert finding.status in STATUSES
        assert 1 <= finding.line <= last
        assert finding.column >= 1
        assert finding.passes or finding.diagnosis
        assert str(finding)
    json.dumps([finding.as_dict() for finding in found], allow_nan=False)
    return found


def page_lines(text):
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


# -- LaTeX that the grammar derives ----------------------------------------------------------------

SAMPLES = {
    "NAME": ["A", "B", "X", "Z", "W", "v", "x", "z", "a", "b", "g", "f", "j", "l", "i", "m", "dZ"],
    "NUMBER": ["0", "1", "2", "3.5", "12", "999999999999"],
    "DIGIT": ["0", "1", "2", "9"],
    "TEXT": [r"\text{so}"],
    "PRIME": ["'"],
    "ROW": [r"\\"],
    "RELATION": ["=", ":=", r"\neq", r"\le", "<", r"\propto", r"\approx"],
}
DEEPEST = 7

# Some sentences grow beyond what hypothesis draws for one example, and are given up.
long = settings(suppress_health_check=[HealthCheck.data_too_large])

# What a terminal looks ahead for comes from its neighbours. To draw a text and see whether it is
# followed by what is not drawn yet would throw nearly all sentences away.
LOOK_AHEAD = re.compile(r"\(\?[=!](?:[^()]|\([^()]*\))*\)")


@cache
def expansions():
    """Return the grammar's rules by what they derive, the ones that end soonest first."""
    rules = {}
    for rule in parser().rules:
        rules.setdefault(rule.origin, []).append(rule.expansion)
    depth = {}
    while len(depth) < len(rules):
        for origin, found in rules.items():
            known = [e for e in found if all(s.is_term or s in depth for s in e)]
            if known and origin not in depth:
                depth[origin] = 1 + min(max([depth.get(s, 0) for s in e], default=0) for e in known)
    far = len(depth)
    for found in rules.values():
        found.sort(
            key=lambda e: (max([depth.get(s, 0) * (not s.is_term) for s in e] or [far]), len(e))
        )
    return rules


@cache
def words(terminal):
    """Return a strategy for what a terminal matches."""
    if terminal in SAMPLES:
        return st.sampled_from(SAMPLES[terminal])
    (pattern,) = (each.pattern for each in parser().terminals if each.name == terminal)
    if isinstance(pattern, PatternStr):
        return st.just(pattern.value)
    # Of all kinds of white space, none: a sentence has a space between its words.
    bare = LOOK_AHEAD.sub("", pattern.to_regexp()).replace(r"\s*", "")
    return st.from_regex(bare, fullmatch=True)


@st.composite
def sentences(draw, start):
    """Return LaTeX that the grammar derives from a start symbol."""
    rules = expansions()

    def derive(symbol, depth):
        if symbol.is_term:
            return draw(words(symbol.name))
        choices = rules[symbol]
        number = draw(st.integers(0, len(choices) - 1)) if depth < DEEPEST else 0
        return " ".join(derive(each, depth + 1) for each in choices[number])

    (origin,) = (each for each in rules if each.name == start)
    return derive(origin, 0)


@long
@given(st.lists(sentences("display"), min_size=1, max_size=3))
def test_displays_that_the_grammar_derives_are_answered(displays):
    assert answer(HEAD + "".join(f"$$\n{display}\n$$\n\n" for display in displays)) is not None


@long
@given(st.lists(sentences("declaration"), min_size=1, max_size=4), sentences("display"))
def test_declarations_that_the_grammar_derives_are_answered(declarations, display):
    items = "".join(f"- ${item}$\n" for item in declarations)
    assert answer(f":::{{where}}\n{items}:::\n\n$$\n{display}\n$$\n") is not None


# -- formulas that mean something ------------------------------------------------------------------

ATOMS = ["A", "B", "X", "v", "a", "b", "2", "j", "m", "n", "x^{(i)}", "v_j", "A_{1j}", "W^{[l]}"]
FORMS = [
    "{0} {1}", "{0} + {1}", "{0} - {1}", r"{0} \odot {1}", r"({0})^\top", r"\frac{{{0}}}{{{1}}}",
    "({0})^{{{1}}}", "g({0})", "g'({0})", r"\log({0})", r"\sqrt{{{0}}}", r"\exp({0})", "({0})",
    r"\sum_{{i=1}}^{{m}} ({0})", r"\sum_{{k=1}}^{{{1}}} ({0})", r"\prod_j ({0})", "-({0})",
    r"\frac{{\partial ({0})}}{{\partial a}}", r"\frac{{\partial ({0})}}{{\partial X}}",
    r"\sigma({0})", r"\boxed{{{0}}}", r"\underbrace{{{0}}}_{{\text{{x}}}}", "({0})_{{1,{1}}}",
]  # fmt: skip
FORMULAS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.builds(str.format, st.sampled_from(FORMS), inner, inner),
    max_leaves=8,
)


@given(FORMULAS, FORMULAS, st.sampled_from(["=", r"\neq", r"\le", r"\propto"]))
def test_formulas_are_answered(left, right, relation):
    found = answer(HEAD + f"$$ P := {left} $$\n\n$$ P {relation} {right} $$\n")
    assert found


@given(FORMULAS)
def test_what_is_finite_and_not_0_equals_itself(formula):
    (finding,) = answer(HEAD + f"$$ {formula} = {formula} $$\n")
    if finding.status == "differs":
        assert "not a finite number" in finding.diagnosis or "both sides are 0" in finding.diagnosis


# -- Markdown --------------------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        ":::{where}", ":::", "::::{side-by-side}", "::::", "$$", "$$ a = b $$ (l)", "---", "",
        "- $a \\in \\mathbb{R}$: x", ":uses: page", "a = a", "\\begin{align}", "\\end{align}",
        "```{math}", ":unchecked: why", ":label: l", "```", "````{note}", "````", "> $$ a = 1 $$",
        "*stacked*", "  $$", "\t$$ a = 2 a $$", "| $$ a $$ |", "|---|", "# Title", "\\[ a = b \\]",
        "- item", "  - $$ a = a $$", "<div>", "</div>", "[x]: y", "`$$`", "\ufeff", "\0", "$", "`",
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=25), st.sampled_from(["\n", "\r\n", "\r"]))
def test_pages_of_such_lines_are_answered(lines, ending):
    assert answer(ending.join(lines)) is not None


@given(st.text(max_size=200))
def test_any_text_is_answered(text):
    assert answer(text) is not None
    assert answer(f"{HEAD}$$\n{text}\n$$\n") is not None


@given(st.binary(max_size=200))
def test_any_bytes_between_dollars_are_answered(data):
    text = data.decode("utf-8", errors="replace")
    assert answer(f"$$ {text} $$\n") is not None


@given(
    st.lists(
        st.sampled_from(
            [
                "{",
                "}",
                "(",
                ")",
                "[",
                "]",
                "$",
                "^",
                "_",
                "\\",
                "a",
                "=",
                "&",
                "%",
                "~",
                "'",
                ",",
                "\\\\",
                "\\left",
                "\\frac",
                "\\sum",
                "\\{",
                "\\begin{align}",
                "\\text{",
                "\\partial",
                "\\boxed",
                "\\in",
                "\\underbrace",
                "\\operatorname",
                "\n",
                "\n\n",
            ]
        ),
        max_size=30,
    )
)
def test_pieces_of_latex_are_answered(pieces):  # fmt: skip
    assert answer(f"{HEAD}$$\n{''.join(pieces)}\n$$\n") is not None


@pytest.mark.parametrize("start", ["display", "declaration"])
def test_the_grammar_s_sentences_are_mostly_read(start):
    """See that the sentences above test more than the parser's refusals."""
    read = []

    @long
    @given(sentences(start))
    def collect(sentence):
        if start == "declaration":
            found = answer(f":::{{where}}\n- ${sentence}$\n:::\n\n$$ 1 = 1 $$\n")
        else:
            found = answer(f"{HEAD}$$\n{sentence}\n$$\n")
        read.append(not any("; found " in finding.diagnosis for finding in found))

    collect()
    assert sum(read) > len(read) / 2
