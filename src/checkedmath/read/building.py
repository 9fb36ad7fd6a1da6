"""Build the parsed form of mathematics, bottom up, from lark's tree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar, cast

from lark import Token, Tree
from lark.tree import Meta

from checkedmath.bind.naming import canonical
from checkedmath.errors import ReadError
from checkedmath.read.cleaning import DEEPEST
from checkedmath.read.scripts import unbraced, with_prime, with_subscript, with_superscript
from checkedmath.read.syntax import (
    BigOperator,
    Call,
    Case,
    Cases,
    Condition,
    Declaration,
    Derivative,
    Domain,
    Dots,
    Fraction,
    FunctionType,
    Group,
    Hadamard,
    IndexRange,
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
    Partial,
    Power,
    Product,
    Relation,
    Script,
    Statement,
    Sum,
)

N = TypeVar("N", bound=Node)

_SIGNS = {
    ":=": ":=",
    r"\coloneqq": ":=",
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


def build(tree: Tree[Token]) -> tuple[Statement, ...] | Declaration:
    """
    Build the statements of a display, or a declaration.

    Raises
    ------
    ReadError
        If the tree has a form without meaning, or with two.
    """
    built = cast("tuple[Statement, ...] | Declaration", _built(_Builder(), tree))
    sides = () if isinstance(built, Declaration) else (s for each in built for s in each.sides)
    for side in sides:
        _refuse_deep(side)
    return built


def _refuse_deep(side: Node) -> None:
    """Refuse what is nested more deeply than what walks over it can go."""
    level: list[Node] = [side]
    for _ in range(DEEPEST):
        level = [child for node in level for child in node.children()]
    if level:
        message = f"nested more than {DEEPEST} deep; define a part by := first"
        raise ReadError(message, level[0].start)


def _built(builder: _Builder, tree: Tree[Token]) -> object:
    """Return what the builder's method of a rule's name makes of a tree, bottom up."""
    items = [_built(builder, item) if isinstance(item, Tree) else item for item in tree.children]
    return getattr(builder, tree.data)(tree.meta, items)


class _Builder:
    """Turns lark's tree into the classes of `checkedmath.read.syntax`: a method for each rule."""

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
        return Statement(tuple(_settled(unbraced(side)) for side in items[::2]), relations)

    # -- expressions ----------------------------------------------------------------------------

    def sum(self, meta: Meta, items: list[Any]) -> Node:
        if not isinstance(items[0], Token):
            items = [Token("SIGN", "+"), *items]
        signs = tuple(-1 if sign == "-" else 1 for sign in items[::2])
        terms = tuple(
            unbraced(term) if sign > 0 else _factor(term)
            for term, sign in zip(items[1::2], signs, strict=True)
        )
        return _at(meta, Sum(terms, signs))

    def hadamard(self, meta: Meta, items: list[Any]) -> Node:
        left, sign, right = items
        if isinstance(right, Kronecker):
            raise ReadError(_MIXED, right.start)
        circle = "circ" in sign
        return _at(meta, Hadamard(_factor(left), _factor(right), circle=circle))

    def kronecker(self, meta: Meta, items: list[Any]) -> Node:
        left, _, right = items
        if isinstance(right, Hadamard):
            raise ReadError(_MIXED, right.start)
        return _at(meta, Kronecker(_factor(left), _factor(right)))

    def juxtapose(self, meta: Meta, items: list[Any]) -> Node:
        left, right = (item for item in items if not isinstance(item, Token))
        first = right.base if isinstance(right, Power) else right
        if isinstance(first, Number) and len(items) == 2:
            message = r"a number after a factor; write \cdot before it, or digits without a space"
            raise ReadError(message, right.start)
        factors = left.factors if isinstance(left, Product) else (left,)
        last = factors[-1]
        if isinstance(last, Fraction) and last.inline:
            message = (
                r"a/b c can mean (a/b) c and a/(b c); "
                r"write \frac{a}{b} c or \frac{a}{b c} for the one you mean"
            )
            raise ReadError(message, right.start)
        return _at(meta, Product((*(_factor(factor) for factor in factors), _factor(right))))

    def slash(self, meta: Meta, items: list[Any]) -> Node:
        return self._quotient(meta, items[0], items[2], inline=True)

    def fraction(self, meta: Meta, items: list[Any]) -> Node:
        _, above, below = items
        if isinstance(below, Token):
            if len(below) > 1:
                message = r"which digits are below? write braces, as in \frac{1}{23}"
                raise ReadError(message, below.start_pos)
            below = self.number(meta, [below])
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
            mixed = any(symbol != wrt[0] for symbol in wrt)
            for symbol in reversed(wrt):
                of = _at(meta, Derivative(of, symbol, mixed=mixed))
            return of
        if of is not None or wrt:
            raise ReadError(
                r"a derivative needs \partial above and below: \frac{\partial J}{\partial W}",
                meta.start_pos,
            )
        return _at(meta, Fraction(unbraced(numerator), unbraced(denominator), inline))

    def partial(self, meta: Meta, items: list[Any]) -> Node:
        if len(items) == 2:
            return _at(meta, Partial(items[1]))
        if items[1] not in (Number(1.0), Number(2.0)):
            raise ReadError("first and second derivatives are evaluated only", meta.start_pos)
        return _at(meta, Partial(items[2], int(items[1].value)))

    def operator(self, meta: Meta, items: list[Any]) -> Node:
        wrt = _by_what(items[-1])
        order = int(items[2].value) if len(items) > 3 and isinstance(items[2], Number) else 1
        if not 1 <= order <= 2 or len(wrt) != order or wrt[0] != wrt[-1]:
            message = (
                r"an operator is \frac{\partial}{\partial W} or "
                r"\frac{\partial^2}{\partial w^2}, by one symbol"
            )
            raise ReadError(message, meta.start_pos)
        return _at(meta, Operator(wrt[0], order))

    def gradient(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Derivative(items[2], items[1], nabla=True))

    def bare_gradient(self, meta: Meta, items: list[Any]) -> Node:
        message = r"\nabla by which symbol? write it below, as in \nabla_{W} J"
        raise ReadError(message, meta.start_pos)

    def call(self, meta: Meta, items: list[Any]) -> Node:
        function, argument = str(items[0])[1:], _factor(items[-1])
        below = unbraced(items[1]) if len(items) > 2 else None
        if below is not None and function != "log":
            message = rf"\{function} has no base below it; only \log_2 and the like have one"
            raise ReadError(message, meta.start_pos)
        if isinstance(argument, Power) and function in ("max", "min"):
            base = Call(
                function, _ungroup(argument.base), bare=not isinstance(argument.base, Group)
            )
            return _at(meta, replace(argument, base=_at(meta, base)))
        if isinstance(argument, Power) and isinstance(argument.base, Group):
            message = (
                rf"\{function}(a)^2 can mean the square of \{function}(a), and \{function} of a "
                rf"square; write (\{function}(a))^2 or \{function}(a^2)"
            )
            raise ReadError(message, argument.start)
        bare = not isinstance(argument, Group)
        return _at(meta, Call(function, _ungroup(argument), base=below, bare=bare))

    def call_of_set(self, meta: Meta, items: list[Any]) -> Node:
        function = str(items[0])[1:]
        if function not in ("max", "min"):
            raise ReadError(rf"\{function} takes an argument in ( )", meta.start_pos)
        arguments = tuple(unbraced(item) for item in items if isinstance(item, Node))
        argument = arguments[0] if len(arguments) == 1 else Group(arguments)
        return _at(meta, Call(function, argument))

    def root(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Call("sqrt", unbraced(items[1])))

    def big_term(self, meta: Meta, items: list[Any]) -> Node:
        *before, big, body = (item for item in items if not isinstance(item, Token))
        kind, indices, low, high, skipped = big
        node = _factor(body)
        for index in reversed(indices):
            node = _at(meta, BigOperator(kind, index, low, high, node, skipped))
        return self.juxtapose(meta, [before[0], node]) if before else node

    def range_big(self, meta: Meta, items: list[Any]) -> _Big:
        low, high = unbraced(items[3]), unbraced(items[4])
        return (str(items[0])[1:], (canonical(items[1]),), low, high, None)

    def reversed_range_big(self, meta: Meta, items: list[Any]) -> _Big:
        big, high, *below = items
        return self.range_big(meta, [big, *below, high])

    def index_big(self, meta: Meta, items: list[Any]) -> _Big:
        indices = tuple(canonical(item) for item in items[1:] if item.type == "NAME")
        return (str(items[0])[1:], indices, None, None, None)

    def condition_big(self, meta: Meta, items: list[Any]) -> _Big:
        kind, index, sign, bound = str(items[0])[1:], canonical(items[1]), items[2], items[3]
        if _SIGNS.get(sign) != "≠":
            message = (
                rf"\{kind} under {index} {sign} … can run over {index}, and over all such pairs; "
                rf"write \{kind}_{{{index}=1}}^{{…}}, once for each index that runs"
            )
            raise ReadError(message, meta.start_pos)
        return (kind, (index,), None, None, unbraced(bound))

    # -- conditions and blocks ------------------------------------------------------------------

    def condition(self, meta: Meta, items: list[Any]) -> Node:
        words = {item.type.lower() for item in items[1::2]}
        if len(words) > 1:
            message = (
                "A and B or C can mean (A and B) or C, and A and (B or C); for the first write "
                r"\mathbb{1}[A \text{ and } B] = 1 \text{ or } C"
            )
            raise ReadError(message, meta.start_pos)
        return _at(meta, Joined(tuple(items[::2]), words.pop()))

    def comparison(self, meta: Meta, items: list[Any]) -> Node:
        signs = tuple(_SIGNS[str(item)] for item in items[1::2])
        if not set(signs) <= set("=≠≤≥<>"):
            raise ReadError("a condition compares by =, ≠, <, >, ≤ or ≥", meta.start_pos)
        return _at(meta, Condition(tuple(unbraced(side) for side in items[::2]), signs))

    def indicator(self, meta: Meta, items: list[Any]) -> Node:
        (condition,) = (item for item in items if isinstance(item, (Condition, Joined)))
        return _at(meta, Indicator(condition))

    def ones(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Name(r"\mathbf{1}", tuple(unbraced(item) for item in items[1:])))

    def case(self, meta: Meta, items: list[Any]) -> Node:
        condition = next((item for item in items if isinstance(item, (Condition, Joined))), None)
        return _at(meta, Case(unbraced(items[0]), condition))

    def cases(self, meta: Meta, items: list[Any]) -> Node:
        cases = tuple(item for item in items if isinstance(item, Case))
        for case in cases[:-1]:
            if case.condition is None:
                raise ReadError("what holds otherwise is the last case", case.start)
        return _at(meta, Cases(cases))

    def dots(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Dots())

    def matrix_row(self, meta: Meta, items: list[Any]) -> Node:
        cells = tuple(unbraced(item) for item in items if isinstance(item, Node))
        return _at(meta, MatrixRow(cells))

    def matrix(self, meta: Meta, items: list[Any]) -> Node:
        begin, end = (str(item).partition("{")[2] for item in (items[0], items[-1]))
        if begin != end:
            message = rf"\begin{{{begin} goes with \end{{{begin}; here is \end{{{end}"
            raise ReadError(message, meta.start_pos)
        blocks = _at(meta, Matrix(tuple(item for item in items if isinstance(item, MatrixRow))))
        return _at(meta, Call("det", blocks)) if "vmatrix" in items[0] else blocks

    def expectation(self, meta: Meta, items: list[Any]) -> Node:
        *index, body = (item for item in items if isinstance(item, Node))
        if not index or not isinstance(index[0], Name) or index[0] != Name(index[0].id):
            message = (
                r"\mathbb{E}[…] can be the mean over the examples, and the expectation of a "
                r"distribution, which is not evaluated; write \mathbb{E}_i[…] for the mean over i"
            )
            raise ReadError(message, meta.start_pos)
        return _at(meta, BigOperator("mean", index[0].id, None, None, unbraced(body)))

    def absolute(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Call("abs", unbraced(items[1])))

    def norm(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Norm(unbraced(items[1])))

    def inner(self, meta: Meta, items: list[Any]) -> Node:
        sides = tuple(unbraced(item) for item in items if isinstance(item, Node))
        return _at(meta, Call("inner", Group(sides)))

    # -- atoms and scripts ----------------------------------------------------------------------

    def number(self, meta: Meta, items: list[Any]) -> Node:
        value = float(items[0])
        if value == float("inf"):
            raise ReadError("a number of more than 308 digits", meta.start_pos)
        return _at(meta, Number(value))

    def name(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Name(canonical(items[0])))

    text_name = name

    def top(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Script("transpose"))

    def prime_command(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Script("prime"))

    def bracket(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Script("layer", unbraced(items[0])))

    def braces(self, meta: Meta, items: list[Any]) -> Node:
        inner = items[0]
        if isinstance(inner, (Name, Number, Group, Script)):
            return cast("Node", inner)
        return _at(meta, Script("braces", inner))

    def group(self, meta: Meta, items: list[Any]) -> Node:
        items = [item for item in items if not isinstance(item, Token)]
        return _at(meta, Group(tuple(unbraced(item) for item in items)))

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
        return _at(meta, node)

    # -- declarations ---------------------------------------------------------------------------

    def name_list(self, meta: Meta, items: list[Any]) -> tuple[Name, ...]:
        names = tuple(item for item in items if not isinstance(item, Token))
        for name in names:
            if not isinstance(name, Name) or name.example or name.primes:
                raise ReadError("a declaration names symbols such as X or W^{[1]}", meta.start_pos)
            _settled(name)
        return names

    def member(self, meta: Meta, items: list[Any]) -> Declaration:
        return Declaration(items[0], items[2])

    def function_type(self, meta: Meta, items: list[Any]) -> Declaration:
        *sources, target = (item for item in items if not isinstance(item, Token))
        if not all(isinstance(each, Domain) for each in (*sources, target)):
            raise ReadError(
                r"a function goes from one set to another: g : \mathbb{R} \to \mathbb{R}",
                meta.start_pos,
            )
        function = FunctionType(tuple(sources), target)
        return Declaration((Name(canonical(items[0])),), function)

    def array_set(self, meta: Meta, items: list[Any]) -> Domain:
        token = items[0]
        kinds = {"REALS": "real", "BINARY": "binary", "UNIT": "unit", "INTEGERS": "integer"}
        kind = kinds[token.type]
        if token.type == "REALS" and "0" in token:
            kind = "positive" if ">" in token else "nonnegative"
        return Domain(kind, items[1] if len(items) > 1 else ())

    def naturals(self, meta: Meta, items: list[Any]) -> Domain:
        return Domain("natural")

    def dimensions(self, meta: Meta, items: list[Any]) -> tuple[Node, ...]:
        return tuple(_settled(unbraced(item)) for item in items if not isinstance(item, Token))

    def range_set(self, meta: Meta, items: list[Any]) -> IndexRange | Domain:
        (low, high), shape = _of_set(items)
        values = IndexRange(low, high)
        return values if shape is None else Domain("whole", shape, values)

    def listed_set(self, meta: Meta, items: list[Any]) -> IndexRange | Domain:
        listed, shape = _of_set(items)
        values = IndexRange(listed=listed)
        return values if shape is None else Domain("whole", shape, values)


