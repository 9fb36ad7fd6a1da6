"""An activation function with its derivative, and the softmax, whose derivative is a matrix."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oneoverm._arrays import sum_outputs
from oneoverm._typing import Array


@dataclass(frozen=True)
class Activation:
    """
    An activation function ``g`` with its derivative ``g'``; calling it computes ``a = g(z)``.

    Equation :eq:`layers-one-step` of the book has the derivative; `pull_back` is its product.

    Parameters
    ----------
    name : str
        The name that messages use.
    function, derivative : callable
        ``g(z)`` and ``g'(z)``, elementwise; a complex z passes through.
    derivative_from_a : callable, optional
        ``g'`` as a function of ``a = g(z)``, where it is simpler: the backward pass has a already.

    Examples
    --------
    >>> import numpy as np
    >>> square = Activation("square", lambda z: z**2, lambda z: 2 * z)
    >>> square.pull_back(np.array([10.0]), np.array([3.0]), np.array([9.0]))
    array([60.])
    """

    name: str
    function: Callable[[Any], Any]
    derivative: Callable[[Any], Any]
    derivative_from_a: Callable[[Any], Any] | None = None

    def __call__(self, z: Array) -> Any:
        """Compute ``a = g(z)``; a function of your own has to keep the shape."""
        a = self.function(z)
        if getattr(a, "shape", None) != z.shape:
            raise self._misfit("function", a, z)
        return a

    def pull_back(self, da: Array, z: Array, a: Array) -> Any:
        """
        Compute ``dz = da * g'(z)``, where da is the gradient with respect to ``a = g(z)``.

        Equations :eq:`layers-one-step` and :eq:`layers-batch-step` of the book.
        """
        g = self.derivative(z) if self.derivative_from_a is None else self.derivative_from_a(a)
        if getattr(g, "shape", None) != z.shape:
            raise self._misfit("derivative", g, z)
        return da * g

    def _misfit(self, which: str, result: Any, z: Array) -> ValueError:
        """Return the error that says what a function of one's own returned."""
        shape = getattr(result, "shape", None)
        got = f"an array of shape {tuple(shape)}" if shape is not None else repr(type(result))
        return ValueError(
            f"the {which} of the activation {self.name!r} returned {got}; "
            f"expected an array of shape {tuple(z.shape)}, as z"
        )


class Softmax(Activation):
    """
    The softmax, whose entries depend on each other: its derivative is a matrix for each column.

    `pull_back` multiplies by that matrix, equation :eq:`softmax-jacobian`, without forming it.
    """

    def pull_back(self, da: Array, z: Array, a: Array) -> Any:
        """
        Compute ``dz = a * (da - sum(a * da))``, column by column.

        Equation :eq:`softmax-jacobian` of the book, times ``da``.
        """
        return a * (da - sum_outputs(a * da))
