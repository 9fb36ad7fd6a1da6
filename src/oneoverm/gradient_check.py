"""Check a gradient: the complex step computes it again without a formula, to the last digits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from oneoverm._arrays import check_plain
from oneoverm._checks import as_positive
from oneoverm._slopes import (
    Floats,
    differences_along,
    one_sided,
    real_point,
    rounding_of,
    steps_along,
)
from oneoverm.differences import central_differences, complex_step, relative_error

__all__ = ["GradientReport", "check"]

Cost = Callable[[npt.NDArray[Any]], Any]

EPSILON = float(np.finfo(np.float64).eps)

#: By how many roundings, on the scale of the computation, two right gradients may differ.
ROUNDINGS = 32


@dataclass(frozen=True)
class GradientReport:
    """
    How far each gradient is from what it should be: equation :eq:`relative-error` of the book.

    By the parameters' names, `errors` has relative errors, `tolerances` what counts as right where
    that is not the `tolerance` of all, and `notes` what else there is to know: a kink, another
    method.

    Examples
    --------
    >>> print(GradientReport({"W": 3e-16, "b": 0.8}, 1e-9))
    W  3.0e-16  right
    b  8.0e-01  WRONG: expected at most 1.0e-09
    """

    errors: dict[str, float]
    tolerance: float
    tolerances: dict[str, float] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def passes(self) -> bool:
        """Whether every gradient is right, by equation :eq:`relative-error` of the book."""
        return all(error <= self._most(name) for name, error in self.errors.items())

    def _most(self, name: str) -> float:
        """Return the largest error that counts as right."""
        return self.tolerances.get(name, self.tolerance)

    def __str__(self) -> str:
        width = max((len(name) for name in self.errors), default=0)
        lines = []
        for name, error in self.errors.items():
            most = self._most(name)
            verdict = "right" if error <= most else f"WRONG: expected at most {most:.1e}"
            note = f" ({self.notes[name]})" if name in self.notes else ""
            lines.append(f"{name:<{width}}  {error:.1e}  {verdict}{note}")
        return "\n".join(lines)


def check(
    cost: Callable[..., Any],
    parameters: Mapping[str, npt.ArrayLike],
    gradients: Mapping[str, npt.ArrayLike],
    method: Literal["complex_step", "central_differences"] = "complex_step",
    tolerance: float | None = None,
) -> GradientReport:
    """
    Compare gradients with what the cost alone says: a report that prints each parameter's error.

    Equations :eq:`complex-step`, :eq:`central-difference` and :eq:`relative-error` of the book. A
    gradient that is zero but for rounding, on the scale of the computation, is right. So is, where
    the cost has a kink, as a ReLU at 0, any value between the slopes on its two sides.

    Parameters
    ----------
    cost : callable
        Takes the parameters as keyword arguments, and returns a real scalar.
    parameters, gradients : mapping
        Each parameter's value, and the gradient claimed for it, by its name.
    method : {"complex_step", "central_differences"}
        The first needs a cost that lets complex numbers through, and is right to the last digits.
        A cost that does not is noticed, and the second is used, which does with any cost.
    tolerance : float, optional
        The largest relative error that counts as right. Unless given, it is 1e-9 for the complex
        step, 1e-6 for central differences, and half of the digits of gradients in float32.

    Examples
    --------
    A forgotten 1/m is told from rounding by fifteen orders of magnitude:

    >>> from oneoverm import batch, initial_layers
    >>> [layer] = initial_layers([2, 1], rng=0)
    >>> X, Y = np.array([[1.0, 2.0, 0.5], [0.0, 1.0, 3.0]]), np.array([[1, 0, 1]])
    >>> def cost(W, b):
    ...     changed = [type(layer)(W, b, "sigmoid")]
    ...     return batch.cost(batch.forward(X, changed), Y, changed)
    >>> _, [right] = batch.cost_and_gradients(X, Y, [layer])
    >>> parameters = {"W": layer.W, "b": layer.b}
    >>> check(cost, parameters, {"W": right.dW, "b": right.db}).passes
    True
    >>> report = check(cost, parameters, {"W": 3 * right.dW, "b": right.db})
    >>> report.passes, round(report.errors["W"], 4)
    (False, 0.6667)
    """
    methods = ("complex_step", "central_differences")
    if method not in methods:
        raise ValueError(f"method is {method!r}; expected one of {', '.join(map(repr, methods))}")
    if parameters.keys() != gradients.keys():
        raise ValueError(
            f"gradients has the names {', '.join(gradients)}; expected {', '.join(parameters)}"
        )
    usual = 1e-9 if method == "complex_step" else 1e-6
    chosen = usual if tolerance is None else as_positive("tolerance", tolerance)
    report = GradientReport({}, chosen)
    for name, value in parameters.items():

        def at(changed: npt.NDArray[Any], name: str = name) -> Any:
            return cost(**{**parameters, name: changed})

        x, claimed = real_point(name, value), _claimed(name, gradients[name], np.shape(value))
        epsilon = float(np.finfo(claimed.dtype).eps)
        truth, rounding, least, note = _differentiate(at, x, method, epsilon)
        most = max(chosen, least) if tolerance is None else chosen
        claimed = claimed.astype(np.float64)
        floor = max(rounding / most, np.finfo(np.float64).tiny)
        kinks = _kinks(at, x, claimed, truth, most=most, floor=floor)
        report.errors[name] = relative_error(claimed[~kinks], truth[~kinks], floor)
        if most != chosen:
            report.tolerances[name] = most
        if kinks.any():
            count = int(kinks.sum())
            at_kinks = (
                f"{count} {'entry' if count == 1 else 'entries'} at a kink, between its slopes"
            )
            note = "; ".join(filter(None, (note, at_kinks)))
        if note:
            report.notes[name] = note
    return report


def _claimed(name: str, gradient: npt.ArrayLike, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Return a claimed gradient, of floating-point numbers."""
    check_plain(f"the gradient of {name}", gradient)
    claimed = np.asarray(gradient)
    if claimed.shape != shape:
        raise ValueError(f"the gradient of {name} has shape {claimed.shape}; expected {shape}")
    real_point(f"the gradient of {name}", claimed)
    return claimed if claimed.dtype.kind == "f" else claimed.astype(np.float64)


