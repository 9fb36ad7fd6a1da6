"""The command on the book's main page."""

import shutil
import subprocess
import sys
from pathlib import Path

DERIVE = Path(__file__).parents[2] / "docs" / "derive"
PAGE = DERIVE / "two-layer-network.md"


def checked_math(path):
    return subprocess.run(
        [sys.executable, "-m", "checkedmath", "check", str(path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_page_passes():
    run = checked_math(PAGE)
    assert run.returncode == 0, run.stdout
    lines = PAGE.read_text("utf-8").splitlines()
    text = r"dW^{[2]} &= \frac{1}{m} dZ^{[2]} A^{[1]\top} \\[0.9em]"
    line, column = lines.index(text) + 1, text.index(r"\frac") + 1
    assert f"{PAGE}:{line}:{column} (dW2) holds  " in run.stdout
    assert run.stdout.rstrip().endswith(" hold")
    assert run.stderr == ""


def test_code_that_a_page_names_is_not_run():
    page = DERIVE / "run-the-two-layer-network.md"
    named = page.read_text("utf-8").count("{implementation}")
    run = checked_math(page)
    assert run.returncode == 0, run.stdout
    assert named > 1
    assert run.stdout.rstrip().endswith(f" hold, {named} excused")


def test_a_copy_without_a_1_over_m_fails_and_says_so(tmp_path):
    text = PAGE.read_text("utf-8")
    right = r"dW^{[2]} &= \frac{1}{m} dZ^{[2]} A^{[1]\top}"
    assert text.count(right) == 1
    shutil.copy(DERIVE / "what-d-differentiates.md", tmp_path)  # Which the page uses.
    path = tmp_path / "copy.md"
    path.write_text(text.replace(right, r"dW^{[2]} &= dZ^{[2]} A^{[1]\top}"), encoding="utf-8")
    run = checked_math(path)
    assert run.returncode == 1
    line, column = text[: text.index(right)].count("\n") + 1, right.index(r"\frac") + 1
    wrong, right = [out for out in run.stdout.splitlines() if " differs " in out]
    assert wrong.startswith(f"{path}:{line}:{column} (dW2) differs  0.83  off by exactly 1/m")
    assert "a 1/m is missing on the right" in wrong
    assert right.startswith(f"{path}:{line + 1}:6 (dW2) differs  0.83  off by exactly m")
