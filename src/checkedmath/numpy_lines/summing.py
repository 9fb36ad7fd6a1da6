"""Print sums, products, means and the largest: along an axis where there is one, or one by one."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checkedmath.evaluate.functions import COMMANDS
from checkedmath.evaluate.operators import filled, pattern
from checkedmath.latex.names import key_of
from checkedmath.latex.nodes import (
    Apply,
    BigOperator,
    Call,
    Dots,
    Entry,
    Fraction,
    Group,
    Hadamard,
    IndexRange,
    Matrix,
    Name,
    Node,
    Power,
    Product,
    Sum,
    Transpose,
)
from checkedmath.latex.printing import to_latex
from checkedmath.numpy_lines import pieces
from checkedmath.numpy_lines.naming import NoLineError, word_of
from checkedmath.numpy_lines.pieces import Piece, numpy
from checkedmath.numpy_lines.sizes import ONE

if TYPE_CHECKING:
    from checkedmath.numpy_lines.printing import Printer

_ENTRYWISE = frozenset(COMMANDS)


def big(printer: Printer, node: BigOperator) -> Piece:
    """Return what runs over an index: along an axis if that is the same, else one by one."""
    if node.kind in ("sum", "mean") and node.skipped is None:
        for whole in (_by_columns, _by_entries):
            before = dict(printer.uses)
            try:
                return whole(printer, node)
            except NoLineError:
                printer.uses.clear()
                printer.uses.update(before)
    return _one_by_one(printer, node)


# -- along an axis --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Lifted:
    """
    A part of a sum's body for all values of the index together.

    Attributes
    ----------
    moves : bool
        Whether it changes with the index; what does not is the same for all.
    """

    piece: Piece
    moves: bool


def _by_columns(printer: Printer, node: BigOperator) -> Piece:
    """Return a sum over the examples as one along the rows of the batch, or as a product."""
    lift = _Columns(printer, node.index)
    body, turned = node.body, None
    if isinstance(body, Product) and isinstance(body.factors[-1], Transpose):
        turned = lift.of(body.factors[-1].base)
        *before, _ = body.factors
        body = before[0] if len(before) == 1 else Product(tuple(before))
    lifted = lift.of(body)
    if not lifted.moves or lift.count is None or not _is_every(printer, node, lift.count):
        raise NoLineError("no sum over all columns")
    if turned is not None:
        if not turned.moves:
            raise NoLineError("no sum of outer products")
        total = pieces.multiplied(lifted.piece, pieces.turned(turned.piece))
    elif lift.numbers and pieces.is_one(lifted.piece.shape[0]):
        return Piece(pieces.method(lifted.piece.tree, node.kind), (ONE, ONE), number=True)
    else:
        tree = pieces.method(lifted.piece.tree, node.kind, axis=1)
        return Piece(tree, (lifted.piece.shape[0], ONE))
    if node.kind == "mean":
        count = Piece(printer.piece(lift.count).tree, (ONE, ONE), number=True)
        total = pieces.entrywise(total, ast.Div(), count)
    return total


def _by_entries(printer: Printer, node: BigOperator) -> Piece:
    """Return a sum over all entries of columns."""
    lift = _Entries(printer, node.index)
    lifted = lift.of(node.body)
    if not lifted.moves or lift.count is None or not _is_every(printer, node, lift.count):
        raise NoLineError("no sum over all entries")
    return Piece(numpy(node.kind, lifted.piece.tree), (ONE, ONE), number=True)


def _is_every(printer: Printer, node: BigOperator, count: Node) -> bool:
    """Tell whether a sum runs from 1 to ``count``."""
    low, high = node.low, node.high
    if high is None:
        declared = printer.scope.indices.get(node.index)
        if declared is None:
            return True
        if declared.listed:
            return False
        low, high = declared.low, declared.high
    return low in (None, ONE) and high == count


class _Lift:
    """Prints the body of a sum for all values of its index together."""

    def __init__(self, printer: Printer, index: str) -> None:
        self.printer = printer
        self.index = index
        self.count: Node | None = None
        self.numbers = False

    def of(self, node: Node) -> _Lifted:  # noqa: C901 (a case a construct)
        """
        Return a part of the body.

        Raises
        ------
        NoLineError
            If it cannot be computed for all values together.
        """
        if not _mentions(node, self.index):
            return _Lifted(self.printer.piece(node), moves=False)
        match node:
            case Name():
                return _Lifted(self.name(node), moves=True)
            case Group(items=(inner,)):
                return self.of(inner)
            case Sum(terms, signs):
                return _Lifted(self.sum([self.of(term).piece for term in terms], signs), moves=True)
            case Hadamard(left, right):
                return self._entrywise(ast.Mult(), left, right)
            case Fraction(above, below):
                return self._entrywise(ast.Div(), above, below)
            case Power(base, exponent) if not _mentions(exponent, self.index):
                lifted = self.of(base)
                self._refuse_arrays(lifted)
                power = pieces.entrywise(lifted.piece, ast.Pow(), self.printer.piece(exponent))
                return _Lifted(power, moves=True)
            case Call(function, argument, base=None) if function in _ENTRYWISE:
                return _Lifted(self.printer.elementwise(node, self.of(argument).piece), moves=True)
            case Apply(function, (argument,)) if self._by_entry(function):
                arguments = [self.of(argument).piece]
                return _Lifted(self.printer.applied(node, arguments), moves=True)
            case Product(factors):
                return self._product(factors)
        raise NoLineError(f"{to_latex(node)} is computed for one value of {self.index} at a time")

    def name(self, node: Name) -> Piece:
        """Return a symbol that changes with the index."""
        raise NotImplementedError

    def multiplied(self, left: _Lifted, right: _Lifted) -> Piece:
        """Return a product of two parts."""
        raise NotImplementedError

    def sum(self, terms: list[Piece], signs: tuple[int, ...]) -> Piece:
        """Return a signed sum."""
        from checkedmath.numpy_lines.printing import added  # noqa: PLC0415 (it imports this module)

        return added(terms, signs)

    def _refuse_arrays(self, lifted: _Lifted) -> None:
        """Refuse what is a power of numbers only."""
        if not pieces.is_one(lifted.piece.shape[0]) and isinstance(self, _Columns):
            raise NoLineError("a power of a column")

    def _by_entry(self, function: Name) -> bool:
        key = key_of(replace(function, primes=0))
        kind = self.printer.scope.functions.get(key)
        if kind is not None:
            return kind.elementwise
        return self.printer.scope.knows(key) or key == r"\sigma"

    def _entrywise(self, sign: ast.operator, left: Node, right: Node) -> _Lifted:
        one, other = self.of(left).piece, self.of(right).piece
        return _Lifted(pieces.entrywise(one, sign, other), moves=True)

    def _product(self, factors: tuple[Node, ...]) -> _Lifted:
        from checkedmath.numpy_lines.printing import product  # noqa: PLC0415 (it imports this module)

        moving: set[int] = set()

        def printed(node: Node) -> Piece:
            lifted = self.of(node)
            if lifted.moves:
                moving.add(id(lifted.piece))
            return lifted.piece

        def combine(left: Piece, right: Piece) -> Piece:
            both = (_Lifted(left, id(left) in moving), _Lifted(right, id(right) in moving))
            result = self.multiplied(*both)
            if both[0].moves or both[1].moves:
                moving.add(id(result))
                kept.append(result)
            return result

        kept: list[Piece] = []  # so that no other piece gets the id of one
        return _Lifted(product(factors, printed, combine), moves=True)


class _Columns(_Lift):
    """For all examples together: a column of each is a batch."""

    def name(self, node: Name) -> Piece:
        """Return the batch of a symbol that is one example's."""
        own, entry = self.printer.own_and_entry(node)
        if node.example != Name(self.index) or entry or _in_scripts(node, self.index):
            raise NoLineError(f"{to_latex(node)} is no column of a batch")
        batch = self.printer.batch(replace(node, subscripts=own))
        if self.count not in (None, batch.shape[1]):
            raise NoLineError("two numbers of examples")
        self.count = batch.shape[1]
        self.numbers = self.numbers or not self.printer.has_batch(node)
        return batch

    def multiplied(self, left: _Lifted, right: _Lifted) -> Piece:
        """Return a product of each example's: numbers scale, a matrix that all share multiplies."""
        one, other = left.piece, right.piece
        if not (left.moves or right.moves):
            return pieces.multiplied(one, other)
        scales = [
            each.piece.number or pieces.is_one(each.piece.shape[0])
            for each in (left, right)
            if each.moves or each.piece.shape == (ONE, ONE)
        ]
        if any(scales):
            return pieces.entrywise(one, ast.Mult(), other)
        if right.moves and not left.moves:
            return pieces.multiplied(one, other)
        raise NoLineError("a product of two columns")


