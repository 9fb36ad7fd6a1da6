"""Read a MyST Markdown page: find its declarations, equations and side-by-side rows."""

from __future__ import annotations

import bisect
import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TypeVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from checkedmath.errors import ReadError, UncheckedError
from checkedmath.latex.macros import Macros, expand, macros_behind, macros_in, macros_of
from checkedmath.page.model import (
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
_VERBATIM = {
    "code",
    "code-block",
    "code-cell",
    "eval-rst",
    "raw",
    "sourcecode",
    "literalinclude",
    "include",
}
_ITEM = re.compile(
    r"""\s*[-*+]\s+\$(?P<latex>(?:[^$\\]|\\.)+)\$\s*
        (?::\s*(?P<meaning>.*)|[,;–—-]*\s*(?P<words>[^$]*))?""",
    re.VERBOSE,
)
_FENCES = ("fence", "colon_fence")
_MATH_TOKENS = ("math_block", "math_block_label", "amsmath")
_MATH_FENCE = re.compile(r"math$|\{math\}\s*")
RAW = (
    "this raw HTML has what looks like a displayed equation, which is not checked; write it as an "
    "equation of the page"
)
_BROUGHT_IN = (
    "{} here is not read: check the page in Sphinx with checkedmath.sphinxext, which reads what it "
    "displays"
)
NOT_READ = (
    "this looks like a displayed equation, and is not read as one; put it between $$ and $$, with "
    "an empty line before and after"
)
_DEEPEST = 40
"""Directives within directives; each is read anew with what is in it."""
_DOLLARS = re.compile(r"(?<!\\)\$\$")
_IMPLEMENTATION = re.compile(r"\{implementation\}\s*(.*)")
RELATION = re.compile(
    r"[=<>≤≥≠≈∝≡]|\\(?:coloneqq|neq?|approx|propto|leq?|geq?|lt|gt|equiv|sim|simeq|cong|doteq)"
    r"(?![A-Za-z])"
)
"""A sign that says something of what stands beside it."""
_SUBSTITUTION = re.compile(r"^\{\{[^{}]*\}\}$|\{\{ +[\w.-]+ +\}\}")
_RST_MATH = re.compile(r"\.\. (?:math|where|side-by-side|implementation|include)::|:checked:`")
_OF_ROW = re.compile(r"math$|\{(?:math|implementation)\}")
_QUOTED = re.compile(r"(?<=\n)[ \t]*>[> \t]*")


def read_page(text: str, file: str, macros: Macros = ()) -> Page:
    """
    Read a page.

    Parameters
    ----------
    text : str
        The page's Markdown.
    file : str
        Its name in messages.
    macros : tuple of Macro
        Those that are known at its beginning.
    """
    lines = re.split(r"\r\n?|\n", text)
    page = Page(file, macros=macros)
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
            items.append(WhereItem(match["latex"], number, match.start("latex"), meaning=meaning))
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
    reader = reader.use(colon_fence_plugin).use(deflist_plugin)
    reader = reader.use(footnote_plugin, inline=False, move_to_end=False)
    return reader.enable("table").disable("inline")


def defines_only(formula: Formula) -> bool:
    """Return whether a formula only defines macros, and displays nothing."""
    with contextlib.suppress(ReadError):
        return not expand(formula.latex, formula.macros).text.strip()
    return False


def has_dollars(text: str) -> bool:
    """Return whether a paragraph has ``$$`` outside of code."""
    return "$$" in text and _DOLLARS.search(_without_code(text)) is not None


def has_brackets(text: str) -> bool:
    r"""Return whether a paragraph has ``\[…\]`` around a formula, outside of code."""
    if r"\[" not in text:
        return False
    for piece in _without_code(text).split("]")[:-1]:
        _, _, inside = piece.removesuffix("\\").partition(r"\[")
        if piece.endswith("\\") and ("=" in inside or "\\" in inside):
            return True
    return False


def has_display_in_html(html: str) -> bool:
    """Return whether raw HTML has what a script in the page may typeset."""
    html = html.lower()
    for start, end in (("<!--", "-->"), ("<script", "</script"), ("<style", "</style")):
        html = _without(html, start, end)
    return html.count("$$") > 1 or has_brackets(html)


def _without(text: str, start: str, end: str) -> str:
    """Return a text without what stands between two signs, or behind the first."""
    kept, at = [], 0
    while (first := text.find(start, at)) >= 0:
        kept.append(text[at:first])
        last = text.find(end, first)
        at = last if last >= 0 else len(text)
    return "".join(kept) + text[at:]


def _without_code(text: str) -> str:
    kept, start = [], 0
    for opening, _, _, end in _code_spans(text):
        kept.append(text[start:opening])
        start = end
    return "".join(kept) + text[start:]


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
            if token.type == "inline":
                self._text(token, shift)
            else:
                self._block(token, shift)

    def _block(self, token: Token, shift: int, *, one_example: bool = False) -> None:
        """Read a block that is no text: an equation, a directive, or HTML."""
        if token.type == "front_matter":
            self._front_matter(token)
        elif token.type in _MATH_TOKENS:
            self._equation(_equation(token, shift, one_example=one_example))
        elif token.type in _FENCES and _MATH_FENCE.match(token.info.strip()):
            self._equation(_math_directive(token, shift, one_example=one_example))
        elif token.type in _FENCES:
            self._directive(token, shift)
        elif token.type == "html_block" and has_display_in_html(token.content):
            self.page.mistakes.append(Mistake(_lines(token)[0] + shift + 1, UncheckedError(RAW)))

    def _front_matter(self, token: Token) -> None:
        """Read the macros that a page's head gives under ``math``."""
        if re.search("^math:", token.content, re.MULTILINE) is None:
            return
        try:
            import yaml  # type: ignore[import-untyped]  # noqa: PLC0415 (for few pages)

            self.page.macros += macros_of(dict(yaml.safe_load(token.content)["math"]))
        except Exception as error:  # noqa: BLE001 (YAML has many, and where it runs it may be missing)
            message = f"the macros under math: in the page's head cannot be read: {error}"
            self.page.mistakes.append(Mistake(_lines(token)[0] + 1, ReadError(message)))

    def _text(self, token: Token, shift: int) -> None:
        """Read a stretch of text, in which a role can stand, and a display should not."""
        if has_dollars(token.content) or has_brackets(token.content):
            line = _lines(token)[0] + shift + 1
            self.page.mistakes.append(Mistake(line, ReadError(NOT_READ)))
        if _SUBSTITUTION.search(_without_code(token.content.strip())):
            message = _BROUGHT_IN.format("the substitution")
            self.page.mistakes.append(
                Mistake(_lines(token)[0] + shift + 1, UncheckedError(message))
            )
        self.page.macros = macros_in(token.content, self.page.macros)
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
            self.page.equations.append(
                Equation(latex, line, column, macros=self.page.macros, inline=True)
            )

    def _between(self, text: str, shift: int, rows: list[Row]) -> None:
        """Read the roles and equations between declarations, or between the equations of rows."""
        if not self._goes_deeper(shift):
            return
        for token in _markdown().parse(text):
            directive = token.type in _FENCES and not _OF_ROW.match(token.info.strip())
            if token.type == "inline":
                self._roles(token, shift)
            elif directive or token.level > 0:
                line = _lines(token)[0] + shift + 1
                left = any(row.line <= line < row.right.line for row in rows)
                self._block(token, shift, one_example=left)
        self.depth -= 1

    def _directive(self, token: Token, shift: int) -> None:
        line = _lines(token)[0] + shift + 1
        match = _DIRECTIVE.match(token.info.strip())
        if match is None:
            if token.type == "colon_fence":
                self._inside(token.content, line)
            return
        name = match.group(1)
        options, body, skipped = _options(token.content)
        if name == "where":
            self._where(options, body.split("\n"), line + skipped, line)
            self._between(body, line + skipped, [])
        elif name == "side-by-side":
            self._side_by_side(body, line + skipped)
        elif name == "implementation":
            try:
                self._implementation(implementation(token, shift))
            except ReadError as error:
                self.page.mistakes.append(Mistake(line, error))
        elif message := _not_read(match, options, body):
            self.page.mistakes.append(Mistake(line, UncheckedError(message)))
        elif name not in _VERBATIM:
            self._inside(body, line + skipped)

    def _inside(self, text: str, shift: int) -> None:
        """Read what stands inside a directive."""
        if self._goes_deeper(shift):
            self.read(text, shift)
            self.depth -= 1

    def _goes_deeper(self, line: int) -> bool:
        """Count one more directive around what is read, or record that it is one too many."""
        if self.depth == _DEEPEST:
            message = f"directives nested more than {_DEEPEST} deep; what is in this is not read"
            self.page.mistakes.append(Mistake(line, ReadError(message)))
            return False
        self.depth += 1
        return True

    def _side_by_side(self, body: str, shift: int) -> None:
        rows, mistakes = side_by_side_rows(body, shift + 1)
        self.page.mistakes += mistakes
        for row in rows:
            # The page's equations and functions are those of the row: the same objects.
            functions = {id(item): self._implementation(item) for item in row.implementations}
            left, right = (
                self._equation(side, of_row=True)
                if isinstance(side, Equation)
                else functions[id(side)]
                for side in (row.left, row.right)
            )
            own = tuple(functions.values())
            self.page.rows.append(replace(row, left=left, right=right, implementations=own))

        self._between(body, shift, self.page.rows[-len(rows) :] if rows else [])
        self.page.equations.sort(key=lambda equation: equation.line)

    def _equation(self, equation: Equation, *, of_row: bool = False) -> Equation:
        equation = self._placed(equation)
        before, self.page.macros = self.page.macros, macros_behind(equation.latex, equation.macros)
        if of_row or before is self.page.macros or not defines_only(equation):
            self.page.equations.append(equation)
        return equation

    def _implementation(self, item: Implementation) -> Implementation:
        item = replace(self._placed(item), returns=self._placed(item.returns))
        self.page.implementations.append(item)
        return item

    def _placed(self, formula: _F) -> _F:
        """Return a formula with its macros, and the columns before it on the page's lines."""
        formula = replace(formula, macros=self.page.macros)
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
        self.page.where += [replace(item, macros=self.page.macros) for item in items]
        self.page.mistakes += mistakes


def _options(content: str) -> tuple[dict[str, str], str, int]:
    """Split the options at a directive's head, ``:name: value`` or YAML, from its body."""
    options: dict[str, str] = {}
    lines = content.split("\n")
    skipped = 0
    if lines[0].strip() == "---" and "---" in map(str.strip, lines[1:]):
        while lines[(skipped := skipped + 1)].strip() != "---":
            name, _, value = lines[skipped].partition(":")
            options[name.strip()] = value.strip().strip("\"'")
        return options, "\n".join(lines[skipped + 1 :]), skipped + 1
    for line in lines:
        match = _OPTION.fullmatch(line.strip())
        if match is None:
            break
        options[match.group(1)] = match.group(2).strip()
        skipped += 1
    return options, "\n".join(lines[skipped:]), skipped


def _not_read(directive: re.Match[str], options: dict[str, str], body: str) -> str:
    """Return the message for a directive that displays what is not read; empty for others."""
    name, argument = directive.groups()
    if name == "include" and options.keys().isdisjoint(("literal", "code")):
        return _BROUGHT_IN.format("the included file")
    if name == "eval-rst" and _RST_MATH.search(body):
        return _BROUGHT_IN.format("the reStructuredText")
    if name == "raw" and "html" in argument and has_display_in_html(body):
        return RAW
    titles = [argument, *options.values()]
    return NOT_READ if any(has_dollars(title) or has_brackets(title) for title in titles) else ""


def _equation(token: Token, shift: int, *, one_example: bool = False) -> Equation:
    label = token.info.strip() or None if token.type == "math_block_label" else None
    line = _lines(token)[0] + shift + 1
    return Equation(token.content, line, label=label, one_example=one_example)


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
        tolerance=tolerance_of(options.get("tolerance")),
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
    options, _, _ = _options(token.content)
    refuse_unnamed(function, options.get("returns", ""))
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


def refuse_unnamed(function: str, returns: str) -> None:
    """Refuse an ``implementation`` that names no function, or does not say what it returns."""
    if "." not in function or not all(part.isidentifier() for part in function.split(".")):
        raise ReadError(f"expected package.module.function; found {function or 'nothing'}")
    if not returns:
        raise ReadError("say what the function returns: :returns: labels of equations, or LaTeX")


def tolerance_of(written: str | None) -> float | None:
    """Return a tolerance; not a number where what is written is none."""
    if written is None:
        return None
    return float(written) if re.fullmatch(r"\d*\.?\d+(e-?\d+)?", written) else float("nan")


def refuse_row(count: tuple[int, int], words: list[str]) -> None:
    """Refuse a row that has not one equation on each side, or expects none of the words."""
    if count == (2, 0):
        raise ReadError(
            "both equations of this row stand before the word; put it between them, after one "
            "example's"
        )
    if count != (1, 1):
        raise ReadError(
            "a row of a side-by-side has two equations, one example's and the batch's; "
            f"this one has {sum(count)}; part rows by a line ---"
        )
    if len(words) > 1:
        raise ReadError(f"a row expects one word at most; this one has {len(words)}")
    for word in words:
        if word not in WORDS:
            raise ReadError(f"the word *{word}* is none of {', '.join(WORDS)}")


def _counted(lines: list[int], expected: tuple[int, str] | None) -> tuple[int, int]:
    """Return how many equations stand on each side: of the word, or else the first and the rest."""
    left = min(1, len(lines))
    if expected is not None:
        left = sum(line < expected[0] for line in lines)
    return left, len(lines) - left


def _row(tokens: list[Token], lines: list[str], first_line: int) -> Row:
    shift = first_line - 1
    equations: list[tuple[int, Equation | Implementation]] = []
    functions: list[tuple[int, Implementation]] = []
    words: list[tuple[int, str]] = []
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
                words.append((_lines(token)[0], word.group(1)))
    if not equations and len(functions) == 2:
        equations += functions
    expected = words[0] if words else None
    count = _counted([line for line, _ in equations], expected)
    refuse_row(count, [word for _, word in words])
    (left_line, left), (_, right) = equations
    return Row(
        line=left_line + first_line,
        left=left,
        right=right,
        expected=expected[1] if expected else None,
        implementations=tuple(item for _, item in functions),
    )
