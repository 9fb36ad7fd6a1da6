"""The Sphinx extension in a bare project: no theme, no notebooks, one setting."""

import io
import re

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from checkedmath import sphinxext

CONF = """
extensions = ["myst_parser", "checkedmath.sphinxext"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
nitpicky = True
"""

PAGE = r"""# Page

:::{where}
- $X \in \mathbb{R}^{n \times m}$: the inputs
- $w \in \mathbb{R}^{n}$: the weights,
  one for each *input*
:::

$$
A := w^\top X
$$

$$
\mathcal{L}^{(i)} := \frac{1}{2} a^{(i)} a^{(i)}, \qquad
J := \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}
$$

::::{side-by-side}
$$
\frac{\partial \mathcal{L}}{\partial w} = a x
$$ (one-dw)

*mean*

$$
\frac{\partial J}{\partial w} = \frac{1}{m} X A^\top
$$ (dw)
::::

See {eq}`dw`.
"""


class Project:
    def __init__(self, folder):
        self.folder = folder
        (folder / "conf.py").write_text(CONF, encoding="utf-8")
        self.write("index", PAGE)

    def write(self, name, text):
        (self.folder / f"{name}.md").write_text(text, encoding="utf-8")

    def build(self, builder="html", parallel=1, **settings):
        """Build; return the pages that were read and the warnings."""
        warning = io.StringIO()
        read = []
        with docutils_namespace():
            app = Sphinx(
                self.folder,
                self.folder,
                self.folder / "_build" / builder,
                self.folder / "_doctrees",
                builder,
                confoverrides=settings,
                status=None,
                warning=warning,
                parallel=parallel,
            )
            app.connect("source-read", lambda _app, name, _source: read.append(name))
            app.build()
        self.env = app.env
        text = re.sub(r"\x1b\[[\d;]*m", "", warning.getvalue())
        return read, [line.replace(f"{self.folder}/", "") for line in text.splitlines()]

    def html(self, name="index"):
        return (self.folder / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")


# MyST-Parser 5.2 asks for `env.app`, which Sphinx 9 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'")


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_a_page_that_holds_builds_without_a_warning(project):
    assert project.build()[1] == []


def test_each_checked_equation_has_a_mark_that_tells_how_well_it_held(project):
    project.build()
    marks = re.findall(r'<span class="checked-mark checked-mark-holds"[^>]*>', project.html())
    assert len(marks) == 2
    for mark in marks:
        assert 'tabindex="0"' in mark
        assert re.search(r'aria-label="Executed: 1 equality on 5 random draws .*; worst', mark)


def test_a_definition_keeps_the_room_of_a_mark_and_says_nothing(project):
    project.build()
    assert project.html().count('<span class="checked-mark" aria-hidden="true"></span>') == 2


def test_the_word_between_the_columns_is_shown(project):
    project.build()
    assert re.search(
        r'<span class="found-word found-mean" title="Found[^"]*">mean</span>', project.html()
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
    ("right", "wrong", "line", "words"),
    [
        (r"\frac{1}{m} X", "X", 26, "(dw) differs: 0.83  off by exactly 1/m"),
        ("a x", "a q", 20, "(one-dw) undeclared: q is not declared"),
        ("*mean*", "*sum*", 26, "(dw) differs: expected *sum*"),
        (r"X A^\top", "X A", 26, "(dw) shape: "),
        (r"w^\top X", r"w^\top X \foo", 10, "unreadable: expected"),
        (r"- $w \in", r"- $w", 5, "unreadable: expected"),
    ],
)
def test_what_does_not_hold_is_a_warning_with_file_and_line(project, right, wrong, line, words):
    assert PAGE.count(right) == 1
    project.write("index", PAGE.replace(right, wrong))
    warnings = project.build()[1]
    assert any(w.startswith(f"index.md:{line}: WARNING: {words}") for w in warnings), warnings


def test_a_page_that_failed_is_read_again_and_fails_again(project):
    project.write("index", PAGE.replace(r"\frac{1}{m} X", "X"))
    first = project.build()[1]
    assert first
    assert project.build() == (["index"], first)
    project.write("index", PAGE)
    assert project.build()[1] == []
    assert project.build() == ([], [])


def test_a_changed_page_checks_the_pages_that_use_it(project):
    project.write("index", PAGE + "\n```{toctree}\nother\n```\n")
    other = ":::{where}\n:uses: index\n:::\n\n# Other\n\n$$ J = \\frac{1}{2m} A A^\\top $$\n"
    project.write("other", other)
    assert project.build()[1] == []
    project.write(
        "index", (PAGE + "\n```{toctree}\nother\n```\n").replace(r"\frac{1}{2}", r"\frac{1}{3}")
    )
    read, warnings = project.build()
    assert read == ["index", "other"]
    assert any(w.startswith("other.md:7: WARNING: differs") for w in warnings)


def test_a_changed_checker_checks_every_page(project, monkeypatch):
    project.build()
    assert project.build() == ([], [])
    monkeypatch.setattr(sphinxext, "engine_digest", lambda: "another engine")
    assert project.build()[0] == ["index"]


def test_an_excused_equation_shows_its_reason(project):
    text = (
        PAGE
        + "\n```{math}\n:label: limit\n:unchecked: a limit, which is not evaluated\nm = 7\n```\n"
    )
    project.write("index", text)
    assert project.build()[1] == []
    assert 'aria-label="Not checked: a limit, which is not evaluated"' in project.html()
    assert 'id="equation-limit"' in project.html()


def test_an_equation_from_another_file_is_not_silently_unchecked(project):
    (project.folder / "part.txt").write_text("$$\n1 = 2\n$$\n", encoding="utf-8")
    project.write("index", PAGE + "\n```{include} part.txt\n```\n")
    warnings = project.build()[1]
    assert len(warnings) == 1
    assert "this equation is not checked: it does not stand on this page itself" in warnings[0]


def test_pages_are_read_in_parallel(project):
    names = [f"page{number}" for number in range(8)]
    listed = "\n".join(names)
    project.write("index", f"{PAGE}\n```{{toctree}}\n{listed}\n```\n")
    for number, name in enumerate(names):
        wrong = PAGE.replace(r"\frac{1}{m} X", "X") if number % 2 else PAGE
        project.write(
            name,
            wrong.replace("-dw)", f"-dw{number})")
            .replace("(dw)", f"(dw{number})")
            .replace("`dw`", f"`dw{number}`"),
        )
    warnings = project.build(parallel=2)[1]
    assert project.env.checkedmath_findings.keys() == {"index", *names}
    assert sum("off by exactly 1/m" in warning for warning in warnings) == 4


def test_text_and_latex_show_the_words_without_marks(project):
    assert project.build("text")[1] == []
    text = (project.folder / "_build" / "text" / "index.txt").read_text(encoding="utf-8")
    assert re.search(r"\| mean ", text)
    assert "✓" not in text
    assert project.build("latex")[1] == []
    (latex,) = (project.folder / "_build" / "latex").glob("*.tex")
    assert "mean" in latex.read_text(encoding="utf-8")
