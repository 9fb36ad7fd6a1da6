r"""
Macros of an author, written out: ``\R`` is read as ``\mathbb{R}`` where it is defined so.

What is read is what is displayed: the text of a macro stands in its place, as TeX puts it there.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from checkedmath.errors import PageError, ReadError

LONGEST = 20_000
"""Characters that a displayed equation may have."""

_MOST = 2_000
"""Macros that are written out in one formula."""

_TOKEN = re.compile(r"%[^\n]*|\\(?:[A-Za-z]+|.)|#[1-9]|.", re.DOTALL)
_DEFINERS = ("newcommand", "renewcommand", "providecommand", "def", "gdef", "DeclareMathOperator")
_UNREAD = ("let", "DeclarePairedDelimiter", "DeclarePairedDelimiterX", "NewDocumentCommand")
_DEFINER = re.compile(rf"\\(?:{'|'.join((*_DEFINERS, *_UNREAD))})(?![A-Za-z])")
_TEX_ONLY = re.compile(r"\\(?:if[A-Za-z]*|csname|expandafter|futurelet|@[A-Za-z]*)(?![A-Za-z])|##")
_WITHOUT_MEANING = re.compile(r"\\(?:ensuremath|xspace)(?![A-Za-z])")
Token = tuple[str, int]
"""A command or a character, and its offset in the author's text."""


@dataclass(frozen=True, slots=True)
class Macro:
    r"""
    A macro.

    Attributes
    ----------
    name : str
        With its backslash.
    body : str
        With ``#1`` for its first argument.
    parameters : int
        The number of arguments.
    default : str or None
        The first argument, where it may be left out.
    refusal : str
        Why it cannot be written out; empty if it can.
    """

    name: str
    body: str
    parameters: int = 0
    default: str | None = None
    refusal: str = ""


Macros = tuple[Macro, ...]


def made(name: str, body: str, parameters: int, default: str | None = None) -> Macro:
    """Return a macro, which says so itself if it cannot be written out."""
    body = _WITHOUT_MEANING.sub("", body)
    refusal = ""
    if (found := _TEX_ONLY.search(body)) is not None:
        refusal = f"it is a program of TeX, with {found.group()}"
    elif (most := _highest(body)) > parameters:
        refusal = f"its text has #{most}, and it takes {parameters} arguments"
    return Macro(name, body, parameters, default, refusal)


def _highest(body: str) -> int:
    return max((int(number) for number in re.findall(r"#([1-9])", body)), default=0)


def macros_of(settings: Mapping[str, object]) -> Macros:
    r"""
    Return the macros of settings such as those of MathJax, KaTeX or mystmd.

    Each name, with a backslash or without, has a text; a list of the text, the number of arguments
    and perhaps the first one's default; or a mapping with the text as ``macro``.

    Examples
    --------
    >>> [macro.parameters for macro in macros_of({"R": r"\mathbb{R}", r"\v": r"\mathbf{#1}"})]
    [0, 1]
    """
    found = []
    for key, value in settings.items():
        name = "\\" + str(key).removeprefix("\\")
        match value.get("macro") if isinstance(value, Mapping) else value:
            case str(body):
                found.append(made(name, body, _highest(body)))
            case [str(body), int(parameters)]:
                found.append(made(name, body, parameters))
            case [str(body), int(parameters), str(default)]:
                found.append(made(name, body, parameters, default))
            case _:
                found.append(Macro(name, "", refusal="the settings give no text for it"))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Expansion:
    """
    A formula with its macros written out.

    Attributes
    ----------
    text : str
        The LaTeX.
    macros : tuple of Macro
        Those that are known behind it: the ones before, and the ones it defines.
    """

    text: str
    macros: Macros
    _places: tuple[int, ...] | None = None

    @property
    def moves(self) -> bool:
        """Whether the text is not the author's."""
        return self._places is not None

    def place(self, offset: int) -> int:
        """Return the offset in the author's text of an offset in the text written out."""
        return offset if self._places is None else self._places[min(offset, len(self.text))]


@lru_cache(maxsize=1024)
def expand(latex: str, macros: Macros = ()) -> Expansion:
    r"""
    Write out the macros of a formula, and take away the definitions in it.

    Raises
    ------
    ReadError
        If a macro cannot be written out: with its name, and the place at which it is used.

    Examples
    --------
    >>> expand(r"\newcommand{\R}{\mathbb{R}} x \in \R^n").text.strip()
    'x \\in \\mathbb{R}^n'
    >>> expand(r"\v[2] x", (made(r"\v", "#1 #2", 2, "0"),)).text
    '2 x'
    """
    if not macros and _DEFINER.search(latex) is None:
        return Expansion(latex, macros)
    known = {macro.name: macro for macro in macros}
    tokens = _tokens(latex)
    if not any(token in known or _DEFINER.fullmatch(token) for token, _ in tokens):
        return Expansion(latex, macros)
    waiting = tokens[::-1]
    written: list[Token] = []
    count = 0
    while waiting:
        token, place = waiting.pop()
        if _DEFINER.fullmatch(token):
            macro = _defined(token, waiting, place)
            if not (token.startswith(r"\provide") and macro.name in known):
                known[macro.name] = macro
        elif token in known:
            count += 1
            if count > _MOST or len(waiting) + len(written) > LONGEST:
                message = f"the macro {token} does not come to an end, or its text is too long"
                raise ReadError(message, place)
            waiting += _written_out(known[token], waiting, place)[::-1]
        else:
            if written and _joins(written[-1][0], token):
                written.append((" ", place))
            written.append((token, place))
    places = [
        place + k * (token[0] in "\\%") for token, place in written for k in range(len(token))
    ]
    text = "".join(token for token, _ in written)
    return Expansion(text, tuple(known.values()), (*places, len(latex)))


