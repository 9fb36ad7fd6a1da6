"""
Run a line of NumPy that a page's author wrote, with the page's values and nothing else.

Only an expression is run: no statement, no name but the page's own and a loop's, no attribute but
the functions and methods below. What it is given it cannot change.
"""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkedmath.errors import PageError, ReadError

Array = NDArray[Any]

FUNCTIONS = frozenset(
    {
        *("abs", "block", "concatenate", "cos", "cosh", "diag", "e", "exp", "expm1", "eye"),
        *("hstack", "kron", "linalg", "linalg.det", "linalg.inv", "linalg.norm", "log", "log1p"),
        *("log2", "max", "maximum", "mean", "min", "minimum", "ones", "pi", "prod", "sin", "sinh"),
        *("sqrt", "sum", "tanh", "trace", "vstack", "where", "zeros"),
    }
)
"""What a line may take of NumPy."""

METHODS = frozenset({"T", "max", "mean", "min", "prod", "ravel", "reshape", "sum"})
"""What it may take of an array."""

_BUILTINS: dict[str, object] = {"np": np, "sum": sum, "range": range}

_NODES = (
    *(ast.Compare, ast.Call, ast.keyword, ast.Constant, ast.Name, ast.Load, ast.Attribute),
    *(ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.Store, ast.cmpop, ast.UnaryOp, ast.USub),
    *(ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.BinOp, ast.Add, ast.Sub, ast.Mult),
    *(ast.Div, ast.MatMult, ast.Pow, ast.BitAnd, ast.BitOr),
)


class Code:
    """
    An expression of Python that may be run.

    Parameters
    ----------
    tree : ast.expr
        The expression.

    Attributes
    ----------
    names : list of str
        What it reads, in order: the names that are neither Python's, nor those of its loops.
    literals : list of float
        The numbers that are written in it.

    Raises
    ------
    ReadError
        If it is made of anything that a line of NumPy has no use for.

    Examples
    --------
    >>> tree = ast.parse("sum(X[:, [i]] for i in range(2)) / m", mode="eval").body
    >>> Code(tree).run({"X": np.array([[1.0, 3.0]]), "m": 2})
    array([[2.]])
    >>> Code(ast.parse("X.tofile('x')", mode="eval").body)
    Traceback (most recent call last):
    ...
    checkedmath.errors.ReadError: X.tofile is nothing that a line of NumPy may have
    """

    def __init__(self, tree: ast.expr) -> None:
        nodes = list(ast.walk(tree))
        roots = {node.value for node in nodes if isinstance(node, ast.Attribute)}
        for node in nodes:
            is_module = ast.unparse(node) in ("np", "np.linalg") and node not in roots
            if is_module or not _may_stand(node):
                raise ReadError(f"{_text(node)} is nothing that a line of NumPy may have")
        names = [node for node in nodes if isinstance(node, ast.Name)]
        loops = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        names.sort(key=lambda node: (node.lineno, node.col_offset))
        own = (node.id for node in names if node.id not in loops | _BUILTINS.keys())
        self.names = list(dict.fromkeys(own))
        places = {
            id(inner)
            for node in nodes
            if isinstance(node, ast.Subscript)
            for inner in ast.walk(node.slice)
        }
        self._places = {(node.id, id(node) in places) for node in names}
        numbers = (node.value for node in nodes if isinstance(node, ast.Constant))
        self.literals = [
            Fraction(value)
            for value in numbers
            if isinstance(value, int | float) and math.isfinite(value)
        ]
        self._choices = _Choices()
        whole = ast.Expression(self._choices.visit(copy.deepcopy(tree)))
        self._code = compile(ast.fix_missing_locations(whole), "<a line of NumPy>", "eval")

    def run(self, namespace: Mapping[str, object]) -> Array:
        """
        Return the value, with rows and columns.

        Raises
        ------
        ReadError
            If it cannot be computed, or is no array of numbers.
        """
        # NumPy itself imports while it sums; the text cannot, as it has no such name.
        builtins = {"__import__": __import__}
        known = {"__builtins__": builtins, **_BUILTINS, **self._choices.called, **namespace}
        try:
            with np.errstate(all="ignore"):
                value = np.asarray(eval(self._code, known))  # noqa: S307 (looked through above)
        except PageError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the line does not run)
            raise ReadError(f"{type(error).__name__}: {error}") from None
        if value.dtype.kind not in "biuf":
            raise ReadError("its value is no array of numbers")
        if value.ndim not in (0, 2):
            message = f"its value has the shape {value.shape}; expected rows and columns"
            raise ReadError(message + ", as with keepdims=True" * (value.ndim == 1))
        return value.astype(float).reshape(value.shape or (1, 1))

    def counts(self, name: str) -> set[bool]:
        """Return whether a name stands in square brackets, outside of them, or both."""
        return {inside for word, inside in self._places if word == name}

    @property
    def unmet(self) -> str:
        """A part that chooses, and chose the same on every run; empty if there is none."""
        return next((text for text, met in self._choices.met.items() if len(met) < 2), "")


