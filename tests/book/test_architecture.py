"""The picture of the house is that of the code."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text("utf-8")


def test_the_picture_has_the_layers_that_imports_are_held_to():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (layers,) = [
        contract["layers"]
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]
    picture = TEXT[TEXT.index("```text") : TEXT.index("\n```\n")]
    assert re.findall(r"^ (\w+(?: : \w+)*)", picture, re.MULTILINE) == layers


def test_what_it_names_is_there_and_fits_on_a_screen():
    named = re.findall(r"`([\w.-]*/[\w./-]*|[\w-]+\.\w+)`", TEXT)
    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert TEXT.count("\n") <= 50
