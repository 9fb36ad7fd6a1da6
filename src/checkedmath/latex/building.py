"""Build the parsed form of mathematics, bottom up, from lark's tree."""

from __future__ import annotations

import fractions
from dataclasses import replace
from typing import Any, TypeVar, cast

from lark import Token, Tree
from lark.tree import Meta

from checkedmath.errors import ReadError
from checkedmath.latex.braces import at, factor_of, settled, unbraced
from checkedmath.latex.declarations import Declaring
from checkedmath.latex.derivatives import Differentiating
from checkedmath.latex.dots import without_dots
from checkedmath.latex.hints import DOTS
from checkedmath.latex.names import canonical
from checkedmath.latex.nodes import (
    BigOperator,
    Call,
    Case,
    Cases,
    Condition,
    Declaration,
    Dots,
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
    Power,
    Product,
    Relation,
    Script,
    Statement,
    Sum,
)
from checkedmath.latex.normalizing import DEEPEST
from checkedmath.latex.scripts import with_prime, with_subscript, with_superscript
from checkedmath.latex.vocabulary import named

N = TypeVar("N", bound=Node)

_SIGNS = {
    ":=": ":=",
    "=": "=",
    r"\ne": "≠",
    r"\neq": "≠",
    r"\approx": "≈",
    r"\propto": "∝",
    r"\le": "≤",
    r"\leq": "≤",
    r"\ge": "≥",
    r"\geq": "≥",
    "<": "<",
    ">": ">",
}


def build(
    tree: Tree[Token], vocabulary: tuple[str, ...] = ()
) -> tuple[Statement, ...] | Declaration | Node:
    """
    Build the statements of a display, a declaration, or a condition; marks stand for names.

    Raises
    ------
    ReadError
        If the tree has a form without meaning, or with two.
    """
    built = cast("tuple[Statement, ...] | Declaration | Node", _built(_Builder(), tree, vocabulary))
    if isinstance(built, tuple):
        for side in (side for each in built for side in each.sides):
            _refuse_deep(side)
    return built


def _refuse_deep(side: Node) -> None:
    """Refuse what is nested more deeply than what walks over it can go."""
    level: list[Node] = [side]
    for _ in range(DEEPEST):
        for node in level:
            if isinstance(node, Dots):
                raise ReadError(DOTS, node.start)
        inside = (node for node in level if not isinstance(node, MatrixRow))
        cells = (cell for node in level if isinstance(node, MatrixRow) for cell in node.children())
        level = [child for node in inside for child in node.children()]
        level += [cell for cell in cells if not isinstance(cell, Dots)]
    if level:
        message = f"nested more than {DEEPEST} deep; define a part by := first"
        raise ReadError(message, level[0].start)


def _built(builder: _Builder, tree: Tree[Token], vocabulary: tuple[str, ...]) -> object:
    """Return what the builder's method of a rule's name makes of a tree, bottom up."""
    items = [
        _built(builder, item, vocabulary)
        if isinstance(item, Tree)
        else Token.new_borrow_pos(item.type, named(item, vocabulary), item)
        if vocabulary and item.type == "NAME"
        else item
        for item in tree.children
    ]
    return getattr(builder, tree.data)(tree.meta, items)


