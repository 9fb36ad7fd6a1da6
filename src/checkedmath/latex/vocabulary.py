r"""
Names with signs in them, as a page declares them: ``\sigma^2``, ``w^*``, ``\Delta W``.

The grammar reads ``\sigma^2`` as a power. Where a page declares it, or defines it by ``:=``, it is
a name: before anything is parsed, each place at which it stands is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from checkedmath.latex.spellings import common

_FIRST = 0xE100
MOST = 0xF8FF - _FIRST

_GREEK = (
    r"\\(?:[Aa]lpha|[Bb]eta|[Gg]amma|[Dd]elta|(?:var)?epsilon|zeta|eta|(?:var)?[Tt]heta|iota|kappa"
    r"|[Ll]ambda|mu|nu|[Xx]i|[Pp]i|(?:var)?rho|[Ss]igma|tau|[Uu]psilon|(?:var)?[Pp]hi|chi|[Pp]si"
    r"|[Oo]mega|ell)(?![A-Za-z])"
)
_STYLES = (
    r"\\(?:mathcal|mathbf|mathrm|boldsymbol|bm|hat|widehat|tilde|widetilde|bar|overline|dot|vec)"
)
_LETTER = (
    rf"(?:{_STYLES}\s*(?:\{{\s*(?:[A-Za-z]|{_GREEK})\s*\}}|\s[A-Za-z]|{_GREEK})|{_GREEK}|[A-Za-z])"
)
_MARK = r"(?:[*+-]|\\(?:ast|star|dagger)(?![A-Za-z]))"
_WORD = r"\{(?:[A-Za-z]{2,}|\\(?:text|mathrm)\{[A-Za-z]+\})\}"
_SUBSCRIPT = r"\s*_\s*(?:[A-Za-z0-9]|\{[^{}]*\})"
_SPECIAL = re.compile(
    rf"""(?P<base>{_LETTER})(?P<sub>{_SUBSCRIPT})?\s*\^\s*         # \sigma^2, \sigma_j^2, w^*
          (?P<mark>2|\{{\s*2\s*\}}|{_MARK}|\{{\s*{_MARK}\s*\}}|{_WORD})      # y^{{LS}}
      | {_LETTER}\s*_\s*(?:{_MARK}|\{{\s*{_MARK}\s*\}})                # k_+
      | {_LETTER}\s*_\s*\{{[^{{}}]*(?:\\mid(?![A-Za-z])|\|)[^{{}}]*\}}  # P_{{k \mid k-1}}
      | \\[Dd]elta\s*(?!{_GREEK}){_LETTER}(?!\s*\()                    # \Delta W
    """,
    re.VERBOSE,
)
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\S")
_HEAD_END = re.compile(r"\\in(?![A-Za-z])|\\(?:ge|geq|colon)(?![A-Za-z])|:|>|<|=")
_BEGINS = re.compile(
    r"\\\\(?:\[[^\]]*\])?|[,;&](?![^()]*\))|\\q?quad(?![A-Za-z])|\n[ \t]*\n"
    r"|\\(?:begin|end)\{\w+\*?\}"
)


def declared_in(latex: str) -> Iterator[str]:
    """Yield the names with signs in them that a line of a where list declares."""
    latex = common(latex)
    end = _HEAD_END.search(latex)
    yield from _specials(latex[: end.start()] if end else latex)


def defined_in(latex: str) -> Iterator[str]:
    """Yield the names with signs in them that stand left of ``:=``."""
    for target in targets_in(latex):
        yield from _specials(target, last=True)


def targets_in(latex: str) -> Iterator[str]:
    """Yield what stands left of ``:=``, from the last sign that parts equations."""
    for part in common(latex).split(":=")[:-1]:
        head = part.rstrip().removesuffix("&").rstrip()
        starts = [match.end() for match in _BEGINS.finditer(head)]
        yield head[max(starts, default=0) :]


def _specials(text: str, *, last: bool = False) -> Iterator[str]:
    for piece in [text] if last else text.split(","):
        head = re.sub(r"\\(?:left|right|boxed\s*\{)", "", piece).strip()
        match = _SPECIAL.match(head)
        if match is None or head[match.end() :].strip().startswith("("):
            continue
        if match["base"] is None:
            yield spelled(match.group())
        else:
            subscript = "_" if match["sub"] else ""
            yield spelled(match["base"]) + subscript + spelled("^" + match["mark"])


def spelled(name: str) -> str:
    r"""
    Spell a name in one way.

    Examples
    --------
    >>> spelled(r"\hat y"), spelled(r"P_{k \mid k-1}"), spelled(r"\Delta W")
    ('\\hat{y}', 'P_{k|k-1}', '\\Delta{W}')
    """
    tokens = ["|" if piece == r"\mid" else piece for piece in _TOKEN.findall(name)]
    text = ""
    for place, piece in enumerate(tokens):
        text += piece
        after = tokens[place + 1] if place + 1 < len(tokens) else ""
        if re.fullmatch(r"\\[A-Za-z]+", piece) and re.match(r"[A-Za-z\\]", after):
            if place == len(tokens) - 2:
                return f"{text}{{{after}}}"
            text += " "
    return re.sub(r"([\^_])\{(\\[A-Za-z]+|.)\}$", r"\1\2", text)


@lru_cache(maxsize=256)
def _pattern(vocabulary: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern with a group for each name, the longest first; words are passed over."""
    order = sorted(range(len(vocabulary)), key=lambda k: -len(vocabulary[k]))
    names = "|".join(f"(?P<n{k}>{_spaced(vocabulary[k], k)})" for k in order)
    return re.compile(rf"{names}|\\text\{{[^{{}}]*\}}|\\[A-Za-z]+")


def _spaced(name: str, number: int) -> str:
    """Return a pattern for a name however its spaces and braces are written."""
    base, power, mark = name.rpartition("^")
    if power:
        # What an array has below it picks an entry; a family is declared with what runs.
        must = "" if base.endswith("_") else "?"
        base = base.removesuffix("_")
        script = rf"(?P<s{number}>{_SUBSCRIPT}){must}\s*\^\s*{_braced(mark)}"
        return rf"(?P<b{number}>{_spaced(base, number)}){script}"
    if (single := re.fullmatch(r"(\\.*)\{(\\?[A-Za-z]+)\}", name)) is not None:
        return rf"{_spaced(single[1], number)}\s*{_braced(single[2])}"
    parts: list[str] = []
    tokens = _TOKEN.findall(name)
    for before, piece in zip(["", *tokens], tokens, strict=False):
        literal = _literal(piece)
        parts.append(_braced(piece) if before in ("^", "_") and piece != "{" else literal)
    return r"\s*".join(parts)


def _literal(piece: str) -> str:
    if piece == "|":
        return r"(?:\||\\mid(?![A-Za-z]))"
    return re.escape(piece) + ("(?![A-Za-z])" if re.match(r"\\[A-Za-z]", piece) else "")


def _braced(piece: str) -> str:
    """Return a pattern for a piece in braces or without them."""
    return rf"(?:{_literal(piece)}|\{{\s*{_literal(piece)}\s*\}})"


def marked(latex: str, vocabulary: tuple[str, ...]) -> str:
    """Return LaTeX in which each of these names is one sign, and all else keeps its place."""
    if not vocabulary:
        return latex

    def mark(match: re.Match[str]) -> str:
        group = match.lastgroup or ""
        if not group.startswith("n"):
            return match.group()
        number = group[1:]
        text = match.group()
        blank = re.sub(r"[^\n]", " ", text)
        if f"s{number}" in match.groupdict() and match[f"s{number}"]:
            start, end = (at - match.start() for at in match.span(f"s{number}"))
            blank = blank[:start] + text[start:end] + blank[end:]
        return chr(_FIRST + int(number)) + blank[1:]

    return _pattern(vocabulary).sub(mark, latex)


def named(token: str, vocabulary: tuple[str, ...]) -> str:
    """Return a token of the parser, with the name that a mark stands for."""
    place = ord(token[-1]) - _FIRST
    if not 0 <= place < len(vocabulary):
        return token
    return token[:-1] + vocabulary[place].replace("_^", "^")


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in their order, each once, as many as there are marks."""
    return tuple(dict.fromkeys(names))[:MOST]
