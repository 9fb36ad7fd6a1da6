"""Files are written whole or not at all."""

from pathlib import Path

import pytest

from checkedmath.page.files import write_whole


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "some.json"
    write_whole(path, "before")
    assert path.read_text() == "before"

    def fails(self, text, **_):
        self.write_bytes(text[:2].encode())
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_text", fails)
    with pytest.raises(OSError, match="no space left"):
        write_whole(path, "after")
    assert path.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["some.json"]
