"""Print an expression as NumPy: each construct that has a form there, and none that has not."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from checkedmath.bind.scope import Scope
from checkedmath.evaluate.arithmetic import IDENTITY, ONES
from checkedmath.evaluate.arrays import FUNCTIONS, diagonal, softmax, stacked_columns, trace
from checkedmath.latex.names import batch_name, key_of
from checkedmath.latex.nodes import (
    Apply,
    BigOperator,
    Call,
    Cases,
    Condition,
    Dots,
    Entry,
    Fraction,
    Group,
    Hadamard,
    Indicator,
    Joined,
    Kronecker,
    Matrix,
    Name,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
)
from checkedmath.latex.printing import to_latex
from checkedmath.numpy_lines import pieces, summing
from checkedmath.numpy_lines.naming import (
    KNOWN,
    NoLineError,
    steps_from,
    with_subscripts,
    word_of,
)
from checkedmath.numpy_lines.pieces import Piece, Use, literal, numpy
from checkedmath.numpy_lines.sizes import NUMBER, ONE, Case, Sizes


@dataclass(slots=True)
class Printer:
    """
    Prints the expressions of one equation.

    Parameters
    ----------
    scope : Scope
        What the page's names mean.
    sizes : Sizes
        The shapes of its symbols.
    case : Case
        Any one of the equation's cases.
    names : mapping
        Python's names for symbols, where a book gives them.

    Attributes
    ----------
    uses : dict
        What each name stands for that has been printed.
    loops : dict
        For each index that a sum runs over: a value that it has, and from which number it counts
        in Python.
    """

    scope: Scope
    sizes: Sizes
    case: Case
    names: Mapping[str, str]
    uses: dict[str, Use] = field(default_factory=dict)
    loops: dict[str, tuple[int, int]] = field(default_factory=dict)

    def piece(self, node: Node) -> Piece:
        """
        Return an expression as Python.

        Raises
        ------
        NoLineError
            If a part of it has no form in NumPy.
        """
        rule = _RULES.get(type(node))
        if rule is None:
            raise NoLineError(f"{to_latex(node)} has no form in NumPy")
        return rule(self, node)

    def several(self, nodes: Sequence[Node]) -> list[Piece]:
        """Return several expressions."""
        return [self.piece(node) for node in nodes]

    # -- names ----------------------------------------------------------------------------------

    def name(self, node: Name) -> Piece:
        """Return a symbol with its scripts."""
        if node == Name(node.id) and self.is_index(node.id):
            return self._index_as_number(node)
        if node.primes or self.scope.is_kronecker(node):
            raise NoLineError(f"{to_latex(node)} is no array")
        if not self.scope.knows_example_or_batch(node.id) and node.id not in self._sizes:
            given = _given(self, node)
            if given is not None:
                return given
        own, entry = self.own_and_entry(node)
        if entry:
            return self._entry_of_name(node, own, entry)
        bare = replace(node, subscripts=own)
        if node.example is not None:
            batch = self.batch(bare)
            return Piece(pieces.column(batch.tree, self.place(node.example)), (batch.shape[0], ONE))
        return self.whole(bare)

    @property
    def _sizes(self) -> Mapping[str, int]:
        return self.case.evaluator.draw.sizes

    def is_index(self, key: str) -> bool:
        """Tell whether a name has a whole number for its value, which is not drawn."""
        return key in self.loops or key in self.case.bindings.indices

    def _index_as_number(self, node: Name) -> Piece:
        if node.id in self.loops:
            if self.loops[node.id][1] != 1:
                raise NoLineError(f"{node.id} counts from 0 in Python, and from 1 in the formula")
            return Piece(pieces.name(word_of(node.id, self.names)), NUMBER, number=True)
        return Piece(self.used(word_of(node.id, self.names), Use("number", node)), NUMBER, True)

    def own_and_entry(self, node: Name) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """Tell the subscripts that belong to a name from those that pick an entry."""
        bindings = self.case.bound(self.inside)
        entry = self.case.evaluator.split_subscripts(node, bindings)[1]
        return ((), node.subscripts) if entry else (node.subscripts, ())

    @property
    def inside(self) -> dict[str, int]:
        """A value for each index of the sums around."""
        return {index: value for index, (value, _) in self.loops.items()}

    def used(self, word: str, use: Use) -> ast.Name:
        """Return a name, and remember what it stands for; one name stands for one thing."""
        if self.uses.setdefault(word, use) != use:
            raise NoLineError(f"{word} would stand for two things")
        return pieces.name(word)

    def whole(self, node: Name) -> Piece:
        """Return a symbol that is a value of its own, with no example and no entry."""
        if any(index in self.loops for each in node.subscripts for index in _names_in(each)):
            raise NoLineError(f"{to_latex(node)} is another symbol for each value of an index")
        shape = self.sizes.of(node, self.inside)
        domain = self.scope.arrays.get((key_of(node), None))
        number = key_of(node) in self._sizes or (domain is not None and not domain.shape)
        steps = None if node.layer is None else steps_from(node.layer)
        if steps is not None and steps[0] in self.loops:
            index, step = steps
            word = self._bare_word(node)
            if self.loops[index][1] != 1:
                raise NoLineError(f"{index} numbers layers from 1")
            family = self.used(word, Use("family", replace(node, layer=None)))
            layer = pieces.moved_by(pieces.name(word_of(index, self.names)), step)
            return Piece(pieces.picked(family, layer), shape)
        return Piece(self.used(self.word(node), Use("value", node)), shape, number)

    def _bare_word(self, node: Name) -> str:
        return with_subscripts(word_of(node.id, self.names), node.subscripts, self.names)

    def word(self, node: Name) -> str:
        """Return Python's name for a symbol with its layer."""
        steps = None if node.layer is None else steps_from(node.layer)
        return self._bare_word(node) + self._layer(node, steps)

    def _layer(self, node: Name, steps: tuple[str, int] | None) -> str:
        """Return how Python's name tells the layer: ``2``, ``_prev``, ``_L``, or not at all."""
        if node.layer is None:
            return ""
        number = pieces.whole(node.layer)
        if number is not None:
            return str(number)
        if steps is not None and steps[0] in self.case.bindings.indices and abs(steps[1]) < 2:
            return ("", "_next", "_prev")[steps[1]]
        if steps is not None and steps[1] == 0 and steps[0] in self._sizes:
            return f"_{steps[0]}"
        raise NoLineError(f"{to_latex(node)} has no name in Python")

    def batch(self, node: Name) -> Piece:
        """Return the batch of which a symbol is one example's."""
        names = self.case.evaluator.names
        layer = None
        if node.layer is not None:
            layer = self.case.evaluator.whole_number(node.layer, self.case.bound(self.inside))
        key = key_of(node)
        stacked = names.batch_key(key, layer) != key
        name = batch_name(node.id) if stacked else node.id
        return self.whole(replace(node, id=name, example=None))

    def has_batch(self, node: Name) -> bool:
        """Tell whether the batch of one example's symbol has a letter of its own, a capital."""
        return batch_name(node.id) != node.id

    def place(self, node: Node) -> ast.expr:
        """Return where Python, which counts from 0, has what the formula counts from 1."""
        number = pieces.whole(node)
        if number is not None:
            return ast.Constant(number - 1)
        steps = steps_from(node)
        if steps is None or not (self.is_index(steps[0]) or steps[0] in self._sizes):
            raise NoLineError(f"{to_latex(node)} is no place that NumPy has")
        index, step = steps
        word = word_of(index, self.names)
        if index in self.loops:
            return pieces.moved_by(pieces.name(word), step - self.loops[index][1])
        if index in self.case.bindings.indices:
            return pieces.moved_by(self.used(word, Use("index", Name(index))), step)
        return pieces.moved_by(self.piece(Name(index)).tree, step - 1)

    def _entry_of_name(self, node: Name, own: tuple[Node, ...], entry: tuple[Node, ...]) -> Piece:
        bare = replace(node, subscripts=own)
        if node.example is None:
            return self._picked(self.whole(bare), entry)
        batch = self.batch(bare)
        row = self.place(entry[0]) if len(entry) == 1 else None
        if row is None:
            raise NoLineError(f"{to_latex(node)} is an entry of a matrix of each example's")
        return Piece(pieces.picked(batch.tree, row, self.place(node.example)), NUMBER, number=True)

    def _picked(self, of: Piece, entry: Sequence[Node]) -> Piece:
        places = [self.place(each) for each in entry]
        if len(places) == 1:
            zero = ast.Constant(0)
            places = [*places, zero] if pieces.is_one(of.shape[1]) else [zero, *places]
        return Piece(pieces.picked(of.tree, *places), NUMBER, number=True)

    # -- arithmetic -------------------------------------------------------------------------------

    def number(self, node: Number) -> Piece:
        """Return a number."""
        return literal(node.value)

    def group(self, node: Group) -> Piece:
        """Return what stands in parentheses; Python's are set where they are needed."""
        if len(node.items) != 1:
            raise NoLineError("several values in parentheses")
        return self.piece(node.items[0])

    def add(self, node: Sum) -> Piece:
        """Return a sum."""
        return added(self.several(node.terms), node.signs)

    def multiply(self, node: Product) -> Piece:
        """Return a product."""
        return product(node.factors, self._factors(node.factors), pieces.multiplied)

    def _factors(self, factors: Sequence[Node]) -> Callable[[Node], Piece]:
        """Return how a factor is printed: ones have the size of what stands beside them."""

        def factor(node: Node) -> Piece:
            if node not in (ONES, Transpose(ONES)):
                return self.piece(node)
            place = next(number for number, each in enumerate(factors) if each is node)
            beside = factors[place - 1] if node == ONES else (*factors, node)[place + 1]
            if node == ONES and place:
                return ones(self.piece(beside).shape[1], self)
            if node != ONES and beside not in (ONES, Transpose(ONES)):
                return pieces.turned(ones(self.piece(beside).shape[0], self))
            raise NoLineError("ones of no size")

        return factor

    def hadamard(self, node: Hadamard) -> Piece:
        """Return the product of entries."""
        left, right = self.several((node.left, node.right))
        return pieces.entrywise(left, ast.Mult(), right)

    def kronecker(self, node: Kronecker) -> Piece:
        """Return the Kronecker product."""
        left, right = self.several((node.left, node.right))
        rows, columns = (
            b if pieces.is_one(a) else a if pieces.is_one(b) else Product((a, b))
            for a, b in zip(left.shape, right.shape, strict=True)
        )
        return Piece(numpy("kron", left.tree, right.tree), (rows, columns))

    def divide(self, node: Fraction) -> Piece:
        """Return a quotient."""
        above, below = self.several((node.numerator, node.denominator))
        return pieces.entrywise(above, ast.Div(), below)

    def power(self, node: Power) -> Piece:
        """Return a number's power, or a matrix's inverse."""
        exponent = self.piece(node.exponent)
        if self.case.evaluator.is_euler(node.base, self.case.bindings):
            return replace(exponent, tree=numpy("exp", exponent.tree))
        base = self.piece(node.base)
        if base.shape == NUMBER:
            return pieces.entrywise(base, ast.Pow(), exponent)
        return replace(base, tree=numpy("linalg.inv", base.tree))

    def transpose(self, node: Transpose) -> Piece:
        """Return the transpose."""
        return pieces.turned(self.piece(node.base))

    def entry(self, node: Entry) -> Piece:
        """Return an entry."""
        return self._picked(self.piece(node.base), node.subscripts)

    def norm(self, node: Norm) -> Piece:
        """Return a norm."""
        inside = self.piece(node.argument).tree
        tree = {
            "1": lambda: numpy("sum", numpy("abs", inside)),
            r"\infty": lambda: numpy("max", numpy("abs", inside)),
        }.get(node.order, lambda: numpy("linalg.norm", inside))()
        return Piece(tree, NUMBER, number=True)

    # -- functions --------------------------------------------------------------------------------

    def call(self, node: Call) -> Piece:
        """Return the value of a function that NumPy has."""
        inside = node.argument.items if isinstance(node.argument, Group) else (node.argument,)
        arguments = self.several(inside)
        first = arguments[0]
        match node.function:
            case "inner":
                both = pieces.entrywise(first, ast.Mult(), arguments[1])
                return Piece(numpy("sum", both.tree), NUMBER, number=True)
            case "det":
                return Piece(numpy("linalg.det", first.tree), NUMBER, number=True)
            case "max" | "min" as chosen if len(arguments) == 1:
                return Piece(numpy(chosen, first.tree), NUMBER, number=True)
            case "max" | "min" as chosen:
                return reduce(lambda a, b: _larger(f"{chosen}imum", a, b), arguments)
        return self.elementwise(node, first)

    def elementwise(self, node: Call, of: Piece) -> Piece:
        """Return a function of each entry."""
        function = {"ln": "log"}.get(node.function, node.function)
        two = node.base == Number(2.0)
        result = replace(of, tree=numpy("log2" if two else function, of.tree))
        if node.power != 1:
            result = pieces.entrywise(result, ast.Pow(), literal(node.power))
        if node.base is None or two:
            return result
        below = self.elementwise(Call("log", node.base), self.piece(node.base))
        return pieces.entrywise(result, ast.Div(), below)

    def apply(self, node: Apply) -> Piece:
        """Return the value of a function of the page's, or of one that it need not declare."""
        return self.applied(node, self.several(node.arguments))

    def applied(self, node: Apply, arguments: list[Piece]) -> Piece:
        """Return the value of a function at arguments that are printed."""
        key = key_of(replace(node.function, primes=0))
        known = self.scope.knows(key)
        if not known and key in FUNCTIONS and FUNCTIONS[key] is not softmax:
            return _of_array(key, arguments[0])
        word = KNOWN.get(key) if not known else None
        word = word or with_subscripts(
            word_of(node.function.id, self.names), node.function.subscripts, self.names
        )
        word += "_prime" * node.function.primes
        called = self.used(word, Use("function", node.function))
        tree = ast.Call(called, [each.tree for each in arguments], [])
        kind = self.scope.functions.get(key)
        if kind is not None and not kind.elementwise:
            rows, columns = (*kind.target.shape, ONE, ONE)[:2]
            return Piece(tree, (rows, columns))
        shape = reduce(
            lambda a, b: (pieces.along(a[0], b[0]), pieces.along(a[1], b[1])),
            (each.shape for each in arguments),
        )
        return Piece(tree, shape)

    # -- choices and blocks -----------------------------------------------------------------------

    def truth(self, node: Condition | Joined) -> Piece:
        """Return where a condition is true."""
        if isinstance(node, Joined):
            joined = ast.BitAnd() if node.word == "and" else ast.BitOr()
            conditions = map(self.truth, node.conditions)
            return reduce(lambda a, b: pieces.entrywise(a, joined, b), conditions)
        sides = self.several(node.sides)
        found = []
        for sign, left, right in zip(node.signs, sides, sides[1:], strict=False):
            both = pieces.entrywise(left, ast.Mult(), right)
            found.append(replace(both, tree=ast.Compare(left.tree, [_SIGNS[sign]()], [right.tree])))
        return reduce(lambda a, b: pieces.entrywise(a, ast.BitAnd(), b), found)

    def indicator(self, node: Indicator) -> Piece:
        """Return 1 where a condition is true, and 0 where it is not."""
        where = self.truth(node.condition)
        tree = numpy("where", where.tree, ast.Constant(1.0), ast.Constant(0.0))
        return Piece(tree, where.shape)

    def cases(self, node: Cases) -> Piece:
        """Return the value whose condition is true."""
        *chosen, last = node.cases
        if last.condition is not None:
            raise NoLineError("cases of which none may be true")
        result = self.piece(last.value)
        for case in reversed(chosen):
            if case.condition is None:
                raise NoLineError("two cases without a condition")
            value, where = self.piece(case.value), self.truth(case.condition)
            shape = pieces.entrywise(value, ast.Add(), result).shape
            result = Piece(numpy("where", where.tree, value.tree, result.tree), shape)
        return result

    def matrix(self, node: Matrix) -> Piece:
        """Return blocks beside and below each other."""
        if any(isinstance(inner, Dots) for inner in node.walk()):
            return summing.continued(self, node)
        rows = [self.several(row.cells) for row in node.rows]
        heights = [row[0].shape[0] for row in rows]
        widths = [cell.shape[1] for cell in rows[0]]
        written = [ast.List([cell.tree for cell in row], ast.Load()) for row in rows]
        tree = numpy("block", ast.List([*written], ast.Load()))
        return Piece(tree, (_total(heights), _total(widths)))

    def big(self, node: BigOperator) -> Piece:
        """Return a sum, a product, a mean, the largest or the smallest over an index."""
        return summing.big(self, node)


