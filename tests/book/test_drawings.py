"""Drawings become part of the page, and what is wrong with one is told with file and line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conf.drawings import drawing

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 20">\n'
    '  <rect class="one box"/>\n</svg>'
)


def test_a_drawing_is_an_image_with_a_description():
    assert drawing(SVG, "a < b") == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 20" role="img" '
        'aria-label="a &lt; b" class="drawing" width="300"><rect class="one box" /></svg>'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SVG.replace("viewBox", "view"), "expected an <svg> element with a viewBox"),
        (SVG.replace("<rect", '<rect id="a"'), "expected no id"),
        ("<p/>", "expected an <svg> element"),
    ],
)
def test_what_could_not_stand_in_a_page_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        drawing(text, "")


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
    assert "index.md:3: ERROR: broken.svg: unclosed token" in found[0]
    assert "index.md:7: ERROR: missing.svg: No such file" in found[1]
    assert "index.md:11: ERROR: expected :alt:" in found[2]
