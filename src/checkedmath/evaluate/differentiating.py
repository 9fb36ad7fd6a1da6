"""
Derivatives: of balls by power series, of float64 by the complex step.

The symbol to differentiate by is moved by a step, whatever its definition says; whatever is defined
from it follows. No rule of differentiation is used, so that no formula under test vouches for
itself. Of float64 there is one imaginary unit only: where a derivative stands inside another, the
inner one takes it, and the outer one is a central difference of order 8.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from checkedmath.errors import DrawAgainError, NestedError, PageError, ReadError, ShapeError
from checkedmath.evaluate.context import Context
from checkedmath.evaluate.drawing import LARGEST, Key
from checkedmath.evaluate.lookup import Array, Bindings
from checkedmath.evaluate.numbers import is_moved
from checkedmath.latex.names import key_of
from checkedmath.latex.nodes import Derivative, Name, Node, Transpose
from checkedmath.latex.printing import to_latex

STEP = 1e-60
"""
The complex step: beside a value its square is lost, so that a derivative has no truncation error.

It is not smaller, so that a derivative of 1e-200 is not lost either.
"""

Step = complex | Array
"""What a symbol is moved by: a number of float64's, or an array of one power series."""


def derivative(context: Context, node: Derivative, bindings: Bindings) -> Array:
    """
    Return a derivative.

    Parameters
    ----------
    context : Context
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
        the upper column. By a transposed symbol: of a number the transpose, and of a column the
        Jacobian.

    Raises
    ------
    ReadError
        If the lower part is no symbol, or in a derivative inside a derivative.
    ShapeError
        If the result would have more than two axes.
    """
    wrt = node.wrt.base if isinstance(node.wrt, Transpose) else node.wrt
    if not isinstance(wrt, Name):
        message = f"a derivative is with respect to a symbol; {to_latex(wrt)} is none"
        raise ReadError(message, wrt.start)
    if wrt.id in bindings.arguments:
        message = f"{wrt.id} is a parameter; write the derivative with a prime, as in g'(z)"
        raise ReadError(message, wrt.start)
    if key_of(wrt) in context.draw.sizes:
        message = f"{to_latex(wrt)} is a size, a whole number; nothing is differentiated by it"
        raise ReadError(message, wrt.start)
    at = context.value(wrt, bindings)
    _refuse_mixed(node, at, context, bindings)
    symbol = _symbol(context, wrt, bindings)
    if len(symbol.wanted) * symbol.whole.size > LARGEST**2:
        message = f"{to_latex(wrt)} has too many entries to be differentiated by"
        raise ReadError(message, wrt.start)
    slopes = functools.partial(_slopes, context, node.of, bindings, symbol)
    every = _Entries(*map(range, symbol.whole.shape[-2:]))
    if symbol.wanted == every or len(every) > _MOST_SHARED:
        value = slopes(symbol.wanted)
    else:
        try:
            value = slopes(every)
        except PageError:  # such as a kink, at which only an entry stands that is not wanted
            value = slopes(symbol.wanted)
    return _arranged(node, value, at.shape[-2:])


