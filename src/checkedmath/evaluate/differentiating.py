"""
Derivatives by the complex step; second ones by differences of these.

The symbol to differentiate by is cut loose from its definition and moved by an imaginary step;
whatever is defined from it follows. No rule of differentiation is used, so that no formula under
test vouches for itself. There is one imaginary unit only: where a derivative stands inside another,
the inner one takes it, and the outer one is a central difference of order 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from checkedmath.bind.naming import key_of
from checkedmath.errors import DrawAgainError, NestedError, ReadError, ShapeError
from checkedmath.evaluate.drawing import LARGEST
from checkedmath.read.printing import to_latex
from checkedmath.read.syntax import Derivative, Name

if TYPE_CHECKING:
    from checkedmath.evaluate.drawing import Key
    from checkedmath.evaluate.evaluating import Evaluator
    from checkedmath.evaluate.lookup import Array, Bindings

STEP = 1e-200
"""The complex step: its square underflows to zero, so that a derivative has no truncation error."""


def derivative(evaluator: Evaluator, node: Derivative, bindings: Bindings) -> Array:
    """
    Return a derivative.

    Parameters
    ----------
    evaluator : Evaluator
        Gives the values around which to differentiate.
    node : Derivative
        Of what, with respect to what.
    bindings : Bindings
        The values of free names.

    Returns
    -------
    array
        Of a number: in the shape of the symbol it is differentiated by. By a number: in the shape
        of what is differentiated. Of a column by a column: the Jacobian, a row for each entry of
        the upper column.

    Raises
    ------
    ReadError
        If the lower part is no symbol, or in a derivative inside a derivative.
    ShapeError
        If the result would have more than two axes.
    """
    if not isinstance(node.wrt, Name):
        message = f"a derivative is with respect to a symbol; {to_latex(node.wrt)} is none"
        raise ReadError(message, node.wrt.start)
    if node.wrt.id in bindings.arguments:
        message = f"{node.wrt.id} is a parameter; write the derivative with a prime, as in g'(z)"
        raise ReadError(message, node.wrt.start)
    if key_of(node.wrt) in evaluator.draw.sizes:
        message = f"{to_latex(node.wrt)} is a size, a whole number; nothing is differentiated by it"
        raise ReadError(message, node.wrt.start)
    at = evaluator.value(node.wrt, bindings)
    _refuse_mixed(node, at, evaluator, bindings)
    key, whole, positions = _directions(evaluator, node.wrt, bindings)
    if len(positions) * whole.size > LARGEST**2:
        message = f"{to_latex(node.wrt)} has too many entries to be differentiated by"
        raise ReadError(message, node.wrt.start)
    others = [*evaluator.names.cuts.values(), *bindings.arguments.values()]
    axes = max((value.ndim - 2 for value in others), default=0)
    whole = whole.reshape(*(1,) * (axes + 2 - whole.ndim), *whole.shape)
    units = np.zeros((len(positions), *(1,) * axes, *whole.shape[-2:]))
    for direction, (row, column) in enumerate(positions):
        units[direction, ..., row, column] = 1.0

    def slope(step: complex | Array) -> Array:
        cut = (key, whole + step * units)
        # Other derivatives by the same symbol follow the same complex step.
        shared = (key, axes, *positions) if step == 1j * STEP else None
        value = evaluator.cut_loose(cut, shared).value(node.of, bindings)
        value = value.reshape(*(1,) * (axes + 3 - value.ndim), *value.shape)
        return np.broadcast_to(value, (len(positions), *value.shape[1:]))

    if any(np.iscomplexobj(value) for value in others):
        raise NestedError(_TOO_DEEP)
    try:
        value = np.imag(slope(1j * STEP)) / STEP
    except NestedError:
        value = _differences([slope(k * WIDTH) for k in _points(evaluator)])
    return _arranged(node, value, at.shape[-2:])


WIDTH = 4e-3
"""Between two points of a central difference: its error and that of rounding are below 1e-12."""

_WEIGHTS = np.array([4 / 5, -1 / 5, 4 / 105, -1 / 280])
_CHECK_WEIGHTS = np.array([3 / 4, -3 / 20, 1 / 60, 0.0])
_ROUGHEST = 1e-7

_TOO_DEEP = "a derivative inside a derivative inside a third is not evaluated"


def _points(evaluator: Evaluator) -> Iterator[int]:
    """Yield the multiples of the width at which to evaluate, while no other difference begins."""
    if evaluator.in_stencil:
        raise ReadError(_TOO_DEEP)
    evaluator.in_stencil = True
    try:
        yield from (1, -1, 2, -2, 3, -3, 4, -4)
    finally:
        evaluator.in_stencil = False


def stencil(evaluator: Evaluator, function: Callable[[Array], Array], at: Array) -> Array:
    """
    Return the derivative of a function of one number, for each entry of ``at``.

    Raises
    ------
    ReadError
        If it stands in another derivative that is taken in this way.
    DrawAgainError
        If the function is too rough here.
    """
    return _differences([function(at + k * WIDTH) for k in _points(evaluator)])


def _differences(values: list[Array]) -> Array:
    """Return the derivative from the values at ±1, ±2, ±3 and ±4 times the width."""
    if any(np.iscomplexobj(value) for value in values):
        raise NestedError(_TOO_DEEP)
    slopes = np.array([np.asarray(a - b) for a, b in zip(values[::2], values[1::2], strict=True)])
    result = np.tensordot(_WEIGHTS, slopes, 1) / WIDTH
    check = np.tensordot(_CHECK_WEIGHTS, slopes, 1) / WIDTH
    if np.abs(result - check).max() > _ROUGHEST * max(1.0, np.abs(result).max()):
        raise DrawAgainError("in every draw, a second derivative is taken where it changes steeply")
    return np.asarray(result)


def _refuse_mixed(node: Derivative, at: Array, evaluator: Evaluator, bindings: Bindings) -> None:
    """Refuse a second derivative by two columns in one fraction, whose layout no one agrees on."""
    if node.mixed and isinstance(node.of, Derivative) and at.size > 1:
        other = evaluator.value(node.of.wrt, bindings)
        if other.size > 1:
            wrt, inner = to_latex(node.wrt), to_latex(node.of.wrt)
            raise ReadError(
                f"the rows of this derivative can be those of {wrt} and those of {inner}; write "
                rf"\frac{{\partial}}{{\partial {wrt}}} of a name for the gradient by {inner}, "
                f"whose rows are then {inner}'s"
            )


def _directions(
    evaluator: Evaluator, wrt: Name, bindings: Bindings
) -> tuple[Key, Array, list[tuple[int, int]]]:
    """Return what to cut loose, its value, and the entries to move, row by row."""
    names = evaluator.names
    key, entry = evaluator.split_subscripts(wrt, bindings)
    layer = None if wrt.layer is None else evaluator.whole_number(wrt.layer, bindings)
    example = None if wrt.example is None else evaluator.whole_number(wrt.example, bindings)
    if example is None and bindings.example is not None and names.is_of_one_example(key, layer):
        example = bindings.example
    if example is not None:
        key = names.batch_key(key, layer)
    whole = names.whole(key, layer)
    if whole is None:
        raise names.undeclared(wrt, key, layer)
    rows, columns = (range(size) for size in whole.shape[-2:])
    if example is not None:
        columns = range(example - 1, example)
    if entry:
        numbers = [evaluator.whole_number(item, bindings) - 1 for item in entry]
        if len(numbers) == 1:
            numbers = [0, *numbers] if whole.shape[-2] == 1 else [*numbers, columns[0]]
        rows, columns = (range(number, number + 1) for number in numbers)
    return (key, layer), whole, [(row, column) for row in rows for column in columns]


def _arranged(node: Derivative, value: Array, wrt: tuple[int, ...]) -> Array:
    """Arrange the derivatives of all entries (rows, columns) in all directions (the first axis)."""
    rows, columns = value.shape[-2:]
    if (rows, columns) == (1, 1):
        numbers = np.moveaxis(value[..., 0, 0], 0, -1)
        return numbers.reshape(*numbers.shape[:-1], *wrt)
    if wrt == (1, 1):
        return np.asarray(value[0])
    if columns == 1 and wrt[1] == 1:
        return np.moveaxis(value[..., 0], 0, -1)
    raise ShapeError(
        f"{to_latex(node.of)} is {rows}×{columns} and {to_latex(node.wrt)} {wrt[0]}×{wrt[1]}; "
        "a derivative here is of a number, by a number, or of a column by a column"
    )
