"""Every small mistake is made, each once, and written as LaTeX."""

import pytest

from checkedmath import read_page
from checkedmath.bind.binding import bind_page
from checkedmath.latex.printing import to_latex
from checkedmath.mutate.context import mutation_context
from checkedmath.mutate.mutating import mutants
from checkedmath.mutate.rules import KINDS

PAGE = r"""
:::{where}
- $X \in \mathbb{R}^{n \times m}$
- $V \in \mathbb{R}^{n \times n}$
- $a \in \mathbb{R}$
- $g : \mathbb{R} \to \mathbb{R}$
- $l \in \{1, 2\}$
- $j, k \in \{1, 2\}$
:::

$$ Z := V X, \quad A := g(Z), \quad W^{[l]} := a V, \quad q^{(i)} := x^{(i)} $$

"""


def made(latex):
    bound_page = bind_page(read_page(f"{PAGE}$$\nX = {latex}\n$$\n", "page.md"))
    assert bound_page.findings == []
    side = bound_page.equations[-1].statements[0].sides[1]
    return list(mutants(side, mutation_context(bound_page.scope)))


@pytest.mark.parametrize(
    ("latex", "kind", "whole"),
    [
        (r"\frac{1}{m} X", "1/m dropped", "X"),
        (r"\frac{X}{m}", "1/m dropped", "X"),
        (r"\frac{1}{2} X", "fraction dropped", "X"),
        (r"\frac{X}{a}", "factor dropped", r"\frac{1}{a}"),
        (r"X", "1/m added", r"\frac{1}{m} X"),
        (r"X + V", "1/m added", r"\frac{1}{m} (X + V)"),
        (r"X + V", "1/m added", r"X + \frac{1}{m} V"),
        (r"X - V", "sign flipped", "X + V"),
        (r"X - V", "sign flipped", "-X - V"),
        (r"X - V", "sign flipped", "-(X - V)"),
        (r"-X", "sign flipped", "X"),
        (r"X^\top", "transpose dropped", "X"),
        (r"X", "transpose added", r"X^\top"),
        (r"a (X + V)", "transpose added", r"a (X + V)^\top"),
        (r"W^{[2]}", "transpose added", r"W^{[2]\top}"),
        (r"X \odot V", "⊙ to product", "X V"),
        (r"X V", "product to ⊙", r"X \odot V"),
        (r"X V Z", "product to ⊙", r"(X \odot V) Z"),
        (r"X V Z", "product to ⊙", r"X (V \odot Z)"),
        (r"X V Z", "product to ⊙", r"X V \odot Z"),
        (r"X V Z", "factors swapped", "X Z V"),
        (r"X V", "factor dropped", "X"),
        (r"X \odot V", "factor dropped", "V"),
        (r"W^{[1]}", "layer shifted", "W^{[2]}"),
        (r"W^{[l]}", "layer shifted", "W^{[l + 1]}"),
        (r"W^{[l - 1]}", "layer shifted", "W^{[l]}"),
        (r"W^{[l - 1]}", "layer shifted", "W^{[l - 2]}"),
        (r"x^{(i)}", "index shifted", "x^{(i + 1)}"),
        (r"x^{(2)}", "index shifted", "x^{(1)}"),
        (r"V_{jk}", "index shifted", "V_{j,k - 1}"),
        (r"V_{jk}", "indices swapped", "V_{k,j}"),
        (r"(V V)_{jk}", "indices swapped", "(V V)_{k,j}"),
        (r"V_{1,2}", "index shifted", "V_{2,2}"),
        (r"\sum_{i=1}^{m} q^{(i)}", "range shifted", r"\sum_{i=2}^{m} q^{(i)}"),
        (r"\sum_{i=1}^{m} q^{(i)}", "range shifted", r"\sum_{i=1}^{m - 1} q^{(i)}"),
        (r"\sum_{i=1}^{m} q^{(i)}", "sum to mean", r"\frac{1}{m} \sum_{i=1}^{m} q^{(i)}"),
        (r"\sum_i q^{(i)}", "sum to mean", r"\frac{1}{m} \sum_{i} q^{(i)}"),
        (r"\sum_{i=1}^{m} q^{(i)}", "sum dropped", "q^{(i)}"),
        (r"\frac{1}{m} \sum_{i=1}^{m} q^{(i)}", "mean to sum", r"\sum_{i=1}^{m} q^{(i)}"),
        (r"g'(Z)", "g′ to g", "g(Z)"),
        (r"g(Z)", "g to g′", "g'(Z)"),
        (r"g'(Z)", "at the activation", "g'(A)"),
        (r"g(A)", "before the activation", "g(Z)"),
        (r"z^{(i)}", "at the activation", "a^{(i)}"),
        (r"X - V", "term dropped", "X"),
        (r"X - V", "term dropped", "-V"),
        (r"a^2", "power dropped", "a"),
        (r"\tanh^2(a)", "power dropped", r"\tanh(a)"),
        (r"\frac{\partial a}{\partial W^{[2]}}", "layer shifted", None),
    ],
)
def test_the_mistake_is_made(latex, kind, whole):
    found = [mutant for mutant in made(latex) if mutant.kind == kind]
    if whole is None:
        whole = r"\frac{\partial a}{\partial W^{[1]}}"
    assert whole in [to_latex(mutant.whole) for mutant in found]


@pytest.mark.parametrize(
    ("latex", "kind"),
    [
        (r"m X", "transpose added"),
        (r"\frac{\partial a}{\partial X}", "factor dropped"),
        (r"\frac{1}{m} X", "factors swapped"),
        (r"\prod_{j=1}^{2} V_{jj}", "sum to mean"),
    ],
)
def test_what_nobody_would_write_is_not_made(latex, kind):
    befores = [to_latex(mutant.before) for mutant in made(latex) if mutant.kind == kind]
    assert befores in ([], ["X"], [r"\frac{\partial a}{\partial X}"])


def test_each_mutant_is_made_once_and_differs_from_the_original():
    latex = r"\frac{1}{m} \sum_{i=1}^{m} (X - V) W^{[l]\top} \odot g'(Z)"
    found = made(latex)
    wholes = [mutant.whole for mutant in found]
    assert len(wholes) == len(set(wholes)) > 20
    assert latex.replace(" ", "") not in [to_latex(whole).replace(" ", "") for whole in wholes]
    assert {mutant.kind for mutant in found} <= set(KINDS)


def test_the_body_of_a_function_is_of_numbers():
    bound_page = bind_page(read_page(r"$$ f(z) := 2 z (1 - z) $$" + "\n", "page.md"))
    body = bound_page.scope.definitions["f"][0].body
    kinds = {
        mutant.kind
        for mutant in mutants(body, mutation_context(bound_page.scope, elementwise=True))
    }
    assert kinds == {"sign flipped", "factor dropped", "factors swapped", "term dropped"}
