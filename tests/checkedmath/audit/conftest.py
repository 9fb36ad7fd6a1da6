"""What the tests of the audit share."""

import pytest

from checkedmath.audit.shapes import Shapes
from checkedmath.check.checker import LEAST_DRAWS
from checkedmath.check.draws import Draws
from checkedmath.check.free_indices import cases_of


@pytest.fixture
def shapes_of(side_of):
    """Return a function that reads an expression, with the shapes of its parts."""

    def read(latex, *, one_example=False):
        side, scope = side_of(latex)
        scope.note_examples(side, one_example=one_example)
        draws = Draws(scope, 0, LEAST_DRAWS).evaluators
        return side, Shapes(scope, side, cases_of(draws, (side,), one_example=one_example))

    return read
