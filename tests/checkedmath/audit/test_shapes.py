"""Which rows and columns are one follows from the declarations, axis by axis."""

import pytest

from checkedmath.audit.shapes import NUMBER, UNKNOWN, Shapes


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
        (r"\operatorname{diag}(w)", UNKNOWN),
        (r"\lVert w \rVert", (True, True)),
        (r"\pi", (True, True)),
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
        ("Z^{[l]}", UNKNOWN),
        ("D", (None, False)),
        ("S", UNKNOWN),
        ("R^{[l]}", (False, False)),
        ("U^{[l]}", (None, False)),
        ("U^{[3]}", (True, False)),
        ("U^{[l + 1]}", (None, False)),
        ("H^{[l]}", (False, None)),
        ("h^{[l](i)}", (False, True)),
        (r"h^{[l](i)\top} h^{[l](i)}", (True, True)),
        (r"w^\top Z^{[l]}", (True, None)),
        ("y^{(i)} Z^{[l]}", UNKNOWN),
        (r"D^\top", (False, None)),
        ("e^{w}", (False, True)),
        ("e", (True, True)),
        (r"\max(w)", (True, True)),
        (r"\max(w, a)", (False, True)),
        (r"\langle w, v \rangle", (True, True)),
        ("w_k", (True, True)),
        ("w_k k", (True, True)),
        (r"\mathbb{1}[Y_{1,2} = a]", (True, True)),
        (r"\mathbf{1}^\top w", (True, True)),
        (r"\mathbf{1}^\top a w", (True, True)),
        (r"X \mathbf{1}", (False, True)),
        (r"w \mathbf{1}^\top", (False, None)),
        (r"w^\top X \mathbf{1}", (True, True)),
        (r"Z^{[l]} \mathbf{1}", UNKNOWN),
        (r"\mathbb{1}[w > 0]", (False, True)),
        (r"\mathbb{1}[w > 0 \text{ and } a > 0]", (False, True)),
        (r"\log_2 a", (True, True)),
        (r"\begin{cases} w & a > 0 \\ v & a \le 0 \end{cases}", (False, True)),
        (r"\begin{cases} w & a > 0 \\ 0 & a \le 0 \end{cases}", (None, True)),
        (r"\frac{\partial D_{1,2}}{\partial D}", (None, False)),
        ("Q", UNKNOWN),
        (r"w Q", (False, None)),
        (r"w + Q", (False, None)),
        (r"\frac{\partial Q}{\partial w}", UNKNOWN),
        (r"\mathbf{1}_{n - 1}", (None, True)),
    ],
)
def test_shapes_follow_from_the_declarations_alone(side_of, latex, ones):
    side, scope = side_of(latex)
    assert Shapes(scope).of(side) == ones


def test_in_the_column_of_one_example_small_letters_are_its_own(side_of):
    for latex, ones in (("x", (False, True)), ("y", NUMBER), ("w", (False, True))):
        side, scope = side_of(latex)
        assert Shapes(scope, one_example=True).of(side) == ones


def test_elsewhere_a_letter_that_nothing_declares_is_an_index(side_of):
    side, scope = side_of("x")
    assert Shapes(scope).of(side) == NUMBER
