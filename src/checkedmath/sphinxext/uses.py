"""Check a page again when a page that it uses says something else, and not for its prose."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from checkedmath.bind.preparing import prepare
from checkedmath.files import load, used_pages
from checkedmath.read.page import Page


@dataclass(frozen=True, slots=True)
class Used:
    """
    What a page used when it was checked.

    Attributes
    ----------
    files : dict of str
        The digest of each used file.
    said : str
        The digest of what the page takes over from them.
    """

    files: dict[str, str]
    said: str


def setup_uses(app: Sphinx) -> None:
    """Connect the choice of pages to check again."""
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)


def pages_used(app: Sphinx, page: Page, path: Path) -> list[Page]:
    """Read the pages that the page being read uses, and remember what they say."""
    used = used_pages(page, path, Path(app.srcdir))
    if page.uses:
        files = {str(other.resolve()): _digest(other) for other in used}
        _by_page(app.env)[app.env.docname] = Used(files, said_by(used.values()))
    return list(used.values())


def said_by(used: Iterable[Page]) -> str:
    """Return a digest of what pages declare and define, wherever on the page they do so."""
    scope = prepare(Page(""), list(used)).scope
    dicts = (scope.arrays, scope.indices, scope.functions, scope.placeless())
    said = [sorted((repr(key), repr(value)) for key, value in each.items()) for each in dicts]
    names = [sorted(each) for each in (scope.sizes, scope.batches, scope.names)]
    return hashlib.sha256(repr((said, names)).encode()).hexdigest()


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _by_page(env: BuildEnvironment) -> dict[str, Used]:
    found: dict[str, Used] = vars(env).setdefault("checkedmath_used", {})
    return found


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Sequence[str]:
    outdated = []
    digest = functools.cache(_digest)
    # By the files that were used, in their order: many pages use the same ones.
    said: dict[tuple[str, ...], str] = {}
    for docname, before in _by_page(env).items():
        files = tuple(before.files)
        if docname in removed or all(digest(Path(f)) == before.files[f] for f in files):
            continue
        if files not in said:
            path = Path(env.doc2path(docname))
            used = used_pages(load(path, os.path.relpath(path)), path, Path(app.srcdir))
            said[files] = said_by(used.values())
        if said[files] != before.said:
            outdated.append(docname)
    return outdated


def _forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _by_page(env).pop(docname, None)


def _merge(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    found = _by_page(other)
    _by_page(env).update({name: found[name] for name in docnames if name in found})
