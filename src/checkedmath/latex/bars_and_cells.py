"""Mark what LaTeX writes with one sign and means in two ways: bars, and the ends of cells."""

from __future__ import annotations

import re

from checkedmath.errors import ReadError

ABS_OPEN, ABS_CLOSE, NORM_OPEN, NORM_CLOSE, NEXT_CELL, NEXT_ROW = (
    "\ue000\ue001\ue002\ue003\ue004\ue005"
)
"""Signs of a private use area, one for each meaning."""

TEXT_NAME = "\ue008"

_PIECE = re.compile(
    r"""(?P<sized>\\(?:left|right|middle|[bB]igg?[lrm]?)\s*)?(?P<bar>\||\\\||\\(?:[vV]ert|mid)(?![A-Za-z]))
      | (?P<blank>(?:\s|&|~|\\[,;:!\ ]|\\q?quad(?![A-Za-z]))+)
      | (?P<open>\\left\s*[(\[]|[({\[]|\\[lL]?lVert|\\lvert|\\langle|\\\{)
      | (?P<close>\\right\s*[)\]]|[)}\]]|\\rVert|\\rvert|\\rangle|\\\})
      | (?P<joint>[=+\-<>,;/^_]|\\(?:cdot|odot|otimes|times|circ|leq?|geq?|neq?|approx|propto|in|to)
                 (?![A-Za-z])|\\\\|\\(?:sum|prod|log|ln|exp|max|min|frac)(?![A-Za-z]))
      | (?P<operand>\\[A-Za-z]+|.)""",
    re.VERBOSE | re.DOTALL,
)
_DOUBLED = re.compile(r"(?<![|\\])\|\|(?!\|)([^|]*)(?<![|\\])\|\|(?!\|)")
_BLOCK = re.compile(
    r"\\begin\{(?P<name>[bpv]matrix|cases)\}(?:(?!\\begin\{).)*?\\end\{(?P=name)\}", re.DOTALL
)
_INSIDE = re.compile(r"&|\\\\(\[[^\]]*\])?|\\q?quad(?![A-Za-z])")


def mark_cells(latex: str) -> str:
    """Mark the ends of cells and rows of matrices and cases, which elsewhere carry no meaning."""
    for _ in range(_DEEPEST):
        marked = _BLOCK.sub(lambda block: _marked_block(block.group()), latex)
        if marked == latex:
            return latex.replace(_BEGUN, r"\begin{").replace(_ENDED, r"\end{")
        latex = marked
    message = f"matrices or cases inside each other more than {_DEEPEST} deep"
    raise ReadError(f"{message}; define a part by := first", 0)


_DEEPEST = 10
_BEGUN, _ENDED = "\ue006".ljust(len(r"\begin{")), "\ue007".ljust(len(r"\end{"))


def _marked_block(block: str) -> str:
    first = block.index("}")
    body = _INSIDE.sub(_mark, block[first:])
    return block[:first].replace(r"\begin{", _BEGUN) + body.replace(r"\end{", _ENDED)


def _mark(match: re.Match[str]) -> str:
    sign = match.group()
    if sign == "&":
        return NEXT_CELL
    return (NEXT_ROW if sign.startswith("\\\\") else " ").ljust(len(sign))


def mark_bars(latex: str) -> str:
    r"""
    Return LaTeX with separate signs for opening and closing bars, of ``|x|`` and of ``\|x\|``.

    Raises
    ------
    ReadError
        If a bar has no partner, or bars can be paired in two ways, as in ``|a| b |c|``.
    """
    latex = _DOUBLED.sub(r"\|\1\|", latex)
    pieces: list[str] = []
    levels: list[list[tuple[str, int]]] = [[]]
    closed: list[bool] = [False]
    before = "joint"
    for match in _PIECE.finditer(latex):
        text, kind = match.group(), match.lastgroup or ""
        if kind == "bar" and match["bar"] == r"\mid" and len(levels) > 1:
            kind = "operand"  # inside of brackets it parts what is given
        elif kind == "bar":
            text, kind = _bar(match, levels[-1], before, after_closed=closed[-1])
            closed[-1] = closed[-1] or kind == "closed bar"
        elif kind == "open":
            levels.append([])
            closed.append(False)
        elif kind == "close":
            _refuse_open(levels[-1])
            if len(levels) > 1:
                levels.pop()
                closed.pop()
        elif kind == "joint" and text in ("=", r"\\", ","):
            _refuse_open(levels[-1] if text == "=" else [])
            closed[-1] = False
        elif kind == "joint" and text in "+-" and not levels[-1]:
            closed[-1] = False
        if kind != "blank":
            before = kind
        pieces.append(text)
    _refuse_open(levels[-1])
    return "".join(pieces)


def _bar(
    match: re.Match[str], waiting: list[tuple[str, int]], before: str, *, after_closed: bool
) -> tuple[str, str]:
    """Return the mark for a bar, and whether it opens or closes."""
    double = match["bar"] in (r"\|", r"\Vert")
    sized = (match["sized"] or "").strip()
    after_operand = before in ("operand", "close", "closed bar")
    if sized == r"\middle":
        raise ReadError(r"a bar in the middle is not read", match.start())
    kind = "norm" if double else "abs"
    closes = bool(waiting) and waiting[-1][0] == kind and after_operand
    if sized.endswith(("left", "l")):
        closes = False
    elif sized.endswith(("right", "r")):
        closes = True
    elif not closes and after_closed and before == "operand":
        message = "bars that can be paired in two ways, as in |a| b |c|; write " + (
            r"\lVert and \rVert" if double else r"\lvert and \rvert"
        )
        raise ReadError(message, match.start())
    if closes:
        if not waiting:
            raise ReadError("this bar closes nothing", match.start())
        waiting.pop()
    else:
        waiting.append((kind, match.start()))
    opening, closing = (NORM_OPEN, NORM_CLOSE) if double else (ABS_OPEN, ABS_CLOSE)
    mark = (closing if closes else opening).rjust(len(match.group()))
    return mark, "closed bar" if closes else "open"


def _refuse_open(waiting: list[tuple[str, int]]) -> None:
    if waiting:
        message = r"this bar is not closed; write \lvert x \rvert or \lVert x \rVert"
        raise ReadError(message, waiting[0][1])
