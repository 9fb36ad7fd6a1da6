r"""
Read a LaTeX document: its displayed equations, and the declarations in its comments.

The declarations are a list in a block of comments, so that the document is typeset as before::

    % where:
    % - $X \in \mathbb{R}^{n \times m}$: the inputs, one example a column

A comment in an equation, ``% unchecked:`` with a reason or ``% tolerance:`` with a number, is what
the options of a Markdown page's ``{math}`` are; with ``% define``, its first ``=`` defines.
"""

from __future__ import annotations

import re
from dataclasses import replace

from checkedmath.errors import ReadError, UncheckedError
from checkedmath.latex.macros import Macros, macros_behind, macros_in
from checkedmath.page.markdown import where_items
from checkedmath.page.model import Equation, Mistake, Page

_COMMENT = re.compile(r"(?<!\\)%.*")
_WHERE = re.compile(r"[ \t]*%[ \t]*where:[ \t]*")
_ENVIRONMENTS = "equation|align|alignat|gather|multline|eqnarray|displaymath|math"
_VERBATIM = "verbatim|lstlisting|minted|comment"
_TOKEN = re.compile(
    rf"""(?<!\\)(?:\\(?P<place>begin|end)\{{(?P<name>(?:{_ENVIRONMENTS}|{_VERBATIM})\*?)\}}
        | \\(?P<open>\[) | \\(?P<close>\]) | (?P<dollars>\$\$))""",
    re.VERBOSE,
)
_BEGINS = re.compile(rf"\\begin\{{(?:{_ENVIRONMENTS})\*?\}}")
_LABEL = re.compile(r"\\label\{([^{}]*)\}")
_DEFINE = re.compile(r"(?<!\\)%[ \t]*define[ \t]*$", re.MULTILINE)
_EQUALS = re.compile(r" ?(?<![:<>!])=")
_OPTION = re.compile(r"(?<!\\)%[ \t]*(unchecked|tolerance):[ \t]*(\S.*)")


def read_tex(text: str, file: str, macros: Macros = ()) -> Page:
    """
    Read a document.

    Parameters
    ----------
    text : str
        Its source.
    file : str
        Its name in messages.
    macros : tuple of Macro
        Those that are known at its beginning.
    """
    lines = re.split(r"\r\n?|\n", text)
    page = Page(file, macros=macros)
    _declare(lines, page)
    _display("\n".join(lines), page)
    page.where = [replace(item, macros=page.macros) for item in page.where]
    return page


def _declare(lines: list[str], page: Page) -> None:
    """Add the items of each block of declarations."""
    starts = [at for at, line in enumerate(lines) if _WHERE.fullmatch(line)]
    for start in starts:
        end = start + 1
        while end < len(lines) and lines[end].lstrip().startswith("%") and end not in starts:
            end += 1
        items = [line.replace("%", " ", 1) for line in lines[start + 1 : end]]
        found, mistakes = where_items(items, start + 2)
        page.where += found
        page.mistakes += mistakes


def _display(text: str, page: Page) -> None:
    """Add each displayed equation."""
    # A space for each sign keeps every offset.
    plain = _COMMENT.sub(lambda match: " " * len(match.group()), text)
    opened: re.Match[str] | None = None
    begin, behind = max(plain.find(r"\begin{document}"), 0), 0
    for token in _TOKEN.finditer(plain, begin):
        if opened is None:
            if token["place"] == "begin" or token["open"] or token["dollars"]:
                opened = token
        elif _closes(token, opened):
            if not re.fullmatch(rf"(?:{_VERBATIM})\*?", opened["name"] or ""):
                page.macros = macros_in(plain[behind : opened.start()], page.macros)
                equation = _equation(text, plain, opened.end(), token.start())
                page.equations.append(replace(equation, macros=page.macros))
                page.macros = macros_behind(equation.latex, page.macros)
                behind = token.end()
            opened = None
    if opened is not None:
        line = plain.count("\n", 0, opened.start()) + 1
        page.mistakes.append(Mistake(line, ReadError(f"{opened.group()} has no end")))
    page.macros = macros_in(plain[behind:], page.macros)
    for name in (macro.name for macro in page.macros if _BEGINS.search(macro.body)):
        if (used := re.compile(rf"{re.escape(name)}(?![A-Za-z])").search(plain, begin)) is not None:
            line = plain.count("\n", 0, used.start()) + 1
            message = f"what stands behind {name} is not read; write \\begin{{equation}} itself"
            page.mistakes.append(Mistake(line, UncheckedError(message)))


def _closes(token: re.Match[str], opened: re.Match[str]) -> bool:
    """Return whether a token ends what another one began."""
    if opened["name"]:
        return token["place"] == "end" and token["name"] == opened["name"]
    return bool(token["dollars"] if opened["dollars"] else token["close"])


def _equation(text: str, plain: str, start: int, end: int) -> Equation:
    """Return the equation between two offsets."""
    column = start - (plain.rfind("\n", 0, start) + 1)
    label = _LABEL.search(plain, start, end)
    options = {match[1]: match[2].strip() for match in _OPTION.finditer(text, start, end)}
    try:
        tolerance = float(options["tolerance"]) if "tolerance" in options else None
    except ValueError:
        tolerance = float("nan")
    latex = text[start:end]
    if _DEFINE.search(latex):
        # A space before it makes room, so that what follows keeps its column.
        place = _EQUALS.search(plain, start, end)
        if place is not None:
            latex = f"{text[start : place.start()]}:={text[place.end() : end]}"
    in_one_line = "\n" not in latex
    return Equation(
        # On its first line it stands where it stands in the file.
        latex if in_one_line else " " * column + latex,
        plain.count("\n", 0, start) + 1,
        column if in_one_line else 0,
        label=label and label[1],
        unchecked=options.get("unchecked"),
        tolerance=tolerance,
    )
