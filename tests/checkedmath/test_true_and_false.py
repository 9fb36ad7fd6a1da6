r"""
Pairs of a true and a false line, on pages that were written to fool the checker.

The true line must hold, and its false twin, which differs in one place, must not pass: what could
make it pass is named. Lines before the last are definitions.
"""

# ruff: noqa: E501  (a pair is read in one line)

from itertools import chain

import pytest

from checkedmath import check_page, read_page

NUMBERS = r"""
- $a, b, x, w \in \mathbb{R}$
- $c \in \mathbb{R}_{>0}$
- $p \in (0, 1)$
- $\delta \in \mathbb{R}_{>0}$
- $u, v \in \mathbb{R}^{n}$
- $X \in \mathbb{R}^{n \times m}$
"""
SETS = r"""
- $t \in \{0, 1\}$
- $s \in \{-1, 1\}^{1}$
- $r \in \{1, 2, 3\}^{1}$
- $q \in \{0, 1\}^{n}$
- $Y \in \{0, 1\}^{1 \times m}$
- $p \in (0, 1)$
"""
DIGIT = r"- $z \in \{0, 1, 2, 3, 4, 5, 6, 7, 8, 9\}^{1}$"
SIZES = (
    "\n".join(rf"- $A_{k} \in \mathbb{{R}}^{{{k}}}$" for k in "fghqrs")
    + r"""
- $u \in \mathbb{R}^{p}$
- $l \in \{1, \dots, L\}$
- $a \in \mathbb{R}$
"""
)
SQUARE = r"""
- $A, B \in \mathbb{R}^{n \times n}$
- $v, w \in \mathbb{R}^{n}$
"""
SQUARE_OF_SIZES = r"- $M \in \mathbb{R}^{n \times n}$"