_Big = tuple[str, tuple[str, ...], Node | None, Node | None, Node | None]
"""A big operator's kind, its indices, its range, and the value that it skips."""

_MIXED = r"\odot and \otimes in one product; write parentheses around one of them"


def _of_set(items: list[Any]) -> tuple[tuple[Node, ...], tuple[Node, ...] | None]:
    """Return what stands in a set's braces, and the sizes above it, None where there are none."""
    shape = items[-1] if isinstance(items[-1], tuple) else None
    return tuple(_settled(unbraced(item)) for item in items if isinstance(item, Node)), shape


def _by_what(node: Node) -> list[Node]:
    r"""Return the symbols in ``\partial w \partial b``, and w twice in ``\partial w^2``."""
    parts = node.factors if isinstance(node, Product) else (node,)
    symbols: list[Node] = []
    for part in parts:
        match part:
            case Partial(Power(base, Number(2.0)), 1):
                symbols += [base, base]
            case Partial(of, 1):
                symbols.append(of)
            case _:
                return []
    return symbols


def _order(numerator: Node) -> int:
    first = numerator.factors[0] if isinstance(numerator, Product) else numerator
    return first.order if isinstance(first, Partial) else 1


def _at(meta: Meta, node: N) -> N:
    if (node.start, node.end) == (meta.start_pos, meta.end_pos):
        return node
    return replace(node, start=meta.start_pos, end=meta.end_pos)


