"""How a release is prepared: `nox -s release -- 0.2.0`."""

import json
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RELEASE = runpy.run_path(str(ROOT / ".ci" / "release.py"))
prepared = RELEASE["prepared"]

TEXTS = {
    "pyproject.toml": '[project]\nversion = "0.1.0"\n[tool.x]\nminversion = "9.0"\n',
    "src/pyproject.toml": '[project]\nversion = "0.1.0"\n',
    "CITATION.cff": "cff-version: 1.2.0\nversion: 0.1.0\nlicense: BSD-3-Clause\n",
    "CHANGELOG.md": "# Changelog\n\n## Unreleased\n\n### Added\n\n- New.\n\n"
    "## 0.1.0 - 2026-01-02\n\n- Old.\n",
}


def test_a_release_is_written_wherever_the_version_stands():
    after, notes = prepared(TEXTS, "0.2.0", "2026-12-01")
    assert after["pyproject.toml"] == TEXTS["pyproject.toml"].replace("0.1.0", "0.2.0")
    assert after["src/pyproject.toml"] == TEXTS["src/pyproject.toml"].replace("0.1.0", "0.2.0")
    assert after["CITATION.cff"] == (
        "cff-version: 1.2.0\nversion: 0.2.0\ndate-released: 2026-12-01\nlicense: BSD-3-Clause\n"
    )
    assert "## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n### Added\n" in after["CHANGELOG.md"]
    assert notes == "### Added\n\n- New.\n"


def test_what_is_prepared_stays_as_it_is_on_another_day():
    after, notes = prepared(TEXTS, "0.2.0", "2026-12-01")
    assert prepared(after, "0.2.0", "2026-12-02") == (after, notes)


@pytest.mark.parametrize("path", ["pyproject.toml", "src/pyproject.toml", "CITATION.cff"])
def test_a_file_that_fell_behind_is_written_and_so_seen_by_the_workflow(path):
    after, _ = prepared(TEXTS, "0.2.0", "2026-12-01")
    behind = {**after, path: TEXTS[path]}
    assert prepared(behind, "0.2.0", "2026-12-02")[0] == after != behind


def test_the_version_of_now_can_be_the_first_release():
    texts = {**TEXTS, "CHANGELOG.md": "# Changelog\n\n## Unreleased\n\n- New.\n"}
    assert prepared(texts, "0.1.0", "2026-12-01")[1] == "- New.\n"


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
        prepared({**TEXTS, **changed}, version, "2026-12-01")


def test_the_files_of_this_tree_can_be_released():
    texts = {path: (ROOT / path).read_text("utf-8") for path in TEXTS}
    after, notes = prepared(texts, "9.0.0", "2026-12-01")
    assert notes
    assert all("9.0.0" in text for text in after.values())


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
