"""A failing equality is told the one small change with which it holds."""

import numpy as np
import pytest

from checkedmath import Settings, check_page, read_page
from checkedmath.bind.scope import Scope
from checkedmath.check import checker
from checkedmath.diagnose.repairing import repair
from checkedmath.evaluate.lookup import Bindings
from checkedmath.latex.nodes import Name

HEAD = r"""
:::{where}
- $X \in \mathbb{R}^{n_0 \times m}$
- $Y \in \{0, 1\}^{n_2 \times m}$
- $W^{[1]} \in \mathbb{R}^{n_1 \times n_0}$
- $b^{[1]} \in \mathbb{R}^{n_1}$
- $W^{[2]} \in \mathbb{R}^{n_2 \times n_1}$
- $b^{[2]} \in \mathbb{R}^{n_2}$
- $\lambda \in \mathbb{R}_{>0}$
- $g : \mathbb{R} \to \mathbb{R}$
- $p \in \{1, 2\}$
:::

$$
Z^{[1]} := W^{[1]} X + b^{[1]} \\
A^{[1]} := g(Z^{[1]}) \\
Z^{[2]} := W^{[2]} A^{[1]} + b^{[2]}
$$

$$ J := \frac{1}{m} \sum_{i=1}^{m} \frac12 (z^{[2](i)} - y^{(i)})^\top (z^{[2](i)} - y^{(i)}) $$

$$ R := J + \frac{\lambda}{2m} \sum_{j=1}^{n_2} \sum_{k=1}^{n_1} (W^{[2]}_{jk})^2 $$

$$ dZ^{[2]} := Z^{[2]} - Y, \quad dZ^{[1]} := m \frac{\partial J}{\partial Z^{[1]}} $$

"""


def finding(latex, **settings):
    (found,) = check_page(
        read_page(f"{HEAD}$$\n{latex}\n$$\n", "page.md"), (), Settings(**settings)
    )
    return found


