"""A line of NumPy is run on every draw and compared with its equation; its false twins are not."""

import time

import pytest

from checkedmath import read_page
from checkedmath.check.checker import Settings, check
from checkedmath.check.numpy_lines import Column, lines_of
from checkedmath.check.numpy_symbols import StatementSymbols, cases_of

WHERE = r"""
- $X \in \mathbb{R}^{n_0 \times m}$
- $Y \in \{0, 1\}^{1 \times m}$
- $U \in \mathbb{R}_{>0}^{1 \times m}$
- $W^{[1]} \in \mathbb{R}^{n_1 \times n_0}$
- $W^{[2]} \in \mathbb{R}^{1 \times n_1}$
- $b^{[1]} \in \mathbb{R}^{n_1}$
- $b^{[2]} \in \mathbb{R}$
- $g : \mathbb{R} \to \mathbb{R}$
- $\ell : \mathbb{R}^{n_1} \to \mathbb{R}$
- $A, F \in \mathbb{R}^{p \times q}$
- $M \in \mathbb{R}^{p \times p}$
- $u, v, \mathbf{v} \in \mathbb{R}^{p}$
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


def lines(display, text, *, one_example=False, other="X = X", timeout=30.0):
    """Return the lines of NumPy under the last equation of a page."""
    blocks = [f":::{{where}}\n{WHERE.strip()}\n:::", *(f"$$\n{each}\n$$" for each in DEFINED)]
    pair = (display, other) if one_example else (other, display)
    row = "\n\n".join(f"$$\n{each}\n$$" for each in pair)
    page = read_page("\n\n".join([*blocks, f"::::{{side-by-side}}\n{row}\n::::"]), "page.md")
    result = check(page, settings=Settings(timeout=timeout))
    columns = []
    for checked in result.bound_page.equations[-2:]:
        first = checked.equation.one_example
        scope, draws = result.bound_page.scope, result.draws
        found = [
            StatementSymbols(each, scope, cases, {r"\mathcal{L}": "loss"})
            for each in checked.statements
            if (cases := cases_of(each, scope, draws.evaluators, one_example=first))
        ]
        columns.append(Column(tuple(found), first, scope, draws))
    own, beside = columns if one_example else columns[::-1]
    return lines_of(text, own, beside)


def mistake(display, text, **options):
    """Return what is wrong with the only line under an equation."""
    (line,) = lines(display, text, **options)
    return line.mistake


GRADIENT = r"dW := \frac{1}{m} dZ^{[2]} A^{[1]\top}"
BIAS = r"db := \frac{1}{m} \sum_{i=1}^{m} dz^{[1](i)}"


@pytest.mark.parametrize(
    ("display", "line"),
    [
        (GRADIENT, "dW = dZ2 @ A1.T / m"),
        (GRADIENT, "dW = np.block([dZ2]) @ (A1 / m).T"),
        (GRADIENT, "dW = sum(dZ2[:, [i]] @ A1[:, [i]].T for i in range(m)) / m"),
        (BIAS, "db = dZ1.sum(axis=1, keepdims=True) / m"),
        (BIAS, "db = np.mean(dZ1, axis=1, keepdims=True)"),
        (BIAS, "db = dZ1 @ np.ones((m, 1)) / m"),
        (r"D := W^{[2]\top} dZ^{[2]} \odot g'(Z^{[1]})", "D = W2.T @ dZ2 * g_prime(Z1)"),
        (r"J = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}", "J = loss.sum() / m"),
        (r"C := \sum_i u^{(i)} dz^{[1](i)}", "C = (U * dZ1).sum(axis=1, keepdims=True)"),
        (r"C := \sum_i \ell(z^{[1](i)})", "C = sum(ell(Z1[:, [i]]) for i in range(m))"),
        (r"C := \sum_{t=1}^{T} S^{[t]} u", "C = sum(S[t] @ u for t in range(1, T + 1))"),
        (r"C := S^{[1]} u", "C = S1 @ u"),
        (r"C := \sum_{k=1}^{p} k u_k", "C = sum(k * u[k - 1, 0] for k in range(1, p + 1))"),
        (r"P_k := u_k A_{k,1}", "P[k, 0] = u[k, 0] * A[k, 0]"),
        (r"\lambda k = k \lambda, \quad P_k := u_k", "P[k, 0] = u[k, 0]"),
        (r"C := \sigma(A) \otimes u", "C = np.kron(sigmoid(A), u)"),
        (r"C := M^{-1} A", "C = np.linalg.inv(M) @ A"),
        (r"C := \max(u, v)", "C = np.maximum(u, v)"),
        (r"C := \max(u, v)", "C = np.where(u > v, u, v)"),
        (r"C := \mathbb{1}[c > 0] u", "C = np.where(c > 0, 1.0, 0.0) * u"),
        (r"C := c u", "C = c * u  # a number goes along all entries"),
        (r"C := c u", "\n# above it\nC = (\n    c * u\n)\n"),
        (r"\frac{\partial J}{\partial Z^{[2]}} = \frac{1}{m} dZ^{[2]}", "dJ_dZ2 = dZ2 / m"),
        (
            r"\frac{\partial J}{\partial A^{[1]}} = W^{[2]\top} "
            r"\frac{\partial J}{\partial Z^{[2]}}",
            "dJ_dA1 = W2.T @ dJ_dZ2",
        ),
        (
            r"\frac{\partial J}{\partial W^{[1]}_{2,1}} = \frac1m \sum_i dz^{[1](i)}_2 x^{(i)}_1",
            "dJ_dW1[1, 0] = (dZ1[1] * X[0]).sum() / m",
        ),
        (r"z^{[1](i)} = W^{[1]} x^{(i)} + b^{[1]}", "Z1[:, [i]] = W1 @ X[:, [i]] + b1"),
        (r"2 A^{[1]} = A^{[1]} + A^{[1]}, \quad B := 2 A", "B = A + A"),
    ],
)
def test_a_line_that_is_right(display, line):
    assert mistake(display, line) == ""


@pytest.mark.parametrize(
    ("display", "line", "words"),
    [
        (GRADIENT, "dW = dZ2 @ A1.T", "off by exactly m: the left side is m times the right"),
        (GRADIENT, "dW = dZ2 @ A1.T / p", "the left side"),
        (GRADIENT, "dW = dZ2 @ A1.T / T", "the left side"),
        (GRADIENT, "dW = A1 @ dZ2.T / m", "its value is "),
        (GRADIENT, "dW = dZ2 @ A1 / m", "ValueError: "),
        (GRADIENT, "dW = dZ2 * A1 / m", "its value is "),
        (GRADIENT, "dW = -dZ2 @ A1.T / m", "sign"),
        (BIAS, "db = dZ1.sum(axis=0, keepdims=True) / m", "its value is "),
        (BIAS, "db = dZ1.sum(axis=1) / m", "expected rows and columns, as with keepdims=True"),
        (BIAS, "db = dZ1.sum(axis=1, keepdims=True)", "off by exactly m"),
        (BIAS, "db = dZ1.sum() / m", "its value is 1×1, the equation’s "),
        (r"C := M^\top A", "C = M @ A", "it is not what the equation says"),
        (r"C := M M", "C = M * M", "it is not what the equation says"),
        (r"C := M \odot M", "C = M @ M", "it is not what the equation says"),
        (r"C := \sum_{k=2}^{p} u_k", "C = sum(u[k, 0] for k in range(2, p))", "it is not"),
        (r"C := \sum_{t=1}^{T} S^{[t]} u", "C = sum(S[t] @ u for t in range(T))", "S^{[0]} is not"),
        (
            r"P_k := u_k v_k",
            "P[k, 0] = u[k - 1, 0] * v[k - 1, 0]",
            "it is not what the equation says",
        ),
        (r"C := u_1 v_1", "C = u[1, 0] * v[1, 0]", "it is not what the equation says"),
        (r"P_k := k c", "P[k, 0] = k * c", "counts from 0 in square brackets and from 1"),
        (r"P_k := u_k A_{k,1}", "P[k] = u[k] * A[k, [0]]", "expected rows and columns"),
        (r"P_k := k u_k", "P[k, 0] = k * u[k, 0]", "counts from 0 in square brackets and from 1"),
        (r"C := \sigma(A)", "C = 1 / (1 + np.exp(A))", "its relative error is "),
        (r"C := A", "C = np.maximum(A, -1e3)", "not on values far out in their domains"),
        (r"C := c u", "C = np.where(c < 1e6, c, 0) * u", "not where "),
        (r"C := c u", "C = np.where(p > 1, c, 0) * u", "p > 1 chooses the same on every draw"),
        (r"C := c u", "C = np.max([c, c - 1]) * u", "chooses the same on every draw"),
        (r"C := u^\top u", "C = np.abs(u.T @ u)", "chooses the same on every draw"),
        (r"C := 0 A", "C = 0 * A", "both sides are 0 in every draw"),
        (r"C := A", "C = 1 / (A - A)", "not a finite number"),
        (r"J = \frac{1}{m} \sum_i \mathcal{L}^{(i)}", "J = loss / m", "its value is "),
        (
            r"\frac{\partial J}{\partial W^{[1]}_{2,1}} = \frac1m \sum_i dz^{[1](i)}_2 x^{(i)}_1",
            "dJ_dW1[0, 1] = (dZ1[1] * X[0]).sum() / m",
            "what it gives a value to is not what stands in the equation",
        ),
    ],
)
def test_a_line_that_is_wrong(display, line, words):
    assert words in mistake(display, line)


@pytest.mark.parametrize(
    ("display", "line", "words"),
    [
        (r"z^{[1]} = W^{[1]} x + b^{[1]}", "z1 = W1 @ x + b1", ""),
        (r"r := dz^{[1]} x^\top", "r = dz1 @ x.T", ""),
        (r"r := dz^{[1]} x^\top", "r = dz1 * x.T", ""),  # a column times a row, entry by entry
        (r"r := dz^{[1]} x^\top", "r = dz1 @ x", "ValueError"),
        (r"z^{[1]} = W^{[1]} x + b^{[1]}", "z1 = W1 @ X + b1", "its value is "),
        (r"z^{[1]} = W^{[1]} x + b^{[1]}", "Z1 = W1 @ X + b1", "a value to z1, and not to Z1"),
        (r"r := -y (1 - y) - 1", "r = -Y * (1 - Y) - 1", "its value is 1×"),
    ],
)
def test_small_letters_are_columns_in_the_column_of_one_example(display, line, words):
    found = mistake(display, line, one_example=True)
    assert words in found
    assert bool(words) == bool(found)


def test_a_line_of_the_other_column():
    one, batch = r"r := dz^{[1]} x^\top", r"R := \frac1m dZ^{[1]} X^\top"
    assert mistake(batch, "R = dZ1 @ X.T / m", other=one) == ""
    found = mistake(batch, "r = dz1 @ x.T", other=one)
    assert "the equation gives a value to R, and not to r; " in found
    assert found.endswith("it is what the equation in the other column says")
    found = mistake(one, "R = dZ1 @ X.T / m", one_example=True, other=batch)
    assert found.endswith("it is what the equation in the other column says")
    found = mistake(one, "R = dZ1 @ X.T", one_example=True, other=batch)
    assert not found.endswith("says")


def test_what_a_line_may_read():
    found = mistake(GRADIENT, "dW = dZ3 @ A1.T / m")
    assert found.startswith("dZ3 is no symbol that is declared or defined here; a line of this ")
    listed = found.split("may read ")[1].split(", call ")
    assert {"A1", "dZ1", "dZ2", "X", "Y", "W1", "loss", "lambda_", "m", "n_0"} <= {
        *listed[0].split(", ")
    }
    assert not {"x", "z1", "dW1", "i"} & {*listed[0].split(", ")}
    assert {"g", "g_prime", "ell", "sigmoid", "softmax"} <= {*listed[1].split(", ")}


@pytest.mark.parametrize(
    ("display", "line", "words"),
    [
        (GRADIENT, "dW = dW", "the line gives a value to dW; it cannot read dW as well"),
        (GRADIENT, "dZ2 @ A1.T / m", "expected lines such as dW = dZ @ X.T / m"),
        (GRADIENT, "dW += dZ2 @ A1.T / m", "expected lines such as"),
        (GRADIENT, "dW = C = dZ2 @ A1.T / m", "expected lines such as"),
        (GRADIENT, "dW, m = dZ2 @ A1.T / m, 2", "expected lines such as"),
        (GRADIENT, "dW: float = dZ2 @ A1.T / m", "expected lines such as"),
        (GRADIENT, "del dW", "expected lines such as"),
        (GRADIENT, "dW = dZ2 @ A1.T /", "it is no Python: invalid syntax"),
        (GRADIENT, "dW = 1\0", "it is no Python"),
        (GRADIENT, "dV = dZ2 @ A1.T / m", "the equation gives a value to dW, and not to dV"),
        (r"2 A = A + A", "A = A", "the equation gives a value to no symbol, and not to A"),
        (r"A < A + 1", "A = A", "the equation gives a value to no symbol, and not to A"),
    ],
)
def test_a_line_that_has_not_the_form(display, line, words):
    assert words in mistake(display, line)


def test_a_symbol_of_two_readings_is_refused():
    assert mistake(r"C := u + v", "C = u + v") == ""
    found = mistake(r"C := v + \mathbf{v}", "C = v + v")
    assert found == "v would stand for two symbols of this page"
    assert mistake(r"C := u", "C = u + 0 * v") == found


def test_lines_are_compared_one_by_one():
    first, second = lines(r"B := 2 A, \quad D := 3 A", "D = A * 3\n\nB = A * 3")
    assert (first.number, first.text, first.statement, first.mistake) == (0, "D = A * 3", 1, "")
    assert (second.number, second.text) == (2, "B = A * 3")
    assert "off by exactly 3/2" in second.mistake


def test_a_line_ends_with_the_time_of_its_page():
    started = time.monotonic()
    found = mistake(r"C := c u", "C = c * u * 9**9**9**9", timeout=3.0)
    assert found == "it did not end within the time given for this page"
    assert time.monotonic() - started < 10
