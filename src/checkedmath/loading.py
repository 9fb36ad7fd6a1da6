"""
Load a function that a page names: import it, and read its source.

Only the Sphinx extension imports this module: no other part of the checker runs a page's code.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

from checkedmath.errors import FunctionError, UndeclaredError


def load_function(dotted: str) -> Callable[..., object]:
    """
    Import a function by its dotted name.

    Raises
    ------
    UndeclaredError
        If there is no such module, or no such function in it; the message names the nearest.
    FunctionError
        If importing fails, or the name is something else than a function written in Python.
    """
    module_name, _, name = dotted.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and f"{module_name}.".startswith(f"{error.name}."):
            message = f"there is no module {error.name} where this book is built"
            raise UndeclaredError(message) from None
        raise FunctionError(f"importing {module_name} fails: {error}") from error
    except (Exception, SystemExit) as error:
        message = f"importing {module_name} fails: {type(error).__name__}: {error}"
        raise FunctionError(message) from error
    function: Callable[..., object] | None = getattr(module, name, None)
    if function is None:
        known = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise UndeclaredError(f"the module {module_name} has no function {name}{hint}")
    if not inspect.isfunction(inspect.unwrap(function)):
        message = f"{dotted} is a {type(function).__name__}; expected a function in Python"
        raise FunctionError(message)
    return function


def source_of(function: Callable[..., object]) -> str:
    """
    Return a function's source without its docstring.

    Examples
    --------
    >>> print(source_of(files_of).splitlines()[0])
    def files_of(dotted: str) -> list[Path]:
    """
    written, _ = inspect.getsourcelines(inspect.unwrap(function))
    lines = textwrap.dedent("".join(written)).splitlines()
    (node,) = ast.parse("\n".join(lines)).body
    if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) and len(node.body) > 1:
        docstring = node.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
        while not lines[docstring.lineno - 1].strip():
            del lines[docstring.lineno - 1]
    return "\n".join(lines)


def files_of(dotted: str) -> list[Path]:
    """Return the Python files of the package of a function: those that it may rest on."""
    package = sys.modules.get(dotted.partition(".")[0])
    folders = [Path(folder) for folder in getattr(package, "__path__", [])]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    own = getattr(package, "__file__", None)
    return files or ([Path(own)] if own else [])
