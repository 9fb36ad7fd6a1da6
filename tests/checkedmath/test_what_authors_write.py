r"""
Notations that authors write: each in a true line, and in a false twin that must be refused.

The twin differs in one place only, mostly by what a second reading of the notation would make true.
"""

# ruff: noqa: E501  (a pair is read in one line)

import pytest

ARRAYS = r"""
- $A, B \in \mathbb{R}^{n \times n}$
- $C \in \mathbb{R}^{n \times k}$
- $x, y \in \mathbb{R}^{n}$
- $a, b \in \mathbb{R}$
- $c \in \mathbb{R}_{>0}$
"""

# Of each: what is declared, definitions, the true line, the false one.
SPELLINGS = [
    (ARRAYS, [], r"\partial_x (x^\top y) = y", r"\partial_x (x^\top y) = x"),
    (ARRAYS, [], r"\partial_{x_j} \|x\|^2 = 2 x_j", r"\partial_{x_j} \|x\|^2 = 2 x_1"),
    (
        ARRAYS,
        [],
        r"\|A\|_{\mathrm{F}}^2 = \operatorname{tr}(A^\top A)",
        r"\|A\|_{\mathrm{F}} = \operatorname{tr}(A^\top A)",
    ),
    (ARRAYS, [], r"\|A\|_{\rm F}^2 = \|A\|_\textrm{F}^2", r"\|A\|_{\rm F}^2 = \|A\|_\textrm{F}"),
    (
        ARRAYS,
        [],
        r"(A C)^{\rm T} = C^\textsf{T} A^{\text{T}}",
        r"(A B)^{\rm T} = A^\textsf{T} B^{\text{T}}",
    ),
    (ARRAYS, [], "(A B)^H = B^H A^H", "(A B)^H = A^H B^H"),
    (ARRAYS, [], r"A^{-H} = (A^{-1})^\top", "A^{-H} = A^{-1}"),
    (ARRAYS, [r"W_\textrm{hh} := A B"], r"W_{\text{hh}} = A B", r"W_{\text{hh}} = B A"),
    (
        ARRAYS,
        [],
        r"\operatorname{tanh}(x)_j = \mathrm{tanh}(x_j)",
        r"\operatorname{tanh}(x)_j = \mathrm{tanh}(x_1)",
    ),
    (
        ARRAYS,
        [],
        r"\text{exp}(a + b) = \operatorname{exp}(a) \mathrm{exp}(b)",
        r"\text{exp}(a + b) = \operatorname{exp}(a) + \mathrm{exp}(b)",
    ),
    (ARRAYS, [], r"\sqrt[3]{c}^3 = c", r"\sqrt[3]{c}^2 = c"),
    (ARRAYS, [], r"\boldsymbol{1}^\top x = \sum_j x_j", r"\boldsymbol{1}^\top x = x_1"),
    (
        ARRAYS,
        [],
        r"\frac{\mathrm{d}(a^2)}{\mathrm{d}a} = 2 a",
        r"\frac{\mathrm{d}(a^2)}{\mathrm{d}a} = a",
    ),
    (ARRAYS, [], r"\cfrac{a}{c} \equiv a c^{-1}", r"\cfrac{a}{c} \equiv c a^{-1}"),
    (ARRAYS, [], r"a^2 \geqslant 0", r"a \geqslant 0"),
    (ARRAYS, [r"s \triangleq a + b"], "s - b = a", "s + b = a"),
    (ARRAYS, [r"s \stackrel{\text{def}}{=} a + b"], "s - b = a", "s + b = a"),
    (ARRAYS, [], r"a + b \stackrel{(a)}{=} b + a", r"a - b \stackrel{(a)}{=} b - a"),
    (ARRAYS, [], r"a + b \overset{1}{=} b + a", r"a - b \overset{1}{=} b - a"),
]
SEPARATED = [
    (ARRAYS, [], r"a b = b a \Rightarrow a + b = b + a", r"a b = b a \Rightarrow a - b = b - a"),
    (
        ARRAYS,
        [],
        r"a b = b a \quad\implies\quad a + b = b + a",
        r"a b = - b a \quad\implies\quad a + b = b + a",
    ),
    (
        ARRAYS,
        [r"s := a b \hspace{0.5in} \rightarrow \hspace{0.5in} t := 2 s"],
        "t = 2 a b",
        "t = a b",
    ),
]
SUMS = [
    (ARRAYS, [], r"\sum_i^n x_i = \mathbf{1}^\top x", r"\sum_i^n x_i = x_1"),
    (ARRAYS, [], r"\sum_{i \in [n]} x_i = \mathbf{1}^\top x", r"\sum_{i \in [n]} x_i = n x_1"),
    (
        ARRAYS,
        [],
        r"\sum_{i,j=1}^n A_{ij} = \mathbf{1}^\top A \mathbf{1}",
        r"\sum_{i,j=1}^n A_{ij} = \operatorname{tr}(A)",
    ),
    (
        ARRAYS,
        [],
        r"\sum_i -2 (x_i - y_i) = 2 \sum_i y_i - 2 \sum_i x_i",
        r"\sum_i -2 (x_i - y_i) = 2 \sum_i y_i + 2 \sum_i x_i",
    ),
]
INDICATORS = [
    (
        ARRAYS,
        [],
        r"\mathbb{1}(a > 0) + \mathbb{I}[a \le 0] = 1",
        r"\mathbb{1}(a > 0) + \mathbb{I}[a < b] = 1",
    ),
    (ARRAYS, [], r"1\{a > 0\} a = \max(a, 0)", r"1\{a < 0\} a = \max(a, 0)"),
    (
        ARRAYS,
        [],
        r"\mathbb{I}\{a > 0\} = \mathbb{1}_{a > 0}",
        r"\mathbb{I}\{a > 0\} = \mathbb{1}_{b > 0}",
    ),
]
PAIRS = [*SPELLINGS, *SEPARATED, *SUMS, *INDICATORS]


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{k}: {pair[2]}" for k, pair in enumerate(PAIRS)])
def test_the_true_line_holds(check, pair):
    where, definitions, true, _ = pair
    findings = check(*definitions, true, where=where)
    assert [str(each) for each in findings if not each.passes] == []


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{k}: {pair[3]}" for k, pair in enumerate(PAIRS)])
def test_the_false_line_does_not_pass(check, pair):
    where, definitions, _, false = pair
    findings = check(*definitions, false, where=where)
    assert not all(each.passes for each in findings)


@pytest.mark.parametrize(
    ("where", "lines", "words"),
    [
        (ARRAYS, [r"a \stackrel{d}{=} a"], "can say in which sense it holds"),
        (ARRAYS + r"- $H \in \mathbb{N}$", ["a^H = a^H"], "H is a name here"),
    ],
)
def test_two_readings_are_refused_with_both(check, where, lines, words):
    *_, finding = check(*lines, where=where)
    assert finding.status == "unreadable"
    assert words in finding.diagnosis
