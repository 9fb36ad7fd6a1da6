"""Each simple mistake in a gradient is named; nothing else is called one."""

import subprocess
import sys

import numpy as np
import pytest

from checkedmath import explain

RNG = np.random.default_rng(0)
M = 4
dZ = RNG.normal(size=(3, M))
A = RNG.normal(size=(2, M))
dW = dZ @ A.T / M
db = dZ.mean(axis=1, keepdims=True)
SQUARE = RNG.normal(size=(3, 3))
WRONG_ENTRY = dW.copy()
WRONG_ENTRY[2, 1] = 7.0
MISTAKES = {
    "m": (M * dW, dW, "factor", "off by exactly m: yours is m times the truth; a 1/m is missing"),
    "1/m": (dW / M, dW, "factor", "exactly 1/m: the truth is m times yours; a 1/m too many"),
    "m²": (M**2 * dW, dW, "factor", "exactly m²: yours is m² times the truth; twice a 1/m is"),
    "1/m²": (dW / M**2, dW, "factor", "exactly 1/m²: the truth is m² times yours; twice a 1/m too"),
    "2": (2 * dW, dW, "factor", "off by exactly 2: yours is twice the truth"),
    "1/2": (dW / 2, dW, "factor", "off by exactly 1/2: the truth is twice yours"),
    "−1": (-dW, dW, "factor", "off by the sign: yours is minus the truth"),
    "−m": (-M * dW, dW, "factor", "exactly −m: yours is minus m times the truth; a 1/m is missing"),
    "2m": (2 * M * dW, dW, "factor", "exactly 2m: yours is 2m times the truth; a 1/m is missing"),
    "rows": (3 * dW, dW, "factor", "exactly 3: yours is 3 times the truth, as many as it has rows"),
    "1/rows": (dW / 3, dW, "factor", "exactly 1/3: yours is 1/3 times the truth, one over the num"),
    "m − 1": (dW * M / (M - 1), dW, "factor", "that is m/(m − 1): divided by m − 1 in place of m"),
    "any": (0.7123 * dW, dW, "factor", "off by exactly 0.7123: yours is 0.7123 times the truth"),
    "turned": (dW.T, dW, "transposed", "transposed: yours is the transpose of the truth"),
    "turned square": (SQUARE.T, SQUARE, "transposed", "transposed: yours is the transpose"),
    "turned, m": (
        M * dW.T,
        dW,
        "transposed",
        "transposed, and off by exactly m: yours is m times the transpose of the truth; a 1/m is",
    ),
    "turned, 1/m": (
        SQUARE.T / M,
        SQUARE,
        "transposed",
        "transposed, and off by exactly 1/m: the truth is m times the transpose of yours",
    ),
    "stack for sum": (dZ, M * db, "stack", "the truth is the sum of the columns of yours"),
    "stack for mean": (dZ, db, "stack", "the truth is the mean of the columns of yours"),
    "sum of all": (dZ.sum(), M * db, "reduced", "yours is the sum of the rows of the truth"),
    "other axis": (dZ.sum(axis=0, keepdims=True), M * db, "axis", "summed over the wrong axis"),
    "other axis, mean": (dZ.sum(axis=0, keepdims=True), db, "axis", "summed over the wrong axis"),
    "other axis, no axis kept": (dZ.sum(axis=0), M * db, "axis", "summed over the wrong axis"),
    "no axis kept": (db[:, 0], db, "shape", "the numbers agree; keep both axes, as keepdims=True"),
    "no axis kept, m": (M * db[:, 0], db, "factor", "off by exactly m"),
    "no shape": (dW, db, "shape", "(3, 2), the truth (3, 1); no sum, mean or transpose"),
    "column": (dW * [[1, 3]], dW, "part", "only the column [:, 1] differs, counted from 0"),
    "row": (dW * [[1], [3], [1]], dW, "part", "only the row [1, :] differs, counted from 0"),
    "entry": (WRONG_ENTRY, dW, "part", "only the entry [2, 1] differs, counted from 0"),
    "signs": (abs(dW), dW, "signs", f"only the sign is wrong, in {(dW < 0).sum()} of 6 entries"),
    "offset": (dW + 0.5, dW, "offset", "off by a constant: yours minus the truth is 1/2"),
    "integers": ((9 * dW).astype(int), 9 * dW, "integers", "yours holds integers (int64)"),
    "NaN": (dW * np.nan, dW, "not finite", "first [0, 0]: a division by 0, a log of 0, or an"),
    "infinite": (
        dW * np.inf,
        dW,
        "not finite",
        "yours is infinite in 6 of 6 entries, first [0, 0]",
    ),
    "complex": (dW + 1j, dW, "not real", "yours is complex in 6 of 6 entries"),
    "zero": (0 * dW, dW, "zero", "yours is zero everywhere"),
    "zero truth": (dW, 0 * dW, "other", "the truth is zero everywhere"),
    "reshaped": (dW.reshape(2, 3), dW, "places", "the same numbers, reshaped; a reshape does not"),
    "rows swapped": (dW[::-1], dW, "places", "the same numbers in other places"),
    "anything": (SQUARE, SQUARE @ SQUARE, "other", "no simple mistake explains it"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_named(name):
    mine, truth, kind, words = MISTAKES[name]
    found = explain(mine, truth, M)
    assert (found.agrees, found.kind) == (False, kind)
    assert words in found.diagnosis
    assert str(found).startswith("differs: ")
    assert found.diagnosis in str(found)


def test_what_agrees_is_said_to():
    for mine in (dW, dW * (1 + 1e-12), dW.astype(np.float32), dW + 0j):
        found = explain(mine, dW, M)
        assert (found.agrees, found.kind, found.diagnosis) == (True, "agrees", "")
    assert str(explain(dW, dW)) == "agrees: relative error 0.0e+00"
    assert explain(np.zeros(3), np.zeros(3)).agrees
    assert explain(2.0, 2).agrees


def test_a_sum_that_is_zero_is_no_reason():
    assert explain(np.array([[1.0, -1.0]]), np.zeros((1, 1))).kind == "shape"


def test_the_relative_error_is_that_of_the_norms():
    assert explain(4 * dW, dW).relative_error == pytest.approx(0.75)
    assert np.isnan(explain(dW.T, dW).relative_error)


def test_the_factor_is_a_number():
    assert explain(M * dW, dW, M).factor == M
    assert explain(dW.T / M, dW, M).factor == 1 / M
    assert explain(0.7 * dW, dW).factor == pytest.approx(0.7)
    assert explain(dW + 1, dW).factor is None


def test_without_m_no_factor_is_called_m():
    assert "exactly 4" in explain(4 * dW, dW).diagnosis


def test_a_factor_two_is_told_to_be_m_where_m_is_two():
    text = explain(2 * dW, dW, 2).diagnosis
    assert "exactly m" in text
    assert text.endswith("as m is 2, a factor m and a factor 2 look the same")
    assert "look the same" not in explain(3 * dW, dW, 3).diagnosis


def test_the_tolerance_follows_the_coarser_precision():
    assert explain(dW, dW).tolerance == pytest.approx(1.5e-8, rel=0.01)
    assert explain(dW.astype(np.float32), dW).tolerance == pytest.approx(3.5e-4, rel=0.02)
    assert not explain(dW * (1 + 1e-6), dW).agrees
    assert explain(dW * (1 + 1e-6), dW, tolerance=1e-5).agrees
    assert explain(np.arange(3), np.arange(3)).tolerance == pytest.approx(1.5e-8, rel=0.01)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            ([[1.0], [1.0, 2.0]], dW),
            ValueError,
            "mine is a list of unequal parts",
        ),
        ((dW, "dW"), TypeError, "truth is a str; expected a NumPy array"),
        ((dW, None), TypeError, "truth is a NoneType"),
        ((np.array(["a"]), dW), TypeError, "mine has dtype <U1; expected numbers"),
        ((np.ma.masked_array(dW), dW), TypeError, "mine is a masked array; expected a plain one"),
        ((dW, np.zeros((0, 2))), ValueError, r"truth has shape \(0, 2\); expected entries along"),
        ((dW, dW * np.nan), ValueError, "truth has an entry that is no finite real number"),
        ((dW, dW + 1j), ValueError, "truth has an entry that is no finite real number"),
        ((dW, dW, 0), ValueError, "m is 0; expected the number of examples, at least 1"),
        ((dW, dW, 2.0), TypeError, "m is 2.0; expected the number of examples, a whole number"),
        ((dW, dW, True), TypeError, "m is True; expected the number of examples, a whole number"),
    ],
)
def test_what_is_no_array_is_refused_in_words(arguments, error, words):
    with pytest.raises(error, match=words):
        explain(*arguments)


