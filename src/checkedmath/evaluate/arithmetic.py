"""Sums, products, powers, norms and entries: what two values make together."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from checkedmath.errors import ReadError, ShapeError, SizeError
from checkedmath.evaluate import arrays
from checkedmath.evaluate.arrays import inverse, is_scalar, is_square, refuse_huge, shape_of
from checkedmath.evaluate.context import Context
from checkedmath.evaluate.drawing import LARGEST
from checkedmath.evaluate.functions import COMMANDS, divide_entries, maximum, minimum
from checkedmath.evaluate.lookup import Array, Bindings
from checkedmath.evaluate.numbers import is_balls, is_moved, may_equal, plain, whole
from checkedmath.latex.nodes import (
    Call,
    Entry,
    Fraction,
    Group,
    Hadamard,
    Kronecker,
    Name,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
)
from checkedmath.latex.printing import to_latex

ONES = Name(r"\mathbf{1}")
IDENTITY = Name("I")


def number(context: Context, node: Number, __: Bindings) -> Array:
    """Return a number."""
    return context.constant(node.value)


def group(context: Context, node: Group, bindings: Bindings) -> Array:
    """Return what stands in parentheses."""
    if len(node.items) != 1:
        raise ReadError("a comma stands between a function's arguments only")
    return context.value(node.items[0], bindings)


def add(context: Context, node: Sum, bindings: Bindings) -> Array:
    """Return a sum; a column is added to each column of a matrix."""
    values = _terms(context, node, bindings)
    _refuse_number_called_identity(node.terms, values)
    total = values[0] if node.signs[0] > 0 else -values[0]
    for term, sign, value in zip(node.terms[1:], node.signs[1:], values[1:], strict=True):
        if not _adds(total, value):
            raise ShapeError(
                f"{to_latex(term)} is {shape_of(value)}; what it is added to is {shape_of(total)}"
            )
        refuse_huge(total, value)
        total = total + value if sign > 0 else total - value
    if len(values) > 1 and not (context.names.overrides or is_balls(total)):
        context.names.record.sum(values, total)
    return np.asarray(total)


def _terms(context: Context, node: Sum, bindings: Bindings) -> list[Array]:
    """Return the terms' values; those with an ``I`` of no size take it from the others."""
    values: list[Array | None] = []
    unknown: SizeError | None = None
    for term in node.terms:
        try:
            values.append(context.value(term, bindings))
        except SizeError as error:
            unknown = error
            values.append(None)
    if unknown is None:
        return [value for value in values if value is not None]
    known = next((v for v in values if v is not None and is_square(v)), None)
    if known is None:
        raise unknown
    sized = replace(bindings, identity=known.shape[-1])
    return [
        context.value(term, sized) if value is None else value
        for term, value in zip(node.terms, values, strict=True)
    ]


def multiply(context: Context, node: Product, bindings: Bindings) -> Array:
    """Return a matrix product, or a scaled array."""
    values = [_factor(context, factor, bindings) for factor in node.factors]
    if any(value is None for value in values):
        values = _sized(node, values)
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if not known:
        raise SizeError(unsized(node))
    _refuse_number_called_identity([node.factors[k] for k, _ in known], [v for _, v in known])
    (_, result), *others = known
    for place, value in others:
        if bindings.elementwise or is_scalar(result) or is_scalar(value):
            refuse_huge(result, value)
            result = result * value
        elif result.shape[-1] == value.shape[-2]:
            refuse_huge(result[..., :1], value[..., :1, :])
            result = result @ value
        else:
            before = to_latex(replace(node, factors=node.factors[:place]))
            after = to_latex(node.factors[place])
            raise ShapeError(_product_message(before, result, after, value))
    return result


def _refuse_number_called_identity(nodes: Sequence[Node], values: Sequence[Array]) -> None:
    """Refuse ``I`` beside a matrix where the page declares it as a number."""
    for node, value in zip(nodes, values, strict=True):
        if node == IDENTITY and is_scalar(value) and not all(map(is_scalar, values)):
            raise ReadError(
                "I beside an array can be the identity, and the number that this page calls I; "
                "write (I) for the number, and give it another name for the identity",
                node.start,
            )


