"""What an equation displays in words, and nobody reads: relations in text, tags and labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_PART = re.compile(
    r"""\\(?:
        (?P<words>tag\*?|mbox|hbox|(?:short)?intertext|operatorname\*?
                 |text(?:rm|it|bf|sf|tt|sc|sl|md|up|normal)?|math(?:rm|it|bf|sf|tt))
      | (?P<brace>(?:under|over)(?:brace|bracket|paren))
      )(?![A-Za-z])\s*(?=\{)""",
    re.VERBOSE,
)
_LABEL = re.compile(r"\s*[_^]\s*(?=\{)")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_RELATION = re.compile(
    r"[=<>≤≥≠≈∝≡≃≅∼≔＝]|\\(?:coloneqq|eqqcolon|neq?|approx|propto|leq?|geq?|lt|gt|equiv|sim|simeq|cong|doteq)"
    r"(?![A-Za-z])|\b(?:equals?|equal\ to)\b"
)

WORDS = {
    "tag": "a tag",
    "brace": "the label of a brace",
    "text": "words",
}


def relations_unread(latex: str) -> Iterator[tuple[int, str]]:
    r"""
    Yield the offset of each relation that is displayed where nothing is read, and where that is.

    Examples
    --------
    >>> list(relations_unread(r"a = b \tag{= c}"))
    [(11, 'a tag')]
    >>> list(relations_unread(r"\underbrace{a = b}_{= c} \text{ so } = 1"))
    [(20, 'the label of a brace')]
    """
    latex = _COMMENT.sub(lambda match: " " * len(match[0]), latex)
    ends = _ends(latex)
    for match in _PART.finditer(latex):
        start, kind = match.end(), "tag" if match[0].startswith(r"\tag") else "text"
        if match["brace"]:
            label = _LABEL.match(latex, ends.get(start, len(latex)))
            if label is None:
                continue
            start, kind = label.end(), "brace"
        found = _RELATION.search(latex, start, ends.get(start, start))
        if found is not None:
            yield found.start(), WORDS[kind]


def _ends(latex: str) -> dict[int, int]:
    """Map the offset of each opening brace to what follows its closing one."""
    ends: dict[int, int] = {}
    waiting: list[int] = []
    for match in _BRACES.finditer(latex):
        if match[0] == "{":
            waiting.append(match.start())
        elif match[0] == "}" and waiting:
            ends[waiting.pop()] = match.end()
    return ends
