r"""
No line about arrays of a random page holds that is false.

As in `test_fuzz_of_verdicts`, the judge shares no code with the checker: both sides are computed
from the trees that the LaTeX was written from, with 40 digits, and derivatives by central
differences.
"""

import random
from functools import reduce

import mpmath
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from checkedmath import Settings, check_page, read_page

DIGITS = 40
STEP = mpmath.mpf(10) ** -12

WHERE = r"""
- $A, B \in \mathbb{R}^{n \times n}$
- $M \in \mathbb{R}^{p \times n}$
- $X, Y \in \mathbb{R}^{n \times m}$
- $u, v \in \mathbb{R}^{n}$
- $w \in \mathbb{R}^{p}$
- $q \in \{0, 1\}^{n}$
- $a, c \in \mathbb{R}$
- $g : \mathbb{R} \to \mathbb{R}$
- $j, k \in \{1, \dots, n\}$
"""
LETTERS = {
    **dict.fromkeys("AB", ("n", "n")),
    **dict.fromkeys("XY", ("n", "m")),
    **dict.fromkeys("uvq", ("n", "1")),
    **dict.fromkeys("ac", ("1", "1")),
    "M": ("p", "n"),
    "w": ("p", "1"),
}
exp = np.frompyfunc(mpmath.exp, 1, 1)


def number(value):
    return np.array([[value]], dtype=object)


def softmax(x):
    return exp(x) / exp(x).sum(axis=0)


# Of each kind of node: its LaTeX, of its parts' LaTeX, and its value, of their values.
FORMS = {
    "add": ("({} + {})", lambda x, y: x + y),
    "sub": ("({} - {})", lambda x, y: x - y),
    "neg": ("(-{})", lambda x: -x),
    "scale": ("({} {})", lambda s, x: s[0, 0] * x),
    "mm": ("{} {}", lambda x, y: x * y if 1 in (x.size, y.size) else x @ y),
    "odot": (r"({} \odot {})", lambda x, y: x * y),
    "T": (r"({})^\top", lambda x: x.T),
    "tanh": (r"\tanh({})", np.frompyfunc(mpmath.tanh, 1, 1)),
    "tr": (r"\operatorname{{tr}}({})", lambda x: number(np.trace(x))),
    "diag": (r"\operatorname{{diag}}({})", lambda x: np.diag(x[:, 0])),
    "square": (r"\lVert {} \rVert_F^2", lambda x: number((x * x).sum())),
    "length": (r"\lVert {} \rVert^2", lambda x: number((x * x).sum())),
    "softmax": (r"\operatorname{{softmax}}({})", softmax),
    "max": (r"\max({})", lambda x: number(x.max())),
    "min": (r"\min({})", lambda x: number(x.min())),
    "lse": (r"\log({}^\top \exp({}))", lambda one, x: number(mpmath.log((one * exp(x)).sum()))),
}


def latex(tree):  # noqa: C901 (a list of cases)
    """Return a tree as LaTeX."""
    match tree:
        case (str(letter),):
            return letter
        case ("number", value):
            return str(value)
        case ("ones", size):
            return rf"\mathbf{{1}}_{size}"
        case ("over", size, inner):
            return rf"\frac{{1}}{{{size}}} {latex(inner)}"
        case ("column", letter):
            return f"{letter.lower()}^{{(i)}}"
        case ("entry", inner, *scripts):
            return f"({latex(inner)})_{{{''.join(scripts)}}}"
        case ("sum", index, start, stop, inner):
            return rf"(\sum_{{{index}={start}}}^{{{stop}}} {latex(inner)})"
        case ("g", order, inner):
            return f"g{chr(39) * order}({latex(inner)})"
        case ("by", of, letter, *scripts):
            below = latex(("column", letter)) if scripts == ["i"] else letter
            below += f"_{{{''.join(scripts)}}}" if scripts and scripts != ["i"] else ""
            return rf"\frac{{\partial {latex(of)}}}{{\partial {below}}}"
        case ("second", of, letter):
            return rf"\frac{{\partial^2 {latex(of)}}}{{\partial {letter}_j \partial {letter}_k}}"
        case (kind, *parts):
            return FORMS[kind][0].format(*map(latex, parts))