class _Builder(Declaring, Differentiating):
    """Turns lark's tree into the classes of `checkedmath.latex.nodes`: a method for each rule."""

    # -- statements -----------------------------------------------------------------------------

    def display(self, meta: Meta, items: list[Any]) -> tuple[Statement, ...]:
        for item in items:
            if isinstance(item, Token) and item in (r"\lor", r"\vee"):
                message = (
                    f"{item} joins conditions; of two equations both are checked, write a comma"
                )
                raise ReadError(message, item.start_pos)
        return tuple(item for item in items if isinstance(item, Statement))

    def statement(self, meta: Meta, items: list[Any]) -> Statement:
        relations = tuple(Relation(_SIGNS[str(item)], item.start_pos or 0) for item in items[1::2])
        return Statement(tuple(settled(unbraced(side)) for side in items[::2]), relations)

    # -- expressions ----------------------------------------------------------------------------

    def sum(self, meta: Meta, items: list[Any]) -> Node:
        if not isinstance(items[0], Token):
            items = [Token("SIGN", "+"), *items]
        signs = tuple(-1 if sign == "-" else 1 for sign in items[::2])
        terms = tuple(
            unbraced(term) if sign > 0 else factor_of(term)
            for term, sign in zip(items[1::2], signs, strict=True)
        )
        return at(meta, without_dots(Sum(terms, signs)))

    def hadamard(self, meta: Meta, items: list[Any]) -> Node:
        left, sign, right = items
        if isinstance(right, Kronecker):
            raise ReadError(_MIXED, right.start)
        circle = "circ" in sign
        return at(meta, Hadamard(factor_of(left), factor_of(right), circle=circle))

    def kronecker(self, meta: Meta, items: list[Any]) -> Node:
        left, _, right = items
        if isinstance(right, Hadamard):
            raise ReadError(_MIXED, right.start)
        return at(meta, Kronecker(factor_of(left), factor_of(right)))

    def juxtapose(self, meta: Meta, items: list[Any]) -> Node:
        left, right = (item for item in items if not isinstance(item, Token))
        first = right.base if isinstance(right, Power) else right
        if isinstance(first, Number) and len(items) == 2:
            message = r"a number after a factor; write \cdot before it, or digits without a space"
            raise ReadError(message, right.start)
        match left, right:
            case Number(), Fraction(Number(), Number()) if len(items) == 2:
                message = (
                    r"a number before \frac{1}{2} can be added to it, and multiplied by it; "
                    r"write + or \cdot"
                )
                raise ReadError(message, right.start)
        factors = left.factors if isinstance(left, Product) else (left,)
        last = factors[-1]
        if isinstance(last, Fraction) and last.inline:
            message = (
                r"a/b c can mean (a/b) c and a/(b c); "
                r"write \frac{a}{b} c or \frac{a}{b c} for the one you mean"
            )
            raise ReadError(message, right.start)
        return at(meta, Product((*(factor_of(factor) for factor in factors), factor_of(right))))

    def call(self, meta: Meta, items: list[Any]) -> Node:
        function, argument = str(items[0])[1:], factor_of(items[-1])
        below = unbraced(items[1]) if len(items) > 2 else None
        if below is not None and function != "log":
            message = rf"\{function} has no base below it; only \log_2 and the like have one"
            raise ReadError(message, meta.start_pos)
        if isinstance(argument, Power) and function in ("max", "min"):
            base = Call(
                function, _ungroup(argument.base), bare=not isinstance(argument.base, Group)
            )
            return at(meta, replace(argument, base=at(meta, base)))
        if isinstance(argument, Power) and isinstance(argument.base, Group):
            message = (
                rf"\{function}(a)^2 can mean the square of \{function}(a), and \{function} of a "
                rf"square; write (\{function}(a))^2 or \{function}(a^2)"
            )
            raise ReadError(message, argument.start)
        bare = not isinstance(argument, Group)
        return at(meta, Call(function, _ungroup(argument), base=below, bare=bare))

    def call_of_set(self, meta: Meta, items: list[Any]) -> Node:
        function = str(items[0])[1:]
        if function not in ("max", "min"):
            raise ReadError(rf"\{function} takes an argument in ( )", meta.start_pos)
        arguments = tuple(unbraced(item) for item in items if isinstance(item, Node))
        return at(meta, Call(function, Group(arguments)))

    def power_of_call(self, meta: Meta, items: list[Any]) -> Node:
        function, exponent = str(items[0])[1:], unbraced(items[1])
        power = exponent.value if isinstance(exponent, Number) else None
        if not isinstance(power, int) or function in ("max", "min", "det"):
            message = (
                rf"\{function}^{{…}} can be the power of \{function}, and a function applied again "
                rf"or turned round; write (\{function}(a))^{{…}}, or define a function"
            )
            raise ReadError(message, meta.start_pos)
        called = cast("Call", self.call(meta, [items[0], items[2]]))
        return replace(called, power=power)

    def star_product(self, meta: Meta, items: list[Any]) -> Node:
        message = r"* can be a convolution, and a product; write the sum, or \cdot"
        raise ReadError(message, items[1].start_pos)

    def root(self, meta: Meta, items: list[Any]) -> Node:
        *degree, base = (unbraced(item) for item in items if isinstance(item, Node))
        if not degree or degree == [Number(2)]:
            return at(meta, Call("sqrt", base))
        return at(meta, Power(base, Fraction(Number(1), degree[0])))

    def big_term(self, meta: Meta, items: list[Any]) -> Node:
        (kind, indices, low, high, skipped), body = items
        node = factor_of(body)
        for index in reversed(indices):
            node = at(meta, BigOperator(kind, index, low, high, node, skipped))
        return node

    def signed_big_term(self, meta: Meta, items: list[Any]) -> Node:
        big, sign, body = items
        negative = at(meta, Sum((factor_of(body),), (-1 if sign == "-" else 1,)))
        return self.big_term(meta, [big, negative])

    def indices(self, meta: Meta, items: list[Any]) -> tuple[str, ...]:
        return tuple(canonical(item) for item in items if item.type == "NAME")

    def range_big(self, meta: Meta, items: list[Any]) -> _Big:
        low, high = unbraced(items[3]), unbraced(items[4])
        return (str(items[0])[1:], items[1], low, high, None)

    def reversed_range_big(self, meta: Meta, items: list[Any]) -> _Big:
        big, high, *below = items
        return self.range_big(meta, [big, *below, high])

    def counted_big(self, meta: Meta, items: list[Any]) -> _Big:
        return (str(items[0])[1:], _indices(items[1]), Number(1), unbraced(items[-1]), None)

    def index_big(self, meta: Meta, items: list[Any]) -> _Big:
        return (str(items[0])[1:], _indices(items[1]), None, None, None)

    def condition_big(self, meta: Meta, items: list[Any]) -> _Big:
        kind, index, sign, bound = str(items[0])[1:], canonical(items[1]), items[2], items[3]
        if _SIGNS.get(sign) != "≠":
            message = (
                rf"\{kind} under {index} {sign} … can run over {index}, and over all such pairs; "
                rf"write \{kind}_{{{index}=1}}^{{…}}, once for each index that runs"
            )
            raise ReadError(message, meta.start_pos)
        return (kind, (index,), None, None, unbraced(bound))

    def primed_big(self, meta: Meta, items: list[Any]) -> _Big:
        message = f"an index has no prime; write another letter for {items[1]}'"
        raise ReadError(message, items[1].start_pos)

    # -- conditions and blocks ------------------------------------------------------------------

    def condition(self, meta: Meta, items: list[Any]) -> Node:
        words = {item.type.lower() for item in items[1::2]}
        if len(words) > 1:
            message = (
                "A and B or C can mean (A and B) or C, and A and (B or C); for the first write "
                r"\mathbb{1}[A \text{ and } B] = 1 \text{ or } C"
            )
            raise ReadError(message, meta.start_pos)
        return at(meta, Joined(tuple(items[::2]), words.pop()))

    def comparison(self, meta: Meta, items: list[Any]) -> Node:
        signs = tuple(_SIGNS[str(item)] for item in items[1::2])
        if not set(signs) <= set("=≠≤≥<>"):
            raise ReadError("a condition compares by =, ≠, <, >, ≤ or ≥", meta.start_pos)
        return at(meta, Condition(tuple(unbraced(side) for side in items[::2]), signs))

    def indicator(self, meta: Meta, items: list[Any]) -> Node:
        (condition,) = (item for item in items if isinstance(item, (Condition, Joined)))
        return at(meta, Indicator(condition))

    def ones(self, meta: Meta, items: list[Any]) -> Node:
        return at(meta, Name(r"\mathbf{1}", tuple(unbraced(item) for item in items[1:])))

    def case(self, meta: Meta, items: list[Any]) -> Node:
        condition = next((item for item in items if isinstance(item, (Condition, Joined))), None)
        return at(meta, Case(unbraced(items[0]), condition))

    def cases(self, meta: Meta, items: list[Any]) -> Node:
        cases = tuple(item for item in items if isinstance(item, Case))
        for case in cases[:-1]:
            if case.condition is None:
                raise ReadError("what holds otherwise is the last case", case.start)
        return at(meta, Cases(cases))

    def dots(self, meta: Meta, items: list[Any]) -> Node:
        return at(meta, Dots())

    def matrix_row(self, meta: Meta, items: list[Any]) -> Node:
        cells = tuple(unbraced(item) for item in items if isinstance(item, Node))
        return at(meta, MatrixRow(cells))

    def matrix(self, meta: Meta, items: list[Any]) -> Node:
        begin, end = (str(item).partition("{")[2] for item in (items[0], items[-1]))
        if begin != end:
            message = rf"\begin{{{begin} goes with \end{{{begin}; here is \end{{{end}"
            raise ReadError(message, meta.start_pos)
        blocks = at(meta, Matrix(tuple(item for item in items if isinstance(item, MatrixRow))))
        return at(meta, Call("det", blocks)) if "vmatrix" in items[0] else blocks

    def expectation(self, meta: Meta, items: list[Any]) -> Node:
        *index, body = (item for item in items if isinstance(item, Node))
        if not index or not isinstance(index[0], Name) or index[0] != Name(index[0].id):
            message = (
                r"\mathbb{E}[…] can be the mean over the examples, and the expectation of a "
                r"distribution, which is not evaluated; write \mathbb{E}_i[…] for the mean over i"
            )
            raise ReadError(message, meta.start_pos)
        return at(meta, BigOperator("mean", index[0].id, None, None, unbraced(body)))

    def distribution(self, meta: Meta, items: list[Any]) -> Node:
        message = (
            r"an expectation over a distribution is not evaluated; of a finite one, write the "
            r"sum \sum_a p_a r_a"
        )
        raise ReadError(message, meta.start_pos)

    def absolute(self, meta: Meta, items: list[Any]) -> Node:
        return at(meta, Call("abs", unbraced(items[1])))

    def norm(self, meta: Meta, items: list[Any]) -> Node:
        return at(meta, Norm(unbraced(items[1])))

    def inner(self, meta: Meta, items: list[Any]) -> Node:
        sides = tuple(unbraced(item) for item in items if isinstance(item, Node))
        return at(meta, Call("inner", Group(sides)))

    # -- atoms and scripts ----------------------------------------------------------------------

    def number(self, meta: Meta, items: list[Any]) -> Node:
        if len(items[0]) > _MOST_DIGITS:
            raise ReadError(f"a number of more than {_MOST_DIGITS} digits", meta.start_pos)
        value = fractions.Fraction(items[0])
        return at(meta, Number(value.numerator if value.denominator == 1 else value))

    def name(self, meta: Meta, items: list[Any]) -> Node:
        return at(meta, Name(canonical(items[0])))

    text_name = name

    def top(self, meta: Meta, items: list[Any]) -> Node:
        return at(meta, Script("transpose"))

    def prime_command(self, meta: Meta, items: list[Any]) -> Node:
        return at(meta, Script("prime"))

    def bracket(self, meta: Meta, items: list[Any]) -> Node:
        return at(meta, Group((unbraced(items[0]),), opens="["))

    def curly(self, meta: Meta, items: list[Any]) -> Node:
        return at(meta, Group((unbraced(items[1]),), opens=r"\{"))

    def mark(self, meta: Meta, items: list[Any]) -> Node:
        raise ReadError(_MARKS[str(items[0])], meta.start_pos)

    def braces(self, meta: Meta, items: list[Any]) -> Node:
        inner = items[0]
        if isinstance(inner, (Name, Number, Group, Script)):
            return cast("Node", inner)
        return at(meta, Script("braces", inner))

    def group(self, meta: Meta, items: list[Any]) -> Node:
        items = [item for item in items if not isinstance(item, Token)]
        return at(meta, Group(tuple(unbraced(item) for item in items)))

    def underbrace(self, meta: Meta, items: list[Any]) -> Node:
        return self.braces(meta, items[1:])

    def superscript(self, meta: Meta, items: list[Any]) -> tuple[str, Node]:
        return ("^", items[0])

    def subscript(self, meta: Meta, items: list[Any]) -> tuple[str, tuple[Node, ...]]:
        item = items[0]
        return ("_", item.factors if isinstance(item, Product) else (item,))

    def subscript_list(self, meta: Meta, items: list[Any]) -> tuple[str, tuple[Node, ...]]:
        return ("_", tuple(item for item in items if isinstance(item, Node)))

    def postfix(self, meta: Meta, items: list[Any]) -> Node:
        node: Node = items[0]
        if len(items) > 1 and isinstance(node, Script) and node.kind == "braces":
            message = "braces do not show on the page; write parentheses around what has a script"
            raise ReadError(message, node.start)
        signs = [script[0] for script in items[1:] if not isinstance(script, Token)]
        for sign, word in (("^", "superscripts"), ("_", "subscripts")):
            if signs.count(sign) > 1:
                raise ReadError(f"two {word}; write both in one pair of braces", meta.start_pos)
        for script in sorted(items[1:], key=lambda item: item[0] == "^"):
            if isinstance(script, Token):
                node = with_prime(node, len(script))
            elif script[0] == "_":
                node = with_subscript(node, script[1])
            else:
                node = with_superscript(node, script[1])
        return at(meta, node)


