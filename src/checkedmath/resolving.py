"""Tell functions from factors, and derivatives from quotients, once every name is known."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from checkedmath.errors import ReadError
from checkedmath.printing import to_latex
from checkedmath.scope import Scope
from checkedmath.syntax import Apply, Derivative, Fraction, Group, Name, Node, Product


def resolve(node: Node, scope: Scope) -> Node:
    r"""
    Tell functions from factors, now that names are known.

    A function's name before parentheses is an application; ``\frac{df}{dx}`` of names that are
    no symbols of the page is a derivative.
    """
    match node:
        case Product(factors):
            resolved = _apply_functions([resolve(factor, scope) for factor in factors], scope)
            return resolved[0] if len(resolved) == 1 else replace(node, factors=tuple(resolved))
        case Fraction(Name() as above, Name() as below) if _is_differential(above, below, scope):
            of = replace(above, id=above.id[1:])
            wrt = replace(below, id=below.id[1:])
            if scope.is_function(of.id):
                function = replace(of, primes=of.primes + 1)
                return Apply(function, (wrt,), start=node.start, end=node.end)
            return Derivative(of, wrt, start=node.start, end=node.end)
    changes: dict[str, object] = {}
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, Node):
            changes[name] = resolve(value, scope)
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            changes[name] = tuple(resolve(item, scope) for item in value)
    return replace(node, **changes) if changes else node  # type: ignore[arg-type]


def resolve_definitions(scope: Scope) -> None:
    """Resolve the bodies of all definitions; what has two readings is told with its equation."""
    for key, definitions in scope.definitions.items():
        for number, definition in enumerate(definitions):
            with contextlib.suppress(ReadError):
                body = resolve(definition.body, scope)
                scope.definitions[key][number] = replace(definition, body=body)


def _apply_functions(factors: list[Node], scope: Scope) -> list[Node]:
    result: list[Node] = []
    for factor in factors:
        function = result[-1] if result else None
        if (
            isinstance(factor, Group)
            and isinstance(function, Name)
            and function.example is None
            and scope.is_function(function.id)
        ):
            result[-1] = Apply(function, factor.items, start=function.start, end=factor.end)
        else:
            result.append(factor)
    return result


def _is_differential(above: Name, below: Name, scope: Scope) -> bool:
    if not (_is_d(above) and _is_d(below)):
        return False
    known = [name for name in (above, below) if scope.knows(name.id)]
    if not known:
        return True
    quotient = rf"\frac{{{to_latex(above)}}}{{{to_latex(below)}}}"
    message = (
        f"{quotient} can be a derivative, or the quotient of symbols of this page "
        f"({known[0].id} is one); write \\partial for the derivative"
    )
    raise ReadError(message, above.start)


def _is_d(name: Name) -> bool:
    return len(name.id) > 1 and name.id.startswith("d") and not name.subscripts
