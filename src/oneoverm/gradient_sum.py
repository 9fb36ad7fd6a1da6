"""
Gradients that add: a sum over examples beside the weight it has to be divided by.

Means of unequal parts cannot be averaged; sums and weights can be added, in any order, and divided
once at the end.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from oneoverm._arrays import check_plain, pytree, register_pytrees, widened
from oneoverm._checks import check_one_library, is_traced
from oneoverm._layer_checks import are_layers, wide_layers
from oneoverm._typing import Array, ArrayLike
from oneoverm.batch import cost_and_gradients
from oneoverm.layers import Layer
from oneoverm.losses import Loss
from oneoverm.weights import example_weights

__all__ = ["GradientSum", "ParameterGradients"]


class ParameterGradients(NamedTuple):
    """
    One layer's gradients, ``dW`` and ``db``, without what belongs to single examples.

    Equations :eq:`dW` and :eq:`db` of the book.
    """

    dW: Any
    db: Any


@pytree("sums", "weight", "losses")
@dataclass(frozen=True, eq=False)
class GradientSum:
    """
    The sum of examples' gradients and of their losses, not divided yet, and of their weights.

    Equation :eq:`weighted-parts` of the book. ``GradientSum()`` is the sum of no examples, which
    others can be added to. With JAX imported before, it is a pytree.

    Parameters
    ----------
    sums : array, or list, tuple or dict of such
        The gradients of the sum of the losses: of however many parameters, in whatever nesting.
        Sums of 16 bits are added in float32.
    weight, losses : float
        The number of examples, or the sum of their weights; the sum of the losses, each times its.

    Examples
    --------
    Of three losses the gradients are 1, 2 and 6; their mean is 3, however they are parted:

    >>> first, second = GradientSum(1.0, 1), GradientSum(2.0 + 6.0, 2)
    >>> sum([first, second], start=GradientSum()).mean()
    3.0

    The mean of the parts' means is another number:

    >>> (first.mean() + second.mean()) / 2
    2.5
    """

    sums: Any = None
    weight: Any = 0.0
    losses: Any = 0.0

    def __post_init__(self) -> None:
        """Refuse a weight that no examples have; count in double precision."""
        register_pytrees()
        object.__setattr__(self, "sums", _mapped(_wide, self.sums))
        if is_traced(self.weight):
            return
        if not 0 <= self.weight < math.inf:
            raise ValueError(f"weight is {self.weight}; expected a number of at least 0")
        # Of float16 weights of 1, a sum would stay at 2048.
        object.__setattr__(self, "weight", float(self.weight))

    @classmethod
    def of(
        cls,
        X: Array,
        Y: ArrayLike,
        layers: Sequence[Layer[Any]],
        *,
        loss: str | Loss = "binary_cross_entropy",
        weights: ArrayLike | None = None,
        mask: ArrayLike | None = None,
    ) -> "GradientSum":
        """
        Sum the gradients of a part of a batch: equation :eq:`never-dW2` of the book.

        The sums are a list of `ParameterGradients`. There is no regularization in them, which does
        not belong to examples: add its gradient to the mean.

        Parameters
        ----------
        X : array, shape (n_0, m)
            The part: of any m, 0 included, and all of it may be masked out.
        Y, layers, loss, weights, mask
            As for `oneoverm.batch.backward`.

        Examples
        --------
        >>> import numpy as np
        >>> from oneoverm import batch, initial_layers
        >>> layers = initial_layers([2, 1], rng=0)
        >>> X, Y = np.ones((2, 5)), np.ones((1, 5))
        >>> parts = [GradientSum.of(X[:, i], Y[:, i], layers) for i in (slice(2), slice(2, 5))]
        >>> total = sum(parts, start=GradientSum())
        >>> J, [late] = batch.cost_and_gradients(X, Y, layers)
        >>> np.allclose(total.cost(), J), np.allclose(total.mean()[0].dW, late.dW)
        (True, True)
        """
        counted: Any = {"weights": weights, "mask": mask}
        # A sum of 16 bits may overflow that the mean does not.
        are_layers(layers)
        wide = (_wide(X), Y, wide_layers(layers))
        J, gradients = cost_and_gradients(*wide, "never", loss=loss, **counted)
        weight = example_weights(X.shape[1], wide[0], **counted).total
        return cls([ParameterGradients(one.dW, one.db) for one in gradients], weight, J * weight)

    def __add__(self, other: object) -> "GradientSum":
        """Add another sum: the gradients, the weights and the losses, each to each."""
        if not isinstance(other, GradientSum):
            return NotImplemented
        sums = _added(self.sums, other.sums, "sums")
        return GradientSum(sums, self.weight + other.weight, self.losses + other.losses)

    def __radd__(self, other: object) -> "GradientSum":
        """Let `sum` start from its 0."""
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def mean(self) -> Any:
        """
        Divide, once: return the gradients of the weighted mean, nested as the sums are.

        Equation :eq:`weighted-mean` of the book. If no example counts, a ValueError is raised.
        """
        weight = self._divisor()
        return _mapped(lambda array: array / weight, self.sums)

    def cost(self) -> Any:
        """
        Compute the weighted mean of the losses, of which `mean` returns the gradients.

        Equation :eq:`weighted-mean` of the book.
        """
        return self.losses / self._divisor()

    def _divisor(self) -> Any:
        """Return the weight, if a mean can be divided by it."""
        if not is_traced(self.weight) and self.weight == 0:
            raise ValueError("the weight is 0; expected at least one example that counts")
        return self.weight


def _wide(array: Any) -> Any:
    """Return an array of 16 bits in float32; a number as it is."""
    check_plain("a sum", array)
    return widened(array) if hasattr(array, "dtype") else array


def _added(left: Any, right: Any, place: str) -> Any:
    """Add two nestings of arrays, which have to be alike; None is the sum of nothing."""
    if left is None or right is None:
        return right if left is None else left
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
    return None if nested is None else function(nested)


def _like(given: Any, values: list[Any]) -> Any:
    """Put values into a list, a tuple or a named tuple, as the given one."""
    return type(given)(*values) if hasattr(given, "_fields") else type(given)(values)


def _shape(array: Any) -> tuple[int, ...]:
    """Return an array's shape, and a number's."""
    return tuple(getattr(array, "shape", ()))


def _unlike(place: str, left: Any, right: Any) -> ValueError:
    """Return the error that says which two parts cannot be added."""
    kinds = [
        f"a mapping of {', '.join(map(repr, part))}"
        if isinstance(part, Mapping)
        else f"a {type(part).__name__} of {len(part)}"
        if isinstance(part, list | tuple)
        else f"an array of shape {_shape(part)}"
        for part in (left, right)
    ]
    return ValueError(f"{place} is {kinds[0]} and {kinds[1]}; expected two alike")
