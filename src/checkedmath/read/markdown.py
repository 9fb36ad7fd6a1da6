"""Read a MyST Markdown page: find its declarations, equations and side-by-side rows."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TypeVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from checkedmath.errors import ReadError
from checkedmath.read.page import (
    WORDS,
    Equation,
    Formula,
    Implementation,
    Mistake,
    Page,
    Row,
    Use,
    WhereItem,
)

_F = TypeVar("_F", bound=Formula)

_DIRECTIVE = re.compile(r"\{([\w:.-]+)\}\s*(.*)")
_OPTION = re.compile(r":([\w-]+):(.*)")
_VERBATIM = {"code", "code-block", "code-cell", "eval-rst", "raw", "sourcecode", "literalinclude"}
_ITEM = re.compile(
    r"""\s*[-*+]\s+\$(?P<latex>(?:[^$\\]|\\.)+)\$\s*
        (?::\s*(?P<meaning>.*)|[,;–—-]*\s*(?P<words>[^$]*))?""",
    re.VERBOSE,
)
_FENCES = ("fence", "colon_fence")
_MATH_TOKENS = ("math_block", "math_block_label", "amsmath")
_MATH_FENCE = re.compile(r"math$|\{math\}\s*")
_DEEPEST = 40
"""Directives within directives; each is read anew with what is in it."""
_DOLLARS = re.compile(r"(?<!\\)\$\$")
_IMPLEMENTATION = re.compile(r"\{implementation\}\s*(.*)")
_QUOTED = re.compile(r"(?<=\n)[ \t]*>[> \t]*")


def read_page(text: str, file: str) -> Page:
    """
    Read a page.

    Parameters
    ----------
    text : str
        The page's Markdown.
    file : str
        Its name in messages.
    """
    lines = re.split(r"\r\n?|\n", text)
    page = Page(file)
    _Reader(page, lines).read("\n".join(lines), 0)
    return page


def side_by_side_rows(content: str, first_line: int) -> tuple[list[Row], list[Mistake]]:
    """
    Split the content of a ``side-by-side`` into its rows.

    Parameters
    ----------
    content : str
        The directive's content: rows parted by ``---``; in each, one example's equation, perhaps
        the expected word as an emphasised paragraph (``*stacked*``), and the batch's equation. Code
        and implementations belong to the equation before them; a row without an equation has two
        implementations.
    first_line : int
        The page's line of the content's first line, from 1.
    """
    tokens = [token for token in _markdown().parse(content) if token.level == 0 and token.map]
    stretches: list[list[Token]] = [[]]
    for token in tokens:
        if token.type == "hr":
            stretches.append([])
        else:
            stretches[-1].append(token)
    rows, mistakes = [], []
    lines = content.split("\n")
    for stretch in stretches:
        if not stretch:
            continue
        try:
            rows.append(_row(stretch, lines, first_line))
        except ReadError as error:
            mistakes.append(Mistake(first_line + _lines(stretch[0])[0], error))
    return rows, mistakes


def where_items(body: list[str], first_line: int) -> tuple[list[WhereItem], list[Mistake]]:
    """
    Read the items of a ``where`` list.

    Parameters
    ----------
    body : list of str
        The directive's lines: ``- $declaration$: meaning``, which may go on on indented lines.
    first_line : int
        The page's line of the first of them, from 1.
    """
    items: list[WhereItem] = []
    mistakes: list[Mistake] = []
    for number, text in enumerate(body, start=first_line):
        match = _ITEM.fullmatch(text.rstrip())
        if match is not None:
            meaning = (match["meaning"] or match["words"] or "").strip()
            items.append(WhereItem(match["latex"], number, match.start("latex"), meaning))
        elif items and text.startswith("  ") and text.strip():
            items[-1] = replace(items[-1], meaning=f"{items[-1].meaning} {text.strip()}")
        elif text.strip():
            message = r"expected an item such as - $X \in \mathbb{R}^{n \times m}$: the inputs"
            mistakes.append(Mistake(number, ReadError(message)))
    return items, mistakes


@cache
def _markdown() -> MarkdownIt:
    reader = MarkdownIt("commonmark").use(front_matter_plugin)
    reader = reader.use(dollarmath_plugin, allow_labels=True).use(amsmath_plugin)
    # What stands inside a paragraph is not read, and markdown-it's time for it is quadratic.
    return reader.use(colon_fence_plugin).enable("table").disable("inline")


def _has_display(text: str) -> bool:
    r"""Tell whether a paragraph has ``$$``, or ``\[…\]`` around a formula, outside of code."""
    if "$$" not in text and r"\[" not in text:
        return False
    kept, start = [], 0
    for opening, _, _, end in _code_spans(text):
        kept.append(text[start:opening])
        start = end
    text = "".join(kept) + text[start:]
    if _DOLLARS.search(text):
        return True
    for piece in text.split("]")[:-1]:
        _, _, inside = piece.removesuffix("\\").partition(r"\[")
        if piece.endswith("\\") and ("=" in inside or "\\" in inside):
            return True
    return False


def _code_spans(text: str) -> Iterator[tuple[int, int, int, int]]:
    """
    Yield the code spans, from a run of backticks to the next of its length, in linear time.

    Each is four offsets: of the opening backticks, of the code, of its end, of the span's end.
    """
    runs = list(re.finditer("`+", text))
    following: dict[int, list[int]] = {}
    for number in reversed(range(len(runs))):
        following.setdefault(len(runs[number].group()), []).append(number)
    number = 0
    while number < len(runs):
        opening = runs[number]
        later = following[len(opening.group())]
        while later and later[-1] <= number:
            later.pop()
        if later:
            number = later[-1]
            closing = runs[number]
            yield opening.start(), opening.end(), closing.start(), closing.end()
        number += 1


def _lines(token: Token) -> tuple[int, int]:
    first, last = token.map or (0, 0)
    return first, last


class _Reader:
    """Walks the blocks of a page, and of the directives in it, with their line numbers."""

    def __init__(self, page: Page, lines: list[str]) -> None:
        self.page = page
        self.lines = lines
        self.depth = 0

    def read(self, text: str, shift: int) -> None:
        """Read Markdown whose first line is line ``shift`` (from 0) of the page."""
        for token in _markdown().parse(text):
            if token.type in _MATH_TOKENS:
                self._equation(_equation(token, shift))
            elif token.type in _FENCES and _MATH_FENCE.match(token.info.strip()):
                self._equation(_math_directive(token, shift))
            elif token.type in _FENCES:
                self._directive(token, shift)
            elif token.type == "inline":
                self._text(token, shift)

    def _text(self, token: Token, shift: int) -> None:
        """Read a stretch of text, in which a role can stand, and a display should not."""
        if _has_display(token.content):
            message = (
                "this looks like a displayed equation, and is not read as one; put it between "
                "$$ and $$, with an empty line before and after"
            )
            line = _lines(token)[0] + shift + 1
            self.page.mistakes.append(Mistake(line, ReadError(message)))
        self._roles(token, shift)

    def _roles(self, token: Token, shift: int) -> None:
        """Read the formulas in a stretch of text that ask to be checked."""
        text = token.content
        if "{checked}" not in text:
            return
        first, last = (line + shift for line in _lines(token))
        source = "\n".join(self.lines[first:last])
        ends = [match.start() for match in re.finditer("\n", source)]
        position = 0
        for opening, start, end, _ in _code_spans(text):
            if not text.endswith("{checked}", 0, opening):
                continue
            # The text has lost its indents and quotation marks: look for its words on the page.
            latex, place = text[start:end], position
            words = r"\s+(?:>\s*)*".join(map(re.escape, latex.split()))
            match = re.compile(rf"\{{checked\}}`+\s*({words})").search(source, position)
            if match is not None:
                latex, place, position = match[1], match.start(1), match.end()
            latex = _QUOTED.sub(lambda quote: " " * len(quote[0]), latex)
            before = bisect.bisect_left(ends, place)
            line = first + before + 1
            column = place - (ends[before - 1] + 1 if before else 0)
            self.page.equations.append(Equation(latex, line, column, block_line=line, inline=True))

    def _texts(self, text: str, shift: int) -> None:
        """Read what stands between a directive's own parts."""
        for token in _markdown().parse(text):
            if token.type == "inline":
                self._roles(token, shift)

    def _directive(self, token: Token, shift: int) -> None:
        match = _DIRECTIVE.match(token.info.strip())
        if match is None or match.group(1) in _VERBATIM:
            return
        name = match.group(1)
        line = _lines(token)[0] + shift + 1
        options, body, skipped = _options(token.content)
        if name == "where":
            self._where(options, body.split("\n"), line + skipped, line)
            self._texts(body, line + skipped)
        elif name == "side-by-side":
            self._side_by_side(body, line + skipped)
        elif name == "implementation":
            try:
                self._implementation(implementation(token, shift))
            except ReadError as error:
                self.page.mistakes.append(Mistake(line, error))
        elif self.depth == _DEEPEST:
            message = f"directives nested more than {_DEEPEST} deep; what is in this is not read"
            self.page.mistakes.append(Mistake(line, ReadError(message)))
        else:
            self.depth += 1
            self.read(body, line + skipped)
            self.depth -= 1

    def _side_by_side(self, body: str, shift: int) -> None:
        rows, mistakes = side_by_side_rows(body, shift + 1)
        self.page.rows += [
            replace(row, left=self._side(row.left), right=self._side(row.right)) for row in rows
        ]
        self.page.mistakes += mistakes
        self._texts(body, shift)
        for row in rows:
            for side in (row.left, row.right):
                if isinstance(side, Equation):
                    self._equation(side)
            for item in row.implementations:
                self._implementation(item)

    def _side(self, side: Equation | Implementation) -> Equation | Implementation:
        return self._placed(side) if isinstance(side, Equation) else side

    def _equation(self, equation: Equation) -> None:
        self.page.equations.append(self._placed(equation))

    def _implementation(self, item: Implementation) -> None:
        item = replace(self._placed(item), returns=self._placed(item.returns))
        self.page.implementations.append(item)

    def _placed(self, formula: _F) -> _F:
        """Return a formula with the columns that stand before it on the page's lines."""
        number = formula.line - 1
        for text in formula.latex.split("\n"):
            if text.strip() and number < len(self.lines):
                return replace(formula, indent=max(self.lines[number].find(text), 0))
            number += 1
        return formula

    def _where(self, options: dict[str, str], body: list[str], shift: int, line: int) -> None:
        for name in options.get("uses", "").split():
            self.page.uses.append(Use(name.rstrip(","), line))
        items, mistakes = where_items(body, shift + 1)
        self.page.where += items
        self.page.mistakes += mistakes


