"""
What was found of a page's relations and rows, for when the page is checked again.

An outcome is a function of what is written there, of what the page declares and defines, of the
seed, and of this package. Where none of these has changed, it need not be computed again.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from checkedmath.bind.scope import Scope
from checkedmath.findings import Finding
from checkedmath.read.page import Equation, Implementation, Row
from checkedmath.read.syntax import Relation

if TYPE_CHECKING:
    from checkedmath.numpy_lines.lines import Said

__all__ = [
    "Known",
    "digest",
    "name_of",
    "name_of_row",
    "package_digest",
    "world_of",
    "written",
]


@dataclass(slots=True)
class Known:
    """
    The relations and the side-by-side rows of a page that held.

    Attributes
    ----------
    world : str
        The digest of what their outcomes depend on besides what is written there.
    held : dict of str
        What was found, by the name of the relation or of the row.
    said : dict of str
        What there is to say of statements, by the names that are given by who says it.
    """

    world: str = ""
    held: dict[str, Finding] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)

    def again(self, name: str, blank: Finding) -> Finding | None:
        """Give what was found of a relation or a row, at the place where it stands now."""
        found = self.held.get(name)
        if found is None:
            return None
        return replace(found, file=blank.file, line=blank.line, column=blank.column)


def world_of(scope: Scope, draws: int, seed: int) -> str:
    """Return a digest of all that relations on a page are evaluated with."""
    names = [sorted(each) for each in (scope.sizes, scope.batches, scope.names)]
    # In the order of the page: values are drawn in that order.
    said = (scope.arrays, scope.indices, scope.functions, scope.placeless(), names)
    world = (*said, draws, seed)
    return digest(repr(world) + package_digest() + np.__version__)


def name_of(equation: Equation, relation: Relation) -> str:
    """Return a digest of a relation as it is written, wherever on the page it stands."""
    return digest(f"{written(equation)} {relation.start} {relation.sign}")


def name_of_row(row: Row) -> str:
    """Return a digest of a row as it is written, with the word that is expected."""
    return digest(f"{written(row.left)} {written(row.right)} {row.expected}")


def written(side: Equation | Implementation) -> str:
    """Return all that is said of an equation but for its place."""
    return repr(replace(side, line=0, block_line=0, indent=0))


@functools.cache
def package_digest() -> str:
    """Return a digest of this package's code."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def digest(text: str) -> str:
    """Return a name for a text, much shorter than the text."""
    return hashlib.sha256(text.encode()).hexdigest()
