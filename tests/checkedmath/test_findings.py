"""A finding tells its place, its status and why, in a line and in JSON."""

import json

import pytest

from checkedmath.errors import ReadError, ShapeError
from checkedmath.findings import (
    FunctionFinding,
    RelationFinding,
    RowFinding,
    failure,
    out_of_time,
)
from checkedmath.page.model import WORDS, Equation, Formula


def finding(status="holds", kind=RelationFinding, **others):
    return kind("page.md", 3, 5, status, **others)


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            finding(label="one", relative_error=1.5e-16, draws=5),
            "page.md:3:5 (one) holds  1.5e-16 over 5 draws",
        ),
        (
            finding("differs", relative_error=0.5, diagnosis="off"),
            "page.md:3:5 differs  0.5  off",
        ),
        (finding("shape", diagnosis="2×3 and 3×2"), "page.md:3:5 shape  2×3 and 3×2"),
        (finding("unchecked", diagnosis="a picture"), "page.md:3:5 unchecked  a picture"),
        (
            finding(kind=RowFinding, word="mean", draws=5),
            "page.md:3:5 holds  mean: the batch is the mean of the examples, over 5 draws",
        ),
    ],
)
def test_a_finding_is_a_line(found, line):
    assert str(found) == line


@pytest.mark.parametrize("word", WORDS)
def test_each_word_of_a_row_is_said(word):
    assert WORDS[word] in finding(kind=RowFinding, word=word).summary


@pytest.mark.parametrize(
    ("status", "passes"),
    [
        ("holds", True),
        ("unchecked", False),
        ("differs", False),
        ("shape", False),
        ("unreadable", False),
        ("undeclared", False),
        ("timeout", False),
    ],
)
def test_only_what_holds_or_is_excused_passes(status, passes):
    assert finding(status).passes is passes
    assert finding(status, excused=True).passes is (passes or status == "unchecked")


def test_json_has_every_field_and_no_infinity():
    for error in (float("inf"), float("nan")):
        written = finding("differs", relative_error=error, sizes=({"m": 3},)).as_dict()
        assert json.loads(json.dumps(written, allow_nan=False)) == {
            "kind": "relation",
            "function": "",
            "file": "page.md",
            "line": 3,
            "column": 5,
            "label": None,
            "left": "",
            "relation": "",
            "right": "",
            "status": "differs",
            "relative_error": None,
            "draws": 0,
            "sizes": [{"m": 3}],
            "diagnosis": "",
            "certified": None,
            "uncertified": "",
        }


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (finding(relation="≤"), ("relation", "", "≤")),
        (finding(kind=RowFinding, word="mean"), ("row", "", "mean")),
        (finding(kind=FunctionFinding, function="a.b", left="b(x)"), ("function", "a.b", "=")),
        (finding("unchecked", FunctionFinding, function="a.b"), ("function", "a.b", "")),
    ],
)
def test_each_kind_of_finding_says_in_json_what_it_is_about(found, said):
    written = found.as_dict()
    assert (written["kind"], written["function"], written["relation"]) == said


def test_a_failure_stands_where_its_error_does():
    equation = Equation("a =\n  b", 7, indent=2, label="one")
    found = failure("page.md", equation, ShapeError("wrong", 6), "one")
    assert (found.line, found.column, found.status, found.label) == (8, 5, "shape", "one")


def test_an_error_from_a_definition_names_it():
    error = ReadError("wrong", 3)
    assert failure("page.md", Formula("  a", 5), error).diagnosis == "wrong"
    error.origin = ("page.md", 5)
    assert failure("page.md", Formula("  a", 5), error).diagnosis == "wrong"
    for file, line, place in (("page.md", 9, "line 5"), ("other.md", 5, "page.md:5")):
        found = failure(file, Formula("  a", line), error)
        assert found.diagnosis == f"rests on {place}: wrong"
    assert failure("other.md", Formula("  a", 2), error).column == 3


def test_a_page_out_of_time_says_so():
    found = out_of_time("page.md")
    assert str(found) == "page.md:1:1 timeout  the time for this page ran out as it was read"
