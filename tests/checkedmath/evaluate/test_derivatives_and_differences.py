r"""
A derivative by any kind of name is the central difference of the values beside it.

The other side of each comparison moves one drawn number up and down and evaluates what is
differentiated: no derivative is written or taken on that side.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from checkedmath import read_page
from checkedmath.bind.binding import bind_page
from checkedmath.bind.resolving import resolve
from checkedmath.check.draws import Draws
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Bindings
from checkedmath.latex.parsing import read_display

PAGE = r"""
:::{{where}}
- $a \in \mathbb{{R}}$
- $v \in \mathbb{{R}}^{{n}}$
- $r \in \mathbb{{R}}^{{1 \times n}}$
- $A \in \mathbb{{R}}^{{p \times q}}$
- $X \in \mathbb{{R}}^{{{rows} \times {columns}}}$
- $Y \in \mathbb{{R}}^{{1 \times {columns}}}$
- $S \in \mathbb{{R}}^{{{rows} \times {rows}}}$
- $W^{{[l]}} \in \mathbb{{R}}^{{d_l \times d_{{l-1}}}}$
- $l \in \{{1, \dots, L\}}$
- $u_k \in \mathbb{{R}}^{{p}}$
- $b_k \in \mathbb{{R}}$
- $k \in \{{1, \dots, K\}}$
- $\sigma^2 \in \mathbb{{R}}_{{>0}}$
- $x_0 \in \mathbb{{R}}^{{{rows}}}$
- $g : \mathbb{{R}} \to \mathbb{{R}}$
- $h : \mathbb{{R}} \to \mathbb{{R}}$
- $f : \mathbb{{R}}^{{n}} \to \mathbb{{R}}$
- $F : \mathbb{{R}}^{{n}} \times \mathbb{{R}}^{{p \times q}} \to \mathbb{{R}}^{{p}}$
:::

$$
\mathcal{{L}}^{{(i)}} := g(y^{{(i)}} + a x_0^\top x^{{(i)}}) + h(x^{{(i)\top}} S x^{{(i)}})
$$

$$
\begin{{aligned}}
M &:= \sum_i \mathcal{{L}}^{{(i)}} + \mathbf{{1}}^\top h(a A) \mathbf{{1}} \\
N &:= f(v) + g(r v) + \lVert F(v, A) \rVert^2 + h(\sigma^2) a \\
O &:= \sum_l \mathbf{{1}}^\top g(a W^{{[l]}}) \mathbf{{1}}
  + \sum_k h(b_k a) g(u_k^\top u_k) + h(u_1^\top u_2) \\
