"""The frame of the pages: what they load, what others show of them, and where names lead."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

import pytest

pytestmark = pytest.mark.book

ADDRESS = "https://example.org/book"
FORMS = Path(__file__).parents[2] / ".github" / "ISSUE_TEMPLATE"


def text(built, name):
    return (built.html / name).read_text(encoding="utf-8")


def test_a_page_says_what_it_is_about_and_is_in_no_place_before_it_has_one(built):
    html = text(built, "derive/one-neuron.html")
    assert len(re.findall(r'<meta name="description" content="[^"]{20,}">', html)) == 1
    assert "canonical" not in html
    assert not (built.html / "sitemap.xml").exists()


def test_there_is_no_button_to_a_repository_that_has_no_address(built):
    for name in ("index.html", "derive/one-neuron.html"):
        html = text(built, name)
        assert not re.search(r"github|gitlab|binder|colab|edit-button|issue", html, re.IGNORECASE)


def test_the_address_of_the_repository_gives_the_buttons(breakable, broken):
    urls = f'Repository = "https://github.com/a/b"\nDocumentation = "{ADDRESS}"'
    groups = "[dependency-groups]"
    broken("pyproject.toml", groups, f"[project.urls]\n{urls}\n\n{groups}")
    assert breakable.build()[0] == 0
    html = text(breakable, "derive/two-layer-network.html")
    assert 'href="https://github.com/a/b"' in html
    assert 'href="https://github.com/a/b/edit/main/docs/derive/two-layer-network.md"' in html
    page = f"{ADDRESS}/derive/two-layer-network.html"
    reports = re.findall(r'href="https://github.com/a/b/issues/new\?([^"]+)"', html)
    for report, fields in zip(reports, ({"page", "equation"}, {"page"}), strict=True):
        given = parse_qs(unescape(report))
        assert given["page"][0].endswith(f", derived, {page}")
        form = (FORMS / given["template"][0]).read_text("utf-8")
        assert fields <= set(re.findall(r"^    id: (\w+)$", form, re.MULTILINE))
    assert f'<link rel="canonical" href="{page}"' in html
    assert f'<meta property="og:url" content="{page}"' in html
    assert f'content="{ADDRESS}/_static/card.png"' in html
    described = re.search(r'<meta name="description" content="([^"]+)">', html)[1]
    assert f'<meta property="og:description" content="{described}"' in html
    sitemap = text(breakable, "sitemap.xml")
    assert f"<loc>{page}</loc>" in sitemap
    pages = {path.stem for path in (breakable.folder / "docs").rglob("*.md")}
    assert pages <= set(re.findall(r"/([\w-]+)\.html</loc>", sitemap))
    assert 'href="/book/index.html"' in text(breakable, "404.html")


def test_the_missing_page_leads_on_from_any_depth(built):
    html = text(built, "404.html")
    links = re.findall(r'(?:href|src|action)="([^"]+)"', html)
    assert len(links) > 50
    assert [link for link in links if not link.startswith(("/", "#", "https://"))] == []


def test_the_menu_has_every_page(built):
    html = text(built, "derive/one-neuron.html")
    menu = html[html.index('class="bd-links bd-docs-nav"') :]
    menu = menu[: menu.index("</nav>")]
    links = re.findall(r'href="([^"#]+)"', menu)
    pages = list((built.folder / "docs").rglob("*.md"))
    assert len(links) == len(set(links)) == len(pages) - 2  # But the first page, and its own.


def test_each_part_is_a_page_that_lists_its_pages(built):
    index = (built.folder / "docs" / "index.md").read_text("utf-8")
    parts = re.search(r"```\{toctree\}\n:hidden:\n\n(.*?)```", index, re.DOTALL)[1].split()
    assert len(parts) > 8
    for part in parts:
        html = text(built, f"{part}.html")
        assert html.count('<li class="toctree-l1"><a class="reference internal"') >= 1


def test_a_page_can_be_downloaded_as_it_ran(built):
    html = text(built, "derive/one-neuron.html")
    assert 'href="../_sources/derive/one-neuron.ipynb"' in html
    assert 'href="../_sources/derive/one-neuron.md"' in html
    notebook = json.loads(text(built, "_sources/derive/one-neuron.ipynb"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["execution_count"] for cell in code)
    assert any(cell["outputs"] for cell in code)


def test_the_icons_are_a_few_kilobytes_and_their_script_is_none(built):
    fonts = list((built.html / "_static").rglob("fa-*.woff2"))
    assert len(fonts) == 3
    assert sum(font.stat().st_size for font in fonts) < 10_000
    assert (built.html / "_static" / "scripts" / "fontawesome.js").stat().st_size < 200


def test_the_search_s_index_is_loaded_by_the_search_alone(built):
    loading = [
        p.name for p in built.html.rglob("*.html") if "searchindex.js" in p.read_text("utf-8")
    ]
    assert loading == ["search.html"]


def index(built):
    script = text(built, "searchindex.js")
    return json.loads(script.removeprefix("Search.setIndex(").removesuffix(")"))


def test_equations_are_found_by_label(built):
    found = index(built)
    ((page, anchor, _),) = found["indexentries"]["dw2"]
    assert found["docnames"][page] == "derive/two-layer-network"
    assert f'id="{anchor}"' in text(built, "derive/two-layer-network.html")


def test_symbols_are_found_on_the_notation_page(built):
    found = index(built)
    notation = text(built, "notation.html")
    names = {entry[4]: entry for entry in found["objects"][""]}
    for name in ("dZ[l]", "η, eta", "σ, sigma", "λ, lambda"):
        page, _, _, anchor, _ = names[name]
        assert found["docnames"][page] == "notation"
        assert f'id="{anchor}"' in notation


def test_the_table_of_divisors_shows_every_cell_of_its_file(built):
    html = text(built, "practise/what-the-frameworks-divide-by.html")
    source = (built.folder / "docs" / "practise" / "frameworks.toml").read_text("utf-8")
    wanted = source.count("framework = ")
    assert wanted > 30
    table = html[html.index('<th class="head"><p>what you write') :]
    assert table[: table.index("</table>")].count('<code class="docutils') >= wanted
    assert "Computed with torch " in html
