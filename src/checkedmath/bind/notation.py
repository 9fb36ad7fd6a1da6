r"""
How pages write names: which scripts are layers, and which plain names are entries of others.

Layers may be written ``W^{(l)}`` or ``w^l`` where a page declares or defines a symbol so, and a
sequence that goes on from step to step ``a_t := … a_{t-1}``. The entry ``o_j`` may be one of the
only ``\mathbf{o}`` that there is, ``w_{jk}`` one of ``W``, and ``w_k`` a column of ``W``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from checkedmath.errors import ReadError
from checkedmath.latex.names import batch_name, example_name, key_of
from checkedmath.latex.nodes import (
    Declaration,
    Domain,
    Group,
    IndexRange,
    Name,
    Node,
    Number,
    Power,
    Product,
    Statement,
)
from checkedmath.latex.printing import to_latex

_STYLE = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|vec|mathit)\{([A-Za-z]|\\[A-Za-z]+(?:\{[A-Za-z]\})?)\}"
)


@dataclass(slots=True)
class Notation:
    """
    What the scripts of a page's names are.

    Attributes
    ----------
    bracketed, raised, sequences : set of str
        Symbols whose layer is written in round brackets, as a bare superscript, as a subscript.
    arrays : dict
        By the plain name of its entries, the array in another style that they are of.
    known : set of str
        All names that are declared or defined.
    matrices : dict
        Those declared with two sizes, and whether these differ, so that ``w_k`` is a column.
    """

    bracketed: set[str] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)
    sequences: set[str] = field(default_factory=set)
    arrays: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    matrices: dict[str, bool] = field(default_factory=dict)

    def declaration(self, declaration: Declaration) -> Declaration:
        """Return a declaration whose names have their layers."""
        return replace(declaration, names=tuple(map(self.node, declaration.names)))

    def statement(self, statement: Statement, *, one_example: bool = False) -> Statement:
        """Return a statement whose names have their layers, arrays and columns."""
        target, hidden = statement.sides[0], frozenset[str]()
        if statement.relations and statement.relations[0].sign == ":=":
            hidden = frozenset(_parameters(target))
        plain = statement.mapped(lambda node: self.node(node, hidden))
        return plain if one_example else plain.mapped(lambda node: self._columns(node, hidden))

    def node(self, node: Node, hidden: frozenset[str] = frozenset()) -> Node:
        """Return an expression in the same way; ``hidden`` are a function's parameters."""
        match node:
            case Power(Name(layer=None) as name, exponent) if name.id in self.raised:
                layered = replace(name, layer=exponent, start=node.start, end=node.end)
                return layered.with_children(lambda child: self.node(child, hidden))
            case Name():
                node = node.with_children(lambda child: self.node(child, hidden))
                return node if node.id in hidden else self._named(node)
        return node.with_children(lambda child: self.node(child, hidden))

    def _named(self, name: Name) -> Name:
        base, power, mark = name.id.rpartition("^")
        if power and base in self.raised and mark.isdecimal():
            return replace(name, id=base, layer=Number(int(mark)))
        if name.example is not None and name.layer is None and name.id in self.bracketed:
            return replace(name, layer=name.example, example=None)
        if name.subscripts and name.layer is None and name.id in self.sequences:
            return replace(name, layer=name.subscripts[0], subscripts=name.subscripts[1:])
        if not (name.subscripts or name.example) or not self.known.isdisjoint(
            (name.id, key_of(name))
        ):
            return name
        if not all(map(_may_number, name.subscripts)):
            return name
        batch = batch_name(name.id)
        if len(name.subscripts) == 2 and name.example is None and batch in self.known:
            return replace(name, id=batch)
        return replace(name, id=self.arrays.get(name.id, name.id))

    def _columns(self, node: Node, hidden: frozenset[str]) -> Node:
        """Return an expression in which ``w_k``, where only a matrix W is declared, is a column."""
        node = node.with_children(lambda child: self._columns(child, hidden))
        match node:
            case Name(subscripts=(index,), layer=None, example=None) if node.id not in hidden:
                plain = _STYLE.sub(r"\1", node.id)
                unknown = self.known.isdisjoint((node.id, key_of(node), plain))
                batches = [each for each in (node.id, plain) if batch_name(each) in self.matrices]
                if unknown and batches and batch_name(batches[0]) != node.id:
                    if not self.matrices[(matrix := batch_name(batches[0]))]:
                        written, k = to_latex(node), to_latex(index)
                        message = (
                            f"{written} can be column {k} of {matrix} and its row {k}, as {matrix} "
                            f"is square; write {batches[0]}^{{({k})}} for the column, or declare "
                            f"{written}"
                        )
                        raise ReadError(message, node.start)
                    return replace(node, id=batches[0], example=index, subscripts=())
        return node


