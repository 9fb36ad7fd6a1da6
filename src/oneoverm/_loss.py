"""The loss of an example, with its gradient."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oneoverm._arrays import sum_outputs
from oneoverm._typing import Array
from oneoverm.activations import Activation

#: Checks labels against an output, and fits them to it: see `oneoverm._labels`.
Labels = Callable[[str, Any, str, Any], Any]


@dataclass(frozen=True)
class Loss:
    """
    The loss of an example, for a network's last layer.

    Equations :eq:`layers-loss` and :eq:`layers-one-top` of the book, for the losses that there are.

    Parameters
    ----------
    name : str
        The name that messages use.
    labels : callable
        ``labels(name, y, like_name, a)`` checks labels and fits them to the output.
    function : callable
        ``function(z, y)`` where `activation` is named, ``function(a, y)`` where it is not:
        the loss of each entry, of shape (n, m), or of each column, of shape (1, m).
    derivative : callable
        ``derivative(a, y)``, of shape (n, m): the gradient with respect to z where `activation` is
        named, and with respect to a where it is not.
    activation : str or Activation, optional
        The output's activation, if the loss goes with one only.
    """

    name: str
    labels: Labels
    function: Callable[[Any, Any], Any]
    derivative: Callable[[Any, Any], Any]
    activation: str | Activation | None = None

    def of_examples(self, z: Array, a: Array, y: Array) -> Any:
        """
        Compute the loss of each example, of shape (1, m): equation :eq:`layers-loss` of the book.

        It is summed over the outputs of an example, never over examples. All of shape (n, m), z is
        what the last layer's activation was given, a what it gave, y what `labels` returned.
        """
        each = self.function(a if self.activation is None else z, y)
        n, m = z.shape
        self._check(each, (n, m), (1, m))
        return each if each.shape[0] == 1 else sum_outputs(each)

    def output_gradient(self, g: Activation, z: Array, a: Array, y: Array) -> Any:
        """
        Compute the gradient of each example's loss by the last layer's z, of shape (n, m).

        Equation :eq:`layers-batch-top` of the book, and :eq:`squared-dZ` where a derivative of the
        last activation g is needed; the other arguments are those of `of_examples`.
        """
        d = self.derivative(a, y)
        self._check(d, z.shape)
        return g.pull_back(d, z, a) if self.activation is None else d

    def _check(self, result: Any, *shapes: Any) -> None:
        """Refuse what a function of one's own returns, if it has not a shape of `shapes`."""
        if getattr(result, "shape", None) not in shapes:
            wanted = " or ".join(str(tuple(shape)) for shape in shapes)
            got = getattr(result, "shape", f"a {type(result).__name__}")
            raise ValueError(
                f"the loss {self.name!r} returned {got}; expected an array of shape {wanted}: "
                "what a sum over the outputs returns with keepdims=True"
            )
