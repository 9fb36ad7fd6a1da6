"""
Prove that a mutant is equal to what it was made of, from the declarations and one rule.

That both have the same value on every draw proves nothing here: it is what the checks see, and
they are what is tested. A mutant is equal by proof where the part that was changed is equal by a
rule of arithmetic, and the declarations show the rule's condition: that something is 1×1, or a
column or a row, whatever the sizes. What is not proved is a survivor, for a person to look at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TypeGuard

from checkedmath.audit.shapes import COLUMN, Shapes
from checkedmath.evaluate.arrays import FUNCTIONS, diagonal, softmax, trace
from checkedmath.latex.names import batch_name
from checkedmath.latex.nodes import (
    Apply,
    BigOperator,
    Call,
    Derivative,
    Entry,
    Fraction,
    Group,
    Hadamard,
    Name,
    Node,
    Norm,
    Product,
    Sum,
    Transpose,
)
from checkedmath.mutate.mutating import Mutant


def proof(mutant: Mutant, shapes: Shapes) -> str:
    """
    Return the rule by which a mutant is equal; empty if there is none.

    Parameters
    ----------
    mutant : Mutant
        The mutant.
    shapes : Shapes
        What the page's declarations say of shapes.
    """
    before, after = mutant.before, mutant.after
    match mutant.kind:
        case "transpose added" | "transpose dropped":
            turned = after if isinstance(after, Transpose) else before
            if isinstance(turned, Transpose):
                return _of_transpose(turned.base, mutant.ancestors, shapes)
        case "factors swapped":
            return _of_order(before, after, mutant.ancestors, shapes)
        case "product to ⊙" | "⊙ to product":
            if all(shapes.is_number(part) for part in _multiplied(before, after)):
                return "of 1×1s, ⊙ is the product"
        case "factor dropped":
            return _of_factor(before, after, mutant.ancestors, shapes)
        case "indices swapped":
            if isinstance(before, Name) and shapes.scope.is_kronecker(before):
                return "Kronecker's delta is symmetric in its indices"
            if any(_only_names(before, *sums) for sums in pairwise(mutant.ancestors)):
                return "both indices are summed over, and only named differently"
    return ""


def _of_transpose(base: Node, ancestors: tuple[Node, ...], shapes: Shapes) -> str:
    """Return why an expression may be transposed where it stands."""
    if shapes.is_number(base) or _is_index(base, ancestors):
        return "a 1×1 is its own transpose"
    if _is_identity(base, shapes) or _is_diagonal(base, shapes):
        return "a diagonal matrix is its own transpose"
    if _is_symmetric(base, shapes):
        return "it is its own transpose, term by term and factor by factor"
    match base:
        case Derivative(Derivative(of, inner), outer) if outer in (
            inner,
            Transpose(inner),
        ) and shapes.is_number(of):
            return "a second derivative is symmetric"
        case Derivative(Name() as of, Name() as wrt) if _is_softmax(of, wrt, shapes):
            return "the Jacobian of the softmax is symmetric"
    match ancestors:
        case (Derivative(of, Transpose(by)), *_) if by == base and shapes.of(of) == COLUMN:
            return "a column's derivative by a row is its Jacobian, too"
    if ancestors and _is_quadratic(base, ancestors[0], shapes):
        return "a quadratic form is that of the transpose"
    return _of_invariant(base, ancestors, shapes)


def _is_quadratic(base: Node, outer: Node, shapes: Shapes) -> bool:
    r"""Tell whether a matrix stands in the middle of a number such as ``w^\top S w``."""
    arrays = _arrays(outer, shapes)
    middle = len(arrays) // 2
    return (
        len(arrays) % 2 == 1
        and arrays[middle] == base
        and arrays.count(base) == 1
        and shapes.is_number(outer)
        and all(
            _are_transposes(one, other, shapes)
            for one, other in zip(arrays[:middle], reversed(arrays), strict=False)
        )
    )


def _arrays(node: Node, shapes: Shapes) -> list[Node]:
    """Return the factors of a product that are no numbers."""
    factors = node.factors if isinstance(node, Product) else ()
    return [factor for factor in factors if not shapes.is_number(factor)]


def _is_symmetric(node: Node, shapes: Shapes) -> bool:
    r"""Tell whether an expression is made of products such as ``X X^\top``, and of diagonals."""
    match node:
        case Group(items=(inner,)) | Fraction(numerator=inner):
            return _is_symmetric(inner, shapes)
        case Sum(terms, signs):
            parts = zip(terms, signs, strict=True)
            others = Counter(part for part in parts if not _is_symmetric(part[0], shapes))
            turned = Counter({(_turned(term), sign): n for (term, sign), n in others.items()})
            return others == turned
        case Product():
            arrays = _arrays(node, shapes)
            pairs = zip(arrays, reversed(arrays), strict=True)
            return all(_are_transposes(one, other, shapes) for one, other in pairs)
    alone = shapes.is_number(node) or _is_identity(node, shapes)
    return alone or _is_diagonal(node, shapes)


def _are_transposes(one: Node, other: Node, shapes: Shapes) -> bool:
    if one == other:
        return _is_symmetric(one, shapes)
    return one == _turned(other)


def _turned(node: Node) -> Node:
    return node.base if isinstance(node, Transpose) else Transpose(node)


def _is_softmax(of: Name, wrt: Name, shapes: Shapes) -> bool:
    """Tell whether a symbol is defined as the softmax of another, or a column of one of another."""
    if of.example is not None and of.example == wrt.example:
        of, wrt = (replace(each, id=batch_name(each.id), example=None) for each in (of, wrt))
    elif not shapes.is_vector(wrt):
        return False
    found = shapes.scope.definitions.get(of.id, [])
    match [definition.body for definition in found if Name(definition.key) == of]:
        case [Apply(function=Name(id=name), arguments=(argument,))] if argument == wrt:
            return _is_library(name, (softmax,), shapes)
    return False


def _of_invariant(base: Node, ancestors: tuple[Node, ...], shapes: Shapes) -> str:
    """Return what around an expression does not change when the expression is transposed."""
    for outer in ancestors:
        if isinstance(outer, Group) or _is_by_entry(outer, shapes):
            continue
        match outer:
            case Entry(subscripts=(_,)) if shapes.is_vector(base):
                return "an entry of a row is that of the column"
            case Norm(order=order) if order == "F" or shapes.is_vector(base):
                return "a norm is that of the transpose"
            case Call(function="max" | "min") if shapes.is_vector(base):
                return "a largest entry is that of the transpose"
            case Call(function="det"):
                return "a determinant is that of the transpose"
            case Apply(function=Name(id=name)) if _is_library(name, (trace,), shapes):
                return "a trace is that of the transpose"
            case Apply(function=Name(id=name)) if _is_library(name, (diagonal,), shapes):
                return "diag is of a row as of a column" if shapes.is_vector(base) else ""
        return ""
    return ""


def _of_order(before: Node, after: Node, ancestors: tuple[Node, ...], shapes: Shapes) -> str:
    """Return why two factors may change places."""
    moved = _swapped(before, after)
    if any(shapes.is_number(factor) for factor in moved):
        return "a 1×1 commutes"
    if any(_is_identity(factor, shapes) for factor in moved):
        return "the identity commutes"
    pair = isinstance(before, Product) and len(before.factors) == 2
    match ancestors:
        case (Apply(function=Name(id=name)), *_) if pair and _is_library(name, (trace,), shapes):
            return "a trace is that of the factors turned round"
    return ""


def _of_factor(before: Node, after: Node, ancestors: tuple[Node, ...], shapes: Shapes) -> str:
    """Return why a factor may be left out."""
    if not isinstance(before, Product):
        return ""
    left = list(after.factors) if isinstance(after, Product) else [after]
    dropped = [factor for factor in before.factors if factor not in left]
    if len(dropped) == 1 and _is_identity(dropped[0], shapes):
        return "the identity changes nothing"
    match dropped, ancestors:
        case [Transpose(Name(id=r"\mathbf{1}"))], (Sum(terms=terms), *_):
            wide = any(shapes.of(term)[1] is False for term in terms if term != before)
            if wide and shapes.of(after) == (False, True):
                return "a column is added to each column"
    return ""


def _is_index(node: Node, ancestors: tuple[Node, ...]) -> bool:
    """Tell whether a symbol is the index of a sum that it stands in, or what the sum leaves out."""
    sums = [outer for outer in ancestors if isinstance(outer, BigOperator)]
    return any(node in (Name(each.index), each.skipped) for each in sums)


def _only_names(entry: Node, inner: Node, outer: Node) -> bool:
    """Tell whether two sums, one right in the other, go over the indices of this entry alone."""
    if not (_runs_freely(inner) and _runs_freely(outer) and outer.body == inner):
        return False
    if not isinstance(entry, (Name, Entry)):
        return False
    summed = [inner.index, outer.index]
    places = [each.id for each in inner.body.walk() if isinstance(each, Name) and each.id in summed]
    own = [each.id for each in entry.subscripts if isinstance(each, Name)]
    return sorted(places) == sorted(own) == sorted(summed)


def _runs_freely(node: Node) -> TypeGuard[BigOperator]:
    """Tell whether a sum is over all values that its index can have."""
    return (
        isinstance(node, BigOperator)
        and node.kind == "sum"
        and (node.low is node.high is node.skipped is None)
    )


def _is_identity(node: Node, shapes: Shapes) -> bool:
    return isinstance(node, Name) and node.id == "I" and not shapes.scope.knows("I")


def _is_diagonal(node: Node, shapes: Shapes) -> bool:
    match node:
        case Apply(function=Name(id=name), arguments=(inner,)):
            return _is_library(name, (diagonal,), shapes) and shapes.is_vector(inner)
    return False


def _is_library(name: str, functions: tuple[object, ...], shapes: Shapes) -> bool:
    """Tell whether a name is one of the library's functions, and none of the page's."""
    return FUNCTIONS.get(name) in functions and not shapes.scope.knows(name)


def _is_by_entry(node: Node, shapes: Shapes) -> bool:
    """Tell whether a function is applied to each entry of its one argument."""
    if not isinstance(node, Apply) or len(node.arguments) != 1:
        return False
    kind = shapes.scope.functions.get(node.function.id)
    if kind is not None:
        return kind.elementwise
    return node.function.id not in FUNCTIONS or shapes.scope.knows(node.function.id)


def _swapped(before: Node, after: Node) -> tuple[Node, ...]:
    """Return the factors that do not stand where they stood."""
    if not (isinstance(before, Product) and isinstance(after, Product)):
        return ()
    pairs = zip(before.factors, after.factors, strict=True)
    return tuple(factor for factor, other in pairs if factor != other)


def _multiplied(before: Node, after: Node) -> tuple[Node, ...]:
    """Return what is multiplied by ⊙ in one of the two."""
    found = [node for side in (before, after) for node in side.walk()]
    products = {node for node in found if isinstance(node, Hadamard)}
    return tuple(part for node in products for part in (node.left, node.right))
