"""
Gradients that add: a sum over examples beside the weight it has to be divided by.

Means of unequal parts cannot be averaged; sums and weights can be added, in any order, and divided
once at the end.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from oneoverm._arrays import is_traced, keep_guest
from oneoverm._checks import as_divisor, check_one_library

__all__ = ["GradientSum", "ParameterGradients"]


class ParameterGradients(NamedTuple):
    """
    One layer's gradients, without what belongs to single examples.

    Parameters
    ----------
    dW : array, shape (n_out, n_in)
    db : array, shape (n_out, 1)

    Notes
    -----
    Equations :eq:`dW` and :eq:`db` of the book.
    """

    dW: Any
    db: Any


@dataclass(frozen=True, eq=False)
class GradientSum:
    """
    The sum of examples' gradients, not divided yet, and the sum of the examples' weights.

    Parameters
    ----------
    sums : array, or list, tuple or dict of such
        The gradients of the sum of the losses: of however many parameters, in whatever nesting.
    weight : float
        The number of examples, or the sum of their weights; 0 if none counts.

    Notes
    -----
    Equation :eq:`weighted-parts` of the book.

    Examples
    --------
    Of three losses the gradients are 1, 2 and 6; their mean is 3, however they are parted:

    >>> first, second = GradientSum(1.0, 1), GradientSum(2.0 + 6.0, 2)
    >>> (first + second).mean()
    3.0
    >>> sum([first, second]).mean()
    3.0

    The mean of the parts' means is another number:

    >>> (first.mean() + second.mean()) / 2
    2.5
    """

    sums: Any
    weight: Any

    def __post_init__(self) -> None:
        """Refuse a weight that no examples have; count in double precision."""
        if is_traced(self.weight):
            return
        if not 0 <= self.weight < math.inf:
            raise ValueError(f"weight is {self.weight}; expected a number of at least 0")
        # Of float16 weights of 1, a sum would stay at 2048.
        object.__setattr__(self, "weight", float(self.weight))

    @classmethod
    def of(cls, gradients: Any, weight: Any) -> "GradientSum":
        """
        Make a sum of what `oneoverm.batch.backward` returns with ``divide="never"``.

        Parameters
        ----------
        gradients : list of Gradients
            Their ``dZ`` are left out: they belong to single examples. If they have the gradient
            of an L2 penalty, only one of the parts may: it does not belong to examples.
        weight : float
            The number of examples, or the sum of their weights; 0 if all are masked out.

        Returns
        -------
        GradientSum
            Of a list of `ParameterGradients`.

        Notes
        -----
        Equation :eq:`never-dW2` of the book.

        Examples
        --------
        >>> import numpy as np
        >>> from oneoverm import batch, initial_layers
        >>> layers = initial_layers([2, 1], rng=0)
        >>> X, Y = np.ones((2, 5)), np.ones((1, 5))
        >>> def part(i):
        ...     J, gradients = batch.cost_and_gradients(X[:, i], Y[:, i], layers, "never")
        ...     return GradientSum.of(gradients, X[:, i].shape[1])
        >>> [whole] = (part(slice(0, 2)) + part(slice(2, 5))).mean()
        >>> [late] = batch.backward(batch.forward(X, layers), Y, layers)
        >>> np.allclose(whole.dW, late.dW)
        True
        """
        return cls([ParameterGradients(one.dW, one.db) for one in gradients], weight)

    def __add__(self, other: object) -> "GradientSum":
        """Add another sum: the sums and the weights, each to each."""
        if not isinstance(other, GradientSum):
            return NotImplemented
        return GradientSum(_added(self.sums, other.sums, "sums"), self.weight + other.weight)

    def __radd__(self, other: object) -> "GradientSum":
        """Let `sum` start from its 0."""
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def mean(self) -> Any:
        """
        Divide, once.

        Returns
        -------
        array, or list, tuple or dict of such
            The gradients of the weighted mean of the losses, nested as the sums are.

        Raises
        ------
        ValueError
            If the weight is 0: no example counts.

        Notes
        -----
        Equation :eq:`weighted-mean` of the book.
        """
        if not is_traced(self.weight) and self.weight == 0:
            raise ValueError("the weight is 0; expected at least one example that counts")
        return _mapped(self._divided, self.sums)

    def _divided(self, array: Any) -> Any:
        """Divide one array, or one number."""
        if not hasattr(array, "dtype"):
            return array / self.weight
        return keep_guest(array / as_divisor(self.weight, array.dtype), array)


def _added(left: Any, right: Any, place: str) -> Any:
    """Add two nestings of arrays, which have to be alike."""
    if isinstance(left, Mapping):
        if not isinstance(right, Mapping) or left.keys() != right.keys():
            raise _unlike(place, left, right)
        return {key: _added(left[key], right[key], f"{place}[{key!r}]") for key in left}
    if isinstance(left, list | tuple):
        if not isinstance(right, list | tuple) or len(left) != len(right):
            raise _unlike(place, left, right)
        pairs = enumerate(zip(left, right, strict=True))
        return _like(left, [_added(a, b, f"{place}[{k}]") for k, (a, b) in pairs])
    if isinstance(right, Mapping | list | tuple) or _shape(left) != _shape(right):
        raise _unlike(place, left, right)
    if hasattr(left, "dtype") and hasattr(right, "dtype"):
        check_one_library({f"{place} of one": left, f"{place} of the other": right})
    return left + right


def _mapped(function: Callable[[Any], Any], nested: Any) -> Any:
    """Apply a function to each array of a nesting."""
    if isinstance(nested, Mapping):
        return {key: _mapped(function, value) for key, value in nested.items()}
    if isinstance(nested, list | tuple):
        return _like(nested, [_mapped(function, value) for value in nested])
    return function(nested)


def _like(given: Any, values: list[Any]) -> Any:
    """Put values into a list, a tuple or a named tuple, as the given one."""
    return type(given)(*values) if hasattr(given, "_fields") else type(given)(values)


def _shape(array: Any) -> tuple[int, ...]:
    """Give an array's shape, and a number's."""
    return tuple(getattr(array, "shape", ()))


def _unlike(place: str, left: Any, right: Any) -> ValueError:
    """Say which two parts cannot be added."""

    def described(part: Any) -> str:
        if isinstance(part, Mapping):
            return f"a mapping of {', '.join(map(repr, part))}"
        if isinstance(part, list | tuple):
            return f"a {type(part).__name__} of {len(part)}"
        return f"an array of shape {_shape(part)}"

    return ValueError(f"{place} is {described(left)} and {described(right)}; expected two alike")
