"""Checks at the door: of what a public function is given from outside, once."""

import functools
import inspect
import math
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from oneoverm._arrays import (
    array_type,
    check_plain,
    is_floating,
    is_narrow,
    namespace,
    narrowed,
    widened,
)

P = ParamSpec("P")
R = TypeVar("R")
_VALUED = (int, float, np.ndarray)  # whatever else is imported

#: Checks the arguments, by name, and may replace them; may return what finishes the result.
Check = Callable[[dict[str, Any]], Callable[[Any], Any] | None]


class _Door(threading.local):
    """Whether this thread is within a checked function."""

    passed = False


_door = _Door()


def checked(check: Check) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Return a decorator that has `check` look at the arguments where a call comes from outside.

    A checked function that is called from a checked one does not check again.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        names, keys = tuple(signature.parameters), dict(signature.parameters).keys()
        parameters = signature.parameters.values()
        defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
        call: Any = function
        places = sum(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters)

        @functools.wraps(function)
        def at_the_door(*args: P.args, **kwargs: P.kwargs) -> R:
            if _door.passed:
                return function(*args, **kwargs)
            given: dict[str, Any] = {**defaults, **dict(zip(names, args, strict=False)), **kwargs}
            twice = kwargs and not kwargs.keys().isdisjoint(names[: len(args)])
            if twice or len(args) > places or given.keys() != keys:
                signature.bind(*args, **kwargs)  # raises, and says what is missing
            finish = check(given)
            _door.passed = True
            try:
                result: R = call(**given)
            finally:
                _door.passed = False
            return result if finish is None else cast("R", finish(result))

        return at_the_door

    return decorate


