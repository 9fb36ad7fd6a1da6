"""Only what the declarations prove is called equal."""

import pytest

from checkedmath import read_page
from checkedmath.bind.preparing import prepare
from checkedmath.mutate.around import around
from checkedmath.mutate.mutating import mutants
from checkedmath.mutate.proving import proof
from checkedmath.mutate.shapes import Shapes
from checkedmath.read.printing import to_latex

PAGE = r"""
:::{where}
- $X \in \mathbb{R}^{n \times m}$
- $Y \in \mathbb{R}^{1 \times m}$
- $M \in \mathbb{R}^{n \times n}$
- $w, v \in \mathbb{R}^{n}$
- $a \in \mathbb{R}$
- $D \in \mathbb{R}^{(n - 1) \times 2}$
- $W^{[1]} \in \mathbb{R}^{p \times n}$
- $W^{[2]} \in \mathbb{R}^{1 \times p}$
- $g : \mathbb{R} \to \mathbb{R}$
- $f : \mathbb{R} \to \mathbb{R}^n$
- $q : \mathbb{R}^n \times \mathbb{R}^n \to \mathbb{R}$
- $l \in \{1, 2\}$
:::

$$ A^{[0]} := X, \quad Z^{[l]} := W^{[l]} A^{[l-1]}, \quad A^{[l]} := g(Z^{[l]}) $$

$$ \mathcal{L}^{(i)} := (a^{[2](i)} - y^{(i)})^2, \quad J := \sum_{i=1}^{m} \mathcal{L}^{(i)} $$

$$ dz^{[l](i)} := \frac{\partial J}{\partial z^{[l](i)}}, \quad S := a S $$

"""


def side_of(latex, page=PAGE):
    prepared = prepare(read_page(f"{page}$$\na = {latex}\n$$\n", "page.md"))
    assert prepared.findings == []
    return prepared.checks[-1].statements[0].sides[1], prepared.scope


@pytest.mark.parametrize(
    ("latex", "ones"),
    [
        ("2", (True, True)),
        ("a", (True, True)),
        ("m", (True, True)),
        ("X", (False, False)),
        ("w", (False, True)),
        (r"w^\top", (True, False)),
        (r"w^\top v", (True, True)),
        (r"w v^\top", (False, False)),
        (r"a w", (False, True)),
        ("x^{(i)}", (False, True)),
        ("y^{(i)}", (True, True)),
        ("Y", (True, False)),
        ("X + w", (False, False)),
        ("w + a", (False, True)),
        (r"w \odot v", (False, True)),
        (r"\frac{w}{a}", (False, True)),
        ("a^2", (True, True)),
        ("f(a)", (False, True)),
        ("q(w, v)", (True, True)),
        (r"\operatorname{tr}(w v^\top)", (True, True)),
        (r"\operatorname{diag}(w)", None),
        (r"\lVert w \rVert", (True, True)),
        (r"\exp(w)", (False, True)),
        ("g(Y)", (True, False)),
        ("(w)", (False, True)),
        (r"\sum_{i=1}^{m} x^{(i)}", (False, True)),
        ("X_{1,2}", (True, True)),
        ("w_1", (True, True)),
        (r"(X X^\top)_{1,2}", (True, True)),
        (r"\mathbf{1}_m", (False, True)),
        ("z^{[2](i)}", (True, True)),
        ("z^{[1](i)}", (False, True)),
        ("Z^{[2]}", (True, False)),
        ("dZ^{[2]}", (True, False)),
        ("dz^{[1](i)}", (False, True)),
        (r"\mathcal{L}^{(i)}", (True, True)),
        (r"\frac{\partial J}{\partial X}", (False, False)),
        (r"\frac{\partial z^{[2](i)}}{\partial a}", (True, True)),
        (r"\frac{\partial z^{[1](i)}}{\partial x^{(i)}}", (False, False)),
        ("Z^{[l]}", None),
        ("D", None),
        ("S", None),
        ("Q", None),
        (r"w Q", None),
        (r"w + Q", None),
        (r"\frac{\partial Q}{\partial w}", None),
        (r"\mathbf{1}_{n - 1}", None),
    ],
)
def test_shapes_follow_from_the_declarations_alone(latex, ones):
    side, scope = side_of(latex)
    assert Shapes(scope).of(side) == ones


def test_in_the_column_of_one_example_small_letters_are_its_own():
    side, scope = side_of("y")
    assert Shapes(scope).of(side) is None
    assert Shapes(scope, one_example=True).is_number(side)
    side, scope = side_of("w")
    assert Shapes(scope, one_example=True).of(side) == (False, True)


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
        (r"X X^\top I_n", r"X I_n X^\top", "the identity commutes"),
        (r"I_n w", "w", "the identity changes nothing"),
        (r"X + w \mathbf{1}_m^\top", "X + w", "a column is added to each column"),
        (r"w + w \mathbf{1}_m^\top", "w + w", ""),
        (r"\operatorname{softmax}(X)", r"\operatorname{softmax}(X^\top)", ""),
        (
            r"\sum_j \sum_k X_{jk}",
            r"\sum_{j} \sum_{k} X_{k,j}",
            "both indices are summed over, and only named differently",
        ),
        (r"\sum_{j=1}^{2} \sum_{k=1}^{3} X_{jk}", r"\sum_{j=1}^{2} \sum_{k=1}^{3} X_{k,j}", ""),
    ],
)
def test_a_mutant_is_equal_by_a_rule_only(latex, whole, reason):
    side, scope = side_of(latex)
    (mutant,) = [m for m in mutants(side, around(scope)) if to_latex(m.whole) == whole]
    assert proof(mutant, Shapes(scope)) == reason
