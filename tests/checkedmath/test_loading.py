"""A function is imported by its dotted name, or the message says what is in the way."""

import subprocess
import sys

import pytest

from checkedmath.errors import PageError
from checkedmath.loading import files_of, load_function, source_of


@pytest.mark.parametrize(
    ("dotted", "status", "words"),
    [
        ("nowhere.f", "undeclared", "there is no module nowhere where this book is built"),
        ("checkedmath.nowhere.f", "undeclared", "there is no module checkedmath.nowhere where"),
        (
            "checkedmath.files.loads",
            "undeclared",
            "the module checkedmath.files has no function loads; the nearest is load",
        ),
        ("checkedmath.files.zzz", "undeclared", "has no function zzz"),
        ("math.sin", "differs", "math.sin is a builtin_function_or_method; expected a function"),
        ("pathlib.Path", "differs", "pathlib.Path is a type; expected a function in Python"),
    ],
)
def test_what_cannot_be_loaded_is_told(dotted, status, words):
    with pytest.raises(PageError) as caught:
        load_function(dotted)
    assert caught.value.status == status
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 / 0", "importing broken fails: ZeroDivisionError: division by zero"),
        ("import nowhere", "importing broken fails: No module named 'nowhere'"),
        ("raise SystemExit(2)", "importing broken fails: SystemExit: 2"),
    ],
)
def test_a_module_that_cannot_be_imported_is_told(tmp_path, monkeypatch, text, words):
    (tmp_path / "broken.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(PageError, match=words):
        load_function("broken.f")


def test_the_source_has_no_docstring(tmp_path, monkeypatch):
    text = '''
def f(x):
    """
    Say something.
    """

    # A comment stays.
    return x


def only():
    """A docstring is all there is."""
'''
    (tmp_path / "written.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    written = source_of(load_function("written.f"))
    assert written == "def f(x):\n    # A comment stays.\n    return x"
    assert '"""' in source_of(load_function("written.only"))
    assert files_of("written.f") == [tmp_path / "written.py"]
    assert files_of("nowhere.f") == []


def test_a_decorated_function_is_shown_with_its_decorator():
    lines = source_of(load_function("oneoverm.batch.parameter_gradients")).splitlines()
    assert lines[0] == '@shapes(A_prev="n_in m", dZ="n_out m")'
    assert {file.name for file in files_of("oneoverm.batch.f")} >= {"batch.py", "_checks.py"}


def test_the_command_does_not_load_the_loader():
    code = (
        "import sys, checkedmath.command, checkedmath; print('checkedmath.loading' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