def _indices(below: tuple[str, ...] | Token) -> tuple[str, ...]:
    return (canonical(below),) if isinstance(below, Token) else below


_MOST_DIGITS = 308
"""Of a number that is written, so that it is one of float64's."""

_Big = tuple[str, tuple[str, ...], Node | None, Node | None, Node | None]
"""A big operator's kind, its indices, its range, and the value that it skips."""

_MIXED = r"\odot and \otimes in one product; write parentheses around one of them"


_NEW_NAME = r"a name of its own, for which write w_{\text{new}}"
_TURNED = rf"the adjoint, for which write A^\top, and {_NEW_NAME}"
_MARKS = {
    "+": rf"+ can mark the positive part, for which write \max(w, 0), {_NEW_NAME}, "
    r"and the pseudo-inverse, for which write (A^\top A)^{-1} A^\top",
    "-": rf"- can mark the negative part, for which write \max(-w, 0), and {_NEW_NAME}",
    "*": rf"* can mark {_TURNED}",
    r"\ast": rf"\ast can mark {_TURNED}",
    r"\star": rf"\star can mark {_TURNED}",
    r"\dagger": rf"\dagger can mark {_TURNED}, and the pseudo-inverse, for which write "
    r"(A^\top A)^{-1} A^\top",
}


def _ungroup(node: Node) -> Node:
    return node.items[0] if isinstance(node, Group) and len(node.items) == 1 else node
