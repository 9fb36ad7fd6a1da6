"""Arrays of any library that follows the Array API standard, and what NumPy alone can do faster."""

import sys
from typing import Any

import numpy as np

from oneoverm._typing import ArrayLike

__all__ = [
    "any_true",
    "array_type",
    "as_inexact",
    "is_complex",
    "is_guest",
    "is_inexact",
    "is_traced",
    "keep_guest",
    "minus_abs",
    "namespace",
    "narrowed",
    "negative_part",
    "placed",
    "positive_part",
    "real",
    "summed",
    "widened",
]

_NUMPY = (np.ndarray, np.generic)


def namespace(*arrays: object) -> Any:
    """
    Find the namespace whose functions compute with these arrays.

    Parameters
    ----------
    *arrays : array
        All of one library.

    Returns
    -------
    module
        NumPy itself for NumPy's arrays; for others what array-api-compat gives.

    Raises
    ------
    TypeError
        If something is not an array, or the arrays are of several libraries.
    ModuleNotFoundError
        If the arrays are another library's and array-api-compat is not installed.

    Examples
    --------
    >>> namespace(np.ones(2)).__name__
    'numpy'
    """
    for array in arrays:
        if not isinstance(array, _NUMPY):
            break
    else:
        return np
    try:
        from array_api_compat import array_namespace  # noqa: PLC0415 - NumPy's arrays need none
    except ModuleNotFoundError as error:
        message = "arrays of other libraries than NumPy need: pip install 'oneoverm[arrays]'"
        raise ModuleNotFoundError(message) from error
    try:
        return array_namespace(*arrays)
    except TypeError as error:
        kinds = ", ".join(sorted({array_type(array) for array in arrays}))
        raise TypeError(f"got {kinds}; expected arrays of one library") from error


def array_type(array: object) -> str:
    """Name an object's type with its library, as in ``torch.Tensor``."""
    return f"{type(array).__module__.partition('.')[0]}.{type(array).__qualname__}"


def is_traced(array: object) -> bool:
    """Tell whether an array has no values yet: within `jax.jit` there is nothing to check."""
    jax = sys.modules.get("jax")
    return jax is not None and isinstance(array, jax.core.Tracer)


def any_true(xp: Any, array: Any) -> bool:
    """
    Tell whether an entry is known to be true: within `jax.jit`, none is.

    There the result of a computation is traced even if all that goes into it has values.
    """
    if isinstance(array, np.ndarray):
        return bool(np.logical_or.reduce(array, None))
    found = xp.any(array)
    return not is_traced(found) and bool(found)


def is_inexact(xp: Any, dtype: Any) -> bool:
    """Tell whether a dtype is floating-point or complex; bfloat16 is a guest in NumPy."""
    if isinstance(dtype, np.dtype):  # JAX's, too
        return dtype.kind in "fc" or (dtype.kind == "V" and "float" in dtype.name)
    inexact: bool = xp.isdtype(dtype, ("real floating", "complex floating"))
    return inexact


def is_complex(xp: Any, z: Any) -> bool:
    """Tell whether an array is complex, as the complex step's are."""
    if isinstance(z.dtype, np.dtype):
        return bool(z.dtype.kind == "c")
    complex_: bool = xp.isdtype(z.dtype, "complex floating")
    return complex_


def as_inexact(array: ArrayLike) -> tuple[Any, Any]:
    """
    Give an array that elementwise functions can compute with, and its namespace.

    Parameters
    ----------
    array : array_like, any shape

    Returns
    -------
    xp : module
        The array's namespace.
    array : array, same shape
        The array itself where it is floating-point or complex, of the library's default dtype
        where it is not: ``-z`` of an unsigned integer would wrap round.

    Examples
    --------
    >>> as_inexact([1, 2])[1]
    array([1., 2.])
    """
    if isinstance(array, np.ndarray):
        if array.dtype.kind in "fc" or is_inexact(np, array.dtype):
            return np, array
        return np, array.astype(np.float64)
    if not hasattr(array, "dtype"):
        array = np.asarray(array)
    xp = namespace(array)
    if is_inexact(xp, array.dtype):
        return xp, array
    return xp, xp.astype(array, xp.asarray(0.0).dtype)


