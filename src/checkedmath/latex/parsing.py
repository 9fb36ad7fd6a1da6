"""Read LaTeX: from the text of an equation or a declaration to its parsed form."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import cast

from lark import Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.lexer import Token
from lark.tree import Meta

from checkedmath.errors import ReadError
from checkedmath.latex.beside import Beside, without_conditions
from checkedmath.latex.building import build
from checkedmath.latex.grammar import parser
from checkedmath.latex.hints import hint
from checkedmath.latex.macros import LONGEST, Expansion, Macros, expand
from checkedmath.latex.nodes import Condition, Declaration, Joined, Node, Statement
from checkedmath.latex.normalizing import clean
from checkedmath.latex.spellings import common
from checkedmath.latex.vocabulary import declared_in, marked, unique


def read_display(
    latex: str, vocabulary: tuple[str, ...] = (), macros: Macros = ()
) -> tuple[Statement, ...]:
    """
    Read a displayed equation.

    Parameters
    ----------
    latex : str
        What stands between the dollars.
    vocabulary : tuple of str
        The page's names with signs in them, from `checkedmath.latex.vocabulary`.
    macros : tuple of Macro
        The macros that are known before it; places are those in ``latex`` as it is written.

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
Number(value=1)), signs=(1, 1))]
    """
    return cast("tuple[Statement, ...]", _read(latex, "display", vocabulary, macros))


def read_declaration(
    latex: str, vocabulary: tuple[str, ...] = (), macros: Macros = ()
) -> Declaration:
    r"""
    Read one declaration, as ``X \in \mathbb{R}^{n \times m}``.

    Its own names are known, with those of the page.

    Raises
    ------
    ReadError
        With the offset and what was expected there.
    """
    known = unique((*vocabulary, *declared_in(expand(latex, macros).text)))
    return cast("Declaration", _read(latex, "declaration", known, macros))


@lru_cache(maxsize=1024)
def _read(latex: str, start: str, vocabulary: tuple[str, ...], macros: Macros) -> object:
    """Read what a start symbol derives; pages that are used are read again with each user."""
    if len(latex) > LONGEST:
        raise ReadError(f"more than {LONGEST} characters in one display; part it", LONGEST)
    expansion = expand(latex, macros)
    try:
        tree, beside = _parsed(expansion, start, vocabulary)
        built = build(tree, vocabulary)
        for each in beside:
            built = _restricted(cast("tuple[Statement, ...]", built), each, vocabulary)
    except RecursionError:
        raise ReadError("nested too deeply; define a part by := first") from None
    return built


def _parsed(
    expansion: Expansion, start: str, vocabulary: tuple[str, ...]
) -> tuple[Tree[Token], list[Beside]]:
    """Parse LaTeX, and what stands beside its equations; all has its place in the author's text."""
    beside: list[Beside] = []
    try:
        written = marked(common(expansion.text), vocabulary)
        if start == "display":
            written, beside = without_conditions(written)
        tree = parser().parse(clean(written), start=start)
    except (ReadError, UnexpectedInput) as found:
        error = found
        if isinstance(error, UnexpectedInput):
            error = _explain(error, expansion.text, start)
        if error.offset is not None:
            error.offset = expansion.place(error.offset)
        raise error from None
    for part in tree.iter_subtrees() if expansion.moves else ():
        placed: list[Token | Meta] = [] if part.meta.empty else [part.meta]
        placed += [child for child in part.children if isinstance(child, Token)]
        for place in placed:
            place.start_pos = expansion.place(place.start_pos or 0)
            place.end_pos = expansion.place(place.end_pos or 0)
    return tree, [replace(each, start=expansion.place(each.start)) for each in beside]


def _restricted(
    statements: tuple[Statement, ...], beside: Beside, vocabulary: tuple[str, ...]
) -> tuple[Statement, ...]:
    """Give the statement that a condition stands beside the condition."""
    place = sum(each.sides[0].start < beside.start for each in statements) - 1
    last = statements[max(place, 0)]
    if place < 0 or any(relation.start > beside.start for relation in last.relations):
        message = "a condition stands at the end of a chain, beside the whole of it"
        raise ReadError(message, beside.start)
    try:
        tree = parser().parse(clean(beside.latex), start="condition")
    except UnexpectedInput:
        message = r"this condition is not read; write \text{for } j \neq k, or l = 1, \dots, L"
        raise ReadError(message, beside.start) from None
    only = cast("Condition | Joined", _placed(cast("Node", build(tree, vocabulary)), beside.start))
    relations = tuple(replace(each, only=(*each.only, only)) for each in last.relations)
    last = replace(last, relations=relations)
    return (*statements[:place], last, *statements[place + 1 :])


def _placed(node: Node, start: int) -> Node:
    """Return an expression all of which begins at one place."""
    inside = node.with_children(lambda child: _placed(child, start))
    return replace(inside, start=start, end=start)


_SYMBOL = re.compile(r"\\(?:[A-Za-z]+|.)|[^\s]")


def _explain(error: UnexpectedInput, latex: str, start: str) -> ReadError:
    """Return the error with what was found, where, and what to write."""
    offset: int | None = None
    expected: set[str] = set()
    if isinstance(error, UnexpectedToken):
        expected = error.expected
        if error.token.type != "$END":
            offset = error.token.start_pos
    elif isinstance(error, UnexpectedCharacters):
        expected, offset = error.allowed, error.pos_in_stream
    offset = len(latex) if offset is None else offset
    match = _SYMBOL.match(latex, offset)
    found = match.group() if match else ""
    known = not isinstance(error, UnexpectedCharacters)
    message = hint(found, expected, start, known=known)
    return ReadError(f"{message}; found {found or 'the end'}", offset)
