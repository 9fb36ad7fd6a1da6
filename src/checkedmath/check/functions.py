"""
Compare a function with a page's equations, on the same random draws.

The function comes from a caller that passes `checkedmath.sphinxext.loading.load_function`: the
Sphinx build does, the command does not.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, repeat
from typing import Any, get_origin

import numpy as np
from numpy.typing import NDArray

from checkedmath.bind.binding import BoundPage
from checkedmath.bind.claims import FunctionClaim, read_arguments, read_claim
from checkedmath.check.free_indices import bindings_of, free_indices_of
from checkedmath.diagnose.diagnosing import diagnose
from checkedmath.errors import (
    FunctionError,
    PageError,
    ShapeError,
    TimeoutReachedError,
)
from checkedmath.evaluate.comparing import Sample, compare
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Bindings
from checkedmath.findings import FunctionFinding, failed
from checkedmath.latex.names import key_of
from checkedmath.latex.nodes import Group, Name, Node, Number
from checkedmath.latex.printing import to_latex
from checkedmath.page.model import Formula, Implementation
from checkedmath.timeout import EndedError, Stopped, run_apart, stopped_after

Array = NDArray[Any]
Load = Callable[[str], Callable[..., object]]

EXCUSE = "a function is run by the Sphinx build only: the command runs no code that a page names"

_NUMBER = (float, int, float | int, float | None, int | None, float | int | None)
"""What annotates a parameter that is a number, and no array."""


def excused(file: str, item: Implementation, reason: str = EXCUSE) -> FunctionFinding:
    """Return the finding for a function that is not run."""
    return FunctionFinding(
        item.file or file,
        item.block_line,
        1,
        "unchecked",
        function=item.function,
        diagnosis=reason,
        excused=True,
        about=item,
    )


def check_implementation(
    item: Implementation,
    load: Load,
    bound_page: BoundPage,
    evaluators: Sequence[Evaluator],
) -> tuple[tuple[Node, ...], list[FunctionFinding]]:
    """
    Run a function on every draw and compare what it returns with the page.

    It is run in a process of its own, if the loader says so with an attribute ``apart``.

    Returns
    -------
    returned : tuple of Node
        The expressions that it should return.
    findings : list of FunctionFinding
        One for each of them; or one that says why there are none.
    """
    file = item.file or bound_page.page.file
    apart = bool(getattr(load, "apart", False))
    place: Formula = item
    try:
        arguments = read_arguments(item, bound_page)
        place = item.returns
        claim = read_claim(item, arguments, bound_page)
        place = replace(item, line=item.block_line)
        batches = bool(bound_page.scope.batches)
        deadline = evaluators[0].deadline
        with _in_time(item.function, deadline):
            function = load(item.function)

            def compute() -> list[list[Sample]]:
                return _samples(function, claim, evaluators, batches=batches)

            samples = run_apart(compute, deadline - time.monotonic()) if apart else compute()
        sizes = tuple(evaluator.draw.sizes for evaluator in evaluators)
        new_finding = FunctionFinding(
            file,
            item.block_line,
            1,
            "holds",
            left=_call(item.function, claim.arguments),
            draws=len(evaluators),
            sizes=sizes,
            function=item.function,
            about=item,
        )
        findings = [
            _compared(replace(new_finding, label=label, right=to_latex(node)), number, own)
            for number, (node, label, own) in enumerate(
                zip(claim.returns, claim.labels, samples, strict=True), start=1
            )
        ]
    except PageError as error:
        line, column = place.place(None)
        finding = FunctionFinding(file, line, column, "", function=item.function, about=item)
        return (), [failed(finding, place, error)]
    return claim.returns, findings


def _call(function: str, arguments: Sequence[Node]) -> str:
    name = function.rpartition(".")[2].replace("_", r"\_")
    return rf"\texttt{{{name}}}({', '.join(map(to_latex, arguments))})"


def _compared(finding: FunctionFinding, number: int, samples: list[Sample]) -> FunctionFinding:
    """Return the finding for one returned value."""
    written = f"returned value {number}, {finding.label or finding.right},"
    try:
        outcome = compare("=", samples)
    except ShapeError:
        returned, expected = ("×".join(map(str, side.shape)) for side in _odd_shapes(samples))
        guess = diagnose(samples) if all(s.left.ndim == 2 for s in samples) else ""
        message = f"{written} is {returned}; the page's is {expected}" + (
            f"; {guess}" * bool(guess)
        )
        return replace(finding, status="shape", diagnosis=message)
    if outcome.holds:
        return replace(finding, relative_error=outcome.error)
    reason = outcome.reason or diagnose(samples)
    reason = reason or "no simple factor, sign or transpose explains the difference"
    return replace(
        finding,
        status="differs",
        relative_error=outcome.error,
        diagnosis=f"{written} is not the page's (the left side is the function's): {reason}",
    )


def _odd_shapes(samples: list[Sample]) -> tuple[Array, Array]:
    odd = next(s for s in samples if s.left.shape[-2:] != s.right.shape[-2:])
    return odd.left, odd.right


# -- what the function does -----------------------------------------------------------------------


@contextlib.contextmanager
def _in_time(name: str, deadline: float) -> Iterator[None]:
    """Stop importing and running a function at the page's deadline."""
    try:
        with stopped_after(max(deadline - time.monotonic(), 0.0)):
            yield
    except Stopped:
        message = f"{name} did not end within the time given for this page"
        raise TimeoutReachedError(message) from None
    except EndedError:
        raise FunctionError(f"{name} has ended the process that ran it") from None


