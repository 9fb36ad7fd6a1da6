"""
LaTeX that runs.

Checked mathematics reads the displayed equations of a Markdown page, evaluates both sides of each
on random draws, derivatives included, and says where they differ and why.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checkedmath.check.checker import Settings, check_page
    from checkedmath.check.files import check_file
    from checkedmath.diagnose.explaining import Explanation, explain
    from checkedmath.findings import Finding
    from checkedmath.page.markdown import read_page

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
    "Explanation": "diagnose.explaining",
    "Finding": "findings",
    "Settings": "check.checker",
    "check_file": "check.files",
    "check_page": "check.checker",
    "explain": "diagnose.explaining",
    "read_page": "page.markdown",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 (a module's attribute)
    """Import what is asked for: ``--help`` needs no NumPy, and `explain` no parser of LaTeX."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
