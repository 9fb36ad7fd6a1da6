"""A batch: gradients against the complex step and against one example, and where 1/m goes."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneoverm import Layer, batch, complex_step, initial_layers, one_example, relative_error
from oneoverm.losses import binary_cross_entropy


def example(seed=0, sizes=(3, 4, 1), m=5, activation="tanh", dtype=np.float64):
    """Draw a batch, its labels and a network, without any entry that is zero or one."""
    rng = np.random.default_rng(seed)
    layers = [
        Layer(layer.W.astype(dtype), rng.normal(size=layer.b.shape).astype(dtype), layer.activation)
        for layer in initial_layers(sizes, activation, rng=rng)
    ]
    X, Y = rng.normal(size=(sizes[0], m)), rng.uniform(size=(sizes[-1], m))
    return X.astype(dtype), Y.astype(dtype), layers


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "identity"])
@pytest.mark.parametrize("sizes", [(3, 1), (4, 3, 1), (2, 5, 3), (3, 4, 2, 1), (2, 3, 4, 5, 1)])
@pytest.mark.parametrize("m", [1, 6])
def test_gradients_agree_with_the_complex_step(by_complex_step, activation, sizes, m):
    X, Y, layers = example(1, sizes, m, activation)
    gradients = batch.backward(batch.forward(X, layers), Y, layers)
    expected = by_complex_step(batch, X, Y, layers)
    assert len(gradients) == len(layers)
    for (dZ, dW, db), (dJ_dZ, dJ_dW, dJ_db) in zip(gradients, expected, strict=True):
        # dZ is of each example's loss, and the cost counts each loss 1/m times.
        assert relative_error(dZ, m * dJ_dZ) < 1e-13
        assert relative_error(dW, dJ_dW) < 1e-13
        assert relative_error(db, dJ_db) < 1e-13


def test_gradients_of_any_network_agree_with_the_complex_step(problem, by_complex_step):
    @settings(deadline=None)
    @given(drawn=problem())
    def check(drawn):
        X, Y, layers = drawn
        gradients = batch.backward(batch.forward(X, layers), Y, layers)
        expected = by_complex_step(batch, X, Y, layers)
        for (dZ, dW, db), (dJ_dZ, dJ_dW, dJ_db) in zip(gradients, expected, strict=True):
            # Weights of size 1 cancel: compare with the scale of the terms, not of their sum.
            assert relative_error(dZ, X.shape[1] * dJ_dZ, floor=1) < 1e-13
            assert relative_error(dW, dJ_dW, floor=1) < 1e-13
            assert relative_error(db, dJ_db, floor=1) < 1e-13

    check()


def test_columns_are_the_examples_stacked_and_parameters_gradients_are_their_mean(problem):
    @settings(deadline=None)
    @given(drawn=problem())
    def check(drawn):
        X, Y, layers = drawn
        columns = [slice(i, i + 1) for i in range(X.shape[1])]
        trace = batch.forward(X, layers)
        traces = [one_example.forward(X[:, i], layers) for i in columns]
        for k in range(len(layers)):
            assert relative_error(trace.Z[k], np.hstack([t.z[k] for t in traces]), 1) < 1e-13
            assert (
                relative_error(trace.A[k + 1], np.hstack([t.a[k + 1] for t in traces]), 1) < 1e-13
            )
        losses = [
            one_example.cost(t, Y[:, i], layers) for t, i in zip(traces, columns, strict=True)
        ]
        assert relative_error(batch.cost(trace, Y, layers), np.mean(losses), 1) < 1e-13
        each = [
            one_example.backward(t, Y[:, i], layers) for t, i in zip(traces, columns, strict=True)
        ]
        for k, (dZ, dW, db) in enumerate(batch.backward(trace, Y, layers)):
            assert relative_error(dZ, np.hstack([one[k].dz for one in each]), 1) < 1e-13
            assert relative_error(dW, np.mean([one[k].dW for one in each], axis=0), 1) < 1e-13
            assert relative_error(db, np.mean([one[k].db for one in each], axis=0), 1) < 1e-13

    check()


def test_with_one_example_both_modules_give_the_same_bits(problem):
    @settings(deadline=None)
    @given(drawn=problem(m=1))
    def check(drawn):
        X, Y, layers = drawn
        trace, alone = batch.forward(X, layers), one_example.forward(X, layers)
        assert batch.cost(trace, Y, layers) == one_example.cost(alone, Y, layers)
        of_batch = batch.backward(trace, Y, layers)
        of_one = one_example.backward(alone, Y, layers)
        for got, want in zip(of_batch, of_one, strict=True):
            for left, right in zip(got, want, strict=True):
                np.testing.assert_array_equal(left, right, strict=True)

    check()


def test_the_six_formulas_of_the_two_layer_network_hold():
    X, Y, layers = example(2)
    m = X.shape[1]
    trace = batch.forward(X, layers)
    A0, A1, A2 = trace.A
    one, two = batch.backward(trace, Y, layers)
    assert A0 is X
    np.testing.assert_array_equal(two.dZ, A2 - Y)
    np.testing.assert_array_equal(two.dW, two.dZ @ A1.T / m)
    np.testing.assert_array_equal(two.db, two.dZ.sum(axis=1, keepdims=True) / m)
    np.testing.assert_allclose(one.dZ, (layers[1].W.T @ two.dZ) * (1 - A1**2), rtol=1e-15)
    np.testing.assert_array_equal(one.dW, one.dZ @ X.T / m)
    np.testing.assert_array_equal(one.db, one.dZ.sum(axis=1, keepdims=True) / m)


@given(
    seed=st.integers(0, 2**32 - 1), n_in=st.integers(1, 5), n_out=st.integers(1, 5),
    m=st.integers(1, 5),
)  # fmt: skip
def test_affine_backward_is_the_derivative_of_the_mean_of_affine_forward(seed, n_in, n_out, m):
    rng = np.random.default_rng(seed)
    W, b = rng.normal(size=(n_out, n_in)), rng.normal(size=(n_out, 1))
    A_prev, dZ = rng.normal(size=(n_in, m)), rng.normal(size=(n_out, m))

    def J(A_prev, W, b):
        return (dZ * batch.affine_forward(A_prev, W, b)).sum() / m

    dA_prev, dW, db = batch.affine_backward(dZ, A_prev, W)
    dA_oracle = m * complex_step(lambda A: J(A, W, b), A_prev)
    assert relative_error(dA_prev, dA_oracle, floor=1) < 1e-13
    assert relative_error(dW, complex_step(lambda W: J(A_prev, W, b), W), floor=1) < 1e-13
    assert relative_error(db, complex_step(lambda b: J(A_prev, W, b), b), floor=1) < 1e-13


@pytest.mark.parametrize("parts", [[5], [2, 3], [1, 1, 3]])
def test_parts_of_a_batch_add_up_if_each_is_divided_by_the_whole_batch_s_m(parts):
    rng = np.random.default_rng(3)
    dZ, A_prev, W = rng.normal(size=(2, 5)), rng.normal(size=(3, 5)), rng.normal(size=(2, 3))
    cuts = np.cumsum(parts)[:-1]
    pieces = zip(np.split(dZ, cuts, axis=1), np.split(A_prev, cuts, axis=1), strict=True)
    each = [batch.affine_backward(*piece, W, m=np.float64(5)) for piece in pieces]
    _, dW, db = batch.affine_backward(dZ, A_prev, W)
    assert relative_error(sum(part[1] for part in each), dW) < 1e-15
    assert relative_error(sum(part[2] for part in each), db) < 1e-15


@pytest.mark.parametrize("m", [5, np.int64(5), np.float64(5)], ids=type)
def test_the_divisor_s_type_does_not_change_the_gradients_dtype(m):
    dZ, A_prev = np.ones((2, 5), np.float32), np.ones((3, 5), np.float32)
    dW, db = batch.parameter_gradients(dZ, A_prev, m)
    assert dW.dtype == db.dtype == np.float32
    np.testing.assert_array_equal(dW, np.ones((2, 3)))


def test_early_late_and_never_give_one_step(problem):
    @settings(deadline=None)
    @given(drawn=problem())
    def check(drawn):
        X, Y, layers = drawn
        m = X.shape[1]
        trace = batch.forward(X, layers)
        results = [batch.backward(trace, Y, layers, how) for how in ("early", "late", "never")]
        for early, late, never in zip(*results, strict=True):
            assert relative_error(early.dZ, late.dZ / m, floor=1) < 1e-14
            np.testing.assert_array_equal(never.dZ, late.dZ)
            # The sum of the same terms, divided once at the end either way: the same bits.
            np.testing.assert_array_equal(never.dW / m, late.dW)
            np.testing.assert_array_equal(never.db / m, late.db)
            assert relative_error(early.dW, late.dW, floor=1) < 1e-14
            assert relative_error(early.db, late.db, floor=1) < 1e-14

    check()


def test_late_is_the_default():
    X, Y, layers = example()
    trace = batch.forward(X, layers)
    default, late = batch.backward(trace, Y, layers), batch.backward(trace, Y, layers, "late")
    for got, want in zip(default, late, strict=True):
        for left, right in zip(got, want, strict=True):
            np.testing.assert_array_equal(left, right)


def early_and_late(X, Y, layers):
    trace = batch.forward(X, layers)
    return (
        batch.backward(trace, Y, layers, divide="early"),
        batch.backward(trace, Y, layers, divide="late"),
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("m", [1, 2, 8, 64, 1024])
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "identity"])
def test_early_and_late_are_the_same_bits_when_m_is_a_power_of_two(dtype, m, activation):
    X, Y, layers = example(4, (7, 5, 3, 2), m, activation, dtype)
    for early, late in zip(*early_and_late(X, Y, layers), strict=True):
        np.testing.assert_array_equal(early.dZ, late.dZ / m, strict=True)
        np.testing.assert_array_equal(early.dW, late.dW, strict=True)
        np.testing.assert_array_equal(early.db, late.db, strict=True)
        assert early.dW.dtype == late.dW.dtype == late.dZ.dtype == dtype
        assert late.dW.any()


@pytest.mark.parametrize(("dtype", "rounding"), [(np.float32, 1e-6), (np.float64, 1e-15)])
@pytest.mark.parametrize("m", [3, 7, 1000])
def test_early_and_late_differ_by_rounding_when_m_is_not_a_power_of_two(dtype, rounding, m):
    X, Y, layers = example(4, (7, 5, 3, 2), m, "tanh", dtype)
    early, late = early_and_late(X, Y, layers)
    errors = [relative_error(one.dW, two.dW) for one, two in zip(early, late, strict=True)]
    assert 0 < max(errors) < rounding


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("label_dtype", [np.int64, np.bool_, np.float64])
def test_the_parameters_dtype_is_kept_whatever_the_labels_are(dtype, label_dtype):
    X, Y, layers = example(dtype=dtype)
    Y = (Y > 0.5).astype(label_dtype if label_dtype != np.float64 else dtype)
    trace = batch.forward(X, layers)
    assert batch.cost(trace, Y, layers).dtype == dtype
    for divide in ("early", "late", "never"):
        for gradients in batch.backward(trace, Y, layers, divide):
            assert [g.dtype for g in gradients] == [dtype] * 3


def test_every_gradient_has_the_shape_of_what_it_is_the_gradient_of():
    X, Y, layers = example()
    trace = batch.forward(X, layers)
    for Z, layer, (dZ, dW, db) in zip(
        trace.Z, layers, batch.backward(trace, Y, layers), strict=True
    ):
        assert (dZ.shape, dW.shape, db.shape) == (Z.shape, layer.W.shape, layer.b.shape)


def test_the_cost_is_the_mean_over_examples_and_the_sum_over_outputs():
    X, Y, layers = example(sizes=(3, 4, 2))
    trace = batch.forward(X, layers)
    losses = binary_cross_entropy(trace.A[-1], Y)
    assert batch.cost(trace, Y, layers) == pytest.approx(
        losses.sum(axis=0).mean(), rel=1e-14, abs=0
    )


def test_a_batch_twice_over_has_the_same_cost_and_gradients():
    X, Y, layers = example()
    once, twice = (np.hstack([X] * times) for times in (1, 2))
    Y_twice = np.hstack([Y, Y])
    trace, trace_twice = batch.forward(once, layers), batch.forward(twice, layers)
    J, J_twice = batch.cost(trace, Y, layers), batch.cost(trace_twice, Y_twice, layers)
    assert J_twice == pytest.approx(J, rel=1e-15, abs=0)
    for got, want in zip(
        batch.backward(trace_twice, Y_twice, layers), batch.backward(trace, Y, layers), strict=True
    ):
        assert relative_error(got.dW, want.dW) < 1e-15
        assert relative_error(got.db, want.db) < 1e-15


def test_steps_against_the_gradient_lower_the_cost():
    X, _, layers = example(5, m=50)
    Y = (X[:1] * X[1:2] > 0).astype(float)
    costs = []
    for _ in range(300):
        trace = batch.forward(X, layers)
        costs.append(batch.cost(trace, Y, layers))
        gradients = batch.backward(trace, Y, layers)
        layers = [
            dataclasses.replace(layer, W=layer.W - dW, b=layer.b - db)
            for layer, (_, dW, db) in zip(layers, gradients, strict=True)
        ]
    assert costs[-1] < costs[0] / 3


X, Y, LAYERS = example()
TRACE = batch.forward(X, LAYERS)


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: batch.affine_backward(np.ones((3, 5)), np.ones((2, 5)), np.ones((4, 2))),
            ValueError,
            "dZ has shape (3, 5); expected (n_out, m) = (4, 5), n_out as in W, m as in A_prev",
        ),
        (
            lambda: batch.affine_backward(np.ones((4, 1)), np.ones((2, 5)), np.ones((4, 2))),
            ValueError,
            "dZ has shape (4, 1); expected (n_out, m) = (4, 5), n_out as in W, m as in A_prev",
        ),
        (
            lambda: batch.affine_backward(np.ones((4, 5)), np.ones((3, 5)), np.ones((4, 2))),
            ValueError,
            "A_prev has shape (3, 5); expected (n_in, m) = (2, m), n_in as in W",
        ),
        (
            lambda: batch.affine_forward(np.ones((2, 5)), np.ones((4, 2)), np.ones(4)),
            ValueError,
            "b has shape (4,); expected (n_out, 1) = (4, 1), n_out as in W",
        ),
        (
            lambda: batch.affine_forward(np.ones((2, 5)), np.ones((4, 2)), np.ones((4, 5))),
            ValueError,
            "b has shape (4, 5); expected (n_out, 1) = (4, 1), n_out as in W",
        ),
        (
            lambda: batch.parameter_gradients(np.ones((3, 4)), np.ones((2, 5))),
            ValueError,
            "dZ has shape (3, 4); expected (n_out, m) = (n_out, 5), m as in A_prev",
        ),
        (
            lambda: batch.parameter_gradients(np.ones((3, 4)), np.ones((2, 4)), m=0),
            ValueError,
            "m is 0; expected a positive number",
        ),
        (
            lambda: batch.parameter_gradients(np.ones((3, 4)), np.ones((2, 4)), m=float("nan")),
            ValueError,
            "m is nan; expected a positive number",
        ),
        (
            lambda: batch.forward(np.ones((0, 5)), LAYERS),
            ValueError,
            "X has shape (0, 5); expected n_in to be at least 1",
        ),
        (
            lambda: batch.cost_and_gradients(np.ones((3, 0)), np.ones((1, 0)), LAYERS),
            ValueError,
            "none of the 0 examples counts: expected one that does",
        ),
        (
            lambda: batch.forward(np.ones((3, 5), dtype=bool), LAYERS),
            TypeError,
            "X has dtype bool; expected a floating-point dtype, as X.astype(float) has",
        ),
        (
            lambda: batch.forward([[1.0], [2.0], [3.0]], LAYERS),
            TypeError,
            "X is a list; expected an array (NumPy's, or another library's)",
        ),
        (
            lambda: batch.forward(np.where(X[1, 2] == X, -np.inf, X), LAYERS),
            ValueError,
            "X has the entry -inf at (1, 2); expected finite entries",
        ),
        (
            lambda: batch.backward(TRACE, Y.T, LAYERS),
            ValueError,
            "Y has shape (5, 1); expected (1, 5), as A",
        ),
        (
            lambda: batch.cost(TRACE, Y[0], LAYERS),
            ValueError,
            "Y has shape (5,); expected (1, 5), as A",
        ),
        (
            lambda: batch.backward(TRACE, np.array([[0, 1, 1, 0, 2]]), LAYERS),
            ValueError,
            "Y has the entry 2.0 at (0, 4); expected labels in [0, 1]",
        ),
        (
            lambda: batch.backward(TRACE, Y, LAYERS, divide="sometimes"),
            ValueError,
            "divide is 'sometimes'; expected 'early', 'late' or 'never'",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, exception, message):
    with pytest.raises(exception) as error:
        call()
    assert str(error.value) == message


@pytest.mark.parametrize("function", [batch.cost, batch.backward])
def test_a_last_layer_that_is_no_sigmoid_is_refused(function):
    layers = [LAYERS[0], dataclasses.replace(LAYERS[-1], activation="relu")]
    message = "the last layer's activation is 'relu'; expected 'sigmoid', "
    message += "which the loss 'binary_cross_entropy' goes with"
    with pytest.raises(ValueError, match=f"^{message}$"):
        function(TRACE, Y, layers)
