"""What the names of a page mean: its declarations and definitions, and those of the pages it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from checkedmath.errors import ReadError
from checkedmath.printing import to_latex
from checkedmath.syntax import (
    Apply,
    BigOperator,
    Declaration,
    Derivative,
    Domain,
    Fraction,
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
            raise ReadError(f"{to_latex(name)} is declared already; it cannot be defined", name.start)
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
        """Tell whether the page declares or defines ``key`` as a function."""
        return key in self.functions or self.function_definition(key) is not None

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

    # -- reading with ---------------------------------------------------------------------------

    def resolve(self, node: Node) -> Node:
        r"""
        Tell functions from factors, now that names are known.

        A function's name before parentheses is an application; ``\frac{df}{dx}`` of names that are
        no symbols of the page is a derivative.
        """
        match node:
            case Product(factors):
                resolved = self._apply_functions([self.resolve(factor) for factor in factors])
                return resolved[0] if len(resolved) == 1 else replace(node, factors=tuple(resolved))
            case Fraction(Name() as above, Name() as below) if self._is_differential(above, below):
                of = replace(above, id=above.id[1:])
                wrt = replace(below, id=below.id[1:])
                if self._is_function_name(of.id):
                    function = replace(of, primes=of.primes + 1)
                    return Apply(function, (wrt,), start=node.start, end=node.end)
                return Derivative(of, wrt, start=node.start, end=node.end)
        changes: dict[str, object] = {}
        for name in node.__dataclass_fields__:
            value = getattr(node, name)
            if isinstance(value, Node):
                changes[name] = self.resolve(value)
            elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
                changes[name] = tuple(self.resolve(item) for item in value)
        return replace(node, **changes) if changes else node  # type: ignore[arg-type]

    def resolve_definitions(self) -> None:
        """
        Resolve the bodies of all definitions.

        Raises
        ------
        ReadError
            With its ``origin``, if a body has two readings.
        """
        for key, definitions in self.definitions.items():
            for number, definition in enumerate(definitions):
                try:
                    body = self.resolve(definition.body)
                except ReadError as error:
                    error.origin = (definition.file, definition.line)
                    raise
                self.definitions[key][number] = replace(definition, body=body)

    def _apply_functions(self, factors: list[Node]) -> list[Node]:
        result: list[Node] = []
        for factor in factors:
            function = result[-1] if result else None
            if (
                isinstance(factor, Group)
                and isinstance(function, Name)
                and function.example is None
                and self._is_function_name(function.id)
            ):
                result[-1] = Apply(function, factor.items, start=function.start, end=factor.end)
            else:
                result.append(factor)
        return result

    def _is_function_name(self, name: str) -> bool:
        return self.is_function(name) or (name == r"\sigma" and not self.knows(name))

    def _is_differential(self, above: Name, below: Name) -> bool:
        if not (_is_d(above) and _is_d(below)):
            return False
        known = [name for name in (above, below) if self.knows(name.id)]
        if not known:
            return True
        quotient = rf"\frac{{{to_latex(above)}}}{{{to_latex(below)}}}"
        message = (
            f"{quotient} can be a derivative, or the quotient of symbols of this page "
            f"({known[0].id} is one); write \\partial for the derivative"
        )
        raise ReadError(message, above.start)


def key_of(name: Name) -> str:
    """Return the bare symbol with its subscript, as it is declared: ``n_0``, or ``n_l``."""
    if not name.subscripts:
        return name.id
    return f"{name.id}_{','.join(map(to_latex, name.subscripts))}"


def batch_name(key: str) -> str:
    r"""
    Return the name of the batch for one example's symbol: its last letter as a capital.

    Examples
    --------
    >>> batch_name("dz"), batch_name(r"\hat{y}"), batch_name(r"\delta"), batch_name("W")
    ('dZ', '\\hat{Y}', '\\Delta', 'W')
    """
    return _with_case(key, capital=True)


def example_name(key: str) -> str:
    r"""
    Return the name of one example for a batch's symbol: its last letter as a small one.

    Examples
    --------
    >>> example_name("dZ"), example_name(r"\hat{Y}")
    ('dz', '\\hat{y}')
    """
    return _with_case(key, capital=False)


_CAPITAL_GREEK = ("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "phi", "psi", "omega")


def _with_case(key: str, *, capital: bool) -> str:
    base, mark, subscript = key.partition("_")
    inner, brace = (base[:-1], "}") if base.endswith("}") else (base, "")
    head, slash, command = inner.rpartition("\\")
    if slash and command.lower() in _CAPITAL_GREEK:
        command = command.capitalize() if capital else command.lower()
        inner = head + slash + command
    elif not (slash and command.isalpha()):
        inner = inner[:-1] + (inner[-1:].upper() if capital else inner[-1:].lower())
    return inner + brace + mark + subscript


def free_names(node: Node) -> Iterator[Name]:
    """Yield the names inside an expression that no big operator in it binds."""
    if isinstance(node, BigOperator):
        for child in node.children():
            yield from (name for name in free_names(child) if name.id != node.index)
        return
    if isinstance(node, Name):
        yield node
    for child in node.children():
        yield from free_names(child)


def example_indices(node: Node) -> set[str]:
    """Return the indices that stand for an example in an expression and are bound by nothing."""
    if isinstance(node, BigOperator):
        inside = set().union(*(example_indices(child) for child in node.children()))
        return inside - {node.index}
    own = {
        name.id
        for name in ([*free_names(node.example)] if isinstance(node, Name) and node.example else [])
    }
    return own.union(*(example_indices(child) for child in node.children()))


def _is_d(name: Name) -> bool:
    return len(name.id) > 1 and name.id.startswith("d") and not name.subscripts


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