def macros_behind(latex: str, macros: Macros = ()) -> Macros:
    """Return the macros that are known behind a formula."""
    with contextlib.suppress(PageError):
        return expand(latex, macros).macros
    return macros


def macros_in(text: str, macros: Macros = ()) -> Macros:
    """Return macros with those that a text defines, which is no formula."""
    if _DEFINER.search(text) is None:
        return macros
    known = {macro.name: macro for macro in macros}
    waiting = _tokens(text)[::-1]
    while waiting:
        token, place = waiting.pop()
        if _DEFINER.fullmatch(token):
            with contextlib.suppress(PageError):
                macro = _defined(token, waiting, place)
                known[macro.name] = macro
    return tuple(known.values())


def _tokens(text: str) -> list[Token]:
    return [(match.group(), match.start()) for match in _TOKEN.finditer(text)]


def _joins(before: str, after: str) -> bool:
    """Return whether a command and what comes behind it would become another command."""
    return len(before) > 1 and before[0] == "\\" and before[-1].isalpha() and after[0].isalpha()


def _written_out(macro: Macro, waiting: list[Token], place: int) -> list[Token]:
    """Return a macro's text with its arguments, which are taken from what is waiting."""
    if macro.refusal:
        raise ReadError(f"the macro {macro.name} is not written out: {macro.refusal}", place)
    arguments = []
    for number in range(macro.parameters):
        optional = number == 0 and macro.default is not None
        argument = _bracketed(waiting) if optional else _argument(waiting)
        if optional and argument is None:
            argument = [(token, place) for token, _ in _tokens(macro.default or "")]
        if argument is None:
            message = f"the macro {macro.name} takes {macro.parameters} arguments; found {number}"
            raise ReadError(message, place)
        arguments.append(argument)
    found: list[Token] = []
    for token, _ in _tokens(macro.body):
        is_argument = len(token) == 2 and token[0] == "#"
        found += arguments[int(token[1]) - 1] if is_argument else [(token, place)]
    return found


def _skip_space(waiting: list[Token]) -> str:
    """Drop spaces and comments; return what comes next, empty at the end."""
    while waiting and (waiting[-1][0].isspace() or waiting[-1][0][0] == "%"):
        waiting.pop()
    return waiting[-1][0] if waiting else ""


def _argument(waiting: list[Token]) -> list[Token] | None:
    """Take what stands in braces, or one token; None at the end, or before a closing brace."""
    first = _skip_space(waiting)
    if first in ("", "}"):
        return None
    return list(_until(waiting, "}")) if first == "{" else [waiting.pop()]


def _bracketed(waiting: list[Token]) -> list[Token] | None:
    """Take what stands in square brackets, if these come next."""
    return list(_until(waiting, "]")) if _skip_space(waiting) == "[" else None


def _until(waiting: list[Token], closing: str) -> Iterator[Token]:
    """Take a bracket, and yield what stands before the one that closes it."""
    _, start = waiting.pop()
    depth = 0
    while waiting:
        sign, place = waiting.pop()
        if sign == closing and depth == 0:
            return
        depth += (sign == "{") - (sign == "}")
        yield sign, place
    raise ReadError(f"expected {closing} behind what opens here", start)


def _defined(definer: str, waiting: list[Token], place: int) -> Macro:
    """Take a definition from what is waiting, and return the macro."""
    if waiting and waiting[-1][0] == "*":
        waiting.pop()
    name = "".join(token for token, _ in _argument(waiting) or ()).strip()
    if not re.fullmatch(r"\\(?:[A-Za-z]+|.)", name):
        raise ReadError(rf"expected the name of a macro behind {definer}, as in {definer}\R", place)
    if definer.removeprefix("\\") in _UNREAD:
        return Macro(name, "", refusal=rf"it is made by {definer}; write it by \newcommand")
    count, default = 0, None
    if "def" in definer:
        while waiting and waiting[-1][0] != "{":
            token, _ = waiting.pop()
            count += 1
            if token != f"#{count}":
                return Macro(name, "", refusal=rf"\def with {token} between its arguments")
    elif (number := _bracketed(waiting)) is not None:
        count = int("".join(token for token, _ in number).strip() or 0)
        first = _bracketed(waiting)
        default = None if first is None else "".join(token for token, _ in first)
    body = _argument(waiting)
    if body is None:
        raise ReadError(f"expected the text of {name} in braces", place)
    text = "".join(token for token, _ in body)
    return made(name, rf"\operatorname{{{text}}}" if "Math" in definer else text, count, default)
