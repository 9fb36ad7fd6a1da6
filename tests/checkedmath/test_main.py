"""`python -m checkedmath` is the command."""

import runpy
import sys

import pytest


def test_the_module_is_the_command(monkeypatch, capsys, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("$$ 1 = 2 $$\n", "utf-8")
    monkeypatch.setattr(sys, "argv", ["checkedmath", "check", str(page)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("checkedmath", run_name="__main__")
    assert ended.value.code == 1
    assert "differs" in capsys.readouterr().out
