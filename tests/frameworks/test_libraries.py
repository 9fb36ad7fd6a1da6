"""Every public computation on every library and dtype: the result's library, dtype and value."""

import numpy as np
import pytest

from oneoverm import (
    GradientSum,
    batch,
    batch_norm,
    losses,
    one_example,
    per_example,
    regularization,
    relative_error,
    sgd,
    training,
)
from oneoverm.activations import ACTIVATIONS, softmax, softmax_jacobian


@pytest.fixture
def near(library):
    """Give a check that arrays are the library's and as near to NumPy's float64 as they can be."""

    def check(got, want):
        assert library.is_its_own(got)
        got, want = library.to_numpy(got), np.asarray(want)
        assert got.shape == want.shape
        scale = max(float(np.abs(want).max()), 1.0)
        assert np.abs(got - want).max() <= 2 * library.rounding * scale

    return check


WEIGHTS, MASK = np.array([0.5, 1.0, 2.0, 0.25, 1.5, 1.0]), np.array([1, 1, 0, 1, 0, 1], bool)


def weighting(library, how):
    """Give keywords that weight the examples, for NumPy and for the library."""
    of_numpy = {
        "none": {},
        "weights": {"weights": WEIGHTS},
        "mask": {"mask": MASK},
        "both": {"weights": WEIGHTS, "mask": MASK, "l2": 0.5},
    }[how]
    return of_numpy, {
        key: library.array(value) if key != "l2" else value for key, value in of_numpy.items()
    }


@pytest.mark.parametrize(
    ("activation", "how"),
    [("tanh", "none"), ("relu", "weights"), ("relu", "mask"), *((g, "both") for g in ACTIVATIONS)],
)
def test_a_network_s_cost_and_gradients(library, near, rounded_problem, activation, how):
    X, Y, layers = rounded_problem(library, activation)
    of_numpy, of_library = weighting(library, how)
    X_there, Y_there, layers_there = library.array(X), library.array(Y), library.layers(layers)
    trace, trace_there = batch.forward(X, layers), batch.forward(X_there, layers_there)
    for got, want in zip(trace_there.Z + trace_there.A, trace.Z + trace.A, strict=True):
        near(got, want)
    near(batch.loss(trace_there, Y_there, layers_there), batch.loss(trace, Y, layers))
    near(
        batch.cost(trace_there, Y_there, layers_there, **of_library),
        batch.cost(trace, Y, layers, **of_numpy),
    )
    for divide in ("late", "early", "never"):
        J, gradients = batch.cost_and_gradients(
            X_there, Y_there, layers_there, divide, **of_library
        )
        J_wanted, wanted = batch.cost_and_gradients(X, Y, layers, divide, **of_numpy)
        near(J, J_wanted)
        again = batch.backward(trace_there, Y_there, layers_there, divide, **of_library)
        for one, same, want in zip(gradients, again, wanted, strict=True):
            for name in want._fields:
                near(getattr(one, name), getattr(want, name))
                near(getattr(same, name), getattr(want, name))


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_one_example(library, near, rounded_problem, activation):
    x, y, layers = rounded_problem(library, activation, m=1)
    J_got, got = one_example.cost_and_gradients(
        library.array(x), library.array(y), library.layers(layers)
    )
    J, wanted = one_example.cost_and_gradients(x, y, layers)
    near(J_got, J)
    for one, want in zip(got, wanted, strict=True):
        for name in want._fields:
            near(getattr(one, name), getattr(want, name))


@pytest.mark.parametrize("module", [batch, one_example])
def test_the_affine_functions(library, near, rounded_problem, module):
    X, _, [layer] = rounded_problem(library, sizes=(3, 4), m=1 if module is one_example else 6)
    Z = module.affine_forward(X, layer.W, layer.b)
    [there] = library.layers([layer])
    near(module.affine_forward(library.array(X), there.W, there.b), Z)
    dZ = library.to_numpy(library.array(Z))
    got = module.affine_backward(library.array(dZ), library.array(X), there.W)
    for one, want in zip(got, module.affine_backward(dZ, X, layer.W), strict=True):
        near(one, want)


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "squared_error", "half_squared_error"])
def test_the_other_losses(library, near, rounded_problem, loss):
    X, _, layers = rounded_problem(library, sizes=(3, 5, 4), output="softmax")
    Y = np.eye(4)[:, [0, 3, 1, 2, 2, 0]]
    J_got, got = batch.cost_and_gradients(
        library.array(X), library.array(Y), library.layers(layers), loss=loss
    )
    J, wanted = batch.cost_and_gradients(X, Y, layers, loss=loss)
    near(J_got, J)
    for one, want in zip(got, wanted, strict=True):
        near(one.dW, want.dW)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.int64])
