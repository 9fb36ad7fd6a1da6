"""Norms, choices, blocks, big operators and functions of arrays mean what the field means."""

import pytest

from checkedmath import check_page, read_page

WHERE = r"""
- $X, Y \in \mathbb{R}^{n \times m}$
- $A, C \in \mathbb{R}^{p \times q}$
- $B \in \mathbb{R}^{q \times r}$
- $M, N \in \mathbb{R}^{n \times n}$
- $v, w \in \mathbb{R}^{p}$
- $u \in \mathbb{R}^{1 \times p}$
- $a, b, c \in \mathbb{R}$
- $h \in \mathbb{R}_{>0}$
- $g : \mathbb{R} \to \mathbb{R}$
- $f : \mathbb{R}^p \to \mathbb{R}^r$
- $\ell : \mathbb{R}^p \times \mathbb{R}^p \to \mathbb{R}$
- $T \in \{1, \dots, K\}^{1 \times m}$
- $S \in \{-1, 1\}^{1 \times m}$
- $Z \in \mathbb{Z}^{n \times m}$
- $\phi : \mathbb{R}^p \to \mathbb{R}$
"""

TRUE = [
    # norms and absolute values
    r"|a| = \sqrt{a^2}",
    r"\left|a\right| + \lvert b \rvert = |a| + |b|",
    r"|a||b| = |a b|",
    r"\frac{\partial |a|}{\partial a} = \frac{a}{|a|}",
    r"\lVert v \rVert^2 = v^\top v = \|v\|_2^2 = \|v\|_F^2",
    r"\|v\|_1 = \sum_j |v_j|",
    r"\|v\|_\infty = \max_j |v_j| = \max\{\max(v), -\min(v)\}",
    r"\|A\|_F^2 = \operatorname{tr}(A^\top A) = \sum_{j,k} A_{jk}^2 = \langle A, A \rangle",
    r"\frac{\partial}{\partial v} \|v\|_1 = \mathbb{1}[v > 0] - \mathbb{1}[v < 0]",
    # the largest and the smallest
    r"\max(a, b) = \frac{a + b + |a - b|}{2}",
    r"\max(0, a)^2 = a \max(0, a)",
    r"\max(v) = \max_j v_j = -\min_j(-v_j)",
    r"\max(a, b) + \min(a, b) = a + b",
    r"\frac{\partial \max(a, b)}{\partial a} = \mathbb{1}[a > b]",
    r"\max(a, a) = a",
    # functions of arrays
    r"\langle v, w \rangle = v^\top w",
    r"\frac{\partial \langle v, w \rangle}{\partial v} = w",
    r"\operatorname{vec}(A B) = (B^\top \otimes I_p) \operatorname{vec}(A)",
    r"\operatorname{vec}(A \odot C)"
    r"= \operatorname{diag}(\operatorname{vec}(A)) \operatorname{vec}(C)",
    r"\operatorname{diag}(M)_2 = M_{2,2}, \operatorname{diag}(u) = \operatorname{diag}(u^\top)",
    r"(M N)^{-1} = N^{-1} M^{-1}",
    r"M^{-\top} = (M^\top)^{-1}",
    r"\det(M N) = \det(M) \operatorname{det}(N)",
    r"\det M = \det(M)",
    r"A \circ C = A \odot C",
    r"\mathbf{1}_p^\top \operatorname{softmax}(A) = \mathbf{1}_q^\top",
    r"\operatorname{softmax}(1000 v)_1 = \operatorname{softmax}(1000 (v + 1))_1",
    # ones and identities take their size from what stands beside them
    r"\mathbb{E}_i[x^{(i)}] = \frac1m X \mathbf{1}",
    r"\mathbf{1}^\top v = \sum_j v_j",
    r"\mathbf{1}^\top X \mathbf{1} = \sum_{j,k} X_{jk}",
    r"I v = v I_1",
    r"(I - M)(I + M) = I - M M",
    r"M + a I = M + a I_n",
    r"M M^{-1} = I",
    # blocks
    r"X = \begin{bmatrix} x^{(1)} & \cdots & x^{(m)} \end{bmatrix}",
    r"v = \begin{pmatrix} v_1 \\ \vdots \\ v_p \end{pmatrix}",
    r"\begin{bmatrix} A & C \end{bmatrix} \begin{bmatrix} B \\ B \end{bmatrix} = A B + C B",
    r"\begin{bmatrix} v^\top \\ w^\top \end{bmatrix} = \begin{bmatrix} v & w \end{bmatrix}^\top",
    r"\begin{bmatrix} \begin{bmatrix} a & b \end{bmatrix} \\ \begin{bmatrix} b & a \end{bmatrix}"
    r"\end{bmatrix} = \begin{bmatrix} a & b \\ b & a \end{bmatrix}",
    r"\frac{\partial}{\partial v} (\begin{bmatrix} v^\top & u \end{bmatrix} \begin{bmatrix} v \\ w"
    r"\end{bmatrix}) = 2 v",
    # cases and indicators
    r"\begin{cases} a & a > 0 \\ -a & \text{otherwise} \end{cases} = |a|",
    r"\begin{cases} a, & \text{if } a > 0, \\ -a, & \text{if } a \le 0. \end{cases} = |a|",
    r"q(z) := \begin{cases} z & z > 0 \\ 0 & \text{else} \end{cases} \\ q(A)_{1,1} = \max(0, A_{1,1})",  # noqa: E501
    r"q(z) := \begin{cases} z^2 & z > 0 \\ z & z \le 0 \end{cases} \\"
    r"q'(v) = 2 \cdot \mathbb{1}[v > 0] \odot v + \mathbb{1}[v \le 0]",
    r"\mathbb{1}[t^{(i)} = 1] + \sum_{k=2}^{K} \mathbb{1}\{t^{(i)} = k\} = 1",
    r"\mathbb{1}_{0 < a < 1} = \mathbf{1}[a > 0] \cdot [a < 1]",
    r"\mathbb{1}[a \neq b] + \mathbb{1}[a \ge b] = 1 + \mathbb{1}[a > b]",
    r"s^{(i)} s^{(i)} = 1",
    r"\cos(2 \pi Z_{1,1}) = 1",
    r"\mathbb{1}[a > 0 \text{ and } b > 0] = [a > 0] [b > 0]",
    r"\mathbb{1}[a > 0 \text{ or } b > 0] = 1 - [a \le 0] [b \le 0]",
    r"\mathbb{1}[v > 0 \land w > 0 \wedge a > 0] = [v > 0] \odot [w > 0] [a > 0]",
    r"[a > 0 \lor [b > 0 \land c > 0] = 1] = 1 - [a \le 0] (1 - [b > 0] [c > 0])",
    r"\begin{cases} a & \text{if } a > 0 \text{ and } b > 0 \\ 0 & \text{otherwise} \end{cases}"
    r"= a [a > 0] [b > 0]",
    r"q(z) := \begin{cases} z & 0 < z < 1 \\ 0 & z \le 0 \text{ or } z \ge 1 \end{cases} \\"
    r"q(v) = v \odot [v > 0] \odot [v < 1]",
    # logarithms, ones and determinants
    r"\log_2 h = \frac{\log h}{\log 2}",
    r"\log_2 8 = 3, \quad \log_{10} 1000 = 3, \quad \log_h(h^2) = 2",
    r"\frac{\partial \log_2 h}{\partial h} = \frac{1}{h \ln 2}",
    r"X \mathbb{1}_m = X \mathbb{1} = X \mathbf{1}, \quad \mathbb{1}_{m}^\top \mathbb{1}_m = m",
    r"\begin{vmatrix} a & b \\ c & h \end{vmatrix} = a h - b c",
    r"\frac{\partial}{\partial b} \begin{vmatrix} a & b \\ c & h \end{vmatrix} = -c",
    # sums and their ranges
    r"\sum^m_{i=1} x^{(i)} = \sum_{i=1}^m x^{(i)}",
    r"\sum_{j} A_{jk} = (\mathbf{1}^\top A)_{k}",
    r"\sum_{j,k} A_{jk} = \mathbf{1}_p^\top A \mathbf{1}_q",
    r"\sum_{j \neq k} v_j = \sum_j v_j - v_k",
    r"\prod_j v_j = v_1 \prod_{j \neq 1} v_j",
    r"\sum_k A_{jk} B_{kl} = (A B)_{jl}",
    r"\sum_{i=1}^m x^{(i)}_j = (X \mathbf{1})_j",
    r"P_{jk} := A_{jk} C_{jk} \\ P = A \odot C",
    r"P_{kj} := A_{jk} \\ P = A^\top",
    r"P_j := v_j^2 \\ \mathbf{1}^\top P = v^\top v",
    r"x^{(i)}_j = X_{ji} \quad \text{for all } i, j",
    r"v_j = v_j, \forall j",
    # functions of columns
    r"\phi(x) := x^\top x + x_1 \\ \phi(v) = v^\top v + v_1",
    r"\phi(x) := x^\top x \\ \frac{\partial \phi(v)}{\partial v} = 2 v",
    r"\frac{\partial \ell(v, w)}{\partial v} = \frac{\partial}{\partial v} \ell(v, w)",
    r"F := \frac{\partial f(v)}{\partial v} \\"
    r"F_{jk} = \frac{\partial}{\partial v_k} f(v)_j",
    # derivatives as operators, and second ones
    r"\frac{d}{da} g(a) = g'(a)",
    r"\frac{\partial}{\partial v} (v^\top w) = \nabla_v (v^\top w) = w",
    r"g''(a) = \frac{\partial g'(a)}{\partial a} = \frac{\partial^2}{\partial a^2} g(a)",
    r"\frac{\partial^2 (a^2 b)}{\partial a \partial b} = 2 a",
    r"J := g(v^\top w) \\ \frac{\partial^2 J}{\partial w^2} = g''(v^\top w) v v^\top",
    r"dv := \frac{\partial g(v^\top w)}{\partial v} \\"
    r"\frac{\partial dv}{\partial w} = g'(v^\top w) I + g''(v^\top w) w v^\top",
    r"q(z) := \frac{\partial (a^2 z)}{\partial a} \\ q'(b) = 2 a",
    r"q(z) := g(a z) \\ \frac{\partial q'(b)}{\partial a} = g'(a b) + a b g''(a b)",
]


