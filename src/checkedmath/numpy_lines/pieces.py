"""Small steps of printing NumPy: pieces of Python with their shapes, and how two make one."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from checkedmath.latex.nodes import Node, Number
from checkedmath.numpy_lines.naming import NoLineError
from checkedmath.numpy_lines.sizes import NUMBER, ONE, Shape


@dataclass(frozen=True, slots=True)
class Piece:
    """
    A part of a line.

    Attributes
    ----------
    tree : ast.expr
        The Python.
    shape : tuple of Node
        Rows and columns; a number has one of each.
    number : bool
        Whether it is a number in Python, and no array of one row and one column.
    """

    tree: ast.expr
    shape: Shape
    number: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """
    What a name in a line stands for.

    Attributes
    ----------
    kind : str
        A ``value``; a ``batch``, of whose columns one is taken; a ``family``, of which a layer is
        taken; a ``function``; an ``index``, counted from 0; a ``number`` that is an index, counted
        from 1.
    node : Node
        The symbol, without what Python takes of it itself.
    """

    kind: str
    node: Node


def name(word: str) -> ast.Name:
    """Return a name."""
    return ast.Name(word, ast.Load())


def constant(value: float) -> ast.expr:
    """Return a number as it is written."""
    return ast.Constant(int(value) if float(value).is_integer() else value)


def numpy(function: str, *arguments: ast.expr) -> ast.Call:
    """Call a function of NumPy."""
    called: ast.expr = name("np")
    for part in function.split("."):
        called = ast.Attribute(called, part, ast.Load())
    return ast.Call(called, list(arguments), [])


def method(of: ast.expr, called: str, axis: int | None = None) -> ast.Call:
    """Call a method that goes along an axis, and keeps it; or over all entries."""
    keywords = []
    if axis is not None:
        keywords = [
            ast.keyword("axis", ast.Constant(axis)),
            ast.keyword("keepdims", ast.Constant(True)),
        ]
    return ast.Call(ast.Attribute(of, called, ast.Load()), [], keywords)


def operation(left: ast.expr, sign: ast.operator, right: ast.expr) -> ast.BinOp:
    """Return two expressions with a sign between them."""
    return ast.BinOp(left, sign, right)


def negative(tree: ast.expr) -> ast.expr:
    """Return the negative, with the sign at the first factor, as one writes it."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, (ast.Mult, ast.Div, ast.MatMult)):
        return ast.BinOp(negative(tree.left), tree.op, tree.right)
    return ast.UnaryOp(ast.USub(), tree)


def picked(of: ast.expr, *places: ast.expr) -> ast.Subscript:
    """Return what stands at some places."""
    inside = places[0] if len(places) == 1 else ast.Tuple(list(places), ast.Load())
    return ast.Subscript(of, inside, ast.Load())


def column(of: ast.expr, place: ast.expr) -> ast.Subscript:
    """Return a column, which stays one."""
    return picked(of, ast.Slice(), ast.List([place], ast.Load()))


def moved_by(tree: ast.expr, step: int) -> ast.expr:
    """Return a whole number that is further by some steps."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int):
        return ast.Constant(tree.value + step)
    if step == 0:
        return tree
    return operation(tree, ast.Add() if step > 0 else ast.Sub(), ast.Constant(abs(step)))


def is_one(size: Node) -> bool:
    """Tell whether a size is the number 1."""
    return size == ONE


def along(left: Node, right: Node) -> Node:
    """Return the longer of two sizes, one of which may be 1."""
    if left == right or is_one(right):
        return left
    if is_one(left):
        return right
    raise NoLineError("two sizes that are not one")


def entrywise(left: Piece, sign: ast.operator, right: Piece) -> Piece:
    """Combine entries; a number, a column or a row goes along the other."""
    rows, columns = (along(a, b) for a, b in zip(left.shape, right.shape, strict=True))
    tree = operation(left.tree, sign, right.tree)
    return Piece(tree, (rows, columns), left.number and right.number)


def multiplied(left: Piece, right: Piece) -> Piece:
    """Return the matrix product, or an array that is scaled by a number."""
    if left.number or right.number or left.shape == right.shape == NUMBER:
        return entrywise(left, ast.Mult(), right)
    if left.shape[1] == right.shape[0]:
        tree = operation(left.tree, ast.MatMult(), right.tree)
        return Piece(tree, (left.shape[0], right.shape[1]))
    if NUMBER in (left.shape, right.shape):
        return entrywise(left, ast.Mult(), right)
    raise NoLineError("a product of shapes that do not meet")


def turned(piece: Piece) -> Piece:
    """Return the transpose."""
    if piece.number:
        return piece
    rows, columns = piece.shape
    match piece.tree:
        case ast.Call(ast.Attribute(attr="ones"), [ast.Tuple([height, width])]):
            row = ast.Tuple([width, height], ast.Load())
            return Piece(numpy("ones", row), (columns, rows))
    return Piece(ast.Attribute(piece.tree, "T", ast.Load()), (columns, rows))


def literal(value: float) -> Piece:
    """Return a number that is written as one."""
    return Piece(constant(value), NUMBER, number=True)


def whole(node: Node) -> int | None:
    """Return the value of a whole number; None for anything else."""
    return int(node.value) if isinstance(node, Number) and node.value.is_integer() else None
