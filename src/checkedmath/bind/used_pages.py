"""What a page takes over from pages that it uses, and whether these agree."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from checkedmath.bind.binding import bind_page
from checkedmath.bind.definition import Definition
from checkedmath.bind.scope import Scope
from checkedmath.errors import ReadError
from checkedmath.latex.names import free_names, key_of
from checkedmath.latex.nodes import Node
from checkedmath.page.model import Equation, Mistake, Page, WhereItem


def shared_content(page: Page) -> tuple[object, ...]:
    """Return what others take over from a page, without its places."""
    return (
        page.file,
        [(item.latex, item.macros) for item in page.where],
        [
            (each.latex, each.macros, each.one_example, each.unchecked is None)
            for each in page.equations
        ],
        [use.name for use in page.uses],
    )


def all_used(page: Page) -> list[Page]:
    """Return the pages that a page uses and that these use in turn, what is used first."""
    found: list[Page] = []
    seen = {id(page)}
    waiting = [(page, iter(page.used))]
    while waiting:
        user, others = waiting[-1]
        other = next(others, None)
        if other is None:
            waiting.pop()
            if user is not page:
                found.append(user)
        elif id(other) not in seen:
            seen.add(id(other))
            waiting.append((other, iter(other.used)))
    return found


def refuse_conflicts(page: Page, used: Sequence[tuple[Page, Sequence[Page]]]) -> list[Mistake]:
    """
    Return where pages that a page uses contradict each other, or would be read otherwise there.

    Parameters
    ----------
    page : Page
        The page.
    used : sequence of tuple
        The pages that it uses, each with those that it uses itself.
    """
    errors = [*_contradictions(used), *_captures(page, used)]
    line = page.uses[0].line if page.uses else 1
    return [Mistake(line, error) for error in errors]


def _contradictions(used: Sequence[tuple[Page, Sequence[Page]]]) -> Iterator[ReadError]:
    for (one, needs), (other, its_needs) in itertools.combinations(used, 2):
        if _is_among(one, its_needs) or _is_among(other, needs):
            continue
        first, second = _own(one), _own(other)
        for key in sorted(set(_meanings(first)) & set(_meanings(second))):
            if _meanings(first)[key] != _meanings(second)[key]:
                places = first.place_of(key), second.place_of(key)
                yield ReadError(
                    f"two pages that are used here say what {key} is, and not the same: "
                    f"{places[0]} and {places[1]}; use one of them, or rename a symbol"
                )


def _captures(page: Page, used: Sequence[tuple[Page, Sequence[Page]]]) -> Iterator[ReadError]:
    for one, needs in used:
        own = bind_page(_without_claims(one), [_without_claims(each) for each in needs]).scope
        others = [page, *(other for other, _ in used if other is not one)]
        others = [other for other in others if not _is_among(other, needs)]
        for name in sorted(_named(one)):
            for other in others:
                there = _own(other)
                exact = name in there.names and name not in own.names
                near = there.knows_example_or_batch(name) and not own.knows_example_or_batch(name)
                if (exact or near) and not own.is_size(name):
                    where = there.place_of(name) if name in there.names else other.file
                    yield ReadError(
                        f"{one.file}, which is used here, has {name} without declaring it, and "
                        f"{where} says what it is; declare it there, or rename a symbol"
                    )
                    break


def _is_among(page: Page, pages: Iterable[Page]) -> bool:
    return any(page is other for other in pages)


def _own(page: Page) -> Scope:
    """Return what a page declares and defines itself."""
    return _scope(page.file, tuple(page.where), tuple(page.equations))


@lru_cache(maxsize=512)
def _scope(file: str, where: tuple[WhereItem, ...], equations: tuple[Equation, ...]) -> Scope:
    return bind_page(Page(file, where=list(where), equations=list(equations))).scope


def _without_claims(page: Page) -> Page:
    return Page(page.file, where=page.where, equations=page.equations)


def _meanings(scope: Scope) -> dict[str, list[str]]:
    """Return the meanings of each name, without locations."""
    found: dict[str, list[str]] = {}
    for (key, layer), domain in scope.arrays.items():
        found.setdefault(key, []).append(f"{layer} {domain}")
    for kind in (scope.indices, scope.functions):
        for key, meaning in kind.items():
            found.setdefault(key, []).append(repr(meaning))
    for key in scope.sizes:
        found.setdefault(key, []).append("a size")
    for key, definitions in scope.without_locations().items():
        found.setdefault(key, []).extend(map(repr, definitions))
    return {key: sorted(meanings) for key, meanings in found.items()}


def _named(page: Page) -> set[str]:
    """Return the names that a page's declarations and definitions are made of."""
    scope = _own(page)
    nodes: list[tuple[Node, tuple[str, ...]]] = []
    for domain in scope.arrays.values():
        nodes += [(size, ()) for size in domain.shape]
    for definition in itertools.chain.from_iterable(scope.definitions.values()):
        nodes.append((definition.body, _bound(definition)))
    found = set()
    for node, bound in nodes:
        for name in free_names(node, scope.knows_example_or_batch):
            key = key_of(name)
            if scope.knows(key) or scope.is_size(key):
                found.add(key)
            elif name.id not in bound and key not in bound:
                found |= {name.id, key}
    return found


def _bound(definition: Definition) -> tuple[str, ...]:
    indices = [definition.layer] if isinstance(definition.layer, str) else []
    indices += [definition.example] if definition.example else []
    return (*definition.parameters, *indices)
