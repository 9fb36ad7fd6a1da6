"""One thing is edited at a time, and the next build is a clean one, byte for byte."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import checkedmath
from checkedmath import sphinxext

pytestmark = [
    pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

SETTINGS = """
extensions = ["myst_parser", "sphinx.ext.autodoc", "checkedmath.sphinxext"]
html_theme = "basic"
html_sidebars = {"**": []}
show_warning_types = True
checkedmath_packages = ["handmade"]
checkedmath_notation = "notation"
"""
INDEX = """# Book

```{toctree}
first
user
rows
code
notation
report
```
"""
FIRST = r"""# First

:::{where}
- $X \in \mathbb{R}^{n \times m}$: the inputs
- $w \in \mathbb{R}^{n}$: the weights
:::

$$ A := w^\top X $$

$$ A A^\top = w^\top X X^\top w $$ (square)
"""
INPUTS = "- $X \\in \\mathbb{R}^{n \\times m}$: the inputs\n"
WEIGHTS = "- $w \\in \\mathbb{R}^{n}$: the weights\n"
USER = r"""# User

:::{where}
:uses: first
- $c \in \mathbb{R}$: a number
:::

$$ c A = (c w)^\top X $$ (scaled)

```{include} part.inc
```
"""
PART = "$$ c + c = 2 c $$\n"
ROWS = r"""# Rows

:::{where}
:uses: first
:::

::::{side-by-side}
$$ \ell := \frac{1}{2} a a $$

*mean*

$$ J := \frac{1}{2 m} A A^\top $$
::::
"""
CODE = r"""# Code

:::{where}
:uses: first
:::

$$ G := \frac{1}{m} X A^\top $$ (G)

:::{implementation} handmade.exported.gradient
:arguments: X, A
:returns: G
:::
"""
NOTATION = """# Notation

| one | batch | meaning |
|---|---|---|
| $a$ | $A$ | what the model gives |
"""
REPORT = "# Report\n\n```{checks}\n```\n"
EXPORTED = "from handmade.inner import gradient\n"
INNER = """from functools import wraps

import helping


def checked(function):
    @wraps(function)
    def wrapper(X, A):
        return helping.same(function(X, A))

    return wrapper


@checked
def gradient(X, A):
    return X @ A.T / X.shape[1]
