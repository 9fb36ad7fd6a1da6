"""Read LaTeX: from the text of an equation or a declaration to its parsed form."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any, TypeVar, cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError
from lark.tree import Meta

from checkedmath.cleaning import clean
from checkedmath.errors import ReadError
from checkedmath.syntax import (
    BigOperator,
    Call,
    Declaration,
    Derivative,
    Domain,
    Entry,
    Fraction,
    FunctionType,
    Group,
    Hadamard,
    IndexRange,
    Name,
    Node,
    Number,
    Partial,
    Power,
    Product,
    Relation,
    Script,
    Statement,
    Sum,
    Transpose,
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


def read_display(latex: str) -> tuple[Statement, ...]:
    """
    Read a displayed equation.

    Parameters
    ----------
    latex : str
        What stands between the dollars.

    Returns
    -------
    tuple of Statement
        One for each chain of relations; rows, commas and wide spaces part them.

    Raises
    ------
    ReadError
        With the offset and what was expected there.

    Examples
    --------
    >>> statement, = read_display("a = b + 1")
    >>> [side for side in statement.sides]
    [Name(id='a', subscripts=(), layer=None, example=None, primes=0), \
Sum(terms=(Name(id='b', subscripts=(), layer=None, example=None, primes=0), \
Number(value=1.0)), signs=(1, 1))]
    """
    return cast("tuple[Statement, ...]", _read(latex, "display"))


def read_declaration(latex: str) -> Declaration:
    r"""
    Read one declaration, as ``X \in \mathbb{R}^{n \times m}``.

    Raises
    ------
    ReadError
        With the offset and what was expected there.
    """
    return cast("Declaration", _read(latex, "declaration"))


@cache
def _parser() -> Lark:
    grammar = resources.files("checkedmath").joinpath("latex.lark").read_text("utf-8")
    return Lark(
        grammar, parser="lalr", start=["display", "declaration"], propagate_positions=True
    )


def _read(latex: str, start: str) -> object:
    try:
        return _Builder().transform(_parser().parse(clean(latex), start=start))
    except VisitError as error:
        if isinstance(error.orig_exc, ReadError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise _explain(error, latex) from None


_WORDS = {
    "RELATION": "a relation such as =",
    "NAME": "a symbol",
    "NUMBER": "a number",
    "DIGIT": "a digit",
    "$END": "the end of the equation",
    "SIGN": "+ or -",
    "LPAR": "(",
    "RPAR": ")",
    "LBRACE": "{",
    "RBRACE": "}",
    "RSQB": "]",
    "COMMA": "a comma",
    "EQUALS": "=",
    "IN": r"\in",
    "TO": r"\to",
    "COLON": ":",
    "TIMES": r"\times",
    "DOTS": r"\dots",
    "REALS": r"\mathbb{R}",
    "NATURALS": r"\mathbb{N}",
    "BINARY": r"\{0, 1\}",
    "CIRCUMFLEX": "^",
    "UNDERSCORE": "_",
    "__ANON_0": r"\{",
    "__ANON_1": r"\}",
}
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)")


def _explain(error: UnexpectedInput, latex: str) -> ReadError:
    """Say in words what stood where, and what could have stood there."""
    if isinstance(error, UnexpectedToken):
        expected, found = error.expected, str(error.token)
        offset = len(latex) if error.token.type == "$END" else error.token.start_pos
    elif isinstance(error, UnexpectedCharacters):
        expected, offset = error.allowed, error.pos_in_stream
        command = _COMMAND.match(latex, offset)
        found = command.group() if command else latex[offset : offset + 1]
    else:
        expected, offset, found = set(), len(latex), ""
    words = [word for terminal, word in _WORDS.items() if terminal in expected]
    wanted = f"expected {', '.join(words[:-1])}{' or ' if words[1:] else ''}{''.join(words[-1:])}"
    if not words:
        wanted = "this cannot stand here"
    return ReadError(f"{wanted}; found {found or 'the end of the equation'}", offset)


@v_args(meta=True, inline=False)
class _Builder(Transformer[Token, object]):
    """Turn lark's tree into the classes of `checkedmath.syntax`, bottom up."""

    # -- statements -----------------------------------------------------------------------------

    def display(self, meta: Meta, items: list[Any]) -> tuple[Statement, ...]:
        return tuple(item for item in items if isinstance(item, Statement))

    def statement(self, meta: Meta, items: list[Any]) -> Statement:
        relations = tuple(Relation(_SIGNS[str(item)], item.start_pos or 0) for item in items[1::2])
        return Statement(tuple(_settled(_bare(side)) for side in items[::2]), relations)

    # -- expressions ----------------------------------------------------------------------------

    def sum(self, meta: Meta, items: list[Any]) -> Node:
        if not isinstance(items[0], Token):
            items = [Token("SIGN", "+"), *items]
        terms = tuple(_bare(term) for term in items[1::2])
        return _at(meta, Sum(terms, tuple(-1 if sign == "-" else 1 for sign in items[::2])))

    def hadamard(self, meta: Meta, items: list[Any]) -> Node:
        left, _, right = items
        return _at(meta, Hadamard(_factor(left), _factor(right)))

    def juxtapose(self, meta: Meta, items: list[Any]) -> Node:
        left, right = (item for item in items if not isinstance(item, Token))
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
        return self._quotient(meta, items[1], items[2], inline=False)

    def _quotient(self, meta: Meta, numerator: Node, denominator: Node, *, inline: bool) -> Node:
        of, wrt = _after_partial(numerator), _after_partial(denominator)
        if of is not None and wrt is not None:
            return _at(meta, Derivative(of, wrt))
        if of is not None or wrt is not None:
            raise ReadError(
                r"a derivative needs \partial above and below: \frac{\partial J}{\partial W}",
                meta.start_pos,
            )
        return _at(meta, Fraction(_bare(numerator), _bare(denominator), inline))

    def partial(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Partial(items[1]))

    def gradient(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Derivative(items[2], items[1]))

    def call(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Call(str(items[0])[1:], _ungroup(_factor(items[1]))))

    def root(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Call("sqrt", _bare(items[1])))

    def big_term(self, meta: Meta, items: list[Any]) -> Node:
        *before, (kind, index, low, high), body = (i for i in items if not isinstance(i, Token))
        node: Node = BigOperator(
            kind, index, low, high, _bare(body), start=meta.start_pos, end=meta.end_pos
        )
        return self.juxtapose(meta, [before[0], node]) if before else node

    def range_big(self, meta: Meta, items: list[Any]) -> tuple[str, str, Node, Node]:
        return (str(items[0])[1:], canonical(items[1]), _bare(items[3]), _bare(items[4]))

    def index_big(self, meta: Meta, items: list[Any]) -> tuple[str, str, None, None]:
        return (str(items[0])[1:], canonical(items[1]), None, None)

    # -- atoms and scripts ----------------------------------------------------------------------

    def number(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Number(float(items[0])))

    def name(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Name(canonical(items[0])))

    text_name = name

    def top(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Script("transpose"))

    def prime_command(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Script("prime"))

    def bracket(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Script("layer", _bare(items[0])))

    def braces(self, meta: Meta, items: list[Any]) -> Node:
        inner = items[0]
        return _at(meta, Script("braces", inner)) if isinstance(inner, Sum) else inner

    def group(self, meta: Meta, items: list[Any]) -> Node:
        items = [item for item in items if not isinstance(item, Token)]
        return _at(meta, Group(tuple(_bare(item) for item in items)))

    def underbrace(self, meta: Meta, items: list[Any]) -> Node:
        return _at(meta, Group((_bare(items[1]),)))

    def superscript(self, meta: Meta, items: list[Any]) -> tuple[str, Node]:
        return ("^", items[0])

    def subscript(self, meta: Meta, items: list[Any]) -> tuple[str, tuple[Node, ...]]:
        item = items[0]
        return ("_", item.factors if isinstance(item, Product) else (item,))

    def subscript_list(self, meta: Meta, items: list[Any]) -> tuple[str, tuple[Node, ...]]:
        return ("_", tuple(item for item in items if isinstance(item, Node)))

    def postfix(self, meta: Meta, items: list[Any]) -> Node:
        node = items[0]
        if len(items) > 1 and isinstance(node, Script):
            node = _factor(node)
        for script in items[1:]:
            if isinstance(script, Token):
                node = _prime(node, len(script))
            elif script[0] == "_":
                node = _subscript(node, script[1])
            else:
                node = _superscript(node, script[1])
        return _at(meta, node)

    # -- declarations ---------------------------------------------------------------------------

    def name_list(self, meta: Meta, items: list[Any]) -> tuple[Name, ...]:
        names = tuple(item for item in items if not isinstance(item, Token))
        for name in names:
            if not isinstance(name, Name) or name.example or name.primes:
                raise ReadError("a declaration names symbols such as X or W^{[1]}", meta.start_pos)
        return names

    def member(self, meta: Meta, items: list[Any]) -> Declaration:
        return Declaration(items[0], items[2])

    def function_type(self, meta: Meta, items: list[Any]) -> Declaration:
        name, _, source, _, target = items
        if not (isinstance(source, Domain) and isinstance(target, Domain)):
            raise ReadError(r"a function goes from one set to another: g : \mathbb{R} \to \mathbb{R}", meta.start_pos)
        return Declaration((Name(canonical(name)),), FunctionType(source, target))

    def array_set(self, meta: Meta, items: list[Any]) -> Domain:
        token = items[0]
        kind = {"REALS": "real", "BINARY": "binary", "UNIT": "unit"}[token.type]
        if token.type == "REALS" and "0" in token:
            kind = "positive" if ">" in token else "nonnegative"
        return Domain(kind, items[1] if len(items) > 1 else ())

    def naturals(self, meta: Meta, items: list[Any]) -> Domain:
        return Domain("natural")

    def dimensions(self, meta: Meta, items: list[Any]) -> tuple[Node, ...]:
        return tuple(_bare(item) for item in items if not isinstance(item, Token))

    def range_set(self, meta: Meta, items: list[Any]) -> IndexRange:
        low, high = (_bare(item) for item in items if not isinstance(item, Token))
        return IndexRange(low, high)

    def listed_set(self, meta: Meta, items: list[Any]) -> IndexRange:
        listed = tuple(_bare(item) for item in items if not isinstance(item, Token))
        return IndexRange(listed=listed)


