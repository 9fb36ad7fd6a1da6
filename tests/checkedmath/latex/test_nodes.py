"""A tree is walked whole; places do not count when trees are compared."""

import dataclasses

import pytest

from checkedmath.latex.nodes import BigOperator, Fraction, Name, Number, Product, Sum

A, B, I = map(Name, "ABi")


def test_children_are_the_expressions_directly_inside():
    node = Name("W", subscripts=(A, B), layer=Number(1), example=I)
    assert list(node.children()) == [A, B, Number(1), I]
    assert list(BigOperator("sum", "i", Number(1), None, A).children()) == [Number(1), A]
    assert list(A.children()) == []


def test_a_walk_yields_every_expression_once():
    node = Sum((Product((A, B)), Fraction(A, Name("n", (I,)))), (1, -1))
    found = list(node.walk())
    assert found[0] is node
    assert len(found) == 8
    assert found.count(A) == 2
    assert I in found


def test_places_and_spellings_do_not_tell_trees_apart():
    assert Name("A", start=3, end=4) == A
    assert Fraction(A, B, inline=True) == Fraction(A, B)
    assert Name("A", primes=1) != A


def test_a_tree_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        A.id = "B"
