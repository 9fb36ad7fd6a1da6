"""Distinguish functions from factors, and derivatives from quotients, once every name is known."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import cast

from checkedmath.bind.differentials import ordinary_derivative
from checkedmath.bind.scope import Scope
from checkedmath.errors import ReadError
from checkedmath.latex.library import KNOWN
from checkedmath.latex.names import key_of
from checkedmath.latex.nodes import (
    ARGUMENT,
    Apply,
    BigOperator,
    Call,
    Derivative,
    Entry,
    Fraction,
    Group,
    Hadamard,
    Name,
    Node,
    Number,
    Operator,
    Power,
    Product,
    Transpose,
)
from checkedmath.latex.printing import to_latex


def resolve(node: Node, scope: Scope) -> Node:
    """Return an expression as the page means it, once every name of the page is known."""
    return _with_own_arguments(_with_functions(node, scope), scope)


def _with_functions(node: Node, scope: Scope) -> Node:
    r"""
    Return an expression in which functions are distinguished from factors.

    A function's name before parentheses is an application; ``\frac{df}{dx}`` of names that are
    no symbols of the page is a derivative.
    """
    if isinstance(node, Derivative):
        node = _by_own_argument(node, scope)
    _refuse_two_readings(node, scope)
    match node:
        case Product(factors):
            factors = _by_argument(factors, scope)
            resolved = _apply_functions(
                [_with_functions(factor, scope) for factor in factors], scope
            )
            resolved = _operate(resolved)
            for factor in resolved[:-1]:
                _refuse_open_call(factor)
            return resolved[0] if len(resolved) == 1 else replace(node, factors=tuple(resolved))
        case Fraction():
            found = ordinary_derivative(node, scope)
            if found is not None:
                return _with_functions(found, scope)
    return node.with_children(lambda child: _with_functions(child, scope))


def _with_own_arguments(node: Node, scope: Scope) -> Node:
    r"""
    Return an expression in which ``J`` alone, where the page defines ``J(w)``, is ``J(w)``.

    The parameters have to be declared, so that there is a ``w`` at which it is meant.
    """
    match node:
        case Apply(arguments=arguments):
            given = tuple(_with_own_arguments(each, scope) for each in arguments)
            return replace(node, arguments=given)
        case Derivative(of=of):
            return replace(node, of=_with_own_arguments(of, scope))
        case Name() if (own := _own_arguments(node, scope)) is not None:
            return Apply(node, own, start=node.start, end=node.end)
    return node.with_children(lambda child: _with_own_arguments(child, scope))


def _own_arguments(name: Name, scope: Scope) -> tuple[Name, ...] | None:
    """Return the declared symbols that a function is defined for; None if there are none."""
    definition = scope.function_definition(key_of(name))
    if definition is None or name.primes or name.layer is not None or name.example is not None:
        return None
    declared = all((each, None) in scope.arrays for each in definition.parameters)
    return tuple(map(Name, definition.parameters)) if declared else None


def resolve_definitions(scope: Scope) -> None:
    """Resolve the bodies of all definitions; one with two readings is refused."""
    for key, definitions in scope.definitions.items():
        scope.definitions[key] = []
        for definition in definitions:
            try:
                body = resolve(definition.body, scope)
                scope.definitions[key].append(replace(definition, body=body))
            except ReadError:  # it is reported with the equation
                scope.refused[key] = (definition.file, definition.line)


def _by_own_argument(node: Derivative, scope: Scope) -> Derivative:
    r"""Return ``\nabla J`` by w, where the page defines ``J(w)``."""
    inner: Node = node
    while isinstance(inner, Derivative) and inner.wrt == ARGUMENT:
        inner = inner.of
    if isinstance(inner, Name) and (own := _own_arguments(inner, scope)) and len(own) == 1:
        return cast("Derivative", _by(node, own[0], scope))
    return node


def _by_argument(factors: tuple[Node, ...], scope: Scope) -> tuple[Node, ...]:
    r"""Let ``\nabla f`` before ``(x)`` differentiate by x, where f is a function."""
    result = list(factors)
    for place, (before, after) in enumerate(pairwise(factors)):
        match after:
            case Group((Name() as argument,)):
                result[place] = _by(before, argument, scope)
    return tuple(result)


def _by(node: Node, argument: Name, scope: Scope) -> Node:
    r"""Return ``\nabla f`` and ``\nabla^2 f`` by an argument, where f is a function."""
    match node:
        case Derivative(of, wrt) if wrt == ARGUMENT:
            inner = _by(of, argument, scope)
            if inner is not of or (isinstance(of, Name) and scope.is_function(key_of(of))):
                return replace(node, of=inner, wrt=argument)
    return node


def _apply_functions(factors: list[Node], scope: Scope) -> list[Node]:
    result: list[Node] = []
    for place, factor in enumerate(factors):
        applied = _applied(result[-1], factor, scope) if result else None
        if applied is None and result and _is_word(result[-1], scope):
            if place + 1 < len(factors):
                name = to_latex(result[-1])
                message = f"{name} A B can mean {name}(A) B and {name}(A B); write the parentheses"
                raise ReadError(message, result[-1].start)
            applied = Apply(cast("Name", result[-1]), (factor,), start=result[-1].start)
        if applied is None:
            result.append(factor)
        else:
            result[-1] = applied
    return result


def _is_word(node: Node, scope: Scope) -> bool:
    r"""Return whether a name is a known function in letters, as ``\operatorname{tr}``."""
    match node:
        case Name(id=word) if node == Name(word) and word.startswith(r"\operatorname"):
            return word in KNOWN and not scope.knows(word)
    return False


def _applied(before: Node, after: Node, scope: Scope) -> Node | None:
    r"""Return ``f(a)``, ``f(a)^\top``, ``f(a)_j``, ``\log f(a)``; None for a product."""
    if isinstance(before, Call) and before.bare:
        inner = _applied(before.argument, after, scope)
        if isinstance(inner, Apply):
            return replace(before, argument=inner, bare=False, end=inner.end)
        return None
    if isinstance(before, Derivative) and before.nabla:
        # A power or a transpose after the parentheses may be that of the gradient.
        inner = _applied(before.of, after, scope) if isinstance(after, Group) else None
        return None if inner is None else replace(before, of=inner, end=inner.end)
    if isinstance(after, (Power, Transpose, Entry)):
        base = _applied(before, after.base, scope)
        return None if base is None else replace(after, base=base, start=before.start)
    if (
        isinstance(after, Group)
        and isinstance(before, Name)
        and before.example is None
        and scope.is_function(key_of(before))
    ):
        return Apply(before, after.items, start=before.start, end=after.end)
    return None


def _refuse_two_readings(node: Node, scope: Scope) -> None:
    """Refuse what one reader takes for one thing, and another for another."""
    match node:
        case Hadamard(left, right, circle=True) if any(
            isinstance(side, Name) and scope.is_function(key_of(side)) for side in (left, right)
        ):
            f, g = to_latex(left), to_latex(right)
            message = (
                rf"{f} \circ {g} can be one function after the other, and the product of entries; "
                rf"write {f}({g}(z)), or {f}(z) \odot {g}(z)"
            )
            raise ReadError(message, node.start)
        case Hadamard(left) | Fraction(left, inline=True):
            _refuse_open_call(left.factors[-1] if isinstance(left, Product) else left)
        case Derivative(wrt=wrt) if wrt == ARGUMENT:
            message = (
                r"\nabla by which symbol? write it below, as in \nabla_{W} J; only of a function "
                r"it is the argument, as in \nabla f(x)"
            )
            raise ReadError(message, node.start)
        case Power(Name("e"), exponent) if scope.knows_example_or_batch("e") and not isinstance(
            exponent, Number
        ):
            above = to_latex(exponent)
            message = (
                f"e^{{{above}}} can be the exponential, and a power of e, which is a name of this "
                rf"page; write \exp({above}) for the first, (e)^{{{above}}} for the second"
            )
            raise ReadError(message, node.start)
        case Name():
            _refuse_made_of_others(node, scope)
        case Transpose(letter=letter) if letter and (scope.is_size(letter) or scope.knows(letter)):
            message = (
                rf"^{letter} can be the transpose, and a power, as {letter} is a name here; "
                r"write ^\top"
            )
            raise ReadError(message, node.start)
        case Product(factors):
            for before, after in pairwise(factors):
                _refuse_indexing(before, after, scope)
                _refuse_known(before, after, scope)
        case BigOperator():
            _refuse_index(node, scope)


_NO_INDEX = "a name of this page has {0} in it, which is no index there; give {0} another letter"


def _has_inside(name: Name, index: str) -> bool:
    r"""Return whether a name such as ``P_{k \mid k-1}`` is written with an index."""
    letter = rf"(?<![A-Za-z\\]){re.escape(index)}(?![A-Za-z])"
    return "|" in name.id and re.search(letter, name.id) is not None


def _refuse_index(node: BigOperator, scope: Scope) -> None:
    """Refuse an index that is something else, too."""
    match node:
        case BigOperator(index=index, body=body) if any(
            _has_inside(inner, index) for inner in body.walk() if isinstance(inner, Name)
        ):
            raise ReadError(_NO_INDEX.format(index), node.start)
        case BigOperator(index=index) if scope.is_size(index) or (
            scope.knows(index) and index not in scope.indices
        ):
            raise ReadError(f"{index} is declared; a sum needs an index of its own", node.start)
        case BigOperator(index=index, body=body) if any(
            isinstance(inner, BigOperator) and inner.index == index for inner in body.walk()
        ):
            raise ReadError(f"{index} is the index of a sum inside a sum over {index}", node.start)


def _refuse_indexing(before: Node, after: Node, scope: Scope) -> None:
    """Refuse ``x[i]``: brackets group, and in programs they pick entries."""
    match before, after:
        case Name(id=id_), Group(items=(inner,), opens="[") if not scope.is_function(id_) and all(
            _may_number(name, scope) for name in inner.walk() if isinstance(name, Name)
        ):
            name, index = to_latex(before), to_latex(inner)
            message = (
                f"{name}[{index}] can be an entry, a layer, and a product; "
                f"write {name}_{{{index}}}, {name}^{{[{index}]}} or {name} ({index})"
            )
            raise ReadError(message, before.start)


def _refuse_known(before: Node, after: Node, scope: Scope) -> None:
    r"""Refuse ``\sigma(z)`` and ``2 \pi`` where the page declares the symbol as something else."""
    match before, after:
        case Name() as name, Group(items=(inner,), opens="("):
            key = key_of(name)
            if key in KNOWN and not scope.is_function(key) and not (name.layer or name.example):
                written, argument = to_latex(name), to_latex(inner)
                message = (
                    f"{written}({argument}) can be the function that is known by this name, and a "
                    f"product, as {written} is declared at {scope.place_of(key)}; write "
                    f"({argument}) {written} for the product; for the function give the symbol "
                    "another name"
                )
                raise ReadError(message, before.start)
        case Number(2), Name(r"\pi", ()) if scope.knows(r"\pi"):
            message = (
                r"2 \pi can be twice the number 3.14…, and twice the \pi of this page; give the "
                r"symbol another name, or write \pi \cdot 2 for the second"
            )
            raise ReadError(message, before.start)


def _refuse_made_of_others(node: Name, scope: Scope) -> None:
    r"""Refuse a declared ``\sigma^2`` where the page declares ``\sigma``, too."""
    for index in scope.indices:
        if _has_inside(node, index):
            raise ReadError(_NO_INDEX.format(index), node.start)
    one, power, other = node.id.rpartition("^")
    write = f"({one})^2"
    if not power and (match := re.fullmatch(r"(\\[Dd]elta)\s*\{?(.+?)\}?", node.id)):
        one, other = match.groups()
        write = rf"{one} \cdot ({other})"
    made = other in ("2", node.id[len(one) :].strip(" {}"))
    letters = other.strip("{}")
    if len(letters) > 1 and letters.isalpha() and all(_knows(each, scope) for each in letters):
        made, write = True, f"({one})^{other}"
    if one and made and _knows(one, scope):
        message = (
            f"{node.id} can be the symbol that this page declares, and made of {one} and {other}, "
            f"as {one} is a name here, too; write {write} for the second, or give the symbol "
            "another name"
        )
        raise ReadError(message, node.start)


def _knows(key: str, scope: Scope) -> bool:
    return any(known == key or known.startswith(f"{key}_") for known in scope.names)


def _may_number(name: Name, scope: Scope) -> bool:
    """Return whether a name can be an index."""
    key = name.id
    return key in scope.indices or (len(key) == 1 and key.islower() and not scope.knows(key))


def _operate(factors: list[Node]) -> list[Node]:
    r"""Let ``\frac{\partial}{\partial W}`` differentiate all of the product that follows it."""
    for place, factor in enumerate(factors):
        nabla = isinstance(factor, Derivative) and factor.nabla
        if not (isinstance(factor, Operator) or nabla):
            continue
        behind = factors[place + 1 :]
        if behind and (nabla or any(map(_differentiates, behind[1:]))):
            written = r"\nabla" if nabla else r"\frac{\partial}{\partial w}"
            message = f"{written} a b can differentiate a, and a b; write the parentheses"
            if isinstance(behind[0], Group):
                message += r", or declare a as a function, a : \mathbb{R}^n \to \mathbb{R}"
            raise ReadError(message, factor.start)
        if isinstance(factor, Operator) and behind:
            of = behind[0] if len(behind) == 1 else Product(tuple(behind))
            for _ in range(factor.order):
                of = Derivative(of, factor.wrt, start=factor.start, end=of.end)
            return [*factors[:place], of]
    return factors


def _differentiates(node: Node) -> bool:
    """Return whether a derivative stands in a factor, as behind the first one in a chain rule."""
    return any(isinstance(each, (Derivative, Operator)) for each in node.walk())


def _refuse_open_call(node: Node) -> None:
    r"""Refuse ``\log a b``: what stands after the argument may belong to it or not."""
    if isinstance(node, Call) and node.bare:
        message = (
            rf"\{node.function} a b can mean \{node.function}(a) b and \{node.function}(a b); "
            "write the parentheses"
        )
        raise ReadError(message, node.start)
