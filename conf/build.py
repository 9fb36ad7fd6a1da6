"""
Build the book, unless nothing has changed since a build that had nothing to warn of.

``python -m conf.build`` takes the arguments of ``python -m sphinx``: with ``-d``, and with the two
folders last. Sphinx takes over a second to start, and half a second more to find that every page is
as it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[1]

SOURCES = ("conf", "docs", "src")
VARIABLES = ("ONEOVERM_SCHEDULER", "READTHEDOCS_CANONICAL_URL", "SOURCE_DATE_EPOCH")

ANYWAY = {"-a", "--write-all", "-E", "--fresh-env"}
STRICT = {"-W", "--fail-on-warning"}


def main(arguments: list[str]) -> int:
    """Build if need be; return Sphinx's exit code, or 0."""
    built = Path(arguments[-1])
    kept = Path(arguments[arguments.index("-d") + 1], f"{built.name}.json")
    known = json.loads(kept.read_text("utf-8")) if kept.is_file() else None
    # What is edited while it is read counts as edited afterwards.
    read = what_is_read(arguments)
    if known == {"read": read, "written": what_is_written(built)} and not ANYWAY & set(arguments):
        print("Nothing has changed since the last build.")  # noqa: T201
        return 0
    kept.unlink(missing_ok=True)
    from sphinx.cmd import build  # noqa: PLC0415 - it is what takes the time

    code = build.main(arguments)
    # Without Sphinx's -W a build with warnings ends well; it is not one to rest on.
    if code == 0 and STRICT & set(arguments):
        found = {"read": read, "written": what_is_written(built)}
        kept.write_text(json.dumps(found), encoding="utf-8")
    return code


def what_is_read(arguments: list[str]) -> str:
    """Return a digest of all that a build reads: files, libraries, arguments, variables."""
    libraries = sorted(
        path.name
        for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        for path in Path(folder).iterdir()
    )
    rest = [sys.version, libraries, arguments, [os.environ.get(name) for name in VARIABLES]]
    found = hashlib.sha256(json.dumps(rest).encode())
    for path in files(*(ROOT / part for part in SOURCES)):
        found.update(f"\n{path.relative_to(ROOT).as_posix()}\n".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def what_is_written(built: Path) -> str:
    """Return a digest of the names, sizes and times of what a build wrote."""
    found = hashlib.sha256()
    for path in files(built):
        status = path.stat()
        found.update(f"{path.as_posix()} {status.st_size} {status.st_mtime_ns}\n".encode())
    return found.hexdigest()


def files(*folders: Path) -> list[Path]:
    """List all files in folders, but for Python's own copies of modules."""
    return sorted(
        Path(inside, name)
        for folder in folders
        for inside, _, names in os.walk(folder)
        if not inside.endswith("__pycache__")
        for name in names
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
