r"""
Write short formulas as plain HTML, for a tooltip: ``dZ^{[2]}`` is *dZ* with a raised [2].

A formula becomes pieces, each a tag with what is in it; only `_html` makes HTML of them, and it
escapes every text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import escape
from html.entities import html5

from docutils import nodes

_TOKEN = re.compile(
    r"\\(?P<command>[A-Za-z]+)|\\(?P<sign>.)|(?P<letter>[A-Za-z])|(?P<other>.)", re.DOTALL
)
_ACCENTS = {
    "hat": "\u0302",
    "tilde": "\u0303",
    "bar": "\u0304",
    "dot": "\u0307",
    "ddot": "\u0308",
    "vec": "\u20d7",
}
_WORDS = {
    "cdot": "·",
    "cdots": "⋯",
    "dots": "…",
    "infty": "∞",
    "in": "∈",
    "partial": "∂",
    "to": "→",
    "varepsilon": "ε",
    "lVert": "‖",
    "rVert": "‖",
}
_SIGNS = {"-": "−", "'": "′", "~": " "}
_SCRIPT = {"L": "ℒ", "R": "ℝ", "N": "ℕ", "Z": "ℤ"}

_DEEPEST = 20
"""Levels of scripts, accents and braces; what is nested deeper is written in one line."""

Piece = tuple[str, "str | list[Piece]"]


def plain_html(latex: str) -> str:
    r"""
    Return a formula as HTML without layout.

    Examples
    --------
    >>> plain_html(r"d\hat{Z}^{[2]\top}")
    '<i>d</i><i>Ẑ</i><sup>[2]⊤</sup>'
    >>> plain_html(r"n_{l-1}")
    '<i>n</i><sub><i>l</i>−1</sub>'
    >>> plain_html(r"\lt b \gt")
    '&lt;<i>b</i>&gt;'
    """
    return _html(_Plain(latex).all())


def inner_html(node: nodes.Node) -> str:
    """Return the words and formulas of a document's node as plain HTML."""
    found = []
    for each in node.findall():
        if isinstance(each, nodes.Text) and not isinstance(each.parent, nodes.math):
            found.append(escape(re.sub(r"\s+", " ", str(each))))
        elif isinstance(each, nodes.math):
            found.append(plain_html(each.astext()))
    return "".join(found)


def _html(pieces: Iterable[Piece]) -> str:
    """Return HTML in which all that is not one of our tags is escaped."""
    return "".join(
        f"<{tag}>{_inside(inside)}</{tag}>" if tag else _inside(inside) for tag, inside in pieces
    )


def _inside(inside: str | list[Piece]) -> str:
    return (
        escape(unicodedata.normalize("NFC", inside)) if isinstance(inside, str) else _html(inside)
    )


def _words(pieces: Iterable[Piece]) -> str:
    """Return the text of pieces alone."""
    return "".join(inside if isinstance(inside, str) else _words(inside) for _, inside in pieces)


class _Plain:
    """Reads LaTeX from left to right."""

    def __init__(self, latex: str) -> None:
        self._tokens = list(_TOKEN.finditer(latex))
        self._at = 0
        self._depth = 0

    def all(self) -> list[Piece]:
        """Return the pieces of everything that is left, up to a closing brace."""
        pieces: list[Piece] = []
        while self._at < len(self._tokens):
            if self._depth and self._tokens[self._at].group() == "}":
                break
            pieces += self._next()
        return pieces

    def _next(self) -> list[Piece]:
        """Return the pieces of one token and of what belongs to it."""
        if self._at == len(self._tokens):
            return []
        token = self._tokens[self._at]
        self._at += 1
        if token["letter"]:
            return [("i", token["letter"])]
        if token["command"]:
            return self._command(token["command"])
        if token["sign"]:
            return [("", token["sign"] if token["sign"] in "{}" else " ")]
        return self._other(token["other"])

    def _argument(self) -> list[Piece]:
        """Return the pieces of what belongs to the token before; none if it is nested too deep."""
        if self._depth == _DEEPEST:
            return []
        self._depth += 1
        found = self._next()
        self._depth -= 1
        return found

    def _other(self, sign: str) -> list[Piece]:
        if sign == "{" and self._depth < _DEEPEST:
            self._depth += 1
            inside = self.all()
            self._depth -= 1
            self._at += 1
            return inside
        if sign in "{}":
            return []
        if sign in "^_":
            return [("sup" if sign == "^" else "sub", self._argument())]
        return [] if sign.isspace() else [("", _SIGNS.get(sign, sign))]

    def _command(self, name: str) -> list[Piece]:
        style = name.removeprefix("wide").replace("overline", "bar")
        if style in _ACCENTS:
            base = _words(self._argument())
            return [("i" if base.isascii() else "", base + _ACCENTS[style])]
        if name in ("mathcal", "mathbb"):
            letter = _words(self._argument())
            return [("", _SCRIPT.get(letter, letter))]
        if name in ("mathbf", "boldsymbol", "bm"):
            return [("b", self._argument())]
        if name in ("operatorname", "text", "mathrm", "mathsf"):
            return [("", _words(self._argument()))]
        if name in ("left", "right"):
            return []
        return [("", _WORDS.get(name) or html5.get(f"{name};") or f"{name} ")]
