"""What a page's names mean: its declarations and definitions, and those of pages it uses."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from checkedmath.bind.definition import Definition
from checkedmath.bind.notation import Notation
from checkedmath.bind.sets import KINDS, made_of
from checkedmath.bind.standard import standard_definition
from checkedmath.errors import ReadError
from checkedmath.latex.library import KNOWN
from checkedmath.latex.names import batch_name, example_name, free_names, key_of
from checkedmath.latex.nodes import (
    BigOperator,
    ByEntry,
    Condition,
    Declaration,
    Domain,
    Entry,
    FunctionType,
    Group,
    IndexRange,
    Matrix,
    Name,
    Node,
    Norm,
    Number,
    Product,
    Rational,
)
from checkedmath.latex.printing import to_latex

_LARGEST_PLACE = 12
"""The largest number of an entry, a layer or an example for which sizes are made large enough."""


@dataclass(slots=True)
class Scope:
    """The declarations and definitions that a page's equations are read with."""

    arrays: dict[tuple[str, int | str | None], Domain] = field(default_factory=dict)
    indices: dict[str, IndexRange] = field(default_factory=dict)
    functions: dict[str, FunctionType] = field(default_factory=dict)
    sizes: set[str] = field(default_factory=set)
    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    places: dict[tuple[str, int | str | None], tuple[str, int]] = field(default_factory=dict)
    batches: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    families: dict[str, Name] = field(default_factory=dict)
    refused: dict[str, tuple[str, int]] = field(default_factory=dict)
    vocabulary: tuple[str, ...] = ()
    notation: Notation = field(default_factory=Notation)
    largest_literal: int = 0
    chosen: set[str] = field(default_factory=set)
    _users: dict[str, set[str]] = field(default_factory=dict)
    _dependents: dict[str, set[str]] = field(default_factory=dict)

    def without_locations(self) -> dict[str, list[Definition]]:
        """Return the definitions without their locations, for comparing."""
        return {
            key: [replace(each, file="", line=0) for each in found]
            for key, found in self.definitions.items()
        }

    # -- building -------------------------------------------------------------------------------

    def declare(self, declaration: Declaration, file: str, line: int) -> None:
        """Add a declaration; a name can have one only."""
        for name in declaration.names:
            assert isinstance(name, Name)  # noqa: S101 - a raised layer has become one
            key, layer = key_of(name), _layer_of(name)
            if name.id == r"\mathbf{1}":
                message = (
                    r"\mathbf{1} is the column of ones already; it takes its size from what stands "
                    r"beside it, or has it below: \mathbf{1}_n"
                )
                raise ReadError(message, name.start)
            if self._is_taken(key, layer):
                first = ":".join(map(str, self.places[key, layer]))
                raise ReadError(f"{to_latex(name)} is declared twice; first at {first}", name.start)
            self.places[key, layer] = (file, line)
            self._take(name, declaration.kind)
            self.names.add(key)
            if name.subscripts:
                self.families[key] = name
            self.names |= set(_sizes_in(declaration.kind))

    def _take(self, name: Name, kind: IndexRange | FunctionType | Domain) -> None:
        """Take what a name is declared to be."""
        key, layer = key_of(name), _layer_of(name)
        match kind:
            case IndexRange():
                self._declare_index(name, kind)
            case FunctionType(sources, target):
                if any(each.kind != "real" for each in (*sources, target)):
                    message = (
                        r"a declared function goes from \mathbb{R}^{…} to \mathbb{R}^{…}: "
                        r"g : \mathbb{R} \to \mathbb{R} or f : \mathbb{R}^n \to \mathbb{R}^k"
                    )
                    raise ReadError(message, name.start)
                self.functions[key] = kind
            case Domain(kind="natural"):
                self.sizes.add(key)
            case Domain() if kind.kind in KINDS:
                self._define_by_parts(name, kind)
            case Domain():
                self.arrays[key, layer] = kind

    def _define_by_parts(self, name: Name, kind: Domain) -> None:
        """Define an element of a set by what it is made of."""
        if name != Name(name.id):
            message = "of such a set one symbol is declared, without an index and a layer"
            raise ReadError(message, name.start)
        parts, body = made_of(name.id, kind)
        for part, own in parts.items():
            self.names.add(part)
            if isinstance(own, IndexRange):
                self.indices[part] = own
            else:
                self.arrays[part, None] = own
        place = self.places[name.id, None]
        self.definitions.setdefault(name.id, []).append(
            Definition(name.id, None, None, (), body, *place)
        )

    def _declare_index(self, name: Name, kind: IndexRange) -> None:
        r"""Take an index; with a subscript it is a value, as the label ``y_i`` of example i."""
        if name.subscripts:
            self.arrays[key_of(name), _layer_of(name)] = Domain("whole", (), kind)
        else:
            self.indices[key_of(name)] = kind

    def define(
        self, target: Node, body: Node, file: str, line: int, *, one_example: bool = False
    ) -> None:
        """
        Add a definition; a name that is declared or defined already is an error.

        With ``one_example`` it stands in the column "one example": each example has its own value,
        and the index is not written.
        """
        name, parameters = self._target(target)
        if name.example is not None and not isinstance(name.example, Name):
            message = (
                "a definition for each example is written with (i); what goes on from step to step "
                "has layers: h^{[0]} := …, h^{[t]} := … h^{[t-1]}"
            )
            raise ReadError(message, name.start)
        example = name.example.id if isinstance(name.example, Name) else None
        if one_example and example is None and not parameters:
            example = ""
        key, layer = key_of(name), _layer_of(name)
        indices = self._entries(name, body)
        if indices:
            key, body = name.id, ByEntry(body, indices, start=body.start, end=body.end)
        for other in self.definitions.get(key, []):
            families = isinstance(other.layer, str) and isinstance(layer, str)
            same_kind = (other.example is None) == (example is None)
            if same_kind and (other.layer == layer or families):
                raise ReadError(
                    f"{to_latex(name)} is defined twice; first at {other.place}", name.start
                )
        typed = bool(parameters) and key in self.functions
        if example is None and self._is_taken(key, layer) and not typed:
            raise ReadError(
                f"{to_latex(name)} is declared already; it cannot be defined", name.start
            )
        self._users, self._dependents = {}, {}
        types = self._types(parameters, body) if parameters and not typed else ()
        definition = Definition(key, layer, example, parameters, body, file, line, types)
        self.definitions.setdefault(key, []).append(definition)
        self.names.add(key)

    def _target(self, target: Node) -> tuple[Name, tuple[str, ...]]:
        """Return the name on the left of ``:=``, and its parameters if it is a function."""
        match target:
            case Product(factors=(Name() as name, Group(items))):
                typed = self.functions.get(key_of(name))
                whole = typed is not None and not typed.elementwise
                parameters = tuple(
                    _parameter(item, whole=whole or self._is_declared(item)) for item in items
                )
                if name.layer is not None or name.example is not None:
                    message = (
                        "a function is defined without a layer and an example, as in f(z) := …"
                    )
                    raise ReadError(message, name.start)
                if len(set(parameters)) < len(parameters):
                    raise ReadError("two parameters of one name", name.start)
                return name, parameters
            case Name() as name:
                return name, ()
        message = r"the left of := is a symbol or f(z), as in Z^{[1]} := W^{[1]} X"
        letters = target.factors if isinstance(target, Product) else ()
        word = "".join(each.id for each in letters if isinstance(each, Name))
        if word.isalpha() and len(word) > 1:
            message = rf"{word} is a product of letters; as one name write \text{{{word}}}"
        raise ReadError(message, target.start)

    def _is_declared(self, item: Node) -> bool:
        """Return whether an expression is the name of an array or a number that is declared."""
        return isinstance(item, Name) and item == Name(item.id) and (item.id, None) in self.arrays

    def _is_array(self, node: Node) -> bool:
        """Return whether an expression is the name of an array that is declared."""
        domain = self.arrays.get((node.id, None)) if isinstance(node, Name) else None
        return node == Name(getattr(node, "id", "")) and domain is not None and domain.shape != ()

    def _types(self, parameters: tuple[str, ...], body: Node) -> tuple[Domain, ...]:
        """Return what the parameters of a function of arrays, or to arrays, are declared as."""
        types = tuple(self.arrays.get((each, None), Domain("real")) for each in parameters)
        whole = any(
            isinstance(node, (Matrix, Norm)) or self._is_array(node) for node in body.walk()
        )
        return types if whole or any(each.shape for each in types) else ()

    def _entries(self, name: Name, body: Node) -> tuple[str, ...]:
        """Return the indices of ``C_{jk} := …``, which defines C; none where C_{jk} is a name."""
        indices = tuple(
            item.id for item in name.subscripts if item == Name(getattr(item, "id", ""))
        )
        used = {inner.id for inner in free_names(body, self.knows_example_or_batch)}
        if not indices or len(indices) < len(name.subscripts) or self.knows(key_of(name)):
            return ()
        if not all(index in self.indices or index in used for index in indices):
            return ()
        if any(self.is_size(index) or self._is_value(index) for index in indices):
            return ()
        if len(set(indices)) < len(indices):
            raise ReadError("the entries of an array have two different indices", name.start)
        return indices

    def _is_value(self, key: str) -> bool:
        return self.knows(key) and key not in self.indices

    def _is_taken(self, key: str, layer: int | str | None) -> bool:
        return (
            (key, layer) in self.arrays
            or key in self.indices
            or key in self.functions
            or (layer is None and key in self.sizes)
        )

    def note_examples(self, node: Node, *, one_example: bool) -> None:
        """Remember of which batches an expression reads columns: their columns are the examples."""
        for name in node.walk():
            if isinstance(name, Name) and (name.example is not None or one_example):
                batch = batch_name(name.id)
                if name.example is not None and self.is_vector_of_examples(name.id):
                    self.batches.add(name.id)
                elif batch != name.id:
                    self.batches.add(batch)

    def is_vector_of_examples(self, key: str) -> bool:
        """Return whether ``y^{(i)}`` is a number of y, declared as a row or as a column."""
        domain, batch = self.arrays.get((key, None)), batch_name(key)
        known = {name for name, _ in self.arrays} | self.definitions.keys()
        if domain is None or batch in known or key in self.definitions:
            return False
        return len(domain.shape) == 1 or (len(domain.shape) == 2 and domain.shape[0] == Number(1))

    def numbered_by(self, index: str, nodes: Iterable[Node]) -> set[str]:
        """Return the batches whose columns an index numbers in expressions, by definitions too."""
        name = Name(index)
        inner = [each for node in nodes for each in node.walk() if isinstance(each, Name)]
        found: set[str] = set()
        for key in {each.id for each in inner if each.example == name}:
            found |= {key, batch_name(key)} & self.batches
            for definition in self.definitions.get(key, []):
                if definition.example:
                    found |= self.numbered_by(definition.example, [definition.body])
        return found

    def choose_values(self) -> None:
        r"""
        Let an index be one value, drawn from its range, where a definition uses it as one.

        So is the class c of ``L := -\log p_c``: L is a number, and c the same in all of the page.
        """
        for definition in itertools.chain.from_iterable(self.definitions.values()):
            bound = {definition.layer, definition.example, *definition.parameters}
            for name in free_names(definition.body, self.knows_example_or_batch):
                if name == Name(name.id) and name.id in self.indices and name.id not in bound:
                    self.chosen.add(name.id)
                    domain = Domain("whole", (), self.indices[name.id])
                    self.arrays[name.id, None] = domain

    def note_literals(self, sides: Iterable[Node]) -> None:
        """Remember the largest entry, layer or example that is a number: sizes are as large."""
        bodies = (each.body for found in self.definitions.values() for each in found)
        places: set[Rational] = set()
        for node in (inner for side in (*bodies, *sides) for inner in side.walk()):
            match node:
                case BigOperator(low=low, high=high):
                    places |= {end.value for end in (low, high) if isinstance(end, Number)}
                case Name() if not self.knows(key_of(node)):
                    scripts = (*node.subscripts, node.layer, node.example)
                    places |= {each.value for each in scripts if isinstance(each, Number)}
                case Entry(subscripts=subscripts):
                    places |= {each.value for each in subscripts if isinstance(each, Number)}
        ends = [end for span in self.indices.values() for end in (span.low, span.high)]
        places |= {end.value for end in ends if isinstance(end, Number)}
        small = [int(value) for value in places if value <= _LARGEST_PLACE]
        self.largest_literal = max(small, default=0)

    # -- asking ---------------------------------------------------------------------------------

    def definition(self, key: str, layer: int | None, *, example: bool) -> Definition | None:
        """Return the definition of ``key`` at ``layer``: the one for that layer, or the family."""
        family = None
        for definition in self.definitions.get(key, []):
            if (definition.example is not None) != example or definition.parameters:
                continue
            if definition.layer == layer:
                return definition
            if isinstance(definition.layer, str) and layer is not None:
                family = definition
        return family

    def function_definition(self, key: str) -> Definition | None:
        """Return the definition of a function; what a page does not know may be known to all."""
        own = next((d for d in self.definitions.get(key, []) if d.parameters), None)
        return standard_definition(key) if own is None and not self.knows(key) else own

    def is_function(self, key: str) -> bool:
        """Return whether ``key`` is a function: declared, defined, or known without either."""
        if key in self.functions or self.function_definition(key) is not None:
            return True
        return key in KNOWN and not self.knows(key)

    def knows(self, key: str) -> bool:
        """Return whether some declaration or definition has this name."""
        return key in self.names

    def knows_example_or_batch(self, key: str) -> bool:
        """Return whether one example's symbol or its batch's is declared or defined."""
        return not self.names.isdisjoint((key, batch_name(key), example_name(key)))

    def is_kronecker(self, name: Name) -> bool:
        r"""Return whether a name is ``\delta_{jk}``, where the page declares no such name."""
        if name.id != r"\delta" or name != Name(r"\delta", name.subscripts):
            return False
        known = any(self.knows_example_or_batch(key) for key in (name.id, key_of(name)))
        return len(name.subscripts) == 2 and not known

    def is_of_indices(self, choice: Node) -> bool:
        """Return whether a construct's conditions compare declared indices and sizes only."""
        conditions = [each for each in choice.walk() if isinstance(each, Condition)]
        names = [each for found in conditions for each in found.walk() if isinstance(each, Name)]
        return bool(names) and all(
            name == Name(name.id) and (name.id in self.indices or self.is_size(name.id))
            for name in names
        )

    def place_of(self, key: str) -> str:
        """Return where a name is declared, or else where it is defined first."""
        for (known, _), place in self.places.items():
            if known == key:
                return ":".join(map(str, place))
        return self.definitions[key][0].place

    def is_size(self, key: str) -> bool:
        """Return whether a declaration uses ``key`` as a size, or as the end of a range."""
        kinds: list[Domain | IndexRange] = [*self.arrays.values(), *self.indices.values()]
        return key in self.sizes or any(key in _sizes_in(kind) for kind in kinds)

    def depends_on(self, key: str, target: str) -> bool:
        """
        Return whether the value of ``key`` can change with ``target``.

        Layers, subscripts and the case that tells an example from its batch are not looked at: the
        answer may be yes where it could be no, never the other way round.
        """
        target = _bare(target)
        if target not in self._dependents:
            self._dependents[target] = self._reached_from(target)
        return _bare(key) in self._dependents[target]

    def _reached_from(self, target: str) -> set[str]:
        """Return all names whose definitions mention ``target``, or a name that does, and so on."""
        if not self._users:
            for known, definitions in self.definitions.items():
                for node in (n for each in definitions for n in each.body.walk()):
                    if isinstance(node, Name):
                        self._users.setdefault(_bare(node.id), set()).add(_bare(known))
        reached, waiting = {target}, [target]
        while waiting:
            new = self._users.get(waiting.pop(), set()) - reached
            reached |= new
            waiting.extend(new)
        return reached


