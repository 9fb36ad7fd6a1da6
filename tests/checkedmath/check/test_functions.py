"""A function is run on the draws of the page, and what it returns is compared."""

import contextlib
import re
import time
from typing import Generic, NamedTuple, Optional, TypeVar

import numpy as np
import pytest

from checkedmath import Settings, check_page, read_page
from checkedmath.errors import UndeclaredError

HEAD = r""":::{where}
- $X \in \mathbb{R}^{n \times m}$: the inputs
- $w \in \mathbb{R}^{n}$: the weights
- $\eta \in \mathbb{R}$: a number
:::

$$
A := w^\top X
$$ (A)

$$
\mathcal{L}^{(i)} := \frac{1}{2} a^{(i)} a^{(i)}, \quad
J := \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}
$$ (two)

$$
dw := \frac{\partial J}{\partial w}
$$ (dw)

"""
LINE = HEAD.count("\n") + 1


def run(function, arguments="X, A", returns="dw", options="", load=None, **settings):
    page = read_page(
        f"{HEAD}:::{{implementation}} made.by.hand\n:arguments: {arguments}\n"
        f":returns: {returns}\n{options}:::\n",
        "page.md",
    )
    found = check_page(page, settings=Settings(**settings), load=load or (lambda _: function))
    return [finding for finding in found if finding.kind == "function"]


def gradient(X, A):
    return X @ A.T / X.shape[1]


def test_a_right_function_holds():
    (finding,) = run(gradient)
    assert finding.status == "holds"
    assert finding.relative_error < 1e-14
    assert (finding.draws, len(finding.sizes)) == (5, 5)
    assert (finding.line, finding.label, finding.function) == (LINE, "dw", "made.by.hand")
    assert (finding.left, finding.right) == (r"\texttt{hand}(X, A)", "dw")


def test_each_returned_value_has_its_finding():
    first, second = run(lambda X, A: (A, gradient(X, A)), returns=r"A, \frac{1}{m} X A^\top")
    assert (first.label, second.label) == ("A", None)
    assert first.passes
    assert second.passes
    assert second.right == r"\frac{1}{m} X A^\top"


def test_without_a_loader_nothing_is_run():
    page = read_page(f"{HEAD}:::{{implementation}} os.abort\n:returns: dw\n:::\n", "page.md")
    *_, finding = check_page(page)
    assert finding.status == "unchecked"
    assert "the command runs no code that a page names" in finding.diagnosis


@pytest.mark.parametrize(
    ("function", "status", "words"),
    [
        (lambda X, A: X @ A.T, "differs", "returned value 1, dw, is not the page's"),
        (lambda X, A: X @ A.T, "differs", "off by exactly m: the left side is m times"),
        (lambda X, A: gradient(X, A).T, "shape", "transposed: the left side is the transpose"),
        (lambda X, _: X, "shape", "the page's is "),
        (lambda X, A: gradient(X, A) ** 3, "differs", "no simple factor, sign or transpose"),
        (lambda X, A: (X, A), "differs", "made.by.hand returns 2 values; the page says 1 value"),
        (lambda *_: None, "differs", "returns a NoneType as value 1; expected an array"),
        (lambda X, A: gradient(X, A)[:, 0], "differs", "as value 1; expected one with rows"),
        (lambda X, A: X @ A, "differs", "made.by.hand raised ValueError: matmul"),
        (lambda X: X, "differs", "made.by.hand raised TypeError"),
    ],
)
def test_a_wrong_function_is_told_in_words(function, status, words):
    (finding,) = run(function)
    assert finding.status == status
    assert words in finding.diagnosis
    assert finding.line == LINE


@pytest.mark.parametrize(
    ("arguments", "returns", "line", "status", "words"),
    [
        ("X, Q", "dw", 1, "undeclared", "Q is not declared"),
        ("X, A = X", "dw", 1, "unreadable", "expected expressions with commas between"),
        ("X, A", "dq2", 2, "unreadable", "dq2 is no label of this page, and cannot be read"),
        ("X, A", r"\frac{1}{", 2, "unreadable", "is no label of this page, and cannot be read"),
        ("X, A", "two", 2, "unreadable", "the equation two has no one left side"),
    ],
)
def test_what_the_page_says_of_it_must_be_readable(arguments, returns, line, status, words):
    (finding,) = run(gradient, arguments, returns)
    assert finding.status == status
    assert words in finding.diagnosis
    assert finding.line in {LINE, LINE + line}


