"""An equality is evaluated for every value of each index that stands free in it."""

import math

import numpy as np
import pytest

from checkedmath.bind.binding import bind_page
from checkedmath.check.free_indices import bindings_of, both_sides, free_indices_of
from checkedmath.errors import SizeError
from checkedmath.evaluate.drawing import Plan, draw
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Bindings


@pytest.fixture
def equality(page_of):
    """Return a function that makes an evaluator, and an equality's sides, of the last display."""

    def make(*displays):
        bound_page = bind_page(page_of(*displays))
        evaluator = Evaluator(bound_page.scope, draw(bound_page.scope, 0, Plan(0)), math.inf)
        return evaluator, bound_page.equations[-1].statements[0].sides

    return make


@pytest.fixture
def indices(equality):
    """Return a function that lists the values of an equality's free indices, and the sizes."""

    def of(*displays, one_example=False):
        evaluator, sides = equality(*displays)
        free = free_indices_of(sides, evaluator.scope)
        found = list(bindings_of(evaluator, sides, free, one_example=one_example))
        return found, evaluator.draw.sizes

    return of


@pytest.mark.parametrize(
    ("latex", "examples", "open_names"),
    [
        ("a = b", set(), []),
        ("x^{(i)} = x^{(i)}", {"i"}, []),
        (r"\sum_i x^{(i)} = 1", set(), []),
        ("x^{(m)} = x^{(m)}", set(), []),
        ("A_{jt} = A_{jt}", set(), ["t"]),
        ("(A B)_{st} = 1", set(), ["s", "t"]),
        (r"\sum_t A_{jt} = 1", set(), []),
        ("v_a = 1", set(), []),
        ("x^{(i)}_s = X_{si}", {"i"}, ["s"]),
    ],
)
def test_free_names_are_examples_or_number_rows_and_columns(equality, latex, examples, open_names):
    evaluator, sides = equality(latex)
    free = free_indices_of(sides, evaluator.scope)
    assert (free.examples, free.open_names) == (examples, open_names)


def test_a_declared_index_has_its_values(indices):
    found, _ = indices("v_j = v_j w_k")
    values = [(bindings.indices["j"], bindings.indices["k"]) for bindings in found]
    assert values == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_an_example_has_as_many_values_as_there_are_examples(indices):
    found, sizes = indices("x^{(i)} = y^{(i)}")
    assert [bindings.indices["i"] for bindings in found] == list(range(1, sizes["m"] + 1))


def test_a_subscript_has_as_many_values_as_there_are_rows_or_columns(indices):
    found, sizes = indices("A_{st} = C_{st}")
    values = [(bindings.indices["s"], bindings.indices["t"]) for bindings in found]
    assert values[0] == (1, 1)
    assert values[-1] == (sizes["p"], sizes["q"])
    assert len(set(values)) == sizes["p"] * sizes["q"]


def test_what_has_no_free_index_is_evaluated_once_or_for_each_example(indices):
    assert indices("a = b")[0] == [Bindings({}, {}, None)]
    found, sizes = indices("x^{(i)} = x^{(i)}", "x = y", one_example=True)
    assert [bindings.example for bindings in found] == list(range(1, sizes["m"] + 1))


@pytest.mark.parametrize("latex", ["Q = I", "I = Q"])
def test_an_identity_that_is_a_whole_side_has_the_other_s_size(equality, latex):
    evaluator, sides = equality(r"Q := v v^\top", latex)
    left, right = both_sides(evaluator, sides, Bindings({}))
    assert left.shape == right.shape
    identity = right if latex == "Q = I" else left
    np.testing.assert_array_equal(identity, np.eye(len(identity)))


@pytest.mark.parametrize("latex", ["A = I", "a = I", "I = I", r"\mathbf{1} = v"])
def test_an_identity_or_ones_of_no_certain_size_are_refused(equality, latex):
    evaluator, sides = equality(latex)
    with pytest.raises(SizeError):
        both_sides(evaluator, sides, Bindings({}))
