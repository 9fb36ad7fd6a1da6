"""A definition of a page."""

from __future__ import annotations

from dataclasses import dataclass

from checkedmath.latex.nodes import Domain, Node


@dataclass(frozen=True, slots=True)
class Definition:
    """
    ``target := body``.

    Attributes
    ----------
    layer : int, str or None
        The layer it defines, or the index that ranges over layers.
    example : str or None
        The index of the example, where each example has its own value; empty where it is not
        written, in the column "one example".
    parameters : tuple of str
        A function's parameters; empty for a value.
    file, line
        Where it stands.
    types : tuple of Domain
        What the parameters are declared as, of a function of arrays; empty for one of numbers,
        which is applied to an array entry by entry.
    """

    key: str
    layer: int | str | None
    example: str | None
    parameters: tuple[str, ...]
    body: Node
    file: str
    line: int
    types: tuple[Domain, ...] = ()

    @property
    def place(self) -> str:
        """File and line, for messages."""
        return f"{self.file}:{self.line}"
