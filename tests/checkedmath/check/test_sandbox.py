"""What a line of Python on a page can do: compute with the values that it is given."""

import ast
from pathlib import Path

import numpy as np
import pytest

from checkedmath.check.sandbox import FUNCTIONS, METHODS, Code
from checkedmath.errors import ReadError

PAGE = Path(__file__).parents[3] / "docs" / "about" / "what-a-page-may-write.md"


def code(text):
    return Code(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize(
    "text",
    [
        "().__class__.__bases__[0].__subclasses__()",
        "X.__class__",
        "X.__array_interface__",
        "X.tofile('x')",
        "X.dump('x')",
        "X.data",
        "X.base",
        "X.ctypes",
        "X.fill(0)",
        "X.sort()",
        "np",
        "f(np)",
        "np.linalg",
        "[np.linalg]",
        "np.load('x')",
        "np.save('x', X)",
        "np.fromfile('x')",
        "np.genfromtxt('x')",
        "np.memmap('x')",
        "np.ctypeslib",
        "np.lib.format",
        "np.f2py",
        "np.random.rand()",
        "np.linalg.linalg",
        "np.exp.__self__",
        "np.T",
        "np.sum.__globals__",
        "np.vectorize(f)",
        "np.frompyfunc(f, 1, 1)",
        "np.errstate()",
        "(lambda: 1)()",
        "(yield)",
        "(x := 1)",
        "f'{X}'",
        "'text'",
        "b'text'",
        "1j",
        "...",
        "X if 1 else 2",
        "X and X",
        "not X",
        "~X",
        "X // 2",
        "X % 2",
        "X << 2",
        "X ^ X",
        "X is X",
        "X in X",
        "{1: 2}",
        "{1}",
        "{i for i in range(2)}",
        "{i: i for i in range(2)}",
        "f(*X)",
        "f(**X)",
        "[*X]",
        "X.sum(out=X)",
        "X.sum(dtype=X)",
        "np.sum(X, initial=1)",
        "sum(i for np in range(2))",
        "sum(sum for sum in range(2))",
        "sum(i for X[0] in range(2))",
        "sum(a for a, b in X)",
        "[i async for i in X]",
    ],
)
def test_what_a_line_may_not_have(text):
    with pytest.raises(ReadError, match="is nothing that a line of NumPy may have"):
        code(text)


@pytest.mark.parametrize(
    "text",
    ["open('x')", "eval('1')", "__import__('os')", "exec('1')", "print(1)", "__builtins__", "i"],
)
def test_a_name_of_python_is_a_name_of_the_page(text):
    if "'" in text:
        with pytest.raises(ReadError):
            code(text)
        text = text.replace("'x'", "1").replace("'1'", "1").replace("'os'", "1")
    found = code(text)
    assert found.names == [text.partition("(")[0]]
    with pytest.raises(ReadError, match=r"NameError|TypeError|no array"):
        found.run({})


@pytest.mark.parametrize(
    "text",
    [
        "np.exp(X, X)",
        "np.maximum(X, 2 * X, X)",
        "np.sum(X, 0, None, X)",
        "X.sum(0, None, X)",
        "np.where(X > 0, X, 0, X)",
    ],
)
def test_a_line_cannot_change_what_it_is_given(text):
    kept = np.array([[1.0, 3.0]])
    kept.setflags(write=False)
    with pytest.raises(ReadError, match=r"ValueError|TypeError"):
        code(text).run({"X": kept})
    assert kept.tolist() == [[1.0, 3.0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("X[0]", "its value has the shape .2,.; expected rows and columns, as with keepdims=True"),
        ("[[[1, 2]]]", "its value has the shape .1, 1, 2.; expected rows and columns$"),
        ("f", "its value is no array of numbers"),
        ("[[None]]", "its value is no array of numbers"),
        ("range", "its value is no array of numbers"),
        ("X[:, [5]]", "IndexError: "),
        ("1 / (m - m)", "ZeroDivisionError: "),
        ("[[1], [1, 2]]", "ValueError: "),
        ("i + sum(i for i in range(2))", "NameError: "),
        ("[" * 60 + "X" + "]" * 60, "[A-Za-z]"),
    ],
)
def test_a_value_that_is_no_array_of_rows_and_columns(text, message):
    with pytest.raises(ReadError, match=message):
        code(text).run({"X": np.ones((1, 2)), "m": 2, "f": len})


@pytest.mark.parametrize(
    ("text", "once", "twice"),
    [
        ("np.where(X > 1, X, 0)", "X > 1", ""),
        ("(X > 1) * X", "X > 1", ""),
        ("np.where(X == X, X, 0)", "X == X", "X == X"),
        ("np.where(B, X, 0)", "np.where(B, X, 0)", ""),
        ("np.maximum(X, 1)", "np.maximum(X, 1)", ""),
        ("np.minimum(X, -9)", "np.minimum(X, -9)", "np.minimum(X, -9)"),
        ("np.abs(X - 1)", "np.abs(X - 1)", ""),
        ("np.abs(X)", "np.abs(X)", "np.abs(X)"),
        ("np.max(X)", "np.max(X)", ""),
        ("X.max(axis=1, keepdims=True)", "X.max(axis=1, keepdims=True)", ""),
        ("np.max([X, 9 * X], axis=0)", "np.max([X, 9 * X], axis=0)", "np.max([X, 9 * X], axis=0)"),
        ("sum(X[:, [i]] for i in range(2) if i != 1)", "", ""),
        ("X + 1", "", ""),
    ],
)
def test_a_case_that_was_not_met_is_known(text, once, twice):
    line = code(text)
    first, second = np.array([[3.0, 2.0]]), np.array([[0.2, 0.5]])
    assert line.run({"X": first, "B": first > 1}).shape in {(1, 1), (1, 2)}
    assert line.unmet == once
    line.run({"X": second, "B": second > 1})
    assert line.unmet == twice


def test_the_book_lists_what_there_is():
    section = PAGE.read_text("utf-8").partition("## Write a line of NumPy")[2].partition("\n## ")[0]
    assert {name for name in FUNCTIONS if f"`{name}`" not in section} == {"linalg"}
    assert {name for name in METHODS if f"`.{name}`" not in section} == set()
