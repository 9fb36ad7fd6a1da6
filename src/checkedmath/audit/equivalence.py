"""
Decide whether a mutant is equal to the expression that it was made of.

Two analytic functions that differ at all differ on almost every draw. A mutant that has the same
value, to the last digits, on many draws of another seed and on draws from all of the domains is
equal. The checks can miss a difference, by their tolerance or by their few draws; this does not.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Iterable, Iterator

import numpy as np

from checkedmath.bind.definition import Definition
from checkedmath.bind.scope import Scope
from checkedmath.check.draws import Draws
from checkedmath.errors import PageError
from checkedmath.evaluate.comparing import ROUNDING, norm, relative_error
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.functions import SmoothMap
from checkedmath.evaluate.lookup import Array, Bindings
from checkedmath.evaluate.recording import Noise
from checkedmath.latex.nodes import Node

_DRAWS, _WIDE = 4, 4
"""Draws of another seed, and draws from all of the domains."""

_EXACT = 1e-12
"""The relative error that rounding leaves between two ways to compute one value, but far out."""

_NUMBERS = (1, 8)
"""The shape of a function's arguments that are numbers: many are computed together."""


def further_draws(scope: Scope, seed: int) -> list[Evaluator]:
    """Return evaluators on draws on which nothing was checked."""
    draws = Draws(scope, seed + 1, _DRAWS)
    found = list(draws.evaluators)
    for plan in itertools.islice(draws.wide(()), _WIDE):
        with contextlib.suppress(PageError):
            found.append(draws.at(plan))
    return found


def are_equal(before: Node, after: Node, cases: Iterable[tuple[Evaluator, Bindings]]) -> bool:
    """Return whether two expressions have one value in every case where the first has one."""
    compared = False
    for evaluator, bindings in cases:
        try:
            expected = evaluator.value(before, bindings)
        except PageError:
            continue
        if not np.isfinite(expected).all():
            continue
        try:
            found = evaluator.value(after, bindings)
        except PageError:
            return False
        if found.shape != expected.shape:
            return False
        if not relative_error(found, expected) <= _EXACT:
            scale = _scale(before, evaluator, bindings) if evaluator.draw.plan.wide else 0.0
            if not norm(found - expected) <= ROUNDING * scale:
                return False
        compared = True
    return compared


def _scale(node: Node, evaluator: Evaluator, bindings: Bindings) -> float:
    """Return the scale on which a value is computed, where much of it may cancel."""
    noisy = Evaluator(evaluator.scope, evaluator.draw, evaluator.deadline)
    noisy.noise = Noise(0)
    try:
        moved = noisy.value(node, bindings) - evaluator.value(node, bindings)
    except PageError:
        return math.inf
    return norm(moved) / Noise.LEVEL


def cases_of_definition(
    definition: Definition, evaluators: Iterable[Evaluator]
) -> Iterator[tuple[Evaluator, Bindings]]:
    """Yield each draw with bindings for every layer and example of a definition."""
    layer = definition.layer
    for evaluator in evaluators:
        arguments, elementwise = _arguments(definition, evaluator)
        layers: Iterable[int | None] = [None]
        if isinstance(layer, str):
            layers = evaluator.names.layer_range(definition)
        examples: Iterable[int | None] = [None]
        if definition.example is not None:
            examples = range(1, evaluator.names.examples() + 1)
        for at, example in itertools.product(layers, examples):
            named = {layer: at, definition.example: example}
            indices = {str(name): value for name, value in named.items() if name and value}
            own = example if definition.example == "" else None
            yield evaluator, Bindings(indices, arguments, own, elementwise)


def _arguments(definition: Definition, evaluator: Evaluator) -> tuple[dict[str, Array], bool]:
    """Return random arguments of a function, and whether its body is written for numbers."""
    typed = evaluator.draw.functions.get(definition.key)
    shapes = [_NUMBERS] * len(definition.parameters)
    if isinstance(typed, SmoothMap):
        shapes = list(typed.shapes)
    random = np.random.default_rng(evaluator.draw.plan.number)
    values = (random.normal(size=shape) for shape in shapes)
    arguments = dict(zip(definition.parameters, values, strict=True))
    return arguments, bool(arguments) and not isinstance(typed, SmoothMap)
