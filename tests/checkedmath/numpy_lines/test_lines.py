"""A line of NumPy is printed from an equation, run on the draws, and refused if it disagrees."""

import ast

import pytest

from checkedmath import read_page
from checkedmath.check.checker import check
from checkedmath.latex.nodes import Transpose
from checkedmath.latex.printing import to_latex
from checkedmath.numpy_lines import lines, printing
from checkedmath.numpy_lines.lines import said_of

WHERE = r"""
- $X \in \mathbb{R}^{n_0 \times m}$
- $Y \in \{0, 1\}^{1 \times m}$
- $U \in \mathbb{R}_{>0}^{1 \times m}$
- $H \in \{1, 2, 3\}^{1 \times m}$
- $W^{[1]} \in \mathbb{R}^{n_1 \times n_0}$
- $W^{[2]} \in \mathbb{R}^{1 \times n_1}$
- $b^{[1]} \in \mathbb{R}^{n_1}$
- $b^{[2]} \in \mathbb{R}$
- $g : \mathbb{R} \to \mathbb{R}$
- $\ell : \mathbb{R}^{n_1} \to \mathbb{R}$
- $A, F \in \mathbb{R}^{p \times q}$
- $M \in \mathbb{R}^{p \times p}$
- $u, v \in \mathbb{R}^{p}$
- $c \in \mathbb{R}$, a number
- $\lambda \in \mathbb{R}$, another
- $k \in \{1, \dots, p\}$
- $S^{[t]} \in \mathbb{R}^{p \times p}$
- $t \in \{1, \dots, T\}$
"""
DEFINED = (
    r"Z^{[1]} := W^{[1]} X + b^{[1]}",
    r"A^{[1]} := g(Z^{[1]}), \quad Z^{[2]} := W^{[2]} A^{[1]} + b^{[2]}",
    r"\mathcal{L}^{(i)} := (z^{[2](i)} - y^{(i)})^2, \quad J := \frac1m \sum_i \mathcal{L}^{(i)}",
    r"dZ^{[2]} := m \frac{\partial J}{\partial Z^{[2]}}, "
    r"\quad dZ^{[1]} := m \frac{\partial J}{\partial Z^{[1]}}",
)


def said(display, *, one_example=False):
    """Return what is said of the last statement of a page."""
    blocks = [f":::{{where}}\n{WHERE.strip()}\n:::", *(f"$$\n{each}\n$$" for each in DEFINED)]
    last = f"$$\n{display}\n$$"
    if one_example:
        other = "$$\nX = X\n$$"
        last = f"::::{{side-by-side}}\n{last}\n\n{other}\n::::"
    page = read_page("\n\n".join([*blocks, last]) + "\n", "page.md")
    result = check(page)
    checked = result.bound_page.equations[-2 if one_example else -1]
    names = {r"\mathcal{L}": "loss"}
    return said_of(
        checked.statements[-1],
        result.bound_page.scope,
        result.draws.evaluators,
        names,
        one_example=one_example,
    )


def line_of(display, **options):
    """Return the line of an equation, which was run."""
    line = said(display, **options).line
    if line is None:
        return None
    assert line.mistake == ""
    return str(line)