def _options(content: str) -> tuple[dict[str, str], str, int]:
    """Split the ``:name: value`` lines at a directive's head from its body."""
    options: dict[str, str] = {}
    lines = content.split("\n")
    skipped = 0
    for line in lines:
        match = _OPTION.fullmatch(line.strip())
        if match is None:
            break
        options[match.group(1)] = match.group(2).strip()
        skipped += 1
    return options, "\n".join(lines[skipped:]), skipped


def _equation(token: Token, shift: int, *, one_example: bool = False) -> Equation:
    label = token.info.strip() or None if token.type == "math_block_label" else None
    line = _lines(token)[0] + shift + 1
    return Equation(token.content, line, label=label, one_example=one_example, block_line=line)


def _math_directive(token: Token, shift: int, *, one_example: bool = False) -> Equation:
    options, body, skipped = _options(token.content)
    argument = _MATH_FENCE.sub("", token.info.strip())
    if argument:
        body = "\n" * (skipped + 1) + body
        body = argument + body
        skipped = -1
    return Equation(
        body,
        _lines(token)[0] + shift + skipped + 2,
        label=options.get("label"),
        unchecked=options.get("unchecked"),
        one_example=one_example,
        block_line=_lines(token)[0] + shift + 1,
        tolerance=_tolerance(options.get("tolerance")),
    )