# Of each pair: where it stands, definitions, the true line, the false one.
CONSTANT_SIZES = [
    (SIZES, [], "p = p", "p = 7"),
    (SIZES, [], r"\frac{1}{p} u = \frac{u}{p}", r"\frac{1}{p} u = \frac{1}{7} u"),
    (SIZES, [], r"\sum_j u_j = \sum_{j=1}^{p} u_j", r"\sum_j u_j = \sum_{j=1}^{7} u_j"),
    (SIZES, [], r"\sum_{j=1}^{L} a = L a", r"\sum_{j=5}^{L} a = 0"),
    (SIZES, [], r"\sum_{j=2}^{L} a = (L - 1) a", r"\sum_{j=3}^{L} a = a"),
    (SIZES, [], r"\mathbf{1}_p^\top \mathbf{1}_p = p", r"\mathbf{1}_p^\top \mathbf{1}_p = 8"),
    (SIZES, [], r"\sum_{j=1}^{s} a = s a", r"\sum_{j=1}^{s} a = 6 a"),
    (SIZES, [], "p - q = p - q", "p - q = r - s"),
    (SIZES, [], "p + q = q + p", "p = q + 1"),
    (NUMBERS, [], "(-1)^{n m} (-1)^{n m} = 1", "(-1)^{n m} = 1"),
    (NUMBERS, [], "(-1)^{n (m + 1)} (-1)^n = (-1)^{n m}", "(-1)^{(n + 1)(m + 1)} = 1"),
]
SMALL_SETS = [
    (
        SETS,
        [],
        r"-t \log p - (1 - t) \log(1 - p) = -\log(t p + (1 - t) (1 - p))",
        r"-t \log p - (1 - t) \log(1 - p) = -\log(1 - p)",
    ),
    (SETS, [], "t^2 = t", "t = 1"),
    (SETS, [], "t^2 = t", "t = 0"),
    (SETS, [], "s^2 = 1", "s = 1"),
    (SETS, [], "s^2 = 1", "s = -1"),
    (SETS, [], "t s^2 = t", "t s = t"),
    (SETS, [], "t s = s t", "t = \\frac{1 + s}{2}"),
    (SETS, [], "(r - 1)(r - 2)(r - 3) p = 0", "(r - 1)(r - 2) p = 0"),
    (SETS, [], r"(\max_j q_j)^2 = \max_j q_j", r"\max_j q_j = 1"),
    (SETS, [], r"(\min_j q_j)^2 = \min_j q_j", r"\min_j q_j = 0"),
    (SETS, [], r"\prod_j q_j = \min_j q_j", r"\prod_j q_j = 0"),
    (SETS, [], r"\prod_i (1 - y^{(i)}) = 1 - \max_i y^{(i)}", r"\prod_i (1 - y^{(i)}) = 0"),
    (SETS, [], r"\mathbb{1}[\sum_j q_j > 0] = \max_j q_j", r"\mathbb{1}[\sum_j q_j > 0] = 1"),
    (SETS, [], "q_1 q_3 = q_3 q_1", "q_1 q_3 = q_1"),
    (SETS, ["d := q_3", "e_2 := q_2"], "d e_2 = e_2 d", "d e_2 = d"),
    (SETS, [], "y^{(1)} y^{(3)} = y^{(3)} y^{(1)}", "y^{(1)} y^{(3)} = y^{(1)}"),
    (DIGIT, [], r"\prod_{j=0}^{9} (z - j) = 0", r"\prod_{j=0}^{8} (z - j) = 0"),
    (DIGIT, [], r"\mathbb{1}[z = 7] \le 1", r"\mathbb{1}[z = 7] = 0"),
]
BRANCHES = [
    (
        NUMBERS,
        [],
        r"\begin{cases} a & \text{if } |a| \le \delta \\ a & \text{otherwise} \end{cases} = a",
        r"\begin{cases} 1 & \text{if } |a| \le \delta \\ 2 & \text{otherwise} \end{cases} = 1",
    ),
    (
        NUMBERS,
        [],
        r"\begin{cases} a & \text{if } a > -100 \\ a & \text{otherwise} \end{cases} = a",
        r"\begin{cases} a & \text{if } a > -100 \\ b & \text{otherwise} \end{cases} = a",
    ),
    (
        NUMBERS,
        [],
        r"\begin{cases} a & \text{if } a < 10^6 \\ a & \text{otherwise} \end{cases} = a",
        r"\begin{cases} a & \text{if } a < 10^6 \\ \text{sgn}(a) & \text{otherwise} \end{cases} = a",
    ),
    (
        NUMBERS,
        [
            r"h(z) := \begin{cases} \frac12 z^2 & \text{if } |z| \le 30 \\ 30 |z| - 450 & \text{otherwise} \end{cases}"
        ],
        r"h(a) = \frac12 (\min(|a|, 30))^2 + 30 (|a| - \min(|a|, 30))",
        r"h(a) = \frac12 (\min(|a|, 30))^2 + 20 (|a| - \min(|a|, 30))",
    ),
    (
        NUMBERS,
        [
            r"h(z) := \begin{cases} \frac12 z^2 & \text{if } |z| \le 30 \\ 30 |z| - 450 & \text{otherwise} \end{cases}"
        ],
        r"h'(a) = \max(-30, \min(a, 30))",
        r"h'(a) = \max(-20, \min(a, 30))",
    ),
    (NUMBERS, [], r"\max(-3, x) = x + \max(0, -3 - x)", r"\max(-3, x) = x"),
    (NUMBERS, [], r"\max(50, x) = 50 + \max(0, x - 50)", r"\max(50, x) = 50"),
    (NUMBERS, [], r"\min(x, 1000) = x - \max(0, x - 1000)", r"\min(x, 1000) = x"),
    (NUMBERS, [], r"\mathbb{1}[a > 2] \le 1", r"\mathbb{1}[a > 2] = 0"),
    (
        NUMBERS,
        [],
        r"\mathbb{1}[\max(1, a) - \min(b, a) > 0] = \mathbb{1}[\max(a, 1) - \min(a, b) > 0]",
        r"\mathbb{1}[\max(1, a) - \min(b, a) > 0] = \mathbb{1}[\max(a, 0.5) - \min(a, b) > 0]",
    ),
    (
        NUMBERS,
        [],
        r"\mathbb{1}[0.5 > \lvert 2 - a \rvert] = \mathbb{1}[\lvert a - 2 \rvert < 0.5]",
        r"\mathbb{1}[0.5 > \lvert 2 - a \rvert] = \mathbb{1}[0.2 > \lvert 2 - a \rvert]",
    ),
    (
        NUMBERS,
        [],
        r"\mathbb{1}[a + b > a] = \mathbb{1}[b > 0]",
        r"\mathbb{1}[a + b > a] = \mathbb{1}[b > a]",
    ),
    (NUMBERS, [], r"\mathbb{1}[a < 77] = 1 - \mathbb{1}[a \ge 77]", r"\mathbb{1}[a < 77] = 1"),
    (NUMBERS, [], r"\mathbb{1}[a = 0] = 1 - \mathbb{1}[a \neq 0]", r"\mathbb{1}[a = 0] = 0"),
    (NUMBERS, [], r"\mathbb{1}[a = b] = \mathbb{1}[b = a]", r"\mathbb{1}[a = b] = 0"),
    (NUMBERS, [], r"\mathbb{1}[m > 12] \le 1", r"\mathbb{1}[m > 12] = 0"),
    (NUMBERS, [], r"|a|^2 = a^2", r"|a| = a"),
    (NUMBERS, [], r"|a + 100| = |100 + a|", r"|a + 100| = a + 100"),
    (NUMBERS, [], r"|c| = c", r"|c - 40| = 40 - c"),
    (NUMBERS, [], r"|1 - p| = 1 - p", r"|p - 0.99| = 0.99 - p"),
    (NUMBERS, [], r"|e^a - 0| = e^a", r"|e^a - 10| = 10 - e^a"),
    (NUMBERS, [], r"\max(c, -c) = c", r"\max(c, 1 - c) = c"),
    (NUMBERS, [], r"|\sigma(a) - 1| = 1 - \sigma(a)", r"|\sigma(a) - 0.999| = 0.999 - \sigma(a)"),
    (
        NUMBERS,
        [r"h(z) := \begin{cases} z & \text{if } z > 10 \\ 4 & \text{otherwise} \end{cases}"],
        r"h(b^3) = h(b^2 b)",
        r"h(b^3) = h(|b|^3)",
    ),
    (NUMBERS, [r"h(z) := \max(0, z - 2)"], r"h(X)_{1,1} = h(X_{1,1})", r"h(X)_{1,1} = 0"),
    (NUMBERS, [r"h(z) := \max(0, z - 2)"], r"h(v)_2 = h(v_2)", r"h(v)_2 = 0"),
    (
        NUMBERS,
        [],
        r"\mathbb{1}[a > 2] \mathbb{1}[b > 2] \le 1",
        r"\mathbb{1}[a > 2] \mathbb{1}[b > 2] = 0",
    ),
    (NUMBERS, [], r"\frac{1}{c} > 0", r"\frac{1}{c} < 10^6"),
    (
        NUMBERS,
        [],
        r"\prod_j \mathbb{1}[v_j > 0] = \mathbb{1}[\min_j v_j > 0]",
        r"\prod_j \mathbb{1}[v_j > 0] = 0",
    ),
    (
        NUMBERS,
        [],
        r"\prod_j \mathbb{1}[X_{1,j} < 0] = \mathbb{1}[\max_j X_{1,j} < 0]",
        r"\prod_{i,j} \mathbb{1}[X_{i,j} < 0] = 0",
    ),
    (
        NUMBERS,
        [],
        r"\max(0, a - 1) \max(0, 1 - a) = 0",
        r"\max(0, a - 1) \max(0, 1.05 - a) = 0",
    ),
    (
        NUMBERS,
        [
            r"f(z) := \begin{cases} z & \text{if } z > w z \\ (w z)^2 & \text{otherwise} \end{cases}",
            r"h(z) := \begin{cases} z & \text{if } z > \frac{w^2}{25} \\ w^4 & \text{otherwise} \end{cases}",
        ],
        r"h(f(x)) = h(f(x))",
        r"h(f(x)) = h(f(\max(x, 0)))",
    ),
]
ZEROS = [
    (NUMBERS, [], "a - a = 0", "e^{-30} = 0"),
    (NUMBERS, [], "a b - b a = 0", r"\sigma(-30) = 0"),
    (NUMBERS, [], r"0.1 c + 0.2 c - 0.3 c = 0", r"10^{-14} c = 0"),
    (
        NUMBERS,
        [],
        r"\sum_i (x^{(i)} - \frac{1}{m} X \mathbf{1}) = 0",
        r"10^{-9} \sum_i x^{(i)} = 0",
    ),
    (NUMBERS, [], r"\sin^2(a) + \cos^2(a) - 1 = 0", r"\sin^2(a) + \cos^2(a) - 1 + 10^{-10} c = 0"),
    (
        NUMBERS,
        [],
        r"\frac{\partial (a - b)}{\partial c} = 0",
        r"\frac{\partial}{\partial a} e^{a - 300} = 0",
    ),
    (NUMBERS, [], r"\log(e^a) - a = 0", r"10^{13} + a - 10^{13} - b = 0"),
    (SQUARE, [], r"A - A^{-1} A A = 0", r"A - A^{-1} A A^\top = 0"),
    (SQUARE, [r"M := A + A^\top"], r"M - M^\top = 0", r"10^{-8} (A - A^\top) = 0"),
    (NUMBERS, [], r"e^{-400} = e^{-200} e^{-200}", r"e^{-400} = 2 e^{-400}"),
    (NUMBERS, [], r"10^{-170} a = \frac{a}{10^{170}}", r"10^{-170} a = 10^{-170} b"),
    (NUMBERS, [], r"10^{-200} X = X \cdot 10^{-200}", r"10^{-200} X = 2 \cdot 10^{-200} X"),
    (NUMBERS, [], r"10^{200} a = a \cdot 10^{200}", r"10^{200} a = 10^{200} b"),
    (
        SQUARE,
        [],
        r"\sum_k A_{ik} (A^{-1})_{kj} = \delta_{ij}",
        r"\sum_k A_{ik} (A^{-1})_{kj} = \delta_{ij} + 10^{-8}",
    ),
    (SQUARE, [], r"(A^{-1} A)_{ij} = \delta_{ij}", r"(A^{-1} A^\top)_{ij} = \delta_{ij}"),
    (
        SQUARE,
        [r"J := \frac12 \lVert A v - w \rVert^2"],
        r"\frac{\partial^2 J}{\partial v_i \partial v_j} = (A^\top A)_{ij}",
        r"\frac{\partial^2 J}{\partial v_i \partial v_j} = (A A^\top)_{ij}",
    ),
    (
        SQUARE,
        [r"J := e^{w^\top A v}"],
        r"\frac{\partial^2 J}{\partial A_{1j} \partial A_{2t}} = "
        r"\frac{\partial^2 J}{\partial A_{2t} \partial A_{1j}}",
        r"\frac{\partial^2 J}{\partial A_{1j} \partial A_{2t}} = "
        r"\frac{\partial^2 J}{\partial A_{1j} \partial A_{1t}}",
    ),
    (
        NUMBERS,
        [],
        r"\begin{cases} 1 & \text{if } j = 1 \\ 10^{-10} & \text{otherwise} \end{cases} v_j v_j^2"
        r" = 10^{-10} v_j^3 + (1 - 10^{-10}) v_j^3 \mathbb{1}[j = 1]",
        r"\begin{cases} 1 & \text{if } j = 1 \\ 10^{-10} & \text{otherwise} \end{cases} (1 + v_j^2)"
        r" = 2 \cdot 10^{-10} (1 + v_j^2) + (1 - 2 \cdot 10^{-10}) (1 + v_j^2) \mathbb{1}[j = 1]",
    ),
]
ORDERS = [
    (NUMBERS, [], r"\log(1 + c) \le c", r"\log(1 + c) \ge \frac{c}{2}"),
    (NUMBERS, [], r"c > 0", r"c < 2"),
    (NUMBERS, [], r"m \ge 1", r"m \le 6"),
    (NUMBERS, [], r"n \ge 1", r"n > 1"),
    (NUMBERS, [], r"n \ge 1", r"n \ge 2"),
    (NUMBERS, [], r"m < 2 m", r"m \le 100"),
    (NUMBERS, [], r"\log p < 0", r"\log p > -3"),
    (NUMBERS, [], r"p < 1", r"p < 0.9"),
    (NUMBERS, [], r"p (1 - p) \le \frac14", r"p (1 - p) \ge 0.01"),
    (NUMBERS, [], r"a^2 \ge 0", r"a^2 > 0"),
    (NUMBERS, [], r"e^a > 0", r"e^a > 0.0001"),
    (NUMBERS, [], r"\sigma(a) > 0", r"\sigma(a) > 0.001"),
    (NUMBERS, [], r"\tanh(a) < 1", r"\tanh(a) < 0.999"),
    (NUMBERS, [], r"\log(1 + e^a) > a", r"\log(1 + e^a) > a + 0.001"),
    (NUMBERS, [], r"|a + b| \le |a| + |b|", r"|a + b| \ge |a| - |b| + 0.001"),
    (NUMBERS, [], r"a b \le \frac12 (a^2 + b^2)", r"a b \le \frac12 (a^2 + b^2) - 10^{-9}"),
    (
        NUMBERS,
        [],
        r"\lVert v \rVert_1 \le \sqrt{n} \lVert v \rVert",
        r"\lVert v \rVert_1 \le 3 \lVert v \rVert",
    ),
    (NUMBERS, [], r"(u^\top v)^2 \le u^\top u v^\top v", r"(u^\top v)^2 < u^\top u v^\top v"),
    (NUMBERS, [], r"\max_j v_j \ge \frac1n \sum_j v_j", r"\max_j v_j > \frac1n \sum_j v_j"),
    (NUMBERS, [], r"\lVert v \rVert \ge 0", r"\lVert v \rVert > 0"),
    (SETS, [], r"t \le 1", r"t < 1"),
    (SETS, [], r"\sum_j q_j \le n", r"\sum_j q_j < n"),
    (SETS, [], r"\sum_j q_j \ge 0", r"\sum_j q_j \ge 1"),
    (NUMBERS + SQUARE_OF_SIZES, [], r"\frac{n}{m} > 0", r"\frac{n}{m} < 10"),
    (NUMBERS, [], "(a - 17)^2 \\ge 0", "(a - 17)^2 > 0.01"),
]
BATCH = r"""
- $X \in \mathbb{R}^{n \times m}$
- $W \in \mathbb{R}^{k \times n}$
- $Y \in \{0, 1\}^{1 \times m}$
- $t \in \{0, 1\}$
- $a \in \mathbb{R}$
""" + SIZES.replace(r"- $a \in \mathbb{R}$", "")
CLIPPED = r"h(z) := \begin{cases} z & \text{if } z < 50 \\ 50 & \text{otherwise} \end{cases}"

