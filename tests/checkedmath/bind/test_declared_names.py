# ruff: noqa: E501  (a pair is read in one line)
r"""
The page's own declarations are the vocabulary: the longest declared name wins at each place.

Where a declared name and a meaning that needs no declaration meet, there are two readings: these
are refused, with both of them.
"""

import pytest

NAMES = r"""
- $\sigma^2 \in \mathbb{R}_{>0}$
- $x, \mu \in \mathbb{R}$
- $w, w^* \in \mathbb{R}^{n}$
- $B \in \mathbb{R}^{p \times r}$
- $A \in \mathbb{R}^{r \times q}$
- $P_{k \mid k-1} \in \mathbb{R}^{n \times n}$
- $k_+, \delta^{*} \in \mathbb{R}$
- $v, v_0 \in \mathbb{R}^{n}$
- $\Delta \hat{y} \in \mathbb{R}$
"""
FAMILIES = r"""
- $b_t, c_t \in \mathbb{R}$
- $t \in \{1, \dots, T\}$
- $\mathbf{u}_j \in \mathbb{R}^{d}$
- $j \in \{1, \dots, V\}$
- $\sigma_j^2 \in \mathbb{R}_{>0}$
- $\hat{y}_j \in \mathbb{R}$
"""
SIZES = r"""
- $W \in \mathbb{R}^{n_h \times n_x}$
- $b \in \mathbb{R}^{n}$
- $Q, K \in \mathbb{R}^{m \times d_k}$
- $V \in \mathbb{R}^{m \times d}$
- $z \in \mathbb{R}^{n_x}$
- $l_1 \in \mathbb{R}^{n}$
"""
PLAIN = r"""
- $v \in \mathbb{R}^{n}$
- $a, x, y \in \mathbb{R}$
"""
DIMENSION = r"""
- $v \in \mathbb{R}^{d}$
- $a, x, y \in \mathbb{R}$
"""

