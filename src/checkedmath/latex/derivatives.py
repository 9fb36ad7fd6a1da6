"""Build quotients and derivatives, which share the fraction bar."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import Token
from lark.tree import Meta

from checkedmath.errors import ReadError
from checkedmath.latex.braces import at, unbraced
from checkedmath.latex.nodes import (
    ARGUMENT,
    Derivative,
    Fraction,
    Node,
    Number,
    Operator,
    Partial,
    Power,
    Product,
    Transpose,
)


class Differentiating:
    """The rules of fractions, of partial signs and of nablas: a method for each."""

    def slash(self, meta: Meta, items: list[Any]) -> Node:
        """Return a quotient written with a slash."""
        return self._quotient(meta, items[0], items[2], inline=True)

    def fraction(self, meta: Meta, items: list[Any]) -> Node:
        """Return a quotient, or a derivative."""
        _, above, below = items
        if isinstance(below, Token):
            if len(below) > 1:
                message = r"which digits are below? write braces, as in \frac{1}{23}"
                raise ReadError(message, below.start_pos)
            below = at(meta, Number(int(below)))
        return self._quotient(meta, above, below, inline=False)

    def _quotient(self, meta: Meta, numerator: Node, denominator: Node, *, inline: bool) -> Node:
        of, wrt = _after_partial(numerator), _by_what(denominator)
        if of is not None and wrt:
            order = _order(numerator)
            if order != len(wrt):
                message = (
                    rf"\partial^{order} above goes with as many symbols below, as in "
                    r"\frac{\partial^2 J}{\partial w^2}"
                )
                raise ReadError(message, meta.start_pos)
            turned = [symbol for symbol in wrt if isinstance(symbol, Transpose)]
            if len(turned) == 1:
                # The columns of a second derivative are those of the symbol that is transposed.
                wrt = [*turned, *(symbol for symbol in wrt if symbol not in turned)]
            mixed = not turned and any(symbol != wrt[0] for symbol in wrt)
            for symbol in reversed(wrt):
                of = at(meta, Derivative(of, symbol, mixed=mixed))
            return of
        if of is not None or wrt:
            raise ReadError(
                r"a derivative needs \partial above and below: \frac{\partial J}{\partial W}",
                meta.start_pos,
            )
        return at(meta, Fraction(unbraced(numerator), unbraced(denominator), inline))

    def partial(self, meta: Meta, items: list[Any]) -> Node:
        """Return a partial sign and what it stands before."""
        if len(items) == 2:
            return at(meta, Partial(items[1]))
        if items[1] not in (Number(1), Number(2)):
            raise ReadError("first and second derivatives are evaluated only", meta.start_pos)
        return at(meta, Partial(items[2], int(items[1].value)))

    def operator(self, meta: Meta, items: list[Any]) -> Node:
        """Return a derivative that waits for what it is of."""
        wrt = _by_what(items[-1])
        order = items[2].value if len(items) > 3 and isinstance(items[2], Number) else 1
        if len(wrt) == 2 and isinstance(wrt[1], Transpose):
            wrt = [wrt[0], wrt[1].base]
        if order not in (1, 2) or len(wrt) != order or wrt[0] != wrt[-1]:
            message = (
                r"an operator is \frac{\partial}{\partial W} or "
                r"\frac{\partial^2}{\partial w^2}, by one symbol"
            )
            raise ReadError(message, meta.start_pos)
        return at(meta, Operator(wrt[0], len(wrt)))

    def gradient(self, meta: Meta, items: list[Any]) -> Node:
        """Return a gradient."""
        return at(meta, Derivative(items[2], items[1], nabla=True))

    def hessian(self, meta: Meta, items: list[Any]) -> Node:
        """Return the second derivatives of a number by one symbol."""
        order, wrt, of = (item for item in items if not isinstance(item, Token))
        if order != Number(2):
            message = r"\nabla and \nabla^2 are evaluated only: \nabla_{w} J, \nabla_{w}^2 J"
            raise ReadError(message, meta.start_pos)
        inner = at(meta, Derivative(of, wrt, nabla=True))
        return at(meta, Derivative(inner, wrt, nabla=True))

    def reversed_hessian(self, meta: Meta, items: list[Any]) -> Node:
        """Return the same, where the order is written last."""
        nabla, wrt, order, of = items
        return self.hessian(meta, [nabla, order, wrt, of])

    def bare_gradient(self, meta: Meta, items: list[Any]) -> Node:
        """Return a gradient by the argument of the function that may follow."""
        return at(meta, Derivative(items[1], ARGUMENT, nabla=True))

    def bare_hessian(self, meta: Meta, items: list[Any]) -> Node:
        """Return the second derivatives by the argument of the function that may follow."""
        nabla, order, of = items
        return self.hessian(meta, [nabla, order, ARGUMENT, of])


def _by_what(node: Node) -> list[Node]:
    r"""Return the symbols in ``\partial w \partial b``, and w twice in ``\partial w^2``."""
    parts = node.factors if isinstance(node, Product) else (node,)
    symbols: list[Node] = []
    for part in parts:
        match part:
            case Partial(Power(base, Number(2)), 1):
                symbols += [base, base]
            case Partial(of, 1):
                symbols.append(of)
            case _:
                return []
    return symbols


def _order(numerator: Node) -> int:
    first = numerator.factors[0] if isinstance(numerator, Product) else numerator
    return first.order if isinstance(first, Partial) else 1


def _after_partial(node: Node) -> Node | None:
    r"""Return X from ``\partial X``, also where X is several factors, as ``\mathcal{L}(a, y)``."""
    match node:
        case Partial(of):
            return of
        case Product(factors=(Partial(of), *others)):
            return replace(node, factors=(of, *others))
    return None
