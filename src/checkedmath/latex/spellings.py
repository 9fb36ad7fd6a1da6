r"""
Write what LaTeX spells in several ways in one: ``\textrm{F}`` as ``\text{F}``, ``\equiv`` as ``=``.

Each spelling is replaced by one that is no longer, with spaces before it, so that every other
character stays at its offset.
"""

from __future__ import annotations

import re

_COMMANDS = {
    **dict.fromkeys(("textrm", "textit", "textbf", "textsf", "texttt", "textnormal"), r"\text"),
    **dict.fromkeys(("textup", "textsl", "mbox", "hbox"), r"\text"),
    **dict.fromkeys(("coloneqq", "triangleq"), ":="),
    "equiv": "=",
    "geqslant": r"\ge",
    "leqslant": r"\le",
    "gt": ">",
    "lt": "<",
    "cfrac": r"\frac",
}
_FUNCTIONS = "log|ln|exp|tanh|sinh|cosh|sin|cos|det|max|min"
_APPLIED = r"(?=\s*(?:\\[lL]eft|\\[bB]igg?l?)?\s*(?:\(|\[|\\\{))"
_SPELLING = re.compile(
    rf"""\\(?P<command>{"|".join(_COMMANDS)})(?![A-Za-z])
      | \\mathrm(?:\s*\{{\s*(?P<letter>[de])\s*\}}|\s+(?P<bare>[de]))
      | (?<![_^])(?<![_^]\{{)\\operatorname\*?\s*\{{\s*(?P<function>{_FUNCTIONS})\s*\}}
      | (?<![_^])(?<![_^]\{{)\\(?:mathrm|text)\s*\{{\s*(?P<word>{_FUNCTIONS})\s*\}}{_APPLIED}
      | \\(?:stackrel|overset)\s*\{{(?P<over>(?:[^{{}}]|\{{[^{{}}]*\}})*)\}}
            \s*(?:\{{\s*)?(?P<sign>:?=)(?:\s*\}})?""",
    re.VERBOSE,
)
_SIGNED = re.compile(
    r"(?P<set>\\mathbb\s*(?:\{S\}|S))(?P<size>\^(?:[A-Za-z0-9]|\{[^{}]*\}))"
    r"(?P<sign>_(?:\+|\{\s*\+\+?\s*\}))"
)
_DEFINES = re.compile(r"\bdef\b|\bDef\b|\\(?:triangle|Delta)(?![A-Za-z])")
# A letter alone, as in \stackrel{d}{=}, may say in which sense both sides are equal.
_NOTE = re.compile(
    r"(?:\\(?:text|mathrm)\s*\{)?\s*(?:[0-9]+|\([0-9a-z]{1,4}\))\s*\}?|[!?*]|\\dagger"
)


def common(latex: str) -> str:
    r"""
    Return LaTeX with one spelling for each notation.

    Examples
    --------
    >>> common(r"a \stackrel{\text{def}}{=} b")
    'a                       := b'
    >>> common(r"\textrm{tr}(A) \equiv 0")
    '  \\text{tr}(A)      = 0'
    """
    latex = _SIGNED.sub(r"\g<set>\g<sign>\g<size>", latex)
    return _SPELLING.sub(_replaced, latex)


def _replaced(match: re.Match[str]) -> str:
    found = match.groupdict()
    if found["command"]:
        text = _COMMANDS[found["command"]]
    elif found["function"] or found["word"]:
        text = "\\" + (found["function"] or found["word"])
    elif found["sign"]:
        text = _labelled(match, found["over"].strip(), found["sign"])
    else:
        text = found["letter"] or found["bare"]
    return text.rjust(len(match.group()))


def _labelled(match: re.Match[str], over: str, sign: str) -> str:
    """Return the sign below words: ``:=`` where they define, all of it where they may limit it."""
    if _DEFINES.search(over):
        return ":="
    return sign if _NOTE.fullmatch(over) else match.group()
