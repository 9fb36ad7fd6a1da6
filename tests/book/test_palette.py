"""The colours of the book can be read, and told from each other, by day and by night."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

CONF = Path(__file__).parents[2] / "conf"
DRAWN = ("one", "batch", "early", "late")  # in what cells draw
NAMES = (*DRAWN, "step", "never")

# What they stand on: the page, and what code and boxes have behind them.
BEHIND = {"light": ["#ffffff", "#f3f4f5"], "dark": ["#121212", "#29313d"]}

# How an eye without one kind of cone sees: Machado, Oliveira and Fernandes (2009), severity 1.
EYES = {
    "all cones": np.eye(3),
    "no long-wave cone": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "no middle-wave cone": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}


def numbers(color):
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def linear(color):
    shown = numbers(color)
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    """Return the contrast of two colours as WCAG defines it."""
    darker, lighter = sorted(linear(color) @ [0.2126, 0.7152, 0.0722] for color in (a, b))
    return (lighter + 0.05) / (darker + 0.05)


def tint(color, behind, share=0.18):
    """Return a box's filling: book.css mixes it."""
    mixed = share * numbers(color) + (1 - share) * numbers(behind)
    return "#" + "".join(f"{round(255 * part):02x}" for part in mixed)


def oklab(light):
    """Return where a colour is in Oklab, whose distances are those that one sees."""
    cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    seen = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(seen) @ np.cbrt(np.array(cones) @ np.clip(light, 0, None))


def palette(mode):
    """Read the colours of a mode from the style sheet, or from what cells draw with."""
    if mode == "cells":
        settings = (CONF / "matplotlibrc").read_text(encoding="utf-8")
        cycle = re.findall(r'"(\w{6})"', settings[settings.index("axes.prop_cycle") :])
        return {name: f"#{color}" for name, color in zip(DRAWN, cycle, strict=False)}
    css = (CONF / "static" / "book.css").read_text(encoding="utf-8")
    opening = ":root {" if mode == "light" else 'html[data-theme="dark"] {'
    rule = css[css.index(opening) : css.index("}", css.index(opening))]
    found = dict(re.findall(r"--book-(\w+): (#\w{6});", rule))
    assert found.keys() == set(NAMES)
    return found


@pytest.mark.parametrize("mode", BEHIND)
@pytest.mark.parametrize("name", NAMES)
def test_a_color_can_be_read_on_all_that_it_stands_on(mode, name):
    color = palette(mode)[name]
    own = tint(color, BEHIND[mode][0])
    assert min(contrast(color, behind) for behind in [*BEHIND[mode], own]) >= 4.5


@pytest.mark.parametrize("name", DRAWN)
def test_what_a_cell_draws_is_seen_on_both_pages(name):
    """One image serves both modes; WCAG asks 3:1 of a line, and this is near the most there is."""
    color = palette("cells")[name]
    assert min(contrast(color, behind[0]) for behind in BEHIND.values()) >= 3.9


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("mode", [*BEHIND, "cells"])
def test_the_colors_of_a_pair_differ_for_every_eye(mode, eye):
    seen = {name: oklab(EYES[eye] @ linear(color)) for name, color in palette(mode).items()}
    for pair in (("one", "batch"), ("early", "late")):
        assert np.linalg.norm(seen[pair[0]] - seen[pair[1]]) > 0.1, pair


@pytest.mark.parametrize("mode", [*BEHIND, "cells"])
def test_no_two_colors_are_alike(mode):
    seen = {name: oklab(linear(color)) for name, color in palette(mode).items()}
    for a, b in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[a] - seen[b]) > 0.13, (a, b)