def _differentiate(
    at: Cost, x: npt.NDArray[Any], method: str, epsilon: float
) -> tuple[Floats, float, float, str]:
    """Return a gradient, what rounding may have left in it, its least tolerance, and a note."""
    if method == "complex_step":
        try:
            truth = complex_step(at, x)
            slope, slack = differences_along(at, x)
        except TypeError:
            # Not through this cost, as it says itself: np.logaddexp does, and np.abs of all.
            note = "by central differences: no complex number goes through the cost"
        else:
            along, J, spread = steps_along(at, x)
            size = max(float(np.linalg.norm(truth)), abs(slope))
            if abs(along - slope) <= 1e-5 * size + slack or _only_kinks(at, x, truth):
                scale = abs(J) / max(1.0, float(np.abs(x).max(initial=0)))
                rounding = ROUNDINGS * epsilon * max(spread / EPSILON, scale)
                return truth, rounding, _half_of_digits(epsilon), ""
            note = (
                "by central differences: the cost drops an imaginary part, as np.abs and "
                "np.linalg.norm do"
            )
    else:
        note = ""
    truth = central_differences(at, x)
    rounding, least = rounding_of(at, x)
    return truth, rounding, max(least, _half_of_digits(epsilon)), note


def _half_of_digits(epsilon: float) -> float:
    """Return the tolerance for gradients of few digits; 0 for those of float64."""
    return float(np.sqrt(epsilon)) if epsilon > EPSILON else 0.0


def _only_kinks(at: Cost, x: npt.NDArray[Any], truth: Floats) -> bool:
    """Return whether the complex step differs from central differences at kinks only."""
    wanted = central_differences(at, x)
    rounding, _ = rounding_of(at, x)
    floor = max(rounding / 1e-5, np.finfo(np.float64).tiny)
    kinks = _kinks(at, x, truth, wanted, most=1e-5, floor=floor)
    return relative_error(truth[~kinks], wanted[~kinks], floor) <= 1e-5


def _kinks(
    at: Cost, x: npt.NDArray[Any], claimed: Floats, truth: Floats, *, most: float, floor: float
) -> npt.NDArray[np.bool_]:
    """Return which entries differ because the cost has a kink there, and lie between its slopes."""
    kinks = np.zeros(x.shape, dtype=bool)
    size = max(float(np.linalg.norm(claimed)), float(np.linalg.norm(truth)), floor)
    if relative_error(claimed, truth, floor) <= most:
        return kinks
    for index in map(tuple, np.argwhere(np.abs(claimed - truth) > 0.1 * most * size)):
        below, above, rounding = one_sided(at, x, index)
        low, high = min(below, above), max(below, above)
        slack = 1e-3 * max(abs(low), abs(high)) + rounding
        kinks[index] = high - low > slack and low - slack <= claimed[index] <= high + slack
    return kinks