def added(terms: list[Piece], signs: Sequence[int]) -> Piece:
    """Return a signed sum of pieces."""
    first, *others = terms
    total = first if signs[0] > 0 else replace(first, tree=pieces.negative(first.tree))
    for term, sign in zip(others, signs[1:], strict=True):
        total = pieces.entrywise(total, ast.Add() if sign > 0 else ast.Sub(), term)
    return total


def product(
    factors: Sequence[Node],
    printed: Callable[[Node], Piece],
    combine: Callable[[Piece, Piece], Piece],
) -> Piece:
    """Return a product: numbers first, then arrays in their order, at last what divides."""
    numbers: list[Piece] = []
    arrays: list[Piece] = []
    below: list[Piece] = []
    for factor in factors:
        node = factor
        if isinstance(factor, Fraction):
            below.append(printed(factor.denominator))
            node = factor.numerator
            if node == ONE:
                continue
        piece = printed(node)
        (numbers if piece.number else arrays).append(piece)
    above = [*numbers, *arrays] or [literal(1)]
    total = reduce(combine, above)
    for each in below:
        total = pieces.entrywise(total, ast.Div(), each)
    return total


def ones(size: Node, printer: Printer) -> Piece:
    """Return a column of ones."""
    shape = ast.Tuple([size_of(size, printer), ast.Constant(1)], ast.Load())
    return Piece(numpy("ones", shape), (size, ONE))