PAIRS = [
    (
        NAMES,
        [r"\ell := -\frac12 \log(2 \pi \sigma^2) - \frac{(x - \mu)^2}{2 \sigma^{2}}"],
        r"\frac{\partial \ell}{\partial \sigma^2} = "
        r"-\frac{1}{2 \sigma^2} + \frac{(x - \mu)^2}{2 (\sigma^2)^2}",
        r"\frac{\partial \ell}{\partial \sigma^2} = "
        r"-\frac{1}{2 \sigma^2} + \frac{(x - \mu)^2}{2 \sigma^2}",
    ),
    (NAMES, [r"\Delta W := B A"], r"\Delta W^\top = A^\top B^\top", r"\Delta W = B A + B A"),
    (NAMES, [r"\begin{aligned} \Delta W &:= B A \end{aligned}"], r"\Delta{W} = B A", r"\Delta W = -B A"),
    (NAMES, [r"\hat\sigma^2 := x^2 + 1"], r"\hat{\sigma}^{2} - 1 = x^2", r"\hat{\sigma}^2 = x^2"),
    (NAMES, [], r"(w^*)_j w_j = w_j w^{*}_j", r"w^*_j w_j = w_j^2"),
    (NAMES, [], r"(w^*)^\top w = w^\top w^*", r"w^* = w"),
    (NAMES, [], r"P_{k\mid k-1} w = P_{k|k-1} w", r"P_{k|k-1} w = P_{k \mid k-1}^\top w"),
    (NAMES, [], r"k_{+} + k_+ = 2 k_+", r"k_+ = \max(k_+, 0)"),
    (NAMES, [], r"\delta^* x = x \delta^{*}", r"\delta^* x = x"),
    (NAMES, [], r"\Delta\hat{y} + x = x + \Delta \hat y", r"\Delta \hat{y} = x"),
    (NAMES, [], r"\|v - v_0\|^2 = \sum_i (v_i - v_{0,i})^2", r"\|v - v_0\|^2 = \sum_i (v_i + v_{0,i})^2"),
    (NAMES, [], r"v_{0,1} + v_{0,2} = v_{0,2} + v_{0,1}", r"v_{0,1} = v_1"),
    (
        NAMES,
        [r"J := \sum_i v_{0,i}^2"],
        r"\frac{\partial J}{\partial v_{0,i}} = 2 v_{0,i}",
        r"\frac{\partial J}{\partial v_{0,i}} = 2 v_i",
    ),
    (FAMILIES, [], r"\sum_{t=1}^{T} b_t = \sum_{s=1}^{T} b_s", r"\sum_{t=1}^{T} b_t = T b_1"),
    (FAMILIES, [], r"\sum_t b_t c_t = \sum_t c_t b_t", r"\sum_t b_t c_t = \sum_t b_t^2"),
    (FAMILIES, [], r"\sum_{t=2}^{T} b_{t-1} + b_T = \sum_t b_t", r"\sum_{t=2}^{T} b_{t-1} = \sum_t b_t"),
    (
        FAMILIES,
        [],
        r"\sum_j \mathbf{u}_j^\top \mathbf{u}_j = \sum_j \|\mathbf{u}_j\|^2",
        r"\sum_j \mathbf{u}_j^\top \mathbf{u}_j = V \|\mathbf{u}_1\|^2",
    ),
    (FAMILIES, [], r"\sum_j \sigma_j^2 = \sum_{i=1}^{V} \sigma_i^2", r"\sum_j \sigma_j^2 = V \sigma_1^2"),
    (FAMILIES, [], r"\mathbf{u}_{j,1} = (\mathbf{u}_j)_1", r"\mathbf{u}_{j,1} = \mathbf{u}_{1,1}"),
    (
        FAMILIES,
        [r"J := \sum_j \hat{y}_j^2"],
        r"\frac{\partial J}{\partial \hat{y}_j} = 2 \hat{y}_j",
        r"\frac{\partial J}{\partial \hat{y}_j} = \hat{y}_j",
    ),
    (
        FAMILIES,
        [r"J := \sum_j \mathbf{u}_j^\top \mathbf{u}_j"],
        r"\frac{\partial J}{\partial \mathbf{u}_j} = 2 \mathbf{u}_j",
        r"\frac{\partial J}{\partial \mathbf{u}_j} = 2 \mathbf{u}_1",
    ),
    (SIZES, [], "n_x + n_h = n_h + n_x", "n_h = n_x"),
    (SIZES, [], r"n_x^2 = n_x n_x", "n_x = n"),
    (SIZES, [r"S := \frac{Q K^\top}{\sqrt{d_k}}"], r"\sqrt{d_k} S = Q K^\top", r"\sqrt{d} S = Q K^\top"),
    (SIZES, [], r"\sum_{j=1}^{n_x} z_j = \mathbf{1}^\top z", r"\frac{1}{n_x} \sum_j z_j = \frac{1}{n_h} \sum_j z_j"),
    (SIZES, [r"L := l_1^\top l_1"], r"L = \sum_i l_{1,i}^2", r"L = \sum_i l_{1,i}"),
    (PLAIN, [], r"\frac{d}{d a} \sigma(a) = \sigma(a) (1 - \sigma(a))", r"\frac{d}{d a} \sigma(a) = \frac{\sigma(a)}{a}"),
    (PLAIN, [], r"\frac{d (x^2)}{d x} = 2 x", r"\frac{d (x^2)}{d x} = x"),
    (PLAIN, [r"L := x^2 y"], r"\frac{d L}{d x} = 2 x y", r"\frac{d L}{d x} = \frac{L}{x}"),
    (PLAIN, [r"L := x^2 y"], r"\frac{d^2 L}{d x^2} = 2 y", r"\frac{d^2 L}{dx^2} = y"),
    (PLAIN, [r"L := v^\top v"], r"\frac{dL}{dv_j} = 2 v_j", r"\frac{dL}{dv_j} = \frac{L}{v_j}"),
    (PLAIN, [], r"\frac{\mathrm{d}}{\mathrm{d} x} x^3 = 3 x^2", r"\frac{\mathrm{d}}{\mathrm{d} x} x^3 = x^2"),
    (PLAIN, [], r"||v||^2 = v^\top v", r"||v||^2 = \sum_j |v_j|"),
    (PLAIN, [], r"||v||_1 = \sum_j |v_j|", r"||v||_1 = \sum_j v_j"),
    (DIMENSION, [], r"\frac{a}{d} d = a", r"\frac{d}{2 d} a = a"),
    (DIMENSION, [], r"\frac{\partial (x^2)}{\partial x} = 2 x", r"\frac{(d) x^2}{(d) x} = 2 x"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "before", "true", "false"), PAIRS)
def test_names_are_read_as_they_are_declared(check, where, before, true, false):
    found = check(*before, true, where=where)
    assert [finding.status for finding in found] == ["holds"]
    (finding,) = check(*before, false, where=where)
    assert finding.status == "differs"


