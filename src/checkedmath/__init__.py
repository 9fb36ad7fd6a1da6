"""
LaTeX that runs.

Checked mathematics reads the displayed equations of a Markdown page, evaluates both sides of each
on random draws, derivatives included, and says where they differ and why.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkedmath.checking import Settings, check_page
    from checkedmath.files import check_file
    from checkedmath.findings import Finding
    from checkedmath.read.markdown import read_page

__all__ = ["Finding", "Settings", "check_file", "check_page", "read_page"]

_HOMES = {
    "Finding": "findings",
    "Settings": "checking",
    "check_file": "files",
    "check_page": "checking",
    "read_page": "read.markdown",
}


def __getattr__(name: str) -> object:
    """Import what the package offers when it is asked for: ``--help`` needs no NumPy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'checkedmath' has no attribute {name!r}")
    return getattr(import_module(f"checkedmath.{_HOMES[name]}"), name)
