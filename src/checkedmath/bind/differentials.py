r"""Ordinary derivatives, ``\frac{dL}{dx}`` and the like, which look like quotients of symbols."""

from __future__ import annotations

from dataclasses import dataclass, replace

from checkedmath.bind.scope import Scope
from checkedmath.errors import ReadError
from checkedmath.latex.nodes import (
    Apply,
    Derivative,
    Fraction,
    Group,
    Name,
    Node,
    Number,
    Operator,
    Power,
    Product,
)
from checkedmath.latex.printing import to_latex

_UPRIGHT = r"\operatorname{d}"


@dataclass(frozen=True, slots=True)
class _Differential:
    """
    The differential after a d.

    Attributes
    ----------
    of : Node or None
        What is differentiated; None where the d stands alone.
    order : int
        How often it is differentiated.
    names : tuple of Name
        The names that are read as d, or as d with what follows.
    """

    of: Node | None
    order: int
    names: tuple[Name, ...]


def ordinary_derivative(node: Fraction, scope: Scope) -> Node | None:
    r"""
    Return the derivative that a fraction is; None if it is a quotient.

    Raises
    ------
    ReadError
        If it can be both, as the page has a name ``d``, ``dL`` or ``dx``.
    """
    above, below = _above(node.numerator), _below(node.denominator)
    if above is None or below is None or node.inline or not isinstance(below.of, Name):
        return None
    wrt = below.of
    known = [name for name in (*above.names, *below.names) if _is_known(name, scope)]
    if known:
        of = "" if above.of is None else f" {to_latex(above.of)}"
        power = f"^{above.order}" if above.order > 1 else ""
        partial = rf"\frac{{\partial{power}{of}}}{{\partial {to_latex(wrt)}{power}}}"
        message = (
            f"{to_latex(node)} can be a derivative, or the quotient of symbols of this page, as "
            f"{known[0].id} is one; write {partial} for the derivative, and parentheses around "
            f"{known[0].id} for the quotient"
        )
        raise ReadError(message, node.start)
    if above.order != below.order or not 1 <= above.order <= 2:
        message = (
            rf"first and second derivatives are evaluated only: \frac{{d}}{{d {to_latex(wrt)}}}, "
            rf"\frac{{d^2}}{{d {to_latex(wrt)}^2}}"
        )
        raise ReadError(message, node.start)
    return _derivative(node, above, wrt, scope)


def _derivative(node: Fraction, above: _Differential, wrt: Name, scope: Scope) -> Node:
    of = above.of
    if of is None:
        return Operator(wrt, above.order, start=node.start, end=node.end)
    if isinstance(of, Name) and scope.is_function(of.id):
        function = replace(of, primes=of.primes + above.order)
        return Apply(function, (wrt,), start=node.start, end=node.end)
    for _ in range(above.order):
        of = Derivative(of, wrt, start=node.start, end=node.end)
    return of


def _above(node: Node) -> _Differential | None:
    """Return what a numerator is the differential of."""
    first, *others = node.factors if isinstance(node, Product) else (node,)
    match first:
        case Name(id=id_) if _is_d(first):
            of = _product(others)
            return _Differential(of, 1, (first,)) if id_ else None
        case Power(Name() as name, Number(int() as order)) if _is_d(name):
            return _Differential(_product(others), order, (name,))
        case Name() if _is_glued(first):
            of = _product([replace(first, id=first.id[1:]), *others])
            return _Differential(of, 1, (first,))
        case Power(Name() as name, Number()) if _is_glued(name) and not others:
            return None
    return None


def _below(node: Node) -> _Differential | None:
    """Return by what a denominator differentiates."""
    match node:
        case Product((Name() as name, Name() as wrt)) if _is_d(name):
            return _Differential(wrt, 1, (name,))
        case Product((Name() as name, Power(Name() as wrt, Number(int() as order)))) if _is_d(name):
            return _Differential(wrt, order, (name,))
        case Name() if _is_glued(node):
            return _Differential(replace(node, id=node.id[1:]), 1, (node,))
        case Power(Name() as name, Number(int() as order)) if _is_glued(name):
            return _Differential(replace(name, id=name.id[1:]), order, (name,))
    return None


def _product(factors: list[Node]) -> Node | None:
    """Return what several factors are together."""
    if not factors:
        return None
    if len(factors) == 1:
        (only,) = factors
        return only.items[0] if isinstance(only, Group) and len(only.items) == 1 else only
    return Product(tuple(factors), start=factors[0].start, end=factors[-1].end)


def _is_d(node: Node) -> bool:
    return node in (Name("d"), Name(_UPRIGHT))


def _is_glued(name: Node) -> bool:
    return isinstance(name, Name) and len(name.id) > 1 and name.id.startswith("d")


def _is_known(name: Name, scope: Scope) -> bool:
    return scope.knows(name.id) or (len(name.id) > 1 and scope.knows_example_or_batch(name.id))
