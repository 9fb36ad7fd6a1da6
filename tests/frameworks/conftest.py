"""What the tests on other array libraries share: the libraries, and a network in each."""

from collections.abc import Callable
from typing import Any, NamedTuple

import array_api_compat.torch
import array_api_strict
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from oneoverm import Layer, batch, initial_layers

# Without it, JAX computes float64 in float32.
jax.config.update("jax_enable_x64", True)
# A compiled function runs once or twice here: compiling it well takes longer than it saves.
jax.config.update("jax_disable_most_optimizations", True)
# So that something can be spread over devices; it has to be said before JAX looks for them.
jax.config.update("jax_num_cpu_devices", 2)
torch.set_num_threads(1)


class Library(NamedTuple):
    """An array library and one of its floating-point dtypes."""

    name: str
    xp: Any
    dtype: Any
    kind: type
    to_numpy: Callable[[Any], np.ndarray]
    rounding: float

    def array(self, values, dtype=None):
        """Give values as an array of the library, floats in the dtype."""
        values = np.asarray(values)
        if dtype is None and values.dtype.kind == "f":
            dtype = self.dtype
        if self.xp is np:
            return values if dtype is None else values.astype(dtype)
        array = self.xp.asarray(values)
        return array if dtype is None else self.xp.astype(array, dtype)

    def layers(self, layers):
        """Give NumPy's layers as layers of the library."""
        return [Layer(self.array(one.W), self.array(one.b), one.activation) for one in layers]

    def is_its_own(self, *arrays):
        """Tell whether arrays are of the library, and of the dtype."""
        return all(isinstance(one, self.kind) and one.dtype == self.dtype for one in arrays)


def from_torch(tensor):
    return tensor.to(torch.float64).numpy() if tensor.is_floating_point() else tensor.numpy()


def from_jax(array):
    return np.asarray(array).astype(np.float64)


def from_strict(array):
    return np.from_dlpack(array).astype(np.float64)


def from_numpy(array):
    return array.astype(np.float64)


ROUNDING = {"float64": 1e-14, "float32": 1e-5, "float16": 1e-2, "bfloat16": 8e-2}


def libraries():
    """List each library with each of its floating-point dtypes."""
    torch_xp = array_api_compat.torch
    for name, rounding in ROUNDING.items():
        if name in {"float64", "float32"}:
            dtype = getattr(array_api_strict, name)
            kind = type(array_api_strict.asarray(0.0))
            yield Library(f"strict-{name}", array_api_strict, dtype, kind, from_strict, rounding)
        dtype = getattr(torch, name)
        yield Library(f"torch-{name}", torch_xp, dtype, torch.Tensor, from_torch, rounding)
        yield Library(f"jax-{name}", jnp, np.dtype(name), jax.Array, from_jax, rounding)
        if name != "bfloat16":
            kinds = np.ndarray | np.generic
            yield Library(f"numpy-{name}", np, np.dtype(name), kinds, from_numpy, rounding)


@pytest.fixture(params=libraries(), ids=lambda library: library.name)
def library(request):
    """Give a library and one of its floating-point dtypes, one after the other."""
    return request.param


@pytest.fixture(scope="session")
def rounded_problem():
    """
    Give a function that draws ``(X, Y, layers)``, which `library`'s dtype holds exactly.

    No z is near zero, so that a ReLU has the same sign pattern in every dtype: one flipped sign
    moves a gradient by more than any rounding.
    """

    def draw(library, activation="tanh", *, sizes=(3, 5, 1), output="sigmoid", m=6):
        def rounded(values):
            return library.to_numpy(library.array(values))

        for seed in range(1000):
            rng = np.random.default_rng(seed)
            layers = [
                Layer(rounded(one.W), rounded(rng.normal(size=one.b.shape)), one.activation)
                for one in initial_layers(sizes, activation, output=output, rng=rng)
            ]
            X, Y = rounded(rng.normal(size=(sizes[0], m))), rng.integers(0, 2, (sizes[-1], m))
            hidden = batch.forward(X, layers).Z[:-1]
            kinks = "relu" in activation
            if not kinks or all(np.abs(Z).min() > library.rounding for Z in hidden):
                return X, Y, layers
        raise AssertionError("no seed keeps every z away from zero")

    return draw
