"""
LaTeX that runs.

Checked mathematics reads the displayed equations of a Markdown page, evaluates both sides of each
on random draws, derivatives included, and says where they differ and why.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checkedmath.checking import Settings, check_page
    from checkedmath.compare.explaining import Explanation, explain
    from checkedmath.files import check_file
    from checkedmath.findings import Finding
    from checkedmath.read.markdown import read_page

__all__ = [
    "Explanation",
    "Finding",
    "Settings",
    "check_file",
    "check_page",
    "explain",
    "read_page",
]

_HOMES = {
    "Explanation": "compare.explaining",
    "Finding": "findings",
    "Settings": "checking",
    "check_file": "files",
    "check_page": "checking",
    "explain": "compare.explaining",
    "read_page": "read.markdown",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 (a module's attribute)
    """Import what is asked for: ``--help`` needs no NumPy, and `explain` no parser of LaTeX."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
