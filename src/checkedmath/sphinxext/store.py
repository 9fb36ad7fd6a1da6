"""What a build remembers of each page: its findings, with a name and a place for each."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from checkedmath.findings import Finding
from checkedmath.known import Known, digest, package_digest


@dataclass(frozen=True)
class Place:
    """
    Where on a page something is shown.

    Attributes
    ----------
    name : str
        What a reader calls it.
    anchor : str
        Where it stands; empty if nowhere.
    """

    name: str
    anchor: str


@dataclass(frozen=True)
class Entry:
    """
    A finding of a page.

    Attributes
    ----------
    id : str
        The page and the label, or the number among what has none; the same wherever the text around
        it has moved it to.
    """

    id: str
    place: Place
    finding: Finding


def setup_store(app: Sphinx) -> None:
    """Connect the forgetting of pages that change, and the merging of parallel readers."""
    app.connect("env-purge-doc", _forget)
    app.connect("env-get-outdated", _forget_known)
    app.connect("env-merge-info", _merge)


def entries_by_page(env: BuildEnvironment) -> dict[str, list[Entry]]:
    """Return the entries of all pages that have any, by document name."""
    found: dict[str, list[Entry]] = vars(env).setdefault("checkedmath_findings", {})
    return found


def reports(env: BuildEnvironment) -> set[str]:
    """Return the names of the documents that list all checks."""
    found: set[str] = vars(env).setdefault("checkedmath_reports", set())
    return found


def rows_of(env: BuildEnvironment) -> set[str]:
    """Return the names of the documents with side-by-side rows."""
    found: set[str] = vars(env).setdefault("checkedmath_rows", set())
    return found


def known_of(env: BuildEnvironment, docname: str) -> Known:
    """Return what is known of a document's relations, also of one that is read again."""
    made_by, kept = _known_by_page(env).get(docname, ("", b""))
    if made_by != package_digest():
        return Known()
    known: Known = pickle.loads(kept)  # noqa: S301  (our own: it lies within what Sphinx pickles)
    return known


def keep_known(env: BuildEnvironment, known: Known) -> None:
    """Keep what is known of the page that is being read; nobody looks into it until it is again."""
    _known_by_page(env)[env.docname] = (package_digest(), pickle.dumps(known))


def _known_by_page(env: BuildEnvironment) -> dict[str, tuple[str, bytes]]:
    found: dict[str, tuple[str, bytes]] = vars(env).setdefault("checkedmath_known", {})
    return found


def states(env: BuildEnvironment) -> dict[str, str]:
    """Return by document name a digest of what there is to show of its entries."""
    found: dict[str, str] = vars(env).setdefault("checkedmath_states", {})
    return found


def keep(env: BuildEnvironment, found: Iterable[tuple[Finding, Place]]) -> None:
    """Keep the findings of the page that is being read, with the places of what they are about."""
    named = _entries(env.docname, found)
    entries_by_page(env)[env.docname] = named
    states(env)[env.docname] = digest(repr([_shown(entry) for entry in named]))


def _entries(docname: str, found: Iterable[tuple[Finding, Place]]) -> list[Entry]:
    """Name the findings of a page."""
    named = []
    seen: Counter[str] = Counter()
    for finding, place in found:
        name = f"{docname}#{finding.label or place.name.replace(' ', '-')}"
        if finding.kind == "row":
            name += ".row"
        elif finding.kind == "function":
            name += f".{finding.function}"
        seen[name] += 1
        number = f".{seen[name]}" if seen[name] > 1 else ""
        shown = Place(finding.label or place.name, place.anchor)
        named.append(Entry(name + number, shown, finding))
    return named


def _shown(entry: Entry) -> Entry:
    """Return an entry as it is wherever the text around it has moved it to."""
    return replace(entry, finding=replace(entry.finding, file="", line=0, column=0))


def _forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    entries_by_page(env).pop(docname, None)
    states(env).pop(docname, None)
    reports(env).discard(docname)
    rows_of(env).discard(docname)


def _forget_known(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Sequence[str]:
    for docname in removed:
        _known_by_page(env).pop(docname, None)
    return ()


def _merge(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    for docname in docnames:
        if docname in entries_by_page(other):
            entries_by_page(env)[docname] = entries_by_page(other)[docname]
            states(env)[docname] = states(other)[docname]
        if docname in _known_by_page(other):
            _known_by_page(env)[docname] = _known_by_page(other)[docname]
        for places in (reports, rows_of):
            if docname in places(other):
                places(env).add(docname)
