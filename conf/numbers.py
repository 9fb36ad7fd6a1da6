"""
Number the pages outside the story for their equations: (17.3) is the third of page 17.

Sphinx counts the equations of pages without a number through. These go on from the story's ten, in
the order of the menu, so that each number names its page, and no two of the book are equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

KIND = "displaymath"


def pages_below(env: BuildEnvironment, page: str) -> Iterator[str]:
    """Yield the pages that a page's contents lead to, in their order, but for those of parts."""
    for child in env.toctree_includes.get(page, []):
        if child in env.toctree_includes:
            yield from pages_below(env, child)
        else:
            yield child


def page_numbers(env: BuildEnvironment) -> dict[str, int]:
    """Return each page's number; the story comes first."""
    pages = pages_below(env, env.config.root_doc)
    return {page: number for number, page in enumerate(dict.fromkeys(pages), 1)}


def restore(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Give Sphinx the numbers that it made itself, with which it compares its next ones."""
    env.toc_fignumbers = getattr(env, "counted_through", env.toc_fignumbers)
    return []


def renumber(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Give each equation its page's number, and return the pages that this changes."""
    env.counted_through = counted = env.toc_fignumbers  # type: ignore[attr-defined]
    before = getattr(env, "numbered_by_page", {})
    pages = page_numbers(env)
    env.toc_fignumbers = {
        page: kinds | {KIND: by_page(kinds[KIND], pages[page])}
        if KIND in kinds and page in pages
        else kinds
        for page, kinds in counted.items()
    }
    env.numbered_by_page = env.toc_fignumbers  # type: ignore[attr-defined]
    return [page for page, kinds in env.toc_fignumbers.items() if kinds != before.get(page)]


def by_page(counted: dict[str, tuple[int, ...]], page: int) -> dict[str, tuple[int, ...]]:
    """Return the numbers of a page's equations, in the order of those that Sphinx gave them."""
    order = sorted(counted, key=counted.__getitem__)
    return {name: (page, number) for number, name in enumerate(order, 1)}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect what goes before and after Sphinx's own numbering."""
    app.connect("env-get-updated", restore, priority=400)
    app.connect("env-get-updated", renumber, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
