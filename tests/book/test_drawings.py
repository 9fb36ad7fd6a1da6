"""Drawings become part of the page, and what is wrong with one is told with file and line."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from conf.drawings import drawing

DRAWINGS = sorted((Path(__file__).parents[2] / "docs" / "drawings").glob("*.svg"))
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 20">\n  <!-- A box. -->\n'
    '  <rect class="one box"/>\n</svg>'
)


def test_a_drawing_is_an_image_with_a_description():
    assert drawing(SVG, "a < b") == (
        '<svg class="drawing" role="img" aria-label="a &lt; b" width="300" '
        'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 20"><rect class="one box"/></svg>'
    )


@pytest.mark.parametrize("text", [SVG.replace("viewBox", "view"), "<p/>", ""])
def test_what_is_no_drawing_is_refused(text):
    with pytest.raises(ValueError, match="expected an <svg> element with a viewBox"):
        drawing(text, "")


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_is_well_formed_and_has_no_id_that_another_could_have(path):
    root = ET.fromstring(path.read_text("utf-8"))  # noqa: S314 - the book's own file
    assert [element.get("id") for element in root.iter() if "id" in element.attrib] == []
    assert {"width", "height"}.isdisjoint(root.attrib)


def test_what_is_wrong_with_a_drawing_is_told_with_its_line(tmp_path):
    (tmp_path / "broken.svg").write_text("<svg", encoding="utf-8")
    (tmp_path / "index.md").write_text(
        "# Page\n\n"
        "```{drawing} broken.svg\n:alt: nothing\n```\n\n"
        "```{drawing} missing.svg\n:alt: nothing\n```\n\n"
        "```{drawing} broken.svg\n```\n",
        encoding="utf-8",
    )
    options = ["-C", "-D", "extensions=myst_parser,conf.drawings"]
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, tmp_path, tmp_path / "html"],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line for line in run.stderr.splitlines() if "index.md:" in line]
    assert "index.md:3: ERROR: broken.svg: expected an <svg> element" in found[0]
    assert "index.md:7: ERROR: missing.svg: No such file" in found[1]
    assert "index.md:11: ERROR: expected :alt:" in found[2]
