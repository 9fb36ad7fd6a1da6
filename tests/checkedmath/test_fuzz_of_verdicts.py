r"""
No line of a random page holds that is false, whoever made the page.

The judge shares no code with the checker: it computes both sides from the tree that the LaTeX was
written from, with 100 digits, and derivatives by central differences. Balls are a second one, which
share the rules of evaluation with float64, and no rounding. `nox -s tests` tries few pages, `nox -s
fuzz` many.
"""

import random

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkedmath import Settings, check_page, read_page

mpmath.mp.dps = 100
pytest.importorskip("flint")

WHERE = r"""
- $a, b \in \mathbb{R}$
- $c \in \mathbb{R}_{>0}$
- $p \in (0, 1)$
- $t \in \{0, 1\}$
"""
ONE = {
    "exp": (r"\exp({})", mpmath.exp),
    "tanh": (r"\tanh({})", mpmath.tanh),
    "sin": (r"\sin({})", mpmath.sin),
    "sigmoid": (r"\sigma({})", lambda z: 1 / (1 + mpmath.exp(-z))),
    "abs": (r"\lvert {} \rvert", abs),
    "neg": ("(-({}))", lambda z: -z),
    "square": ("({})^2", lambda z: z**2),
    "cube": ("({})^3", lambda z: z**3),
    "log1p": (r"\log(1 + ({})^2)", lambda z: mpmath.log(1 + z**2)),
    "sqrt1p": (r"\sqrt{{1 + ({})^2}}", lambda z: mpmath.sqrt(1 + z**2)),
    "positive": (r"\mathbb{{1}}[{} > 0]", lambda z: mpmath.mpf(z > 0)),
}
TWO = {
    "add": ("({} + {})", lambda x, y: x + y),
    "sub": ("({} - {})", lambda x, y: x - y),
    "mul": (r"({}) \cdot ({})", lambda x, y: x * y),
    "div": (r"\frac{{{}}}{{1 + ({})^2}}", lambda x, y: x / (1 + y**2)),
    "max": (r"\max({}, {})", max),
    "min": (r"\min({}, {})", min),
    "cases": (
        r"\left( \begin{{cases}} {0} & \text{{if }} {0} > {1} \\ ({1})^2 & \text{{otherwise}} "
        r"\end{{cases}} \right)",
        lambda x, y: x if x > y else y**2,
    ),
}
NUMBERS = ("0", "1", "2", "3", "0.5", "10", "40")
ROUGH = {"abs", "max", "min", "cases", "positive"}


def written(tree):
    """Return a tree as LaTeX."""
    kind, *parts = tree
    if not parts:
        return kind
    if kind == "derivative":
        return rf"\frac{{\partial ({written(parts[0])})}}{{\partial {parts[1]}}}"
    form, _ = (ONE | TWO)[kind]
    return form.format(*map(written, parts))


def computed(tree, values):
    """Return the value of a tree where its letters have values."""
    kind, *parts = tree
    if not parts:
        return values[kind] if kind in values else mpmath.mpf(kind)
    if kind == "derivative":
        of, name = parts
        step = mpmath.mpf(10) ** -30
        up, down = (computed(of, {**values, name: values[name] + s}) for s in (step, -step))
        return (up - down) / (2 * step)
    _, function = (ONE | TWO)[kind]
    return function(*(computed(part, values) for part in parts))


def grown(rng, depth):
    """Return a random tree."""
    if depth == 0 or rng.random() < 0.15:
        return (rng.choice(["a", "a", "b", "c", "p", "t", *NUMBERS]),)
    if rng.random() < 0.45:
        return (rng.choice(list(ONE)), grown(rng, depth - 1))
    return (rng.choice(list(TWO)), grown(rng, depth - 1), grown(rng, depth - 1))


def kinds(tree):
    yield tree[0]
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from kinds(part)


SWAPS = [("max", "min"), ("add", "sub"), ("tanh", "sin"), ("square", "cube"), ("abs", "neg")]


def rewritten(rng, tree):
    """Return a tree that is mostly equal: sides are turned, and no value changes but by luck."""
    kind, *parts = tree
    parts = [rewritten(rng, part) if isinstance(part, tuple) else part for part in parts]
    if kind in ("add", "mul", "max", "min") and rng.random() < 0.7:
        parts.reverse()
    if kind == "sub" and rng.random() < 0.5:
        return ("add", parts[0], ("neg", parts[1]))
    if kind == "max" and rng.random() < 0.3:
        x, y = parts
        return ("add", x, ("max", ("0",), ("sub", y, x)))
    if kind == "abs" and rng.random() < 0.5:
        return ("max", parts[0], ("neg", parts[0]))
    return (kind, *parts)