# Of each pair: definitions, one example's line, the word, the batch's line, a false one.
ROWS = [
    ([], r"z := W x", "stacked", r"Z := W X", r"Z := W X - W X + \frac17 W X"),
    ([], r"z := W x", "mean", r"G := \frac{1}{m} W X \mathbf{1}", r"G := \frac17 W X \mathbf{1}"),
    ([], r"z := W x", "sum", r"G := W X \mathbf{1}", r"G := p W X \mathbf{1} \frac17"),
    ([], r"z := x + t x", "stacked", r"Z := (1 + t) X", r"Z := X"),
    ([], r"z := x + y x", "stacked", r"Z := X + X \operatorname{diag}(Y)", r"Z := X + X"),
    ([CLIPPED], r"z := h(x)", "stacked", r"Z := h(X)", r"Z := X"),
    ([CLIPPED], r"z := h(x)", "sum", r"G := h(X) \mathbf{1}", r"G := X \mathbf{1}"),
    ([], r"z := W x", "stacked", r"Z := W X", r"Z := 0 \cdot W X"),
    ([], r"z := a x", "stacked", r"Z := a X", r"Z := |a| X"),
]
NOTHING = [
    ([], r"z := W x - W x", r"Z := 0 \cdot W X"),
    ([], r"z := y - y^2", r"Z := Y - Y"),
    ([], r"z := y x_1 - x_1 y", r"G := a - a"),
    ([], r"z := \sum_{j=5}^{2} x_j", r"G := \sum_{j=5}^{2} X_{j,1}"),
    ([], r"z := \max(x_1 - x_1, 2) x", r"Z := \max(0, 2) X"),
]
OTHERS = [*CONSTANT_SIZES, *SMALL_SETS, *BRANCHES, *ZEROS, *ORDERS]


