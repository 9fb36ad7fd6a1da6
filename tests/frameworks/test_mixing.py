"""Arrays of several libraries in one call: a message that says which is of which."""

import array_api_strict
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from oneoverm import GradientSum, Layer, batch, initial_layers, per_example, sgd, training

HERE = initial_layers([3, 1], rng=0)
THERE = [Layer(torch.asarray(one.W), torch.asarray(one.b), one.activation) for one in HERE]
X, Y = np.ones((3, 4)), np.ones((1, 4))
X_THERE, Y_THERE = torch.asarray(X), torch.asarray(Y)
TRACE_HERE, TRACE_THERE = batch.forward(X, HERE), batch.forward(X_THERE, THERE)
NUMPY, TORCH = "is a numpy.ndarray", "is a torch.Tensor"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: batch.forward(X_THERE, HERE), f"X {TORCH}, layers[0].W {NUMPY}"),
        (lambda: batch.forward(X, THERE), f"X {NUMPY}, layers[0].W {TORCH}"),
        (lambda: Layer(HERE[0].W, THERE[0].b, "tanh"), f"W {NUMPY}, b {TORCH}"),
        (
            lambda: batch.affine_forward(X_THERE, HERE[0].W, THERE[0].b),
            f"W {NUMPY}, A_prev {TORCH}, b {TORCH}",
        ),
        (lambda: batch.parameter_gradients(Y, X_THERE), f"A_prev {TORCH}, dZ {NUMPY}"),
        (lambda: per_example.parameter_gradients(Y_THERE, X), f"A_prev {NUMPY}, dZ {TORCH}"),
        (lambda: batch.cost(TRACE_THERE, Y, THERE), f"Y {NUMPY}, A {TORCH}"),
        (
            lambda: batch.cost(TRACE_HERE, Y, HERE, weights=torch.ones(4)),
            f"weights {TORCH}, the output {NUMPY}",
        ),
        (
            lambda: batch.backward(TRACE_THERE, Y_THERE, THERE, mask=np.ones(4, bool)),
            f"mask {NUMPY}, the output {TORCH}",
        ),
        (
            lambda: batch.backward(TRACE_THERE, Y_THERE, HERE),
            f"the trace's A[0] {TORCH}, layers[0].W {NUMPY}",
        ),
        (
            lambda: GradientSum({"W": X}, 1) + GradientSum({"W": X_THERE}, 1),
            f"sums['W'] of one {NUMPY}, sums['W'] of the other {TORCH}",
        ),
        (
            lambda: per_example.norms(batch.backward(TRACE_THERE, Y_THERE, THERE), TRACE_HERE),
            f"gradients[0].dZ {TORCH}, the trace's A[0] {NUMPY}",
        ),
        (
            lambda: training.step(HERE, batch.backward(TRACE_THERE, Y_THERE, THERE), 0.1),
            f"layers[0].W {NUMPY}, gradients[0].dW {TORCH}, gradients[0].db {TORCH}",
        ),
        (lambda: sgd(X_THERE, Y, THERE, rate=1, epochs=1, rng=0), f"Y {NUMPY}, X {TORCH}"),
        (lambda: training.accuracy(X_THERE, Y, THERE), f"classes {NUMPY}, X {TORCH}"),
    ],
)
def test_several_libraries_are_refused_with_the_library_of_each(call, told):
    with pytest.raises(TypeError) as error:
        call()
    assert str(error.value) == f"{told}; expected arrays of one library"


@pytest.mark.parametrize("xp", [jnp, array_api_strict], ids=["jax", "strict"])
def test_no_two_libraries_go_together(xp):
    with pytest.raises(TypeError, match=r"; expected arrays of one library$"):
        batch.forward(xp.ones((3, 4)), THERE)
