r"""Python's names for a page's symbols: ``Z^{[1]}`` is ``Z1``, ``d\hat{Z}`` is ``dZ_hat``."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping

from checkedmath.latex.nodes import Name, Node, Number, Sum
from checkedmath.latex.printing import to_latex


class NoLineError(Exception):
    """An expression that has no NumPy form here; the message says which part."""


RESERVED = frozenset({"np", "sum", "range", "min", "max"})
"""What generated text uses itself."""

KNOWN = {
    r"\sigma": "sigmoid",
    r"\operatorname{softmax}": "softmax",
}
"""Functions that a page may use without declaring them, and that NumPy has not."""

_PARTS = re.compile(r"(?P<d>d?)(?P<base>[A-Za-z]|\\[A-Za-z]+(?:\{.*\})?)$", re.DOTALL)
_STYLED = re.compile(r"\\(?P<style>[A-Za-z]+)\{(?P<inner>.*)\}$", re.DOTALL)
_ACCENTS = {
    "widehat": "hat",
    "widetilde": "tilde",
    "overline": "bar",
    **{name: name for name in ("hat", "tilde", "bar", "dot", "ddot", "vec", "check", "breve")},
}
_PLAIN = ("mathcal", "mathbf", "mathrm", "mathit", "mathsf", "mathbb", "boldsymbol", "bm")


def word_of(symbol: str, names: Mapping[str, str]) -> str:
    r"""
    Return the Python name of a bare symbol.

    Parameters
    ----------
    symbol : str
        In its canonical spelling, as in the parsed form.
    names : mapping
        The names of some symbols that a book gives itself; others follow from the LaTeX.

    Raises
    ------
    NoLineError
        If the symbol has no letters.

    Examples
    --------
    >>> [word_of(s, {}) for s in ("dZ", r"d\hat{Z}", r"\lambda", r"\operatorname{loss}")]
    ['dZ', 'dZ_hat', 'lambda_', 'loss']
    """
    parts = _PARTS.match(symbol)
    if parts is None:
        raise NoLineError(f"{symbol} has no name in Python")
    base = parts["base"]
    word = names.get(base) or _word(base)
    word = parts["d"] + word
    if not word.isidentifier() or not word.isascii():
        raise NoLineError(f"{symbol} has no name in Python")
    return f"{word}_" if keyword.iskeyword(word) or word in RESERVED else word


def _word(base: str) -> str:
    styled = _STYLED.match(base)
    if styled is None:
        return base.removeprefix("\\").removeprefix("var")
    inner, style = styled["inner"].removeprefix("\\"), styled["style"]
    if style in _ACCENTS:
        return f"{inner}_{_ACCENTS[style]}"
    return inner if style in _PLAIN or style == "operatorname" else ""


def with_subscripts(word: str, subscripts: tuple[Node, ...], names: Mapping[str, str]) -> str:
    """Return a name with the subscripts that belong to it: ``J_data``, ``S_1``."""
    for node in subscripts:
        match node:
            case Number(value) if value.is_integer():
                word += f"_{int(value)}"
            case Name(id=symbol, subscripts=(), layer=None, example=None, primes=0):
                word += f"_{word_of(symbol, names)}"
            case _:
                raise NoLineError(f"the subscript {to_latex(node)} has no name in Python")
    return word


def steps_from(node: Node) -> tuple[str, int] | None:
    """
    Return an index and how far from it a layer is: ``l - 1`` is ``("l", -1)``.

    Examples
    --------
    >>> steps_from(Sum((Name("l"), Number(1.0)), (1, -1)))
    ('l', -1)
    """
    match node:
        case Name(id=index, subscripts=(), layer=None, example=None, primes=0):
            return index, 0
        case Sum(
            terms=(Name(id=index, subscripts=(), layer=None, example=None), Number(value)),
            signs=(1, sign),
        ) if value.is_integer():
            return index, sign * int(value)
    return None
