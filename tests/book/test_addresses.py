"""Where the book says it is, by who builds it; test_theme.py has what pages then show."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("BOOK_REPOSITORY", "BOOK_URL", "READTHEDOCS_CANONICAL_URL")


def configuration(monkeypatch, **variables):
    # The configuration sets the first two for the kernels of cells.
    for name in ("MATPLOTLIBRC", "JUPYTER_PATH"):
        monkeypatch.setenv(name, "")
    for name in NAMES:
        monkeypatch.setenv(name, variables.get(name, ""))
    monkeypatch.setattr("tomllib.loads", lambda _: {"project": {}})
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(ROOT)
    return runpy.run_path(str(ROOT / "conf" / "conf.py"))


def test_a_build_without_an_address_names_none(monkeypatch):
    found = configuration(monkeypatch)
    assert found["html_baseurl"] == ""
    assert "sphinx_sitemap" not in found["extensions"]
    assert "repository_url" not in found["html_theme_options"]


@pytest.mark.parametrize("name", ["BOOK_URL", "READTHEDOCS_CANONICAL_URL"])
def test_the_host_gives_the_address_of_the_site(monkeypatch, name):
    found = configuration(monkeypatch, **{name: "https://a.example/book"})
    assert found["html_baseurl"] == found["ogp_site_url"] == "https://a.example/book/"
    assert found["ogp_image"] == "https://a.example/book/_static/card.png"
    assert found["notfound_urls_prefix"] == "/book/"
    assert "sphinx_sitemap" in found["extensions"]


def test_the_host_gives_the_address_of_the_repository(monkeypatch):
    found = configuration(monkeypatch, BOOK_REPOSITORY="https://b.example/o/r")
    assert found["html_theme_options"]["repository_url"] == "https://b.example/o/r"
    assert found["html_theme_options"]["use_edit_page_button"]