"""
HELPING = "def same(x):\n    return x\n"


WRITTEN = ["first.html", "user.html", "rows.html", "code.html", "report.html"]


class Book:
    def __init__(self, project, package):
        self.project, self.package = project, package
        (project.folder / "conf.py").write_text(SETTINGS, encoding="utf-8")
        pages = {"index": INDEX, "first": FIRST, "user": USER, "rows": ROWS, "code": CODE}
        for name, text in {**pages, "notation": NOTATION, "report": REPORT}.items():
            project.write(name, text)
        (project.folder / "part.inc").write_text(PART, encoding="utf-8")
        package("exported", EXPORTED)
        package("inner", INNER)
        package("helping", HELPING, apart=True)

    def replace(self, name, old, new):
        path = self.project.folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def module(self, name, text, old, new, *, apart=False):
        assert old in text
        self.package(name, text.replace(old, new), apart=apart)

    def build(self, **settings):
        warnings = self.project.build(**settings)[1]
        return sorted(w for w in warnings if "[checkedmath." in w), self.files()

    def files(self):
        """Return the bodies of the pages that there are, and our own files."""
        folder = self.project.folder / "_build" / "html"
        # What stands around a body is Sphinx's: links to the next page and the like.
        pages = {
            name: (folder / f"{name}.html").read_text("utf-8").partition('role="main"')[2]
            for name in sorted(self.project.env.found_docs)
        }
        bodies = {name: text.partition('<div class="clearer"')[0] for name, text in pages.items()}
        return bodies | {path.name: path.read_text("utf-8") for path in folder.glob("*c*.json")}

    def clean(self, **settings):
        for name in ("_build", "_doctrees"):
            shutil.rmtree(self.project.folder / name)
        return self.build(**settings)


@pytest.fixture
def book(project, package):
    return Book(project, package)


def page(name, old, new):
    return lambda book: book.replace(f"{name}.md", old, new)


def delete(name):
    def edit(book):
        (book.project.folder / f"{name}.md").unlink()
        book.replace("index.md", f"{name}\n", "")

    return edit


def add_page(book):
    book.project.write("zero", r"# Zero" + "\n\n:::{where}\n:uses: first\n:::\n\n$$ A = 2 A $$\n")
    book.replace("index.md", "first\n", "first\nzero\n")


def turn(book):
    """Edit the equation and the function that it is compared with, together."""
    book.replace("code.md", r"\frac{1}{m} X A^\top", r"X A^\top")
    book.module("inner", INNER, " / X.shape[1]", "")


EDITS = {
    "prose": page("first", "# First\n", "# First\n\nSome words.\n\nAnd more.\n"),
    "title": page("user", "# User\n", "# Another title\n"),
    "a false claim": page("user", "c A =", "2 c A ="),
    "a false claim of the page that others use": page("first", "A A^", "2 A A^"),
    "a label": page("first", "(square)", "(squared)"),
    "a definition of a used page": page("first", r"A := w^\top X", r"A := 2 w^\top X"),
    "a declaration of a used page": page(
        "first", r"w \in \mathbb{R}^{n}", r"w \in \mathbb{R}_{>0}^{n}"
    ),
    "a shape of a used page": page("first", r"w \in \mathbb{R}^{n}", r"w \in \mathbb{R}^{k}"),
    "a meaning of a used page": page("first", "the inputs", "one example a column"),
    "the order of declarations": page(
        "first",
        f"{INPUTS}{WEIGHTS}",
        f"{WEIGHTS}{INPUTS}",
    ),
    "a used page is used no more": page("user", ":uses: first\n", ""),
    "an included file": lambda book: book.replace("part.inc", "2 c", "3 c"),
    "lines above in an included file": lambda book: book.replace("part.inc", "$$ c", "\n\n$$ c"),
    "a word": page("rows", "*mean*", "*sum*"),
    "a row": page("rows", r"\frac{1}{2 m} A", r"\frac{1}{2} A"),
    "a row without its word": page("rows", "*mean*\n", ""),
    "the notation": page("notation", "what the model gives", "the output"),
    "the notation's symbols": page("notation", "| $a$ | $A$ |", "| $x$ | $X$ |"),
    "an excuse": page(
        "user", "$$ c A = (c w)^\\top X $$ (scaled)", "```{math}\n:unchecked: so\nc = 2 c\n```"
    ),
    "the order of pages": page("index", "first\nuser\n", "user\nfirst\n"),
    "a new page": add_page,
    "a page is deleted": delete("user"),
    "the report is deleted": delete("report"),
    "the used page is deleted": delete("first"),
    "a second report": page("user", "# User\n", "# User\n\n```{checks}\n```\n"),
    "a function": lambda book: book.module("inner", INNER, "X @ A.T", "2 * X @ A.T"),
    "a function's words": lambda book: book.module(
        "inner", INNER, "def gradient(X, A):\n", "def gradient(X, A):\n    # Some words.\n"
    ),
    "a wrapper": lambda book: book.module("inner", INNER, "function(X, A))", "3 * function(X, A))"),
    "a helper elsewhere": lambda book: book.module(
        "helping", HELPING, "return x", "return x + 1", apart=True
    ),
    "a re-export": lambda book: book.module(
        "exported", EXPORTED, "gradient", "checked as gradient"
    ),
    "another function of the name": lambda book: book.module(
        "exported",
        EXPORTED,
        "from handmade.inner import gradient",
        "def gradient(X, A):\n    return X",
    ),
    "a function is gone": lambda book: book.module("exported", EXPORTED, EXPORTED, ""),
    "a helper is deleted": lambda book: book.package("helping", None, apart=True),
    "equation and function together": turn,
}
RESETTING = {
    "draws": {"checkedmath_draws": 3},
    "seed": {"checkedmath_seed": 1},
    "no code": {"checkedmath_run_code": False},
    "no package": {"checkedmath_packages": []},
    "names": {"checkedmath_python_names": {"A": "outputs"}},
    "all pages": {"checkedmath_pages": "all"},
    "no notation": {"checkedmath_notation": ""},
}


@pytest.mark.parametrize("name", EDITS)
def test_a_build_after_an_edit_is_a_clean_build(book, name):
    assert book.build()[0] == []
    EDITS[name](book)
    after = book.build()
    # What failed fails again, until it is mended.
    again = book.build()
    assert again == after
    assert after == book.clean()


@pytest.mark.parametrize("name", RESETTING)
def test_a_build_with_other_settings_is_a_clean_build(book, name):
    before = book.build()
    after = book.build(**RESETTING[name])
    assert after == book.clean(**RESETTING[name])
    assert book.build() == before


@pytest.mark.parametrize(
    "name",
    [
        "a false claim",
        "an included file",
        "a helper elsewhere",
        "a function is gone",
        "the used page is deleted",
    ],
)
def test_what_is_mended_again_is_as_it_was(book, name):
    before = book.build()
    folder = book.project.folder
    kept = {p: p.read_bytes() for p in folder.rglob("*") if p.suffix in (".md", ".py", ".inc")}
    EDITS[name](book)
    assert book.build()[0] != []
    for path, content in kept.items():
        path.write_bytes(content)
    book.package("exported", EXPORTED)
    after = book.build()
    assert after == before == book.clean()


def test_a_file_that_is_put_back_with_its_old_date_is_noticed(book):
    path = book.project.folder / "package" / "helping.py"
    old = path.stat().st_mtime - 1000
    book.build()
    book.package("helping", HELPING.replace("return x", "return x + 1"), apart=True)
    os.utime(path, (old, old))
    assert len(book.build()[0]) == 1


def test_another_version_reads_and_checks_all(book, monkeypatch):
    book.build()
    monkeypatch.setattr(sphinxext, "version_digest", lambda: "another version")
    read, _ = book.project.build()
    assert {"first", "user", "rows", "code"} <= set(read)


def test_nothing_is_read_and_written_when_nothing_has_changed(book):
    book.build()
    folder = book.project.folder / "_build" / "html"
    times = {p: p.stat().st_mtime_ns for p in map(folder.joinpath, WRITTEN)}
    time.sleep(0.01)
    assert book.project.build() == ([], [])
    assert {p: p.stat().st_mtime_ns for p in times} == times


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"user": 1}', b'{"first'])
@pytest.mark.parametrize("name", [".checkedmath.json", "checks.json"])
def test_a_file_of_ours_that_was_cut_is_made_anew(book, name, content):
    before = book.build()
    path = book.project.folder / "_build" / "html" / name
    path.write_bytes(content)
    book.replace("user.md", "# User\n", "# User\n\nWords.\n")
    book.build()
    book.replace("user.md", "# User\n\nWords.\n", "# User\n")
    assert book.build() == before


def test_a_report_that_was_cut_is_not_taken_again(book):
    _, before = book.build()
    path = book.project.folder / "_build" / "html" / "report.html"
    path.write_bytes(path.read_bytes()[:300])
    shutil.rmtree(book.project.folder / "_doctrees")
    assert book.build()[1] == before


def test_an_edit_of_the_grammar_checks_every_page_again(tmp_path):
    """A grammar in which a/b is a·b takes the marks of what does not hold with it."""
    source = Path(checkedmath.__file__).parent
    copy = Path(shutil.copytree(source, tmp_path / "lib" / "checkedmath"))
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "conf.py").write_text(SETTINGS, encoding="utf-8")
    where = ":::{where}\n- $a, b \\in \\mathbb{R}$\n:::\n\n"
    (pages / "index.md").write_text(f"# Page\n\n{where}$$ a / b = \\frac{{a}}{{b}} $$\n", "utf-8")

    def build(folder):
        run = subprocess.run(
            [sys.executable, "-m", "sphinx", "-q", "-d", str(pages / folder / "d"), ".", folder],
            cwd=pages,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "lib"), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        return [line for line in run.stderr.splitlines() if "[checkedmath." in line]

    assert build("one") == []
    grammar = copy / "latex" / "latex.lark"
    text = grammar.read_text("utf-8")
    slash = "product SLASH factor        -> slash"
    assert slash in text
    grammar.write_text(text.replace(slash, slash.replace("slash", "juxtapose")), "utf-8")
    (after,) = build("one")
    assert "differs" in after
    assert build("two") == [after]
