"""Pack what cells import: the packages as this build has imported them, data files included."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from conf.run.fetch import LIST

HERE = Path(__file__).parent

PACKS = {
    "oneoverm": ("oneoverm",),
    "checkedmath": ("checkedmath", "lark", "markdown_it", "mdurl", "mdit_py_plugins"),
}
"""The packs, by what cells import, and the packages in each."""

WHEELS = {name: list(files) for name, files in LIST["wheels"].items()}
"""The wheels of what cells may import of Pyodide's own packages."""

CANNOT = {"_thread", "concurrent", "multiprocessing", "socket", "subprocess", "threading"}
"""What of the standard library does not work in a browser, which has one thread alone."""

# The extension for Sphinx is for authors; what is compiled is not for this Python.
LEFT_OUT = {"__pycache__", "sphinxext", "py.typed", "README.md"}


def why_not(roots: set[str]) -> str:
    """Return what code that imports these packages cannot have in a page; empty if it can run."""
    here = {*PACKS, *WHEELS, *sys.stdlib_module_names} - CANNOT
    return ", ".join(sorted(roots - here))


def needed(roots: set[str]) -> list[str]:
    """Return what code that imports these packages needs, NumPy always."""
    return sorted({"numpy", *(roots & {*PACKS, *WHEELS})})


def files_of(package: str) -> Iterator[tuple[str, bytes]]:
    """Give the name in the pack and the content of each file of a package."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package}, which cells need, is not installed here")
    folder = Path(spec.submodule_search_locations[0])
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if path.is_file() and not LEFT_OUT & set(place.parts):
            yield f"{package}/{place.as_posix()}", path.read_bytes()


def packed(files: Iterator[tuple[str, bytes]]) -> bytes:
    """Return files as a zip archive, whose bytes depend on nothing else."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return found.getvalue()


def packs() -> dict[str, tuple[str, bytes]]:
    """Return each pack by what it is for: its file's name, which has a digest, and its bytes."""
    own = ("inside.py", HERE / "inside.py"), ("matplotlibrc", HERE.parent / "matplotlibrc")
    found = {"page": packed((name, path.read_bytes()) for name, path in own)}
    for pack, packages in PACKS.items():
        found[pack] = packed(file for package in packages for file in files_of(package))
    return {
        name: (f"{name}-{hashlib.sha256(content).hexdigest()[:12]}.zip", content)
        for name, content in found.items()
    }
