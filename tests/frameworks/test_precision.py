"""Each dtype beside float64, with the signs of what the ReLUs are given alike."""

import numpy as np
import pytest

from oneoverm import batch, relative_error


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("sizes", [(4, 1), (4, 8, 1), (4, 8, 6, 1)])
def test_gradients_differ_by_rounding_if_the_signs_agree(
    library, rounded_problem, activation, sizes
):
    X, Y, layers = rounded_problem(library, activation, sizes=sizes, m=3)
    there = library.layers(layers)
    trace, trace_there = batch.forward(X, layers), batch.forward(library.array(X), there)
    for Z, Z_there in zip(trace.Z[:-1], trace_there.Z[:-1], strict=True):
        np.testing.assert_array_equal(Z > 0, library.to_numpy(Z_there) > 0)
    gradients = batch.backward(trace, Y, layers)
    gradients_there = batch.backward(trace_there, library.array(Y), there)
    for got, want in zip(gradients_there, gradients, strict=True):
        # Examples' terms, up to 1, may cancel: compare with their scale, not with their sum's.
        assert relative_error(library.to_numpy(got.dW), want.dW, floor=1) < 2 * library.rounding
        assert relative_error(library.to_numpy(got.db), want.db, floor=1) < 2 * library.rounding
