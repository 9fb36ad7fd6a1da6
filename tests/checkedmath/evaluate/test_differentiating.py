"""Derivatives equal those by hand; Jacobians are in numerator layout."""

import pytest

from checkedmath.evaluate.evaluating import Evaluator

NET = r"""
- $X \in \mathbb{R}^{n_0 \times m}$
- $w \in \mathbb{R}^{n_0}$
- $K \in \mathbb{R}^{n_1 \times n_0}$
- $a, b \in \mathbb{R}$
- $r \in \mathbb{R}^{1 \times n_0}$
- $g : \mathbb{R} \to \mathbb{R}$
- $j, k \in \{1, 2\}$
"""


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{\partial (a^2 b)}{\partial a} = 2 a b",
        r"\frac{\partial a b}{\partial a} = b",
        r"\partial(a b) / \partial a = b",
        r"\nabla_a (a b) = b",
        r"J := w^\top w \\ \nabla_w J = 2 w",
        r"J := w^\top w \\ \nabla_{w} J = 2 w",
        r"J := w^\top w \\ \nabla^2_w J = 2 I",
        r"J := w^\top w \\ \frac{\partial J}{\partial w^\top} = 2 w^\top",
        r"J := w^\top w \\ \frac{\partial^2 J}{\partial w \partial w^\top} = 2 I",
        r"J := w^\top w \\ \frac{\partial^2}{\partial w \partial w^\top} J = 2 I",
        r"\frac{\partial^2 (a w^\top w)}{\partial a \partial w^\top} = 2 w^\top",
        r"\frac{\partial^2 (a w^\top w)}{\partial w^\top \partial a} = 2 w^\top",
        r"\frac{\partial (K w)}{\partial w^\top} = K",
        r"h(z) := z^2 \\ \nabla_a^2 h(a) = 2",
        r"J := w^\top w \\ \frac{\partial J}{\partial w} = 2 w",
        r"J := w^\top w \\ \frac{dJ}{dw} = 2 w",
        r"J := w^\top w \\ \frac{\partial J}{\partial w_j} = 2 w_j",
        r"J := r r^\top \\ \frac{\partial J}{\partial r} = 2 r",
        r"J := r r^\top \\ \frac{\partial J}{\partial r_j} = 2 r_j",
        r"J := r K^\top K w \\ \frac{\partial J}{\partial K} = K (w r + r^\top w^\top)",
        r"J := r K^\top K w \\ \frac{\partial J}{\partial K_{jk}} = (K (w r + r^\top w^\top))_{jk}",
        r"\frac{\partial (K w)}{\partial w} = K",
        r"z := K w, q := g(z) \\ \frac{\partial q_j}{\partial w_k} = g'(z_j) K_{jk}",
        r"z := K w, q := g(z) \\ \left(\frac{\partial q}{\partial w}\right)_{jk} = g'(z_j) K_{jk}",
        r"\frac{\partial (a K)}{\partial a} = K",
        r"z := a w \\ \frac{\partial z}{\partial a} = w",
        r"Z := K X, J := \sum_{i=1}^m g(w^\top x^{(i)}) \\"
        r"\frac{\partial J}{\partial x^{(i)}} = w g'(w^\top x^{(i)})",
        r"J := \sum_{i=1}^m g(w^\top x^{(i)}) \\"
        r"\frac{\partial J}{\partial x^{(i)}_j} = w_j g'(w^\top x^{(i)})",
        r"c := a^2, J := c b \\ \frac{\partial J}{\partial c} = b",
        r"c := a^2, J := c b + a \\ \frac{\partial J}{\partial c} = b",
        r"c := a^2, J := c b + a \\ \frac{\partial J}{\partial a} = 2 a b + 1",
        r"c_1 := a b, J := c_1 c_1 \\ \frac{\partial J}{\partial a} = 2 a b b",
        r"c_1 := a b, J := c_1 c_1 \\ \frac{\partial J}{\partial c_1} = 2 c_1",
        r"f(z) := a z^2, J := f(b) \\ \frac{\partial J}{\partial a} = b^2",
        r"f(z) := a z^2 \\ f'(b) = 2 a b",
        r"f(z) := g(z)^2 \\ f'(b) = 2 g(b) g'(b)",
        r"f(z) := a z^2 \\ \frac{df}{db} = 2 a b",
        r"\frac{\partial g(a)}{\partial a} = g'(a)",
        r"\frac{\partial a^b}{\partial b} = a^b \log(a)".replace(r"a^b", r"3^b").replace(
            r"(a)", "(3)"
        ),
        r"\frac{\partial \sqrt{a^2 + 1}}{\partial a} = \frac{a}{\sqrt{a^2 + 1}}",
        r"\frac{\partial \frac{1}{a}}{\partial a} = -\frac{1}{a^2}",
        r"\frac{\partial e^{a b}}{\partial a} = b e^{a b}",
        r"\frac{\partial \log(a^2 + 1)}{\partial a} = \frac{2 a}{a^2 + 1}",
        r"\sigma'(a) = \sigma(a) (1 - \sigma(a))",
        r"q^{(i)} := g(x^{(i)}) \\"
        r"\frac{\partial (w^\top q^{(i)})}{\partial q^{(i)}} = w",
        r"q^{(i)} := g(x^{(i)}), J := \sum_{i=1}^m w^\top q^{(i)} \\"
        r"\frac{\partial J}{\partial Q} = w \mathbf{1}_m^\top",
        r"q^{(i)} := g(x^{(i)}), J := \sum_{i=1}^m w^\top q^{(i)} \\"
        r"\frac{\partial J}{\partial X} = (w \mathbf{1}_m^\top) \odot g'(X)",
    ],
)
def test_derivatives_equal_those_by_hand(check, latex):
    found = check(latex, where=NET)
    assert [(f.status, f.diagnosis) for f in found] == [("holds", "")]