@pytest.mark.parametrize(
    ("display", "line"),
    [
        (r"dW := \frac{1}{m} dZ^{[2]} A^{[1]\top}", "dW = dZ2 @ A1.T / m"),
        (
            r"db := \frac{1}{m} \sum_{i=1}^{m} dz^{[2](i)}",
            "db = dZ2.sum(axis=1, keepdims=True) / m",
        ),
        (
            r"D := W^{[2]\top} dZ^{[2]} \odot g'(Z^{[1]})",
            "D = W2.T @ dZ2 * g_prime(Z1)",
        ),
        (r"J = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}", "J = loss.sum() / m"),
        (r"C := \sum_i dz^{[1](i)} x^{(i)\top}", "C = dZ1 @ X.T"),
        (r"C := \mathbb{E}_i[dz^{[1](i)} x^{(i)\top}]", "C = dZ1 @ X.T / m"),
        (
            r"C := \mathbb{E}_i[dz^{[1](i)} \odot z^{[1](i)}]",
            "C = (dZ1 * Z1).mean(axis=1, keepdims=True)",
        ),
        (
            r"C := \sum_i u^{(i)} dz^{[1](i)}",
            "C = (U * dZ1).sum(axis=1, keepdims=True)",
        ),
        (
            r"C := \sum_i W^{[1]} x^{(i)}",
            "C = (W1 @ X).sum(axis=1, keepdims=True)",
        ),
        (r"C := \sum_i u^{(i)} \mathcal{L}^{(i)}", "C = (U * loss).sum()"),
        (
            r"C := \sum_i \ell(z^{[1](i)})",
            "C = sum(ell(Z1[:, [i]]) for i in range(m))",
        ),
        (
            r"C := \sum_i z^{[1](i)\top} z^{[1](i)}",
            "C = sum(Z1[:, [i]].T @ Z1[:, [i]] for i in range(m))",
        ),
        (r"C := \frac{1}{m} dZ^{[1]} \mathbf{1}", "C = dZ1 @ np.ones((m, 1)) / m"),
        (r"C := u \mathbf{1}_m^\top", "C = u @ np.ones((1, m))"),
        (r"C := \sum_k u_k \log(v_k^2)", "C = np.sum(u * np.log(v ** 2))"),
        (r"C := \sum_{k=2}^{p} u_k", "C = sum(u[k, 0] for k in range(1, p))"),
        (r"C := \sum_{t=1}^{T} S^{[t]} u", "C = sum(S[t] @ u for t in range(1, T + 1))"),
        (r"C := \sum_{k=1}^{p} k u_k", "C = sum(k * u[k - 1, 0] for k in range(1, p + 1))"),
        (r"C := \sum_{j \neq k} u_j v_k", "C = sum(u[j, 0] * v[k, 0] for j in range(p) if j != k)"),
        (r"C := \prod_{k=1}^{p} u_k", "C = np.prod([u[k, 0] for k in range(p)])"),
        (r"C := \max_k u_k", "C = np.max([u[k, 0] for k in range(p)], axis=0)"),
        (r"C := \lVert u - v \rVert^2", "C = np.linalg.norm(u - v) ** 2"),
        (
            r"C := \lVert u \rVert_1 + \lVert v \rVert_\infty",
            "C = np.sum(np.abs(u)) + np.max(np.abs(v))",
        ),
        (r"C := \operatorname{softmax}(A)", "C = softmax(A)"),
        (r"C := \operatorname{diag}(u) A", "C = np.diag(u.ravel()) @ A"),
        (r"C := \operatorname{diag}(M)", "C = np.diag(M)[:, None]"),
        (r"C := \operatorname{tr}(A F^\top)", "C = np.trace(A @ F.T)"),
        (r"C := \operatorname{vec}(A)", "C = A.T.reshape(-1, 1)"),
        (r"C := M^{-1} A", "C = np.linalg.inv(M) @ A"),
        (r"C := \det(M) u", "C = np.linalg.det(M) * u"),
        (r"C := \langle A, F \rangle", "C = np.sum(A * F)"),
        (r"C := c A - \lambda F", "C = c * A - lambda_ * F"),
        (r"C := -c u_2 + e^{c}", "C = -c * u[1, 0] + np.exp(c)"),
        (r"C := \log_2(c^2) + \tanh^2(c)", "C = np.log2(c ** 2) + np.tanh(c) ** 2"),
        (r"C := \max(u, v)", "C = np.maximum(u, v)"),
        (r"C := \mathbb{1}[c > 0] u", "C = np.where(c > 0, 1.0, 0.0) * u"),
        (r"C := \begin{bmatrix} A & F \end{bmatrix}", "C = np.block([[A, F]])"),
        (
            r"C := \begin{bmatrix} g(x^{(1)}) & \cdots & g(x^{(m)}) \end{bmatrix}",
            "C = np.hstack([g(X[:, [i]]) for i in range(m)])",
        ),
        (r"C := (I_p + M) u", "C = (np.eye(p) + M) @ u"),
        (r"C := \sigma(A) \otimes u", "C = np.kron(sigmoid(A), u)"),
        (r"\frac{\partial J}{\partial Z^{[2]}} = \frac{1}{m} dZ^{[2]}", "dJ_dZ2 = dZ2 / m"),
        (r"C := A = A + 0 F", "C = A"),
    ],
)
def test_an_equation_is_printed_as_numpy_and_runs(display, line):
    assert line_of(display) == line


@pytest.mark.parametrize(
    ("display", "line"),
    [
        (r"z^{[1]} = W^{[1]} x + b^{[1]}", "z1 = W1 @ x + b1"),
        (r"r := dz^{[1]} x^\top", "r = dz1 @ x.T"),
        (r"r := -y (1 - y)", "r = -y * (1 - y)"),
    ],
)
def test_small_letters_are_columns_in_the_column_of_one_example(display, line):
    assert line_of(display, one_example=True) == line


@pytest.mark.parametrize(
    "display",
    [
        r"C := m \frac{\partial J}{\partial Z^{[2]}}",
        r"g'(c) = g'(c)",
        r"2 A = A + A",
        r"A = A",
        r"\delta_{11} = 1",
        r"C := \sum_{t \neq 1} S^{[t]} u",
        r"C := \sum_{i=1}^{m} \sum_{t=1}^{h^{(i)}} t^2",
    ],
)
def test_what_has_no_form_in_numpy_has_no_line(display):
    assert line_of(display) is None


def test_shapes_are_those_of_the_declarations():
    found = {
        word: None if shape is None else tuple(map(to_latex, shape))
        for word, shape in said(r"D := W^{[2]\top} dZ^{[2]} \odot g'(Z^{[1]}) + c b^{[1]}").shapes
    }
    assert found == {
        "D": ("n_1", "m"),
        "W2": ("1", "n_1"),
        "dZ2": ("1", "m"),
        "Z1": ("n_1", "m"),
        "c": None,
        "b1": ("n_1", "1"),
    }


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("dZ2 @ A1.T / m", "dZ2 @ A1.T", "its relative error is"),
        ("dZ2 @ A1.T / m", "A1 @ dZ2.T / m", "its shape is"),
        ("dZ2 @ A1.T / m", "dZ2 @ A1 / m", "ValueError: "),
        ("dZ2 @ A1.T / m", "dZ2 @ A3.T / m", "A3 is no symbol of this line"),
    ],
)
def test_a_line_that_disagrees_is_told(monkeypatch, right, wrong, words):
    def misprinted(tree):
        text = ast.unparse(ast.fix_missing_locations(tree))
        return wrong if text == right else text

    monkeypatch.setattr(lines, "as_text", misprinted)
    line = said(r"dW := \frac{1}{m} dZ^{[2]} A^{[1]\top}").line
    assert line.value == wrong
    assert words in line.mistake


def test_a_printer_that_forgets_the_transpose_is_found_out(monkeypatch):
    monkeypatch.setitem(printing._RULES, Transpose, lambda self, node: self.piece(node.base))
    line = said(r"C := M^\top A").line
    assert str(line) == "C = M @ A"
    assert "its relative error is" in line.mistake


def test_one_name_stands_for_one_thing():
    assert line_of(r"C := u + \mathbf{u}") is None