def test_classes_of_every_integer_dtype(library, near, rounded_problem, kind):
    X, _, layers = rounded_problem(library, sizes=(3, 5, 4), output="softmax")
    classes = np.array([0, 3, 1, 2, 2, 0], kind)
    got, _ = batch.cost_and_gradients(
        library.array(X), library.array(classes), library.layers(layers),
        loss="softmax_cross_entropy", mask=library.array(MASK),
    )  # fmt: skip
    want, _ = batch.cost_and_gradients(X, classes, layers, loss="softmax_cross_entropy", mask=MASK)
    near(got, want)
    hot = losses.one_hot(library.array(classes), 200, like=library.array(X))
    near(hot, np.eye(200)[:, classes])


def test_masked_labels_may_be_anything(library, near, rounded_problem):
    X, Y, layers = rounded_problem(library)
    spoilt = np.where(MASK, Y, np.nan)
    J_got, [got, _] = batch.cost_and_gradients(
        library.array(X), library.array(spoilt), library.layers(layers), mask=library.array(MASK)
    )
    J, [want, _] = batch.cost_and_gradients(X[:, MASK], Y[:, MASK], layers)
    near(J_got, J)
    near(got.dW, want.dW)


def test_masked_boolean_columns_are_taken_as_one_hot(library, near, rounded_problem):
    X, _, layers = rounded_problem(library, sizes=(3, 5, 4), output="softmax")
    hot = np.eye(4, dtype=bool)[:, [0, 3, 1, 2, 2, 0]]
    J, _ = batch.cost_and_gradients(
        library.array(X), library.array(hot & MASK), library.layers(layers),
        loss="softmax_cross_entropy", mask=library.array(MASK),
    )  # fmt: skip
    want, _ = batch.cost_and_gradients(X, hot, layers, loss="softmax_cross_entropy", mask=MASK)
    near(J, want)


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"softmax"}))
def test_each_activation_and_its_derivatives(library, near, name):
    z = np.array([[-8.0, -1.5, -0.25], [0.25, 1.5, 8.0]])
    g, z_there = ACTIVATIONS[name], library.array(z)
    a = g.function(z)
    near(g.function(z_there), a)
    near(g.derivative(z_there), g.derivative(z))
    if g.derivative_from_a is not None:
        near(g.derivative_from_a(g.function(z_there)), g.derivative(z))


def test_the_softmax_and_its_jacobian(library, near):
    z = np.array([[-1.5], [0.25], [2.0]])
    near(softmax(library.array(z)), softmax(z))
    near(softmax_jacobian(library.array(z)), softmax_jacobian(z))


def test_sums_of_parts_divided_once(library, rounded_problem):
    X, Y, layers = rounded_problem(library)
    there = library.layers(layers)

    def part(first, last):
        return GradientSum.of(
            library.array(X[:, first:last]), library.array(Y[:, first:last]), there
        )

    J, wanted = batch.cost_and_gradients(X, Y, layers)
    total = part(0, 1) + part(1, 6)
    assert relative_error(float(total.cost()), J) < library.rounding
    for got, want in zip(total.mean(), wanted, strict=True):
        # Of 16 bits, sums and their mean are in float32.
        assert isinstance(got.dW, library.kind)
        assert relative_error(library.to_numpy(got.dW), want.dW) < library.rounding
        assert relative_error(library.to_numpy(got.db), want.db) < library.rounding


