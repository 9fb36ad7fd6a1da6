"""The symbols of an equation have names in Python, and shapes in the page's sizes."""

import pytest

from checkedmath import read_page
from checkedmath.check.checker import check
from checkedmath.check.numpy_symbols import StatementSymbols, cases_of
from checkedmath.latex.printing import to_latex

WHERE = r"""
- $X \in \mathbb{R}^{n_0 \times m}$
- $W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}$
- $b^{[l]} \in \mathbb{R}^{n_l}$
- $l \in \{1, \dots, L\}$
- $g : \mathbb{R} \to \mathbb{R}$
- $c \in \mathbb{R}$
- $c_3 \in \mathbb{R}^{L}$
- $k \in \{1, 2\}$
- $V^{[1]} \in \mathbb{R}^{p \times q}$
- $V^{[2]} \in \mathbb{R}^{q \times p}$
"""
DEFINED = (
    r"A^{[0]} := X, \quad Z^{[l]} := W^{[l]} A^{[l-1]} + b^{[l]}, \quad A^{[l]} := g(Z^{[l]}), "
    r"\quad \hat{A} := A^{[L]}, \quad J_{\text{data}} := c"
)


def symbols(display):
    """Return the symbols of the last statement of a page."""
    page = read_page(
        f":::{{where}}\n{WHERE.strip()}\n:::\n\n$$ {DEFINED} $$\n\n$$ {display} $$\n", "p"
    )
    result = check(page)
    statement = result.bound_page.equations[-1].statements[-1]
    scope, evaluators = result.bound_page.scope, result.draws.evaluators
    cases = cases_of(statement, scope, evaluators, one_example=False)
    return StatementSymbols(statement, scope, cases, {r"\hat{A}": "out"})


def shapes(display):
    return {
        word: None if shape is None else tuple(map(to_latex, shape))
        for word, shape in symbols(display).shapes().items()
    }


def test_shapes_are_those_of_the_declarations():
    assert shapes(r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]} + 0 c") == {
        "Z": ("n_l", "m"),
        "W": ("n_l", "n_{l - 1}"),
        "A_prev": ("n_{l - 1}", "m"),
        "b": ("n_l", "1"),
        "c": None,
    }
    assert shapes(r"\hat{A} = g(Z^{[L]})") == {"out": ("n_L", "m"), "Z_L": ("n_L", "m")}
    assert shapes(r"0 V^{[k]} = 0 V^{[k]}").keys() == {"V1", "V2"}
    assert shapes(r"0 = 0 a^{[1](i)}_1") == {"A1": ("n_1", "m")}


@pytest.mark.parametrize(
    ("display", "words"),
    [
        (r"Z^{[l]} = Z^{[l]}", {"Z", "A_prev", "W_next", "Z_L", "A0", "Z1", "l"}),
        (r"Z^{[2]} = Z^{[2]}", {"Z", "Z1", "Z2", "Z_L", "A0", "J_data", "c_3", "out", "n_0", "L"}),
        (r"\sum_{l=1}^{L} c l = c \sum_{l=1}^{L} l", {"Z", "W", "b"}),
    ],
)
def test_what_a_line_may_name(display, words):
    known = symbols(display).vocabulary()
    assert words <= known.keys()
    families = {word for word, use in known.items() if use and use.kind == "family"}
    assert ("Z" in families) == ("l" not in words)
    assert {"g", "g_prime", "g_prime_prime", "sigmoid", "softmax_prime"} <= known.keys()
    assert not {"X_hat", "z", "x", "i", "sigma"} & known.keys()
