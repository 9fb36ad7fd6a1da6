"""What the interactive figures show is what NumPy and the package compute."""

import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from conf.figures import call, element, engine, table
from oneoverm import Layer, batch

ROOT = Path(__file__).parents[2]
STACK, DIVIDER, HALF = "stack-the-batch", "where-the-divider-sits", "half-precision"
WEIGH, PARTS = "weigh-an-example", "unequal-parts"
PLACES = ("early", "late", "in the step", "never")


def entries(html):
    """Return the numbers that a drawing shows."""
    return [float(text.replace("−", "-")) for text in re.findall(r"<b[^>]*>([−.\d]+)</b>", html)]


def agree(shown, exact):
    """Tell whether the numbers are those, at two decimals."""
    return np.allclose(shown, np.ravel(exact), rtol=0, atol=0.005 + 1e-12)


# -- stack the batch -------------------------------------------------------------------------------


def columns(found, key):
    return np.array([example[key] for example in found["batch"]], dtype=float).T


@pytest.mark.parametrize("m", range(1, 7))
def test_columns_are_stacked_and_products_summed_as_numpy_does(m):
    found = call(STACK, "numbers", {"m": m})
    A, Z, Y, dZ = (columns(found, key) for key in ("a", "z", "y", "dz"))
    W, b = np.array(found["W"]), np.array(found["b"])[:, None]
    assert A.shape == (3, m)
    assert np.array_equal(Z, W @ A + b)
    assert np.array_equal(dZ, Z - Y)
    assert np.array_equal(found["products"], [np.outer(dZ[:, i], A[:, i]) for i in range(m)])
    assert np.array_equal(found["before"], dZ[:, :-1] @ A[:, :-1].T)
    assert np.array_equal(found["sum"], dZ @ A.T)
    assert np.array_equal(found["dW"], batch.parameter_gradients(dZ, A)[0])


@pytest.mark.parametrize("m", range(1, 7))
def test_the_stack_shows_these_numbers(m):
    found = call(STACK, "numbers", {"m": m})
    stacked, summed = call(STACK, "draw", {"m": m}).split('<div class="panel summed">')
    a, dz = (columns(found, key)[:, -1] for key in ("a", "dz"))
    parts = (a, dz, np.outer(dz, a), found["before"], found["sum"], found["dW"])
    assert agree(entries(summed), np.concatenate([np.ravel(part) for part in parts]))
    heads, blocks = stacked.split("<i>A</i>")
    assert f'<b class="one">{m}</b>' in heads
    joined = re.sub(r'<b class="later">.*?</b>', "", blocks)
    assert entries(joined) == [
        x for key in ("a", "z", "y", "dz") for x in columns(found, key).ravel()
    ]


def test_the_stack_has_the_examples_of_its_page():
    page = (ROOT / "docs/derive/run-the-two-layer-network.md").read_text("utf-8")
    found = call(STACK, "numbers", {"m": 2})
    for name, value in (
        ("A", columns(found, "a")),
        ("W", np.array(found["W"], float)),
        ("b", np.array(found["b"], float)[:, None]),
        ("Y", columns(found, "y")),
    ):
        assert f"\n{name} = np.array({value.tolist()})\n" in page


# -- where the divider sits ------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_the_gradients_are_the_package_s_for_each_place_of_the_division(place):
    found = call(DIVIDER, "numbers", {"place": place})
    X, Y, m, eta = np.array([found["X"]]), np.array([found["Y"]]), found["m"], found["eta"]
    layers = [Layer(np.array([[float(found["w"])]]), np.zeros((1, 1)), "identity")]
    trace = batch.forward(X.astype(float), layers)
    divide = place if place in {"early", "late"} else "never"
    [gradients] = batch.backward(trace, Y, layers, divide, loss="half_squared_error")
    assert np.array_equal([found["dZ"]], gradients.dZ)
    assert np.array_equal([[found["dW"]]], gradients.dW)
    rate = eta / m if place == "in the step" else eta
    assert np.isclose(found["step"], -rate * gradients.dW.item(), rtol=1e-15, atol=0)