def shapes(**expected: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Return a decorator that checks the shapes of a function's arguments, as in ``W="n_out n_in"``.

    An axis is a size's name, which the first argument declared with it fixes, or a number.
    What is not finite in an argument is found by the function's result: any sum of products with
    an infinity or a NaN among its terms is itself not finite, and is smaller to look through.
    Arrays of 16 bits are computed with in float32, and the results are rounded, once.

    Examples
    --------
    >>> @shapes(W="n_out n_in", x="n_in 1")
    ... def product(W, x):
    ...     return W @ x
    >>> product(np.ones((2, 3)), np.ones((4, 1)))
    Traceback (most recent call last):
    ValueError: x has shape (4, 1); expected (n_in, 1) = (3, 1), n_in as in W
    """

    def check(given: dict[str, Any]) -> Callable[[Any], Any]:
        arrays = {name: given[name] for name in expected}
        check_arrays({name: (array, expected[name]) for name, array in arrays.items()})
        dtype = next(iter(arrays.values())).dtype
        narrow = all(is_narrow(array) and array.dtype == dtype for array in arrays.values())
        if narrow:
            given.update({name: widened(array) for name, array in arrays.items()})

        def finish(result: Any) -> Any:
            for part in result if isinstance(result, tuple) else (result,):
                _check_product(part, arrays)
            return narrowed(result, dtype) if narrow else result

        return finish

    return checked(check)


def check_arrays(arrays: dict[str, tuple[Any, str]]) -> None:
    """Refuse what is no array of floating-point numbers of one library, or has not its axes."""
    sizes: dict[str, tuple[int, str]] = {}
    for name, (array, axes) in arrays.items():
        check_array(name, array, axes, sizes)
    check_one_library({name: array for name, (array, _) in arrays.items()})


def check_array(name: str, array: Any, axes: str, sizes: dict[str, tuple[int, str]]) -> None:
    """Refuse one array; `sizes` has what earlier arrays fixed, and the name of each."""
    if type(array) is not np.ndarray:
        _check_kind(name, array)
    if not is_floating(array.dtype) or (isinstance(array, np.ndarray) and array.dtype.kind == "V"):
        message = f"{name} has dtype {array.dtype}; expected a floating-point dtype"
        as_float = f", as {name}.astype(float) has" * isinstance(array, np.ndarray)
        raise TypeError(message + as_float)
    shape, parts = tuple(array.shape), _parted(axes)
    if len(shape) == len(parts):
        for axis, size in zip(parts, shape, strict=True):
            if axis.isdecimal():
                wanted = int(axis)
            else:
                wanted, _ = sizes.setdefault(axis, (size, name))
            # A part of a batch may be empty; a layer may not.
            if wanted != size or (size == 0 and axis != "m"):
                break
        else:
            return
    if 0 in shape and len(shape) == len(parts) and wanted == 0:
        raise ValueError(f"{name} has shape {shape}; expected {axis} to be at least 1")
    message = f"{name} has shape {shape}; expected ({', '.join(parts)})"
    fixed = {axis: sizes[axis] for axis in parts if axis in sizes and sizes[axis][1] != name}
    if fixed:
        numbers = ", ".join(str(fixed[axis][0]) if axis in fixed else axis for axis in parts)
        message += f" = ({numbers}), "
        message += ", ".join(f"{axis} as in {fixed[axis][1]}" for axis in parts if axis in fixed)
    raise ValueError(message)


def _check_kind(name: str, array: Any) -> None:
    """Refuse what is no array to compute with."""
    check_plain(name, array)
    if hasattr(array, "to_numpy"):
        raise TypeError(
            f"{name} is a {array_type(array)}; expected an array whose columns are the examples, "
            f"as {name}.to_numpy().T has if its rows are"
        )
    if not (hasattr(array, "dtype") and hasattr(array, "shape")):
        message = f"{name} is a {type(array).__name__}; "
        raise TypeError(message + "expected an array (NumPy's, or another library's)")
    namespace(array)


@functools.cache
def _parted(axes: str) -> tuple[str, ...]:
    """Return the names of axes."""
    return tuple(axes.split())


def check_one_library(arrays: dict[str, Any]) -> None:
    """Refuse arrays of several libraries; the message gives the library of each."""
    if all(type(array) is np.ndarray for array in arrays.values()):
        return
    try:
        namespace(*arrays.values())
    except TypeError as error:
        kinds = ", ".join(f"{name} is a {array_type(array)}" for name, array in arrays.items())
        raise TypeError(f"{kinds}; expected arrays of one library") from error


def is_traced(array: object) -> bool:
    """Return whether an array has no values yet: within `jax.jit` there is nothing to check."""
    if isinstance(array, _VALUED):
        return False  # sooner than JAX says so
    jax = sys.modules.get("jax")
    return jax is not None and isinstance(array, jax.core.Tracer)


def is_true(condition: Any) -> bool:
    """
    Return whether an entry is known to be true: within `jax.jit`, none is.

    There the result of a computation is traced even if all that goes into it has values.
    """
    if isinstance(condition, np.ndarray):
        return bool(np.logical_or.reduce(condition, None))
    found = namespace(condition).any(condition)
    return not is_traced(found) and bool(found)


def poisoned(array: Any, wrong: Any) -> Any:
    """Return an array with NaN where it is wrong, if that could not be refused: see `is_true`."""
    if not is_traced(wrong):
        return array
    xp = namespace(array)
    return xp.where(wrong, xp.nan, array)


def check_finite(name: str, array: Any) -> None:
    """Refuse infinities and NaN; the message gives the first one."""
    if not is_finite(array):
        xp = namespace(array)
        first = tuple(int(index[0]) for index in xp.nonzero(~xp.isfinite(array)))
        raise ValueError(f"{name} has the entry {array[first]} at {first}; expected finite entries")


def is_finite(array: Any) -> bool:
    """Return whether all entries are finite; a sum of squares that is finite shows it fastest."""
    if isinstance(array, np.ndarray):
        # Of ways to add squares up, the one that does not warn where they overflow.
        if array.dtype.char in "fd" and math.isfinite(np.vdot(array, array)):
            return True
        return bool(np.isfinite(array).all())
    return not is_true(~namespace(array).isfinite(array))


def _check_product(product: Any, arrays: dict[str, Any]) -> None:
    """Refuse arguments that are not finite; a product of finite ones may overflow, and passes."""
    if not is_finite(product):
        for name, array in arrays.items():
            check_finite(name, array)


def as_positive(name: str, number: Any) -> Any:
    """Return a positive finite number as a Python number: NumPy's float64 would widen float32."""
    return _number(name, number, lambda value: value > 0, "a positive number")


def as_strength(l2: Any) -> Any:
    """Return the strength of a regularization, a number of at least 0."""
    return _number("l2", l2, lambda value: value >= 0, "a number of at least 0")


def _number(name: str, number: Any, fits: Callable[[float], bool], expected: str) -> Any:
    """Return a finite number that fits; what is traced has no value yet."""
    if is_traced(number):
        return number
    try:
        value = float(number)
    except (TypeError, ValueError):
        raise TypeError(f"{name} is a {type(number).__name__}; expected {expected}") from None
    if not (math.isfinite(value) and fits(value)):
        raise ValueError(f"{name} is {number}; expected {expected}")
    return value


def check_positive_integer(name: str, number: Any) -> None:
    """Refuse what is no positive integer of some kind: Python's, NumPy's."""
    if not hasattr(number, "__index__") or number < 1:
        raise ValueError(f"{name} is {number}; expected a positive integer")


def check_divide(divide: object) -> None:
    """Refuse a place for the 1/m that there is not."""
    if divide not in ("early", "late", "never"):
        raise ValueError(f"divide is {divide!r}; expected 'early', 'late' or 'never'")


def lookup(what: str, given: object, kind: type[R], known: Mapping[str, R]) -> R:
    """Return what has the name `given`, or `given` itself if it is one of the caller's own."""
    if isinstance(given, kind):
        return given
    if not isinstance(given, str):
        raise TypeError(
            f"the {what} is of type {type(given).__name__}; expected a name or {kind.__name__}"
        )
    if given not in known:
        names = ", ".join(repr(name) for name in known)
        raise ValueError(f"unknown {what} {given!r}; expected one of {names}")
    return known[given]