def implementation(token: Token, shift: int, *, one_example: bool = False) -> Implementation:
    """
    Read an ``implementation`` directive: the function's name, its arguments, what it returns.

    Raises
    ------
    ReadError
        If it names no function, or does not say what the function returns.
    """
    match = _IMPLEMENTATION.match(token.info.strip())
    function = match[1].strip() if match else ""
    if "." not in function or not all(part.isidentifier() for part in function.split(".")):
        raise ReadError(f"expected package.module.function; found {function or 'nothing'}")
    options, _, _ = _options(token.content)
    if not options.get("returns"):
        raise ReadError("say what the function returns: :returns: labels of equations, or LaTeX")
    names = list(options)
    line = _lines(token)[0] + shift + 1

    def formula(name: str) -> tuple[str, int]:
        place = line + 1 + names.index(name) if name in names else line
        return options.get(name, ""), place

    return Implementation(
        *formula("arguments"),
        function=function,
        returns=Formula(*formula("returns")),
        one_example=one_example or "one-example" in options,
        block_line=line,
    )


def _tolerance(written: str | None) -> float | None:
    """Return a tolerance; not a number where what is written is none."""
    if written is None:
        return None
    return float(written) if re.fullmatch(r"\d*\.?\d+(e-?\d+)?", written) else float("nan")


def _row(tokens: list[Token], lines: list[str], first_line: int) -> Row:
    shift = first_line - 1
    equations: list[tuple[int, Equation | Implementation]] = []
    functions: list[tuple[int, Implementation]] = []
    expected: tuple[int, str] | None = None
    for token in tokens:
        side = {"one_example": not equations}
        if token.type in _MATH_TOKENS:
            equations.append((_lines(token)[0], _equation(token, shift, **side)))
        elif token.type in _FENCES and _MATH_FENCE.match(token.info.strip()):
            equations.append((_lines(token)[0], _math_directive(token, shift, **side)))
        elif token.type in _FENCES and _IMPLEMENTATION.match(token.info.strip()):
            # Before the second equation it belongs to the first; without equations, by order.
            first = len(equations) == 1 or not (equations or functions)
            functions.append((_lines(token)[0], implementation(token, shift, one_example=first)))
        elif token.type == "paragraph_open":
            word = re.fullmatch(r"\s*\*(\w+)\*\s*", "\n".join(lines[slice(*_lines(token))]))
            if word is not None:
                expected = (_lines(token)[0], word.group(1))
    if not equations and len(functions) == 2:
        equations += functions
    if len(equations) != 2:
        raise ReadError(
            "a row of a side-by-side has two equations, one example's and the batch's; "
            f"this one has {len(equations)}; part rows by a line ---"
        )
    if expected is not None and expected[1] not in WORDS:
        raise ReadError(f"the word *{expected[1]}* is none of {', '.join(WORDS)}")
    (left_line, left), (right_line, right) = equations
    return Row(
        line=left_line + first_line,
        left=left,
        right=right,
        expected=expected[1] if expected else None,
        left_lines=(_lines(tokens[0])[0], expected[0] if expected else right_line),
        right_lines=(right_line, _lines(tokens[-1])[1]),
        implementations=tuple(item for _, item in functions),
    )
