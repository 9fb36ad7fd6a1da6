"""The symbols of an equation: their names in Python, what these stand for, and their shapes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checkedmath.bind.scope import Scope
from checkedmath.check.free_indices import bindings_of, free_indices_of
from checkedmath.check.numpy_names import KNOWN, steps_from, with_subscripts, word_of
from checkedmath.check.symbolic_sizes import ONE, Case, Shape, Sizes
from checkedmath.errors import PageError
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Bindings
from checkedmath.latex.names import batch_name, example_name, key_of
from checkedmath.latex.nodes import BigOperator, Derivative, Name, Node, Number, Statement, Sum

_MOST_PRIMES = 2


@dataclass(frozen=True, slots=True)
class Use:
    """
    What a name in a line of NumPy stands for.

    Attributes
    ----------
    kind : str
        A ``value``; a ``family``, of which a layer is taken; a ``function``; an ``index``.
    node : Node
        The symbol, without what Python takes of it itself.
    """

    kind: str
    node: Node


def cases_of(
    statement: Statement, scope: Scope, evaluators: Sequence[Evaluator], *, one_example: bool
) -> list[Case]:
    """Return all draws with every value of each free index of a statement."""
    free = free_indices_of(statement.sides, scope)
    cases: list[Case] = []
    for evaluator in evaluators:
        with contextlib.suppress(PageError):
            found = bindings_of(evaluator, statement.sides, free, one_example=one_example)
            cases += [Case(evaluator, bindings) for bindings in found]
    return cases


class StatementSymbols:
    r"""
    The symbols of one statement.

    Parameters
    ----------
    statement : Statement
        A chain of sides.
    scope : Scope
        What the page's names mean.
    cases : sequence of Case
        All draws, with every value of each free index; at least one.
    names : mapping
        Python's names for symbols, where a book gives them: ``{r"\mathcal{L}": "loss"}``.
    """

    def __init__(
        self, statement: Statement, scope: Scope, cases: Sequence[Case], names: Mapping[str, str]
    ) -> None:
        self.statement = statement
        self._scope = scope
        self._evaluator = cases[0].evaluator
        self._bindings = cases[0].bindings
        self._names = names
        self._sizes = Sizes(scope, cases)

    # -- shapes -----------------------------------------------------------------------------------

    def shapes(self) -> dict[str, Shape | None]:
        """Return the shapes of the symbols by their names in Python, in order; None of numbers."""
        found: dict[str, Shape | None] = {}
        for side in self.statement.sides:
            for node in _symbols_in(side, gradients=False):
                for each in self._of_each_layer(node):
                    found |= self.shape_of(each)
        return found

    def shape_of(self, node: Node) -> dict[str, Shape | None]:
        """Return a symbol's shape by its name; nothing of a size, an index and a function."""
        if not isinstance(node, Name) or node.primes or self._scope.is_size(key_of(node)):
            return {}
        if node.id in self._bindings.indices or not self._scope.knows_example_or_batch(node.id):
            return {}
        try:
            bare = self._bare(node, self._bindings)
            word, shape = self._word(bare), self._sizes.of(bare)
        except PageError:
            return {}
        declared = self._scope.arrays.get((key_of(bare), None))
        is_number = declared is not None and not declared.shape
        return {word: None if is_number else shape} if word and shape else {}

    def marked(self) -> Iterator[tuple[Name, Shape | None]]:
        """Yield each symbol with its shape, None for a number; of one example, its column's."""
        for side in self.statement.sides:
            for node in _symbols_in(side):
                for shape in self.shape_of(node).values():
                    one = node.example is not None and shape is not None
                    yield node, (shape[0], ONE) if one and shape else shape

    def _of_each_layer(self, node: Name) -> Iterator[Name]:
        """Yield a symbol; of a layer that is one of a list, each, as their shapes may differ."""
        layer = node.layer
        declared = self._scope.indices.get(layer.id) if isinstance(layer, Name) else None
        listed = declared.listed if declared is not None else ()
        yield from (replace(node, layer=each) for each in listed or (layer,))

    # -- names ------------------------------------------------------------------------------------

    def vocabulary(self) -> dict[str, Use | None]:
        """
        Return what a line may name: what the statement names, and then what the page does.

        It is None for a name that would stand for two things.
        """
        return {**_told_apart(self._of_page()), **_told_apart(self._of_statement())}

    def given(self, side: Node) -> tuple[str, Use] | None:
        """Return what a line gives a value to, where a side is a symbol or a gradient by one."""
        with contextlib.suppress(PageError):
            match side:
                case Name():
                    use = self._use(side, self._bindings)
                    return use if use is not None and use[1].kind == "value" else None
                case Derivative(Name() as of, Name() as wrt):
                    bare = self._bare(replace(wrt, example=None), self._bindings)
                    words = self._word(replace(of, example=None)), self._word(bare)
                    if all(words):
                        picked = bare.subscripts != wrt.subscripts
                        node = replace(side, wrt=replace(wrt, subscripts=bare.subscripts))
                        return "d{}_d{}".format(*words), Use("value", node if picked else side)
        return None

    def _of_statement(self) -> Iterator[tuple[str, Use]]:
        for side in self.statement.sides:
            for node, inside in _with_loops(side, self._evaluator, self._bindings):
                with contextlib.suppress(PageError):
                    found = self._use(node, inside) if isinstance(node, Name) else self.given(node)
                    yield from [found] if found else []

    def _of_page(self) -> Iterator[tuple[str, Use]]:
        for node in self._named():
            with contextlib.suppress(PageError):
                found = self._use(node, self._bindings)
                if found and found[1].kind == "value":
                    self._evaluator.value(found[1].node, self._bindings)
                yield from [found] if found else []

    def _named(self) -> Iterator[Name]:
        """Yield a name for all that the page knows, with each layer that it may have."""
        layers: dict[str, set[int | str | None]] = {key: {None} for key in self._scope.names}
        for key, layer in self._scope.arrays:
            layers[key].add(layer)
        for key, definitions in self._scope.definitions.items():
            layers[key] |= {definition.layer for definition in definitions}
        for key in KNOWN.keys() | layers.keys():
            name = _name_of(key)
            if self._scope.is_function(key):
                yield from (replace(name, primes=n) for n in range(_MOST_PRIMES + 1))
                continue
            names = {name, replace(name, id=batch_name(name.id))}
            if self._bindings.example is not None and batch_name(name.id) in self._scope.batches:
                names.add(replace(name, id=example_name(name.id)))
            for layer in layers[key]:
                for at in self._layers(layer):
                    yield from (replace(each, layer=at) for each in names)

    def _layers(self, layer: int | str | None) -> Iterator[Node | None]:
        """Yield the layers of what is declared for one, or for an index of layers."""
        if not isinstance(layer, str):
            yield None if layer is None else Number(layer)
            return
        written = (steps_from(n.layer) for n in _names_in(self.statement.sides) if n.layer)
        indices = {found[0] for found in written if found} & self._bindings.indices.keys()
        for index in indices or {layer}:
            yield Name(index)
            yield from (Sum((Name(index), ONE), (1, sign)) for sign in (1, -1))
        yield from (Name(depth) for depth in self._evaluator.draw.depths)
        yield from (Number(n) for n in range(self._scope.largest_literal + 1))

    def _use(self, node: Name, inside: Bindings) -> tuple[str, Use] | None:
        """Return a symbol's name and what it stands for; None where it has no name."""
        key = key_of(replace(node, primes=0))
        if self._scope.is_function(key):
            known = None if self._scope.knows(key) else KNOWN.get(key)
            word = known or (with_subscripts(node, self._names) if self._scope.knows(key) else None)
            return (word + "_prime" * node.primes, Use("function", node)) if word else None
        if node == Name(node.id) and node.id in inside.indices:
            word = word_of(node.id, self._names)
            own = node.id in self._bindings.indices
            return (word, Use("index", node)) if word and own else None
        knows = self._scope.knows_example_or_batch
        if not (knows(node.id) or knows(key) or self._scope.is_size(key)):
            return None
        bare = self._bare(node, inside)
        word = self._word(bare)
        if word is None:
            return None
        if self._is_family(bare.layer):
            return word, Use("family", replace(bare, layer=None))
        return word, Use("value", bare)

    def _bare(self, node: Name, inside: Bindings) -> Name:
        """Return the symbol, or the batch, of which a name takes an entry or an example."""
        entry = self._evaluator.split_subscripts(node, inside)[1]
        bare = replace(node, subscripts=node.subscripts[: len(node.subscripts) - len(entry)])
        if node.example is None:
            return bare
        number = self._evaluator.whole_number(node.layer, inside) if node.layer else None
        stacked = self._evaluator.names.batch_key(key_of(bare), number) != key_of(bare)
        return replace(bare, id=batch_name(bare.id) if stacked else bare.id, example=None)

    def _is_family(self, layer: Node | None) -> bool:
        """Return whether a layer is that of a loop."""
        steps = steps_from(layer)
        known = {*self._bindings.indices, *self._evaluator.draw.sizes}
        return steps is not None and steps[0] not in known

    def _word(self, node: Name) -> str | None:
        """Return Python's name for a symbol with its layer: ``W2``, ``W_prev``, ``W_L``, ``W``."""
        word = with_subscripts(node, self._names)
        steps = steps_from(node.layer)
        match node.layer:
            case None:
                suffix = ""
            case Number(int() as value):
                suffix = f"{value}"
            case _ if steps is not None and self._is_family(node.layer):
                suffix = ""
            case _ if steps is not None and steps[0] in self._bindings.indices:
                suffix = {0: "", 1: "_next", -1: "_prev"}.get(steps[1], "?")
            case _ if steps is not None and steps[1] == 0:
                suffix = f"_{steps[0]}"
            case _:
                suffix = "?"
        return f"{word}{suffix}" if word and suffix != "?" else None


