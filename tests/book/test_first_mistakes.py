"""The page for each kind of author, followed from its files to the first mistake that it shows."""

import json
import re
from pathlib import Path

import pytest

from checkedmath.command import main

ABOUT = Path(__file__).parents[2] / "docs" / "about"
SNIPPET = re.compile(
    r"^(?P<fence>`{3,})\{code-block\} (?P<language>\w+)\n(?::caption: (?P<name>\S+)\n\n)?"
    r"(?P<text>.*?)^(?P=fence)$",
    re.DOTALL | re.MULTILINE,
)


def read(name, folder):
    """Write the files of a page into a folder; return the others of its blocks, by language."""
    others = {}
    for match in SNIPPET.finditer((ABOUT / f"{name}.md").read_text("utf-8")):
        if match["name"]:
            (folder / match["name"]).write_text(match["text"], encoding="utf-8")
        else:
            others.setdefault(match["language"], []).append(match["text"])
    return others


def test_a_paper_a_notebook_and_notes_answer_as_their_pages_say(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("check-a-latex-paper", "check-a-notebook", "check-notes-and-papers"):
        consoles = read(name, tmp_path)["console"]
        if (cell := tmp_path / "cell").exists():
            source = cell.read_text("utf-8").splitlines(keepends=True)
            cells = [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": source}]
            notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            Path("derivation.ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")
        command, _, answer = next(text for text in consoles if "differs" in text).partition("\n")
        assert main(command.removeprefix("$ checked-math ").split()) == 1
        assert capsys.readouterr().out == answer


@pytest.mark.parametrize("name", ["check-a-jupyter-book", "check-a-mystmd-project"])
def test_a_book_has_the_mistake_that_its_page_shows(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    (answer,) = read(name, tmp_path)["text"]
    (page,) = tmp_path.glob("*.md")
    assert main(["check", page.name]) == 1
    told = answer.partition(" differs: ")[2]
    assert answer.startswith(f"{page.name}:14")
    assert f"{page.name}:14:31 (dw) differs  {told}" in capsys.readouterr().out


def test_each_page_for_authors_leads_from_installing_to_a_caught_mistake():
    for path in ABOUT.glob("check-*.md"):
        text = path.read_text("utf-8")
        if "{run-form}" in text:  # where nothing is installed
            continue
        assert "pip install" in text
        assert "1/m is missing" in text, path.name
