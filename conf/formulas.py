"""
Keep what KaTeX made of a page's formulas, for when the page is written again.

A formula takes KaTeX some milliseconds, and an edit of a page leaves most of its formulas as they
were. They are kept with what Sphinx keeps of the pages, a file a page.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.builders import Builder


class Formulas:
    """
    The formulas of one page.

    Parameters
    ----------
    file : path or None
        Where they are kept, if they are.
    made_by : str
        What stands for the renderer: what another one made is not used.
    render : callable
        ``render(tex, display, marked)`` gives what the renderer makes of a formula, as JSON.
    """

    def __init__(
        self, file: Path | None, made_by: str, render: Callable[[str, bool, str], str]
    ) -> None:
        self.file, self.made_by, self.render = file, made_by, render
        self.before: dict[str, str] = {}
        self.now: dict[str, str] = {}
        if file is not None and file.is_file():
            kept = json.loads(file.read_text("utf-8"))
            if kept["made by"] == made_by:
                self.before = kept["formulas"]

    def __call__(self, tex: str, display: bool, marked: str) -> str:
        """Give what the renderer makes of a formula, or has made of it before."""
        key = json.dumps([tex, display, marked])
        if key not in self.now:
            self.now[key] = self.before.get(key) or self.render(tex, display, marked)
        return self.now[key]

    def keep(self) -> None:
        """Write the file, if it would be another one; what is wrong is said again each time."""
        good = {key: made for key, made in self.now.items() if "html" in json.loads(made)}
        if self.file is not None and good != self.before:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            kept = {"made by": self.made_by, "formulas": good}
            self.file.write_text(json.dumps(kept), encoding="utf-8")


def formulas_of(
    builder: Builder, docname: str, made_by: str, render: Callable[[str, bool, str], str]
) -> Formulas:
    """Return the formulas of a page that a builder writes; only HTML, a file a page, is kept."""
    pages: dict[str, Formulas] = vars(builder).setdefault("formulas", {})
    if docname not in pages:
        kept = builder.doctreedir / "formulas" / f"{docname}.json"
        pages[docname] = Formulas(kept if builder.name == "html" else None, made_by, render)
    return pages[docname]


def keep_formulas(builder: Builder, docname: str) -> None:
    """Keep the formulas of a page that has been written."""
    pages: dict[str, Formulas] = vars(builder).get("formulas", {})
    if docname in pages:
        pages.pop(docname).keep()
