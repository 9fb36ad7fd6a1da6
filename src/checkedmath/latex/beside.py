r"""Conditions beside an equation: ``\quad \text{for } l = 1, \dots, L - 1``, cut out."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

from checkedmath.errors import ReadError

_SPACE = r"\s|&|~|\\[,;:!\ ]|\\q?quad(?![A-Za-z])"
# Possessive: what is a space is tried once, however much of it there is.
_GAP = rf"(?:{_SPACE})*+"
_LETTER = r"(?:[A-Za-z]|\\(?:ell|alpha|beta|mu|nu)(?![A-Za-z]))"
_LETTERS = rf"{_LETTER}(?:{_GAP},{_GAP}{_LETTER}){{0,4}}"
# Numbers, sizes and what is added to them: no comma, no relation, no break.
_BOUND = r"[^,;=<>&\\{}()]{1,20}"
_RANGE = re.compile(
    rf"""(?<![A-Za-z\\])(?P<names>{_LETTERS}){_GAP}
        (?:={_GAP}|\\in(?![A-Za-z]){_GAP}\\\{{)
        (?P<low>{_BOUND}),(?:{_GAP}{_BOUND},)?{_GAP}\\[lc]?dots(?![A-Za-z]){_GAP},{_GAP}
        (?P<high>{_BOUND}?){_GAP}(?:\\\}})?(?P<close>\)?)
        (?={_GAP}(?:[.,;]|\\\\|$|\\q?quad|\\text|\\end))""",
    re.VERBOSE,
)
_FOR_ALL = re.compile(
    rf"""(?:\\text\{{\s*for\ (?:all|every|each)\s*\}}|\\forall(?![A-Za-z])){_GAP}{_LETTERS}
        (?={_GAP}(?:[.,;]{_GAP})?(?:\\\\|\\end(?![A-Za-z])|$))""",
    re.VERBOSE,
)
_WORD = re.compile(
    r"\\text\{\s*(?P<word>if|for|when|unless)(?P<more>\ [a-z][a-z\ ]*)?\s*\}|\\forall(?![A-Za-z])"
)
_STOP = re.compile(r"\\\\|\\q?quad(?![A-Za-z])|\\end(?![A-Za-z])|;|$")
_CASES = re.compile(r"\\(?P<end>begin|end)\{cases\}")
_READ = ("", "all", "every", "each")


@dataclass(frozen=True, slots=True)
class Beside:
    """A condition beside an equation: its text, with ranges as chains, and its place."""

    latex: str
    start: int


def without_conditions(latex: str) -> tuple[str, list[Beside]]:
    r"""
    Blank the conditions beside equations, and return them.

    Raises
    ------
    ReadError
        If words stand there that are not read.

    Examples
    --------
    >>> without_conditions(r"a_l = b_l \quad \text{for } l = 1, \dots, L")[1]
    [Beside(latex=' 1 \\le l \\le L', start=16)]
    """
    latex = _FOR_ALL.sub(lambda match: _blank(match.group()), latex)
    cases = _inside_cases(latex)
    found: list[Beside] = []

    def cut(start: int, stop: int, condition: str) -> None:
        nonlocal latex
        found.append(Beside(condition, start))
        latex = latex[:start] + _blank(latex[start:stop]) + latex[stop:]

    for match in _WORD.finditer(latex):
        if match["word"] and bisect.bisect(cases, match.start()) % 2:
            continue
        if match["word"] == "unless" or (match["more"] or "").strip() not in _READ:
            message = r"a condition beside an equation is written as \text{for } j \neq k, "
            raise ReadError(rf"{message}or l = 1, \dots, L", match.start())
        end = _STOP.search(latex, match.end())
        stop = len(latex) if end is None else end.start()
        cut(match.start(), stop, _RANGE.sub(_chain, latex[match.end() : stop]).rstrip(" \n\t.,&~"))
    place = 0
    while spanned := _RANGE.search(latex, place):
        before = latex[: spanned.start()].rstrip(" \n\t")
        opened = before.endswith("(") and spanned["close"]
        before = before.removesuffix("(").rstrip(" \n\t") if opened else before
        parted = before.endswith((",", ";", "&", "~", r"\quad", r"\qquad"))
        if parted and not bisect.bisect(cases, spanned.start()) % 2:
            cut(len(before), spanned.end(), _chain(spanned))
        place = spanned.end() if parted else spanned.start() + 1
    return latex, sorted(found, key=lambda each: each.start)


def _chain(match: re.Match[str]) -> str:
    """Return a range of indices as comparisons."""
    names = re.findall(_LETTER, match["names"])
    low, high = match["low"].strip(), match["high"].strip()
    return r" \text{ and } ".join(rf"{low} \le {name} \le {high}" for name in names)


def _inside_cases(latex: str) -> list[int]:
    """Return where the outermost cases begin and end, in turn."""
    depth, places = 0, []
    for match in _CASES.finditer(latex):
        step = 1 if match["end"] == "begin" else -1
        if depth in (0, 1) and depth + step in (0, 1):
            places.append(match.start())
        depth = max(depth + step, 0)
    return places


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
