"""With ``checkedmath_certify``, marks and reports say what is proved, and how far."""

import importlib.util
import json
import re
from importlib import resources

import jsonschema
import pytest
from sphinx.errors import ExtensionError

pytest.importorskip("flint")
pytestmark = pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'")

MORE = r"""
```{toctree}
report
```

$$ e^{w_1 + w_2} = e^{w_1} e^{w_2} $$ (powers)
"""
FALSE = r"""
$$ w_1 = w_1 + 10^{-12} w_2 $$ (nearly)
"""


@pytest.fixture
def book(project, page):
    project.write("index", page + MORE)
    project.write("report", "# Report\n\n```{checks}\n```\n")
    return project


def test_the_mark_the_word_the_report_and_the_file_say_what_is_certified(book):
    assert book.build(checkedmath_certify=True)[1] == []
    notes = re.findall(r'aria-label="Certified"[^>]* title="([^"]*)"', book.html())
    assert len(notes) == 3
    assert notes[-1].startswith("1 equality certified: 100 digits at 5 random points (sizes ")
    assert re.search(
        r"; error bound 1e-1\d\d, from 400 bits; the sides are not rational", notes[-1]
    )
    assert "equality certified: exactly equal at 5 random points (sizes" in notes[0]
    assert re.search(
        r"\); were it false, each point would miss it with probability \d+/2\^40$", notes[0]
    )
    assert "the batch is the mean of the examples; certified" in book.html()
    assert "holds, certified: 100 digits at 5 random points" in book.html("report")
    written = json.loads((book.folder / "_build" / "html" / "checks.json").read_text("utf-8"))
    schema = resources.files("checkedmath.sphinxext").joinpath("checks.schema.json")
    jsonschema.validate(written, json.loads(schema.read_text("utf-8")))
    (powers,) = [each["certified"] for each in written["checks"] if each["label"] == "powers"]
    assert powers["points"] == 5
    assert powers["bits"] == 400
    assert 0 < powers["radius"] <= 1e-100
    assert powers["degree"] is None
    (exact,) = [
        each["certified"]
        for each in written["checks"]
        if each["kind"] == "relation" and each["label"] == "dw"
    ]
    assert exact == {"points": 5, "bits": 0, "radius": 0.0, "degree": exact["degree"]}
    assert exact["degree"] > 1


def test_a_line_of_numpy_computes_in_float64_beside_certified_equations(book, page):
    lines = """
::::{side-by-side}
$$ r := \\frac{1}{m} \\max(w_1, 0) $$

```numpy
r = np.maximum(w[:1], 0) / m
```

$$ q := \\frac{1}{m} \\max(w_1, 0) $$

```numpy
q = np.maximum(w[:1], 0) / m
```
::::
"""
    book.write("index", page + MORE + lines)
    assert book.build(checkedmath_certify=True, checkedmath_python_names={})[1] == []
    assert "np.maximum(w[:1], 0) / m" in book.html()


def test_what_float64_takes_for_equal_is_refused(book, page):
    book.write("index", page + MORE + FALSE)
    assert book.build()[1] == []
    (warning,) = book.build(checkedmath_certify=True)[1]
    assert "(nearly)" in warning
    assert "it is proved that the sides differ, by 1.7e-12 of their scale" in warning


def test_without_it_a_mark_says_that_float64_decided(book):
    book.build()
    (note, *_) = re.findall(r'aria-label="Checked"[^>]* title="([^"]*)"', book.html())
    assert note.startswith("Executed: 1 equality on 5 random draws ")
    assert note.endswith(", in float64")


def test_a_book_that_asks_for_what_is_not_installed_is_told(book, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *more: find(name, *more) if name != "flint" else None,
    )
    with pytest.raises(
        ExtensionError,
        match=r'checkedmath_certify = True, but .*pip install "checkedmath\[certified\]"',
    ):
        book.build(checkedmath_certify=True)