_WORD = re.compile(r"\\(?:operatorname|mathrm|text(?:rm|it|bf)?)\s*\{(.*)\}$", re.DOTALL)
_STYLE = re.compile(r"(d?)(\\(?:math[a-z]+|bm|boldsymbol|(?:wide)?(?:hat|tilde)|bar|overline))\s*([A-Za-z])$")


def canonical(symbol: str) -> str:
    r"""
    Spell a symbol in one way.

    Examples
    --------
    >>> canonical(r"\mathbf x"), canonical(r"\mathrm{softmax}")
    ('\\mathbf{x}', '\\operatorname{softmax}')
    """
    if word := _WORD.match(symbol):
        return rf"\operatorname{{{word.group(1).strip()}}}"
    if style := _STYLE.match(symbol):
        return "{}{}{{{}}}".format(*style.groups())
    return re.sub(r"\s+", "", symbol)


def _at(meta: Meta, node: N) -> N:
    return replace(node, start=meta.start_pos, end=meta.end_pos)


def _bare(node: Node) -> Node:
    """Return what may stand as a whole term: the braces around it are dropped."""
    if isinstance(node, Script) and node.kind == "braces" and node.content is not None:
        return node.content
    return node


_BRACED_SUM = "braces do not show on the page; write parentheses around this sum"