def _told_apart(found: Iterable[tuple[str, Use]]) -> dict[str, Use | None]:
    words: dict[str, Use | None] = {}
    for word, use in found:
        words[word] = use if words.get(word, use) == use else None
    return words


def _name_of(key: str) -> Name:
    """Return the name that is declared or defined as ``key``."""
    base, _, subscripts = key.partition("_")
    each = subscripts.split(",") if subscripts else []
    return Name(base, tuple(Number(int(s)) if s.isdigit() else Name(s) for s in each))


def _names_in(sides: Iterable[Node]) -> Iterator[Name]:
    return (node for side in sides for node in side.walk() if isinstance(node, Name))


def _symbols_in(node: Node, *, gradients: bool = True) -> Iterator[Name]:
    """
    Yield the symbols of an expression in their order, but none that stands in another's scripts.

    With ``gradients`` false, not the number whose gradient is taken.
    """
    if isinstance(node, Name):
        yield node
        return
    inside = list(node.children())
    if not gradients and isinstance(node, Derivative) and isinstance(node.of, Name):
        inside = [node.wrt]
    for child in sorted(inside, key=lambda each: each.start):
        yield from _symbols_in(child, gradients=gradients)


def _with_loops(
    node: Node, evaluator: Evaluator, inside: Bindings
) -> Iterator[tuple[Name | Derivative, Bindings]]:
    """Yield each symbol and gradient, with a value for each index of the sums around it."""
    if isinstance(node, BigOperator):
        first = (evaluator.draw.ranges.get(node.index) or (1,))[0]
        with contextlib.suppress(PageError):
            first = evaluator.whole_number(node.low, inside) if node.low else first
        inside = inside.with_index(node.index, first)
    if isinstance(node, Name | Derivative):
        yield node, inside
    for child in node.children():
        yield from _with_loops(child, evaluator, inside)
