"""
Keep the search index of a later build equal to that of a clean one.

Sphinx takes the index of the build before and adds the pages that it writes. It loses what the
index of functions says of the other pages, and keeps words that no page has any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.index_entries import split_index_msg

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata


def mend_index(app: Sphinx) -> Sequence[tuple[str, dict[str, object], str]]:
    """Mend the index before it is written; there is no other place to do so, and no page to add."""
    indexer = app.builder.indexer if isinstance(app.builder, StandaloneHTMLBuilder) else None
    if indexer is not None:
        for words in (indexer._mapping, indexer._title_mapping):  # noqa: SLF001  (Sphinx has no other)
            for word in [word for word, pages in words.items() if not pages]:
                del words[word]
        indexer._index_entries = {  # noqa: SLF001
            docname: functions_of(app.env, docname) for docname in sorted(app.env.found_docs)
        }
    return ()


def functions_of(env: BuildEnvironment, docname: str) -> list[tuple[str, str, str]]:
    """Return what the index says of a page, in Sphinx's form: name, place, whether it is main."""
    found = set()
    entries = env.domaindata["index"]["entries"].get(docname, [])
    for kind, value, target, main, _key in entries:
        names = split_index_msg(kind, value)
        found.update((name, target or "", main) for name in names)
    return sorted(found)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the mending."""
    app.connect("html-collect-pages", mend_index)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