@pytest.mark.parametrize("pair", OTHERS, ids=[f"{k}: {pair[2]}" for k, pair in enumerate(OTHERS)])
def test_the_true_line_holds(check, pair):
    where, definitions, true, _ = pair
    findings = check(*definitions, true, where=where)
    assert [finding.status for finding in findings] == ["holds"] * len(findings)
    assert findings


@pytest.mark.parametrize("pair", OTHERS, ids=[f"{k}: {pair[2]}" for k, pair in enumerate(OTHERS)])
def test_balls_judge_both_lines(judge, pair):
    judge(*pair)


@pytest.mark.parametrize("pair", OTHERS, ids=[f"{k}: {pair[3]}" for k, pair in enumerate(OTHERS)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_false_line_does_not_pass(check, pair, seed):
    where, definitions, _, false = pair
    (*others, finding) = check(*definitions, false, where=where, seed=seed)
    assert all(each.passes for each in others)
    assert not finding.passes
    assert finding.diagnosis
    assert "exactly 1:" not in finding.diagnosis


def row(definitions, left, right):
    """Return what is found of a row."""
    blocks = [f":::{{where}}\n{BATCH.strip()}\n:::"]
    blocks += [f"$$\n{latex}\n$$" for latex in definitions]
    blocks += [f"::::{{side-by-side}}\n$$\n{left}\n$$\n\n$$\n{right}\n$$\n::::"]
    found = check_page(read_page("\n\n".join(blocks) + "\n", "page.md"))
    return next(finding for finding in found if finding.kind == "row")


@pytest.mark.parametrize(("definitions", "left", "word", "true", "false"), ROWS)
def test_a_row_has_the_word_that_no_draw_refutes(definitions, left, word, true, false):
    finding = row(definitions, left, true)
    assert (finding.status, finding.word) == ("holds", word)
    finding = row(definitions, left, false)
    assert not finding.passes


@pytest.mark.parametrize(("definitions", "left", "right"), NOTHING)
def test_a_row_that_tests_nothing_has_no_word(definitions, left, right):
    finding = row(definitions, left, right)
    assert finding.status == "unchecked"
    assert not finding.passes
    assert "nothing was tested" in finding.diagnosis


def test_a_row_of_one_example_has_no_word():
    text = "::::{side-by-side}\n$$ z := 2 $$\n\n$$ Z := 2 $$\n::::\n"
    (finding,) = check_page(read_page(text, "page.md"))
    assert finding.status == "unchecked"
    assert "apart on any draw" in finding.diagnosis


def test_sides_that_are_0_but_for_rounding_are_told_to_be_written_as_0(check):
    where = r"- $y \in \mathbb{R}^{n}$"
    definition = r"H := \frac{1}{y^\top y} y y^\top"
    (finding,) = check(definition, "H (I - H) y = (I - H) H y", where=where)
    assert finding.status == "differs"
    assert finding.diagnosis == "both sides are 0 but for rounding, in every draw; write = 0"
    (finding,) = check(definition, "H (I - H) y = 0", where=where)
    assert finding.status == "holds"


def test_no_pair_is_there_twice():
    lines = [(pair[0], *chain(pair[1]), *pair[2:]) for pair in OTHERS]
    assert len(set(lines)) == len(lines)