_MOST_SHARED = 100
"""Entries of a symbol that are all moved where some are wanted, as the others will be next."""


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries of a symbol that are moved, one in each direction, row by row."""

    rows: range
    columns: range

    def __len__(self) -> int:
        """Return the number of directions."""
        return len(self.rows) * len(self.columns)

    def units(self, shape: tuple[int, ...]) -> Array:
        """Return arrays of a shape, each with a one where its entry is."""
        units = np.zeros((len(self), *shape))
        for direction, (row, column) in enumerate(itertools.product(self.rows, self.columns)):
            units[direction, ..., row, column] = 1.0
        return units

    def pick(self, value: Array, wanted: _Entries) -> Array:
        """Return the directions of some entries, from a value that has these in its first axis."""
        if wanted == self:
            return value
        table = value.reshape(len(self.rows), len(self.columns), *value.shape[1:])
        rows, columns = (slice(each.start, each.stop) for each in (wanted.rows, wanted.columns))
        return table[rows, columns].reshape(-1, *value.shape[1:])


@dataclass(frozen=True, slots=True)
class _Symbol:
    """The variable of differentiation: its key, base value, and the entries to perturb."""

    key: Key
    whole: Array
    wanted: _Entries


def _slopes(
    context: Context, of: Node, bindings: Bindings, symbol: _Symbol, entries: _Entries
) -> Array:
    """Return the derivatives by the entries wanted, while these are moved."""
    others = [*context.names.overrides.values(), *bindings.arguments.values()]
    axes = max((value.ndim - 2 for value in others), default=0)

    def moved(step: Step) -> Array:
        shape = (*(1,) * axes, *symbol.whole.shape[-2:])
        return np.asarray(symbol.whole + np.where(entries.units(shape), step, 0.0))

    def at(step: Step) -> Array:
        # Other derivatives by the same symbol follow the same step.
        how = (entries, axes, id(step) if isinstance(step, np.ndarray) else step)
        perturbed = context.perturbed(symbol.key, how, functools.partial(moved, step))
        with perturbed.names.noting(context.names.record):
            value = perturbed.value(of, bindings)
        if value.ndim < axes + 3 or len(value) < len(entries):
            value = value.reshape(*(1,) * (axes + 3 - value.ndim), *value.shape)
            value = np.broadcast_to(value, (len(entries), *value.shape[1:]))
        return entries.pick(value, symbol.wanted)

    return slope(context, at, nested=any(map(is_moved, others)))


def slope(context: Context, at: Callable[[Step], Array], *, nested: bool) -> Array:
    """
    Return the derivative of a function of a step, at 0.

    Parameters
    ----------
    context : Context
        The evaluation in which it stands.
    at : callable
        Gives the values at a step.
    nested : bool
        Whether something is moved already, by a derivative around this one.

    Raises
    ------
    ReadError
        If too many derivatives stand inside each other.
    DrawAgainError
        If a difference of float64 is taken where the function is too rough.
    """
    if context.balls is not None:
        return context.balls.slope(at, nested=nested)
    if nested:
        raise NestedError(_TOO_DEEP)
    try:
        return np.asarray(at(1j * STEP).imag / STEP)
    except NestedError:
        return _differences([at(k * WIDTH) for k in _points(context)])


WIDTH = 4e-3
"""Between two points of a central difference: its error and that of rounding are below 1e-12."""

_WEIGHTS = np.array([4 / 5, -1 / 5, 4 / 105, -1 / 280])
_CHECK_WEIGHTS = np.array([3 / 4, -3 / 20, 1 / 60, 0.0])
_KINK_WEIGHTS = np.array([-7 / 2, 7, -9 / 2, 1])
"""Of the sums at ±1 to ±4: a smooth function leaves nothing, a kink in the middle its jump."""
_ROUGHEST = 1e-7

_TOO_DEEP = "a derivative inside a derivative inside a third is not evaluated"


def _points(context: Context) -> Iterator[int]:
    """Yield the multiples of the width at which to evaluate, while no other difference begins."""
    if context.in_stencil:
        raise ReadError(_TOO_DEEP)
    context.in_stencil = True
    try:
        yield from (1, -1, 2, -2, 3, -3, 4, -4)
    finally:
        context.in_stencil = False


def _differences(values: list[Array]) -> Array:
    """Return the derivative from the values at ±1, ±2, ±3 and ±4 times the width."""
    if any(np.iscomplexobj(value) for value in values):
        raise NestedError(_TOO_DEEP)
    slopes = np.array([np.asarray(a - b) for a, b in zip(values[::2], values[1::2], strict=True)])
    result = np.tensordot(_WEIGHTS, slopes, 1) / WIDTH
    check = np.tensordot(_CHECK_WEIGHTS, slopes, 1) / WIDTH
    sums = np.array([np.asarray(a + b) for a, b in zip(values[::2], values[1::2], strict=True)])
    kink = np.tensordot(_KINK_WEIGHTS, sums, 1) / WIDTH
    rough = max(np.abs(result - check).max(), np.abs(kink).max())
    if rough > _ROUGHEST * max(1.0, np.abs(result).max()):
        raise DrawAgainError("in every draw, a second derivative is taken where it changes steeply")
    return np.asarray(result)


def _refuse_mixed(node: Derivative, at: Array, context: Context, bindings: Bindings) -> None:
    """Refuse a second derivative by two columns in one fraction, whose layout no one agrees on."""
    if node.mixed and isinstance(node.of, Derivative) and at.size > 1:
        other = context.value(node.of.wrt, bindings)
        if other.size > 1:
            wrt, inner = to_latex(node.wrt), to_latex(node.of.wrt)
            raise ReadError(
                f"the rows of this derivative can be those of {wrt} and those of {inner}; write "
                rf"\partial {wrt} \partial {inner}^\top below for the rows of {wrt}"
            )


def _symbol(context: Context, wrt: Name, bindings: Bindings) -> _Symbol:
    """Return what is below a derivative."""
    names = context.names
    key, entry = context.split_subscripts(wrt, bindings)
    layer = None if wrt.layer is None else context.whole_number(wrt.layer, bindings)
    example = None if wrt.example is None else context.whole_number(wrt.example, bindings)
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
        numbers = [context.whole_number(item, bindings) - 1 for item in entry]
        if len(numbers) == 1:
            # The one subscript of an example's column numbers its rows, however many there are.
            numbers = [*numbers, columns[0]] if len(columns) == 1 else [rows[0], *numbers]
        elif example is not None:
            numbers[1] = columns[0]
        rows, columns = (range(number, number + 1) for number in numbers)
    return _Symbol((key, layer), whole, _Entries(rows, columns))


def _arranged(node: Derivative, value: Array, wrt: tuple[int, ...]) -> Array:
    """Arrange the derivatives of all entries (rows, columns) in all directions (the first axis)."""
    rows, columns = value.shape[-2:]
    if (rows, columns) == (1, 1):
        numbers = value[..., 0, 0]
        numbers = numbers.transpose(*range(1, numbers.ndim), 0)
        gradient = numbers.reshape(*numbers.shape[:-1], *wrt)
        return np.swapaxes(gradient, -1, -2) if isinstance(node.wrt, Transpose) else gradient
    if wrt == (1, 1):
        return np.asarray(value[0])
    if columns == 1 and wrt[1] == 1:
        return np.moveaxis(value[..., 0], 0, -1)
    raise ShapeError(
        f"{to_latex(node.of)} is {rows}×{columns}, and is differentiated by a {wrt[0]}×{wrt[1]} "
        "array; a derivative here is of a number, by a number, or of a column by a column. "
        r"Write entries for others, as in \frac{\partial F_{jk}}{\partial W_{st}}"
    )
