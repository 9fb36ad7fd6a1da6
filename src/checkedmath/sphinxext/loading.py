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
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import ModuleType

from checkedmath.errors import FunctionError, UncheckedError, UndeclaredError
from checkedmath.sphinxext.digests import is_installed
from checkedmath.timeout import Stopped

Function = Callable[..., object]


def load_function(dotted: str, packages: Collection[str]) -> Function:
    """
    Import a function by its dotted name.

    Parameters
    ----------
    dotted : str
        The package, perhaps modules, and the function.
    packages : collection of str
        The packages whose functions may be run.

    Raises
    ------
    UncheckedError
        If the function, or what it is made of, belongs to another package.
    UndeclaredError
        If there is no such module, or no such function in it; the message names the nearest.
    FunctionError
        If importing fails, the name is something else than a function written in Python, or it
        wraps another function where nobody would see it.
    """
    module_name, _, name = dotted.rpartition(".")
    _refuse_others(dotted, module_name, packages)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and f"{module_name}.".startswith(f"{error.name}."):
            message = f"there is no module {error.name} where this book is built"
            raise UndeclaredError(message) from None
        raise FunctionError(f"importing {module_name} fails: {error}") from error
    except (KeyboardInterrupt, Stopped):
        raise
    except BaseException as error:
        message = f"importing {module_name} fails: {type(error).__name__}: {error}"
        raise FunctionError(message) from error
    function: Function | None = getattr(module, name, None)
    if function is None:
        known = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise UndeclaredError(f"the module {module_name} has no function {name}{hint}")
    if not inspect.isfunction(function):
        message = f"{dotted} is a {type(function).__name__}; expected a function in Python"
        raise FunctionError(message)
    for layer in _layers(function):
        _refuse_others(dotted, layer.__globals__.get("__name__", ""), packages)
    _written(function)
    return function


def _refuse_others(dotted: str, module: str, packages: Collection[str]) -> None:
    package = module.partition(".")[0]
    if package not in packages:
        named = ", ".join(sorted(packages)) or "none"
        where = f"{dotted} comes from {package or 'nowhere'}"
        message = (
            f"{where}, and only functions of the packages in checkedmath_packages are run; "
            f"conf.py names {named}"
        )
        raise UncheckedError(message)


def _layers(function: Function) -> list[Function]:
    """Return a function, and those that it wraps, from the outside."""
    found = [function]
    while inspect.isfunction(inner := getattr(found[-1], "__wrapped__", None)):
        if any(inner is each for each in found):
            break
        found.append(inner)
    return found


def source_of(function: Function) -> str:
    """
    Return a function's source without its docstring.

    What is shown is what runs: a function that is wrapped where it is written, by decorators, is
    shown with them.

    Raises
    ------
    FunctionError
        If it wraps another function elsewhere, whose source would not be what runs.

    Examples
    --------
    >>> print(source_of(files_of).splitlines()[0])
    def files_of(module_name: str, packages: Collection[str]) -> list[Path]:
    """
    written, _ = inspect.getsourcelines(_written(function).__code__)
    lines = textwrap.dedent("".join(written)).splitlines()
    (node,) = ast.parse("\n".join(lines)).body
    if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) and len(node.body) > 1:
        docstring = node.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
        while not lines[docstring.lineno - 1].strip():
            del lines[docstring.lineno - 1]
    return "\n".join(lines)


def _written(function: Function) -> Function:
    """Return the function whose ``def``, with its decorators, makes what runs."""
    layers = _layers(function)
    if len(layers) == 1:
        return function
    for layer in reversed(layers):
        if layer.__globals__.get(layer.__code__.co_name) is function:
            return layer
    name = getattr(function, "__name__", "it")
    message = (
        f"what runs is not what would be shown: {name} wraps another function, and not by "
        "decorators where it is written; name a function that is written as a def"
    )
    raise FunctionError(message)


# -- what a function follows from -----------------------------------------------------------------


def files_of(module_name: str, packages: Collection[str]) -> list[Path]:
    """
    Return the files that what a module computes may follow from.

    These are all Python files of the packages, and those that they and the module import, wherever
    in them, one from the other; of what is installed or comes with Python, none that it imports in
    turn.
    """
    loaded = {file: name for name, module in [*sys.modules.items()] for file in _file_of(module)}
    names = {*packages, module_name.partition(".")[0]}
    seen: set[Path] = set()
    waiting = [file for name in names for file in _files_of_package(name)]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            if not is_installed(file):
                waiting += _imported(file, loaded.get(file, ""))
    return sorted(seen)


def _files_of_package(name: str) -> list[Path]:
    package = sys.modules.get(name)
    folders = [Path(folder) for folder in getattr(package, "__path__", [])]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    return files or _file_of(package)


def _file_of(module: ModuleType | None) -> list[Path]:
    file = getattr(module, "__file__", None)
    return [Path(file)] if file and file.endswith(".py") else []


def _imported(file: Path, own: str) -> Iterator[Path]:
    """Yield the files of the modules that a file's imports name, and that are loaded."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        for name in _names(node, own, is_package=file.name == "__init__.py"):
            yield from _file_of(sys.modules.get(name))


def _names(node: ast.AST, own: str, *, is_package: bool) -> list[str]:
    """Return the modules that an import can mean; ``own`` is the name of the one that has it."""
    if isinstance(node, ast.Import):
        return [name for each in node.names for name in _with_parents(each.name)]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = [node.module] if node.module else []
    if node.level:
        parts = own.split(".") if is_package else own.split(".")[:-1]
        base = [*parts[: len(parts) - node.level + 1], *base]
    return [*_with_parents(".".join(base)), *(".".join([*base, each.name]) for each in node.names)]


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]
