"""Only what the declarations prove is called equal."""

import pytest

from checkedmath.audit.equivalence import proof
from checkedmath.audit.shapes import Shapes
from checkedmath.latex.printing import to_latex
from checkedmath.mutate.context import mutation_context
from checkedmath.mutate.mutating import mutants


@pytest.mark.parametrize(
    ("latex", "whole", "reason"),
    [
        ("y^{(i)}", r"y^{(i)\top}", "a 1×1 is its own transpose"),
        (r"(w^\top v)^\top", r"(w^\top v)", "a 1×1 is its own transpose"),
        (r"x^{(i)} y^{(i)}", r"y^{(i)} x^{(i)}", "a 1×1 commutes"),
        (r"a y^{(i)}", r"a \odot y^{(i)}", "of 1×1s, ⊙ is the product"),
        (r"a \odot y^{(i)}", r"a y^{(i)}", "of 1×1s, ⊙ is the product"),
        ("X", r"X^\top", ""),
        ("D", r"D^\top", ""),
        (r"X X^\top", r"X^\top X", ""),
        (r"w \odot v", r"w v", ""),
        (r"a w", r"a \odot w", ""),
        ("a - a", "a", ""),
        (
            r"w_1 + \lVert w \rVert",
            r"w_1 + \lVert w^\top \rVert",
            "a norm is that of the transpose",
        ),
        (r"\lVert X \rVert_F", r"\lVert X^\top \rVert_{F}", "a norm is that of the transpose"),
        (r"\max(w)", r"\max(w^\top)", "a largest entry is that of the transpose"),
        (
            r"\operatorname{tr}(M)",
            r"\operatorname{tr}(M^\top)",
            "a trace is that of the transpose",
        ),
        (
            r"\operatorname{tr}(X^\top X)",
            r"\operatorname{tr}(X X^\top)",
            "a trace is that of the factors turned round",
        ),
        (r"\det(M)", r"\det(M^\top)", "a determinant is that of the transpose"),
        (
            r"\operatorname{diag}(w) v",
            r"\operatorname{diag}(w)^\top v",
            "a diagonal matrix is its own transpose",
        ),
        (
            r"\operatorname{diag}(w) v",
            r"\operatorname{diag}(w^\top) v",
            "diag is of a row as of a column",
        ),
        (r"(g(w))_1", r"(g(w^\top))_{1}", "an entry of a row is that of the column"),
        (
            r"\frac{\partial^2 J}{\partial w^2}",
            r"\frac{\partial^2 J}{\partial w^2}^\top",
            "a second derivative is symmetric",
        ),
        (
            r"\frac{\partial^2 J}{\partial w \partial w^\top}",
            r"\frac{\partial^2 J}{\partial w \partial w^\top}^\top",
            "a second derivative is symmetric",
        ),
        (
            r"\frac{\partial^2 J}{\partial w \partial v^\top}",
            r"\frac{\partial^2 J}{\partial v \partial w}",
            "a column's derivative by a row is its Jacobian, too",
        ),
        (r"\frac{\partial J}{\partial w^\top}", r"\frac{\partial J}{\partial w}", ""),
        (r"X X^\top I_n", r"X I_n X^\top", "the identity commutes"),
        (r"I_n w", "w", "the identity changes nothing"),
        (r"X + w \mathbf{1}_m^\top", "X + w", "a column is added to each column"),
        (r"w + w \mathbf{1}_m^\top", "w + w", ""),
        (
            r"(X X^\top) M",
            r"(X X^\top)^\top M",
            "it is its own transpose, term by term and factor by factor",
        ),
        (
            r"(\frac{1}{m} X X^\top + a I_n) M",
            r"(\frac{1}{m} X X^\top + a I_n)^\top M",
            "it is its own transpose, term by term and factor by factor",
        ),
        (
            r"(X \operatorname{diag}(w) X^\top)^\top",
            r"(X \operatorname{diag}(w) X^\top)",
            "it is its own transpose, term by term and factor by factor",
        ),
        (r"(X M X^\top) M", r"(X M X^\top)^\top M", ""),
        (r"(X X^\top M) M", r"(X X^\top M)^\top M", ""),
        (r"(X X) M", r"(X X)^\top M", ""),
        (r"(X X^\top + M) M", r"(X X^\top + M)^\top M", ""),
        (r"(M + w) M", r"(M + w)^\top M", ""),
        (
            r"\frac{\partial t}{\partial s}",
            r"\frac{\partial t}{\partial s}^\top",
            "the Jacobian of the softmax is symmetric",
        ),
        (
            r"\frac{\partial p^{(i)}}{\partial v^{(i)}}",
            r"\frac{\partial p^{(i)}}{\partial v^{(i)}}^\top",
            "the Jacobian of the softmax is symmetric",
        ),
        (
            r"(M + M^\top) M",
            r"(M + M^\top)^\top M",
            "it is its own transpose, term by term and factor by factor",
        ),
        (r"(M + M + M^\top) M", r"(M + M + M^\top)^\top M", ""),
        (r"(M - M^\top) M", r"(M - M^\top)^\top M", ""),
        (r"w^\top M w", r"w^\top M^\top w", "a quadratic form is that of the transpose"),
        (
            r"w^\top X M X^\top w",
            r"w^\top X M^\top X^\top w",
            "a quadratic form is that of the transpose",
        ),
        (r"w^\top M v", r"w^\top M^\top v", ""),
        (r"M^\top M M", r"M^\top M^\top M", ""),
        (
            r"\sum_{k} \delta_{jk} M_{kj}",
            r"\sum_{k} \delta_{k,j} M_{k,j}",
            "Kronecker's delta is symmetric in its indices",
        ),
        (
            r"\sum_{k} \delta_{jk} M_{kj}",
            r"\sum_{k} \delta_{j,k} \odot M_{k,j}",
            "of 1×1s, ⊙ is the product",
        ),
        (
            r"\sum_{j, k} (X_{jk})^2",
            r"\sum_{j} \sum_{k} (X_{k,j})^{2}",
            "both indices are summed over, and only named differently",
        ),
        (
            r"\sum_{j, k} R^{[l]}_{jk}",
            r"\sum_{j} \sum_{k} R_{k,j}^{[l]}",
            "both indices are summed over, and only named differently",
        ),
        (r"\sum_j (\sum_k X_{jk})^2", r"\sum_{j} (\sum_{k} X_{k,j})^{2}", ""),
        (r"\sum_j \sum_k X_{jk} w_j", r"\sum_{j} \sum_{k} X_{k,j} w_j", ""),
        (r"\frac{\partial t}{\partial w}", r"\frac{\partial t}{\partial w}^\top", ""),
        (r"\frac{\partial S}{\partial w}", r"\frac{\partial S}{\partial w}^\top", ""),
        ("(e^{w}) a", r"(e^{w})^\top a", ""),
        (r"1 - w_k k", r"1 - w_k k^\top", "a 1×1 is its own transpose"),
        (r"\operatorname{softmax}(X)", r"\operatorname{softmax}(X^\top)", ""),
        (
            r"\sum_j \sum_k X_{jk}",
            r"\sum_{j} \sum_{k} X_{k,j}",
            "both indices are summed over, and only named differently",
        ),
        (r"\sum_{j=1}^{2} \sum_{k=1}^{3} X_{jk}", r"\sum_{j=1}^{2} \sum_{k=1}^{3} X_{k,j}", ""),
    ],
)
def test_a_mutant_is_equal_by_a_rule_only(side_of, latex, whole, reason):
    side, scope = side_of(latex)
    (mutant,) = [m for m in mutants(side, mutation_context(scope)) if to_latex(m.whole) == whole]
    assert proof(mutant, Shapes(scope)) == reason
