"""What a page's names mean: its declarations and definitions, and those of pages it uses."""

from __future__ import annotations

from dataclasses import dataclass, field

from checkedmath.errors import ReadError
from checkedmath.functions import SYMBOLS
from checkedmath.naming import batch_name, example_name, key_of
from checkedmath.printing import to_latex
from checkedmath.syntax import (
    Declaration,
    Domain,
    FunctionType,
    Group,
    IndexRange,
    Name,
    Node,
    Number,
    Product,
)


@dataclass(frozen=True, slots=True)
class Definition:
    """
    ``target := body``.

    Attributes
    ----------
    layer : int, str or None
        The layer it defines, or the index that ranges over layers.
    example : str or None
        The index of the example, where each example has its own value.
    parameters : tuple of str
        A function's parameters; empty for a value.
    file, line
        Where it stands.
    """

    key: str
    layer: int | str | None
    example: str | None
    parameters: tuple[str, ...]
    body: Node
    file: str
    line: int

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.file}:{self.line}"


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
    _closures: dict[str, frozenset[str]] = field(default_factory=dict)

    # -- building -------------------------------------------------------------------------------

    def declare(self, declaration: Declaration, file: str, line: int) -> None:
        """Add a declaration; a name can have one only."""
        for name in declaration.names:
            key, layer = key_of(name), _layer_of(name)
            if self._is_taken(key, layer):
                first = ":".join(map(str, self.places[key, layer]))
                raise ReadError(f"{to_latex(name)} is declared twice; first at {first}", name.start)
            self.places[key, layer] = (file, line)
            match declaration.kind:
                case IndexRange():
                    self.indices[key] = declaration.kind
                case FunctionType():
                    self.functions[key] = declaration.kind
                case Domain(kind="natural"):
                    self.sizes.add(key)
                case Domain():
                    self.arrays[key, layer] = declaration.kind

    def define(self, target: Node, body: Node, file: str, line: int) -> Definition:
        """Add a definition; a name that is declared or defined already is an error."""
        parameters: tuple[str, ...] = ()
        match target:
            case Product(factors=(Name() as name, Group(items))):
                parameters = tuple(_parameter(item) for item in items)
            case Name() as name:
                pass
            case _:
                message = r"the left of := is a symbol or f(z), as in Z^{[1]} := W^{[1]} X"
                raise ReadError(message, target.start)
        if name.example is not None and not isinstance(name.example, Name):
            raise ReadError("a definition for each example is written with (i)", name.start)
        example = name.example.id if isinstance(name.example, Name) else None
        key, layer = key_of(name), _layer_of(name)
        for other in self.definitions.get(key, []):
            if other.layer == layer and (other.example is None) == (example is None):
                raise ReadError(
                    f"{to_latex(name)} is defined twice; first at {other.place}", name.start
                )
        if example is None and self._is_taken(key, layer):
            raise ReadError(
                f"{to_latex(name)} is declared already; it cannot be defined", name.start
            )
        definition = Definition(key, layer, example, parameters, body, file, line)
        self.definitions.setdefault(key, []).append(definition)
        return definition

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
                if batch != name.id:
                    self.batches.add(batch)

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
        """Return the definition of a function."""
        return next((d for d in self.definitions.get(key, []) if d.parameters), None)

    def is_function(self, key: str) -> bool:
        """Tell whether ``key`` is a function: declared, defined, or known without either."""
        if key in self.functions or self.function_definition(key) is not None:
            return True
        return key in SYMBOLS and not self.knows(key)

    def knows(self, key: str) -> bool:
        """Tell whether some declaration or definition has this name."""
        return (
            key in self.definitions
            or key in self.indices
            or key in self.functions
            or key in self.sizes
            or any(key == known for known, _ in self.arrays)
        )

    def known_names(self) -> set[str]:
        """Return all names that are declared or defined."""
        arrays = {key for key, _ in self.arrays}
        return arrays | set(self.definitions) | set(self.indices) | set(self.functions) | self.sizes

    def depends_on(self, key: str, target: str) -> bool:
        """Tell whether the value of ``key`` can change with ``target``."""
        if key not in self._closures:
            self._closures[key] = frozenset(self._reach(key))
        return batch_name(target) in self._closures[key]

    def _reach(self, key: str) -> set[str]:
        seen = {batch_name(key)}
        waiting = [key]
        while waiting:
            current = waiting.pop()
            for spelling in {current, batch_name(current), example_name(current)}:
                for definition in self.definitions.get(spelling, []):
                    for node in definition.body.walk():
                        if isinstance(node, Name) and batch_name(node.id) not in seen:
                            seen.add(batch_name(node.id))
                            waiting.append(node.id)
        return seen


def _parameter(item: Node) -> str:
    if isinstance(item, Name) and item == Name(item.id):
        return item.id
    raise ReadError("a function is defined for plain symbols, as in f(z) := …", item.start)


def _layer_of(name: Name) -> int | str | None:
    match name.layer:
        case None:
            return None
        case Number(value) if value == int(value):
            return int(value)
        case Name(id=index):
            return index
    raise ReadError("a layer here is a number or an index, as in W^{[1]} or W^{[l]}", name.start)