def value(tree, at):  # noqa: C901 (a list of cases)
    """Return the value of a tree where letters, sizes and indices have values."""
    match tree:
        case (str(letter),):
            return value(at[letter], at) if isinstance(at[letter], tuple) else at[letter]
        case ("number", written):
            return number(mpmath.mpf(written))
        case ("ones", size):
            return number(mpmath.mpf(1)).repeat(at[size], axis=0)
        case ("over", size, inner):
            return value(inner, at) / mpmath.mpf(at[size])
        case ("column", letter):
            return value((letter,), at)[:, [at["i"] - 1]]
        case ("entry", inner, *scripts):
            array, numbers = value(inner, at), [at[s] - 1 for s in scripts]
            array = array.ravel() if len(numbers) == 1 else array
            return number(array[tuple(numbers)])
        case ("sum", index, start, stop, inner):
            terms = [value(inner, {**at, index: k}) for k in range(start, at[stop] + 1)]
            return reduce(lambda x, y: x + y, terms)
        case ("g", order, inner):
            return np.frompyfunc(lambda z: mpmath.diff(at["g"], z, order), 1, 1)(value(inner, at))
        case ("by", of, letter, *scripts):
            return gradient(of, letter, scripts, at)
        case ("second", of, letter):
            first = ("by", of, letter, "j")
            return gradient(first, letter, ["k"], at)
        case (kind, *parts):
            return FORMS[kind][1](*(value(part, at) for part in parts))


def gradient(of, letter, scripts, at):
    """Return central differences of a number by an array, a column of it, or an entry."""
    around = value((letter,), at)
    places = list(np.ndindex(around.shape))
    if scripts == ["i"]:
        places = [(row, at["i"] - 1) for row in range(around.shape[0])]
    elif scripts:
        places = [tuple(([at[s] - 1 for s in scripts] + [0])[:2])]
    found = []
    for place in places:
        moved = []
        for step in (STEP, -STEP):
            other = around.copy()
            other[place] += step
            moved.append(value(of, {**at, letter: other})[0, 0])
        found.append((moved[0] - moved[1]) / (2 * STEP))
    shape = around.shape if not scripts else (len(found), 1)
    return np.array(found, dtype=object).reshape(shape)


# -- random trees ----------------------------------------------------------------------------------


def grown(rng, shape, depth):  # noqa: C901, PLR0912 (a list of cases)
    """Return a random tree of a shape."""
    rows, columns = shape
    letters = [(letter,) for letter, each in LETTERS.items() if each == shape]
    if depth <= 0 and letters:
        return rng.choice(letters)
    if depth <= 0:
        turned = [("T", (letter,)) for letter, each in LETTERS.items() if each == shape[::-1]]
        if turned:
            return rng.choice(turned)
        if columns == "1":
            return ("ones", rows)
        return ("mm", grown(rng, (rows, "1"), 0), ("T", grown(rng, (columns, "1"), 0)))
    down = depth - 1
    kinds = ["add", "sub", "scale", "mm", "mm", "T", "over", "g", "tanh", "odot"]
    if shape == ("1", "1"):
        kinds += ["length", "square", "tr", "dot", "dot", "sum", "entries", "max"]
    if columns == "1" and rows != "1":
        kinds += ["softmax", "columns", "diag"]
    kind = rng.choice(kinds)
    match kind:
        case "scale":
            return ("scale", rng.choice([("a",), ("c",), ("number", 2)]), grown(rng, shape, down))
        case "mm":
            middle = rng.choice("npm")
            return ("mm", grown(rng, (rows, middle), down), grown(rng, (middle, columns), down))
        case "T":
            return ("T", grown(rng, (columns, rows), down))
        case "over":
            return ("over", rng.choice("npm"), grown(rng, shape, down))
        case "g":
            return ("g", 0, grown(rng, shape, down))
        case "length" | "max":
            return (kind, grown(rng, (rng.choice("npm"), "1"), down))
        case "square":
            return ("square", grown(rng, (rng.choice("np"), rng.choice("nm")), down))
        case "tr":
            size = rng.choice("npm")
            return ("tr", grown(rng, (size, size), down))
        case "dot":
            size = rng.choice("npm")
            x, y = (grown(rng, (size, "1"), down) for _ in range(2))
            return ("mm", ("T", x), y)
        case "sum":
            x, y = (grown(rng, ("n", "1"), down) for _ in range(2))
            return ("sum", "t", 1, "n", ("scale", ("entry", x, "t"), ("entry", y, "t")))
        case "entries":
            x = grown(rng, ("n", "n"), down)
            return ("sum", "t", 1, "n", ("entry", x, "t", "t"))
        case "softmax":
            return ("softmax", grown(rng, shape, down))
        case "columns" if rows == "n":
            letter = rng.choice("XY")
            dot = ("mm", ("T", ("column", letter)), grown(rng, shape, 0))
            return ("sum", "i", 1, "m", ("scale", dot, ("column", rng.choice("XY"))))
        case "diag":
            return ("mm", ("diag", grown(rng, shape, down)), grown(rng, shape, down))
        case "tanh":
            return ("tanh", grown(rng, shape, down))
    if kind not in {"add", "sub", "odot"}:
        kind = "add"
    return (kind, grown(rng, shape, down), grown(rng, shape, down))


