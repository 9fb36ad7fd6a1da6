"""Write parsed mathematics back as LaTeX, for messages and reports."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterable
from typing import Any

from checkedmath.latex.nodes import (
    Apply,
    BigOperator,
    ByEntry,
    Call,
    Case,
    Cases,
    Condition,
    Derivative,
    Dots,
    Entry,
    Fraction,
    Group,
    Hadamard,
    Indicator,
    Joined,
    Kronecker,
    Matrix,
    MatrixRow,
    Name,
    Node,
    Norm,
    Number,
    Operator,
    Power,
    Product,
    Rational,
    Sum,
    Transpose,
)


def to_latex(node: Node) -> str:
    r"""
    Write an expression as LaTeX.

    Examples
    --------
    >>> from checkedmath.latex.parsing import read_display
    >>> to_latex(read_display(r"dW = \tfrac1m dZ A^T")[0].sides[1])
    '\\frac{1}{m} dZ A^\\top'
    """
    return _RULES[type(node)](node)


_CLOSES = {"(": ")", "[": "]", r"\{": r"\}"}
_SIGNS = {"=": "=", "≠": r"\neq", "≤": r"\le", "≥": r"\ge", "<": "<", ">": ">"}


def _group(node: Group) -> str:
    return f"{node.opens}{', '.join(map(to_latex, node.items))}{_CLOSES[node.opens]}"


def _sum(node: Sum) -> str:
    written = "".join(
        f" {'-' if sign < 0 else '+'} {to_latex(term)}"
        for sign, term in zip(node.signs, node.terms, strict=True)
    ).strip()
    return "-" + written[2:] if written.startswith("-") else written.removeprefix("+ ")


def _operator(node: Operator) -> str:
    power = "^2" if node.order == 2 else ""
    return rf"\frac{{\partial{power}}}{{\partial {to_latex(node.wrt)}{power}}}"


def _derivative(node: Derivative) -> str:
    if not isinstance(node.of, Derivative):
        return rf"\frac{{\partial {to_latex(node.of)}}}{{\partial {to_latex(node.wrt)}}}"
    of, inner, wrt = node.of.of, node.of.wrt, node.wrt
    below = rf"{to_latex(wrt)}^2"
    if isinstance(wrt, Transpose):
        below = rf"{to_latex(inner)} \partial {to_latex(wrt)}"
    elif inner != wrt:
        below = rf"{to_latex(wrt)} \partial {to_latex(inner)}"
    return rf"\frac{{\partial^2 {to_latex(of)}}}{{\partial {below}}}"


def _call(node: Call) -> str:
    match node:
        case Call(function, argument, power=power) if power != 1:
            return rf"\{function}^{{{power}}}({to_latex(argument)})"
        case Call("sqrt", argument):
            return rf"\sqrt{{{to_latex(argument)}}}"
        case Call("abs", argument):
            return rf"\lvert {to_latex(argument)} \rvert"
        case Call("inner", Group((left, right))):
            return rf"\langle {to_latex(left)}, {to_latex(right)} \rangle"
        case Call(function, argument, base=base) if base is not None:
            return rf"\{function}_{{{to_latex(base)}}}({to_latex(argument)})"
        case Call(function, Group() as arguments):
            return rf"\{function}{to_latex(arguments)}"
    return rf"\{node.function}({to_latex(node.argument)})"


def _norm(node: Norm) -> str:
    order = f"_{{{node.order}}}" if node.order else ""
    return rf"\lVert {to_latex(node.argument)} \rVert{order}"


def _condition(node: Condition) -> str:
    others = zip(node.signs, node.sides[1:], strict=True)
    rest = (f" {_SIGNS[sign]} {to_latex(side)}" for sign, side in others)
    return to_latex(node.sides[0]) + "".join(rest)


def _block(name: str, rows: Iterable[str]) -> str:
    return rf"\begin{{{name}}} " + r" \\ ".join(rows) + rf" \end{{{name}}}"


def _case(node: Case) -> str:
    condition = r"\text{otherwise}" if node.condition is None else to_latex(node.condition)
    return f"{to_latex(node.value)} & {condition}"


def _name(name: Name) -> str:
    scripts = f"[{to_latex(name.layer)}]" if name.layer is not None else ""
    scripts += f"({to_latex(name.example)})" if name.example is not None else ""
    subscripts = ",".join(map(to_latex, name.subscripts))
    return (
        name.id
        + "'" * name.primes
        + (f"_{{{subscripts}}}" if len(subscripts) > 1 else f"_{subscripts}" if subscripts else "")
        + (f"^{{{scripts}}}" if scripts else "")
    )


def _transpose(base: Node) -> str:
    written = to_latex(base)
    if isinstance(base, Power):
        return written.removesuffix("1}") + r"\top}"
    if isinstance(base, Name) and not base.layer is base.example is None:
        return written[:-1] + r"\top}"
    return written + r"^\top"


def _big(node: BigOperator) -> str:
    if node.kind == "mean":
        return rf"\mathbb{{E}}_{{{node.index}}}[{to_latex(node.body)}]"
    limits = f"_{{{node.index}}}"
    if node.skipped is not None:
        limits = rf"_{{{node.index} \neq {to_latex(node.skipped)}}}"
    if node.low is not None and node.high is not None:
        limits = f"_{{{node.index}={to_latex(node.low)}}}^{{{to_latex(node.high)}}}"
    return rf"\{node.kind}{limits} {to_latex(node.body)}"


def _decimal(value: Rational) -> str:
    """Write a number in full; each is a whole number of tenths of tenths."""
    with decimal.localcontext(prec=1000):
        return format(decimal.Decimal(value.numerator) / value.denominator, "f")


_RULES: dict[type[Node], Callable[[Any], str]] = {
    Number: lambda node: _decimal(node.value),
    Name: _name,
    Group: _group,
    Sum: _sum,
    Product: lambda node: " ".join(map(to_latex, node.factors)),
    Hadamard: lambda node: rf"{to_latex(node.left)} \odot {to_latex(node.right)}",
    Kronecker: lambda node: rf"{to_latex(node.left)} \otimes {to_latex(node.right)}",
    Fraction: lambda node: rf"\frac{{{to_latex(node.numerator)}}}{{{to_latex(node.denominator)}}}",
    Power: lambda node: f"{to_latex(node.base)}^{{{to_latex(node.exponent)}}}",
    Transpose: lambda node: _transpose(node.base),
    Entry: lambda node: f"{to_latex(node.base)}_{{{','.join(map(to_latex, node.subscripts))}}}",
    Operator: _operator,
    Derivative: _derivative,
    Call: _call,
    Apply: lambda node: f"{_name(node.function)}({', '.join(map(to_latex, node.arguments))})",
    BigOperator: _big,
    Norm: _norm,
    Condition: _condition,
    Joined: lambda node: rf" \text{{ {node.word} }} ".join(map(to_latex, node.conditions)),
    Indicator: lambda node: rf"\mathbb{{1}}[{to_latex(node.condition)}]",
    Case: _case,
    Cases: lambda node: _block("cases", map(to_latex, node.cases)),
    Dots: lambda _: r"\cdots",
    MatrixRow: lambda node: " & ".join(map(to_latex, node.cells)),
    Matrix: lambda node: _block("bmatrix", map(to_latex, node.rows)),
    ByEntry: lambda node: to_latex(node.body),
}