@pytest.mark.parametrize(
    "latex",
    [
        r"J := w^\top w \\ \nabla_w J = w",
        r"J := w^\top w \\ \nabla_w J = 2 w^\top",
        r"z := K w \\ \frac{\partial z}{\partial w} = K^\top",
        r"c := a^2, J := c b + a \\ \frac{\partial J}{\partial c} = b + 1",
        r"c_1 := a b, J := c_1 c_1 \\ \frac{\partial J}{\partial a} = 0",
        r"f(z) := a z^2, J := f(b) \\ \frac{\partial J}{\partial a} = 0",
        r"q^{(i)} := g(x^{(i)}), J := \sum_{i=1}^m w^\top q^{(i)} \\"
        r"\frac{\partial J}{\partial X} = 0",
        r"A_{1} := a, P^{[1]} := A_1 \\ \frac{\partial P^{[1]}}{\partial a} = 0",
    ],
)
def test_wrong_derivatives_do_not_pass(check, latex):
    (finding,) = check(latex, where=NET)
    assert finding.status in {"differs", "shape"}


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\frac{\partial a}{\partial (a + b)} = 1", "with respect to a symbol; (a + b) is none"),
        (r"\frac{\partial a}{\partial a^2} = 1", r"\partial^1 above goes with as many"),
        (
            r"\frac{\partial a}{\partial m} = 1",
            "m is a size, a whole number; nothing is differentiated by it",
        ),
        (r"\frac{\partial K}{\partial w} = 1", "a derivative here is of a number"),
        (r"\frac{\partial^3 a}{\partial a^2} = 1", "first and second derivatives"),
        (r"\frac{\partial^2 a}{\partial a} = 1", r"\partial^2 above goes with as many"),
        (r"\frac{\partial g''(a)}{\partial a} = 2", "inside a third"),
        (r"g'''(a) = 2", "one prime or two"),
        (
            r"q(z) := g'(z) \\ q''(a) = 2",
            "a derivative inside a derivative inside a third",
        ),
        (
            r"q(z) := \frac{\partial z^2}{\partial z} \\ a = b",
            "z is a parameter; write the derivative with a prime",
        ),
        (
            r"P := \mathbf{1}_{1000} \mathbf{1}_{1000}^\top \\ \frac{\partial a}{\partial P} = 0",
            "P has too many entries to be differentiated by",
        ),
        (
            r"c := \frac{\partial^2 (a^2 b)}{\partial a^2} \\ \frac{\partial c}{\partial b} = 2",
            "inside a third",
        ),
        (r"\frac{\partial}{\partial a} = 2", "of what? write what is differentiated"),
        (r"\nabla_a a b = 2", "can differentiate a, and a b"),
        (r"\nabla_a q(a) = 2", r"or declare a as a function, a : \mathbb{R}^n"),
        (r"\nabla g(a b) = 2", "only of a function it is the argument"),
        (r"\frac{\partial}{\partial a} \log(-a^2) = 2", "a side is not a finite number"),
        (r"\frac{\partial}{\partial a^2} a = 2", "an operator is"),
        (r"J := w^\top w \\ \nabla J = 2", r"\nabla by which symbol?"),
        (
            r"dw := 2 \\ \frac{d}{dw} a = 2",
            "can be a derivative, or the quotient of symbols of this page, as dw is one",
        ),
        (r"dZ := K X \\ \frac{dz}{dw} = 1", "can be a derivative, or the quotient"),
        (r"\frac{\partial a}{\partial Q} = 1", "Q is not declared"),
        (r"\frac{\partial^2 a}{\partial K \partial K^\top} = 1", "Write entries for others"),
        (r"h(z) := z^2 \\ \nabla_a h(a)^2 = 2", "can differentiate a, and a b"),
    ],
)
def test_derivatives_that_are_not_evaluated_are_told(check, latex, words):
    found = [finding for finding in check(latex, where=NET) if not finding.passes]
    assert words in found[0].diagnosis