def test_all_places_make_one_step_but_for_never_which_makes_m_of_it():
    *same, never = (call(DIVIDER, "numbers", {"place": place}) for place in PLACES)
    steps = [found["step"] for found in same]
    assert np.allclose(steps, -0.3, rtol=1e-15, atol=0)
    assert np.isclose(never["step"], never["m"] * steps[0], rtol=1e-15, atol=0)


@pytest.mark.parametrize("place", PLACES)
def test_the_divider_shows_these_numbers(place):
    found = call(DIVIDER, "numbers", {"place": place})
    parts = (found["error"], found["dZ"], found["X"], found["dW"], -found["eta"], found["step"])
    shown = entries(call(DIVIDER, "draw", {"place": place}))
    assert agree(shown, np.concatenate([np.ravel(part) for part in parts]))
    said = call(DIVIDER, "say", {"place": place})
    assert f"dW = {found['dW']}" in said
    assert f"{found['step']:.1f}".replace("-", "−") in said


# -- weigh an example, unequal parts ---------------------------------------------------------------


@pytest.mark.parametrize("halves", range(9))
def test_an_example_s_weight_changes_its_share_and_no_dz(halves):
    found = call(WEIGH, "numbers", {"halves": halves})
    dz, X, u = (np.array(found[key], float) for key in ("dz", "X", "u"))
    assert np.array_equal(dz, [-2, 1, 3])
    assert np.array_equal(u, [halves / 2, 1, 1])
    assert np.allclose(found["dJdz"], u / u.sum() * dz, rtol=1e-15, atol=0)
    dW, _ = batch.parameter_gradients(u[None] * dz[None], X[None], u.sum())
    assert np.isclose(found["dw"], dW.item(), rtol=1e-14, atol=1e-15)
    shown = entries(call(WEIGH, "draw", {"halves": halves}))
    assert agree(shown, [*u / u.sum(), *dz, *found["dJdz"], *X, found["dw"]])


@pytest.mark.parametrize("first", range(1, 6))
def test_the_mean_of_two_means_is_the_mean_for_equal_parts_alone(first):
    found = call(PARTS, "numbers", {"first": first})
    gradients = np.array(found["gradients"], float)
    means = gradients[:first].mean(), gradients[first:].mean()
    assert np.allclose(found["means"], means, rtol=1e-15, atol=0)
    assert np.isclose(found["ofMeans"], np.mean(means), rtol=1e-15, atol=0)
    assert np.isclose(np.dot(found["share"], gradients), np.mean(means), rtol=1e-15, atol=0)
    assert found["whole"] == gradients.mean()
    assert (found["ofMeans"] == found["whole"]) == (first == 3)
    shown = entries(call(PARTS, "draw", {"first": first}))
    assert agree(shown, [*gradients, found["whole"], *gradients, found["ofMeans"]])


# -- half precision --------------------------------------------------------------------------------


def rounded(numbers):
    """Round numbers as the figure does."""
    many = engine(HALF).eval(
        f"x => JSON.stringify(JSON.parse(x).map(y => String(figures['{HALF}'].float16(y))))"
    )
    found = json.loads(many(json.dumps(np.asarray(numbers, float).tolist())))
    return np.array([float(text.replace("Infinity", "inf")) for text in found])


def halves(numbers):
    with np.errstate(over="ignore"):
        return np.asarray(numbers, float).astype(np.float16).astype(float)


def test_every_number_of_float16_is_itself():
    every = np.arange(0x10000, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)].astype(float)
    assert len(finite) == 2 * 0x7C00
    assert np.array_equal(rounded(finite), finite)


def test_between_two_neighbours_it_rounds_as_numpy_does():
    every = np.arange(0x7C00, dtype=np.uint16).view(np.float16).astype(float)
    every = np.append(every, 65536.0)  # Half of the way to it is where infinity begins.
    middle = np.array([(one + other) / 2 for one, other in pairwise(every)])
    for numbers in (middle, np.nextafter(middle, 0), np.nextafter(middle, np.inf)):
        assert np.array_equal(rounded(numbers), halves(numbers))
        assert np.array_equal(rounded(-numbers), halves(-numbers))