def _factor(node: Node) -> Node:
    """Return what may stand in a product."""
    if isinstance(node, Script) and node.kind == "braces":
        raise ReadError(_BRACED_SUM, node.start)
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
    if isinstance(node, Partial):
        return node.of
    if isinstance(node, Product) and isinstance(node.factors[0], Partial):
        first, *others = node.factors
        return replace(node, factors=(first.of, *others))
    return None


def _prime(node: Node, count: int) -> Node:
    if not isinstance(node, Name):
        raise ReadError("a prime follows a function's name, as in g'(z)", node.start)
    return replace(node, primes=node.primes + count)


def _subscript(node: Node, subscripts: tuple[Node, ...]) -> Node:
    subscripts = tuple(_bare(item) for item in subscripts)
    if isinstance(node, Name):
        if node.subscripts:
            raise ReadError("two subscripts; write one, as in W_{jk}", node.start)
        return replace(node, subscripts=subscripts)
    return Entry(node, subscripts)


def _superscript(node: Node, content: Node) -> Node:
    parts = content.factors if isinstance(content, Product) else (content,)
    if not all(_is_script(part) for part in parts):
        return Power(node, _bare(content))
    for part in parts:
        if isinstance(part, Group):
            node = _index(node, "example", part.items[0])
        elif isinstance(part, Script) and part.kind == "layer":
            node = _index(node, "layer", part.content)
        elif isinstance(part, Script) and part.kind == "prime":
            node = _prime(node, 1)
    if any(isinstance(p, Name) or (isinstance(p, Script) and p.kind == "transpose") for p in parts):
        node = Transpose(node, start=node.start, end=node.end)
    return node


def _is_script(part: Node) -> bool:
    if isinstance(part, Script):
        return part.kind != "braces"
    return part == Name("T") or (isinstance(part, Group) and len(part.items) == 1)


def _index(node: Node, which: str, value: Node | None) -> Node:
    if not isinstance(node, Name):
        message = "only a symbol carries a [layer] or an (example); give the expression a name by :="
        raise ReadError(message, node.start)
    if getattr(node, which) is not None:
        raise ReadError(f"two {which}s on one symbol", node.start)
    return replace(node, **{which: value})
