"""A word tells how a batch follows from its examples: one for all statements of a row."""

import numpy as np
import pytest

from checkedmath import check_page, read_page
from checkedmath.check.rows import equal, words_of

HEAD = r""":::{where}
- $X \in \mathbb{R}^{n \times m}$
- $w \in \mathbb{R}^{n}$
:::

$$ A := w^\top X $$

$$ J := \frac{1}{m} \sum_{i=1}^{m} a^{(i)} a^{(i)} $$

"""


ONE, TWO = np.array([[1.0], [2.0]]), np.array([[3.0], [5.0]])


@pytest.mark.parametrize(
    ("each", "batch", "words"),
    [
        ([ONE, ONE], ONE, {"same", "mean"}),
        ([ONE, TWO], np.hstack([ONE, TWO]), {"stacked"}),
        ([ONE, TWO], np.hstack([TWO, ONE]), set()),
        ([ONE, TWO], ONE + TWO, {"sum"}),
        ([ONE, TWO], (ONE + TWO) / 2, {"mean"}),
        ([ONE, -ONE], 0 * ONE, {"sum", "mean"}),
        ([ONE], ONE, {"same", "stacked", "sum", "mean"}),
        ([ONE.T, TWO.T], np.vstack([ONE.T, TWO.T]), set()),
        ([ONE, TWO], ONE + TWO + 1e-6, set()),
    ],
)
def test_every_word_that_fits_is_found(each, batch, words):
    assert words_of(each, batch) == words


def test_equal_arrays_have_one_shape_and_agree_but_for_rounding():
    assert equal(ONE, ONE * (1 + 1e-15))
    assert not equal(ONE, ONE * (1 + 1e-6))
    assert not equal(ONE, ONE.T)


def row(left, right, word=""):
    text = f"{HEAD}::::{{side-by-side}}\n$$\n{left}\n$$\n\n{word}\n\n$$\n{right}\n$$\n::::\n"
    found = [finding for finding in check_page(read_page(text, "page.md")) if finding.kind == "row"]
    return found[0] if found else None


def test_one_word_fits_all_pairs():
    finding = row(
        r"l := a a \\ q := a",
        r"J = \frac{1}{m} A A^\top, \quad c := \frac{1}{m} \sum_{i=1}^{m} a^{(i)}",
    )
    assert (finding.status, finding.word) == ("holds", "mean")
    assert (finding.left, finding.right) == ("l, q", "J, c")


def test_the_expected_word_is_for_all_pairs():
    right = r"J = \frac{1}{m} A A^\top \\ c := \frac{1}{m} \sum_{i=1}^{m} a^{(i)}"
    assert row(r"l := a a \\ q := a", right, "*mean*").passes
    finding = row(r"l := a a \\ q := a", right, "*sum*")
    assert finding.diagnosis == "expected *sum*, but the batch is the mean of the examples (*mean*)"


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        (
            r"l := a a \\ q := a",
            r"J = \frac{1}{m} A A^\top \\ c := \sum_{i=1}^{m} a^{(i)}",
            "no word fits all pairs of this row (they are mean, sum); part it by a line ---",
        ),
        (
            r"l := a a \\ q := a",
            r"J = \frac{1}{m} A A^\top \\ c := 7 \sum_{i=1}^{m} a^{(i)}",
            "follows from the examples' in no way that has a word",
        ),
        (
            r"l := a a \\ q := a",
            r"J = \frac{1}{m} A A^\top",
            "one example has 2 statements, the batch 1; they are compared in pairs",
        ),
    ],
)
def test_a_row_whose_pairs_differ_is_told(left, right, words):
    finding = row(left, right)
    assert finding.status == "differs"
    assert words in finding.diagnosis


def test_a_row_whose_equations_fail_has_no_word():
    assert row("a = 2 a", r"A = A") is None
