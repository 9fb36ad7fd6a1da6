"""Blank out what carries no meaning in LaTeX, so that every other character keeps its offset."""

from __future__ import annotations

import re

from checkedmath.errors import ReadError

DEEPEST = 60
"""Levels of braces that a formula may have; a page that needs more is not read by people."""

_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_DECORATION = re.compile(
    r"""\\(?:left|right|[bB]igg?[lrm]?)(?![A-Za-z])\.?   # sizes of delimiters
      | \\(?:displaystyle|textstyle|scriptstyle|limits|nolimits)(?![A-Za-z])
      | \\(?:nonumber|notag|strut|mathstrut)(?![A-Za-z])
      | \\(?:begin|end)\{(?:aligned|align|alignat|gathered|gather|split|equation|multline)\*?\}
      | \\(?:color|tag\*?|label|phantom|hphantom|vphantom)\{[^{}]*\}
      | \\(?:boxed|mathstrut|textcolor\{[^{}]*\})(?=\s*\{)
      | \\(?:hspace|vspace)\*?\{[^{}]*\}""",
    re.VERBOSE,
)
_BRACE_LABEL = re.compile(r"\\(?:underbrace|overbrace)(?![A-Za-z])")
_CONTINUED_ROW = re.compile(
    r"""(?:\\\\(?:\[[^\]]*\])?|\\qquad(?![A-Za-z]))          # a new row, or wide space,
        (?=(?:\s|&|~|\\[,;:!\ ]|\\q?quad(?![A-Za-z]))*
           (?:[=+\-<>]|:=|\\(?:odot|cdot|neq?|approx|propto|leq?|geq?)(?![A-Za-z])))""",
    re.VERBOSE,
)


def clean(latex: str) -> str:
    r"""
    Replace comments, sizes, environments, colours and the text under braces by spaces.

    A row break before a relation or an operator continues the row above, and is blanked as well.

    Raises
    ------
    ReadError
        If the braces do not pair, or are nested deeper than `DEEPEST`.

    Examples
    --------
    >>> clean(r"\underbrace{a}_{small} \\ &= b")
    '\\\\underbrace{a}           &= b'
    """
    for pattern in (_COMMENT, _DECORATION):
        latex = pattern.sub(_spaces, latex)
    partner = _pair_braces(latex)
    for match in reversed(list(_BRACE_LABEL.finditer(latex))):
        latex = _unlabel(latex, match, partner)
    return _CONTINUED_ROW.sub(_spaces, latex)


def _spaces(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def _pair_braces(latex: str) -> dict[int, int]:
    """Map the offset of each opening brace to that of its closing one."""
    partner: dict[int, int] = {}
    open_braces: list[int] = []
    for match in re.finditer(r"\\.|[{}]", latex, re.DOTALL):
        if match.group() == "{":
            open_braces.append(match.start())
            if len(open_braces) > DEEPEST:
                message = f"braces are nested more than {DEEPEST} deep; define a part by := first"
                raise ReadError(message, match.start())
        elif match.group() == "}":
            if not open_braces:
                raise ReadError("this } closes nothing; a { is missing before it", match.start())
            partner[open_braces.pop()] = match.start()
    if open_braces:
        raise ReadError("this { is never closed; a } is missing", open_braces[-1])
    return partner


def _unlabel(latex: str, match: re.Match[str], partner: dict[int, int]) -> str:
    """Blank the label of a brace; the expression that it embraces stays."""
    body = re.compile(r"\s*\{").match(latex, match.end())
    if body is None:
        raise ReadError(f"expected {{ after {match.group()}", match.end())
    end = partner[body.end() - 1] + 1
    label = re.compile(r"\s*[_^]\s*\{").match(latex, end)
    if label is not None:
        stop = partner[label.end() - 1] + 1
        latex = latex[:end] + re.sub(r"[^\n]", " ", latex[end:stop]) + latex[stop:]
    return latex