class _Entries(_Lift):
    """For all entries of columns together."""

    def name(self, node: Name) -> Piece:
        """Return the whole column of which the body has an entry."""
        own, entry = self.printer.own_and_entry(node)
        if entry != (Name(self.index),) or _in_scripts(node, self.index):
            raise NoLineError(f"{to_latex(node)} is no entry of a column")
        whole = self.printer.name(replace(node, subscripts=own))
        size = pieces.along(*whole.shape)
        if self.count not in (None, size):
            raise NoLineError("two numbers of entries")
        self.count = size
        return whole

    def multiplied(self, left: _Lifted, right: _Lifted) -> Piece:
        """Return the product of entries, each of which is a number."""
        for each in (left, right):
            if not each.moves and each.piece.shape != (ONE, ONE):
                raise NoLineError("an array beside entries")
        return pieces.entrywise(left.piece, ast.Mult(), right.piece)


def _mentions(node: Node, index: str) -> bool:
    return any(isinstance(inner, Name) and inner.id == index for inner in node.walk())


def _in_scripts(node: Name, index: str) -> bool:
    """Tell whether an index stands in more than one of a symbol's scripts."""
    scripts = [*node.subscripts, node.layer, node.example]
    return sum(each is not None and _mentions(each, index) for each in scripts) > 1


# -- one by one -----------------------------------------------------------------------------------