def notation_of(declarations: Sequence[Declaration], statements: Iterable[Statement]) -> Notation:
    """Return how names are written by those who declare and define them."""
    found = Notation()
    steps: set[str] = set()
    for declaration in declarations:
        for name in declaration.names:
            match name:
                case Power(Name() as base):
                    found.raised.add(base.id)
                case Name(example=Node() as layer):
                    found.bracketed.add(name.id)
                    steps.add(getattr(layer, "id", ""))
    ranges = (each for each in declarations if isinstance(each.kind, IndexRange))
    indices = {name.id for each in ranges for name in each.names if isinstance(name, Name)}
    arrays = [each for each in declarations if isinstance(each.kind, Domain) and each.kind.shape]
    found.matrices = {
        name.id: differ
        for each in arrays
        for name in each.names
        if isinstance(name, Name) and name == Name(name.id)
        if (differ := _sizes_differ(each)) is not None
    }
    columns = {name for each in arrays for name in each.names if getattr(name, "subscripts", ())}
    defined = [each for each in statements if each.relations and each.relations[0].sign == ":="]
    for statement in defined:
        _note_definition(found, statement, indices, steps, columns)
    _note_known(found, declarations, defined)
    return found


def _sizes_differ(declaration: Declaration) -> bool | None:
    """Return whether a matrix is not square; None if a row, a column or no array is declared."""
    match declaration.kind:
        case Domain(shape=(rows, columns)) if Number(1) not in (rows, columns):
            return rows != columns
    return None


def _note_definition(
    found: Notation, statement: Statement, indices: set[str], steps: set[str], columns: set[Node]
) -> None:
    """Note how the layer of what is defined is written, if it has one."""
    match statement.sides[0]:
        case Power(Name() as base, Name() as index) if index.id in indices:
            found.raised.add(base.id)
        case Name(example=Number()) as name:
            found.bracketed.add(name.id)
        case Name(example=Name() as layer) as name if layer.id in steps:
            found.bracketed.add(name.id)
        case Name(subscripts=(Name() as index, *_)) as name if index.id in indices:
            own = {each for each in columns if getattr(each, "subscripts", ()) == name.subscripts}
            if any(node in own or _is_step(node, name, index) for node in _inside(statement)):
                found.sequences.add(name.id)


def _note_known(
    found: Notation, declarations: Sequence[Declaration], defined: Iterable[Statement]
) -> None:
    """Note all names that are declared or defined, and whose entries may be written plainly."""
    names = [name for declaration in declarations for name in declaration.names]
    names += [_target(statement.sides[0]) for statement in defined]
    for name in names:
        if isinstance(name, Name):
            found.known |= {name.id, key_of(name)}
    styled: dict[str, set[str]] = {}
    for key in found.known:
        if (plain := _STYLE.sub(r"\1", key)) != key and "_" not in key:
            styled.setdefault(plain, set()).add(key)
    for plain, arrays in styled.items():
        others = (plain, batch_name(plain), example_name(plain))
        if len(arrays) == 1 and found.known.isdisjoint(others):
            (found.arrays[plain],) = arrays


def _target(node: Node) -> Node:
    """Return what a left side defines, without a function's parameters."""
    match node:
        case Product(factors=(Name() as name, Group())):
            return name
    return node


def _parameters(target: Node) -> list[str]:
    match target:
        case Product(factors=(Name(), Group(items))):
            return [item.id for item in items if isinstance(item, Name)]
    return []


def _inside(statement: Statement) -> Iterable[Node]:
    return (node for side in statement.sides[1:] for node in side.walk())


def _is_step(node: Node, defined: Name, index: Name) -> bool:
    """Return whether a name is another member of the sequence that is defined, as ``a_{t-1}``."""
    match node:
        case Name(subscripts=(first, *_)):
            return node.id == defined.id and first != index
    return False


def _may_number(node: Node) -> bool:
    """Return whether a subscript can number an entry: a number, or made of small letters."""
    names = [each for each in node.walk() if isinstance(each, Name)]
    return all(len(each.id) == 1 and each.id.islower() for each in names)
