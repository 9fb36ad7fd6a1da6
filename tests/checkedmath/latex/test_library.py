"""The names of known functions are those that have a rule."""

from checkedmath.evaluate.arrays import FUNCTIONS
from checkedmath.evaluate.functions import SYMBOLS
from checkedmath.latex.library import ELEMENTWISE, OF_ARRAYS


def test_every_known_name_has_a_rule():
    assert set(SYMBOLS) == ELEMENTWISE
    assert set(FUNCTIONS) == OF_ARRAYS
