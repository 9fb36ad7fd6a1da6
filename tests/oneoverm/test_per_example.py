"""Each example's own gradients, formed or not, against one example at a time."""

import numpy as np
import pytest
from hypothesis import given, settings

from oneoverm import batch, initial_layers, one_example, per_example, relative_error

X = np.ones((3, 5))
LAYERS = initial_layers([3, 4, 1], rng=0)
TRACE = batch.forward(X, LAYERS)
GRADIENTS = batch.backward(TRACE, np.ones((1, 5)), LAYERS)


def test_gradients_and_norms_are_those_of_one_example_at_a_time(problem):
    @settings(deadline=None)
    @given(drawn=problem())
    def check(drawn):
        X, Y, layers = drawn
        trace = batch.forward(X, layers)
        gradients = batch.backward(trace, Y, layers)
        norms = per_example.norms(gradients, trace)
        formed = [
            per_example.parameter_gradients(one.dZ, A)
            for one, A in zip(gradients, trace.A[:-1], strict=True)
        ]
        for i in range(X.shape[1]):
            column = slice(i, i + 1)
            _, alone = one_example.cost_and_gradients(X[:, column], Y[:, column], layers)
            for (dW, db), want in zip(formed, alone, strict=True):
                assert relative_error(dW[i], want.dW, floor=1) < 1e-14
                assert relative_error(db[i], want.db, floor=1) < 1e-14
            whole = np.concatenate([d.ravel() for one in alone for d in (one.dW, one.db)])
            assert relative_error(norms[0, i], np.linalg.norm(whole), floor=1) < 1e-14
        for (dW, db), want in zip(formed, gradients, strict=True):
            assert relative_error(dW.mean(axis=0), want.dW, floor=1) < 1e-14
            assert relative_error(db.mean(axis=0), want.db, floor=1) < 1e-14

    check()


def test_a_float16_norm_of_small_gradients_is_not_zero():
    layers = initial_layers([3, 1], rng=0)
    half = [type(one)(one.W.astype(np.float16), one.b.astype(np.float16), "tanh") for one in layers]
    trace = batch.forward(np.ones((3, 1), np.float16), half)
    gradients = [batch.Gradients(np.full((1, 1), 1e-4, np.float16), None, None)]
    norms = per_example.norms(gradients, trace)
    assert norms.dtype == np.float16
    assert norms[0, 0] == pytest.approx(2e-4, rel=1e-2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: per_example.parameter_gradients(np.ones((2, 4)), X),
            "dZ has shape (2, 4); expected (n_out, m) = (n_out, 5), m as in A_prev",
        ),
        (
            lambda: per_example.parameter_gradients(np.full((2, 5), np.nan), X),
            "dZ has the entry nan at (0, 0); expected finite entries",
        ),
        (
            lambda: per_example.norms(GRADIENTS[:1], TRACE),
            "the trace has 2 layers; gradients has 1",
        ),
        (
            lambda: per_example.norms(GRADIENTS, batch.forward(X[:, :2], LAYERS)),
            "gradients[0].dZ has shape (4, 5); expected (4, 2), as the trace's Z[0]",
        ),
        (
            lambda: per_example.norms(
                [GRADIENTS[0], GRADIENTS[1]._replace(dZ=np.full((1, 5), np.inf))], TRACE
            ),
            "gradients[1].dZ has the entry inf at (0, 0); expected finite entries",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=r"expected|gradients") as error:
        call()
    assert str(error.value) == message