def _parameter(item: Node, *, whole: bool) -> str:
    if isinstance(item, Name) and item == Name(item.id):
        if example_name(item.id) != item.id and not whole:
            message = (
                "a function is defined for numbers, in small letters, and applied to each entry; "
                r"for one of arrays, declare its type first: f : \mathbb{R}^n \to \mathbb{R}"
            )
            raise ReadError(message, item.start)
        return item.id
    raise ReadError("a function is defined for plain symbols, as in f(z) := …", item.start)


def _sizes_in(kind: Domain | IndexRange | FunctionType) -> Iterator[str]:
    """Yield the names of sizes that a declaration uses."""
    match kind:
        case FunctionType(sources, target):
            for domain in (*sources, target):
                yield from _sizes_in(domain)
            return
        case Domain(shape=shape, values=values):
            nodes = list(shape)
            if values is not None:
                yield from _sizes_in(values)
        case IndexRange(low, high, listed):
            nodes = [end for end in (low, high, *listed) if end is not None]
    for node in nodes:
        yield from _keys(node)


def _bare(key: str) -> str:
    """Return the batch's name without a subscript."""
    return batch_name(key.partition("_")[0])


def _keys(size: Node) -> Iterator[str]:
    """Yield the names in a size, but not those in their subscripts."""
    if isinstance(size, Name):
        yield key_of(size)
        return
    for child in size.children():
        yield from _keys(child)


def _layer_of(name: Name) -> int | str | None:
    match name.layer:
        case None:
            return None
        case Number(int() as value):
            return value
        case Name(id=index):
            return index
    raise ReadError("a layer here is a number or an index, as in W^{[1]} or W^{[l]}", name.start)