@pytest.mark.parametrize("tolerance", [0, -1.0, 1, float("nan")])
def test_a_tolerance_that_tells_nothing_is_refused(tolerance):
    with pytest.raises(ValueError, match="expected a relative error between 0 and 1"):
        explain(dW, dW, tolerance=tolerance)


def test_it_needs_numpy_alone():
    code = (
        "import sys; sys.modules.update(lark=None, markdown_it=None, mdit_py_plugins=None)\n"
        "import numpy as np, checkedmath\n"
        "print(checkedmath.explain(2 * np.eye(2), np.eye(2)).kind)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "factor\n"


G = np.arange(1.0, 13).reshape(3, 4)
CUBE = RNG.normal(size=(2, 3, 4))
Z, W = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4))
SIZES = (1, 2, 3)
COLUMNS = RNG.normal(size=(2, 6))
OF_PARTS = np.stack([part.mean(axis=1) for part in np.split(COLUMNS, [1, 3], axis=1)], axis=1)
SHARES = np.repeat([6 / (3 * size) for size in SIZES], SIZES)
MEANS = {"sizes": SIZES}


@pytest.mark.parametrize(
    ("mine", "truth", "options", "kind", "words"),
    [
        (G / 3, G, {"m": 6}, "factor", "one over the number of its rows; so is 2/m"),
        (G * 3, G, {"m": 6}, "factor", "as many as it has rows; so is m/2"),
        (G * 4, G, {"m": 4}, "factor", "m and the number of columns are the same number here"),
        (G / 4, G, {"m": 4}, "factor", "exactly 1/m: the truth is m times yours; a 1/m too many"),
        (G * 7, G, {"m": 6, "counts": {"K": 7}}, "factor", "7 times the truth, that is K"),
        (G / 7, G, {"m": 6, "counts": {"K": 7}}, "factor", "that is 1/K"),
        (2 * W.T, W.T, {}, "factor", "exactly 2: yours is twice the truth"),
        (2 * COLUMNS, COLUMNS, {"m": 6}, "factor", "yours is twice the truth; it has 2 rows"),
        (6 * CUBE, CUBE, {"m": 6}, "factor", "exactly m: yours is m times the truth"),
        (3 * CUBE, CUBE, {"m": 5}, "factor", "as many as it has entries along axis 1"),
        (-CUBE, CUBE, {"m": 6}, "factor", "off by the sign"),
        (CUBE.transpose(2, 0, 1), CUBE, {}, "transposed", "its axes in the order (2, 0, 1)"),
        (CUBE.sum(axis=0), CUBE, {}, "reduced", "yours is the sum of the truth over axis 0"),
        (CUBE, CUBE.mean(axis=1), {}, "stack", "the truth is the mean of yours over axis 1"),
        (CUBE, CUBE[:, :2], {}, "shape", "no sum, mean or transpose"),
        (Z * W, Z * W * (Z > 0), {"z": Z}, "mask", "mask is missing: where z > 0 yours is the tr"),
        (5 * W, W * (Z > 0), {"m": 5, "z": Z}, "mask", "where z > 0 yours is 5 times the truth"),
        (Z, Z + 0.1 * W, {"W": W}, "penalty", "missing: the truth minus yours is 1/10 W"),
        (Z + 0.2 * W, Z + 0.1 * W, {"W": W}, "penalty", "1/10 W: a penalty twice, or with another"),
        (COLUMNS * SHARES, COLUMNS, MEANS, "means", "counts 1/(3 · its part's size), not 1/6"),
        (OF_PARTS.mean(axis=1), COLUMNS, MEANS, "means", "weigh each by its size, or add sums and"),
        (OF_PARTS.mean(axis=1, keepdims=True), OF_PARTS, MEANS, "means", "weigh each by its size"),
        (6 * (1 + 1e-6) * G, G, {"m": 6}, "factor", "about m: yours is m times the truth"),
        (np.round(5 * Z, 3), Z, {"m": 5}, "factor", "about m: yours is m times the truth"),
        (np.round(Z, 3), Z, {"m": 5}, "digits", "agree to the 3 decimals written"),
        (Z.astype(np.float32).astype(float), Z, {}, "digits", "the arrays agree within"),
    ],
    ids=range(26),
)
def test_what_is_told_with_more_given(mine, truth, options, kind, words):
    found = explain(mine, truth, **options)
    assert found.kind == kind
    assert words in found.diagnosis
    assert not found.agrees