TWO = [
    (DIMENSION, r"\frac{d}{d a} \sigma(a) = \frac{\sigma(a)}{a}", r"write \frac{\partial}{\partial a} for"),
    (DIMENSION, r"\frac{d (x^2)}{d x} = x", "parentheses around d for the quotient"),
    (DIMENSION, r"\frac{d^2 (x^2)}{d x^2} = 1", r"\frac{\partial^2"),
    (DIMENSION, r"\frac{d}{da} a^2 = 2 a", "can be a derivative, or the quotient"),
    (PLAIN, r"\frac{d^3 x}{d x^3} = 0", r"evaluated only: \frac{d}{d x}"),
    (r"- $e \in \mathbb{R}^{n}$" + "\n" + r"- $x \in \mathbb{R}$", r"e^{-x} = \exp(-x)", r"write \exp(-x)"),
    (r"- $x \in \mathbb{R}^{e}$" + "\n" + r"- $a \in \mathbb{R}$", r"e^a = \exp(a)", r"(e)^{a} for the second"),
    (r"- $A \in \mathbb{R}^{n \times n}$" + "\n" + r"- $B \in \mathbb{R}^{I}$", "(I - A) A = A - A A", "I beside an array can be the identity, and the number"),
    (r"- $A \in \mathbb{R}^{n \times n}$" + "\n" + r"- $B \in \mathbb{R}^{I}$", "I A = A", "write (I) for the number"),
    (r"- $\sigma, a \in \mathbb{R}$", r"\sigma(a) = \sigma a", r"can be the function that is known by this name"),
    (r"- $\pi \in (0, 1)$", r"2 \pi = \pi + \pi", r"2 \pi can be twice the number 3.14…, and twice the \pi"),
    (r"- $T \in \mathbb{R}$" + "\n" + r"- $A \in \mathbb{R}^{n \times n}$", "A^T A = A^T A", "^T can be the transpose, and a power"),
    (r"- $\sigma^2 \in \mathbb{R}_{>0}$" + "\n" + r"- $\sigma \in \mathbb{R}$", r"\sigma^2 = \sigma^2 + 0", r"\sigma^2 can be the symbol that this page declares, and made of \sigma"),
    (r"- $\Delta W, W, \Delta \in \mathbb{R}$", r"\Delta W = W \Delta", r"write \Delta \cdot (W) for the second, or give the symbol another name"),
    (r"- $x \in \mathbb{R}^{n \times k}$" + "\n" + r"- $x_1 \in \mathbb{R}^{n}$", r"x_{1,j} = x_{1,j}", "can be an entry of x_1, and of x; write"),
    (r"- $P_{k \mid k-1} \in \mathbb{R}$" + "\n" + r"- $k \in \{1, \dots, K\}$", r"k P_{k \mid k-1} = P_{k|k-1} k", "give k another letter"),
    (r"- $P_{k \mid k-1} \in \mathbb{R}$", r"\sum_{k=1}^{3} P_{k \mid k-1} = 3 P_{k \mid k-1}", "a name of this page has k in it, which is no index there"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "latex", "words"), TWO)
def test_two_readings_are_refused_with_both(check, where, latex, words):
    (finding,) = check(latex, where=where)
    assert finding.status == "unreadable"
    assert words in finding.diagnosis


def test_one_of_a_family_beyond_its_range_is_told(check):
    (finding,) = check("b_{t+1} = b_t", where=FAMILIES)
    assert finding.status == "undeclared"
    assert "b_t is declared for t from 1 to" in finding.diagnosis


def test_names_of_a_case_that_no_draw_reaches_are_looked_up(check):
    latex = r"\begin{cases} a & \text{if } a > -10^{9} \\ \text{sign}(q) & \text{otherwise} \end{cases} = a"
    (finding,) = check(latex, where=r"- $a \in \mathbb{R}$")
    assert finding.status == "undeclared"
    assert "q is not declared" in finding.diagnosis


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        (r"$p \in \Gamma^{K-1}$", r"the simplex \Delta^{K-1}, \mathbb{S}^n"),
        (r"$Q \in U(n)$", "of symmetric matrices, and O(n)"),
        (r"$A \in \mathbb{S}^{n \times n}$", "a symmetric matrix has one size"),
        (r"$A_k \in \mathbb{S}^n$", "of such a set one symbol is declared"),
    ],
)
def test_a_set_that_is_not_read_is_told_with_those_that_are(check, declared, told):
    found = check("1 = 1", where=f"- {declared}")
    assert any(told in finding.diagnosis for finding in found)