def _one_by_one(printer: Printer, node: BigOperator) -> Piece:
    """Return a sum, a product, a mean, the largest or the smallest, term by term."""
    low, high = _range(printer, node)
    base = _counts_from(printer, node.body, node.index)

    def body() -> Piece:
        return printer.piece(node.body)

    conditions: list[ast.expr] = []
    if node.skipped is not None:
        if base:
            raise NoLineError("a value that is left out")
        place = printer.place(node.skipped)
        word = pieces.name(word_of(node.index, printer.names))
        conditions.append(ast.Compare(word, [ast.NotEq()], [place]))
    piece, inside = _comprehended(printer, node.index, (low, high, base), body, conditions)
    each = [inside]
    listed = ast.ListComp(piece.tree, each)
    match node.kind:
        case "sum":
            called = ast.Call(pieces.name("sum"), [ast.GeneratorExp(piece.tree, each)], [])
            return replace(piece, tree=called)
        case "mean" if low == ONE and node.skipped is None:
            called = ast.Call(pieces.name("sum"), [ast.GeneratorExp(piece.tree, each)], [])
            count = printer.piece(high).tree
            return replace(piece, tree=pieces.operation(called, ast.Div(), count))
        case "prod":
            return replace(piece, tree=numpy("prod", listed), number=True)
        case "max" | "min":
            called = numpy(node.kind, listed)
            called.keywords.append(ast.keyword("axis", ast.Constant(0)))
            return replace(piece, tree=called)
    raise NoLineError(f"{to_latex(node)} has no form in NumPy")


def _comprehended(
    printer: Printer,
    index: str,
    over: tuple[Node, Node, int],
    body: Callable[[], Piece],
    conditions: list[ast.expr],
) -> tuple[Piece, ast.comprehension]:
    """Print a body while its index runs, and the part ``for i in range(m)``."""
    low, high, base = over
    limits = [printer.piece(end) for end in (low, high)]
    if not all(limit.number for limit in limits):
        raise NoLineError(f"{index} runs to an entry of an array")
    ends = [limit.tree for limit in limits]
    word = word_of(index, printer.names)
    if word in printer.uses or printer.is_index(index):
        raise NoLineError(f"{word} would stand for two things")
    evaluator = printer.case.evaluator
    first = evaluator.whole_number(low, printer.case.bound(printer.inside))
    printer.loops[index] = (first, base)
    try:
        piece = body()
    finally:
        del printer.loops[index]
    start, stop = pieces.moved_by(ends[0], base - 1), pieces.moved_by(ends[1], base)
    zero = isinstance(start, ast.Constant) and start.value == 0
    called = ast.Call(pieces.name("range"), [stop] if zero else [start, stop], [])
    return piece, ast.comprehension(ast.Name(word, ast.Store()), called, conditions, 0)


def _range(printer: Printer, node: BigOperator) -> tuple[Node, Node]:
    """Return the first and the last value of an index."""
    if node.low is not None and node.high is not None:
        return node.low, node.high
    declared: IndexRange | None = printer.scope.indices.get(node.index)
    if declared is not None:
        if declared.high is None:
            raise NoLineError(f"{node.index} is one of a list")
        return declared.low or ONE, declared.high
    for inner in node.body.walk():
        if isinstance(inner, Name) and inner.example == Name(node.index):
            own, _ = printer.own_and_entry(inner)
            return ONE, printer.batch(replace(inner, subscripts=own)).shape[1]
        if isinstance(inner, Name) and inner.subscripts == (Name(node.index),):
            return ONE, pieces.along(*printer.name(replace(inner, subscripts=())).shape)
    raise NoLineError(f"the range of {node.index}")


def _counts_from(printer: Printer, node: Node, index: str) -> int:
    """Return from which number an index counts: from 0, unless it numbers layers or is a number."""
    if isinstance(node, Name):
        if node == Name(index) or (node.layer is not None and _mentions(node.layer, index)):
            return 1
        return 0
    inside = [node.base] if isinstance(node, Entry) else list(node.children())
    return max((_counts_from(printer, child, index) for child in inside), default=0)


def continued(printer: Printer, node: Matrix) -> Piece:
    """Return columns beside each other, from the first to the last with dots between."""
    cells = node.rows[0].cells
    if len(node.rows) > 1 or len(cells) != 3 or not isinstance(cells[1], Dots):
        raise NoLineError("dots in several directions")
    found = pattern(cells[0], cells[2])
    if found is None:
        raise NoLineError("what the dots stand for")
    hole, low, high = found
    index = next(
        letter
        for letter in "ikjqst"
        if not (printer.is_index(letter) or printer.scope.knows(letter) or letter in printer.uses)
    )
    body = filled(hole, Name(index))
    base = _counts_from(printer, body, index)
    piece, inside = _comprehended(
        printer, index, (low, high, base), lambda: printer.piece(body), []
    )
    if low != ONE or not pieces.is_one(piece.shape[1]):
        raise NoLineError("blocks of more than a column")
    listed = ast.ListComp(piece.tree, [inside])
    return Piece(numpy("hstack", listed), (piece.shape[0], high))