@pytest.mark.parametrize(
    ("mine", "truth", "options"),
    [
        (Z + 0.1 * RNG.normal(size=Z.shape), Z, {"W": W, "z": Z}),
        (Z * W, Z * W * (np.median(Z[Z > 0]) < Z), {"z": Z}),
        (COLUMNS * SHARES[::-1], COLUMNS, MEANS),
        (CUBE + RNG.normal(size=CUBE.shape), CUBE, {"m": 6}),
        (np.round(5.1 * Z, 3), Z, {"m": 5}),
        (6.001 * G + np.eye(3, 4), G, {"m": 6}),
    ],
    ids=range(6),
)
def test_what_only_looks_like_it_is_not_told(mine, truth, options):
    found = explain(mine, truth, **options)
    assert found.kind in {"other", "factor"}
    for word in ("mask", "penalty", "means", "m times", "1/m", "digits"):
        assert word not in found.diagnosis


def test_lists_are_arrays():
    assert explain((6 * G).tolist(), G.tolist(), 6).diagnosis == explain(6 * G, G, 6).diagnosis
    assert explain(G.tolist(), G).agrees


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"z": Z.T}, r"z has shape \(4, 3\); expected \(3, 4\), as the truth"),
        ({"W": W[:2]}, r"W has shape \(2, 4\); expected \(3, 4\), as the truth"),
        ({"sizes": [1, 0]}, "expected a positive whole number for each part"),
        ({"counts": {"K": -1}}, "expected positive numbers by their names"),
    ],
)
def test_what_is_given_beside_the_arrays_is_checked(options, words):
    with pytest.raises(ValueError, match=words):
        explain(Z, W, **options)