def placed(xp: Any, values: Any, like: Any, dtype: Any = None) -> Any:
    """Give values as an array that computes with `like`: of its library, on its device."""
    if isinstance(like, np.ndarray | np.generic) or is_traced(like):
        return xp.asarray(values, dtype=dtype)
    return xp.asarray(values, dtype=dtype, device=like.device)


def real(xp: Any, z: Any) -> Any:
    """Give the real part, by which branches are taken so that the complex step passes them."""
    return xp.real(z) if is_complex(xp, z) else z


def negative_part(xp: Any, z: Any) -> Any:
    """
    Compute ``min(z, 0)``, by the real part.

    Examples
    --------
    >>> negative_part(np, np.array([-2.0, 3.0]))
    array([-2.,  0.])
    """
    if is_complex(xp, z):
        return xp.where(xp.real(z) <= 0, z, xp.zeros_like(z))
    return xp.minimum(z, 0)


def positive_part(xp: Any, z: Any) -> Any:
    """
    Compute ``max(z, 0)``, by the real part.

    An ordering of complex numbers puts ``0 + ih`` above 0, and the complex step would find the
    derivative 1 there.

    Examples
    --------
    >>> positive_part(np, np.array([-2.0, 3.0, 1e-200j]))
    array([0.+0.j, 3.+0.j, 0.+0.j])
    """
    if is_complex(xp, z):
        return xp.where(xp.real(z) > 0, z, xp.zeros_like(z))
    return xp.maximum(z, 0)


def minus_abs(xp: Any, z: Any) -> Any:
    """
    Compute ``-|z|`` by the real part: `abs` would drop the imaginary part, and the derivative.

    Examples
    --------
    >>> minus_abs(np, np.array([-2.0, 3.0 + 1e-200j]))
    array([-2.+0.e+000j, -3.-1.e-200j])
    """
    if is_complex(xp, z):
        return xp.where(xp.real(z) <= 0, z, -z)
    return -xp.abs(z)


def summed(array: Any, axis: int | None = None) -> Any:
    """
    Add up along an axis, which stays with length 1; or all entries, to a scalar.

    NumPy's `sum` takes three times the microseconds of the reduction that it calls; the Array API
    has `sum` only. Of 16 bits, NumPy's sum is made in float32 as other libraries make it:
    its own of 1000 bfloat16 ones is 256, where adding 1 stops.

    Examples
    --------
    >>> summed(np.array([[1.0, 2.0]]), axis=1)
    array([[3.]])
    """
    keepdims = axis is not None
    if isinstance(array, np.ndarray):
        if array.dtype.itemsize <= 2:
            return array.sum(axis=axis, keepdims=keepdims, dtype=np.float32).astype(array.dtype)
        return np.add.reduce(array, axis, keepdims=True) if keepdims else np.add.reduce(array, None)
    return namespace(array).sum(array, axis=axis, keepdims=keepdims)


def is_guest(array: Any) -> bool:
    """Tell whether a NumPy array holds another package's numbers, as bfloat16 is."""
    return getattr(array.dtype, "kind", None) == "V"


def keep_guest(array: Any, like: Any) -> Any:
    """
    Give an array the dtype of what it was computed from, if that is a guest in NumPy.

    NumPy computes the product of bfloat16 arrays in float32, and leaves it there.
    """
    if array.dtype != like.dtype and is_guest(like):
        return array.astype(like.dtype)
    return array


def widened(xp: Any, array: Any) -> Any:
    """
    Give a 16-bit array in float32, for sums over many entries.

    Examples
    --------
    >>> ones = np.ones(70_000, np.float16)
    >>> float(np.sum(widened(np, ones)))
    70000.0
    """
    return xp.astype(array, xp.float32) if _has_16_bits(array.dtype) else array


def narrowed(xp: Any, array: Any, dtype: Any) -> Any:
    """Give back in 16 bits what was computed from a `widened` array; nothing else is changed."""
    return xp.astype(array, dtype) if _has_16_bits(dtype) else array


def _has_16_bits(dtype: Any) -> bool:
    """Tell whether a dtype is float16 or bfloat16."""
    if isinstance(dtype, np.dtype) and dtype.itemsize != 2:
        return False  # sooner than its name is written
    return str(dtype).endswith("float16")
