"""Write parsed mathematics back as LaTeX, for messages and reports."""

from __future__ import annotations

import numpy as np

from checkedmath.latex.nodes import (
    Apply,
    BigOperator,
    ByEntry,
    Call,
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
    Name,
    Node,
    Norm,
    Number,
    Operator,
    Power,
    Product,
    Sum,
    Transpose,
)


def to_latex(node: Node) -> str:  # noqa: C901, PLR0912 (a branch a construct)
    r"""
    Write an expression as LaTeX.

    Examples
    --------
    >>> from checkedmath.latex.parsing import read_display
    >>> to_latex(read_display(r"dW = \tfrac1m dZ A^T")[0].sides[1])
    '\\frac{1}{m} dZ A^\\top'
    """
    match node:
        case Number(value):
            return np.format_float_positional(value, trim="-")
        case Name():
            return _name(node)
        case Group(items, opens=opens):
            return f"{opens}{', '.join(map(to_latex, items))}{_CLOSES[opens]}"
        case Sum(terms, signs):
            written = "".join(
                f" {'-' if sign < 0 else '+'} {to_latex(term)}"
                for sign, term in zip(signs, terms, strict=True)
            ).strip()
            return "-" + written[2:] if written.startswith("-") else written.removeprefix("+ ")
        case Product(factors):
            return " ".join(map(to_latex, factors))
        case Hadamard(left, right):
            return rf"{to_latex(left)} \odot {to_latex(right)}"
        case Kronecker(left, right):
            return rf"{to_latex(left)} \otimes {to_latex(right)}"
        case Fraction(numerator, denominator):
            return rf"\frac{{{to_latex(numerator)}}}{{{to_latex(denominator)}}}"
        case Derivative(Derivative(of, inner), wrt):
            below = rf"{to_latex(wrt)}^2"
            if isinstance(wrt, Transpose):
                below = rf"{to_latex(inner)} \partial {to_latex(wrt)}"
            elif inner != wrt:
                below = rf"{to_latex(wrt)} \partial {to_latex(inner)}"
            return rf"\frac{{\partial^2 {to_latex(of)}}}{{\partial {below}}}"
        case Operator(wrt, 2):
            return rf"\frac{{\partial^2}}{{\partial {to_latex(wrt)}^2}}"
        case Operator(wrt):
            return rf"\frac{{\partial}}{{\partial {to_latex(wrt)}}}"
        case Derivative(of, wrt):
            return rf"\frac{{\partial {to_latex(of)}}}{{\partial {to_latex(wrt)}}}"
        case Power(base, exponent):
            return f"{to_latex(base)}^{{{to_latex(exponent)}}}"
        case Transpose(base):
            return _transpose(base)
        case Entry(base, subscripts):
            return f"{to_latex(base)}_{{{','.join(map(to_latex, subscripts))}}}"
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
        case Norm(argument, order):
            return rf"\lVert {to_latex(argument)} \rVert" + (f"_{{{order}}}" if order else "")
        case Condition(sides, signs):
            rest = (f" {_SIGNS[s]} {to_latex(e)}" for s, e in zip(signs, sides[1:], strict=True))
            return to_latex(sides[0]) + "".join(rest)
        case Joined(conditions, word):
            return rf" \text{{ {word} }} ".join(map(to_latex, conditions))
        case Indicator(condition):
            return rf"\mathbb{{1}}[{to_latex(condition)}]"
        case Cases() | Matrix() | Dots():
            return _block(node)
        case ByEntry(body):
            return to_latex(body)
        case Call(function, argument):
            return rf"\{function}({to_latex(argument)})"
        case Apply(function, arguments):
            return f"{_name(function)}({', '.join(map(to_latex, arguments))})"
        case BigOperator():
            return _big(node)
    raise TypeError(f"no LaTeX for {type(node).__name__}")


_CLOSES = {"(": ")", "[": "]", r"\{": r"\}"}
_SIGNS = {"=": "=", "≠": r"\neq", "≤": r"\le", "≥": r"\ge", "<": "<", ">": ">"}


def _block(node: Cases | Matrix | Dots) -> str:
    match node:
        case Dots():
            return r"\cdots"
        case Matrix(rows):
            name = "bmatrix"
            lines = [" & ".join(map(to_latex, row.cells)) for row in rows]
        case Cases(cases):
            name = "cases"
            lines = [
                f"{to_latex(each.value)} & "
                + (r"\text{otherwise}" if each.condition is None else to_latex(each.condition))
                for each in cases
            ]
    return rf"\begin{{{name}}} " + r" \\ ".join(lines) + rf" \end{{{name}}}"


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
