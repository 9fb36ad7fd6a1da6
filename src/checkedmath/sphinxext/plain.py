r"""Write short formulas as plain HTML, for a tooltip: ``dZ^{[2]}`` is *dZ* with a raised [2]."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from html.entities import html5

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


def plain_html(latex: str) -> str:
    r"""
    Return a formula as HTML without layout.

    Examples
    --------
    >>> plain_html(r"d\hat{Z}^{[2]\top}")
    '<i>d</i><i>Ẑ</i><sup>[2]⊤</sup>'
    >>> plain_html(r"n_{l-1}")
    '<i>n</i><sub><i>l</i>−1</sub>'
    """
    return unicodedata.normalize("NFC", _Plain(latex).all())


class _Plain:
    """Reads LaTeX from left to right."""

    def __init__(self, latex: str) -> None:
        self._tokens = list(_TOKEN.finditer(latex))
        self._at = 0

    def all(self) -> str:
        """Return the HTML of everything that is left, up to a closing brace."""
        pieces = []
        while self._at < len(self._tokens) and self._tokens[self._at].group() != "}":
            pieces.append(self._next())
        return "".join(pieces)

    def _next(self) -> str:
        """Return the HTML of one token and of what belongs to it."""
        if self._at == len(self._tokens):
            return ""
        token = self._tokens[self._at]
        self._at += 1
        if token["letter"]:
            return f"<i>{token['letter']}</i>"
        if token["command"]:
            return self._command(token["command"])
        if token["sign"]:
            return token["sign"] if token["sign"] in "{}" else " "
        return self._other(token["other"])

    def _other(self, sign: str) -> str:
        if sign == "{":
            inside = self.all()
            self._at += 1
            return inside
        if sign in "^_":
            tag = "sup" if sign == "^" else "sub"
            return f"<{tag}>{self._next()}</{tag}>"
        return "" if sign.isspace() else _SIGNS.get(sign, escape(sign))

    def _command(self, name: str) -> str:
        style = name.removeprefix("wide").replace("overline", "bar")
        if style in _ACCENTS:
            base = re.sub(r"<.*?>", "", self._next())
            return f"<i>{base}{_ACCENTS[style]}</i>" if base.isascii() else base + _ACCENTS[style]
        if name in ("mathcal", "mathbb"):
            letter = re.sub(r"<.*?>", "", self._next())
            return _SCRIPT.get(letter, letter)
        if name in ("mathbf", "boldsymbol", "bm"):
            return f"<b>{self._next()}</b>"
        if name in ("operatorname", "text", "mathrm", "mathsf"):
            return re.sub(r"<.*?>", "", self._next())
        if name in ("left", "right"):
            return ""
        return _WORDS.get(name) or html5.get(f"{name};") or f"{name} "


def words_html(markdown: str) -> str:
    r"""
    Return a few words of Markdown, with formulas, as plain HTML.

    Examples
    --------
    >>> words_html(r"column $i$ of **all**, see [here](page.md)")
    'column <i>i</i> of all, see here'
    """
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown).replace("**", "").replace("`", "")
    pieces = re.split(r"\$([^$]*)\$", text)
    return "".join(
        plain_html(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )
