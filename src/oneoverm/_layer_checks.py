"""Checks that layers fit their input, each other and the trace of a forward pass."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from oneoverm._checks import check_arrays, check_finite, check_one_library, is_finite
from oneoverm._typing import Array
from oneoverm.layers import Layer
from oneoverm.losses import Loss, get_loss

__all__ = ["check_affine", "check_chain", "check_output", "check_trace"]


def check_chain(
    layers: Sequence[Layer[Any]], x: Array, input_name: str, axes: str = "n_in m"
) -> None:
    """
    Check that each layer takes as many values as the one before it gives.

    Parameters
    ----------
    layers : sequence of Layer
    x : array, shape (n_in, m)
        The network's input.
    input_name : str
        What the message calls the network's input.
    axes : str
        Its axes, as for `oneoverm._checks.shapes`.

    Raises
    ------
    ValueError
        If the input has another shape, there is no layer, or one does not fit what it is given.
    TypeError
        If the input is no array of floating-point numbers, or the input and the parameters are
        arrays of several libraries.

    Examples
    --------
    >>> import numpy as np
    >>> from oneoverm import initial_layers
    >>> check_chain(initial_layers([2, 3, 1], rng=0), np.ones((5, 1)), "X")
    Traceback (most recent call last):
    ValueError: layers[0].W has shape (3, 2); expected (n_out, n_in) = (3, 5), n_in as in X
    """
    check_arrays({input_name: (x, axes)})
    if len(layers) == 0:
        raise ValueError("layers is empty; expected at least one Layer")
    _check_libraries(input_name, x, layers)
    n_in = x.shape[0]
    for k, layer in enumerate(layers):
        n_out = layer.W.shape[0]
        if layer.W.shape[1] != n_in:
            before = input_name if k == 0 else f"layers[{k - 1}]"
            raise ValueError(
                f"layers[{k}].W has shape {tuple(layer.W.shape)}; "
                f"expected (n_out, n_in) = ({n_out}, {n_in}), n_in as in {before}"
            )
        n_in = n_out


def check_trace(layers: Sequence[Layer[Any]], name: str, activations: Sequence[Array]) -> None:
    """
    Check that a trace was computed with layers of these sizes.

    Parameters
    ----------
    layers : sequence of Layer
    name : str
        What the message calls the activations: ``a`` for one example, ``A`` for a batch.
    activations : sequence of array
        The network's input, then what each layer gave.

    Raises
    ------
    ValueError
        If there is no layer, or the numbers or the sizes of the layers differ.
    TypeError
        If the trace and the parameters are arrays of several libraries.

    Examples
    --------
    >>> import numpy as np
    >>> from oneoverm import initial_layers
    >>> check_trace(initial_layers([2, 1], rng=0), "A", [np.ones((3, 5)), np.ones((1, 5))])
    Traceback (most recent call last):
    ValueError: the trace's A[0] has shape (3, 5); expected 2 rows, as layers have
    """
    if len(layers) == 0 or len(layers) != len(activations) - 1:
        raise ValueError(f"the trace has {len(activations) - 1} layers; layers has {len(layers)}")
    _check_libraries(f"the trace's {name}[0]", activations[0], layers)
    rows = [layers[0].W.shape[1], *(layer.W.shape[0] for layer in layers)]
    for k, (activation, n) in enumerate(zip(activations, rows, strict=True)):
        if activation.shape[0] != n:
            raise ValueError(
                f"the trace's {name}[{k}] has shape {tuple(activation.shape)}; "
                f"expected {n} rows, as layers have"
            )


def _check_libraries(name: str, array: Array, layers: Sequence[Layer[Any]]) -> None:
    """Refuse an array of another library than the parameters."""
    if not all(isinstance(one, np.ndarray) for one in (array, *(layer.W for layer in layers))):
        weights = {f"layers[{k}].W": layer.W for k, layer in enumerate(layers)}
        check_one_library({name: array, **weights})


def check_affine(z: Array, input_name: str, x: Array, k: int, layer: Layer[Any]) -> None:
    """
    Refuse what is not finite in a network's input or in a layer, if the layer's z shows it.

    Here, before a ReLU hides ``-inf``; parameters may have been changed in place.

    Parameters
    ----------
    z : array, shape (n_out, m)
        What the layer gave to its activation.
    input_name : str
        What the message calls the network's input.
    x : array, shape (n_0, m)
        The network's input.
    k : int
        The layer's number.
    layer : Layer

    Raises
    ------
    ValueError
        If an entry is not finite; the message gives the first one.
    """
    if not is_finite(z):
        check_finite(input_name, x)
        check_finite(f"layers[{k}].W", layer.W)
        check_finite(f"layers[{k}].b", layer.b)


def check_output(layers: Sequence[Layer[Any]], loss: str | Loss) -> Loss:
    """
    Check that the last layer has the activation that the loss goes with.

    Parameters
    ----------
    layers : sequence of Layer
    loss : str or Loss

    Returns
    -------
    Loss
        Looked up if it was given by name.

    Raises
    ------
    ValueError
        If the loss is unknown, or it goes with another activation.

    Examples
    --------
    >>> import numpy as np
    >>> from oneoverm import Layer
    >>> one = np.ones((1, 1))
    >>> check_output(  # doctest: +ELLIPSIS
    ...     [Layer(one, one, "tanh")], "binary_cross_entropy"
    ... )
    Traceback (most recent call last):
    ValueError: the last layer's activation is 'tanh'; expected 'sigmoid', which the loss ...
    """
    known = get_loss(loss)
    got = layers[-1].g.name
    if known.activation not in {None, got}:
        raise ValueError(
            f"the last layer's activation is {got!r}; expected {known.activation!r}, "
            f"which the loss {known.name!r} goes with"
        )
    return known
