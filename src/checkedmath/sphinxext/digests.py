"""Digests: whether a text, a file or the checker itself is the one that it was."""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import sys
from importlib import metadata
from pathlib import Path

_LIBRARIES = ("lark", "markdown-it-py", "numpy", "python-flint")


def digest(*contents: str | bytes) -> str:
    """Return a name for some contents, much shorter than they are."""
    found = hashlib.sha256()
    for content in contents:
        data = content.encode() if isinstance(content, str) else content
        found.update(f"{len(data)}\n".encode() + data)
    return found.hexdigest()


def state_of(file: Path) -> str:
    """Return what tells whether a file is the same; of what is installed, when it was written."""
    try:
        if is_installed(file):
            stat = file.stat()
            return f"{stat.st_mtime_ns} {stat.st_size}"
        return digest(file.read_bytes())
    except OSError:
        return ""


def is_installed(file: Path) -> bool:
    """Return whether a file comes with Python, or was installed and is not edited in place."""
    standard = Path(ast.__file__).parent
    installed = not {"site-packages", "dist-packages"}.isdisjoint(file.parts)
    return installed or file.is_relative_to(standard)


@functools.cache
def version_digest() -> str:
    """Return a digest of every file of this package, and of the versions that it runs with."""
    return digest_of(Path(__file__).parents[1])


def digest_of(folder: Path) -> str:
    """Return a digest of a folder's files, by their names, and of the libraries' versions."""
    versions = [sys.version]
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions.append(f"{name} {metadata.version(name)}")
    contents: list[str | bytes] = list(versions)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            contents += [path.relative_to(folder).as_posix(), path.read_bytes()]
    return digest(*contents)
