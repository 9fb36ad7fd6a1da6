"""What is printed reads as the same mathematics."""

import fractions

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkedmath.latex.nodes import (
    BigOperator,
    Call,
    Condition,
    Derivative,
    Entry,
    Fraction,
    Group,
    Hadamard,
    Indicator,
    Joined,
    Name,
    Number,
    Partial,
    Power,
    Product,
    Sum,
    Transpose,
)
from checkedmath.latex.parsing import read_display
from checkedmath.latex.printing import to_latex

INDICES = st.sampled_from([Name("i"), Name("j"), Number(1), Number(12)])
NAMES = st.builds(
    Name,
    st.sampled_from(["A", "dW", "x", r"\alpha", r"\hat{y}", r"\operatorname{loss}", r"d\sigma"]),
    st.lists(INDICES, max_size=2).map(tuple),
    layer=st.none() | INDICES,
    example=st.none() | INDICES,
)
BRACKETS = st.sampled_from(["(", "[", r"\{"])
WHOLE = st.integers(0, 10**30)
PARTS = st.builds(lambda n: fractions.Fraction(10 * n + 1, 10**25), WHOLE)
ATOMS = NAMES | (WHOLE | PARTS).map(Number)


def _larger(inner):
    group = st.builds(lambda node, opens: Group((node,), opens=opens), inner, BRACKETS)
    solid = NAMES | group
    factor = solid | st.builds(Fraction, inner, inner) | st.builds(Transpose, solid)
    product = st.lists(factor, min_size=2, max_size=3).map(lambda items: Product(tuple(items)))
    comparison = st.builds(
        lambda one, other, sign: Condition((one, other), (sign,)),
        factor,
        factor,
        st.sampled_from("=≠≤≥<>"),
    )
    return st.one_of(
        group,
        product,
        st.builds(Hadamard, factor, factor),
        st.builds(Fraction, inner, inner),
        st.builds(Transpose, solid),
        st.builds(Power, NAMES.map(lambda n: Name(n.id, n.subscripts)) | group, INDICES),
        st.builds(Entry, group, st.lists(INDICES, min_size=1, max_size=2).map(tuple)),
        st.builds(Call, st.sampled_from(["log", "exp", "tanh", "sqrt"]), factor),
        st.builds(Call, st.just("log"), factor, base=INDICES),
        st.builds(Call, st.sampled_from(["log", "tanh"]), factor, power=st.integers(2, 5)),
        st.builds(Derivative, NAMES, NAMES),
        st.builds(Indicator, comparison),
        st.builds(
            lambda both, word: Indicator(Joined(both, word)),
            st.tuples(comparison, comparison),
            st.sampled_from(["and", "or"]),
        ),
        st.lists(st.tuples(factor, st.sampled_from([1, -1])), min_size=2, max_size=3).map(
            lambda pairs: Sum(tuple(t for t, _ in pairs), tuple(s for _, s in pairs))
        ),
        st.builds(BigOperator, st.just("sum"), st.just("i"), st.none(), st.none(), factor),
        st.builds(BigOperator, st.just("prod"), st.just("j"), INDICES, INDICES, factor),
    )


def ungrouped(node):
    """A call's own parentheses are no group of its argument."""
    return all(
        not (isinstance(inner, Call) and isinstance(inner.argument, Group)) for inner in node.walk()
    )


@settings(max_examples=300, deadline=None)
@given(st.recursive(ATOMS, _larger, max_leaves=8).filter(ungrouped))
def test_printed_trees_read_as_themselves(node):
    (statement,) = read_display(f"{to_latex(node)} = 0")
    assert statement.sides[0] == node


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\sqrt{a + b}", r"\sqrt{a + b}"),
        ("1234567", "1234567"),
        ("0.125", "0.125"),
        (r"-a - b", "-a - b"),
        ("a/b", r"\frac{a}{b}"),
        (r"W^{[1]\top}", r"W^{[1]\top}"),
        (r"W_{jk}^{[1](i)}", r"W_{j,k}^{[1](i)}"),
        (r"f'(a, b)", "f' (a, b)"),
        (r"\nabla_W J", r"\frac{\partial J}{\partial W}"),
        (r"\nabla_w^2 J", r"\frac{\partial^2 J}{\partial w^2}"),
        (r"\frac{\partial J}{\partial w^T}", r"\frac{\partial J}{\partial w^\top}"),
        (
            r"\frac{\partial^2 J}{\partial v^T \partial w}",
            r"\frac{\partial^2 J}{\partial w \partial v^\top}",
        ),
        (r"\left[ a \right] \bigl\{ b \bigr\}", r"[a] \{b\}"),
    ],
)
def test_printing_is_plain(latex, expected):
    (statement,) = read_display(f"{latex} = 0")
    assert to_latex(statement.sides[0]) == expected


def test_what_is_no_expression_has_no_latex():
    with pytest.raises(KeyError):
        to_latex(Partial(Name("a")))
