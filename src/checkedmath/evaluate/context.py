"""What the rules of evaluation need to know and to ask while they compute a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from numpy.typing import NDArray

from checkedmath.bind.scope import Scope
from checkedmath.evaluate.balls import Balls
from checkedmath.evaluate.drawing import Draw, Key
from checkedmath.evaluate.lookup import Bindings, Names
from checkedmath.latex.nodes import Name, Node, Rational

Array = NDArray[Any]


class Context(Protocol):
    """
    The evaluation on one draw, as a rule for one construct sees it.

    Attributes
    ----------
    scope : Scope
        What the names mean.
    draw : Draw
        The random values.
    names : Names
        The values of names.
    balls : Balls or None
        What makes balls, where these are computed with; None for float64.
    in_stencil : bool
        Whether a central difference is being taken, inside of which no other can be.
    """

    scope: Scope
    draw: Draw
    names: Names
    balls: Balls | None
    in_stencil: bool

    def value(self, node: Node, bindings: Bindings) -> Array:
        """Return the value of an expression, of shape (…, rows, columns)."""

    def compared(self, node: Node, bindings: Bindings) -> Array:
        """Return the value of a condition's side; where nothing is computed, noise leaves ties."""

    def constant(self, number: Rational) -> Array:
        """Return a number as it is written; a ball contains it whatever its digits."""

    def whole_number(self, node: Node, bindings: Bindings) -> int:
        """Return the value of an index expression."""

    def split_subscripts(self, node: Name, bindings: Bindings) -> tuple[str, tuple[Node, ...]]:
        """Return the key of a name with its own subscripts, and those that pick an entry."""

    def is_euler(self, node: Node, bindings: Bindings) -> bool:
        """Return whether an expression is the number e."""

    def require_names(self, node: Node, bindings: Bindings) -> None:
        """Refuse an expression that is not evaluated here, if a name in it is not explained."""

    def perturbed(self, key: Key, how: tuple[object, ...], moved: Callable[[], Array]) -> Context:
        """Return an evaluation in which a name has another value, and all that follows from it."""
