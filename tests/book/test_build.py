import sys

import pytest
from sphinx.cmd import build as sphinx

from conf import build

ARGUMENTS = ["-W", "-d", "build/doctrees", "docs", "build/html"]


class Builds:
    """A book of three files, and a builder that writes a page and counts."""

    code = 0

    def __init__(self, root):
        self.root, self.count = root, 0
        for name in ("docs/page.md", "src/package/code.py", "conf/conf.py"):
            self.write(name, "before")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def main(self, _arguments):
        self.count += 1
        self.write("build/doctrees/environment.pickle", "")
        self.write("build/html/page.html", f"{self.count}")
        return self.code


@pytest.fixture
def builds(tmp_path, monkeypatch):
    """A book that was just built, without a warning."""
    book = Builds(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(sphinx, "main", book.main)
    assert build.main(ARGUMENTS) == 0
    assert book.count == 1
    return book


def test_with_nothing_changed_sphinx_is_not_started(builds, capsys):
    builds.write("src/package/__pycache__/code.pyc", "compiled")
    assert build.main(ARGUMENTS) == 0
    assert builds.count == 1
    assert capsys.readouterr().out == "Nothing has changed since the last build.\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.write("docs/page.md", "behind"),
        lambda book: book.write("docs/new.md", ""),
        lambda book: (book.root / "docs/page.md").rename(book.root / "docs/other.md"),
        lambda book: book.write("src/package/code.py", "after"),
        lambda book: book.write("conf/conf.py", "after"),
        lambda book: book.write("build/html/page.html", "edited"),
        lambda book: (book.root / "build/html/page.html").unlink(),
        lambda book: (book.root / "build/doctrees/html.json").unlink(),
    ],
    ids=["page", "new page", "name", "code", "settings", "written", "removed", "doctrees"],
)
def test_a_change_is_built_once(builds, change):
    change(builds)
    assert build.main(ARGUMENTS) == 0
    assert build.main(ARGUMENTS) == 0
    assert builds.count == 2


def test_another_python_library_or_variable_is_a_change(builds, monkeypatch):
    monkeypatch.setenv("READTHEDOCS_CANONICAL_URL", "https://example.org/")
    build.main(ARGUMENTS)
    assert builds.count == 2
    monkeypatch.setattr(sys, "version", "4.0")
    build.main(ARGUMENTS)
    assert builds.count == 3
    monkeypatch.setattr(build.sysconfig, "get_path", lambda _name: str(builds.root))
    build.main(ARGUMENTS)
    assert builds.count == 4


@pytest.mark.parametrize("option", ["-a", "--write-all", "-E", "--fresh-env"])
def test_who_asks_for_a_whole_build_gets_one(builds, option):
    for count in (2, 3):
        build.main([option, *ARGUMENTS])
        assert builds.count == count


def test_a_build_that_failed_is_tried_again(builds):
    builds.write("docs/page.md", "after")
    builds.code = 2
    assert build.main(ARGUMENTS) == 2
    builds.write("docs/page.md", "before")
    assert build.main(ARGUMENTS) == 2
    assert builds.count == 3


def test_a_build_that_lets_warnings_pass_is_nothing_to_rest_on(builds):
    for count in (2, 3):
        build.main(ARGUMENTS[1:])
        assert builds.count == count


def test_what_is_edited_during_a_build_is_built_next(builds, monkeypatch):
    def main(arguments):
        builds.write("docs/page.md", "edited meanwhile")
        return builds.main(arguments)

    builds.write("docs/page.md", "after")
    monkeypatch.setattr(sphinx, "main", main)
    build.main(ARGUMENTS)
    build.main(ARGUMENTS)
    assert builds.count == 3