def _may_stand(node: ast.AST) -> bool:
    """Return whether a part of an expression is one that a line may have."""
    match node:
        case ast.Constant(value):
            return value is None or isinstance(value, (int, float))
        case ast.Attribute():
            path = ast.unparse(node).removeprefix("np.")
            return path in FUNCTIONS if _is_numpy(node) else node.attr in METHODS
        case ast.keyword(arg):
            return arg in ("axis", "keepdims")
        case ast.comprehension(target, is_async=0):
            return isinstance(target, ast.Name) and target.id not in _BUILTINS
        case ast.comprehension():
            return False
        case ast.cmpop():
            return isinstance(node, (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE))
    return isinstance(node, _NODES)


def _is_numpy(node: ast.AST) -> bool:
    """Return whether an expression is ``np``, or something of it."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id == "np"


def _text(node: ast.AST) -> str:
    return ast.unparse(node) or type(node).__name__


# -- choices --------------------------------------------------------------------------------------


class _Choices(ast.NodeTransformer):
    """
    Notes how the parts of an expression that choose have chosen.

    A line that agrees with an equation says nothing of a case that was never met.

    Attributes
    ----------
    called : dict
        What is called in the place of each part, by a name that no text can have.
    met : dict
        By a part's text, the answers to what it asks.
    """

    def __init__(self) -> None:
        self.called: dict[str, Callable[..., object]] = {}
        self.met: dict[str, set[int]] = {}

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Note where a comparison is true."""
        text = ast.unparse(node)
        self.generic_visit(node)
        return self._noted(text, np.asarray, np.ravel, [node])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Note what a function chooses."""
        text = ast.unparse(node)
        self.generic_visit(node)
        match node.func:
            case ast.Attribute(ast.Name("np"), name) if name in _ASKED:
                given = node.args
            case ast.Attribute(array, "max" | "min" as name) if not _is_numpy(array):
                given = [array, *node.args]
            case _:
                return node
        return self._noted(text, getattr(np, name), _ASKED[name], given, node.keywords)

    def _noted(
        self,
        text: str,
        function: Callable[..., Any],
        asked: Callable[..., Array],
        given: Sequence[ast.expr],
        keywords: Sequence[ast.keyword] = (),
    ) -> ast.expr:
        """Return the call of a function that notes what is asked of its arguments."""
        word = f"□{len(self.called)}"
        met = self.met.setdefault(text, set())

        def noted(*arguments: object, **named: object) -> object:
            axis = {"axis": named["axis"]} if "axis" in named else {}
            met.update(asked(*arguments, **axis).tolist())
            return function(*arguments, **named)

        self.called[word] = noted
        return ast.Call(ast.Name(word, ast.Load()), [*given], [*keywords])


def _where_apart(left: Array, right: Array) -> Array:
    """Return where the first is larger, of what differs."""
    first: Array = np.greater(left, right)[np.not_equal(left, right)]
    return first


_ASKED: dict[str, Callable[..., Array]] = {
    "abs": lambda of: _where_apart(of, np.zeros(())),
    "maximum": _where_apart,
    "minimum": _where_apart,
    "max": lambda of, axis=None: np.ravel(np.argmax(of, axis)),
    "min": lambda of, axis=None: np.ravel(np.argmin(of, axis)),
    "where": lambda condition, *_: np.ravel(np.asarray(condition, bool)),
}
"""For each function that chooses, what is asked of its arguments."""