def test_a_function_that_is_not_there_is_told_at_its_line():
    def load(dotted):
        raise UndeclaredError(f"there is no {dotted}")

    (finding,) = run(None, load=load)
    assert (finding.line, finding.status) == (LINE, "undeclared")
    assert finding.diagnosis == "there is no made.by.hand"


def test_a_size_is_an_int_and_a_number_is_a_number():
    given = []

    def keep(*arguments):
        given.append(arguments)
        return arguments[-1]

    (finding,) = run(keep, r"m, 2, 0.5, \eta, A", "A")
    assert finding.passes
    m, two, half, eta, A = given[0]
    assert isinstance(m, int)
    assert m == A.shape[1]
    assert isinstance(two, int)
    assert (two, half) == (2, 0.5)
    assert eta.shape == (1, 1)


def float_of(A, eta: float):
    return A, eta


def int_of(A, eta: int):
    return A, eta


def optional_of(A, eta: float | None = None):
    return A, eta


def old_optional_of(A, eta: Optional[float] = None):  # noqa: UP045 (people write it)
    return A, eta


def written_of(A, eta: "float | None" = None):
    return A, eta


@pytest.mark.parametrize("takes", [float_of, int_of, optional_of, old_optional_of, written_of])
def test_a_number_is_a_number_where_one_is_wanted(takes):
    given = []

    def keep(*arguments):
        given.append(arguments)
        return takes(*arguments)

    keep.__wrapped__ = takes
    _, eta = run(keep, r"A, \eta", r"A, \eta")
    assert eta.passes
    assert {type(number) for _, number in given} == {float}


def array_of(A, eta: "np.ndarray | float"):
    return A, eta


def list_of(A, eta: list[float]):
    return A, eta


def missing_of(A, eta: "float | Missing"):  # noqa: F821 (as it is with TYPE_CHECKING)
    return A, eta


@pytest.mark.parametrize("takes", [array_of, list_of, missing_of])
def test_a_number_is_an_array_where_an_array_may_be(takes):
    given = []

    def keep(*arguments):
        given.append(arguments)
        return takes(*arguments)

    keep.__wrapped__ = takes
    assert all(finding.passes for finding in run(keep, r"A, \eta", r"A, \eta"))
    assert {number.shape for _, number in given} == {(1, 1)}


def test_an_array_is_an_array_where_a_number_is_wanted():
    def scaled(A, eta: float):
        return A * eta

    (finding,) = run(scaled, "A, A", r"A \odot A")
    assert finding.passes


T = TypeVar("T")


class Pair(NamedTuple, Generic[T]):
    A: T
    eta: float


def product(pair: Pair[np.ndarray]):
    assert isinstance(pair.eta, float)
    return pair.A * pair.eta


def plain(pair):
    return pair[0] * pair[1]


@pytest.mark.parametrize("function", [product, plain])
def test_values_in_parentheses_are_a_tuple(function):
    (finding,) = run(function, r"(A, \eta)", r"\eta A")
    assert finding.passes


def test_a_named_tuple_has_all_its_values():
    (finding,) = run(product, r"(A, \eta, X)", r"\eta A")
    assert finding.status == "differs"
    assert finding.diagnosis == "(A, \\eta, X) has 3 values; expected 2 for a Pair: A, eta"


def test_a_returned_number_is_a_value_of_one_row_and_column():
    (finding,) = run(lambda A: float((A**2).mean() / 2), "A", "J")
    assert finding.passes


def changes_array(X, A):
    result = gradient(X, A)
    X[0] += 1
    return result


def changes_one_entry_to_nan(X, A):
    result = gradient(X, A)
    A[0, 0] = np.nan
    return result


@pytest.mark.parametrize("changes", [changes_array, changes_one_entry_to_nan])
def test_a_function_that_changes_its_arguments_is_refused(changes):
    (finding,) = run(changes)
    assert finding.status == "differs"
    assert re.search("made.by.hand changes its argument [XA]; expected", finding.diagnosis)


def test_an_argument_within_a_tuple_may_not_be_changed_either():
    def changes(pair):
        result = gradient(*pair)
        pair[0][:] = 0
        return result

    (finding,) = run(changes, arguments="(X, A)")
    assert "changes its argument" in finding.diagnosis
    assert run(lambda pair: gradient(*pair), arguments="(X, A)")[0].passes


def test_a_function_may_change_copies_of_its_own():
    def works(X, A):
        X, A = X.copy(), A.copy()
        result = gradient(X, A)
        X[:] = 0
        return result

    assert run(works)[0].passes


@pytest.mark.parametrize("mask", [True, np.ma.nomask])
def test_masked_entries_are_refused(mask):
    def masked(X, A):
        return np.ma.masked_array(gradient(X, A), mask=mask)

    (finding,) = run(masked)
    assert finding.passes is (mask is np.ma.nomask)