_BRACED_SUM = "braces do not show on the page; write parentheses around what they hold"


def _factor(node: Node) -> Node:
    """Return what may stand in a product, where invisible braces must not change the reading."""
    if isinstance(node, Script) and node.kind == "braces" and node.content is not None:
        if isinstance(node.content, (Sum, Hadamard, BigOperator)):
            raise ReadError(_BRACED_SUM, node.start)
        return node.content
    return node


_STRAY = {
    "layer": "[ ] names a layer in a superscript, as in W^{[1]}; use ( ) for grouping",
    "transpose": r"\top stands in a superscript, as in W^\top",
    "prime": r"\prime stands in a superscript",
    "braces": _BRACED_SUM,
}


def _settled(side: Node) -> Node:
    r"""Return a whole side, in which no script and no ``\partial`` may be left over."""
    for node in side.walk():
        if isinstance(node, Script):
            raise ReadError(_STRAY[node.kind], node.start)
        if isinstance(node, Partial):
            message = r"\partial stands in a fraction: \frac{\partial J}{\partial W}"
            raise ReadError(message, node.start)
    return side


def _ungroup(node: Node) -> Node:
    return node.items[0] if isinstance(node, Group) and len(node.items) == 1 else node


def _after_partial(node: Node) -> Node | None:
    r"""Return X from ``\partial X``, also where X is several factors, as ``\mathcal{L}(a, y)``."""
    match node:
        case Partial(of):
            return of
        case Product(factors=(Partial(of), *others)):
            return replace(node, factors=(of, *others))
    return None