def size_of(size: Node, printer: Printer) -> ast.expr:
    """Return a size as Python."""
    return printer.piece(size).tree


def _names_in(node: Node) -> set[str]:
    return {inner.id for inner in node.walk() if isinstance(inner, Name)}


def _given(printer: Printer, node: Name) -> Piece | None:
    """Return what a symbol is that the page does not declare."""
    if node.id in ("I", r"\mathbf{1}") and len(node.subscripts) == 1:
        size = node.subscripts[0]
        if node.id == "I":
            return Piece(numpy("eye", size_of(size, printer)), (size, size))
        return ones(size, printer)
    if node in (ONES, IDENTITY):
        raise NoLineError("ones, or an identity, of no size")
    constants = {"e": "e", r"\pi": "pi"}
    if node == Name(node.id) and node.id in constants:
        tree = ast.Attribute(pieces.name("np"), constants[node.id], ast.Load())
        return Piece(tree, NUMBER, number=True)
    return None


def _of_array(key: str, of: Piece) -> Piece:
    """Return a function of a whole array."""
    function = FUNCTIONS[key]
    rows, columns = of.shape
    if function is trace:
        return Piece(numpy("trace", of.tree), NUMBER, number=True)
    if function is diagonal and ONE in of.shape:
        size = pieces.along(rows, columns)
        return Piece(numpy("diag", pieces.method(of.tree, "ravel")), (size, size))
    if function is diagonal:
        every = pieces.picked(numpy("diag", of.tree), ast.Slice(), ast.Constant(None))
        return Piece(every, (rows, ONE))
    if function is stacked_columns:
        turned = pieces.turned(of).tree
        places: list[ast.expr] = [ast.Constant(-1), ast.Constant(1)]
        tree = ast.Call(ast.Attribute(turned, "reshape", ast.Load()), places, [])
        return Piece(tree, (rows if pieces.is_one(columns) else Product(of.shape), ONE))
    return Piece(numpy("linalg.det", of.tree), NUMBER, number=True)


