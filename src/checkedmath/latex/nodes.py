"""The parsed form of displayed mathematics: one small class a construct."""

from __future__ import annotations

import fractions
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Self, cast

Rational = int | fractions.Fraction


@dataclass(frozen=True, slots=True)
class Node:
    """An expression; ``start`` and ``end`` are offsets into the LaTeX it was read from."""

    start: int = field(default=0, kw_only=True, compare=False, repr=False)
    end: int = field(default=0, kw_only=True, compare=False, repr=False)

    def children(self) -> Iterator[Node]:
        """Yield the expressions directly inside this one."""
        names: tuple[str, ...] = self.__match_args__  # without those given by name only
        for name in names:
            value = getattr(self, name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (child for child in value if isinstance(child, Node))

    def with_children(self, change: Callable[[Node], Node]) -> Self:
        """Return this expression with each expression directly inside it changed."""
        changes: dict[str, object] = {}
        names: tuple[str, ...] = self.__match_args__
        for name in names:
            value = getattr(self, name)
            if isinstance(value, Node):
                changes[name] = change(value)
            elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
                changes[name] = tuple(change(item) for item in value)
        return replace(self, **changes) if changes else self  # type: ignore[arg-type]

    def walk(self) -> Iterator[Node]:
        """Yield this expression and every expression inside it."""
        stack: list[Node] = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.children())


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as it is written, with all its digits; an ``int`` if it is whole."""

    value: Rational


@dataclass(frozen=True, slots=True)
class Name(Node):
    r"""
    A symbol with its scripts: ``dz^{[1](i)}_j`` has layer 1, example i and the subscript j.

    Attributes
    ----------
    id : str
        The LaTeX of the bare symbol in one canonical spelling: ``Z``, ``dZ``, ``\hat{y}``.
    """

    id: str
    subscripts: tuple[Node, ...] = ()
    layer: Node | None = None
    example: Node | None = None
    primes: int = 0


ARGUMENT = Name("")
r"""By what ``\nabla f(x)`` differentiates, until the argument of f is known."""


@dataclass(frozen=True, slots=True)
class Group(Node):
    r"""
    Expressions in parentheses; one is grouping, and after a function's name arguments.

    It ``opens`` with ``(``, ``[`` or ``\{``; in a superscript, ``(`` names an example and ``[`` a
    layer.
    """

    items: tuple[Node, ...]
    opens: str = field(default="(", kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """Signed terms: each term with +1 or -1 in ``signs``."""

    terms: tuple[Node, ...]
    signs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    r"""Factors beside each other or with ``\cdot``: the matrix product, or scaling."""

    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Hadamard(Node):
    r"""The elementwise product ``\odot``; ``circle`` when written ``\circ``."""

    left: Node
    right: Node
    circle: bool = field(default=False, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Kronecker(Node):
    r"""The Kronecker product ``\otimes``."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    """A quotient; ``inline`` when written with a slash."""

    numerator: Node
    denominator: Node
    inline: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Power(Node):
    """A power with a scalar exponent."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Transpose(Node):
    """The transpose; the ``letter`` T or H that it is written with may be a name of the page."""

    base: Node
    letter: str = field(default="", kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """An entry of an expression that is not a bare name, as in ``(A B)_{jk}``."""

    base: Node
    subscripts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Partial(Node):
    r"""``\partial`` and what follows it; lives inside a fraction only."""

    of: Node
    order: int = 1


@dataclass(frozen=True, slots=True)
class Operator(Node):
    r"""``\frac{\partial}{\partial W}``, which waits for what it differentiates."""

    wrt: Node
    order: int = 1


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    r"""
    The derivative of ``of`` with respect to ``wrt``; of a scalar it has the shape of ``wrt``.

    It is ``nabla`` when written so, and ``mixed`` in a second derivative by two symbols.
    """

    of: Node
    wrt: Node
    nabla: bool = field(default=False, kw_only=True, compare=False, repr=False)
    mixed: bool = field(default=False, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call(Node):
    r"""
    A function of the checker's own library (``log``, ``exp``, …) and its argument.

    It is ``bare`` when the argument has no parentheses, so that more could belong to it; ``base``
    is a logarithm's, where one is written; ``power`` stands above the name, as in ``\tanh^2(z)``.
    """

    function: str
    argument: Node
    base: Node | None = field(default=None, kw_only=True)
    power: int = field(default=1, kw_only=True)
    bare: bool = field(default=False, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """A function that the page declares or defines, applied to its arguments."""

    function: Name
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class BigOperator(Node):
    r"""
    ``\sum``, ``\prod``, ``\max``, ``\min`` or a ``mean`` over ``index``.

    Without a range, it goes over all that the index may be, except for the value ``skipped``.
    """

    kind: str
    index: str
    low: Node | None
    high: Node | None
    body: Node
    skipped: Node | None = None


@dataclass(frozen=True, slots=True)
class Condition(Node):
    """A chain of comparisons, true or not: ``0 < z < 1``."""

    sides: tuple[Node, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined(Node):
    """Comparisons of which all must be true, or one: the ``word`` is ``and`` or ``or``."""

    conditions: tuple[Condition, ...]
    word: str


@dataclass(frozen=True, slots=True)
class Indicator(Node):
    r"""``\mathbb{1}[…]``: 1 where the condition is true, 0 where not."""

    condition: Condition | Joined


@dataclass(frozen=True, slots=True)
class Case(Node):
    """A row of cases; the last may have no condition, "otherwise"."""

    value: Node
    condition: Condition | Joined | None


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """A value by cases."""

    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Norm(Node):
    """A norm; its ``order`` is ``1``, ``2``, ``F``, infinity, or empty where none is written."""

    argument: Node
    order: str = ""


@dataclass(frozen=True, slots=True)
class Dots(Node):
    """The dots in a matrix, between its first and its last block."""


@dataclass(frozen=True, slots=True)
class MatrixRow(Node):
    """A row of blocks."""

    cells: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Matrix(Node):
    """Rows of blocks in brackets."""

    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class ByEntry(Node):
    """An array that is defined by its entries, which ``indices`` number."""

    body: Node
    indices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script(Node):
    """What only a superscript may hold: a ``kind`` of transpose, prime or braces."""

    kind: str
    content: Node | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation sign, where it stands, and the conditions that stand beside its chain."""

    sign: str
    start: int
    only: tuple[Condition | Joined, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A chain of sides with a relation between each two."""

    sides: tuple[Node, ...]
    relations: tuple[Relation, ...]

    @property
    def only(self) -> tuple[Condition | Joined, ...]:
        """The conditions on its indices that stand beside it."""
        return self.relations[0].only if self.relations else ()

    def mapped(self, change: Callable[[Node], Node]) -> Statement:
        """Return the statement with its sides and conditions changed."""
        only = cast("tuple[Condition | Joined, ...]", tuple(map(change, self.only)))
        relations = tuple(replace(relation, only=only) for relation in self.relations)
        return Statement(tuple(map(change, self.sides)), relations)


@dataclass(frozen=True, slots=True)
class Domain:
    """
    Where a declared value lives: the set's ``kind``, and the ``shape``, none for a number.

    The entries of the kind ``whole`` are those of ``values``.
    """

    kind: str
    shape: tuple[Node, ...] = ()
    values: IndexRange | None = None


@dataclass(frozen=True, slots=True)
class IndexRange:
    """The values of an index: from ``low`` to ``high``, or those listed."""

    low: Node | None = None
    high: Node | None = None
    listed: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionType:
    """A function from one domain, or several, to another."""

    sources: tuple[Domain, ...]
    target: Domain

    @property
    def elementwise(self) -> bool:
        """Return whether it is of one number, and so is applied to an array entry by entry."""
        return len(self.sources) == 1 and not self.sources[0].shape and not self.target.shape


@dataclass(frozen=True, slots=True)
class Declaration:
    """Names, as they are written, and the set, range or type that a ``where`` list gives them."""

    names: tuple[Node, ...]
    kind: Domain | IndexRange | FunctionType
