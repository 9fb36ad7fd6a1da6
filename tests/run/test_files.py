"""What the worker asks for: files as the list has them, packages as the build has them."""

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import pytest

import checkedmath
from conf.run import fetch, imported, pack


@pytest.fixture
def _one_file(monkeypatch):
    good = hashlib.sha256(b"good").hexdigest()
    for name, value in (("FILES", {"a.whl": good}), ("CORE", {}), ("WHEELS", {"a.whl": good})):
        monkeypatch.setattr(fetch, name, value)


def source(*contents):
    """Give a source that has one file, in some state."""

    def from_there(_names):
        yield from (("a.whl", content) for content in contents)

    return from_there


def broken(_names):
    """Be a source that is not reached."""
    raise OSError("no way there")
    yield


@pytest.mark.usefixtures("_one_file")
def test_the_first_source_that_has_the_right_file_is_taken(tmp_path):
    assert fetch.fetch(tmp_path, (broken, source(b"bad"), source(b"good"))) == []
    assert (tmp_path / "a.whl").read_bytes() == b"good"
    # What is there needs no source; what has been damaged since is fetched anew.
    assert fetch.fetch(tmp_path, ()) == []
    (tmp_path / "a.whl").write_bytes(b"worn")
    assert fetch.missing(tmp_path) == ["a.whl"]
    assert fetch.fetch(tmp_path, (source(b"good"),)) == []


@pytest.mark.usefixtures("_one_file")
def test_a_file_with_another_hash_is_never_stored(tmp_path):
    said = "\n".join(fetch.fetch(tmp_path, (broken, source(b"bad"))))
    assert list(tmp_path.iterdir()) == []
    assert "no way there" in said
    assert "its hash is not that of runtime.json" in said
    assert "missing: a.whl" in said


def test_every_hash_is_one():
    assert all(len(bytes.fromhex(value)) == 32 for value in fetch.FILES.values())
    assert {name for names in pack.WHEELS.values() for name in names} == set(fetch.WHEELS)


def test_the_packs_are_what_this_python_imports_and_work_alone(tmp_path, monkeypatch):
    found = pack.packs()
    assert found == pack.packs()
    with zipfile.ZipFile(io.BytesIO(found["checkedmath"][1])) as archive:
        names = archive.namelist()
        for name in ("checkedmath/latex/parsing.py", "checkedmath/timeout.py"):
            here = Path(checkedmath.__file__).parents[1] / name
            assert archive.read(name) == here.read_bytes()
        archive.extractall(tmp_path)
    assert [name for name in names if not name.endswith(".py")], "the parse table is a file too"
    assert not [name for name in names if "sphinxext" in name or "__pycache__" in name]
    # As in the worker, where nothing else is.
    for name in [name for name in sys.modules if name.split(".")[0] == "checkedmath"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))
    import checkedmath as packed  # noqa: PLC0415

    assert packed.__file__.startswith(str(tmp_path))
    text = ":::{where}\n- $x \\in \\mathbb{R}$: a number\n:::\n\n$$\nx + x = 2x\n$$\n"
    (finding,) = packed.check_page(packed.read_page(text, "page.md"))
    assert finding.status == "holds"


def test_a_package_that_is_not_here_is_named():
    with pytest.raises(ModuleNotFoundError, match="nothing_like_it"):
        list(pack.files_of("nothing_like_it"))


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import numpy as np\nfrom oneoverm.losses import x\nimport re", ""),
        ("import matplotlib.pyplot as plt", ""),
        ("import ml_dtypes", "ml_dtypes"),
        ("import subprocess", "subprocess"),
        ("import concurrent.futures, threading", "concurrent, threading"),
        ("def f():\n    import dask", "dask"),
    ],
)
def test_whether_code_can_run_follows_from_what_it_imports(code, why):
    assert pack.why_not(imported(code)).startswith(why)
    assert bool(pack.why_not(imported(code))) == bool(why)


def test_pages_get_no_more_than_they_import():
    assert pack.needed({"re"}) == ["numpy"]
    assert pack.needed({"oneoverm", "matplotlib", "os"}) == ["matplotlib", "numpy", "oneoverm"]