def spoilt(rng, tree):
    """Return a tree with one small mistake, which may change no value."""
    kind, *parts = tree
    inner = [place for place, part in enumerate(parts) if isinstance(part, tuple)]
    if inner and rng.random() < 0.75:
        place = rng.choice(inner)
        parts[place] = spoilt(rng, parts[place])
        return (kind, *parts)
    for one, other in SWAPS:
        if kind in (one, other) and rng.random() < 0.7:
            return (other if kind == one else one, *parts)
    if kind in NUMBERS:
        return (rng.choice(NUMBERS),)
    if kind in TWO and rng.random() < 0.5:
        return parts[rng.randrange(2)]
    if kind in "abcpt" and rng.random() < 0.5:
        return (rng.choice("abcpt"),)
    return ("abs", tree) if rng.random() < 0.5 else ("max", tree, (rng.choice(NUMBERS),))


def points(rng):
    """Yield values of the letters, in the middle of their domains and far out."""
    steps = [0, 1, -1, 2, -2, 0.3, -0.3, 5, -5, 11, -11, 41, -41, 90, -90]
    for number in range(90):
        near = number % 2
        values = {
            "a": rng.gauss(0, 2) if near else rng.choice(steps) + rng.random() / 7,
            "b": rng.gauss(0, 2) if near else rng.choice(steps) + rng.random() / 7,
            "c": rng.uniform(0.1, 3) if near else rng.choice([0.001, 1.5, 9.7, 45.0]),
            "p": rng.uniform(0.05, 0.95) if near else rng.choice([0.001, 0.5, 0.999]),
            "t": rng.randrange(2),
        }
        yield {name: mpmath.mpf(value) for name, value in values.items()}


def refuted(left, right, rng):
    """Return where two trees differ by more than rounding explains, or None."""
    for values in points(rng):
        try:
            x, y = computed(left, values), computed(right, values)
        except (ZeroDivisionError, OverflowError, ValueError):
            continue
        if abs(x - y) > 1e-6 * max(abs(x), abs(y)) and max(abs(x), abs(y)) < 1e12:
            return {name: float(value) for name, value in values.items()}
    return None


def pages(seed):
    """Return a random equality: its sides, as trees."""
    rng = random.Random(seed)  # noqa: S311 (a test, no secret)
    left = grown(rng, rng.choice([2, 3, 3, 4]))
    if rng.random() < 0.3 and not ROUGH & set(kinds(left)):
        left = ("derivative", left, rng.choice("abc"))
    right = rewritten(rng, left) if left[0] != "derivative" else left
    if rng.random() < 0.6:
        right = (
            spoilt(rng, right)
            if right[0] != "derivative"
            else (*right[:1], spoilt(rng, right[1]), right[2])
        )
    return left, right, rng


def verdict(left, right, *, certify=False):
    text = f":::{{where}}\n{WHERE.strip()}\n:::\n\n$$\n{written(left)} = {written(right)}\n$$\n"
    settings = Settings(timeout=20, certify=certify)
    (finding,) = check_page(read_page(text, "page.md"), settings=settings)
    return finding


@given(st.integers(0, 10**9))
def test_what_holds_is_true(seed):
    left, right, rng = pages(seed)
    finding = verdict(left, right)
    if finding.status == "holds":
        where = refuted(left, right, rng)
        assert where is None, f"{written(left)} = {written(right)} fails at {where}"


@given(st.integers(0, 10**9))
def test_balls_judge_what_float64_says(seed):
    left, right, rng = pages(seed)
    finding = verdict(left, right)
    judged = verdict(left, right, certify=True)
    line = f"{written(left)} = {written(right)}"
    if finding.status == "holds" and judged.status != "holds":
        # Float64 has no digits for a smaller difference, as that of tanh(40) and tanh(50).
        assert judged.relative_error < 1e-15, f"{line} {judged.summary}"
    if judged.certificate is not None and judged.passes:
        where = refuted(left, right, rng)
        assert where is None, f"{line} fails at {where}"


def test_most_of_what_is_true_holds():
    statuses = []
    for seed in range(60):
        left, right, rng = pages(seed)
        if refuted(left, right, rng) is None:
            statuses.append(verdict(left, right).status)
    assert statuses.count("holds") > len(statuses) / 2
    assert set(statuses) <= {"holds", "unchecked", "differs"}