BINARY = r"""
- $t \in \{0, 1\}^{n}$
- $a, b \in \mathbb{R}$
- $x \in \mathbb{R}^{n}$
"""


def test_a_kink_counts_for_the_entry_that_stands_at_it_only(check):
    j = r"J := \lvert t_1 (1 - t_1) \rvert + a t_2^2"
    found = check(
        j,
        r"\frac{\partial J}{\partial t_2} = 2 a t_2",
        r"\frac{\partial J}{\partial t_1} = 1 - 2 t_1",
        where=BINARY,
    )
    assert [finding.status for finding in found] == ["holds", "differs"]


def test_a_second_derivative_by_an_entry_is_as_exact_as_its_own_size_asks(check):
    (finding,) = check(
        r"J := \frac{\sin(50 x_1)}{2500} + 10^6 x_1 x_2",
        r"\frac{\partial^2 J}{\partial x_1^2} = -\sin(50 x_1)",
        where=BINARY,
    )
    assert "where it changes steeply" in finding.diagnosis


@pytest.mark.parametrize("of", ["x^\\top x", "(x^\\top x)^2"])
def test_a_derivative_by_each_entry_moves_the_symbol_once(check, monkeypatch, of):
    moved = []
    perturbed = Evaluator.perturbed

    def count(evaluator, key, how, value):
        return perturbed(evaluator, key, how, lambda: moved.append(how) or value())

    monkeypatch.setattr(Evaluator, "perturbed", count)
    equations = [
        rf"J := {of}",
        r"\frac{\partial J}{\partial x_i} = \left(\frac{\partial J}{\partial x}\right)_i",
        r"\frac{\partial^2 J}{\partial x_i^2} = \frac{\partial}{\partial x_i}"
        r" \left(\frac{\partial J}{\partial x}\right)_i",
    ]
    findings = check(*equations, where=BINARY)
    assert [finding.status for finding in findings] == ["holds", "holds"]
    # In each draw: for the gradient; to the eight points of the second derivative, and at each of
    # these for the gradient.
    assert len(moved) == 5 * (1 + 8 + 8)


def test_what_a_definition_loses_is_told_of_each_equation_that_rests_on_it(check):
    found = check(
        r"c := a + \frac{1}{10^{20}} b, J := c x_1",
        *[r"\frac{\partial J}{\partial x_1} = \frac{\partial J}{\partial x_1}"] * 2,
        *[r"\frac{\partial^2 J x_1}{\partial x_1^2} = \frac{\partial^2 J x_1}{\partial x_1^2}"] * 2,
        where=BINARY,
    )
    assert ["rounding decides" in finding.diagnosis for finding in found] == 4 * [True]