MISTAKES = {
    "transpose too many": (
        r"Z^{[2]} = W^{[2]\top} A^{[1]} + b^{[2]}",
        r"it would hold with W^{[2]} in place of W^{[2]\top}: a transpose too many",
    ),
    "sum too many": (
        r"\lambda = \sum_{k=2}^{n_1} \lambda",
        r"it holds with \lambda in place of \sum_{k=2}^{n_1} \lambda: a sum too many",
    ),
    "division too many": (
        r"\lambda = \frac{\lambda}{n_1}",
        r"it holds with \lambda in place of \frac{\lambda}{n_1}: a division too many",
    ),
    "power too many": (
        r"\lambda Z^{[2]} = \lambda^2 Z^{[2]}",
        r"it holds with \lambda in place of \lambda^{2}: a power too many",
    ),
    "sign": (
        r"dZ^{[2]} = Z^{[2]} + Y",
        r"it holds with Z^{[2]} - Y in place of Z^{[2]} + Y: a sign is flipped",
    ),
    "transpose": (
        r"dZ^{[1]} = W^{[2]} dZ^{[2]} \odot g'(Z^{[1]})",
        r"it would hold with W^{[2]\top} in place of W^{[2]}: a transpose is missing",
    ),
    "product for ⊙": (
        r"dZ^{[1]} = W^{[2]\top} dZ^{[2]} g'(Z^{[1]})",
        r"it would hold with W^{[2]\top} dZ^{[2]} \odot g'(Z^{[1]}) in place of "
        r"W^{[2]\top} dZ^{[2]} g'(Z^{[1]}): a matrix product is where ⊙ should be",
    ),
    "⊙ for product": (
        r"\frac{\partial J}{\partial W^{[2]}} = \frac{1}{m} dZ^{[2]} \odot A^{[1]\top}",
        "⊙ is where a matrix product should be",
    ),
    "factors swapped": (
        r"\frac{\partial J}{\partial W^{[2]}} = \frac{1}{m} A^{[1]\top} dZ^{[2]}",
        "the factors are in the wrong order",
    ),
    "g for g′": (
        r"dZ^{[1]} = W^{[2]\top} dZ^{[2]} \odot g(Z^{[1]})",
        r"it holds with g'(Z^{[1]}) in place of g(Z^{[1]}): a function is where its derivative",
    ),
    "g′ for g": (r"A^{[1]} = g'(Z^{[1]})", "a derivative is where the function itself should be"),
    "g′ missing": (r"dZ^{[1]} = W^{[2]\top} dZ^{[2]}", "a factor g′ is missing"),
    "g′ missing for one example": (
        r"dz^{[1](i)} = W^{[2]\top} dz^{[2](i)}",
        r"\odot g'(z^{[1](i)}) in place of W^{[2]\top} dz^{[2](i)}: a factor g′ is missing",
    ),
    "g′ doubled": (
        r"dZ^{[1]} = W^{[2]\top} dZ^{[2]} \odot g'(Z^{[1]}) \odot g'(Z^{[1]})",
        "a factor too many",
    ),
    "at the activation": (
        r"dZ^{[1]} = W^{[2]\top} dZ^{[2]} \odot g'(A^{[1]})",
        "it holds with Z^{[1]} in place of A^{[1]}: the activation is where the pre-activation",
    ),
    "before the activation": (
        r"\frac{\partial J}{\partial W^{[2]}} = \frac{1}{m} dZ^{[2]} Z^{[1]\top}",
        "it holds with A^{[1]} in place of Z^{[1]}: the pre-activation is where the activation",
    ),
    "layer": (
        r"dZ^{[1]} = W^{[2]\top} dZ^{[1]} \odot g'(Z^{[1]})",
        "it would hold with dZ^{[2]} in place of dZ^{[1]}: a layer is off by one",
    ),
    "index": (r"W^{[2]}_{p,1} + X_{1,p} = W^{[2]}_{p,1} + X_{2,p}", "an index is off by one"),
    "indices": (
        r"W^{[2]}_{p,1} + 2 X_{1,p} = W^{[2]}_{p,1} + 2 X_{p,1}",
        "the indices are in the wrong order",
    ),
    "range": (
        r"\frac{\partial J}{\partial b^{[2]}} = \frac{1}{m} \sum_{i=1}^{m-1} dz^{[2](i)}",
        r"it holds with \sum_{i=1}^{m} dz^{[2](i)} in place of \sum_{i=1}^{m - 1} dz^{[2](i)}: "
        "a sum's range is off by one",
    ),
    "no sum": (
        r"\frac{\partial J}{\partial b^{[2]}} = \frac{1}{m} dz^{[2](i)}",
        "a sum over the examples is missing",
    ),
    "stack for mean": (
        r"\frac{\partial J}{\partial b^{[2]}} = dZ^{[2]}",
        "the left side is the mean of the columns of the right side",
    ),
    "1/m of one term": (
        r"\frac{\partial R}{\partial W^{[2]}} = \frac{1}{m} dZ^{[2]} A^{[1]\top} + \lambda W^{[2]}",
        r"a 1/m is missing",
    ),
    "regulariser": (
        r"\frac{\partial R}{\partial W^{[2]}} = \frac{1}{m} dZ^{[2]} A^{[1]\top}",
        r"it holds with \frac{1}{m} dZ^{[2]} A^{[1]\top} + \frac{\lambda}{m} W^{[2]} in place of "
        r"\frac{1}{m} dZ^{[2]} A^{[1]\top}: a term is missing",
    ),
    "bias": (
        r"Z^{[2]} = W^{[2]} A^{[1]}",
        r"it holds with W^{[2]} A^{[1]} + b^{[2]} in place of W^{[2]} A^{[1]}: a term is missing",
    ),
    "term too many": (r"dZ^{[2]} = Z^{[2]} - Y + 3 Z^{[2]}", "a term too many"),
    "left side": (
        r"Z^{[2]} - Y + \lambda Z^{[2]} = dZ^{[2]}",
        r"it holds with Z^{[2]} - Y in place of Z^{[2]} - Y + \lambda Z^{[2]}: a term too many",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_change_that_mends_is_named(name):
    latex, words = MISTAKES[name]
    found = finding(latex)
    assert not found.passes
    assert words in found.diagnosis


@pytest.mark.parametrize(
    "latex",
    [
        r"dZ^{[2]} = \frac{1}{m} (Z^{[2]} + Y)",
        r"Z^{[1]} = g(g(Z^{[1]}))",
        r"\frac{\partial J}{\partial W^{[2]}} = W^{[2]}",
    ],
)
def test_two_mistakes_are_not_called_one(latex):
    assert finding(latex).diagnosis == "no simple mistake explains the difference"


def test_the_right_side_is_changed_first():
    # It would hold with ∂R/∂A on the left, too.
    latex = r"\frac{\partial R}{\partial Z^{[1]}} = \frac{1}{m} W^{[2]\top} dZ^{[2]}"
    assert finding(latex).diagnosis.endswith("a factor g′ is missing")


def test_where_no_change_gives_the_shape_nothing_is_added():
    assert finding(r"\frac{\partial J}{\partial W^{[2]}} = X").diagnosis.endswith("4×6")


def test_a_search_without_time_finds_nothing(monkeypatch):
    monkeypatch.setattr(checker, "SEARCH", 0.0)
    assert finding(MISTAKES["sign"][0]).diagnosis == "no simple mistake explains the difference"


class Recorder:
    """Stands for an evaluator: no two values are equal, and the deadline of each is kept."""

    def __init__(self):
        self.scope = Scope()
        self.deadline = 1e30
        self.deadlines = []

    def value(self, node, bindings):
        self.deadlines.append(self.deadline)
        return np.array([[float(len(self.deadlines))]])


def test_no_value_is_computed_beyond_the_time_of_the_search():
    recorder = Recorder()
    assert repair((Name("p"), Name("q")), [(recorder, Bindings())], 1e20) == ""
    assert set(recorder.deadlines) == {1e20}
    assert recorder.deadline == 1e30


def test_the_search_leaves_the_time_for_the_rest_of_the_page():
    many = "\n\n".join(r"$$ J = g(g(g(J))) + g(g(J)) $$" for _ in range(20))
    text = f"{HEAD}{many}\n\n$$ J = J $$\n"
    found = check_page(read_page(text, "page.md"), (), Settings(timeout=3))
    assert found[-1].status == "holds"
    assert {each.status for each in found[:-1]} == {"differs"}
