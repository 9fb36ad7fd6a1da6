"""The role ``checked``, implementations, and what stands in a row, as they are read."""

import pytest

from checkedmath import read_page


def inline(text):
    return [(e.latex, *e.place(0)) for e in read_page(text, "page.md").equations if e.inline]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{checked}`a = b`", [("a = b", 1, 11)]),
        ("x {checked}`a = b`, {checked}`a = b`.", [("a = b", 1, 13), ("a = b", 1, 31)]),
        ("x\ny {checked}`a = b`", [("a = b", 2, 13)]),
        ("{checked}`a =\nb`", [("a =\nb", 1, 11)]),
        ("- x\n  {checked}`a = b`", [("a = b", 2, 13)]),
        ("> x\n> {checked}`a =\n> b`", [("a =\n  b", 2, 13)]),
        ("| x |\n|---|\n| {checked}`a = b` |", [("a = b", 3, 13)]),
        ("# T {checked}`a = b`", [("a = b", 1, 15)]),
        (":::{note}\n{checked}`a = b`\n:::", [("a = b", 2, 11)]),
        ("`` {checked}`a = b` ``", []),
        ("{math}`a = b` and $a = b$", []),
        ("```\n{checked}`a = b`\n```", []),
        (r"{checked}``a = b``", [("a = b", 1, 12)]),
    ],
)
def test_the_role_is_read_where_it_stands(text, found):
    assert inline(text) == found


IMPLEMENTATION = """text

:::{implementation} package.module.function
:arguments: dZ, A
:returns: dW, db
:one-example:
:::
"""


def test_an_implementation_is_read_with_the_places_of_its_parts():
    (item,) = read_page(IMPLEMENTATION, "page.md").implementations
    assert item.function == "package.module.function"
    assert (item.latex, item.place(0)) == ("dZ, A", (4, 13))
    assert (item.returns.latex, item.returns.place(4)) == ("dW, db", (5, 15))
    assert item.one_example
    assert item.block_line == 3


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        (" package.module.function", "", "expected package.module.function; found nothing"),
        ("package.module.function", "f()", r"expected package.module.function; found f\(\)"),
        (":returns: dW, db\n", "", "say what the function returns"),
    ],
)
def test_an_implementation_without_its_parts_is_a_mistake(right, wrong, words):
    (mistake,) = read_page(IMPLEMENTATION.replace(right, wrong), "page.md").mistakes
    assert mistake.line == 3
    with pytest.raises(type(mistake.error), match=words):
        raise mistake.error


ROW = """::::{{side-by-side}}
{left}

*mean*

{right}
::::
"""
EQUATION = "$$\na = b\n$$"
CODE = "```python\na = b\n```"
FUNCTION = ":::{implementation} module.function\n:returns: a\n:::"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (EQUATION, EQUATION),
        (f"{EQUATION}\n\n{CODE}", EQUATION),
        (f"{EQUATION}\n\n{FUNCTION}", f"{EQUATION}\n\n{FUNCTION}"),
        (FUNCTION, FUNCTION),
        (f"{FUNCTION}\n\n{CODE}", f"{FUNCTION}\n\n{CODE}"),
    ],
)
def test_a_row_has_the_page_s_own_equations_and_functions(left, right):
    page = read_page(ROW.format(left=left, right=right), "page.md")
    (row,) = page.rows
    assert row.left is (page.equations or page.implementations)[0]
    assert row.right is (page.equations or page.implementations)[1]
    assert page.implementations == list(row.implementations)
    assert [item.one_example for item in page.implementations] == [True, False][
        : len(page.implementations)
    ]


@pytest.mark.parametrize(
    ("left", "right"), [(FUNCTION, CODE), (EQUATION, CODE), (EQUATION, FUNCTION), (CODE, CODE)]
)
def test_a_row_needs_two_of_a_kind(left, right):
    (mistake,) = read_page(ROW.format(left=left, right=right), "page.md").mistakes
    assert "two equations, one example's and the batch's" in mistake.error.message


def test_a_rows_sides_stand_where_their_equations_stand():
    page = read_page("::::{side-by-side}\n$$ z = x $$\n\n$$ Z = X $$\n::::\n", "page.md")
    (row,) = page.rows
    assert [row.left, row.right] == page.equations
    assert row.right.place(None) == (4, 4)