@pytest.mark.parametrize("latex", TRUE)
def test_what_is_true_holds(check, latex):
    found = check(latex, where=WHERE)
    assert [(f.status, f.diagnosis) for f in found] == [("holds", "")] * len(found)
    assert found


@pytest.mark.parametrize(
    "latex",
    [
        r"\|v\|_1 = \|v\|_2",
        r"\|v\|_\infty = \max_j v_j",
        r"\frac{\partial |v_1|}{\partial v_1} = 1",
        r"\langle v, w \rangle = \langle v, v \rangle",
        r"A \otimes C = C \otimes A",
        r"\operatorname{vec}(A) = \operatorname{vec}(A^\top)",
        r"M^{-\top} = M^{-1}",
        r"\max(a, b) = \min(a, b)",
        r"\mathbb{E}_i[x^{(i)}] = X \mathbf{1}",
        r"I - M = I + M",
        r"\begin{bmatrix} A & C \end{bmatrix} = \begin{bmatrix} C & A \end{bmatrix}",
        r"\begin{cases} a & a > 0 \\ a & \text{otherwise} \end{cases} = |a|",
        r"\mathbb{1}[a > b] = \mathbb{1}[a < b]",
        r"\mathbb{1}[a > 0 \text{ and } b > 0] = \mathbb{1}[a > 0 \text{ or } b > 0]",
        r"\log_2 h = \log h",
        r"\log_2 h = \log_h 2",
        r"\begin{vmatrix} a & b \\ c & h \end{vmatrix} = a h + b c",
        r"\begin{vmatrix} a & b \\ c & h \end{vmatrix} = \begin{bmatrix} a & b \\ c & h \end{bmatrix}",  # noqa: E501
        r"\sum^{m}_{i=1} x^{(i)} = \sum_{i=2}^{m} x^{(i)}",
        r"\sum_{j} A_{jk} = (A \mathbf{1})_{k}",
        r"\sum_{j \neq k} v_j = \sum_j v_j",
        r"P_{jk} := A_{jk} \\ P = C",
        r"\ell(v, w) = \ell(w, v)",
        r"f(v) = f(w)",
        r"g''(a) = g'(a)",
        r"J := g(v^\top w) \\ \frac{\partial^2 J}{\partial w^2} = g'(v^\top w) v v^\top",
        r"\operatorname{softmax}(A) = \operatorname{softmax}(C)",
        r"t^{(i)} = s^{(i)}",
        r"\det(M) = \operatorname{tr}(M)",
    ],
)
def test_what_is_false_does_not_pass(check, latex):
    found = check(latex, where=WHERE)
    assert {finding.status for finding in found} <= {"differs", "shape", "undeclared"}