def inside(rng, tree, change):
    """Return a tree with a change in some of its parts."""
    return tuple(change(rng, part) if isinstance(part, tuple) else part for part in tree)


def rewritten(rng, tree):  # noqa: C901, PLR0912 (a list of cases)
    """Return a tree of the same value, written in another way."""
    tree = inside(rng, tree, rewritten)
    if rng.random() < 0.4:
        return tree
    match tree:
        case ("add" | "odot" as kind, x, y):
            return (kind, y, x)
        case ("T", ("mm", x, y)):
            return ("mm", ("T", y), ("T", x))
        case ("T", ("T", x)):
            return x
        case ("T", ("add" | "sub" | "odot" as kind, x, y)):
            return (kind, ("T", x), ("T", y))
        case ("mm", x, ("add" | "sub" as kind, y, z)):
            return (kind, ("mm", x, y), ("mm", x, z))
        case ("mm", ("X" | "Y" as one,), ("T", ("X" | "Y" as other,))):
            pair = ("mm", ("column", one), ("T", ("column", other)))
            return ("sum", "i", 1, "m", pair)
        case ("mm", ("diag", x), y):
            return ("odot", x, y)
        case ("square", x):
            return ("tr", ("mm", ("T", x), x))
        case ("length", x):
            return ("mm", ("T", x), x)
        case ("tr", ("mm", x, y)):
            return ("tr", ("mm", y, x))
        case ("max", x):
            return ("neg", ("min", ("neg", x)))
        case ("over", size, ("sum", index, start, stop, inner)):
            return ("sum", index, start, stop, ("over", size, inner))
        case ("q",):
            return ("odot", ("q",), ("q",))
    return tree


