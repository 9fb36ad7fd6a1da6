"""
Run the NumPy lines that were printed, in a namespace that holds nothing else.

The text comes from `checkedmath.numpy_lines.printing`, never from a page. It is run all the same
only if it is made of what is printed there: no statement, no attribute but a few of NumPy's, no
name but the symbols' own.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

_NODES = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
    ast.Call,
    ast.keyword,
    ast.Constant,
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.Tuple,
    ast.List,
    ast.ListComp,
    ast.GeneratorExp,
    ast.comprehension,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
    ast.expr_context,
)
_ATTRIBUTES = {
    *("T", "abs", "block", "cos", "cosh", "det", "diag", "e", "exp", "eye", "hstack", "inv"),
    *("kron", "linalg", "log", "log2", "max", "maximum", "mean", "min", "minimum", "norm"),
    *("ones", "pi", "prod", "ravel", "reshape", "sin", "sinh", "sqrt", "sum", "tanh", "trace"),
    "where",
}
_BUILTINS = {"sum": sum, "range": range}


def run(text: str, namespace: Mapping[str, object]) -> np.ndarray[Any, Any]:
    """
    Return the value of an expression that was printed, with rows and columns.

    Parameters
    ----------
    text : str
        The expression.
    namespace : mapping
        What its names stand for, besides ``np``, ``sum`` and ``range``.

    Raises
    ------
    ValueError
        If the text is made of anything that is never printed.

    Examples
    --------
    >>> run("sum(X[:, [i]] for i in range(2)) / 2", {"X": np.array([[1.0, 3.0]])})
    array([[2.]])
    >>> run("X.tofile('x')", {"X": np.ones(2)})
    Traceback (most recent call last):
    ...
    ValueError: X.tofile is nothing that a NumPy line has
    """
    tree = ast.parse(text, mode="eval")
    known = {**_BUILTINS, "np": np, **namespace}
    loops = {
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.comprehension) and isinstance(node.target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, _NODES):
            kind = type(node).__name__
            raise ValueError(f"{kind} is nothing that a NumPy line has")  # noqa: TRY004 (no type)
        if isinstance(node, ast.Attribute) and node.attr not in _ATTRIBUTES:
            raise ValueError(f"{ast.unparse(node)} is nothing that a NumPy line has")
        if isinstance(node, ast.Name) and node.id not in known.keys() | loops:
            raise ValueError(f"{node.id} is no symbol of this line")
    code = compile(tree, "<a NumPy line>", "eval")
    with np.errstate(all="ignore"):
        # NumPy itself imports while it sums; the text cannot, as it has no such name.
        inside = {"__builtins__": {"__import__": __import__}, **known}
        value = np.asarray(eval(code, inside))  # noqa: S307 (text of our own, looked through above)
    return value.reshape(1, 1) if value.ndim == 0 else value
