"""A digest of all that findings follow from but for what a page says."""

from __future__ import annotations

import functools
import hashlib
import sys
from importlib import metadata
from pathlib import Path

_LIBRARIES = ("lark", "markdown-it-py", "numpy")


@functools.cache
def version_digest() -> str:
    """Return a digest of every file of this package, and of the versions that it runs with."""
    return digest_of(Path(__file__).parents[1])


def digest_of(folder: Path) -> str:
    """Return a digest of a folder's files, by their names, and of the libraries' versions."""
    versions = [sys.version, *(f"{each} {metadata.version(each)}" for each in _LIBRARIES)]
    found = hashlib.sha256(repr(versions).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            content = path.read_bytes()
            name = path.relative_to(folder).as_posix()
            found.update(f"{name} {len(content)}\n".encode() + content)
    return found.hexdigest()