@pytest.mark.parametrize(
    ("latex", "status", "words"),
    [
        (r"|v| = 1", "shape", r"write \lVert x \rVert, \det(A), or define"),
        (r"|a| b |c| = 1", "unreadable", r"bars that can be paired in two ways"),
        (r"|a = 1", "unreadable", "this bar is not closed"),
        (r"\left| a \middle| b \right| = 1", "unreadable", "a bar in the middle"),
        (r"a \right| = 1", "unreadable", "this bar closes nothing"),
        (r"\|A\| = 1", "shape", r"write \lVert A \rVert_F for the first"),
        (r"\|A\|_2 = 1", "shape", "is not evaluated; only _F is"),
        (r"\|v\|_3 = 1", "unreadable", "a norm is of order 1, 2, F or"),
        (r"g(z) := \|z\| \\ a = b", "unreadable", "write |z| for a number"),
        (r"\max(A) = 1", "shape", r"it can be its largest entry, or that of each column"),
        (r"\max(A, v) = 1", "shape", r"\max is of numbers and arrays of one shape"),
        (r"\log\{a, b\} = 1", "unreadable", r"\log takes an argument in ( )"),
        (r"\log_2 a b = 1", "unreadable", r"can mean \log(a) b and \log(a b)"),
        (r"\log_2(h)^2 = 1", "unreadable", r"the square of \log(a), and \log of a square"),
        (r"\log_v h = 1", "shape", "v is 5×1; a base is a number"),
        (r"\log_{-h} h = 1", "differs", "is not a finite number"),
        (r"\log_2(M) = 1", "unreadable", "and the matrix function"),
        (r"\mathbb{1}[v > 0 \text{ and } A > 0] = 1", "shape", "joins conditions on arrays of"),
        (r"\mathbb{1}_{a} = v", "unreadable", "a is no whole number; an index must be one"),
        (r"\begin{vmatrix} a & b \end{vmatrix} = 1", "shape", "det is of a square matrix"),
        (r"\max a b = 1", "unreadable", r"can mean \max(a) b and \max(a b)"),
        (r"\langle v, u \rangle = 1", "shape", "an inner product needs equal shapes"),
        (r"v \otimes w = 1", "unreadable", r"can be the matrix v w^\top, and the column"),
        (r"A \otimes B \odot C = 1", "unreadable", r"\odot and \otimes in one product"),
        (r"A \odot B \otimes C = 1", "unreadable", r"\odot and \otimes in one product"),
        (
            r"g \circ g = 1",
            "unreadable",
            "can be one function after the other, and the product of entries; "
            r"write g(g(z)), or g(z) \odot g(z)",
        ),
        (r"e^{M} = M", "unreadable", "and the matrix function"),
        (r"\exp(M) = M", "unreadable", "and the matrix function"),
        (r"\operatorname{softmax}(u) = 1", "shape", "for a row, transpose before and after"),
        (r"\operatorname{diag}(A) = 1", "shape", "diag is of a column, or of a square matrix"),
        (r"\operatorname{tr}(A) = 1", "shape", "tr is of a square matrix; here is 5×2"),
        (r"\det(A) = 1", "shape", "det is of a square matrix"),
        (r"\operatorname{tr} = 1", "undeclared", "it needs an argument"),
        (r"q(z) := \operatorname{tr}(z) \\ a = b", "unreadable", "body is written for numbers"),
        (r"\mathbf{1} = v", "unreadable", r"write \mathbf{1}_n"),
        (r"I = I", "unreadable", "write I_n"),
        (r"a I + b = c", "unreadable", "write I_n"),
        (r"M \mathbf{1} \mathbf{1}^\top = M", "unreadable", r"write \mathbf{1}_n"),
        (
            r"\begin{bmatrix} A & B \end{bmatrix} = 1",
            "shape",
            "blocks beside each other need equally many rows",
        ),
        (r"\begin{bmatrix} A \\ B \end{bmatrix} = 1", "shape", "equally many columns"),
        (
            r"\begin{bmatrix} x^{(2)} & x^{(1)} & \dots & x^{(m)} \end{bmatrix} = X",
            "unreadable",
            "does not follow on what stands before it",
        ),
        (
            r"\begin{bmatrix} x^{(9)} & \dots & x^{(m)} \end{bmatrix} = X",
            "unreadable",
            "there is nothing",
        ),
        (r"\begin{bmatrix} a & \dots & v \end{bmatrix} = X", "unreadable", "dots stand between"),
        (
            r"\begin{bmatrix} a & b \\ \vdots & \vdots \end{bmatrix} = X",
            "unreadable",
            "dots go on in one direction",
        ),
        (r"g(z) := \begin{bmatrix} z \end{bmatrix} \\ a = b", "unreadable", "holds no matrix"),
        (
            r"\begin{cases} a & a > 0 \\ -a & a < 100 \end{cases} = |a|",
            "unreadable",
            "two cases are true at once",
        ),
        (
            r"\begin{cases} a & \text{else} \\ b & a > 0 \end{cases} = c",
            "unreadable",
            "what holds otherwise is the last case",
        ),
        (
            r"\begin{cases} v & v > 0 \\ 0 & v \le 0 \end{cases} = v",
            "shape",
            "is about numbers; define f(z) := by cases",
        ),
        (r"\begin{cases} a & a > 100 \end{cases} = a", "differs", "is not a finite number"),
        (r"\mathbb{1}[v > A] = 1", "shape", "compares 5×1 with 5×2"),
        (r"\mathbb{1}[a := b] = 1", "unreadable", "a condition compares by"),
        (r"\sum_{j < k} v_j = 1", "unreadable", "can run over j, and over all such pairs"),
        (
            r"A_{jk} v_k = 1",
            "shape",
            r"k is 5 in v_k and 2 in A_{j,k}; declare k \in \{1, \dots, n\}, or use two indices",
        ),
        (r"\max_{j \neq 1} u_j \max_{k=2}^{1} v_k = 1", "unreadable", "is over nothing"),
        (r"P_{j} := A_{j,1} v \\ P = v", "shape", "an entry is a number"),
        (r"P_{jkt} := A_{jk} A_{jt} \\ P = A", "unreadable", "defined by one or two subscripts"),
        (r"f(A) = 1", "shape", "5×2; it is declared 5×1. For each column of a batch write (i)"),
        (r"f'(v) = 1", "unreadable", "a prime is for functions of one number"),
        (r"f(v, w) = 1", "unreadable", "f takes 1 argument; here are 2"),
        (r"\ell(v) = 1", "unreadable", "takes 2 arguments; here are 1"),
        (r"q(z) := f(z) \\ a = b", "unreadable", "body is written for numbers"),
        (r"g(z) := z^\top A \\ a = b", "shape", "unless its type is declared"),
        (r"q(z) := I_2^\top z \\ a = b", "undeclared", "I_2"),
        (r"\phi(x) := x \\ a = b", "shape", "is defined as 5×1; it is declared 1×1"),
        (r"\phi(x, y) := x^\top y \\ a = b", "unreadable", "is declared with 1 arguments"),
        (r"q(z) := z_1 \\ a = b", "unreadable", "it has no scripts"),
        (r"P_{jj} := A_{jj} \\ a = b", "unreadable", "two different indices"),
        (r"P_{jk} := A_{jk} \\ P := C", "unreadable", "P is defined twice"),
        (r"P_{jk} := A_{jk} \\ P_{kj} := C_{kj}", "unreadable", "is defined twice"),
        (r"C_{jk} := A_{jk} \\ a = b", "unreadable", "is declared already"),
        (r"q(z) := z^{(1)} \\ a = b", "unreadable", "no layer and no example"),
        (r"g(z) := A z \\ a = b", "shape", "unless its type is declared"),
        (r"\int a = 1", "unreadable", r"\int is not evaluated; excuse the equation"),
        (r"a = b \text{ if } a > 0", "unreadable", "a is no index of the equation"),
        (
            r"\frac{\partial^2 \ell(v, w)}{\partial v \partial w} = 1",
            "unreadable",
            "the rows of this derivative can be those of v and those of w",
        ),
    ],
)
def test_what_has_two_readings_or_none_is_told(check, latex, status, words):
    bad = [finding for finding in check(latex, where=WHERE) if not finding.passes]
    assert bad[0].status == status
    assert words in bad[0].diagnosis


