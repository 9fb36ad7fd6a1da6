"""What a type checker sees: NumPy's arrays in, NumPy's arrays out. mypy reads it; none runs it."""

from typing import Any, TypeAlias, assert_type

import numpy as np
import numpy.typing as npt

from oneoverm import (
    GradientSum,
    Layer,
    batch,
    batch_norm,
    initial_layers,
    one_example,
    per_example,
    sgd,
)
from oneoverm.regularization import l2_gradient

Floats: TypeAlias = npt.NDArray[np.float64]

X: Floats = np.ones((3, 5))
Y: npt.NDArray[np.int64] = np.ones((1, 5), np.int64)
layers: list[Layer[Floats]] = [Layer(np.ones((1, 3)), np.ones((1, 1)), "sigmoid")]

assert_type(initial_layers([3, 1], rng=0), list[Layer[npt.NDArray[Any]]])
assert_type(layers[0].W, Floats)

trace = batch.forward(X, layers)
assert_type(trace, batch.Trace[Floats])
assert_type(trace.A[-1], Floats)
assert_type(batch.loss(trace, Y, layers), Floats)
assert_type(batch.backward(trace, Y, layers), list[batch.Gradients[Floats]])
assert_type(batch.backward(trace, Y, layers, "never")[0].dW, Floats)
_, gradients = batch.cost_and_gradients(X, Y, layers, weights=np.ones(5), mask=Y[0] > 0)
assert_type(gradients[0].db, Floats)
assert_type(batch.affine_forward(X, layers[0].W, layers[0].b), Floats)
assert_type(batch.affine_backward(X, X, X), tuple[Floats, Floats, Floats])

alone = one_example.forward(X[:, :1], layers)
assert_type(alone.a, list[Floats])
assert_type(one_example.backward(alone, Y[:, :1], layers), list[one_example.Gradients[Floats]])

assert_type(per_example.parameter_gradients(X, X), tuple[Floats, Floats])
assert_type(batch_norm.batch_norm_forward(X, X, X), batch_norm.Normalized[Floats])
assert_type(l2_gradient(X, 0.1, 5), Floats)
trained = sgd(X, Y, layers, rate=1, epochs=1, rng=0, weights=[1] * 5, validation=(X, Y))
assert_type(trained.layers, list[Layer[Floats]])
assert_type(sgd(X, Y, trained, rate=1, epochs=1).layers, list[Layer[Floats]])
sgd(X, Y, layers, rate=1, epochs=1, rng=0, callback=lambda now: now.costs[-1] < 0.1)

parts = [GradientSum.of(X, Y, layers), GradientSum.of(X, Y, layers)]
assert_type(sum(parts, start=GradientSum()), GradientSum)

batch.backward(trace, Y, layers, "sometimes")  # type: ignore[arg-type]
