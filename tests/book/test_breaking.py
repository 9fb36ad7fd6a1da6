"""Each mistake in the book, one at a time, fails its build with file, line and words."""

import pytest

pytestmark = pytest.mark.book

PAGE = "docs/derive/two-layer-network.md"
DECLARING = "docs/derive/what-d-differentiates.md"
RUNNING = "docs/derive/run-the-two-layer-network.md"

# The formula as the page has it, what a mistake makes of it, and words that the build must say.
MISTAKES = {
    "1/m dropped from dW2": (
        r"dW^{[2]} &= \frac{1}{m} dZ^{[2]} A^{[1]\top}",
        r"dW^{[2]} &= dZ^{[2]} A^{[1]\top}",
        "(dW2) differs: 0.83  off by exactly 1/m: the right side is m times the left side",
    ),
    "1/m dropped from db2": (
        r"db^{[2]} &= \frac{1}{m} \sum_{i=1}^{m} dz^{[2](i)}",
        r"db^{[2]} &= \sum_{i=1}^{m} dz^{[2](i)}",
        "(db2) differs: 0.83  off by exactly 1/m",
    ),
    "1/m dropped from dW1": (
        r"dW^{[1]} &= \frac{1}{m} dZ^{[1]} X^\top",
        r"dW^{[1]} &= dZ^{[1]} X^\top",
        "(dW1) differs: 0.83  off by exactly 1/m",
    ),
    "1/m dropped from db1": (
        r"db^{[1]} &= \frac{1}{m} \sum_{i=1}^{m} dz^{[1](i)}",
        r"db^{[1]} &= \sum_{i=1}^{m} dz^{[1](i)}",
        "(db1) differs: 0.83  off by exactly 1/m",
    ),
    "1/m added to dZ2": (
        r"dZ^{[2]} &= A^{[2]} - Y",
        r"dZ^{[2]} &= \frac{1}{m} (A^{[2]} - Y)",
        "(dZ2) differs: 0.83  off by exactly m: the left side is m times the right side",
    ),
    "transpose dropped": (
        r"dZ^{[1]} &= W^{[2]\top} dZ^{[2]}",
        r"dZ^{[1]} &= W^{[2]} dZ^{[2]}",
        "(dZ1) shape: W^{[2]} is 1×3, dZ^{[2]} is 1×6; a matrix product needs 3 rows",
    ),
    "transpose dropped for one example": (
        r"dW^{[2]} &= dz^{[2]} a^{[1]\top}",
        r"dW^{[2]} &= dz^{[2]} a^{[1]}",
        "(one-dW2) shape: the left side is 1×3, the right side 3×1; transposed",
    ),
    "sign flipped": (
        r"dz^{[2]} &= a^{[2]} - y",
        r"dz^{[2]} &= a^{[2]} + y",
        "(one-dz2) differs",
    ),
    "product in place of ⊙": (
        r"dZ^{[2]} \odot g'(Z^{[1]})",
        r"dZ^{[2]} g'(Z^{[1]})",
        r"The shapes are equal: is it \odot",
    ),
    "undeclared symbol": (
        r"dW^{[1]} &= dz^{[1]} x^\top",
        r"dW^{[1]} &= dz^{[1]} q^\top",
        "(one-dW1) undeclared: q is not declared",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_an_equation_fails_the_build_at_its_line(broken, name):
    right, wrong, words = MISTAKES[name]
    line = broken(PAGE, right, wrong)
    warnings = broken.book.warnings()
    assert any(w.startswith(f"{PAGE}:{line}: WARNING: ") and words in w for w in warnings), warnings


def test_a_wrong_word_between_the_columns_fails_the_build(broken):
    broken("docs/index.md", "*mean*\n\n$$\ndW^{[2]}", "*sum*\n\n$$\ndW^{[2]}")
    # Nothing is said of the row's two lines of NumPy.
    (warning,) = broken.book.warnings()
    assert warning.startswith("docs/index.md:")
    assert "expected *sum*, but the batch is the mean of the examples (*mean*)" in warning


def test_a_failing_assert_fails_the_build_at_its_line(broken):
    line = broken(RUNNING, "assert error < 1e-14", "assert error > 1e-14")
    failed = "WARNING: cell failed: AssertionError: assert error > 1e-14"
    assert broken.book.warnings() == [f"{RUNNING}:{line}: {failed}"]


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("src/oneoverm/batch.py", "dW = dZ @ A[k].T / m", "dW = dZ @ A[k].T"),
        ("src/oneoverm/losses.py", "    return a - y\n", "    return y - a\n"),
    ],
)
def test_a_changed_formula_in_the_package_fails_the_build(broken, file, right, wrong):
    broken(file, right, wrong)
    warnings = broken.book.warnings()
    assert any(w.startswith(f"{RUNNING}:") and "cell failed: AssertionError" in w for w in warnings)


def test_what_failed_fails_again_until_it_is_mended(broken):
    broken(PAGE, r"dW^{[1]} &= \frac{1}{m} dZ^{[1]} X^\top", r"dW^{[1]} &= dZ^{[1]} X^\top")
    first = broken.book.warnings()
    assert first
    assert broken.book.warnings() == first
    broken(PAGE, r"dW^{[1]} &= dZ^{[1]} X^\top", r"dW^{[1]} &= \frac{1}{m} dZ^{[1]} X^\top")
    assert broken.book.warnings() == []


def test_a_changed_declaration_checks_the_pages_that_use_it(broken):
    broken.book.build()  # The build after one that failed reads every page; this is that one.
    declared = r" \in \mathbb{R}^{1 \times n_1}$"
    broken(DECLARING, rf"- $W^{{[2]}}{declared}", rf"- $V{declared}")
    warnings = broken.book.warnings()
    for page in (DECLARING, PAGE, "docs/index.md"):
        assert any(w.startswith(f"{page}:") and "W^{[2]} is not declared" in w for w in warnings)