def test_any_number_is_rounded_as_numpy_does():
    rng = np.random.default_rng(0)
    numbers = rng.choice([-1, 1], 50_000) * np.exp2(rng.uniform(-30, 20, 50_000))
    assert np.array_equal(rounded(numbers), halves(numbers))
    extremes = [5e-324, 2.0**-26, 2.0**-25, 65519.99, 65520.0, 1e300]
    assert np.array_equal(rounded(extremes), halves(extremes))


def of_equal_terms(doublings, quarters):
    """Compute the figure's numbers with NumPy's float16, as the page's map does."""
    with np.errstate(over="ignore"):
        m, dz = 2**doublings, np.float16(2 ** (quarters / 4))
        quotient = dz / np.float16(m)
        early, total = quotient, dz
        for _ in range(doublings):
            early, total = early + early, total + total
        late = total / np.float16(m)
    numbers = {"quotient": quotient, "early": early, "sum": total, "late": late}
    return {"m": m, "dz": float(dz)} | {key: float(value) for key, value in numbers.items()}


def test_early_and_late_are_numpy_s_at_every_stop_of_the_sliders():
    for doublings in range(16):
        for quarters in range(-96, 64):
            state = {"doublings": doublings, "quarters": quarters}
            found = call(HALF, "numbers", state)
            # JSON has no infinity.
            found = {key: np.inf if x is None else x for key, x in found.items()}
            assert found == of_equal_terms(doublings, quarters), state
            # The dot is in the wedge that says what becomes of it.
            limits = call(HALF, "limits", {"m": found["m"]})
            assert (found["early"] == 0) == (found["dz"] <= limits["zero"])
            assert (found["late"] == np.inf) == (found["dz"] >= limits["infinite"])


@pytest.mark.parametrize("m", [2.0**k for k in range(1, 16)])
def test_the_wedges_begin_where_numpy_s_numbers_are_lost(m):
    every = np.arange(1, 0x7C00, dtype=np.uint16).view(np.float16)
    limits = call(HALF, "limits", {"m": m})
    assert every[every / np.float16(m) == 0].max() == limits["zero"]
    assert every[every.astype(float) * m >= 65520].min() == limits["infinite"]


@pytest.mark.parametrize(
    ("state", "early", "late", "fate"),
    [
        ((10, -60), "0", "3.05×10⁻⁵", "early flushes to zero"),
        ((13, 30), "181", "∞", "late overflows"),
        ((6, -66), "1.14×10⁻⁵", "1.08×10⁻⁵", "early loses digits"),
        ((4, 0), "1", "1", "early and late are equal"),
    ],
)
def test_the_half_figure_says_what_becomes_of_a_gradient(state, early, late, fate):
    said = call(HALF, "say", dict(zip(("doublings", "quarters"), state, strict=True)))
    assert f"early gives {early}, late gives {late}; {fate}." in said


# -- the directive ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [STACK, DIVIDER, HALF])
def test_a_figure_is_a_few_kilobytes_and_drawn_while_it_is_built(name):
    drawn = element(name)
    assert drawn.startswith(f"<{name}>")
    assert 'role="img" aria-label="' in drawn
    assert table(name).count("<td>") > 5
    scripts = [ROOT / "conf/static/figures" / f"{script}.js" for script in ("figure", name)]
    assert all(script.stat().st_size < 7000 for script in scripts)


def test_a_wrong_name_is_told_with_those_that_there_are(tmp_path):
    (tmp_path / "index.md").write_text("# Page\n\n```{interactive} half\n```\n", encoding="utf-8")
    options = ["-C", "-D", "extensions=myst_parser,conf.figures"]
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, tmp_path, tmp_path / "html"],
        cwd=ROOT,
        env=os.environ | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "index.md:3: ERROR: there is no figure 'half'; expected one of half-" in run.stderr


@pytest.mark.book
def test_only_pages_with_a_figure_load_its_script(built):
    for page in built.html.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        wanted = re.findall(rf"<({STACK}|{DIVIDER}|{HALF}|{WEIGH}|{PARTS})>", html)
        loaded = re.findall(r'<script defer="defer" src="[./]*_static/figures/([\w-]+)\.js', html)
        assert loaded == (["figure", *wanted] if wanted else []), page
        assert ("figures/figures.css" in html) == bool(wanted), page