def test_each_example_s_gradients_and_norms(library, near, rounded_problem):
    X, Y, layers = rounded_problem(library)
    there = library.layers(layers)
    trace, trace_there = batch.forward(X, layers), batch.forward(library.array(X), there)
    gradients = batch.backward(trace, Y, layers)
    gradients_there = batch.backward(trace_there, library.array(Y), there)
    near(per_example.norms(gradients_there, trace_there), per_example.norms(gradients, trace))
    formed = per_example.parameter_gradients(gradients_there[0].dZ, trace_there.A[0])
    for got, want in zip(
        formed, per_example.parameter_gradients(gradients[0].dZ, trace.A[0]), strict=True
    ):
        near(got, want)


def test_batch_normalization(library, near, rounded_problem):
    Z, _, _ = rounded_problem(library)
    gamma, beta, d_out = Z[:, :1], Z[:, 1:2], Z[::-1].copy()
    Z_there, gamma_there, beta_there, d_out_there = map(library.array, (Z, gamma, beta, d_out))
    normalized = batch_norm.batch_norm_forward(Z, gamma, beta)
    normalized_there = batch_norm.batch_norm_forward(Z_there, gamma_there, beta_there)
    for got, want in zip(normalized_there, normalized, strict=True):
        near(got, want)
    backward = batch_norm.batch_norm_backward(d_out_there, gamma_there, normalized_there)
    for got, want in zip(
        backward, batch_norm.batch_norm_backward(d_out, gamma, normalized), strict=True
    ):
        near(got, want)


def test_regularization(library, near, rounded_problem):
    _, _, layers = rounded_problem(library)
    there = library.layers(layers)
    near(regularization.l2_penalty(there, 0.5, 5), regularization.l2_penalty(layers, 0.5, 5))
    near(
        regularization.l2_gradient(there[0].W, 0.5, 5),
        regularization.l2_gradient(layers[0].W, 0.5, 5),
    )


def test_training_prediction_and_accuracy(library, rounded_problem):
    X, _, layers = rounded_problem(library, sizes=(3, 5, 4), output="softmax")
    classes = np.array([0, 3, 1, 2, 2, 0])
    options = {"rate": 0.25, "epochs": 2, "rng": 0, "batch_size": 3, "momentum": 0.5}
    options |= {"loss": "softmax_cross_entropy", "l2": 0.125}
    want = sgd(X, classes, layers, **options)
    got = sgd(library.array(X), library.array(classes), library.layers(layers), **options)
    for one, other in zip(got.layers, want.layers, strict=True):
        assert library.is_its_own(one.W, one.b)
        error = np.abs(library.to_numpy(one.W) - other.W).max()
        assert error <= 10 * library.rounding * np.abs(other.W).max()
    predicted = training.predict(library.array(X), got.layers)
    assert isinstance(predicted, library.kind)
    assert "int" in str(predicted.dtype)
    share = training.accuracy(library.array(X), library.array(classes), got.layers)
    assert isinstance(share, float)
    assert share == np.mean(np.asarray([int(k) for k in predicted]) == classes)


def test_a_single_output_is_a_class_of_the_library_s_integers(library, rounded_problem):
    X, _, layers = rounded_problem(library)
    predicted = training.predict(library.array(X), library.layers(layers))
    assert isinstance(predicted, library.kind)
    assert "int" in str(predicted.dtype)
    assert [int(k) for k in predicted] == training.predict(X, layers).tolist()


@pytest.mark.parametrize("entry", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_an_entry_that_is_not_finite_is_named(library, rounded_problem, entry, activation):
    X, _, layers = rounded_problem(library, activation)
    X[1, 2] = entry
    with pytest.raises(ValueError, match=r"^X has the entry .*(nan|inf).* at \(1, 2\); expected"):
        batch.forward(library.array(X), library.layers(layers))


def test_a_distribution_over_many_classes_sums_to_one_in_every_dtype(library):
    n = 1000
    z, y = np.zeros((n, 2)), np.full((n, 2), 1 / n)
    got = losses.softmax_cross_entropy_from_logits(library.array(z), library.array(y))
    assert library.is_its_own(got)
    np.testing.assert_allclose(library.to_numpy(got), np.log(n), rtol=2 * library.rounding)
