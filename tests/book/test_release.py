"""How a release is prepared: `nox -s release -- 0.2.0`."""

import json
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RELEASE = runpy.run_path(str(ROOT / ".ci" / "release.py"))
prepared, addresses = RELEASE["prepared"], RELEASE["addresses"]

URLS = addresses("https://github.com/Owner/name.git")
TABLE = """[project.urls]
Documentation = "https://owner.github.io/name/"
Repository = "https://github.com/Owner/name"
Issues = "https://github.com/Owner/name/issues"
Changelog = "https://github.com/Owner/name/blob/main/CHANGELOG.md"

"""

TEXTS = {
    "pyproject.toml": '[project]\nversion = "0.1.0"\n\n[project.optional-dependencies]\nx = []\n'
    '[tool.x]\nminversion = "9.0"\n',
    "src/pyproject.toml": '[project]\nversion = "0.1.0"\n[project.optional-dependencies]\n',
    "CITATION.cff": "cff-version: 1.2.0\nversion: 0.1.0\nlicense: BSD-3-Clause\n",
    "CHANGELOG.md": "# Changelog\n\n## Unreleased\n\n### Added\n\n- New.\n\n"
    "## 0.1.0 - 2026-01-02\n\n- Old.\n",
}


def test_a_release_is_written_wherever_the_version_stands():
    after, notes = prepared(TEXTS, "0.2.0", "2026-12-01", URLS)
    for path in ("pyproject.toml", "src/pyproject.toml"):
        table = after[path].replace(TABLE, "")
        assert table == TEXTS[path].replace("0.1.0", "0.2.0") != after[path]
    assert after["CITATION.cff"] == (
        "cff-version: 1.2.0\nversion: 0.2.0\ndate-released: 2026-12-01\n"
        "repository-code: https://github.com/Owner/name\nurl: https://owner.github.io/name/\n"
        "license: BSD-3-Clause\n"
    )
    assert "## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n### Added\n" in after["CHANGELOG.md"]
    assert notes == "### Added\n\n- New.\n"


def test_what_is_prepared_stays_as_it_is_on_another_day():
    after, notes = prepared(TEXTS, "0.2.0", "2026-12-01", URLS)
    assert prepared(after, "0.2.0", "2026-12-02", URLS) == (after, notes)


@pytest.mark.parametrize("path", ["pyproject.toml", "src/pyproject.toml", "CITATION.cff"])
def test_a_file_that_fell_behind_is_written_and_so_seen_by_the_workflow(path):
    after, _ = prepared(TEXTS, "0.2.0", "2026-12-01", URLS)
    behind = {**after, path: TEXTS[path]}
    assert prepared(behind, "0.2.0", "2026-12-02", URLS)[0] == after != behind


def test_the_version_of_now_can_be_the_first_release():
    texts = {**TEXTS, "CHANGELOG.md": "# Changelog\n\n## Unreleased\n\n- New.\n"}
    assert prepared(texts, "0.1.0", "2026-12-01", URLS)[1] == "- New.\n"


@pytest.mark.parametrize(
    "remote", ["git@github.com:Owner/name.git", "https://github.com/Owner/name/", "\n"]
)
def test_the_addresses_come_from_the_repository_or_a_release_is_refused(remote):
    found = addresses(remote)
    if remote.strip():
        assert found == URLS
        return
    with pytest.raises(
        ValueError, match=r"has no \[project.urls\], and the remote is not on GitHub"
    ):
        prepared(TEXTS, "0.2.0", "2026-12-01", found)
    once, _ = prepared(TEXTS, "0.2.0", "2026-12-01", URLS)
    later = {
        **once,
        "CHANGELOG.md": once["CHANGELOG.md"].replace("eased\n", "eased\n\n- More.\n", 1),
    }
    assert (
        prepared(later, "0.3.0", "2026-12-03", found)[0]["pyproject.toml"].count("[project.urls]")
        == 1
    )


@pytest.mark.parametrize(
    ("version", "changed", "message"),
    [
        ("v0.2.0", {}, "expected a version such as 0.2.0, got 'v0.2.0'"),
        ("0.2", {}, "expected a version such as 0.2.0, got '0.2'"),
        ("0.0.9", {}, "pyproject.toml is at 0.1.0 already, which is later than 0.0.9"),
        ("0.2.0", {"src/pyproject.toml": "[project]\n"}, "0 lines 'version = …'"),
        ("0.2.0", {"CITATION.cff": "cff-version: 1.2.0\n"}, "0 lines 'version: …'"),
        ("0.2.0", {"CHANGELOG.md": "## Unreleased\n\n## 0.1.0\n\n- Old.\n"}, "says nothing of"),
        ("0.2.0", {"CHANGELOG.md": "## 0.2.0\n\n- New.\n"}, "got no date"),
        ("0.2.0", {"CHANGELOG.md": "## 0.1.0\n\n- Old.\n"}, "says nothing of 0.2.0"),
    ],
)
def test_what_cannot_be_released_is_refused(version, changed, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        prepared({**TEXTS, **changed}, version, "2026-12-01", URLS)


def test_the_files_of_this_tree_can_be_released():
    texts = {path: (ROOT / path).read_text("utf-8") for path in TEXTS}
    # After a release, nothing is said of the next one.
    said = texts["CHANGELOG.md"].replace("## Unreleased\n", "## Unreleased\n\n- More.\n", 1)
    after, notes = prepared({**texts, "CHANGELOG.md": said}, "9.0.0", "2026-12-01", URLS)
    assert notes.startswith("- More.\n")
    assert all("9.0.0" in text for text in after.values())
    assert all(
        "https://github.com/" in text for path, text in after.items() if path != "CHANGELOG.md"
    )


def test_the_citations_say_the_same():
    zenodo = json.loads((ROOT / ".zenodo.json").read_text("utf-8"))
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f'title: "{zenodo["title"]}"' in citation
    assert [f"  - name: {one['name']}" in citation for one in zenodo["creators"]] == [True]
    assert f"license: {zenodo['license']}\n" in citation
    keywords = "".join(f"  - {word}\n" for word in zenodo["keywords"])
    assert citation.endswith(f"keywords:\n{keywords}")
    shown = (ROOT / "docs" / "references.md").read_text("utf-8")
    assert f"  title = {{{zenodo['title']}}},\n" in shown
    assert f"  author = {{{{{zenodo['creators'][0]['name']}}}}},\n" in shown