def test_an_array_masked_in_part_is_refused():
    def masked(X, A):
        found = np.ma.masked_array(gradient(X, A))
        found[0] = np.ma.masked
        return found

    assert "returns an array with masked entries as value 1" in run(masked)[0].diagnosis


def test_a_function_ends_within_the_page_s_time():
    def goes_on(*_):
        while True:
            with contextlib.suppress(Exception):
                time.sleep(0.01)

    started = time.monotonic()
    (finding,) = run(goes_on, timeout=0.5)
    assert finding.status == "timeout"
    assert "made.by.hand did not end within the time" in finding.diagnosis
    assert time.monotonic() - started < 3


def test_two_equations_of_one_label_are_no_claim():
    again = "$$\nw = w\n$$ (dw)\n\n"
    page = read_page(
        f"{HEAD}{again}:::{{implementation}} made.by.hand\n:arguments: X, A\n:returns: dw\n:::\n",
        "page.md",
    )
    (found,) = (
        each for each in check_page(page, load=lambda _: gradient) if each.kind == "function"
    )
    assert "2 equations have the label dw; expected one" in found.diagnosis


@pytest.mark.parametrize("options", ["", ":one-example:\n"])
def test_a_function_of_one_example_is_run_for_each(options):
    shapes = set()

    def one(x, a):
        shapes.add((x.shape[1], a.shape))
        return x * a

    returns = r"\frac{\partial \mathcal{L}}{\partial w}"
    found = run(one, "x, a", returns, options)
    assert [finding.status for finding in found] == (["holds"] if options else ["undeclared"])
    assert shapes == ({(1, (1, 1))} if options else set())


def test_the_label_of_an_equation_for_one_example_makes_it_a_function_of_one_example():
    page = read_page(
        HEAD
        + "::::{side-by-side}\n$$\nl := a x\n$$ (one)\n\n$$\nB := X\n$$\n::::\n\n"
        + ":::{implementation} made.by.hand\n:arguments: a, x\n:returns: one\n:::\n",
        "page.md",
    )
    found = check_page(page, load=lambda _: lambda a, x: a * x)
    assert [f.status for f in found if f.kind == "function"] == ["holds"]


ROW = r"""
::::{{side-by-side}}
:::{{implementation}} one.f
:arguments: x, a
:returns: \frac{{\partial \mathcal{{L}}}}{{\partial w}}
:::

*{word}*

:::{{implementation}} batch.f
:arguments: X, A
:returns: dw
:::
::::
"""
BOTH = {"one.f": lambda x, a: x * a, "batch.f": gradient}


def test_a_row_of_two_functions_finds_its_word():
    page = read_page(HEAD + ROW.format(word="mean"), "page.md")
    found = check_page(page, load=BOTH.__getitem__)
    assert [f.status for f in found if f.kind == "function"] == ["holds", "holds"]
    assert [f.word for f in found if f.kind == "row"] == ["mean"]
    found = check_page(read_page(HEAD + ROW.format(word="sum"), "page.md"), load=BOTH.__getitem__)
    (row,) = (f for f in found if f.kind == "row")
    assert row.diagnosis == "expected *sum*, but the batch is the mean of the examples (*mean*)"


def test_a_row_has_no_word_where_a_function_is_wrong_or_not_run():
    page = read_page(HEAD + ROW.format(word="mean"), "page.md")
    wrong = {**BOTH, "one.f": lambda x, _: x}
    assert not any(f.kind == "row" for f in check_page(page, load=wrong.__getitem__))
    assert not any(f.kind == "row" for f in check_page(page))


class OwnExit(BaseException):
    """What `except Exception` does not catch."""


@pytest.mark.parametrize(
    "error", [SystemExit(1), GeneratorExit(), OwnExit("bye"), RecursionError()]
)
def test_whatever_a_function_raises_is_told(error):
    def raises(*_):
        raise error

    (finding,) = run(raises)
    assert f"made.by.hand raised {type(error).__name__}" in finding.diagnosis


def test_what_a_function_sets_in_numpy_is_set_back():
    def sets(X, A):
        np.seterr(all="raise")
        return gradient(X, A)

    before = np.geterr()
    assert run(sets)[0].passes
    assert np.geterr() == before


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_not_the_page_s(value):
    def fills(X, A):
        return np.full_like(gradient(X, A), value)

    assert not run(fills)[0].passes

    def one(X, A):
        found = gradient(X, A)
        found[0, 0] = value
        return found

    assert not run(one)[0].passes