# -- numbers that rounding or a kink would decide -------------------------------------------------


@pytest.mark.parametrize(
    "latex",
    [
        r"c + ((a + 10^{20}) - 10^{20}) = c + ((b + 10^{20}) - 10^{20})",
        r"(a + 10^{20}) - 10^{20} = 0",
        r"(a + 10^{13}) - 10^{13} = a",
    ],
)
def test_what_rounding_decides_is_no_test(check, latex):
    (finding,) = check(latex, where=WHERE)
    assert finding.status == "differs"
    assert "so that rounding decides" in finding.diagnosis


def test_what_a_definition_lost_is_lost_in_every_equation(statuses):
    latex = r"P := (a + 10^{20}) - 10^{20} \\ c + P = c \\ b + P = b \\ P = 0"
    assert statuses(latex, where=WHERE) == ["differs"] * 3


def test_small_numbers_are_no_loss(statuses):
    assert statuses(r"10^{-9} (a + b) = \frac{a + b}{10^9}", where=WHERE) == ["holds"]
    assert statuses(r"v^\top v - \sum_j v_j^2 = 0", where=WHERE) == ["holds"]


def test_draws_near_a_kink_are_drawn_again_and_counted(check):
    latex = r"q(z) := \max(0, z - 0.35)^2 \\ q''(A)_{jk} = 2 \cdot \mathbb{1}[A_{jk} > 0.35]"
    again = []
    for seed in range(12):
        (finding,) = check(latex, where=WHERE, seed=seed)
        assert finding.status == "holds"
        again.append(finding.drawn_again)
        told = f"; {finding.drawn_again} drawn again" if finding.drawn_again else " draws"
        assert finding.summary.endswith(told)
    assert 0 < sum(map(bool, again)) < 12