J &:= M N + O
\end{{aligned}}
$$
"""
SHAPES = [("n", "m"), ("1", "m"), ("n", "1")]
# A derivative's lower part with the indices in it, the name that is moved, and its entry.
BY = [
    ("a", "a", ()),
    (r"\sigma^2", r"\sigma^2", ()),
    ("v", "v", None),
    (r"v^\top", "v", "turned"),
    ("v_j", "v", ("j", 1)),
    ("r", "r", None),
    ("r_{1,j}", "r", (1, "j")),
    ("r_j", "r", (1, "j")),
    ("A", "A", None),
    ("A_{jt}", "A", ("j", "t")),
    ("A_{2,t}", "A", (2, "t")),
    ("X", "X", None),
    ("X_{ji}", "X", ("j", "i")),
    ("x^{(i)}", "X", (None, "i")),
    ("x^{(i)}_j", "X", ("j", "i")),
    ("x^{(1)}_1", "X", (1, 1)),
    ("Y", "Y", None),
    ("y^{(i)}", "Y", (None, "i")),
    ("y^{(i)}_1", "Y", (1, "i")),
    ("Y_{1,i}", "Y", (1, "i")),
    ("W^{[1]}", ("W", 1), None),
    ("W^{[l]}_{js}", ("W", "l"), ("j", "s")),
    ("W^{[2]}_{1,s}", ("W", 2), (1, "s")),
    ("b_k", "b_k", ()),
    ("b_2", "b_2", ()),
    ("u_k", "u_k", None),
    ("u_1", "u_1", None),
    ("u_{k,j}", "u_k", ("j", 1)),
    ("x_0", "x_0", None),
    ("x_{0,j}", "x_0", ("j", 1)),
]


@cache
def evaluator_of(rows, columns, number):
    bound_page = bind_page(read_page(PAGE.format(rows=rows, columns=columns), "page.md"))
    assert not bound_page.findings
    return Draws(bound_page.scope, 3, 3).evaluators[number]


def value_of(evaluator, latex, indices):
    (statement,) = read_display(latex, evaluator.scope.vocabulary)
    with np.errstate(all="ignore"):
        node = resolve(statement.sides[0], evaluator.scope)
        return evaluator.value(node, Bindings(indices))


def moved(evaluator, key, entry, step):
    """Return an evaluator of the same draw in which one drawn number is moved."""
    array = evaluator.draw.values[key].copy()
    array[entry] += step
    draw = replace(evaluator.draw, values={**evaluator.draw.values, key: array})
    return Evaluator(evaluator.scope, draw, float("inf"))


STEP = 1e-3


def difference(evaluator, latex, indices, key, entry):
    """Return the central difference of order four by one drawn number."""
    at = [value_of(moved(evaluator, key, entry, k * STEP), latex, indices) for k in (1, -1, 2, -2)]
    return (8 * (at[0] - at[1]) - (at[2] - at[3])) / (12 * STEP)


def entries(evaluator, key, entry, indices):
    """Return the numbers to move, in rows and columns."""
    rows, columns = evaluator.draw.values[key].shape
    if entry in (None, ()):
        return [[(j, t) for t in range(columns)] for j in range(rows)]
    if entry == "turned":
        return [[(j, t) for j in range(rows)] for t in range(columns)]
    places = [
        [indices.get(each, each) - 1] if each is not None else range(size)
        for each, size in zip(entry, (rows, columns), strict=True)
    ]
    return [[(j, t) for t in places[1]] for j in places[0]]


def key_of(name, indices):
    name, layer = name if isinstance(name, tuple) else (name, None)
    layer = indices.get(layer, layer)
    return name.replace("_k", f"_{indices['k']}"), layer


def indices_for(evaluator):
    """Yield values of the free indices, two for each, that fit every array."""
    columns = evaluator.draw.values["X", None].shape[1]
    rows = evaluator.draw.values["X", None].shape[0]
    for first in (1, 2):
        inside = {"j": min(first, rows), "t": first, "i": min(first, columns)}
        yield inside | {"l": first, "k": first, "s": 1}


@pytest.mark.parametrize("shape", SHAPES, ids="×".join)
@pytest.mark.parametrize(("by", "name", "entry"), BY)
def test_a_first_derivative_is_a_central_difference(shape, by, name, entry):
    evaluator = evaluator_of(*shape, 0)
    for indices in indices_for(evaluator):
        found = value_of(evaluator, rf"\frac{{\partial J}}{{\partial {by}}}", indices)
        key = key_of(name, indices)
        expected = np.array(
            [
                [difference(evaluator, "J", indices, key, each).item() for each in row]
                for row in entries(evaluator, key, entry, indices)
            ]
        )
        assert found.shape == expected.shape
        scale = max(np.abs(expected).max(), 1e-3)
        np.testing.assert_allclose(found, expected, atol=1e-6 * scale, rtol=1e-6)


PAIRS = [
    ("a", "a", (), "a", "a", ()),
    ("v_j", "v", ("j", 1), "v_s", "v", ("s", 1)),
    ("A_{jt}", "A", ("j", "t"), "v_j", "v", ("j", 1)),
    ("x^{(i)}_j", "X", ("j", "i"), "x^{(i)}_1", "X", (1, "i")),
    ("y^{(i)}_1", "Y", (1, "i"), "x^{(i)}_j", "X", ("j", "i")),
    ("y^{(i)}", "Y", (1, "i"), "a", "a", ()),
    ("W^{[l]}_{js}", ("W", "l"), ("j", "s"), "a", "a", ()),
    ("u_{k,j}", "u_k", ("j", 1), "b_k", "b_k", ()),
    (r"\sigma^2", r"\sigma^2", (), "r_j", "r", (1, "j")),
    ("x_{0,j}", "x_0", ("j", 1), "X_{ji}", "X", ("j", "i")),
]


@pytest.mark.parametrize("shape", SHAPES[:2], ids="×".join)
@pytest.mark.parametrize("pair", PAIRS)
def test_a_second_derivative_is_a_difference_of_differences(shape, pair):
    by, name, entry, by2, name2, entry2 = pair
    evaluator = evaluator_of(*shape, 1)
    *_, indices = indices_for(evaluator)
    latex = rf"\frac{{\partial^2 J}}{{\partial {by} \partial {by2}}}"
    found = value_of(evaluator, latex, indices).item()
    one, other = key_of(name, indices), key_of(name2, indices)
    ((place,),) = entries(evaluator, one, entry, indices)
    ((place2,),) = entries(evaluator, other, entry2, indices)
    slopes = [
        difference(moved(evaluator, one, place, k * STEP), "J", indices, other, place2).item()
        for k in (1, -1, 2, -2)
    ]
    expected = (8 * (slopes[0] - slopes[1]) - (slopes[2] - slopes[3])) / (12 * STEP)
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("by", ["v", r"v^\top"])
def test_a_jacobian_is_a_table_of_differences(by):
    evaluator = evaluator_of("n", "m", 0)
    found = value_of(evaluator, rf"\frac{{\partial F(v, A)}}{{\partial {by}}}", {})
    rows = evaluator.draw.values["v", None].shape[0]
    columns = [
        difference(evaluator, "F(v, A)", {}, ("v", None), (row, 0))[:, 0] for row in range(rows)
    ]
    np.testing.assert_allclose(found, np.array(columns).T, atol=1e-7, rtol=1e-6)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\frac{\partial J}{\partial y_1^{(i)}} = y^{(i)}", "y^{(1)}"),
        (r"\frac{\partial J}{\partial y^{(i)}} = y^{(i)}", "y^{(1)}"),
        (r"\frac{\partial \mathcal{L}^{(2)}}{\partial y_1^{(2)}} = y^{(2)}", "0"),
        (r"\frac{\partial \mathcal{L}^{(2)}}{\partial y_1^{(1)}} = 0", "y^{(1)}"),
        (r"\frac{\partial^2 J}{\partial y_1^{(i)} \partial y_1^{(i)}} = 1", "0"),
    ],
)
def test_an_entry_of_an_example_in_a_batch_of_one_row_is_that_example_s(statuses, true, false):
    definitions = r"\mathcal{L}^{(i)} := \frac12 (y^{(i)})^2 \\ J := \sum_i \mathcal{L}^{(i)}"
    where = r"- $Y \in \mathbb{R}^{1 \times m}$"
    assert statuses(definitions, true, where=where) == ["holds"]
    left, _, _ = true.partition(" = ")
    assert statuses(definitions, f"{left} = {false}", where=where) == ["differs"]
