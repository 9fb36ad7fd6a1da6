"""An offset into LaTeX is a line and a column of the page."""

import pytest

from checkedmath.page.model import Formula


@pytest.mark.parametrize(
    ("latex", "indent", "offset", "place"),
    [
        ("a = b", 0, 0, (7, 1)),
        ("a = b", 3, 4, (7, 8)),
        ("a\n= b", 0, 2, (8, 1)),
        ("a\n= b", 2, 4, (8, 5)),
        ("a\n\nb", 0, 3, (9, 1)),
        ("\n\n  a", 0, None, (9, 3)),
        ("a", 0, None, (7, 1)),
        ("", 0, None, (7, 1)),
    ],
)
def test_a_place_is_counted_from_1(latex, indent, offset, place):
    assert Formula(latex, 7, indent).place(offset) == place
