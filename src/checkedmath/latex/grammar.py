"""
Make the parser of the grammar from a table that is kept beside it, in ``latex.json``.

To work the table out of the grammar takes longer than all the rest of a small page's check. After a
change of ``latex.lark``, of the options or of lark's version, ``nox -s grammar`` writes it anew.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

GRAMMAR = Path(__file__).with_name("latex.lark")
TABLE = Path(__file__).with_name("latex.json")

_OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "start": ["display", "declaration", "condition"],
    "propagate_positions": True,
}


@cache
def parser() -> lark.Lark:
    """Return the parser; a table that is cut, or of another grammar or lark, is left aside."""
    try:
        table = json.loads(TABLE.read_text("utf-8"), object_hook=_with_numbers)
    except (OSError, ValueError):
        table = {"made_of": []}
    return lark.Lark.load(table) if table["made_of"] == _made_of() else build_parser()


def build_parser() -> lark.Lark:
    """Build the parser from the grammar alone."""
    return lark.Lark(GRAMMAR.read_text("utf-8"), **_OPTIONS)


def write() -> None:
    """Write the table of the grammar."""
    data, memo = build_parser().memo_serialize([TerminalDef, Rule])
    table = {"made_of": _made_of(), "data": data, "memo": memo}
    TABLE.write_text(json.dumps(table, separators=(",", ":")) + "\n", "utf-8")


def _made_of() -> list[object]:
    """Return all that the table follows from."""
    return [GRAMMAR.read_text("utf-8"), _OPTIONS, lark.__version__]


def _with_numbers(read: dict[str, Any]) -> dict[str | int, Any]:
    """Return an object of JSON with the keys that were numbers as numbers again."""
    return {int(key) if key.isdecimal() else key: value for key, value in read.items()}
