"""A node's line is a hint; what stands there is looked for in the file."""

import time

import pytest

from checkedmath.sphinxext.lines import Hint, Spot, places

TEXT = """Words.

$$
a = b
$$

- item

  $$ a = b $$

> $$
> a = b \\\\
> c = d
> $$

```{math}
:label: one
:unchecked: so

e = f
```

{{ some }}
"""


@pytest.fixture
def file(tmp_path):
    def write(text=TEXT, name="page.md"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return str(path)

    return write


def test_a_text_is_found_near_its_hint(file):
    path = file()
    hints = [
        Hint(path, 3, "a = b"),
        Hint(path, 9, "a = b"),
        Hint(path, 11, "a = b \\\\\nc = d"),
        Hint(path, 16, "e = f"),
    ]
    assert places(hints) == [Spot(4), Spot(9, 5), Spot(12, 2), Spot(20)]


@pytest.mark.parametrize("short", [1, 2, 5])
def test_a_hint_may_fall_short(file, short):
    path = file("\n" * 10 + TEXT)
    lines = [13, 19, 21]
    hints = [
        Hint(path, line - short, text) for line, text in zip(lines, ["a = b"] * 3, strict=True)
    ]
    assert [spot.line for spot in places(hints)] == [14, 19, 22]


def test_what_moves_to_the_end_of_the_document_has_its_own_line(file):
    path = file()
    assert places([Hint(path, 16, "e = f"), Hint(path, 3, "a = b")]) == [Spot(20), Spot(4)]


def test_what_is_in_no_file_or_not_in_it_has_its_hint(file):
    assert places([Hint("mod.py:docstring of mod.f", 7, "a")]) == [Spot(7)]
    assert places([Hint(file(), 7, "not there")]) == [Spot(7)]
    assert places([Hint(file(), 7, " \n ")]) == [Spot(7)]


def test_a_substitution_has_the_line_on_which_it_is_used(file):
    assert places([Hint(file(), 24, "1 = 2")]) == [Spot(23)]


def test_other_ends_of_lines_and_a_byte_order_mark(file):
    path = file("\ufeff" + TEXT.replace("\n", "\r\n"))
    assert places([Hint(path, 3, "a = b")]) == [Spot(4)]


def test_a_file_that_is_no_text_has_hints(tmp_path):
    (tmp_path / "page.md").write_bytes(b"\xff\xfe\x00")
    assert places([Hint(str(tmp_path / "page.md"), 3, "a")]) == [Spot(3)]


def test_a_notebook_has_lines_of_json(file):
    path = file('{"cells": [\n "x",\n "$$ \\\\frac{a}{b} = 1 $$",\n "\\u00e9"\n]}', "book.ipynb")
    assert places([Hint(path, 20003, r"\frac{a}{b} = 1")]) == [Spot(3, 5)]


@pytest.mark.parametrize("name", ["page.md", "page.ipynb"])
@pytest.mark.parametrize("text", ["$$ a $$\n", "\n", "a\n", ":b: c\n"])
@pytest.mark.parametrize("wanted", ["a", "not there", "a\na\nb"])
def test_time_grows_with_the_length(file, name, text, wanted):
    path = file(text * 20_000, name)
    started = time.process_time()
    places([Hint(path, line, wanted) for line in range(1, 501)])
    assert time.process_time() - started < 5
