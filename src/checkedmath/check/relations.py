"""The values of two expressions: on the first draws, and on those that they need besides."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from checkedmath.bind.bounds import Bounding
from checkedmath.bind.scope import Scope
from checkedmath.bind.sets import is_part
from checkedmath.check.draws import FEW_WIDE, MOST_REDRAWS, MOST_WIDE, Draws
from checkedmath.check.free_indices import Conditions, bindings_of, both_sides, free_indices_of
from checkedmath.check.rows import pairs_of, words_of
from checkedmath.errors import (
    DrawAgainError,
    PageError,
    ReadError,
    UndecidedError,
    refuse_late,
)
from checkedmath.evaluate.balls import PRECISIONS
from checkedmath.evaluate.certifying import Verdict, decide, decide_exactly
from checkedmath.evaluate.comparing import (
    ROUNDING,
    Comparison,
    Sample,
    breaks_order,
    compare,
    norm,
)
from checkedmath.evaluate.drawing import Plan
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.lookup import Array
from checkedmath.evaluate.recording import Branch, Noise, Record
from checkedmath.findings import Certificate
from checkedmath.latex.nodes import Node, Number
from checkedmath.page.model import WORDS

MOST_COMPARED = 10_000_000
"""Numbers that both sides of a relation may have, over all draws and values of free indices."""

_OVERHEAD = 100
"""What keeping one pair of values costs beyond its numbers, in numbers."""

# These three serve float64 alone; `test_what_rounding_decides_is_no_test` needs each of them.
_CANCELLED = 1e7
"""A sum that is smaller than its terms by more than this has lost the digits that are compared."""

_ABSORBED = 1e14
"""A term that is smaller than another by more than this leaves no trace in their sum."""

_ABSORBED_BESIDE_ZERO = 1e10
"""The same for a sum that is compared with 0, where less is left to compare."""

_NOISY = 3
"""Evaluations with changed values that measure the scale of a computation."""

_EXACT = 1e4
"""How much larger a value's numbers on the way may be, where rounding does not count."""

_FEW = 2
"""Precisions for a draw far out in its domains, which may ask for more digits than there can be."""

_PART = 0.05
"""The part of the time left that one draw beyond the first may take."""

_ZERO = Number(0)


