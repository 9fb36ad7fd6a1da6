"""A mutant is equal where no draw, not even one that the checks have not seen, tells it apart."""

import pytest

from checkedmath.audit.equivalence import are_equal, cases_of_definition, further_draws
from checkedmath.bind.binding import bind_page
from checkedmath.check.free_indices import cases_of
from checkedmath.latex.printing import to_latex
from checkedmath.mutate.context import mutation_context
from checkedmath.mutate.mutating import mutants
from checkedmath.page.markdown import read_page

WHERE = r"""
- $X \in \mathbb{R}^{n \times m}$
- $M \in \mathbb{R}^{n \times n}$
- $Y \in \{0, 1\}^{1 \times m}$
- $w, v \in \mathbb{R}^{n}$
- $a, c \in \mathbb{R}$
- $W^{[l]} \in \mathbb{R}^{n \times n}$
- $l \in \{1, \dots, L\}$
- $g : \mathbb{R} \to \mathbb{R}$
- $\phi : \mathbb{R}^n \to \mathbb{R}$
"""
DEFINED = r"$$ t := \operatorname{softmax}(w) $$"
PAGE = f":::{{where}}\n{WHERE.strip()}\n:::\n\n{DEFINED}\n\n$$ CLAIM $$\n"


def page(claim):
    bound = bind_page(read_page(PAGE.replace("CLAIM", claim), "page.md"))
    assert not bound.findings
    return bound


def equal(latex):
    """Return the mutants of an expression by whether they are equal to it."""
    bound = page(f"{latex} = 1")
    side = bound.equations[-1].statements[0].sides[0]
    further = further_draws(bound.scope, 0)
    found = {True: set(), False: set()}
    for mutant in mutants(side, mutation_context(bound.scope)):
        cases = cases_of(further, (side,), one_example=False)
        found[are_equal(side, mutant.whole, cases)].add(to_latex(mutant.whole))
    return found


@pytest.mark.parametrize(
    ("latex", "same", "other"),
    [
        ("y^{(i)}", r"y^{(i)\top}", "-y^{(i)}"),
        (r"x^{(i)} y^{(i)}", r"y^{(i)} x^{(i)}", "x^{(i)}"),
        (r"(w^\top v)^\top", r"(w^\top v)", r"(w v)^\top"),
        (r"w_1 + \lVert w \rVert", r"w_1 + \lVert w^\top \rVert", r"w_1 - \lVert w \rVert"),
        (r"\operatorname{tr}(X^\top X)", r"\operatorname{tr}(X X^\top)", ""),
        (r"\operatorname{tr}(M)", r"\operatorname{tr}(M^\top)", ""),
        (r"\det(M)", r"\det(M^\top)", ""),
        (r"X X^\top M", r"", r"X^\top X M"),
        (r"(X X^\top) M", r"(X X^\top)^\top M", r"(X X^\top) M^\top"),
        (r"(X M X^\top) M", "", ""),
        (r"(M + M^\top) M", r"(M + M^\top)^\top M", r"(M - M^\top) M"),
        (r"(M - M^\top) M", "", r"(M - M^\top)^\top M"),
        (r"w^\top M w", r"w^\top M^\top w", ""),
        (r"w^\top M v", "", r"w^\top M^\top v"),
        (r"\frac{\partial t}{\partial w}", r"\frac{\partial t}{\partial w}^\top", ""),
        (r"a + 10^{-11} c", "", "a - 10^{-11} c"),
        (r"\max(a, -9)", "", r"\max(a, 9)"),
    ],
)
def test_a_mutant_of_a_side(latex, same, other):
    found = equal(latex)
    assert same in found[True] or not same
    assert other in found[False] or not other


@pytest.mark.parametrize(
    ("definition", "same", "other"),
    [
        (r"p := a w", r"w a", "w"),
        (r"f(z) := z a + z^2", r"a z + z^{2}", "z a - z^{2}"),
        (r"\phi(z) := z^\top M z", "", r"-z^\top M z"),
        (r"q^{(i)} := y^{(i)} a", r"a y^{(i)}", "y^{(i)}"),
        (r"H^{[l]} := a W^{[l]} M", r"W^{[l]} a M", r"a W^{[l]} M^\top"),
        (r"P_{jk} := M_{jk} a", r"a M_{j,k}", r"M_{j,k}"),
    ],
)
def test_a_mutant_of_a_definition(definition, same, other):
    bound = page(f"{definition} $$\n\n$$ a = a")
    (own,) = [
        each
        for found in bound.scope.definitions.values()
        for each in found
        if each.line > 1 and each.key != "t"
    ]
    further = further_draws(bound.scope, 0)
    found = {True: set(), False: set()}
    context = mutation_context(bound.scope, elementwise=bool(own.parameters))
    for mutant in mutants(own.body, context):
        cases = cases_of_definition(own, further)
        found[are_equal(own.body, mutant.whole, cases)].add(to_latex(mutant.whole))
    assert same in found[True] or not same
    assert other in found[False]


def test_what_has_no_value_is_not_equal():
    side = page("a = 1").equations[-1].statements[0].sides[0]
    assert not are_equal(side, side, [])