def _factor(context: Context, factor: Node, bindings: Bindings) -> Array | None:
    """Return a factor's value; None for ones and an identity of no size of their own."""
    try:
        return context.value(factor, bindings)
    except SizeError:
        if factor not in (ONES, IDENTITY, Transpose(ONES)):
            raise
        return None


def _sized(node: Product, values: list[Array | None]) -> list[Array | None]:
    """Give ones the size of what stands beside them, and leave an identity out."""
    sized = list(values)
    for place, factor in enumerate(node.factors):
        if values[place] is not None:
            continue
        before = next((v for v in values[place - 1 :: -1] if v is None or not is_scalar(v)), None)
        after = next((v for v in values[place + 1 :] if v is None or not is_scalar(v)), None)
        if factor == ONES and place and before is not None:
            sized[place] = np.ones((before.shape[-1], 1))
        elif factor == Transpose(ONES) and after is not None:
            sized[place] = np.ones((1, after.shape[-2]))
        elif factor != IDENTITY or (after is None and (before is None or not place)):
            raise SizeError(unsized(factor), factor.start)
    return sized


def unsized(node: Node) -> str:
    """Say that the size of an identity or of a column of ones does not follow."""
    written = to_latex(node)
    symbol = "I" if "I" in written else r"\mathbf{1}"
    return f"the size of {written} does not follow from what stands beside it; write {symbol}_n"


def hadamard(context: Context, node: Hadamard, bindings: Bindings) -> Array:
    """Return the product of entries."""
    left, right = context.value(node.left, bindings), context.value(node.right, bindings)
    if not bindings.elementwise and left.shape[-2:] != right.shape[-2:]:
        raise ShapeError(
            f"⊙ needs equal shapes; {to_latex(node.left)} is {shape_of(left)}, "
            f"{to_latex(node.right)} is {shape_of(right)}"
        )
    refuse_huge(left, right)
    return np.asarray(left * right)


def kronecker(context: Context, node: Kronecker, bindings: Bindings) -> Array:
    """Return the Kronecker product; of two columns it has two readings."""
    left, right = context.value(node.left, bindings), context.value(node.right, bindings)
    if left.shape[-1] == right.shape[-1] == 1 and not (is_scalar(left) or is_scalar(right)):
        one, other = to_latex(node.left), to_latex(node.right)
        raise ReadError(
            rf"{one} \otimes {other} of two columns can be the matrix {one} {other}^\top, and the "
            rf"column \operatorname{{vec}}({other} {one}^\top); write one of these"
        )
    return arrays.kronecker(left, right)


def divide(context: Context, node: Fraction, bindings: Bindings) -> Array:
    """Return a quotient by a number."""
    above = context.value(node.numerator, bindings)
    below = _number_of(context, node.denominator, bindings)
    if not bindings.elementwise and not is_scalar(below):
        raise ShapeError(
            f"{to_latex(node.denominator)} is {shape_of(below)}; divide by a number, or for the "
            r"quotients of entries define f(a, b) := \frac{a}{b}"
        )
    refuse_huge(above, below)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return divide_entries(above, below)


def power(context: Context, node: Power, bindings: Bindings) -> Array:
    """Return a number's power, or a matrix's inverse."""
    exponent = context.value(node.exponent, bindings)
    if context.is_euler(node.base, bindings):
        _refuse_square(exponent, node, bindings)
        return COMMANDS["exp"](exponent)
    base = _number_of(context, node.base, bindings)
    if not bindings.elementwise and not (is_scalar(base) and is_scalar(exponent)):
        if not is_moved(exponent) and whole(exponent) == -1:
            return inverse(base)
        raise ShapeError(
            f"{to_latex(node.base)} is {shape_of(base)}; a power is of a number. "
            r"Write A \odot A for squares of entries, A A for the matrix product"
        )
    refuse_huge(base, exponent)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        if not is_moved(exponent):
            times = whole(exponent)
            if times is not None and abs(times) < LARGEST:
                _record_parity(context, node, base, times)
                return _whole_power(base, times)
        return np.asarray(np.exp(exponent * COMMANDS["log"](base)))


