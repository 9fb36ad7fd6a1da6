"""The page for authors is a small book: its snippets build, and hold."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "about" / "check-your-own-book.md"
SNIPPET = re.compile(
    r"^(?P<fence>`{3,})\{code-block\} (?P<language>\w+)\n(?::caption: (?P<name>\S+)\n\n)?"
    r"(?P<text>.*?)^(?P=fence)$",
    re.DOTALL | re.MULTILINE,
)


def snippets():
    return [match.groupdict() for match in SNIPPET.finditer(PAGE.read_text("utf-8"))]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return the folder into which a reader copies the page's files, after the page's command."""
    folder = tmp_path_factory.mktemp("own")
    for snippet in snippets():
        if snippet["name"]:
            (folder / snippet["name"]).write_text(snippet["text"], encoding="utf-8")
    unnamed = [snippet for snippet in snippets() if not snippet["name"]]
    excuse = next(each["text"] for each in unnamed if each["language"] == "markdown")
    with (folder / "index.md").open("a", encoding="utf-8") as file:
        file.write(f"\n{excuse}")
    return folder


def build(folder):
    (command,) = re.findall(r"`(python -m sphinx [^`]*)`\.$", PAGE.read_text("utf-8"), re.MULTILINE)
    return subprocess.run(
        [sys.executable, *command.split()[1:]],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def checks(book):
    run = build(book)
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads((book / "_build" / "html" / "checks.json").read_text("utf-8"))


def test_the_page_has_the_files_that_it_promises():
    names = [snippet["name"] for snippet in snippets() if snippet["name"]]
    assert names == ["conf.py", "index.md", "rows.md", "lesson.py", "code.md", "checks.md"]


def test_the_book_of_the_snippets_holds(checks):
    assert checks["counts"] == {"holds": 18, "unchecked": 1, "fails": 0}
    words = [check["relation"] for check in checks["checks"] if check["kind"] == "row"]
    assert words == ["mean", "mean", "mean"]


def test_its_report_lists_the_checks(book, checks):
    html = (book / "_build" / "html" / "checks.html").read_text("utf-8")
    assert html.count('<tr class="checks-') == len(checks["checks"])
    assert ">lesson.gradients(X, E)<" in re.sub("</?span[^>]*>", "", html)


@pytest.mark.usefixtures("checks")
def test_a_mistake_in_its_code_fails_its_build(book):
    path = book / "lesson.py"
    text = path.read_text("utf-8")
    path.write_text(text.replace("E.T / m", "E.T"), encoding="utf-8")
    run = build(book)
    path.write_text(text, encoding="utf-8")
    assert run.returncode == 1
    assert "code.md:7: WARNING: differs: " in run.stderr
    assert "off by exactly m: the left side is m times the right side" in run.stderr


@pytest.mark.usefixtures("checks")
def test_the_first_mistake_is_told_as_the_page_shows_it(book):
    path = book / "index.md"
    text = path.read_text("utf-8")
    assert r"= \frac{1}{m} X E^\top" in text
    path.write_text(text.replace(r"= \frac{1}{m} X E^\top", r"= X E^\top"), encoding="utf-8")
    run = build(book)
    path.write_text(text, encoding="utf-8")
    (shown,) = (each["text"].strip() for each in snippets() if each["language"] == "text")
    assert run.returncode == 1
    assert shown in run.stderr
