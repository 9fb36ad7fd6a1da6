"""Which rows and columns are one on all draws, axis by axis."""

import pytest

from checkedmath.audit.shapes import NUMBER, UNKNOWN


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
        (r"\operatorname{diag}(w)", (False, False)),
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
        ("Z^{[l]}", (None, False)),
        ("D", (False, False)),
        ("R^{[l]}", (False, False)),
        ("U^{[l]}", (False, False)),
        ("U^{[3]}", (True, False)),
        ("U^{[l + 1]}", (None, False)),
        ("H^{[l]}", (False, False)),
        ("h^{[l](i)}", (False, True)),
        (r"h^{[l](i)\top} h^{[l](i)}", (True, True)),
        ("y^{(i)} Z^{[l]}", (None, False)),
        (r"D^\top", (False, False)),
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
        (r"w^\top X \mathbf{1}", (True, True)),
        (r"Z^{[l]} \mathbf{1}", (None, True)),
        (r"\mathbb{1}[w > 0]", (False, True)),
        (r"\mathbb{1}[w > 0 \text{ and } a > 0]", (False, True)),
        (r"\log_2 a", (True, True)),
        (r"\begin{cases} w & a > 0 \\ v & a \le 0 \end{cases}", (False, True)),
        (r"\frac{\partial D_{1,2}}{\partial D}", (False, False)),
        (r"\mathbf{1}_{n - 1}", (None, True)),
    ],
)
def test_shapes_are_those_of_all_draws(shapes_of, latex, ones):
    side, shapes = shapes_of(latex)
    assert shapes.of(side) == ones


def test_what_has_no_value_has_no_shape(shapes_of):
    for latex in ("S", "Q", r"w \mathbf{1}^\top", "w X", r"\frac{\partial Q}{\partial w}"):
        side, shapes = shapes_of(latex)
        assert shapes.of(side) == UNKNOWN


def test_in_the_column_of_one_example_small_letters_are_its_own(shapes_of):
    for latex, ones in (("x", (False, True)), ("y", NUMBER)):
        side, shapes = shapes_of(latex, one_example=True)
        assert shapes.of(side) == ones
