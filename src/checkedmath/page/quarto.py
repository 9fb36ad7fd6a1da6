"""Read a Quarto document, which writes a label, a block and a cell of code in its own way."""

from __future__ import annotations

import re

from checkedmath.latex.macros import Macros
from checkedmath.page.markdown import read_page
from checkedmath.page.model import Page

_LABEL = re.compile(r"^([ \t]*.*\$\$)[ \t]*\{#([\w:.-]+)\}[ \t]*$", re.MULTILINE)
_BLOCK = re.compile(r"^([ \t]*:{3,})[ \t]*\{\.(where|side-by-side)\}[ \t]*$", re.MULTILINE)
_CELL = re.compile(r"^([ \t]*(?:`{3,}|~{3,}))[ \t]*\{(?!math\})(\w+)[^}\n]*\}", re.MULTILINE)


def read_quarto(text: str, file: str, macros: Macros = ()) -> Page:
    """
    Read a document.

    Parameters
    ----------
    text : str
        Its source: ``$$ … $$ {#eq-x}`` is an equation with a label, ``::: {.where}`` a list of
        declarations.
    file : str
        Its name in messages.
    macros : tuple of Macro
        Those that are known at its beginning.
    """
    text = _LABEL.sub(r"\1 (\2)", text)
    text = _BLOCK.sub(r"\1{\2}", text)
    return read_page(_CELL.sub(r"\1\2", text), file, macros)
