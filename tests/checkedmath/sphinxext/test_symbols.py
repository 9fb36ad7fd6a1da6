"""Each symbol that a page declares is linked to its row on the notation page."""

import re

import pytest

from checkedmath.sphinxext.symbols import declared_symbols, name_of

# MyST's own links to pages ask for what Sphinx 11 will not have.
pytestmark = pytest.mark.filterwarnings("ignore:'myst_parser")

SETTINGS = {"checkedmath_notation": "notation", "checkedmath_notation_except": ["apart/**"]}
NOTATION = r"""# Notation

| symbol | shape | meaning |
|---|---|---|
| $k$ | | any number |
| $W^{[l]}$, $W$ | | weights |
| $\eta$ | | a rate |

| one | batch | meaning | page |
|---|---|---|---|
| $k$ | $K$ | a class | [there](other.md), [below](apart/page.md) |
"""
PAGE = r"""# Page

:::{{where}}
- ${symbols} \in \mathbb{{R}}$: declared
:::

$$ {first} = {first} $$ ({label})
"""
TREE = "\n```{toctree}\n:glob:\n\n*\napart/*\n```\n"


@pytest.mark.parametrize(
    ("latex", "name"),
    [
        ("W^{[2]}", "W[2]"),
        (r"\eta", "η, eta"),
        (r"\lambda", "λ, lambda"),
        (r"\mathcal{L}^{(i)}", "ℒ(i)"),
        ("n_0", "n0"),
        ("a < b", "a<b"),
    ],
)
def test_a_symbol_is_found_by_what_one_types(latex, name):
    assert name_of(latex) == name


def test_numbered_layers_have_the_row_of_any_layer():
    assert declared_symbols(r"b^{[2]} \in \mathbb{R}") == ["b^{[l]}"]
    assert declared_symbols(r"X^{[t]}, q \in \mathbb{R}") == ["X^{[t]}", "q"]


def declaring(symbols, label):
    return PAGE.format(symbols=symbols, first=symbols.partition(",")[0], label=label)


@pytest.fixture
def book(project):
    (project.folder / "apart").mkdir()
    project.write("notation", NOTATION)
    project.write("index", declaring("k", "same-index") + TREE)
    project.write("other", declaring("k, W^{[1]}", "same-other"))
    project.write("apart/page", declaring("q", "same-apart"))
    return project


def links(book, name):
    return re.findall(r'href="([^"]*#symbol-[^"]+)" title="([^"]+)"', book.html(name))


def test_a_letter_leads_each_page_to_its_own_meaning(book):
    assert book.build(**SETTINGS)[1] == []
    assert links(book, "index") == [("notation.html#symbol-k", "k on the notation page")]
    there = ("notation.html#symbol-k-other", "k, W[l] on the notation page")
    assert links(book, "other") == [there]
    for anchor in ("symbol-k", "symbol-k-other", "symbol-W-l"):
        assert f'id="{anchor}"' in book.html("notation")


def test_pages_with_symbols_of_their_own_are_left_alone(book):
    assert book.build(**SETTINGS)[1] == []
    assert links(book, "apart/page") == []
    settings = {"checkedmath_notation": "notation"}
    (warning,) = book.build(**settings)[1]
    assert "apart/page.md:4: WARNING: q is declared here; expected a row" in warning


def test_without_a_notation_page_nothing_is_linked_or_named(book):
    book.build()
    assert links(book, "index") == []
    assert "same-other" not in (book.folder / "_build/html/searchindex.js").read_text("utf-8")


def test_symbols_and_labels_are_found_by_the_search(book):
    book.build(**SETTINGS)
    index = (book.folder / "_build/html/searchindex.js").read_text("utf-8")
    for name in ("k (other)", "W[l]", "eta", "same-other"):
        assert name in index
    assert "same-apart" not in index


def test_a_symbol_without_a_row_is_warned_of_in_each_build_until_it_has_one(book):
    book.write("index", declaring("k, z", "same-index") + TREE)
    for _ in range(2):
        (warning,) = book.build(**SETTINGS)[1]
        assert warning.startswith("index.md:4: WARNING: z is declared here; expected a row about")
    assert links(book, "index") == []
    assert book.build(nitpicky=False, **SETTINGS)[1] == []
    book.write("notation", NOTATION.replace(r"$\eta$", "$z$"))
    assert book.build(**SETTINGS)[1] == []
    assert len(links(book, "index")) == 1


def test_a_row_that_has_moved_moves_the_links_to_it(book):
    book.build(**SETTINGS)
    book.write("notation", NOTATION.replace("| $k$ | | any", r"| $\kappa$, $k$ | | any"))
    assert book.build(**SETTINGS)[0] == ["notation"]
    assert links(book, "index") == [("notation.html#symbol-kappa", "k on the notation page")]


def test_a_page_in_restructuredtext_is_a_notation_page_too(book):
    (book.folder / "notation.md").unlink()
    text = """Notation
========

.. list-table::
   :header-rows: 1

   * - symbol
     - meaning
     - page
   * - :math:`k`
     - any number
     -
   * - :math:`k`
     - a class
     - :doc:`there <other>`
   * - :math:`W^{[l]}`
     - weights
     -
"""
    (book.folder / "notation.rst").write_text(text, encoding="utf-8")
    suffixes = {".rst": "restructuredtext", ".md": "markdown"}
    assert book.build(source_suffix=suffixes, **SETTINGS)[1] == []
    assert [href for href, _ in links(book, "other")] == ["notation.html#symbol-k-other"]


@pytest.mark.parametrize("builder", ["text", "latex", "dirhtml", "singlehtml"])
def test_every_builder_writes_declared_symbols(book, builder):
    assert book.build(builder, **SETTINGS)[1] == []
