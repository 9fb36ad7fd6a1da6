"""Spare each build what the one before it has worked out already."""

from __future__ import annotations

import functools
import hashlib
import operator
from typing import TYPE_CHECKING

import pybtex.plugin
from jinja2 import FileSystemBytecodeCache
from sphinxcontrib.bibtex.domain import BibtexDomain, get_docnames

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def keep_templates(app: Sphinx) -> None:
    """Keep the compiled templates beside what Sphinx keeps; a changed one is compiled again."""
    if app.builder.format == "html":
        folder = app.doctreedir / "templates"
        folder.mkdir(exist_ok=True)
        app.builder.templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))


def read_largest_first(app: Sphinx, _env: object, docnames: list[str]) -> None:
    """
    Put the pages that take longest at the head.

    Sphinx hands them out in this order, many at a time: the last to be read is then little.
    """
    docnames.sort(key=lambda name: -app.env.doc2path(name).stat().st_size)


format_sources = BibtexDomain.env_updated

# The pages that were read again or removed since the sources were formatted.
purged: set[str] = set()


def format_sources_of_pages(domain: BibtexDomain) -> Iterable[str]:
    """Format the sources unless the same are cited in the same places: they are kept."""
    lists = {key.docname for key in domain.bibliographies}
    cited = [(ref.docname, [target.key for target in ref.targets]) for ref in domain.citation_refs]
    cited.sort(key=operator.itemgetter(0))  # Pages are read in any order.
    asked = (sorted(lists), list(get_docnames(domain.env)), domain.bibdata.bibfiles, cited)
    now = hashlib.sha256(repr(asked).encode()).hexdigest()
    kept = vars(domain.env)
    same = not purged & lists and kept.get("quick_cited") == now
    purged.clear()
    kept["quick_cited"] = now
    return () if same else format_sources(domain)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect what saves time."""
    app.connect("builder-inited", keep_templates)
    app.connect("env-before-read-docs", read_largest_first)
    app.connect("env-purge-doc", lambda _app, _env, name: purged.add(name))
    BibtexDomain.env_updated = format_sources_of_pages
    # It looks through all installed packages each time that it needs one of its own styles.
    pybtex.plugin.entry_points = functools.cache(pybtex.plugin.entry_points)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