def _samples(
    function: Callable[..., object],
    claim: FunctionClaim,
    evaluators: Sequence[Evaluator],
    *,
    batches: bool,
) -> list[list[Sample]]:
    """Call the function on every draw, for every value of each free index."""
    samples: list[list[Sample]] = [[] for _ in claim.returns]
    sides = claim.arguments + claim.returns
    free = free_indices_of(sides, evaluators[0].scope)
    types = _types(function)
    for number, evaluator in enumerate(evaluators):
        sizes = evaluator.draw.sizes
        count = evaluator.names.batch_size() if batches else None
        for bindings in bindings_of(evaluator, sides, free, one_example=claim.one_example):
            arguments = _arguments(claim.arguments, types, evaluator, bindings)
            given = copy.deepcopy(arguments)
            values = _returned(function, claim, arguments, sizes)
            _refuse_changed(claim, given, arguments)
            for own, node, value in zip(samples, claim.returns, values, strict=True):
                own.append(Sample(value, evaluator.value(node, bindings), sizes, count, number))
    return samples


def _types(function: Callable[..., object]) -> list[object]:
    """Return the annotations of a function's parameters, in order; none if one has no value."""
    try:
        parameters = inspect.signature(function, eval_str=True).parameters.values()
    except Exception:  # noqa: BLE001 (an annotation may be any expression, and names be missing)
        return []
    return [each.annotation for each in parameters if each.kind is not each.VAR_POSITIONAL]


def _arguments(
    nodes: Sequence[Node], types: Sequence[object], evaluator: Evaluator, bindings: Bindings
) -> list[object]:
    wanted = chain(types, repeat(None))
    return [_argument(node, next(wanted), evaluator, bindings) for node in nodes]


def _argument(node: Node, wanted: object, evaluator: Evaluator, bindings: Bindings) -> object:
    """
    Return an argument, an array of its own, or else what the parameter is annotated as.

    A size, an index and a literal are numbers, and so is each number for which a ``float`` or an
    ``int`` is wanted. Several values in parentheses are a tuple, or the named tuple wanted.
    """
    if isinstance(node, Group) and len(node.items) > 1:
        return _tuple(node, wanted, evaluator, bindings)
    value = evaluator.value(node, bindings)
    number = isinstance(node, Number) or wanted in _NUMBER
    if isinstance(node, Name):
        key = key_of(node)
        number = number or key in evaluator.draw.sizes or key in bindings.indices
    if number and value.shape == (1, 1):
        only = float(value.item())
        return int(only) if only.is_integer() else only
    return np.array(value)


def _tuple(node: Group, wanted: object, evaluator: Evaluator, bindings: Bindings) -> object:
    made: Any = get_origin(wanted) or wanted
    if not hasattr(made, "_fields"):
        return tuple(_arguments(node.items, (), evaluator, bindings))
    if len(node.items) != len(made._fields):
        message = (
            f"{to_latex(node)} has {_count(len(node.items))}; expected "
            f"{len(made._fields)} for a {made.__name__}: {', '.join(made._fields)}"
        )
        raise FunctionError(message)
    return made(*_arguments(node.items, _types(made), evaluator, bindings))


def _refuse_changed(claim: FunctionClaim, before: list[object], after: list[object]) -> None:
    """Refuse a function that has written into what it was given."""
    for node, own, other in zip(claim.arguments, before, after, strict=True):
        if not _same(own, other):
            message = (
                f"{claim.function} changes its argument {to_latex(node)}; expected a function that "
                "leaves what it is given, and returns its values"
            )
            raise FunctionError(message)


def _same(before: object, after: object) -> bool:
    if isinstance(before, tuple) and isinstance(after, tuple):
        return all(map(_same, before, after))
    return np.array_equal(np.asarray(before), np.asarray(after), equal_nan=True)


def _returned(
    function: Callable[..., object],
    claim: FunctionClaim,
    arguments: list[object],
    sizes: dict[str, int],
) -> list[Array]:
    """Call the function; return its values as arrays, where a number has one row and column."""
    name, expected = claim.function, len(claim.returns)
    drawn = ", ".join(f"{key} = {size}" for key, size in sorted(sizes.items()))
    try:
        # Whatever the function sets, the evaluation goes on as before.
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            result = function(*arguments)
    except (KeyboardInterrupt, Stopped):
        raise
    except BaseException as error:
        message = f"{name} raised {type(error).__name__}: {error} (with {drawn})"
        raise FunctionError(message) from error
    values = list(result) if isinstance(result, (tuple, list)) else [result]
    if len(values) != expected:
        message = f"{name} returns {_count(len(values))}; the page says {_count(expected)}"
        raise FunctionError(message)
    arrays = []
    for place, value in enumerate(values, start=1):
        if np.ma.is_masked(value):
            message = (
                f"{name} returns an array with masked entries as value {place}; what they are is "
                "not said, so that nothing can be compared with them"
            )
            raise FunctionError(message)
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            message = (
                f"{name} returns a {type(value).__name__} as value {place}; "
                "expected an array or a number"
            )
            raise FunctionError(message)
        arrays.append(array.reshape(1, 1) if array.ndim == 0 else array)
    for place, array in enumerate(arrays, start=1):
        if array.ndim != 2:
            message = (
                f"{name} returns an array of shape {array.shape} as value {place}; "
                "expected one with rows and columns"
            )
            raise FunctionError(message)
    return arrays


def _count(number: int) -> str:
    return "1 value" if number == 1 else f"{number} values"