def spoilt(rng, tree):  # noqa: C901, PLR0912 (a list of cases)
    """Return a tree with one small mistake, which may change no value."""
    places = [place for place, part in enumerate(tree) if isinstance(part, tuple)]
    if places and rng.random() < 0.7:
        place = rng.choice(places)
        return (*tree[:place], spoilt(rng, tree[place]), *tree[place + 1 :])
    match tree:
        case (str(letter),) if letter in LETTERS:
            alike = [x for x, shape in LETTERS.items() if shape == LETTERS[letter] and x != letter]
            square = LETTERS[letter] == ("n", "n")
            return ("T", tree) if square and rng.random() < 0.5 else ((alike or [letter])[0],)
        case ("number", written):
            return ("number", written + 1)
        case ("over", size, inner):
            other = rng.choice("npm".replace(size, ""))
            return rng.choice([inner, ("over", other, inner)])
        case ("column", letter):
            return ("column", "Y" if letter == "X" else "X")
        case ("entry", inner, *scripts):
            return ("entry", inner, *reversed(scripts))
        case ("sum", index, start, stop, inner):
            return ("sum", index, start + 1, stop, inner)
        case ("g", order, inner):
            return ("g", order + 1 if order < 2 else 1, inner)
        case ("add", x, y):
            return ("sub", x, y)
        case ("sub", x, y):
            return rng.choice([("sub", y, x), ("add", x, y)])
        case ("mm", x, y):
            return rng.choice([("odot", x, y), ("mm", y, x)])
        case ("scale", _, x) | ("neg" | "tanh" | "softmax" | "T", x):
            return x
        case ("max", x):
            return ("min", x)
    return ("scale", ("number", 2), tree)


def v(name):
    return (name,)


def mm(*parts):
    return reduce(lambda x, y: ("mm", x, y), parts)


def added(x, y):
    return ("add", x, y)


def twice(tree):
    return ("scale", ("number", 2), tree)


A, B, M, X, Y, U, V, W, Q = map(v, "ABMXYuvwq")
RESIDUAL, ERRORS = ("sub", ("mm", M, V), W), ("sub", ("mm", A, X), Y)
ONE_N, ONE_M, ONE_P = (("ones", size) for size in "nmp")
# Of each letter: terms of a cost, and their gradients; of v, their second derivatives.
TERMS = {
    "v": [
        (mm(("T", V), A, U), mm(A, U), None),
        (mm(("T", V), A, V), mm(("add", A, ("T", A)), V), ("add", A, ("T", A))),
        (("length", RESIDUAL), twice(mm(("T", M), RESIDUAL)), twice(mm(("T", M), M))),
        (mm(("T", ONE_N), ("g", 0, V)), ("g", 1, V), ("diag", ("g", 2, V))),
        (
            mm(("T", W), ("g", 0, mm(M, V))),
            mm(("T", M), ("odot", W, ("g", 1, mm(M, V)))),
            mm(("T", M), ("diag", ("odot", W, ("g", 2, mm(M, V)))), M),
        ),
        (mm(("T", Q), ("odot", V, V)), twice(("odot", Q, V)), twice(("diag", Q))),
        (("lse", ONE_N, V), ("softmax", V), None),
    ],
    "A": [
        (mm(("T", V), A, U), mm(V, ("T", U))),
        (("tr", mm(A, B)), ("T", B)),
        (("square", ERRORS), twice(mm(ERRORS, ("T", X)))),
        (("over", "m", ("square", ERRORS)), ("over", "m", twice(mm(ERRORS, ("T", X))))),
        (
            mm(("T", ONE_N), ("g", 0, mm(A, X)), ONE_M),
            mm(("g", 1, mm(A, X)), ("T", X)),
        ),
        (("tr", mm(A, A)), twice(("T", A))),
    ],
    "X": [
        (("square", ERRORS), twice(mm(("T", A), ERRORS))),
        (("over", "m", ("square", X)), ("over", "m", twice(X))),
        (mm(("T", U), X, ONE_M), mm(U, ("T", ONE_M))),
        (("tr", mm(("T", Y), A, X)), mm(("T", A), Y)),
        (
            mm(("T", V), ("g", 0, X), ONE_M),
            ("odot", mm(V, ("T", ONE_M)), ("g", 1, X)),
        ),
    ],
}


