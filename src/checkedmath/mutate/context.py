"""What a page knows around an expression that is mutated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checkedmath.bind.scope import Scope
from checkedmath.latex.names import example_name
from checkedmath.latex.nodes import Apply, Name, Node


@dataclass(frozen=True, slots=True)
class MutationContext:
    r"""
    What the rules of mutation need to know of a page.

    Attributes
    ----------
    scope : Scope
        The page's names.
    examples : Node or None
        The name of the number of examples, as ``m``.
    elementwise : bool
        Whether the expression is a function's body, in which there are numbers only.
    partners : dict
        For a pre-activation the activation that is a function of it, and the other way round, each
        with the kind of mistake that it is to take the one for the other.
    """

    scope: Scope
    examples: Node | None = None
    elementwise: bool = False
    partners: dict[str, tuple[str, str]] = field(default_factory=dict)


def mutation_context(scope: Scope, *, elementwise: bool = False) -> MutationContext:
    """Gather what the rules need from a page's names."""
    return MutationContext(scope, number_of_examples(scope), elementwise, dict(_partners(scope)))


def number_of_examples(scope: Scope) -> Node | None:
    """Return the size that counts the examples; None where there is none, or more than one."""
    sizes = {
        domain.shape[1]
        for (key, _), domain in scope.arrays.items()
        if len(domain.shape) == 2 and key in scope.batches
    }
    if len(sizes) == 1:
        return sizes.pop()
    return Name("m") if not sizes and scope.is_size("m") else None


def applications(scope: Scope) -> Iterator[tuple[str, Name, Name]]:
    """Yield what a page defines as a function of one symbol: its key, the function, the symbol."""
    for key, definitions in scope.definitions.items():
        for definition in definitions:
            match definition.body:
                case Apply(function=function, arguments=(Name() as argument,)):
                    yield key, function, argument


def _partners(scope: Scope) -> Iterator[tuple[str, tuple[str, str]]]:
    for key, _, argument in applications(scope):
        for spell in (str, example_name):
            activation, before = spell(key), spell(argument.id)
            yield activation, (before, "before the activation")
            yield before, (activation, "at the activation")
