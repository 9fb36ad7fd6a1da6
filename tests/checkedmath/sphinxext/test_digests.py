"""The digest of the version changes with every file, and with what the checker runs with."""

import shutil
from importlib import metadata
from pathlib import Path

import pytest

import checkedmath
from checkedmath.sphinxext.digests import digest_of, version_digest

PACKAGE = Path(checkedmath.__file__).parent


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(PACKAGE, tmp_path / "copy"))


def test_a_copy_is_the_same_version(copy):
    assert digest_of(copy) == version_digest()
    (copy / "__pycache__").mkdir(exist_ok=True)
    (copy / "__pycache__" / "some.pyc").write_bytes(b"1")
    assert digest_of(copy) == version_digest()


@pytest.mark.parametrize(
    "name",
    [
        "latex/latex.lark",
        "latex/latex.json",
        "check/checker.py",
        "sphinxext/static/checkedmath.js",
    ],
)
def test_each_file_counts(copy, name):
    path = copy / name
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    assert digest_of(copy) != version_digest()


def test_a_file_that_is_deleted_or_renamed_counts(copy):
    (copy / "errors.py").rename(copy / "error.py")
    renamed = digest_of(copy)
    (copy / "error.py").unlink()
    assert len({renamed, digest_of(copy), version_digest()}) == 3


@pytest.mark.parametrize("library", ["lark", "markdown-it-py", "numpy"])
def test_each_library_s_version_counts(copy, monkeypatch, library):
    version = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: version(name) + "x" * (name == library))
    assert digest_of(copy) != version_digest()
