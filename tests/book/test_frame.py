"""The frame of the pages: what they load, what others show of them, and where names lead."""

import json
import re
import subprocess
import sys

import pytest

from conf.symbols import folded, names_of, readable

pytestmark = pytest.mark.book


def text(built, name):
    return (built.html / name).read_text(encoding="utf-8")


def test_a_page_loads_what_it_uses(built):
    html = text(built, "derive/one-neuron.html")
    sheets = re.findall(r'<link rel="stylesheet"[^>]* href="\.\./_static/([\w/.]+)\?', html)
    scripts = re.findall(r'<script[^>]* src="\.\./_static/([\w/.]+)\?', html)
    assert sheets == ["checkedmath.css", "katex/katex.min.css", "frame.css", "book.css"]
    assert scripts == ["checkedmath.js", "book.js"]
    loaded = sum((built.html / "_static" / name).stat().st_size for name in [*sheets, *scripts])
    assert loaded < 90_000


def test_a_page_says_what_it_is_about_and_is_in_no_place_before_it_has_one(built):
    html = text(built, "derive/one-neuron.html")
    assert "<title>Derive one neuron by hand | One over m</title>" in html
    (description,) = re.findall(r'<meta name="description" content="([^"]+)">', html)
    assert f'<meta property="og:description" content="{description}">' in html
    assert "canonical" not in html
    assert not (built.html / "sitemap.xml").exists()


def test_pages_that_are_no_text_are_not_listed_by_search_engines(built):
    for name in ("404.html", "search.html", "genindex.html"):
        assert '<meta name="robots" content="noindex">' in text(built, name)


def test_the_missing_page_leads_on_from_any_depth(built):
    html = text(built, "404.html")
    links = re.findall(r'(?:href|src|action)="([^"]+)"', html)
    assert len(links) > 50
    assert [link for link in links if not link.startswith(("/", "#", "https://"))] == []


def test_the_menu_has_every_page_once_and_the_headings_of_its_own(built):
    html = text(built, "derive/one-neuron.html")
    menu = html[html.index('<nav id="menu"') : html.index("</nav>")]
    links = re.findall(r'href="([^"#]+)"', menu)
    pages = list((built.folder / "docs").rglob("*.md"))
    assert len(links) == len(set(links)) == len(pages) - 1
    assert '<a href="#main" aria-current="page">Derive one neuron by hand</a><ul><li>' in menu
    assert '<a href="#go-forward"><span>Go forward</span></a>' in menu


def test_the_menu_lists_the_functions_of_a_page_of_the_package(built):
    assert '<a href="#oneoverm.' in text(built, "package/networks.html")


def test_a_site_with_an_address_has_a_sitemap_and_one_address_for_each_page(breakable):
    options = ["-D", "html_baseurl=https://example.org/book"]
    places = ["-d", "build/doctrees", "docs", "build/placed"]
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-c", "conf", *options, *places],
        cwd=breakable.folder,
        check=True,
        capture_output=True,
    )
    placed = breakable.folder / "build" / "placed"
    sitemap = (placed / "sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>https://example.org/book/derive/two-layer-network.html</loc>" in sitemap
    assert sitemap.count("<loc>") == len(list((breakable.folder / "docs").rglob("*.md")))
    html = (placed / "derive/two-layer-network.html").read_text(encoding="utf-8")
    assert (
        '<link rel="canonical" href="https://example.org/book/derive/two-layer-network.html">'
        in html
    )
    assert 'content="https://example.org/book/_static/card.png"' in html
    assert 'href="/book/index.html"' in (placed / "404.html").read_text(encoding="utf-8")


# -- symbols ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latex", "names"),
    [
        ("W^{[2]}", ("w2", "w")),
        ("dZ^{[l]}", ("dzl", "dz")),
        (r"\eta", ("eta",)),
        ("σ", ("sigma",)),
        (r"\frac{1}{m}", ("1/m",)),
        (r"\frac1m", ("1/m",)),
        (r"\mathcal{L}^{(i)}", ("li", "l")),
        ("n_0", ("n0",)),
    ],
)
def test_a_symbol_has_the_names_that_one_types(latex, names):
    assert names_of(latex) == names


def test_a_name_is_folded_alike_with_and_without_its_marks():
    assert folded("W^{[2]}") == folded("W2") == folded("w[2]")


@pytest.mark.parametrize(
    ("latex", "html"),
    [
        ("W^{[2]}", "W<sup>[2]</sup>"),
        (r"\lambda", "λ"),
        (r"n_0", "n<sub>0</sub>"),
        (r"\frac{1}{m}", "1/m"),
        (r"\mathcal{L}^{(i)}", "ℒ<sup>(i)</sup>"),
        ("a < b", "a &lt; b"),
    ],
)
def test_a_symbol_can_be_read_in_a_line(latex, html):
    assert readable(latex) == html


def index(built):
    script = text(built, "_static/symbols.js")
    return json.loads(script.removeprefix("var bookSymbols = ").rstrip().removesuffix(";"))


def test_the_index_leads_to_places_that_there_are(built):
    found = index(built)
    assert len(found) > 200
    pages = {}
    for *_, address in found:
        page, _, anchor = address.partition("#")
        html = pages.setdefault(page, text(built, page))
        assert f'id="{anchor}"' in html, address


@pytest.mark.parametrize("name", ["dz", "dw", "sigma", "eta", "lambda", "1/m"])
def test_what_the_notation_page_lists_is_found_there_first(built, name):
    ranks = {
        address.partition("#")[0]: rank
        for rank, names, *_, address in index(built)
        if name in names
    }
    assert min(ranks, key=ranks.get) == "notation.html"


def test_equations_are_found_by_label(built):
    addresses = [address for _, names, *_, address in index(built) if "db2" in names]
    assert "derive/two-layer-network.html#equation-db2" in addresses


# -- asides ----------------------------------------------------------------------------------------


def test_an_answer_is_folded_and_a_note_stands_in_the_margin(built):
    html = text(built, "derive/one-neuron.html")
    assert re.search(r'<details class="dropdown">\s*<summary>Answer</summary>', html)
    sources = [path.read_text("utf-8") for path in (built.folder / "docs").rglob("*.md")]
    assert any("{margin}" in source for source in sources)
    pages = [path.read_text("utf-8") for path in built.html.rglob("*.html")]
    assert any('class="margin-note' in page for page in pages)
