"""The list of all checks, the file ``checks.json``, and the line under each page."""

import json
import re
from importlib import resources

import jsonschema
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'")

TREE = "\n```{toctree}\nother\nreport\n```\n"
OTHER = """# Other

:::{where}
:uses: index
:::

$$ J = \\frac{1}{2m} A A^\\top $$

```{math}
:unchecked: a limit, which is not evaluated
m = 7
```
"""
REPORT = "# Report\n\n```{checks}\n```\n"


@pytest.fixture
def book(project, page):
    project.write("index", page + TREE)
    project.write("other", OTHER)
    project.write("report", REPORT)
    return project


def rows(book):
    html = book.html("report")
    found = re.findall(r'<tr class="checks-(\w+)[^>]*>(.*?)</tr>', html, re.DOTALL)
    return [
        (
            status,
            *(
                re.sub("<[^>]*>", "", cell).strip()
                for cell in re.findall("<td>(.*?)</td>", row, re.DOTALL)
            ),
        )
        for status, row in found
    ]


def checks(book):
    return json.loads((book.folder / "_build" / "html" / "checks.json").read_text("utf-8"))


def test_the_report_lists_the_checks_of_all_pages_in_their_order(book):
    assert book.build()[1] == []
    found = rows(book)
    assert [row[:2] for row in found] == [
        ("holds", "one-dw"),
        ("holds", "dw"),
        ("holds", "dw"),
        ("holds", "unlabelled 1"),
        ("unchecked", "unlabelled 2"),
    ]
    assert [row[3] for row in found] == ["holds", "mean", "holds", "holds", "not checked"]
    assert found[0][2] == r"\frac{\partial \mathcal{L}}{\partial w} = a x"
    assert float(found[0][4]) < 1e-14
    assert found[0][5] == "5"
    assert found[4][2] == "m = 7\nReason: a limit, which is not evaluated"
    assert "5 checks on 2 pages: 4 hold, 1 not checked." in book.html("report")


def test_each_line_of_the_report_links_to_its_equation(book):
    book.build()
    links = re.findall(
        r'href="(\w+).html#([^"]+)">(?:<[^>]*>)*(?:unlabelled|\w*-?dw)', book.html("report")
    )
    assert len(links) == 5
    for page, anchor in links:
        assert book.html(page).count(f'id="{anchor}"') > 0


def test_the_reader_chooses_a_status_without_a_script(book):
    book.build()
    html = book.html("report")
    assert re.findall(r'<input type="radio" name="checks-status" value="(\w+)"', html) == [
        "all",
        "holds",
        "unchecked",
    ]
    css = (book.folder / "_build" / "html" / "_static" / "checkedmath.css").read_text("utf-8")
    for status in ("holds", "unchecked", "fails"):
        assert f'.checks-report:has([value="{status}"]:checked)' in css


@pytest.mark.parametrize("parallel", [1, 2])
def test_the_report_follows_when_another_page_changes(book, parallel):
    book.build(parallel=parallel)
    assert book.build(parallel=parallel) == ([], [])
    book.write("other", OTHER.replace(r"\frac{1}{2m}", r"\frac{1}{m}"))
    _, warnings = book.build(parallel=parallel)
    assert len(warnings) == 1
    assert ("fails", "unlabelled 1") in [row[:2] for row in rows(book)]
    assert "1 do not pass" in book.html("report")
    assert checks(book)["counts"] == {"holds": 3, "unchecked": 1, "fails": 1}
    book.write("other", "# Other\n")
    assert book.build(parallel=parallel)[1] == []
    assert len(rows(book)) == len(checks(book)["checks"]) == 3


def test_text_above_an_equation_leaves_the_report_as_it_is(book):
    book.build()
    report = book.folder / "_build" / "html" / "report.html"
    written, before = report.stat().st_mtime_ns, checks(book)["checks"]
    book.write("other", OTHER.replace("# Other\n", "# Other\n\nA sentence.\n"))
    assert book.build() == (["other"], [])
    assert report.stat().st_mtime_ns == written
    now = checks(book)["checks"]
    assert [check["id"] for check in now] == [check["id"] for check in before]
    assert [check["line"] for check in now[-2:]] == [7 + 2, 11 + 2]
    book.write("other", OTHER.replace("limit", "limes"))
    book.build()
    assert report.stat().st_mtime_ns > written


