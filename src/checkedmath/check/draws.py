"""The draws on which a page is checked: the first ones, and those that a relation needs besides."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Iterable, Iterator

import numpy as np

from checkedmath.bind.scope import Scope
from checkedmath.errors import DrawAgainError
from checkedmath.evaluate.balls import PRECISIONS, Balls
from checkedmath.evaluate.drawing import Plan, draw, marks_beside, small_set
from checkedmath.evaluate.evaluating import Evaluator
from checkedmath.evaluate.rationals import Quotients
from checkedmath.evaluate.recording import Noise, Record
from checkedmath.latex.nodes import BigOperator, Derivative, Node, Number, Power

MOST_REDRAWS = 10
"""How often a draw is drawn again before an equation is given up."""

_MOST_FIRST_REDRAWS = 40
"""How often one of the first draws is, where a size or a range of the page would be empty."""

_MOST_COMBINATIONS = 24
"""Draws in which the numbers of small sets take their values together."""

_MOST_LITERALS = 6
"""Numbers of a relation that wide draws meet."""

_LARGEST_POWER = 20

_ROUNDS = 8
"""How often a number meets each of the literals, beside other values of the other names."""

_MOST_PICKED = 60
"""Draws of arrays of small sets whose entries are taken one by one, for how these go together."""

_LARGEST_SET = 24
"""Values that a set has at most of which each one is drawn."""

_LARGE, _LARGE_FOR_SUMS = 150, 30
"""What a size is in the draws in which it is to be large; only the second where sums are slow."""

MOST_WIDE = 40
"""Draws far out in the domains, for an order, or for a branch that no draw reached."""

FEW_WIDE = 12
"""The same for each choice where each branch was reached."""


_NONE = np.empty(0)


class Draws:
    """
    The draws of a page, each made once.

    Attributes
    ----------
    certify : bool
        Whether balls decide.
    evaluators : list of Evaluator
        The first draws, on which everything is evaluated.
    """

    def __init__(
        self,
        scope: Scope,
        seed: int,
        count: int,
        deadline: float = math.inf,
        *,
        certify: bool = False,
    ) -> None:
        self._scope = scope
        self._seed = seed
        self.deadline = deadline
        self.certify = certify
        self._makers = {"balls": Balls(), "fractions": Quotients()} if certify else {}
        self._made: dict[Plan, Evaluator] = {}
        self._exact: dict[tuple[Plan, int], Evaluator] = {}
        self.count = count
        self.evaluators = [self._first(number) for number in range(count)]

    def _first(self, number: int) -> Evaluator:
        for attempt in range(_MOST_FIRST_REDRAWS):
            try:
                return self.at(self._plan(number, attempt))
            except DrawAgainError as error:
                last = error
        raise last

    def of(self, scope: Scope, count: int | None = None) -> Draws:
        """Return the first of these draws for a page with other definitions."""
        other = Draws(scope, self._seed, 0, self.deadline)
        for evaluator in self.evaluators[:count]:
            other.evaluators.append(Evaluator(scope, evaluator.draw, self.deadline))
        other.count = len(other.evaluators)
        return other

    def at(self, plan: Plan) -> Evaluator:
        """Return the evaluator of a draw."""
        if plan not in self._made:
            drawn = draw(self._scope, self._seed, plan, self.deadline)
            self._made[plan] = Evaluator(self._scope, drawn, self.deadline)
        return self._made[plan]

    def again(self, number: int, attempt: int) -> Evaluator:
        """Return another draw in place of one of the first."""
        if not attempt:
            return self.evaluators[number]
        return self.at(self._plan(number, attempt))

    def _plan(self, number: int, attempt: int) -> Plan:
        """Return a plan of another number: sizes move on with it, and may be what was wrong."""
        return Plan(attempt * self.count + (number + attempt) % self.count)

    def noisy(self, evaluator: Evaluator, seed: int) -> Evaluator:
        """Return an evaluator of the same draw that changes each value a little."""
        noisy = Evaluator(self._scope, evaluator.draw, evaluator.deadline)
        noisy.noise = Noise(seed)
        return noisy

    @contextlib.contextmanager
    def exact(self, evaluator: Evaluator, bits: int) -> Iterator[Evaluator]:
        """Give an evaluator of the same draw in balls of some bits; of 0 bits, in fractions."""
        balls = self._makers["balls" if bits else "fractions"]
        key = (evaluator.draw.plan, bits)
        with balls.precision(bits or PRECISIONS[0]):
            if key not in self._exact:
                drawn = balls.draw(evaluator.draw, self._seed)
                self._exact[key] = Evaluator(self._scope, drawn, evaluator.deadline)
                self._exact[key].balls = balls
            self._exact[key].deadline = evaluator.deadline
            yield self._exact[key]

    def of_small_sets(self, record: Record) -> Iterator[Plan]:
        """
        Yield the plans that what was read of small sets needs.

        The numbers take their values in every combination, and each array has once its smallest
        value throughout, and once its largest.
        """
        first = self.evaluators[0].draw
        numbers: dict[str, tuple[int, ...]] = {}
        for (name, layer), domain in self._scope.arrays.items():
            values = small_set(domain, first) if name in record.read and layer is None else ()
            if not values:
                continue
            array = first.values.get((name, None))
            if array is not None and array.size == 1:
                numbers[name] = values
                continue
            yield Plan(0, fixed=((name, float(values[0])),))
            yield Plan(1, fixed=((name, float(values[-1])),))
            if record.picked:
                yield from (Plan(number + self.count) for number in range(_MOST_PICKED))
        small = {name: each for name, each in numbers.items() if len(each) <= _LARGEST_SET}
        together = math.prod(len(values) for values in small.values())
        if len(small) > 1 and together <= _MOST_COMBINATIONS:
            for number, chosen in enumerate(itertools.product(*small.values())):
                fixed = tuple(zip(small, map(float, chosen), strict=True))
                yield Plan(number, fixed=fixed)
        elif len(small) > 1:
            yield from (Plan(number + self.count) for number in range(_MOST_COMBINATIONS))
        elif small:
            ((name, values),) = small.items()
            yield from (Plan(n, fixed=((name, float(each)),)) for n, each in enumerate(values))

    def of_ends(self, record: Record, sides: Iterable[Node]) -> Iterator[Plan]:
        """Yield plans with the ends of sets and of sizes, for what is an order."""
        yield from self.of_small_sets(record)
        yield from (Plan(number, wide=True, ends=True) for number in range(4))
        sizes = self.evaluators[0].draw.sizes.keys() - self.evaluators[0].draw.depths.keys()
        nodes = [inner for side in sides for inner in side.walk()]
        slow = any(isinstance(inner, (BigOperator, Derivative)) for inner in nodes)
        large = [_LARGE_FOR_SUMS] if slow else [_LARGE_FOR_SUMS, _LARGE]
        names = sorted(record.read & sizes)
        for name, size, ends in itertools.product(names, large, (False, True)):
            yield Plan(1, ends=ends, large=name, size=size)

    def wide(
        self, nodes: Iterable[Node], least: int = MOST_WIDE, read: Iterable[str] = ()
    ) -> Iterator[Plan]:
        """
        Yield plans with values from all of their domains, literals of expressions among them.

        Where numbers are among the names that are ``read``, each meets each literal beside many
        values of the others.
        """
        literals = sorted({value for node in nodes for value in _literals(node)})
        marks = marks_beside(literals[:_MOST_LITERALS])
        values = self.evaluators[0].draw.values
        numbers = any(values.get((name, None), _NONE).size == 1 for name in read)
        rounds = (_ROUNDS if numbers else 1) if literals else 0
        for number in range(max(least, 2 * rounds * (len(marks) + 3))):
            yield Plan(number, wide=True, marks=marks)


def _literals(node: Node) -> Iterator[float]:
    """Yield the numbers that are written in an expression."""
    for inner in node.walk():
        match inner:
            case Number(value):
                yield float(value)
            case Power(Number(base), Number(exponent)) if base > 0 and exponent < _LARGEST_POWER:
                yield float(base) ** float(exponent)
