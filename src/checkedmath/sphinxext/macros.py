"""The macros that a book's settings and a page's head give to MathJax or KaTeX."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sphinx.config import Config

from checkedmath.latex.macros import Macros, macros_of

_OF_KATEX = re.compile(r"""("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*")""")
"""A macro in the JavaScript of KaTeX's options."""


def macros_of_book(config: Config) -> Macros:
    """Return the macros in the settings of a book, for MathJax and for KaTeX."""
    found: dict[str, object] = {}
    for name in ("mathjax3_config", "mathjax4_config"):
        settings: Any = getattr(config, name, None)
        for part in ("tex", "macros"):
            settings = settings.get(part) if isinstance(settings, Mapping) else None
        found |= settings or {}
    for name in ("katex_options", "katex_macros"):
        written = getattr(config, name, "")
        if isinstance(written, Mapping):
            found |= written
        else:
            pairs = _OF_KATEX.findall(written or "")
            found |= {json.loads(macro): json.loads(body) for macro, body in pairs}
    return macros_of(found)


def macros_of_head(metadata: Mapping[str, object]) -> Macros:
    """Return the macros that the head of a page gives under ``math``, as MyST hands it over."""
    written = metadata.get("math", {})
    settings = json.loads(written) if isinstance(written, str) else written
    return macros_of(settings) if isinstance(settings, Mapping) else ()
