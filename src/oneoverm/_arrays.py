"""Arrays of any library that follows the Array API standard, and the sums that formulas need."""

import operator
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from oneoverm._typing import ArrayLike

_NUMPY = (np.ndarray, np.generic)


def namespace(*arrays: object) -> Any:
    """Return the namespace whose functions compute with these arrays."""
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
    """Return the name of an object's type with its library, as in ``torch.Tensor``."""
    return f"{type(array).__module__.partition('.')[0]}.{type(array).__qualname__}"


def check_plain(name: str, array: object) -> None:
    """Refuse arrays of NumPy that compute otherwise than plain ones: masked arrays, matrices."""
    if isinstance(array, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array, whose mask would not be used; expected a plain array: "
            "leave examples out by mask=, or give .filled(…)"
        )
    if isinstance(array, np.matrix):
        raise TypeError(f"{name} is a numpy.matrix; expected an array (np.asarray makes one)")


def is_floating(dtype: Any) -> bool:
    """Return whether a dtype is floating-point or complex."""
    if isinstance(dtype, np.dtype) and dtype.kind != "V":
        return dtype.kind in "fc"
    # Of bfloat16, which JAX has and NumPy has not, and of PyTorch's and others' dtypes.
    return "float" in str(dtype) or "complex" in str(dtype)


def is_complex(z: Any) -> bool:
    """Return whether an array is complex, as the complex step's are."""
    dtype = z.dtype
    return dtype.kind == "c" if isinstance(dtype, np.dtype) else "complex" in str(dtype)


def as_floating(array: ArrayLike) -> tuple[Any, Any]:
    """
    Return an array that elementwise functions can compute with, after its namespace.

    An array that is floating-point or complex is returned itself; integers are converted to the
    library's default dtype, since ``-z`` of an unsigned integer would wrap round.
    """
    if type(array) is np.ndarray and array.dtype.kind in "fc":
        return np, array
    check_plain("the argument", array)
    if not hasattr(array, "dtype") or hasattr(array, "to_numpy"):
        array = np.asarray(array)
    xp = namespace(array)
    if isinstance(array, _NUMPY) and array.dtype.kind not in "biufc":
        raise TypeError(f"got an array of dtype {array.dtype}; expected numbers")
    if is_floating(array.dtype):
        return xp, array
    return xp, xp.astype(array, xp.asarray(0.0).dtype)


def asarray_like(xp: Any, values: Any, like: Any, dtype: Any = None) -> Any:
    """Return values as an array that computes with `like`: of its library, on its device."""
    if xp is np:
        return np.asarray(values, dtype)
    return xp.asarray(values, dtype=dtype, device=getattr(like, "device", None))


def real(xp: Any, z: Any) -> Any:
    """Return the real part, by which branches are taken so that the complex step passes them."""
    return xp.real(z) if is_complex(z) else z


def negative_part(z: Any) -> Any:
    """Return ``min(z, 0)``, chosen by the real part."""
    if type(z) is np.ndarray and z.dtype.kind == "f":
        return np.minimum(z, 0)
    xp = namespace(z)
    return xp.where(xp.real(z) <= 0, z, xp.zeros_like(z)) if is_complex(z) else xp.minimum(z, 0)


def positive_part(z: Any) -> Any:
    """
    Return ``max(z, 0)``, chosen by the real part.

    An ordering of complex numbers puts ``0 + ih`` above 0, and the complex step would find the
    derivative 1 there.
    """
    if type(z) is np.ndarray and z.dtype.kind == "f":
        return np.maximum(z, 0)
    xp = namespace(z)
    return xp.where(xp.real(z) > 0, z, xp.zeros_like(z)) if is_complex(z) else xp.maximum(z, 0)


def sum_examples(array: Any) -> Any:
    """Return the sum over the examples: of each row, which keeps length 1."""
    return _sum(array, 1)


def sum_outputs(array: Any) -> Any:
    """Return the sum over the outputs: of each column, which keeps length 1."""
    return _sum(array, 0)


def _sum(array: Any, axis: int) -> Any:
    """Return a sum along an axis; of 16 bits it is made in float32, as other libraries do."""
    if not isinstance(array, np.ndarray):
        return namespace(array).sum(array, axis=axis, keepdims=True)
    if array.dtype.itemsize > 2:
        # The reduction that `sum` calls.
        return np.add.reduce(array, axis, keepdims=True)
    return array.sum(axis=axis, keepdims=True, dtype=np.float32).astype(array.dtype)


def is_narrow(array: Any) -> bool:
    """Return whether an array has 16 bits: float16, or bfloat16 of PyTorch and JAX."""
    if isinstance(array.dtype, np.dtype) and array.dtype.itemsize != 2:
        return False
    return str(array.dtype).endswith("float16")


def widened(array: Any) -> Any:
    """Return a 16-bit array in float32, for sums over many entries."""
    if not is_narrow(array):
        return array
    xp = namespace(array)
    return xp.astype(array, xp.float32)


def narrowed(result: Any, dtype: Any) -> Any:
    """Return a result, or a nesting of results in lists and tuples, in 16 bits again."""
    if isinstance(result, tuple):
        parts = [narrowed(part, dtype) for part in result]
        return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)
    if isinstance(result, list):
        return [narrowed(part, dtype) for part in result]
    return namespace(result).astype(result, dtype)


def detached(array: Any) -> Any:
    """Return an array without the graph that PyTorch would keep of what is computed from it."""
    return array.detach() if getattr(array, "requires_grad", False) else array


_waiting: list[tuple[type, Callable[[Any], Any], Callable[[Any, Any], Any]]] = []


def pytree(*children: str, fixed: str | None = None) -> Callable[[type], type]:
    """
    Return a class decorator that makes instances pytrees, once JAX is imported.

    The attributes `children` hold arrays, and `fixed` belongs to the structure.
    """
    arrays_of = operator.attrgetter(*children)

    def flatten(one: Any) -> tuple[Any, Any]:
        return arrays_of(one), fixed and getattr(one, fixed)

    def decorate(cls: type) -> type:
        def unflatten(structure: Any, arrays: Any) -> Any:
            # Without checks: JAX also fills the place of arrays with what is none.
            one: Any = object.__new__(cls)
            one.__dict__.update(zip(children, arrays, strict=True))
            if fixed:
                one.__dict__[fixed] = structure
            return one

        _waiting.append((cls, flatten, unflatten))
        register_pytrees()
        return cls

    return decorate


def register_pytrees() -> None:
    """Register the classes with JAX, if it is imported and they are not yet."""
    tree_util = sys.modules.get("jax.tree_util")
    while _waiting and hasattr(tree_util, "register_pytree_node"):
        tree_util.register_pytree_node(*_waiting.pop())  # type: ignore[union-attr]