def _record_parity(context: Context, node: Power, base: Array, exponent: int) -> None:
    """Record whether a negative number's exponent is even or odd, if that depends on the draw."""
    varies = any(isinstance(each, Name) for each in node.exponent.walk())
    if varies and bool((plain(base) < 0).any()):
        for parity, outcome in enumerate(("an even exponent in", "an odd exponent in")):
            context.names.record.branch(node, outcome, reached=exponent % 2 == parity)


def _whole_power(base: Array, exponent: int) -> Array:
    """Raise to a whole power by products, which keep a complex step exact for negative bases."""
    if exponent < 0:
        return divide_entries(np.ones((1, 1)), _whole_power(base, -exponent))
    if not exponent:
        return np.ones(base.shape)
    result = np.ones_like(base)
    while exponent:
        if exponent % 2:
            result = result * base
        base = base * base
        exponent //= 2
    return result


def transpose(context: Context, node: Transpose, bindings: Bindings) -> Array:
    """Return the transpose."""
    base = node.base
    if isinstance(base, Name) and len(context.split_subscripts(base, bindings)[1]) > 1:
        message = (
            f"{to_latex(node)} can be an entry's transpose and an entry of the transpose; "
            rf"write (A^\top)_{{jk}}"
        )
        raise ReadError(message)
    value = context.value(base, bindings)
    if bindings.elementwise and not is_scalar(value):
        raise ReadError("a function's body is written for numbers; they have no transpose")
    return np.swapaxes(value, -1, -2)


def entry(context: Context, node: Entry, bindings: Bindings) -> Array:
    """Return an entry of an expression."""
    return take(context, context.value(node.base, bindings), node, bindings)


def take(context: Context, value: Array, node: Name | Entry, bindings: Bindings) -> Array:
    """Return the entry of ``value`` that the subscripts of ``node`` number."""
    rows, columns = value.shape[-2:]
    context.names.record.picked |= any(isinstance(item, Number) for item in node.subscripts)
    numbers = [context.whole_number(item, bindings) for item in node.subscripts]
    if len(numbers) == 1 and 1 in (rows, columns):
        numbers = [numbers[0], 1] if columns == 1 else [1, numbers[0]]
    if len(numbers) != 2:
        raise ReadError(
            f"{to_latex(node)}: an entry of a {rows}×{columns} array takes two subscripts, "
            "as in A_{2,1}"
        )
    row, column = numbers
    if not (1 <= row <= rows and 1 <= column <= columns):
        message = f"{to_latex(node)}: there is no entry {row},{column} in {rows}×{columns}"
        raise ShapeError(message)
    return value[..., row - 1 : row, column - 1 : column]


def norm(context: Context, node: Norm, bindings: Bindings) -> Array:
    """Return a norm."""
    if bindings.elementwise:
        raise ReadError("a function's body is written for numbers; write |z| for a number")
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return arrays.norm(context.value(node.argument, bindings), node.order)


def call(context: Context, node: Call, bindings: Bindings) -> Array:
    """Return the value of a function with a command of its own."""
    several = node.argument.items if isinstance(node.argument, Group) else (node.argument,)
    if node.function in ("max", "min", "inner"):
        values = [context.value(item, bindings) for item in several]
        result = _of_several(node, values, bindings)
        if node.function != "inner" and len(values) > 1:
            _note_chosen(context, node, several, values, result)
        return result
    value = (
        _number_of(context, node.argument, bindings)
        if node.function in _OF_NUMBERS
        else context.value(node.argument, bindings)
    )
    if node.function == "abs" and (plain(value) != 0).any():
        record = context.names.record
        for outcome, met in (("negative", plain(value) < 0), ("positive", plain(value) > 0)):
            reached = bool(met.any())
            record.branch(node, f"a {outcome} number in", reached=reached)
    if node.function == "det":
        return arrays.determinant(value)
    if node.function == "abs" and not (bindings.elementwise or is_scalar(value)):
        raise ShapeError(
            f"{to_latex(node)} is of a {shape_of(value)} array: it can be its length, the absolute "
            r"values of its entries, or a determinant; write \lVert x \rVert, \det(A), or define "
            "f(z) := |z| and write f(x)"
        )
    if node.function in ("exp", "log", "ln", "sqrt"):
        _refuse_square(value, node, bindings)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        result = _whole_power(COMMANDS[node.function](value), node.power)
        if node.base is None:
            return result
        base = context.value(node.base, bindings)
        if not is_scalar(base):
            raise ShapeError(f"{to_latex(node.base)} is {shape_of(base)}; a base is a number")
        return np.asarray(result / COMMANDS["log"](base))