class Sampler:
    """
    Evaluates two expressions on draws.

    Attributes
    ----------
    record : Record
        What the evaluations went through, on all draws together.
    against_zero : bool
        Whether one side is written as 0, so that an error has no scale of its own.
    something : bool
        Whether a side was not 0 on some draw: of a relation, beyond the first ones.
    """

    def __init__(
        self,
        draws: Draws,
        scope: Scope,
        sides: tuple[Node, Node],
        only: Conditions = (),
        *,
        one_example: bool,
    ) -> None:
        self.record = Record()
        self._draws = draws
        self._scope = scope
        self._sides = sides
        self._free = free_indices_of(sides, scope, only)
        self._one_example = one_example
        self._room = MOST_COMPARED
        self._certifies = draws.certify
        self._fractions = True
        self.against_zero = sides.count(_ZERO) == 1
        self.something = False

    def on_first(self, number: int) -> tuple[list[Sample], int]:
        """
        Return the values on one of the first draws, or on another in its place.

        The second value is how many draws were given up.
        """
        for attempt in range(MOST_REDRAWS):
            try:
                evaluator = self._draws.again(number, attempt)
                samples = self._samples(evaluator, number)
            except DrawAgainError as error:
                last = error
                continue
            if self.against_zero:
                self._measure(evaluator, samples)
            return samples, attempt
        raise last

    def _samples(self, evaluator: Evaluator, number: int, *, rounding: bool = True) -> list[Sample]:
        """Return the values on a draw; with ``rounding``, refuse one on which it decides."""
        samples = []
        count = evaluator.names.batch_size()
        evaluator.names.record = record = Record()
        for left, right in self._values(evaluator):
            samples.append(Sample(left, right, evaluator.draw.sizes, count, number))
            self._room -= _OVERHEAD + left.size + right.size
            if self._room < 0:
                raise ReadError("the free indices have too many values to compare them all")
        self.record.join(record)
        if not samples:
            raise DrawAgainError("an index has no values in any draw: nothing was tested")
        if not rounding:
            return samples
        most = _ABSORBED_BESIDE_ZERO if self.against_zero else _ABSORBED
        if record.absorbed > most or (record.cancelled > _CANCELLED and not self.against_zero):
            raise DrawAgainError(
                "in every draw, a sum is tiny against its terms, or a term against its sum, so "
                "that rounding decides; write the equation without such terms"
            )
        return samples

    def proof(
        self, sign: str, tolerance: float | None = None, word: str = ""
    ) -> tuple[Verdict, Certificate | None]:
        """
        Decide the relation in balls on the first draws, or on others where one decides nothing.

        With ``word``, the sides are those of a row, and equal in the way that it says.

        Raises
        ------
        PageError
            If a side cannot be evaluated, or no draw decides.
        """
        verdicts: list[Verdict] = []
        most = 0
        for number in range(self._draws.count):
            verdict, bits = self._on_first_in_balls(number, sign, tolerance, word)
            if not verdict.proved:
                return verdict, None
            verdicts.append(verdict)
            most = max(most, bits)
        degrees = [each.degree for each in verdicts if each.degree is not None]
        certificate = Certificate(
            len(verdicts),
            most,
            min((each.digits for each in verdicts if each.digits is not None), default=None),
            max(degrees) if len(degrees) == len(verdicts) else None,
        )
        something = self.against_zero or bool(word) or any(each.something for each in verdicts)
        if not something:
            return Verdict(None, "both sides are 0 in every draw"), certificate
        return Verdict(True), certificate

    def _on_first_in_balls(
        self, number: int, sign: str, tolerance: float | None, word: str
    ) -> tuple[Verdict, int]:
        for attempt in range(MOST_REDRAWS):
            try:
                evaluator = self._draws.again(number, attempt)
                return self._decided(evaluator, sign, tolerance, word)
            except DrawAgainError as error:
                told = error
        raise told

    def _decided(
        self, evaluator: Evaluator, sign: str, tolerance: float | None = None, word: str = ""
    ) -> tuple[Verdict, int]:
        """
        Decide the relation in balls on one draw, with more bits where fewer leave it open.

        Raises
        ------
        UndecidedError
            If a choice between two branches stays open.
        """
        if sign == "=" and self._fractions and not evaluator.draw.plan.wide:
            with self._draws.exact(evaluator, 0) as exact:
                try:
                    return decide_exactly(self._in_balls(exact, word)), 0
                except PageError:  # what is not rational; balls say so of all else
                    self._fractions = False
        verdict: Verdict | None = None
        told: UndecidedError | None = None
        bits = 0
        for bits in PRECISIONS[:_FEW] if evaluator.draw.plan.wide else PRECISIONS:
            with self._draws.exact(evaluator, bits) as exact:
                try:
                    samples = self._in_balls(exact, word)
                except UndecidedError as error:
                    told = error
                    continue
                verdict = decide(sign, samples, tolerance, verdict)
            if verdict.proved is not None:
                return verdict, bits
        if verdict is None and told is not None:
            raise told
        return verdict or Verdict(None), bits

    def _in_balls(self, evaluator: Evaluator, word: str) -> list[Sample]:
        """Return the values on a draw; with a word, those that are equal if it fits a row."""
        if not word:
            return self._samples(evaluator, 0)
        return [
            Sample(one, other, evaluator.draw.sizes)
            for each, batch in self._rows(evaluator)
            for one, other in pairs_of(word, each, batch)
        ]

    def _values(self, evaluator: Evaluator) -> Iterator[tuple[Array, Array]]:
        for bindings in bindings_of(
            evaluator, self._sides, self._free, one_example=self._one_example
        ):
            yield both_sides(evaluator, self._sides, bindings)

    def _measure(self, evaluator: Evaluator, samples: list[Sample]) -> None:
        """Measure the scale on which the difference of the sides is computed, for each sample."""
        scales = [0.0] * len(samples)
        for seed in range(_NOISY):
            noisy = self._values(self._draws.noisy(evaluator, seed))
            for place, (sample, (left, right)) in enumerate(zip(samples, noisy, strict=True)):
                moved = norm((left - right) - (sample.left - sample.right)) / Noise.LEVEL
                scales[place] = max(scales[place], moved)
        for sample, scale in zip(samples, scales, strict=True):
            sample.scale = scale

    def reconsidered(self, outcome: Comparison) -> Comparison:
        """Return the outcome, with a reason where both sides are 0 but for rounding."""
        try:
            if not all(map(self._is_zero, self._draws.evaluators)):
                return outcome
        except PageError:
            return outcome
        reason = "both sides are 0 but for rounding, in every draw; write = 0"
        return replace(outcome, reason=reason)

    def _is_zero(self, evaluator: Evaluator) -> bool:
        """Return whether both sides are 0 on a draw, but for rounding."""
        scales: dict[tuple[int, int], float] = {}
        values = list(self._values(evaluator))
        for seed in range(_NOISY):
            for place, moved in enumerate(self._values(self._draws.noisy(evaluator, seed))):
                for side in (0, 1):
                    scale = norm(moved[side] - values[place][side]) / Noise.LEVEL
                    scales[place, side] = max(scale, scales.get((place, side), 0.0))
        return all(norm(values[k][side]) <= ROUNDING * s for (k, side), s in scales.items())

    @property
    def unreached(self) -> list[Branch]:
        """The outcomes of what chooses that no draw reached, and that are not impossible."""
        bounds = Bounding(self._scope)
        return [branch for branch in self.record.unreached if not bounds.excludes(*branch)]

    # -- the other draws --------------------------------------------------------------------------

    def others(self) -> Iterator[Evaluator]:
        """Yield the draws that what was read needs, and wide ones where something chooses."""
        plans = [*self._draws.of_small_sets(self.record)]
        choices = dict.fromkeys((*self.record.choices, *(node for node, _ in self.unreached)))
        if choices:
            # Where each branch was reached, it was not in all the ways that branches go together.
            drawn = self._draws.evaluators[0].draw.values
            arrays = any(value.size > 1 for (n, _), value in drawn.items() if n in self.record.read)
            of_values = [node for node in choices if not self._scope.is_of_indices(node)]
            least = FEW_WIDE if arrays or not of_values else FEW_WIDE * len(choices)
            least = MOST_WIDE if self.unreached else least
            plans += self._draws.wide(of_values, least, self.record.read)
        return self._made(plans)

    def _ends(self) -> Iterator[Evaluator]:
        """Yield the draws from the ends of the domains."""
        return self._made(
            [*self._draws.of_ends(self.record, self._sides), *self._draws.wide(self._sides)]
        )

    def _made(self, plans: Iterable[Plan]) -> Iterator[Evaluator]:
        """Yield the draws of plans; what cannot be drawn is left out."""
        for plan in plans:
            try:
                yield self._draws.at(plan)
            except PageError:
                refuse_late(self._draws.deadline)

    def refuted(self, sign: str) -> tuple[float, str] | None:
        """
        Look for a draw, beyond the first ones, on which a relation fails.

        Draws on which something does not exist, or is not finite, or where rounding decides, say
        nothing.

        Returns
        -------
        tuple of float and str, or None
            The relative error, and where it fails in words.
        """
        order = sign in "≤≥<>"
        if order:
            evaluators = self._ends()
        elif sign in "=∝":
            evaluators = self.others()
        else:
            return None
        for evaluator in evaluators:
            evaluator.deadline = self._for_one_draw()
            try:
                if self._certifies and not evaluator.draw.plan.large:
                    verdict, _ = self._decided(evaluator, sign)
                    self.something = self.something or verdict.something
                    if verdict.proved is False:
                        return verdict.error, self._where(evaluator)
                    continue
                samples = self._samples(evaluator, 0, rounding=False)
                outcome = compare(sign, samples, against_zero=self.against_zero)
                self.something = self.something or any(
                    bool(sample.left.any() or sample.right.any()) for sample in samples
                )
                if outcome.holds or not np.isfinite(outcome.error):
                    continue
                if (outcome.reason or outcome.nothing) and not order:
                    continue
                if self._fails(sign, evaluator, samples):
                    return outcome.error, self._where(evaluator)
            except (PageError, FloatingPointError):
                refuse_late(self._draws.deadline)
        return None

    def _for_one_draw(self) -> float:
        """Return when to give up a draw beyond the first, which may be large."""
        now = time.monotonic()
        return now + _PART * max(self._draws.deadline - now, 0.0)

    def _fails(self, sign: str, evaluator: Evaluator, samples: list[Sample]) -> bool:
        """Return whether samples refute a relation, and not rounding or what is too small."""
        with np.errstate(under="raise"):
            self._measure(evaluator, samples)
        if sign in "≤≥<>":
            return any(breaks_order(sign, sample) for sample in samples)
        scale = math.hypot(*(sample.scale or 0.0 for sample in samples))
        return norm(*(s.left - s.right for s in samples)) > ROUNDING * scale

    def _where(self, evaluator: Evaluator) -> str:
        """Return in words a draw's values: numbers, sizes, and what is the same throughout."""
        draw = evaluator.draw
        words = []
        for name in sorted(name for name in self.record.read if not is_part(name)):
            value = draw.values.get((name, None))
            if name in draw.sizes:
                words.append(f"{name} = {draw.sizes[name]}")
            elif value is not None and value.size == 1:
                words.append(f"{name} = {value.item():.6g}")
            elif value is not None and value.min() == value.max():
                words.append(f"{name} is {value.flat[0]:g} throughout")
        return f"where {', '.join(words)}" if words else "on values far out in their domains"

    # -- rows -------------------------------------------------------------------------------------

    def words_on(self, evaluator: Evaluator, *, first: bool = True) -> set[str]:
        """
        Return the words with which the right side follows from the left one's on one draw.

        On a draw that is not one of the ``first``, where something does not exist, or rounding
        decides, every word is returned.
        """
        words = set(WORDS)
        evaluator.names.record = record = Record()
        try:
            for each, batch in self._rows(evaluator):
                words &= words_of(each, batch)
                self.something = self.something or any(side.any() for side in (batch, *each))
            if not (first or words) and not self._is_exact(evaluator):
                return set(WORDS)
        except (PageError, FloatingPointError):
            if first:
                raise
            refuse_late(self._draws.deadline)
            return set(WORDS)
        self.record.join(record)
        return words

    def _rows(self, evaluator: Evaluator) -> Iterator[tuple[list[Array], Array]]:
        """Yield each example's value, and the batch's."""
        left, right = self._sides
        count = range(1, evaluator.names.examples() + 1)
        for bindings in bindings_of(evaluator, self._sides, self._free, one_example=False):
            each = [evaluator.value(left, replace(bindings, example=i)) for i in count]
            yield each, evaluator.value(right, bindings)

    def _is_exact(self, evaluator: Evaluator) -> bool:
        """Return whether a draw's values are finite, and not what is left of much larger ones."""
        with np.errstate(under="raise"):
            pairs = zip(
                self._rows(evaluator), self._rows(self._draws.noisy(evaluator, 0)), strict=True
            )
            for (each, batch), (each_moved, batch_moved) in pairs:
                for own, moved in zip((batch, *each), (batch_moved, *each_moved), strict=True):
                    if not norm(moved - own) <= _EXACT * Noise.LEVEL * norm(own):
                        return False
        return True
