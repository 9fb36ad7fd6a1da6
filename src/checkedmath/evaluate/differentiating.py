"""
Derivatives by the complex step.

The symbol to differentiate by is cut loose from its definition and moved by an imaginary step;
whatever is defined from it follows. No rule of differentiation is used, so that no formula under
test vouches for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from checkedmath.bind.naming import key_of
from checkedmath.errors import ReadError, ShapeError
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
    key, whole, positions = _directions(evaluator, node.wrt, bindings)
    if len(positions) * whole.size > LARGEST**2:
        message = f"{to_latex(node.wrt)} has too many entries to be differentiated by"
        raise ReadError(message, node.wrt.start)
    loose = evaluator.cut_loose(key, whole, positions)
    value = np.imag(loose.value(node.of, bindings)) / STEP
    value = np.broadcast_to(value, (len(positions), *value.shape[-2:]))
    return _arranged(node, value, at.shape[-2:])


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
        return value.reshape(wrt)
    if wrt == (1, 1):
        return np.asarray(value[0])
    if columns == 1 and wrt[1] == 1:
        return value[:, :, 0].T
    raise ShapeError(
        f"{to_latex(node.of)} is {rows}×{columns} and {to_latex(node.wrt)} {wrt[0]}×{wrt[1]}; "
        "a derivative here is of a number, by a number, or of a column by a column"
    )
