"""
The Python side of a page that runs: cells with one memory, checks of equations and of gradients.

The page's worker imports this file into Pyodide; it needs nothing of the book but its packages.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import linecache
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

LIMIT = 200_000
"""How many characters a cell may print."""

_AT_ONCE = 100
"""How many lines are sent as they are printed."""

_PERIOD = 0.05
"""The seconds between two messages with the lines behind these."""

Send = Callable[[str, str], None]
"""What takes a kind of output (``text``, ``html``, ``image`` or ``error``) and the output."""


class _Printed(io.TextIOBase):
    """What a cell prints, sent in pieces, and cut at the limit."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.left = LIMIT
        self.waiting: list[str] = []
        self.lines = 0
        self.sent = time.monotonic()

    def writable(self) -> bool:
        """Return True, as for every stream that is written to."""
        return True

    def write(self, text: str) -> int:
        """Keep text to be sent with what follows it."""
        if self.left > 0:
            self.waiting.append(text[: self.left])
            self.left -= len(text)
            if self.left <= 0:
                self.waiting.append(f"\n… cut here: a cell may print {LIMIT:,} characters\n")
            self.lines += "\n" in text
            at_once = "\n" in text and self.lines < _AT_ONCE
            if at_once or time.monotonic() - self.sent > _PERIOD:
                self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what has been kept."""
        if self.waiting:
            self.send("text", "".join(self.waiting))
            self.waiting.clear()
        self.sent = time.monotonic()


class Cells:
    """The cells of one page, which share their names as those of a notebook do."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"}
        # Figures are shown when their cell ends, with or without `plt.show()`.
        warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")

    def run(self, number: int, source: str, send: Send) -> bool:
        """
        Run a cell, and send what it prints, its last value, its figures, or what went wrong.

        Returns
        -------
        bool
            Whether it ended without an error.
        """
        file = f"<cell {number}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        printed = _Printed(send)
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                value = self._value(*_compiled(source, file))
                printed.flush()
                if value is not None:
                    _show(value, send)
                for figure in _figures():
                    send("image", figure)
            # The reader's code may end in any way; none of them ends the page.
            except BaseException as error:  # noqa: BLE001
                printed.flush()
                send("error", told(error))
                return False
        return True

    def _value(self, body: CodeType, last: CodeType | None) -> object:
        """Execute a cell's statements, and return the value of its last expression."""
        exec(body, self.names)  # noqa: S102 (the reader's own code, in the reader's browser)
        value = eval(last, self.names) if last else None  # noqa: S307
        if value is not None:
            self.names["_"] = value
        return value


def _compiled(source: str, file: str) -> tuple[CodeType, CodeType | None]:
    """Return a cell's statements, and its last expression if a semicolon does not hide it."""
    tree = ast.parse(source, file)
    last: CodeType | None = None
    hidden = source.rstrip().endswith(";")
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not hidden:
        expression = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
        last = compile(expression, file, "eval")
    return compile(tree, file, "exec"), last


def _show(value: object, send: Send) -> None:
    """Send a value in the best form it has."""
    form = None if isinstance(value, type) else getattr(value, "_repr_html_", None)
    if form and (html := form()):
        send("html", html)
    else:
        send("text", f"{value!r}\n")


def _figures() -> Iterator[str]:
    """Return each open figure of Matplotlib as a PNG in base64, and close it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in pyplot.get_fignums():
        picture = io.BytesIO()
        pyplot.figure(number).savefig(picture, format="png", bbox_inches="tight")
        pyplot.close(number)
        yield base64.b64encode(picture.getvalue()).decode()


def told(error: BaseException) -> str:
    """Return what went wrong, and in which of the reader's own lines."""
    if isinstance(error, KeyboardInterrupt):
        return "Stopped. What the cells above have defined is still there."
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        f"{frame.filename.strip('<>')}, line {frame.lineno}: {frame.line}"
        for frame in frames
        if frame.filename.startswith("<cell ")
    ]
    if isinstance(error, SyntaxError) and str(error.filename).startswith("<cell "):
        own = [f"line {error.lineno}: {(error.text or '').strip()}"]
        return "\n".join([*own, f"{type(error).__name__}: {error.msg}"])
    words = traceback.format_exception_only(error)
    return "\n".join([*own[:1], *(["…"] if len(own) > 12 else []), *own[1:][-11:], *words]).strip()


# -- What the pages with a form ask ----------------------------------------------------------------


def check(text: str) -> str:
    """Return the findings of a page's text, as JSON, each with whether it passes and in words."""
    import checkedmath  # noqa: PLC0415 (a page of cells may do without it)

    settings = checkedmath.Settings(timeout=10)
    findings = checkedmath.check_page(checkedmath.read_page(text, "yours"), (), settings)
    return json.dumps(
        [
            finding.as_dict() | {"passes": finding.passes, "summary": finding.summary}
            for finding in findings
        ]
    )


class UnreadError(ValueError):
    """Numbers that somebody has pasted could not be read."""


def numbers(text: str) -> Any:
    """
    Return pasted numbers as lists in lists.

    What NumPy prints is read, and what its ``repr`` and PyTorch's give, lists, and plain rows.

    Raises
    ------
    UnreadError
        If there is anything else, or nothing.
    """
    import re  # noqa: PLC0415 (only this form needs it)

    number = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)\b"
    body = re.sub(r"\b(?:np\.|torch\.|numpy\.)?(?:array|tensor|Tensor|Parameter)\s*\(", "", text)
    body = re.sub(
        r",?\s*(?:dtype|device|grad_fn|requires_grad|shape)\s*=[^\n,)]*(?:\(\))?", "", body
    )
    body = re.sub(r"Parameter containing:|[()]", " ", body).strip()
    if not body:
        raise UnreadError("there are no numbers")
    if strange := re.search(r"[^\s,;\[\]\d.eE+\-naif]", re.sub(number, " ", body)):
        raise UnreadError(f"{strange[0]!r} is no part of a number, a bracket or a comma")
    if "[" not in body:
        rows = [line for line in re.split(r"[\n;]", body) if line.strip()]
        body = "[" + ",".join(f"[{row}]" for row in rows) + "]" if len(rows) > 1 else f"[{body}]"
    if "..." in body:
        raise UnreadError("a part is left out (…): print it whole, as with np.set_printoptions")
    # Numbers and brackets, whatever is between them, are JSON with commas.
    parts = re.findall(rf"{number}|[\[\]]", body)
    written = ""
    for part in parts:
        if written and written[-1] != "[" and part != "]":
            written += ", "
        if part in "[]":
            written += part
        else:
            written += json.dumps(float(part))
    try:
        return json.loads(written)
    except ValueError:
        raise UnreadError("the brackets do not match") from None


def compare(mine: str, truth: str, m: str) -> str:
    """Return in words whether one pasted gradient equals another, and if not, what is wrong."""
    import numpy as np  # noqa: PLC0415 (only this form needs them)

    import checkedmath  # noqa: PLC0415

    read = []
    for name, text in (("Yours", mine), ("The right one", truth)):
        try:
            read.append(np.array(numbers(text), dtype=float))
        except UnreadError as error:
            return f"{name} cannot be read: {error}."
        except ValueError:
            return f"{name} cannot be read: its rows have different lengths."
    if m.strip() and not m.strip().isdecimal():
        return f"m is the number of examples, such as 5, and not {m.strip()}."
    # Printed with eight digits or fewer, two equal arrays agree to about 1e-6.
    answer = checkedmath.explain(read[0], read[1], m=int(m) if m.strip() else None, tolerance=1e-5)
    return str(answer)
