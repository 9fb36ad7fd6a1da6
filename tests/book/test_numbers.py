"""The numbers of equations outside the story, in a book of four pages."""

import io
import re
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

PAGES = {
    "index": "Book\n====\n\n.. toctree::\n\n   story\n   part\n",
    "story": "Story\n=====\n\n.. toctree::\n   :numbered: 1\n\n   one\n   two\n",
    "part": "Part\n====\n\n.. toctree::\n\n   three\n   four\n",
    "one": "One\n===\n\n.. math:: a\n   :label: a\n",
    "two": "Two\n===\n\nNo equation, but :eq:`d`.\n",
    "three": "Three\n=====\n\n.. math:: b\n   :label: b\n\n.. math:: c\n   :label: c\n",
    "four": "Four\n====\n\n.. math:: d\n   :label: d\n",
}


@pytest.fixture
def build(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2])
    for name, text in PAGES.items():
        (tmp_path / f"{name}.rst").write_text(text, encoding="utf-8")

    def build():
        """Build the book; return each page's numbers and which pages were written."""
        out, status = tmp_path / "out", io.StringIO()
        options = {
            "extensions": ["sphinx.ext.mathjax", "conf.numbers"],
            "numfig": True,
            "numfig_secnum_depth": 1,
            "html_theme": "basic",
        }
        before = {path: path.stat().st_mtime_ns for path in out.glob("*.html")}
        # What an application registers would be there for all tests of this process.
        with docutils_namespace():
            app = Sphinx(tmp_path, None, out, tmp_path / "d", "html", options, status=status)
            app.build()
        html = {path: path.read_text("utf-8") for path in out.glob("*.html")}
        numbers = {
            path.stem: re.findall(r'class="eqno">\(([\d.]+)\)', text)
            for path, text in html.items()
            if path.stem in PAGES
        }
        written = {
            path.stem
            for path in html
            if path.stem in PAGES and path.stat().st_mtime_ns != before.get(path)
        }
        return numbers, written, html[out / "two.html"]

    return build


def test_each_number_names_its_page_and_a_second_build_writes_nothing(build):
    numbers, written, two = build()
    assert (numbers["one"], numbers["three"], numbers["four"]) == (["1.1"], ["3.1", "3.2"], ["4.1"])
    assert written == PAGES.keys()
    assert "(4.1)" in two
    again, written, _ = build()
    assert (again, written) == (numbers, set())


def test_the_numbers_follow_the_order_of_the_pages(build, tmp_path):
    build()
    part = PAGES["part"].replace("   three\n   four\n", "   four\n   three\n")
    (tmp_path / "part.rst").write_text(part, encoding="utf-8")
    numbers, written, _ = build()
    assert (numbers["four"], numbers["three"]) == (["3.1"], ["4.1", "4.2"])
    assert {"three", "four"} <= written
