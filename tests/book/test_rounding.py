"""What cells print does not hang on rounding: inputs that differ by 1e-12 give the same results."""

import ast
import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pytest

DOCS = Path(__file__).parents[2] / "docs"

# It starts processes of its own, which draw their own numbers.
PROCESSES = {"practise/many-machines"}

# Sections whose cells print rounding itself: errors near 1e-16, or how often two bits agree.
ABOUT_ROUNDING = {
    "costs/attention": {"Run it"},
    "costs/per-example-gradients": {"Run it"},
    "costs/softmax": {"Run it"},
    "derive/your-derivation-is-right-too": {"Train three times"},
    "derive/run-the-two-layer-network": {"Ask the cost alone"},
    "derive/activations": {"Check your own"},
    "package/functions": {"Differentiate without a formula"},
    "package/use-the-package": {"Check gradients of your own"},
    "practise/find-the-mistake": {"Break one line at a time", "Where people slip"},
    "practise/gradient-accumulation": {"Measure it"},
    "practise/optimisers": {"Run them"},
    "practise/half-precision": {"Away from the ends: rounding only"},
}

# A fence of three or more backticks and what is in it, or a heading.
PIECE = re.compile(r"^(`{3,})(.*)\n((?:.*\n)*?)\1$|^##+ (.*)$", re.MULTILINE)
OPTIONS = re.compile(r"\A(?:---\n(?:.*\n)*?---\n|(?::.*\n)+)")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|\bnan\b|[-+]?\binf\b")

PAGES = {
    path.relative_to(DOCS).with_suffix("").as_posix(): path
    for path in sorted(DOCS.rglob("*.md"))
    if "\n```{code-cell}" in path.read_text("utf-8")
}


def cells(path):
    """Return a section's name and the code of each cell of a page."""
    section, found = "", []
    for _, info, body, heading in PIECE.findall(path.read_text("utf-8")):
        if heading:
            section = heading
        elif info.startswith("{code-cell}"):
            found.append((section, OPTIONS.sub("", body)))
    return found


class Inputs(ast.NodeTransformer):
    """Scale the fractions that are written in a cell, and leave its assertions out."""

    def __init__(self, scale):
        self.scale = scale

    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)

    def visit_Constant(self, node):
        # 0 and 1 are labels, masks and factors of nothing, and exact.
        if isinstance(node.value, float) and node.value not in {0, 1}:
            return ast.copy_location(ast.Constant(node.value * self.scale), node)
        return node


def printed(path, scale, monkeypatch):
    """Run a page's cells with scaled inputs, and return what each prints."""

    class Generator(np.random.Generator):
        def normal(self, *arguments, **options):
            return super().normal(*arguments, **options) * scale

        def uniform(self, *arguments, **options):
            return super().uniform(*arguments, **options) * scale

    def default_rng(seed=None):
        known = isinstance(seed, np.random.Generator)
        return seed if known else Generator(np.random.PCG64(seed))

    monkeypatch.setattr(np.random, "default_rng", default_rng)
    monkeypatch.chdir(path.parent)
    names, outputs = {"__name__": "cells"}, []
    # Arrays with nine decimals, as 0 by cancellation is 1e-12 where inputs are scaled by that. What
    # a page sets of NumPy is its own.
    with np.printoptions(precision=9, suppress=True), np.errstate():
        for section, code in cells(path):
            tree = ast.fix_missing_locations(Inputs(scale).visit(ast.parse(code)))
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(compile(tree, f"{path.name}: {section}", "exec"), names)  # noqa: S102
            outputs.append((section, output.getvalue()))
    return outputs


def alike(one, other):
    """Tell whether two outputs have the same words, and numbers that agree to nine digits."""
    if NUMBER.sub("", one).split() != NUMBER.sub("", other).split():
        return False
    numbers = [np.array(NUMBER.findall(text), float) for text in (one, other)]
    return len(numbers[0]) == len(numbers[1]) and np.allclose(
        *numbers, rtol=1e-9, atol=0, equal_nan=True
    )


@pytest.mark.parametrize("page", sorted(PAGES.keys() - PROCESSES))
def test_what_a_page_prints_does_not_hang_on_rounding(page, monkeypatch):
    pytest.importorskip("matplotlib").use("agg")
    runs = [printed(PAGES[page], scale, monkeypatch) for scale in (1, 1 + 1e-12)]
    changed = [
        (section, before, after)
        for (section, before), (_, after) in zip(*runs, strict=True)
        if section not in ABOUT_ROUNDING.get(page, set()) and not alike(before, after)
    ]
    assert changed == []


def test_the_sections_about_rounding_are_there():
    for page, sections in ABOUT_ROUNDING.items():
        assert sections <= {section for section, _ in cells(PAGES[page])}, page


def test_a_result_that_rounding_makes_is_told():
    assert alike("cost 0.215, 20 times", "cost 0.215, 20 times")
    assert alike("h = 1.5", "h = 1.500000000001")
    assert not alike("costs 0.215 and 3.727", "costs 0.215 and 0.003")
    assert not alike("error 2e-16", "error 3e-16")