def _larger(function: str, left: Piece, right: Piece) -> Piece:
    both = pieces.entrywise(left, ast.Add(), right)
    return Piece(numpy(function, left.tree, right.tree), both.shape, both.number)


def _total(sizes: list[Node]) -> Node:
    return sizes[0] if len(sizes) == 1 else Sum(tuple(sizes), (1,) * len(sizes))


_SIGNS: dict[str, type[ast.cmpop]] = {
    "=": ast.Eq,
    "≠": ast.NotEq,
    "<": ast.Lt,
    ">": ast.Gt,
    "≤": ast.LtE,
    "≥": ast.GtE,
}

_RULES: dict[type[Node], Callable[[Printer, Any], Piece]] = {
    Name: Printer.name,
    Number: Printer.number,
    Group: Printer.group,
    Sum: Printer.add,
    Product: Printer.multiply,
    Hadamard: Printer.hadamard,
    Kronecker: Printer.kronecker,
    Fraction: Printer.divide,
    Power: Printer.power,
    Transpose: Printer.transpose,
    Entry: Printer.entry,
    Norm: Printer.norm,
    Call: Printer.call,
    Apply: Printer.apply,
    Indicator: Printer.indicator,
    Cases: Printer.cases,
    Matrix: Printer.matrix,
    BigOperator: Printer.big,
}
