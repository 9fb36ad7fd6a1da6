"""What a page can do wrong, as exceptions that say where and what was expected."""

from __future__ import annotations

import time


class PageError(Exception):
    """
    Something on a page that cannot be checked.

    Parameters
    ----------
    message : str
        What was wrong, what was expected and what to write instead.
    offset : int, optional
        Where it stands in the LaTeX that was being read.

    Attributes
    ----------
    origin : tuple of str and int, or None
        File and line of the definition in which it arose, if that is elsewhere.
    """

    status = "unreadable"
    origin: tuple[str, int] | None = None

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class ReadError(PageError):
    """The LaTeX is not in the grammar, or has two readings."""


class UndeclaredError(PageError):
    """A name that no declaration or definition explains."""

    status = "undeclared"


class ShapeError(PageError):
    """Shapes that do not go together."""

    status = "shape"


class UncheckedError(PageError):
    """Something that is displayed and was not checked, without a reason from the author."""

    status = "unchecked"


class SizeError(ReadError):
    """The size of an identity or of a column of ones does not follow from what stands beside it."""


class NestedError(ReadError):
    """A derivative inside one that moves its symbol by an imaginary step."""


class DrawAgainError(PageError):
    """A draw decides nothing: a value stands at a kink, or a range has no values."""

    status = "differs"


class UndecidedError(DrawAgainError):
    """The error bounds of a draw's numbers leave a choice open, at the precision at hand."""


class IrrationalError(PageError):
    """What is not a fraction, or not rational in what is drawn, where fractions are computed."""


class TimeoutReachedError(PageError):
    """The time given for the page has run out."""

    status = "timeout"


def refuse_late(deadline: float, offset: int | None = None) -> None:
    """Raise `TimeoutReachedError` after the `time.monotonic` at which to give up."""
    if time.monotonic() > deadline:
        raise TimeoutReachedError("the time given for this page has run out", offset)


class FunctionError(PageError):
    """A function that does not do what the page says of it."""

    status = "differs"
