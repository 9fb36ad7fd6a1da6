r"""Python's names for a page's symbols: ``Z^{[1]}`` is ``Z1``, ``d\hat{Z}`` is ``dZ_hat``."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping

from checkedmath.latex.nodes import Name, Node, Number, Sum

RESERVED = frozenset({"np", "sum", "range", "min", "max"})
"""What a line of NumPy uses itself, or a reader would take for Python's."""

KNOWN = {r"\sigma": "sigmoid", r"\operatorname{softmax}": "softmax"}
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


def word_of(symbol: str, names: Mapping[str, str]) -> str | None:
    r"""
    Return the Python name of a bare symbol; None if it has no letters.

    Parameters
    ----------
    symbol : str
        In its canonical spelling, as in the parsed form.
    names : mapping
        The names of some symbols that a book gives itself; others follow from the LaTeX.

    Examples
    --------
    >>> [word_of(s, {}) for s in ("dZ", r"d\hat{Z}", r"\lambda", r"\operatorname{loss}", "1")]
    ['dZ', 'dZ_hat', 'lambda_', 'loss', None]
    """
    parts = _PARTS.match(symbol)
    if parts is None:
        return None
    base = parts["base"]
    word = parts["d"] + (names.get(base) or _word(base))
    if not word.isidentifier() or not word.isascii():
        return None
    return f"{word}_" if keyword.iskeyword(word) or word in RESERVED else word


def _word(base: str) -> str:
    styled = _STYLED.match(base)
    if styled is None:
        return base.removeprefix("\\").removeprefix("var")
    inner, style = styled["inner"].removeprefix("\\"), styled["style"]
    if style in _ACCENTS:
        return f"{inner}_{_ACCENTS[style]}"
    return inner if style in _PLAIN or style == "operatorname" else ""


def with_subscripts(name: Name, names: Mapping[str, str]) -> str | None:
    """Return a name with the subscripts that belong to it: ``J_data``, ``S_1``."""
    words = [word_of(name.id, names)]
    for node in name.subscripts:
        match node:
            case Number(int() as value):
                words.append(f"{value}")
            case Name(id=symbol, subscripts=(), layer=None, example=None, primes=0):
                words.append(word_of(symbol, names))
            case _:
                return None
    return None if None in words else "_".join(filter(None, words))


def steps_from(node: Node | None) -> tuple[str, int] | None:
    """
    Return an index and how far from it a layer is: ``l - 1`` is ``("l", -1)``.

    Examples
    --------
    >>> steps_from(Sum((Name("l"), Number(1)), (1, -1)))
    ('l', -1)
    """
    match node:
        case Name(id=index, subscripts=(), layer=None, example=None, primes=0):
            return index, 0
        case Sum(
            terms=(Name(id=index, subscripts=(), layer=None, example=None), Number(int() as value)),
            signs=(1, sign),
        ):
            return index, sign * value
    return None
