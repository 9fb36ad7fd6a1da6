"""What a build remembers of each page: what it says, and what was found out of it."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment

from checkedmath.findings import Finding, FunctionFinding, RowFinding
from checkedmath.page.model import Page
from checkedmath.sphinxext.digests import digest, state_of, version_digest

_BOOK = "checkedmath_book"
"""The attribute of Sphinx's environment that has the book."""

KEY = "checkedmath"
"""The attribute of a node with its document, and its key in what was found there."""


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


@dataclass
class ReadPage:
    """
    What was read of a document.

    Attributes
    ----------
    places : dict
        Where each of the page's formulas is shown, by key.
    meanings : dict
        What its declarations mean, as HTML, by their LaTeX.
    """

    page: Page
    places: dict[str, Place]
    meanings: dict[str, str]


@dataclass(frozen=True)
class SymbolRow:
    """
    A row of the notation page.

    Attributes
    ----------
    anchor : str
        Its id.
    symbols : tuple of tuple
        The LaTeX of each symbol, and the column in which it stands.
    meaning : str
        What they mean, as HTML.
    pages : tuple of str
        The documents on which they mean it; empty for all.
    """

    anchor: str
    symbols: tuple[tuple[str, str], ...]
    meaning: str
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """
    The link of a declared symbol to its row on the notation page.

    Attributes
    ----------
    anchor : str
        The row's id; empty if there is no row for one of the symbols declared.
    title : str
        What it is called.
    missing : tuple of str
        The LaTeX of the symbols without a row.
    """

    anchor: str
    title: str
    missing: tuple[str, ...] = ()


@dataclass
class Marked:
    """
    What there is to tell of an equation's LaTeX.

    Attributes
    ----------
    symbols : list of tuple
        The first and the last place of each symbol, and its number on the page.
    relations : list of tuple
        The place and sign of the first relation of each statement.
    """

    symbols: list[tuple[int, int, int]] = field(default_factory=list)
    relations: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Notes:
    """
    What side-by-side rows tell on demand.

    Attributes
    ----------
    columns : dict
        The HTML for each column of a row, by key.
    equations : dict
        What there is to tell of each row's equations, by key.
    told : list of tuple
        Of each symbol its group, and the HTML of what there is to tell.
    """

    columns: dict[str, list[str]] = field(default_factory=dict)
    equations: dict[str, Marked] = field(default_factory=dict)
    told: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Found:
    """
    What was found on a page.

    Attributes
    ----------
    by_key : dict
        The findings of each formula and row, by key.
    links : dict
        The links of its declared symbols, by the LaTeX of the declaration.
    inputs : str
        A digest of what the page takes over from others.
    files : dict
        The state of each file that its functions follow from.
    warned : bool
        Whether something else was warned of: a line of NumPy, or a symbol without a row.
    """

    entries: list[Entry]
    by_key: dict[str, list[Finding]]
    notes: Notes
    links: dict[str, Link]
    inputs: str
    files: dict[str, str]
    warned: bool = False

    def passes(self) -> bool:
        """Tell whether all of it holds or is excused, and nothing was warned of."""
        return not self.warned and all(entry.finding.passes for entry in self.entries)

    def shown(self) -> str:
        """Return a digest of what there is to show, wherever the text around has moved it to."""
        entries = [
            replace(each, finding=replace(each.finding, file="", line=0, column=0))
            for each in self.entries
        ]
        return digest(repr((entries, self.notes, self.links)))


@dataclass
class Book:
    """
    What is remembered of all documents.

    Attributes
    ----------
    version : str
        The digest of the checker.
    pages : dict of ReadPage
        What was read of each document that is checked.
    found : dict of Found
        What was found on it.
    notation : dict of list
        The rows of the notation page, if it was read.
    reports : set of str
        The documents that list all checks.
    """

    version: str
    pages: dict[str, ReadPage] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)
    notation: dict[str, list[SymbolRow]] = field(default_factory=dict)
    reports: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether no page asks for anything."""
        return not (self.pages or self.reports)

    def entries(self) -> dict[str, list[Entry]]:
        """Return the entries of all pages that have any, by document name."""
        return {name: found.entries for name, found in self.found.items() if found.entries}

    def forget(self, docname: str) -> None:
        """Forget all of a document."""
        self.pages.pop(docname, None)
        self.found.pop(docname, None)
        self.notation.pop(docname, None)
        self.reports.discard(docname)

    def take_over(self, other: Book, docnames: Iterable[str]) -> None:
        """Take what another process has read of some documents."""
        for docname in docnames:
            if docname in other.pages:
                self.pages[docname] = other.pages[docname]
            if docname in other.notation:
                self.notation[docname] = other.notation[docname]
            if docname in other.reports:
                self.reports.add(docname)


def setup_store(app: Sphinx) -> None:
    """Connect the forgetting of pages that change, and the merging of parallel readers."""
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", lambda _app, env, docname: book_of(env).forget(docname))
    app.connect(
        "env-merge-info",
        lambda _app, env, docnames, other: book_of(env).take_over(book_of(other), docnames),
    )


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Sequence[str]:
    """
    Read again the pages that failed, and those with functions that may do something else now.

    So the next build fails too, until they are mended.
    """
    state = functools.cache(lambda file: state_of(Path(file)))
    return [
        docname
        for docname, found in book_of(env).found.items()
        if docname not in removed
        and not (found.passes() and all(state(f) == was for f, was in found.files.items()))
    ]


def book_of(env: BuildEnvironment) -> Book:
    """Return what is remembered of all documents, by this version of the checker."""
    book: Book | None = vars(env).get(_BOOK)
    if book is None or getattr(book, "version", "") != version_digest():
        book = vars(env)[_BOOK] = Book(version_digest())
    return book


def is_site(builder: Builder) -> bool:
    """Return whether a builder writes for browsers, where notes open; an EPUB is HTML, too."""
    return builder.format == "html" and builder.name != "epub"


def keys_of(page: Page) -> dict[int, str]:
    """Return the keys by which a page's formulas and rows are found again, by the objects' ids."""
    kinds: dict[str, Sequence[object]] = {
        "equation": page.equations,
        "function": page.implementations,
        "row": page.rows,
    }
    return {
        id(each): f"{kind}-{number}"
        for kind, found in kinds.items()
        for number, each in enumerate(found)
    }


def entries_of(docname: str, found: Iterable[tuple[Finding, Place]]) -> list[Entry]:
    """Name the findings of a page."""
    named = []
    seen: Counter[str] = Counter()
    for finding, place in found:
        name = f"{docname}#{finding.label or place.name.replace(' ', '-')}"
        match finding:
            case RowFinding():
                name += ".row"
            case FunctionFinding():
                name += f".{finding.function}"
        seen[name] += 1
        number = f".{seen[name]}" if seen[name] > 1 else ""
        shown = Place(finding.label or place.name, place.anchor)
        # What it was made from is known by its key from here on.
        named.append(Entry(name + number, shown, replace(finding, about=None)))
    return named
