"""Check files: a page with the pages that it uses."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from checkedmath.bind.used_pages import all_used, refuse_conflicts
from checkedmath.check.checker import Settings, check_page
from checkedmath.findings import Finding
from checkedmath.page.files import load, used_pages


def check_file(
    path: Path | str, settings: Settings | None = None, *, if_it_opts_in: bool = False
) -> list[Finding]:
    """
    Check every relation that a Markdown file displays.

    Parameters
    ----------
    path : path
        The file.
    settings : Settings, optional
        Draws, seed and timeout.
    if_it_opts_in : bool
        Check nothing in a page that has only equations.

    Returns
    -------
    list of Finding

    Raises
    ------
    OSError
        If the file cannot be read.
    UnicodeDecodeError
        If it is not UTF-8.
    """
    path = Path(path)
    settings = settings or Settings()
    deadline = time.monotonic() + settings.timeout
    page = load(path, macros=settings.macros)
    if if_it_opts_in and not page.opts_in:
        return []
    used = list(used_pages(page, path, deadline=deadline, macros=settings.macros).values())
    page.mistakes += refuse_conflicts(page, [(other, all_used(other)) for other in used])
    left = max(deadline - time.monotonic(), 0.0)
    return check_page(page, used, replace(settings, timeout=left))