def test_equal_branches_are_no_kink(statuses):
    assert statuses(r"\frac{\partial \max(a, a)}{\partial a} = 1", where=WHERE) == ["holds"]
    assert statuses(r"\frac{\partial |a - a|}{\partial a} = 0", where=WHERE) == ["holds"]


def test_a_kink_in_every_draw_is_told(check):
    latex = r"P := a \\ \frac{\partial \max(P, a)}{\partial P} = 1"
    (finding,) = check(latex, where=WHERE)
    assert finding.status == "differs"
    assert "stands where its choice changes" in finding.diagnosis


def test_a_second_derivative_at_a_rough_place_is_told(check):
    (finding,) = check(r"P := 0.03 \\ \frac{\partial^2 \log(P)}{\partial P^2} = 1", where=WHERE)
    assert "where it changes steeply" in finding.diagnosis


@pytest.mark.parametrize(
    "latex",
    [
        r"\sqrt{-h} = \sqrt{-h}",
        r"\log(-h) = \log(-h)",
        r"(-h)^{0.5} = (-h)^{0.5}",
        r"\sinh(1000 + h) = \sinh(1000 + h)",
        r"\frac{\partial}{\partial h} \cosh(1000 h + 1000) = 1000 \sinh(1000 h + 1000)",
        r"P := h - h \\ \frac{\partial \sqrt{P}}{\partial P} = \frac{\partial \sqrt{P}}{\partial P}",  # noqa: E501
        r"(v v^\top)^{-1} = (v v^\top)^{-1} + 0 \cdot (v v^\top)^{-1} / 0",
        r"a - a = b - b",
    ],
)
def test_what_is_no_number_or_always_zero_never_holds(statuses, latex):
    assert statuses(latex, where=WHERE) == ["differs"]


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{\partial |a|}{\partial a} = \frac{|a|}{a}",
        r"\frac{\partial \max(a, b)}{\partial b} = \mathbb{1}[b > a]",
        r"\frac{\partial \langle v, v \rangle}{\partial v} = 2 v",
        r"\frac{\partial \lVert v \rVert}{\partial v} = \frac{v}{\lVert v \rVert}",
        r"\frac{\partial \sqrt{h}}{\partial h} = \frac{1}{2 \sqrt{h}}",
        r"\frac{\partial (-h)^3}{\partial h} = -3 h^2",
        r"\frac{\partial \sinh(a)}{\partial a} = \cosh(a)",
        r"\frac{\partial \tanh(9 a)}{\partial a} = 9 (1 - (\tanh(9 a))^2)",
        r"\frac{\partial \log |a|}{\partial a} = \frac{1}{a}",
        r"\frac{\partial \operatorname{softmax}(v)}{\partial v} ="
        r"\operatorname{diag}(\operatorname{softmax}(v))"
        r"- \operatorname{softmax}(v) \operatorname{softmax}(v)^\top",
    ],
)
def test_the_imaginary_step_goes_through_every_function(statuses, latex):
    assert statuses(latex, where=WHERE) == ["holds"]


