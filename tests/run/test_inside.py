"""The Python that runs in a page, run here."""

import json
import sys

import numpy as np
import pytest

from conf.run import inside


@pytest.fixture(autouse=True)
def _no_figures():
    """Close the figures of other tests: a cell shows all that are open."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def run(*sources):
    """Run cells in order; give what was sent, and how the last ended."""
    cells, sent = inside.Cells(), []
    for number, source in enumerate(sources, start=1):
        good = cells.run(number, source, lambda *output: sent.append(output))
    return sent, good


def test_cells_share_their_names_and_show_the_last_value():
    assert run("x = 2", "print(x)\nx + 1") == ([("text", "2\n"), ("text", "3\n")], True)
    assert run("x = 2\nx;") == ([], True)
    assert run("None") == ([], True)
    assert run("3", "_ + 1")[0][-1] == ("text", "4\n")


def test_a_value_with_html_is_sent_as_html_and_a_class_is_not():
    shown = "class Bold:\n    def _repr_html_(self):\n        return '<b>1</b>'\n"
    assert run(f"{shown}Bold()")[0] == [("html", "<b>1</b>")]
    assert run(f"{shown}Bold")[0][0][0] == "text"


def test_what_goes_wrong_is_told_in_the_readers_lines_alone():
    ((kind, words),), good = run("def f():\n    return 1 / 0\n", "1\nf()")
    assert (kind, good) == ("error", False)
    assert words.splitlines() == [
        "cell 2, line 2: f()",
        "cell 1, line 2: return 1 / 0",
        "ZeroDivisionError: division by zero",
    ]
    ((_, words),), _ = run("import numpy as np\nnp.ones(2) @ np.ones(3)")
    assert words.startswith("cell 1, line 2: np.ones(2) @ np.ones(3)\nValueError: matmul")
    assert "site-packages" not in words


def test_a_mistake_in_the_writing_names_its_line():
    ((_, words),), _ = run("x = 1\ny = = 2")
    assert words.startswith("line 2: y = = 2\nSyntaxError")


@pytest.mark.parametrize("ending", ["raise SystemExit(3)", "raise KeyboardInterrupt", "1 / 0"])
def test_no_ending_of_the_readers_code_ends_the_page(ending):
    cells, sent = inside.Cells(), []
    assert not cells.run(1, f"kept = 5\n{ending}", lambda *output: sent.append(output))
    assert cells.run(2, "kept", lambda *output: sent.append(output))
    assert sent[-1] == ("text", "5\n")


def test_endless_recursion_is_told_in_few_lines():
    ((_, words),), _ = run("def f():\n    f()\nf()")
    assert len(words.splitlines()) < 20
    assert "RecursionError" in words


def test_printing_is_cut_at_the_limit_and_comes_in_few_pieces():
    sent, good = run("for i in range(1_000_000):\n    print(i)")
    text = "".join(part for _, part in sent)
    assert good
    assert inside.LIMIT < len(text) < inside.LIMIT + 100
    assert "cut here" in text
    assert len(sent) < 300


def test_a_line_is_seen_while_the_cell_goes_on():
    seen = []
    cells = inside.Cells()
    cells.names["seen"] = seen
    cells.run(1, "print('on')\nnow = list(seen)", lambda *output: seen.append(output))
    assert cells.names["now"] == [("text", "on\n")]


def test_what_is_printed_before_an_error_stands_before_it():
    assert [kind for kind, _ in run("print('a')\n1 / 0")[0]] == ["text", "error"]


def test_figures_are_sent_once_and_closed(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    draw = (
        "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as p\np.plot([1, 2]);"
    )
    sent, _ = run(draw, "1")
    assert [kind for kind, _ in sent] == ["image", "text"]
    assert sent[0][1].startswith("iVBOR")


PAGE = ":::{where}\n- $x \\in \\mathbb{R}^m$: a vector\n:::\n\n$$\n%s\n$$\n"


@pytest.mark.parametrize(("equation", "passes"), [("x + x = 2x", True), ("x + x = 3x", False)])
def test_findings_come_with_whether_they_pass_and_in_words(equation, passes):
    (finding,) = json.loads(inside.check(PAGE % equation))
    assert finding["passes"] is passes
    assert finding["summary"]


A = np.array([[1.5, -2e-7, 3], [4, 5, 6.25]])


@pytest.mark.parametrize(
    "text",
    [
        str(A),
        repr(A),
        str(A.tolist()),
        "tensor([[1.5, -2e-07, 3.], [4., 5., 6.25]], dtype=torch.float64, requires_grad=True)",
        "tensor([[1.5, -2e-07, 3.], [4., 5., 6.25]], grad_fn=<MmBackward0>)",
        "1.5 -2e-7 3\n4 5 6.25",
        "1.5, -2e-7, 3;\n4, 5, 6.25",
    ],
)
def test_numbers_are_read_as_people_paste_them(text):
    assert np.allclose(np.array(inside.numbers(text)), A, rtol=1e-7, atol=1e-12)


def test_a_row_is_a_vector_and_a_number_that_is_none_stays_so():
    assert inside.numbers("1 2 3") == [1, 2, 3]
    assert np.isnan(inside.numbers("[nan, 1]")[0])
    assert inside.numbers("[inf, -inf]") == [float("inf"), float("-inf")]


@pytest.mark.parametrize(
    "text", ["", "[1, 2", "1 2 x", "__import__('os')", "[1 ... 2]", "[[1, 2], 3]]", "1 2]"]
)
def test_what_is_no_list_of_numbers_is_refused(text):
    with pytest.raises(inside.UnreadError):
        inside.numbers(text)


def test_two_gradients_are_compared_in_words():
    mine, truth = str(A / 4), str(A)
    assert "m" in inside.compare(mine, truth, "4")
    assert inside.compare(mine, truth, "4").startswith("differs")
    assert inside.compare(truth, truth, "").startswith("agrees")
    assert inside.compare("x", truth, "").startswith("Yours cannot be read")
    assert "different lengths" in inside.compare(mine, "1 2\n3", "")
    assert "number of examples" in inside.compare(mine, truth, "four")
