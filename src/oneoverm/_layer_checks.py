"""Checks at a network's door: that layers, data, labels and traces fit each other."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from oneoverm._arrays import is_narrow, namespace, narrowed, widened
from oneoverm._checks import (
    as_strength,
    check_array,
    check_divide,
    check_finite,
    check_one_library,
    is_finite,
)
from oneoverm._labels import as_array
from oneoverm.activations import get_activation
from oneoverm.layers import Layer
from oneoverm.losses import Loss, get_loss
from oneoverm.weights import example_weights

Finish = Callable[[Any], Any] | None


class Door(NamedTuple):
    """
    The checks of a column's functions, each for `oneoverm._checks.checked`.

    They replace a loss's name by the loss, labels by an array like the output, and weights and a
    mask by `ExampleWeights`. Arrays of 16 bits are computed with in float32, and the results are
    rounded once. The column calls its input x, its labels y and its activations a.
    """

    x: str
    y: str
    a: str
    axes: str

    def forward(self, given: dict[str, Any]) -> Finish:
        """Check what a forward pass is given."""
        x, layers = given[self.x], given["layers"]
        check_array(self.x, x, self.axes, {})
        check_layers(layers, self.x, x)
        if not (is_narrow(x) and all(layer.W.dtype == x.dtype for layer in layers)):
            return None
        given.update({self.x: widened(x), "layers": wide_layers(layers)})
        return lambda result: narrowed(result, x.dtype)

    def backward(self, given: dict[str, Any]) -> Finish:
        """Check what takes a trace and labels."""
        trace, layers = given["trace"], given["layers"]
        self._check_trace(trace, layers)
        finish, dtype = None, trace[1][-1].dtype
        if is_narrow(trace[1][-1]):
            wide = type(trace)(*([widened(array) for array in part] for part in trace))
            given.update(trace=wide, layers=wide_layers(layers))
            finish = lambda result: narrowed(result, dtype)  # noqa: E731
        self._prepare(given, given["trace"][1][-1])
        return finish

    def both(self, given: dict[str, Any]) -> Finish:
        """Check what goes forward and back."""
        finish = self.forward(given)
        x, last = given[self.x], given["layers"][-1].W
        shape, dtype = (last.shape[0], x.shape[1]), x.dtype
        if isinstance(x, np.ndarray):
            output = np.empty(shape, dtype if dtype == last.dtype else np.result_type(x, last))
        else:
            xp = namespace(x)
            output = xp.empty(
                shape, dtype=xp.result_type(x, last), device=getattr(x, "device", None)
            )
        self._prepare(given, output)
        return finish

    def _prepare(self, given: dict[str, Any], output: Any) -> None:
        """Replace the loss, the labels and the weights by what the formulas compute with."""
        loss = given["loss"] = check_output(given["layers"], given["loss"])
        if "mask" in given:
            weights, mask = given["weights"], given["mask"]
            counted = example_weights(output.shape[1], output, weights, mask)
            given.update(weights=counted, mask=None)
            if counted.kept is not None:
                _, Y = as_array(self.y, given[self.y], self.a, output)
                given[self.y] = counted.fill_masked_labels(Y)
            if given["l2"] is not None:
                as_strength(given["l2"])
        if "divide" in given:
            check_divide(given["divide"])
        given[self.y] = loss.labels(self.y, given[self.y], self.a, output)

    def _check_trace(self, trace: Any, layers: Sequence[Layer[Any]]) -> None:
        """Check that a trace was computed with layers of these sizes."""
        if not (isinstance(trace, tuple) and len(trace) == 2):
            raise TypeError(f"trace is a {type(trace).__name__}; expected what forward returns")
        Z, A = trace
        if not are_layers(layers) or not (len(layers) == len(A) - 1 == len(Z)):
            raise ValueError(f"the trace has {len(A) - 1} layers; layers has {len(layers)}")
        _check_libraries(f"the trace's {self.a}[0]", A[0], layers)
        n = [layers[0].W.shape[1], *(layer.W.shape[0] for layer in layers)]
        for k, (activation, rows) in enumerate(zip(A, n, strict=True)):
            if activation.shape[0] != rows:
                raise ValueError(
                    f"the trace's {self.a}[{k}] has shape {tuple(activation.shape)}; "
                    f"expected {rows} rows, as layers have"
                )
            if activation.shape[1] != A[0].shape[1] or (k and Z[k - 1].shape != activation.shape):
                raise ValueError(
                    f"the trace's {self.a}[{k}] has shape {tuple(activation.shape)}; "
                    f"expected what forward returns"
                )

    def check_finite(self, z: Sequence[Any], x: Any, layers: Sequence[Layer[Any]]) -> None:
        """
        Refuse what is not finite in the input or in the last layer so far, if its z shows it.

        That is before a ReLU hides ``-inf``; parameters may have been changed in place.
        """
        if not is_finite(z[-1]):
            k = len(z) - 1
            check_finite(self.x, x)
            check_finite(f"layers[{k}].W", layers[k].W)
            check_finite(f"layers[{k}].b", layers[k].b)


def check_layers(layers: Any, input_name: str, x: Any) -> None:
    """Check that each layer takes as many values as the one before it gives."""
    if not are_layers(layers):
        raise ValueError("layers is empty; expected at least one Layer")
    _check_libraries(input_name, x, layers)
    n_in = x.shape[0]
    for k, layer in enumerate(layers):
        shape = layer.W.shape
        if shape[1] != n_in:
            before = input_name if k == 0 else f"layers[{k - 1}]"
            if k == 0 and x.shape[1] == shape[1] > 1:
                before += f", or as in {input_name}.T: columns are the examples"
            raise ValueError(
                f"layers[{k}].W has shape {tuple(shape)}; "
                f"expected (n_out, n_in) = ({shape[0]}, {n_in}), n_in as in {before}"
            )
        n_in = shape[0]


def check_output(layers: Sequence[Layer[Any]], loss: str | Loss) -> Loss:
    """Return the loss, if the last layer has the activation that it goes with."""
    known, got = get_loss(loss), layers[-1].g
    if known.activation is None:
        return known
    wanted = get_activation(known.activation)
    if wanted is not got and wanted != got:
        own = " of your own" * (wanted.name == got.name)
        raise ValueError(
            f"the last layer's activation is {got.name!r}{own}; expected {wanted.name!r}, "
            f"which the loss {known.name!r} goes with"
        )
    return known


def are_layers(layers: Any) -> bool:
    """Refuse what is no sequence of layers, and return whether there is one."""
    if type(layers) is not list and not isinstance(layers, Sequence):
        kind = type(layers).__name__
        raise TypeError(f"layers is a {kind}; expected a sequence of Layer, such as a list")
    for k, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise TypeError(f"layers[{k}] is a {type(layer).__name__}; expected a Layer")
    return len(layers) > 0


def _check_libraries(name: str, array: Any, layers: Sequence[Layer[Any]]) -> None:
    """Refuse an array of another library than the parameters."""
    if {type(array), *[type(layer.W) for layer in layers]} == {np.ndarray}:
        return
    weights = {f"layers[{k}].W": layer.W for k, layer in enumerate(layers)}
    check_one_library({name: array, **weights})


def wide_layers(layers: Any) -> Any:
    """Return layers of 16 bits in float32, others as they are."""
    if not any(is_narrow(layer.W) for layer in layers):
        return layers
    return [replace(layer, W=widened(layer.W), b=widened(layer.b)) for layer in layers]
