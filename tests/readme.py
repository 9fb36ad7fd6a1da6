"""
Do what a distribution's README shows, as its readers do: `nox -s installed -- NAME` calls this.

It is run in an empty folder, with the distribution and what it needs alone.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "src"
NAMES = ("oneoverm", "checkedmath")
BLOCK = re.compile(
    r"^(?P<fence>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=fence)$", re.DOTALL | re.MULTILINE
)

(name,) = sys.argv[1:]
found = [each for each in NAMES if importlib.util.find_spec(each)]
assert found == [name], f"expected {name} alone, found {found}"

readme = SOURCES / name / "README.md"
blocks = BLOCK.finditer(readme.read_text("utf-8"))
texts = [(block["language"], block["text"]) for block in blocks]
languages = {language for language, _ in texts}
assert "python" in languages, "the README shows no Python"
for language, text in texts:
    if language == "python":
        exec(compile(text, str(readme), "exec"), {})  # noqa: S102 - it is ours
    elif language == "markdown":
        Path("page.md").write_text(text, encoding="utf-8")
    elif "markdown" in languages and text.startswith("$ checked-math "):
        command, _, shown = text.removeprefix("$ ").partition("\n")
        run = subprocess.run(command.split(), capture_output=True, text=True, check=False)
        assert run.stdout == shown, run.stdout + run.stderr