def test_the_report_is_the_same_in_parallel(book, page):
    for number in range(8):
        book.write(
            f"page{number}", ":::{where}\n:uses: index\n:::\n\n# Page\n\n$$ A = w^\\top X $$\n"
        )
    names = "\n".join(f"page{number}" for number in range(8))
    book.write("index", f"{page}{TREE}\n```{{toctree}}\n{names}\n```\n")
    assert book.build(parallel=3)[1] == []
    assert len(rows(book)) == 13
    assert len(checks(book)["checks"]) == 13


def test_a_removed_page_is_no_longer_listed(book, page):
    book.build()
    (book.folder / "other.md").unlink()
    book.write("index", page + TREE.replace("other\n", ""))
    assert book.build()[1] == []
    assert len(rows(book)) == 3


def test_checks_json_is_as_its_schema_says(book):
    book.write("other", OTHER.replace(r"\frac{1}{2m}", r"\foo"))
    book.build()
    schema = json.loads(
        resources.files("checkedmath.sphinxext").joinpath("checks.schema.json").read_text("utf-8")
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(checks(book), schema)
    jsonschema.validate(
        {"version": 1, "counts": {"holds": 0, "unchecked": 0, "fails": 0}, "checks": []}, schema
    )
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": 1}, schema)


def test_checks_json_names_each_check_once(book):
    book.build()
    found = checks(book)["checks"]
    assert [check["id"] for check in found] == [
        "index#one-dw",
        "index#dw.row",
        "index#dw",
        "other#unlabelled-1",
        "other#unlabelled-2",
    ]
    dw = found[2]
    assert (dw["file"], dw["line"], dw["url"]) == ("index.md", 26, "index.html#equation-dw")
    assert (dw["left"], dw["relation"]) == (r"\frac{\partial J}{\partial w}", "=")
    assert (dw["kind"], dw["status"], dw["draws"], len(dw["sizes"])) == ("relation", "holds", 5, 5)


def test_each_page_says_how_many_equalities_it_has(book):
    book.build()
    assert (
        '<p class="checked-here">2 equalities are checked on this page; '
        '<a href="report.html">see every check</a>.</p>' in book.html()
    )
    assert "1 equality is checked on this page; " in book.html("other")
    assert "checked-here" not in book.html("report")


def test_a_new_report_is_linked_from_all_pages(book, page):
    (book.folder / "report.md").unlink()
    book.write("index", page + TREE.replace("report\n", ""))
    book.build()
    assert "see every check" not in book.html("other")
    book.write("index", page + TREE)
    book.write("report", REPORT)
    book.build()
    assert "see every check" in book.html("other")


def test_a_book_without_checks_says_so(book):
    book.write("index", "# Index\n" + TREE)
    book.write("other", "# Other\n")
    assert book.build()[1] == []
    assert "There are no checks." in book.html("report")


@pytest.mark.parametrize("builder", ["text", "latex", "man", "dirhtml", "singlehtml"])
def test_every_builder_shows_the_report(book, builder):
    settings = {"man_pages": [("index", "book", "Book", [], 1)]} if builder == "man" else {}
    assert book.build(builder, **settings)[1] == []
    pages = (book.folder / "_build" / builder).rglob("*.*" if builder != "man" else "*.1")
    text = "".join(
        path.read_text("utf-8") for path in pages if path.suffix in (".txt", ".tex", ".1", ".html")
    )
    assert "5 checks on 2 pages" in text
    assert "a limit" in text


def test_each_builder_writes_its_report_again(book):
    book.build()
    book.build("text")
    book.write("other", "# Other\n")
    book.build("text")
    book.build()
    assert len(rows(book)) == 3
