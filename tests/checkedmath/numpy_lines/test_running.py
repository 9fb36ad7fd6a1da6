"""Text is run in a namespace of its own, and only if it is made of what is printed."""

import numpy as np
import pytest

from checkedmath.numpy_lines.running import run


def test_a_number_has_a_row_and_a_column():
    assert run("2 * a", {"a": 3}).tolist() == [[6]]


@pytest.mark.parametrize(
    "text",
    [
        "open('x')",
        "__import__('os')",
        "X.__class__",
        "X.tofile('x')",
        "np.load('x')",
        "np.core",
        "(lambda: 1)()",
        "f'{X}'",
        "[i for i in X][0].data",
        "(X := 1)",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"is nothing that a NumPy line has|is no symbol"):
        run(text, {"X": np.ones((2, 2))})
