"""The page that CONTRIBUTING.md tells to begin with builds, and its checks catch every mistake."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "conf" / "page.md"


@pytest.mark.book
def test_the_template_builds_as_a_page_of_the_book(breakable, broken):
    page = breakable.folder / "docs" / "derive" / "linear-neuron.md"
    shutil.copy(breakable.folder / "conf" / "page.md", page)
    without = "derive/your-derivation-is-right-too\n"
    broken("docs/story.md", without, f"{without}derive/linear-neuron\n")
    warnings = breakable.warnings()
    page.unlink()
    broken("docs/story.md", f"{without}derive/linear-neuron\n", without)
    assert [*warnings, *breakable.warnings()] == []


def test_the_templates_checks_catch_every_mistake():
    run = subprocess.run(
        [sys.executable, "-m", "checkedmath", "mutants", str(PAGE)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_contributing_names_files_that_there_are():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:conf|docs|src|tests|benchmarks)/[\w/.-]*\w\.\w+)`", text)
    named += re.findall(r"`cp (\S+)", text)
    assert "conf/page.md" in named
    assert [name for name in named if not (ROOT / name).exists()] == []
