"""What strangers write in their first hour is read, or told with what to write."""

import pytest

HELD = [
    (r"- $W_{hy} \in \mathbb{R}^{k \times h}$", r"q := 2 W_{hy}", "q = W_{hy} + W_{hy}"),
    (
        r"- $x_t, h_{t-1}, c \in \mathbb{R}^{n}$",
        r"f_t := \sigma(x_t + h_{t-1}) \\ q_t := f_t \odot c",
        r"\frac{\partial (q_t^\top q_t)}{\partial c} = 2 f_t \odot f_t \odot c",
    ),
    (
        "- $h^{[0]} \\in \\mathbb{R}^{n}$\n- $x^{[t]} \\in \\mathbb{R}^{n}$\n"
        "- $W \\in \\mathbb{R}^{n \\times n}$, the weights\n- $t \\in \\{1, \\dots, T\\}$",
        r"h^{[t]} := \tanh(W h^{[t-1]} + x^{[t]})",
        r"\frac{\partial h^{[t]}}{\partial h^{[t-1]}} = "
        r"\operatorname{diag}(1 - \tanh^2(W h^{[t-1]} + x^{[t]})) W",
    ),
    (
        "- $X \\in \\mathbb{R}^{n \\times d}$ the inputs\n- $y \\in \\mathbb{R}^{n}$",
        r"\hat\beta := (X^\top X)^{-1} X^\top y",
        r"X^\top (y - X \hat\beta) = 0",
    ),
    (
        "- $X \\in \\mathbb{R}^{n \\times d}$\n- $y \\in \\mathbb{R}^{n}$",
        r"\hat\beta := (X^\top X)^{-1} X^\top y",
        r"0 = X^\top (y - X \hat\beta)",
    ),
    (
        "- $z \\in \\mathbb{R}^{K}$\n- $a > 0$\n- $b \\ge 0$",
        r"q := a \log \sum_k e^{z_k}, \quad r := \sqrt{b} + \log a",
        r"\nabla_z q = a \text{softmax}(z)",
    ),
    (
        "- $x, m \\in \\mathbb{R}^{n}$",
        r"p(x \mid m) := e^{-(x - m)^2}",
        r"p(x_1 \mid m_2) = p(x_1, m_2)",
    ),
    (
        "- $z \\in \\mathbb{R}_+^{K}$ — scores\n- $k, j \\in \\{1, 2, \\ldots, K\\}$",
        r"p := \operatorname{softmax}(z)",
        r"\frac{\partial p_k}{\partial z_j} = p_k (\delta_{kj} - p_j)",
    ),
    (
        "- $z \\in \\mathbb{R}^{K}$",
        r"p := \operatorname{softmax}(z)",
        r"\frac{\partial p}{\partial z} = \operatorname{diag}(p) - p p^{\mathsf{T}}",
    ),
    (
        "- $z \\in \\mathbb{R}^{K}$",
        r"p := \operatorname{softmax}(z)",
        r"\frac{\partial p_k}{\partial z_j} = p_k (\delta_{kj} - p_j)",
    ),
    (
        "- $X \\in \\mathbb{R}_{++}^{n \\times m}$\n- $a \\in \\mathbb{R}^+$",
        r"q := \log a",
        r"\|X\|_F^2 = \sum_{ij} X_{ij}^2",
    ),
    (r"- $X \in \mathbb{R}^{n \times n}$", r"S := X X^\top", r"\nabla_S \log \det S = S^{-1}"),
]


@pytest.mark.parametrize(("where", "definitions", "claim"), HELD)
def test_it_holds(check, where, definitions, claim):
    found = check(definitions, claim, where=where)
    assert [(f.status, f.diagnosis) for f in found] == [("holds", "")]


@pytest.mark.parametrize(
    ("where", "latex", "status", "words"),
    [
        (r"- $x_i \in \mathbb{R}^{d}$", r"\sum_{i=1}^{2} x_i = 0", "unreadable", "For one of each"),
        (r"- $a \in \mathbb{R}$", "Q = 2 a", "undeclared", "if this defines Q, write := in place"),
        (r"- $a \in \mathbb{R}$", "Q(a) = 2 a", "undeclared", "if this defines Q (a), write :="),
        (r"- $k \in \{1, 3, \dots, K\}$", "1 = 1", "unreadable", "a range goes up by 1"),
        (r"- $k \in \{n, m, \dots, K\}$", "1 = 1", "unreadable", "a range goes up by 1"),
        (r"- $\mathbf{1} \in \mathbb{R}^n$", "1 = 1", "unreadable", "the column of ones already"),
        (r"- $\mathbf{z} \in \mathbb{R}^n$", "z = 1", "undeclared", r"write \mathbf{z}"),
        (r"- $a \in \mathbb{R}$", "a = 2 Q", "undeclared", "Q is not declared"),
        (r"- $a \in \mathbb{R}$", "2 Q = a", "undeclared", "Q is not declared"),
        (
            r"- $X \in \mathbb{R}^{n \times m}$",
            r"h^{(t)} := \tanh(h^{(t-1)}) + x^{(t)} \\ h^{(1)} = 0",
            "shape",
            "h has no example 0; what goes on from step to step has layers",
        ),
        (
            r"- $v \in \mathbb{R}^{n}$",
            r"(v v^\top)^{-1} = v v^\top",
            "differs",
            "in every draw, an inverse is of a matrix that has none",
        ),
    ],
)
def test_it_is_told(check, where, latex, status, words):
    found = [finding for finding in check(latex, where=where) if not finding.passes]
    assert (status, True) in [(each.status, words in each.diagnosis) for each in found]
