"""Blank out what has no meaning in LaTeX, so that every other character stays at its offset."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkedmath.errors import ReadError
from checkedmath.latex.bars_and_cells import TEXT_NAME, mark_bars, mark_cells

DEEPEST = 60
"""Levels of braces that a formula may have; a page that needs more is not read by people."""

# With the line's end before it: a line that has only a comment is not an empty one.
_COMMENT = re.compile(r"(?:\n[^\S\n]*+|(?<!\\))%[^\n]*")
_DECORATION = re.compile(
    r"""\\(?:left|right|[bB]igg?[lrm]?)(?![A-Za-z])\.?   # sizes of delimiters
      | \\(?:displaystyle|textstyle|scriptstyle|limits|nolimits)(?![A-Za-z])
      | \\(?:nonumber|notag|strut|mathstrut)(?![A-Za-z])
      | \\(?:begin|end)\{(?:aligned|align|alignat|gathered|gather|split|equation|multline)\*?\}
      | \\(?:color|tag\*?|label|phantom|hphantom|vphantom)\{[^{}]*\}
      | \\textcolor\{[^{}]*\}(?=\s*\{)
      | \\(?:hspace|vspace)\*?\{[^{}]*\}""",
    re.VERBOSE,
)
_NEVER = re.compile(
    r"\\(?:lim|limsup|liminf|i{0,3}nt|oint|sup|inf|arg|argmax|argmin|Pr|bigcup|bigcap)(?![A-Za-z])"
)
_BRACE_LABEL = re.compile(r"\\(?:underbrace|overbrace)(?![A-Za-z])")
_BOX = re.compile(r"\\boxed\s*(?=\{)")
_ROW_PIECE = re.compile(
    r"""(?P<break>\\\\(?:\[[^\]\n]{0,20}\])?|\\q?quad(?![A-Za-z]))    # a new row, or wide space
      | (?P<gap>\s|&|~|\\[,;:!\ ])
      | (?P<sign>:=|[=+\-<>]|\\(?:odot|cdot|neq?|approx|propto|leq?|geq?)(?![A-Za-z]))
      | (?P<other>\\[A-Za-z]+|\\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_WORD_INSIDE = re.compile(
    r"""(?<=[A-Za-z0-9)}\]'])[ ]*\\text\{(?!and\}|or\})[^{}\s]+\}
        (?=\s*(?:[A-Za-z0-9({\[]|\\(?!\\|q?quad(?![A-Za-z])|text)[A-Za-z]))
      | \\text\{[^{}\s]+\}(?=\(|\\left)                  # \text{2nd}(x)""",
    re.VERBOSE,
)
_PROSE = "and|else|for|hence|if|or|otherwise|over|so|that|then|thus|when|where|with"
_TEXT_NAME = re.compile(
    rf"""\\(?=text\{{(?!(?:{_PROSE})\}})[A-Za-z]+\}}
            \s*(?:[(\[=^]|:=|\\(?:left|[bB]igg?l?)(?![A-Za-z])))
       | (?<=\\partial)(?P<gap>\s*)\\(?=text\{{[A-Za-z]+\}})""",
    re.VERBOSE,
)
_BLANK_LINE = re.compile(r"(?<=\S)[^\S\n]*\n[^\S\n]*\n(?=\s*\S)")
_ROW_END = re.compile(r"\\\\|\\q?quad(?![A-Za-z])|[,;]")
_RELATION = re.compile(r"[=<>]|\\(?:neq?|approx|propto|leq?|geq?)(?![A-Za-z])")


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
    '\\underbrace{a}            &= b'
    """
    latex = mark_cells(mark_bars(_COMMENT.sub(_blanks, latex)))
    latex = _DECORATION.sub(_spaces, latex)
    for match in _NEVER.finditer(latex):
        message = (
            f"{match.group()} is not evaluated; excuse the equation by a {{math}} directive with "
            ":unchecked: and the reason"
        )
        raise ReadError(message, match.start())
    latex = _TEXT_NAME.sub(_text_name, latex)
    for match in _WORD_INSIDE.finditer(latex):
        message = f"{match.group()} stands inside an expression, where text is not read"
        raise ReadError(rf"{message}; write \operatorname, or a comma before it", match.start())
    partner = _pair_braces(latex)
    for match in reversed(list(_BRACE_LABEL.finditer(latex))):
        latex = _unlabel(latex, match, partner)
    for match in _BOX.finditer(latex):
        latex = _unboxed(latex, match, partner)
    latex = _BLANK_LINE.sub(_row_break, latex)
    pieces: list[str] = []
    done = 0
    for breaks, sign in _continued_rows(latex):
        ended = len(breaks) == 1 and _ends_statement(latex, breaks[0].start())
        if sign.group() in "+-" and not ended and _has_relation(latex, sign.end()):
            message = (
                f"a row that begins with {sign.group()} and has a relation can go on from the row "
                "above, or be a new equation; end the row above by a comma, or break before the ="
            )
            raise ReadError(message, sign.start())
        for each in breaks:
            pieces += [latex[done : each.start()], _spaces(each)]
            done = each.end()
    return "".join((*pieces, latex[done:]))


def _continued_rows(latex: str) -> Iterator[tuple[list[re.Match[str]], re.Match[str]]]:
    """Yield the row breaks and wide spaces before a relation or an operator, with its match."""
    breaks: list[re.Match[str]] = []
    for match in _ROW_PIECE.finditer(latex):
        if match.lastgroup == "break":
            breaks.append(match)
        elif match.lastgroup != "gap":
            if match.lastgroup == "sign" and breaks:
                yield breaks, match
            breaks = []


def _ends_statement(latex: str, place: int) -> bool:
    """Return whether a comma or a semicolon stands before a place, but for white space."""
    while place and latex[place - 1].isspace():
        place -= 1
    return latex[place - 1 : place] in (",", ";")


def _has_relation(latex: str, start: int) -> bool:
    """Return whether a relation stands in the row from ``start``, outside of all brackets."""
    depth = 0
    for match in re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL).finditer(latex, start):
        symbol = match.group()
        depth += (symbol in "({[") - (symbol in ")}]")
        if depth < 0:
            return False
        if depth == 0 and _ROW_END.fullmatch(symbol):
            return False
        if depth == 0 and _RELATION.fullmatch(symbol):
            return True
    return False


def _row_break(match: re.Match[str]) -> str:
    """Write a semicolon, which parts statements, into a blank line."""
    return ";" + match.group()[1:]


def _text_name(match: re.Match[str]) -> str:
    """Mark a word in text that is applied, defined or differentiated: it is a name."""
    return (match["gap"] or "") + TEXT_NAME


def _blanks(match: re.Match[str]) -> str:
    return " " * len(match.group())


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


def _unboxed(latex: str, match: re.Match[str], partner: dict[int, int]) -> str:
    """Take a box away, and with it its braces where they hold a whole equation."""
    first, last = match.end(), partner[match.end()]
    if _has_relation(latex, first + 1):
        latex = f"{latex[:first]} {latex[first + 1 : last]} {latex[last + 1 :]}"
    return latex[: match.start()] + _spaces(match) + latex[first:]


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
