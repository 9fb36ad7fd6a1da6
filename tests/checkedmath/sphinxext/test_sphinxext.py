"""The Sphinx extension in a bare project: pages, marks, words, warnings."""

import re

import pytest

from checkedmath import sphinxext

# MyST-Parser 5.2 asks for `env.app`, which Sphinx 9 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'")


def test_a_page_that_holds_builds_without_a_warning(project):
    assert project.build()[1] == []


def test_each_checked_equation_has_a_mark_that_tells_how_well_it_held(project):
    project.build()
    marks = re.findall(r'<button [^>]*"checked-mark checked-mark-holds"[^>]*>', project.html())
    assert len(marks) == 2
    for mark in marks:
        assert 'aria-label="Checked"' in mark
        name = re.search(r'popovertarget="([^"]*)"', mark)[1]
        assert f'aria-describedby="{name}"' in mark
        note = re.findall(
            f'<span class="checked-note" id="{name}" popover="">(.*?)</span>', project.html()
        )
        assert len(note) == 1
        assert note[0].startswith("Executed: 1 equality on 5 random draws ")


def test_a_definition_keeps_the_room_of_a_mark_and_says_nothing(project):
    project.build()
    assert project.html().count('<span class="checked-mark" aria-hidden="true"></span>') == 2


def test_the_word_between_the_columns_is_shown(project):
    project.build()
    assert re.search(
        r'<button [^>]*"found-word found-mean" [^>]* title="Found[^"]*">mean</button>',
        project.html(),
    )


def test_the_declarations_are_a_table_of_symbols(project):
    project.build()
    html = project.html()
    assert re.search(r"<table[^>]*checked-where", html)
    assert "one for each <em>input</em>" in html


def test_labels_and_references_still_work(project):
    project.build()
    assert re.search(r'See <a [^>]*href="#equation-dw"', project.html())


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        (r"\frac{1}{m} X", "X", (26, "(dw) differs: 0.83  off by exactly 1/m")),
        ("a x", "a q", (20, "(one-dw) undeclared: q is not declared")),
        ("*mean*", "*sum*", (26, "(dw) differs: expected *sum*")),
        (r"X A^\top", "X A", (26, "(dw) shape: ")),
        (r"w^\top X", r"w^\top X \foo", (10, "unreadable: this is not read")),
        (r"- $w \in", r"- $w", (5, "unreadable: write a declaration")),
    ],
)
def test_what_does_not_hold_is_a_warning_with_file_and_line(project, page, right, wrong, place):
    line, words = place
    assert page.count(right) == 1
    project.write("index", page.replace(right, wrong))
    warnings = project.build()[1]
    assert any(w.startswith(f"index.md:{line}: WARNING: {words}") for w in warnings), warnings


def test_a_page_that_failed_is_read_again_and_fails_again(project, page):
    project.write("index", page.replace(r"\frac{1}{m} X", "X"))
    first = project.build()[1]
    assert first
    assert project.build() == (["index"], first)
    project.write("index", page)
    assert project.build()[1] == []
    assert project.build() == ([], [])


def test_a_changed_page_checks_the_pages_that_use_it(project, page):
    project.write("index", page + "\n```{toctree}\nother\n```\n")
    other = ":::{where}\n:uses: index\n:::\n\n# Other\n\n$$ J = \\frac{1}{2m} A A^\\top $$\n"
    project.write("other", other)
    assert project.build()[1] == []
    project.write(
        "index", (page + "\n```{toctree}\nother\n```\n").replace(r"\frac{1}{2}", r"\frac{1}{3}")
    )
    read, warnings = project.build()
    assert read == ["index"]
    assert any(w.startswith("other.md:7: WARNING: differs") for w in warnings)


def test_a_changed_checker_checks_every_page(project, monkeypatch):
    project.build()
    assert project.build() == ([], [])
    monkeypatch.setattr(sphinxext, "version_digest", lambda: "another version")
    assert project.build()[0] == ["index"]


def test_an_excused_equation_shows_its_reason(project, page):
    text = (
        page
        + "\n```{math}\n:label: limit\n:unchecked: a limit, which is not evaluated\nm = 7\n```\n"
    )
    project.write("index", text)
    assert project.build()[1] == []
    assert ">Not checked: a limit, which is not evaluated</span>" in project.html()
    assert 'id="equation-limit"' in project.html()


@pytest.mark.parametrize(
    ("equation", "name"),
    [
        ("$$ m = 2 m $$", "Does not hold"),
        ("$$ X = X^\\top $$", "Does not hold"),
        ("$$ m = = m $$", "Cannot be read"),
        ("$$ m = q $$", "Cannot be read"),
        ("$$ m = m \\tag{m = 2} $$", "Not checked"),
        ("```{math}\n:unchecked:\nm = 7\n```", ""),
        ("$$ m = m $$", "Checked"),
    ],
)
def test_a_mark_is_called_what_is_true(project, page, equation, name):
    project.write("index", f"{page}\n{equation}\n")
    project.build()
    # The page's own equations come first; what the last is called is asked for.
    names = re.findall(
        r'class="checked-mark checked-mark-\w+"[^>]* aria-label="([^"]*)"', project.html()
    )
    assert name in ("", names[-1])


def test_an_equation_from_another_file_is_not_silently_unchecked(project, page):
    (project.folder / "part.txt").write_text("$$\n1 = 2\n$$\n", encoding="utf-8")
    project.write("index", page + "\n```{include} part.txt\n```\n")
    warnings = project.build()[1]
    assert len(warnings) == 1
    assert warnings[0].startswith("part.txt:2: WARNING: differs")


def test_pages_are_read_in_parallel(project, page):
    names = [f"page{number}" for number in range(8)]
    listed = "\n".join(names)
    project.write("index", f"{page}\n```{{toctree}}\n{listed}\n```\n")
    for number, name in enumerate(names):
        wrong = page.replace(r"\frac{1}{m} X", "X") if number % 2 else page
        project.write(
            name,
            wrong.replace("-dw)", f"-dw{number})")
            .replace("(dw)", f"(dw{number})")
            .replace("`dw`", f"`dw{number}`"),
        )
    warnings = project.build(parallel=2)[1]
    assert project.env.checkedmath_book.found.keys() == {"index", *names}
    assert sum("off by exactly 1/m" in warning for warning in warnings) == 4


def test_text_and_latex_show_the_words_without_marks(project):
    assert project.build("text")[1] == []
    text = (project.folder / "_build" / "text" / "index.txt").read_text(encoding="utf-8")
    assert re.search(r"\| mean ", text)
    assert "✓" not in text
    assert project.build("latex")[1] == []
    (latex,) = (project.folder / "_build" / "latex").glob("*.tex")
    assert "mean" in latex.read_text(encoding="utf-8")


def test_markdown_has_dollars_and_fences_without_a_setting(project):
    (project.folder / "conf.py").write_text(
        'extensions = ["myst_parser", "checkedmath.sphinxext"]\n', encoding="utf-8"
    )
    project.build()
    html = project.html("index")
    assert ":::" not in html
    assert "$$" not in html


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("*sum*\n\n*mean*", "a row expects one word at most; this one has 2"),
        ("*average*", "the word *average* is none of same, stacked, sum, mean"),
        ("$$ a = a $$", "this one has 3; part rows by a line ---"),
    ],
)
def test_a_row_that_has_not_its_form_is_told(project, page, word, words):
    project.write("index", page.replace("*mean*", word))
    warnings = project.build()[1]
    assert any(w.startswith("index.md:18: WARNING: unreadable") and words in w for w in warnings)
    assert "found-nothing" in project.html()
