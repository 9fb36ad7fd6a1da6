"""Functions that every page knows, unless it says otherwise, by what they are defined as."""

from __future__ import annotations

from functools import cache

from checkedmath.bind.definition import Definition
from checkedmath.latex.library import DEFINED
from checkedmath.latex.parsing import read_display


@cache
def standard_definition(key: str) -> Definition | None:
    r"""
    Return the definition of a known function such as ``\operatorname{ReLU}``; None of others.

    Examples
    --------
    >>> standard_definition(r"\operatorname{clip}").parameters
    ('z', 'a', 'b')
    """
    if key not in DEFINED:
        return None
    parameters, body = DEFINED[key]
    ((side,),) = (statement.sides[:1] for statement in read_display(f"{body} = 0"))
    return Definition(key, None, None, tuple(parameters), side, "", 0)