_OF_NUMBERS = ("log", "ln", "sqrt")


def _number_of(context: Context, node: Node, bindings: Bindings) -> Array:
    """Return a value where only a number can stand: of a square matrix in bars the determinant."""
    match node:
        case Call("abs", argument) | Group((Call("abs", argument),)) if not bindings.elementwise:
            value = context.value(argument, bindings)
            if is_square(value):
                return arrays.determinant(value)
    return context.value(node, bindings)


def _note_chosen(
    context: Context, node: Call, items: Sequence[Node], values: list[Array], result: Array
) -> None:
    """Record which of its arguments a maximum or a minimum was, with no other beside it."""
    for place, (item, value) in enumerate(zip(items, values, strict=True)):
        alone = may_equal(value, result)
        for other_item, other in zip(items, values, strict=True):
            alone = alone & (~may_equal(other, result) | (other_item == item))
        outcome = f"an entry at which argument {place + 1} is chosen in"
        record = context.names.record
        record.branch(node, outcome, reached=bool(alone.any()))


def _refuse_square(value: Array, node: Node, bindings: Bindings) -> None:
    if not bindings.elementwise and is_square(value):
        raise ReadError(
            f"{to_latex(node)} of a square matrix can be that of each entry, and the matrix "
            "function, which is not evaluated; define f(z) := e^z, or the like, and write f(A) "
            "for the first"
        )


def _of_several(node: Call, values: list[Array], bindings: Bindings) -> Array:
    if node.function == "inner":
        return arrays.inner(*values)
    choose = maximum if node.function == "max" else minimum
    if len(values) == 1 and not bindings.elementwise:
        (value,) = values
        if 1 not in value.shape[-2:]:
            raise ShapeError(
                f"{to_latex(node)} is of a {shape_of(value)} matrix: it can be its largest entry, "
                rf"or that of each column; write \{node.function}_j A_{{jk}}"
            )
        flat = value.reshape(*value.shape[:-2], -1)
        values = [flat[..., place, None, None] for place in range(flat.shape[-1])]
    shapes = {value.shape[-2:] for value in values} - {(1, 1)}
    if len(shapes) > 1:
        raise ShapeError(rf"\{node.function} is of numbers and arrays of one shape")
    return functools.reduce(choose, values)


def _adds(left: Array, right: Array) -> bool:
    """Tell whether two arrays add: equal shapes, a number to any, a column to each column."""
    a, b = left.shape[-2:], right.shape[-2:]
    return a == b or (1, 1) in (a, b) or (a[0] == b[0] and 1 in (a[1], b[1]))


def _product_message(before: str, left: Array, after: str, right: Array) -> str:
    message = (
        f"{before} is {shape_of(left)}, {after} is {shape_of(right)}; "
        f"a matrix product needs {left.shape[-1]} rows on the right"
    )
    if left.shape[-2:] == right.shape[-2:]:
        return message + r". The shapes are equal: is it \odot, or is a transpose missing?"
    if left.shape[-1] == right.shape[-1]:
        return message + f". It would fit with the transpose of {after}"
    if left.shape[-2] == right.shape[-2]:
        return message + f". It would fit with the transpose of {before}"
    return message


RULES: dict[type[Node], Any] = {
    Number: number,
    Group: group,
    Sum: add,
    Product: multiply,
    Hadamard: hadamard,
    Kronecker: kronecker,
    Fraction: divide,
    Power: power,
    Transpose: transpose,
    Entry: entry,
    Norm: norm,
    Call: call,
}
"""How each construct is computed: from the context, the expression and its bindings."""