def equality(seed):
    """Return a random equality: definitions, its sides as trees, and its free indices."""
    rng = random.Random(seed)  # noqa: S311 (a test, no secret)
    if rng.random() < 0.4:
        shape = rng.choice([("n", "1"), ("1", "1"), ("n", "n"), ("n", "m"), ("p", "n"), ("1", "n")])
        left = grown(rng, shape, rng.choice([1, 2, 2, 3]))
        right = rewritten(rng, left)
        scripts = [s for s, size in zip("jk", shape, strict=True) if size == "n"]
        definitions = {}
        if shape in {("n", "1"), ("n", "n")} and rng.random() < 0.4:
            left, right = (("entry", side, *scripts) for side in (left, right))
        else:
            scripts = []
    else:
        letter = rng.choice("vAX")
        chosen = rng.sample(TERMS[letter], rng.choice([1, 2]))
        total = [reduce(added, parts) for parts in list(zip(*chosen, strict=True))[:2]]
        definitions = {"J": total[0]}
        scripts, left, right = [], ("by", ("J",), letter), total[1]
        how = rng.random()
        hessians = [each[2] for each in chosen if letter == "v"]
        if letter == "v" and all(hessians) and how < 0.4:
            scripts, left = ["j", "k"], ("second", ("J",), letter)
            right = ("entry", reduce(added, hessians), "j", "k")
        elif letter != "X" and how < 0.7:
            scripts = ["j", "k"] if letter == "A" else ["j"]
            left, right = ("by", ("J",), letter, *scripts), ("entry", right, *scripts)
        right = rewritten(rng, right)
    if rng.random() < 0.6:
        right = spoilt(rng, right)
    return definitions, left, right, scripts


def verdict(definitions, left, right):
    blocks = [f":::{{where}}\n{WHERE.strip()}\n:::"]
    lines = [f"{name} := {latex(tree)}" for name, tree in definitions.items()]
    blocks += [f"$$\n{line}\n$$" for line in [*lines, f"{latex(left)} = {latex(right)}"]]
    page = read_page("\n\n".join(blocks) + "\n", "page.md")
    return check_page(page, settings=Settings(timeout=20))[-1]


def points(seed):
    """Yield values of the letters, the sizes and the function."""
    rng = random.Random(seed)  # noqa: S311 (a test, no secret)
    for labels in ((0, 1), (0, 1), (0, 0), (1, 1)):
        sizes = dict(zip("npm", rng.sample([2, 3, 4], 3), strict=True))
        at = {"1": 1, **sizes}
        p, r, s = (mpmath.mpf(rng.uniform(0.5, 1.5)) for _ in range(3))
        at["g"] = lambda z, p=p, r=r, s=s: mpmath.sin(p * z + r) + s * z * z / 3
        for letter, (rows, columns) in LETTERS.items():
            shape = (at[rows], at[columns])
            drawn = rng.choice if letter == "q" else lambda _: rng.gauss(0, 1)
            flat = [mpmath.mpf(drawn(labels)) for _ in range(shape[0] * shape[1])]
            at[letter] = np.array(flat, dtype=object).reshape(shape)
        yield at


def refuted(definitions, left, right, scripts, seed):
    """Return whether two trees differ by more than rounding explains."""
    with mpmath.workdps(DIGITS):
        for at in points(seed):
            at.update(definitions)
            sides = []
            for chosen in np.ndindex(*(at["n"] for _ in scripts)):
                here = {**at, **{s: k + 1 for s, k in zip(scripts, chosen, strict=True)}}
                sides.append((value(left, here), value(right, here)))
            if any(x.shape != y.shape for x, y in sides):
                return True
            scale = max(max(abs(x).max(), abs(y).max()) for x, y in sides)
            if max(abs(x - y).max() for x, y in sides) > max(1e-6 * scale, 1e-9):
                return True
    return False


@given(st.integers(0, 10**9))
def test_what_holds_of_arrays_is_true(seed):
    definitions, left, right, scripts = equality(seed)
    finding = verdict(definitions, left, right)
    if finding.status == "holds":
        assert not refuted(definitions, left, right, scripts, seed), str(finding)


def test_most_of_what_is_true_of_arrays_holds():
    statuses = []
    for seed in range(60):
        definitions, left, right, scripts = equality(seed)
        try:
            true = not refuted(definitions, left, right, scripts, seed)
        except (IndexError, ValueError):
            continue  # shapes that do not fit
        if true:
            statuses.append(verdict(definitions, left, right).status)
    assert statuses.count("holds") > len(statuses) / 2