def in_directive(latex, option):
    where = ":::{where}\n- $a \\in \\mathbb{R}_{>0}$\n:::"
    return f"{where}\n\n```{{math}}\n{option}\n\n{latex}\n```\n"


@pytest.mark.parametrize(
    ("latex", "option", "status", "words"),
    [
        (r"a \approx 1.0001 a", ":tolerance: 1e-3", "holds", ""),
        (r"a \approx 1.0001 a", ":tolerance: 0.00001", "differs", "the tolerance is 1e-05"),
        (r"a \approx a", ":label: x", "unreadable", r"\approx up to what?"),
        (
            r"a \approx a",
            ":tolerance: much",
            "unreadable",
            "a tolerance is a number between 0 and 1",
        ),
        (r"a \approx a", ":tolerance: 2", "unreadable", "a tolerance is a number between 0 and 1"),
        (r"a = a", ":tolerance: 1e-3", "unreadable", r"a tolerance is for \approx"),
        (r"0 \cdot a \approx 0 \cdot a", ":tolerance: 1e-3", "differs", "nothing was tested"),
    ],
)
def test_approx_needs_a_tolerance(latex, option, status, words):
    (finding,) = check_page(read_page(in_directive(latex, option), "page.md"))
    assert finding.status == status
    assert words in finding.diagnosis
