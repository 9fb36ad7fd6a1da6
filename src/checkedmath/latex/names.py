"""Names: one spelling for a symbol, the name of a batch and of one example, free indices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from checkedmath.latex.nodes import BigOperator, ByEntry, Name, Node
from checkedmath.latex.printing import to_latex

_WORD = re.compile(
    r"[\\\ue008](?:(?:operatorname|mathrm|text)\s*\{(.*)\}|(?:rm|sf|it|bf)\s+(\w+))$", re.DOTALL
)
_STYLE = re.compile(
    r"(d?)(\\(?:math[a-z]+|bm|boldsymbol|(?:wide)?(?:hat|tilde)|bar|overline|vec|dot|check|breve))\s*([A-Za-z]|\\[A-Za-z]+)$"
)


def canonical(symbol: str) -> str:
    r"""
    Spell a symbol in one way.

    Examples
    --------
    >>> canonical(r"\mathbf x"), canonical(r"\mathrm{softmax}")
    ('\\mathbf{x}', '\\operatorname{softmax}')
    """
    if word := _WORD.match(symbol):
        return rf"\operatorname{{{(word[1] or word[2]).strip()}}}"
    if style := _STYLE.match(symbol):
        return "{}{}{{{}}}".format(*style.groups())
    return re.sub(r"\s+", "", symbol)


def key_of(name: Name) -> str:
    """Return the bare symbol with its subscript, as it is declared: ``n_0``, or ``n_l``."""
    if not name.subscripts:
        return name.id
    return f"{name.id}_{','.join(map(to_latex, name.subscripts))}"


def batch_name(key: str) -> str:
    r"""
    Return the name of the batch for one example's symbol: its last letter as a capital.

    Examples
    --------
    >>> batch_name("dz"), batch_name(r"\hat{y}"), batch_name(r"\delta"), batch_name("W")
    ('dZ', '\\hat{Y}', '\\Delta', 'W')
    """
    return _with_case(key, capital=True)


def example_name(key: str) -> str:
    r"""
    Return the name of one example for a batch's symbol: its last letter as a small one.

    Examples
    --------
    >>> example_name("dZ"), example_name(r"\hat{Y}")
    ('dz', '\\hat{y}')
    """
    return _with_case(key, capital=False)


_CAPITAL_GREEK = ("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "phi", "psi", "omega")


@lru_cache(maxsize=4096)
def _with_case(key: str, *, capital: bool) -> str:
    base, mark, subscript = key.partition("_")
    inner, brace = (base[:-1], "}") if base.endswith("}") else (base, "")
    head, slash, command = inner.rpartition("\\")
    if slash and command.lower() in _CAPITAL_GREEK:
        command = command.capitalize() if capital else command.lower()
        inner = head + slash + command
    elif not (slash and command.isalpha()):
        inner = inner[:-1] + (inner[-1:].upper() if capital else inner[-1:].lower())
    return inner + brace + mark + subscript


def with_subscripts(keys: Iterable[str]) -> set[str]:
    """
    Return the symbols, as batches, of which some key has a subscript.

    Examples
    --------
    >>> sorted(with_subscripts(["n_0", "x_i_0", "Y"]))
    ['N', 'X', 'X_i']
    """
    places = ((key, place) for key in keys for place, sign in enumerate(key) if sign == "_")
    return {batch_name(key[:place]) for key, place in places}


def free_names(node: Node, is_symbol: Callable[[str], bool] | None = None) -> Iterator[Name]:
    """
    Yield the names inside an expression that no big operator in it binds.

    The subscript of what ``is_symbol`` calls a symbol of its own, as ``x_t`` may be, is left out.
    """
    if isinstance(node, BigOperator):
        for child in node.children():
            inner = free_names(child, is_symbol)
            yield from (name for name in inner if name.id != node.index)
        return
    if isinstance(node, ByEntry):
        inner = free_names(node.body, is_symbol)
        yield from (name for name in inner if name.id not in node.indices)
        return
    if isinstance(node, Name):
        yield node
        if is_symbol is not None:
            for length in range(len(node.subscripts), 0, -1):
                if is_symbol(key_of(replace(node, subscripts=node.subscripts[:length]))):
                    node = replace(node, subscripts=node.subscripts[length:])
                    break
    for child in node.children():
        yield from free_names(child, is_symbol)


def example_indices(node: Node) -> set[str]:
    """Return the indices that stand for an example in an expression and are bound by nothing."""
    if isinstance(node, BigOperator):
        inside = set().union(*(example_indices(child) for child in node.children()))
        return inside - {node.index}
    example = node.example if isinstance(node, Name) else None
    own = set() if example is None else {name.id for name in free_names(example)}
    if isinstance(example, Name) and example.subscripts:
        own = set()  # the label y_i is a value, and its subscript numbers no example
    return own.union(*(example_indices(child) for child in node.children()))
