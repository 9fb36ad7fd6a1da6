"""A function is imported by its dotted name, or the message says what is in the way."""

import importlib
import linecache
import subprocess
import sys

import pytest

from checkedmath.errors import PageError
from checkedmath.sphinxext.digests import state_of
from checkedmath.sphinxext.loading import files_of, load_function, source_of

LAZY = """

def f():
    import far
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a module which can be imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    written = set()

    def make(texts):
        for name, text in texts.items():
            written.add(name.partition("/")[0])
            path = tmp_path / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        linecache.clearcache()
        return tmp_path

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] in written]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("dotted", "status", "words"),
    [
        ("nowhere.f", "undeclared", "there is no module nowhere where this book is built"),
        ("checkedmath.nowhere.f", "undeclared", "there is no module checkedmath.nowhere where"),
        (
            "checkedmath.check.files.loads",
            "undeclared",
            "the module checkedmath.check.files has no function loads; the nearest is load",
        ),
        ("checkedmath.check.files.zzz", "undeclared", "has no function zzz"),
        ("math.sin", "differs", "math.sin is a builtin_function_or_method; expected a function"),
        ("pathlib.Path", "differs", "pathlib.Path is a type; expected a function in Python"),
    ],
)
def test_what_cannot_be_loaded_is_told(dotted, status, words):
    with pytest.raises(PageError) as caught:
        load_function(dotted, ["nowhere", "checkedmath", "math", "pathlib"])
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
def test_a_module_that_cannot_be_imported_is_told(write, text, words):
    write({"broken": text})
    with pytest.raises(PageError, match=words):
        load_function("broken.f", ["broken"])


# -- whose functions are run ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "dotted",
    [
        "code.interact",
        "pdb.set_trace",
        "http.server.test",
        "mine_too.f",
        "os.path.join",
        "numpy.add.reduce",
    ],
)
def test_a_function_of_a_package_that_is_not_named_is_not_even_imported(write, dotted):
    write({"mine_too": "raise SystemError\n"})
    with pytest.raises(PageError, match="only functions of the packages in") as caught:
        load_function(dotted, ["mine"])
    assert caught.value.status == "unchecked"
    assert "conf.py names mine" in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "from code import interact as f\n",
        "import shutil\nf = shutil.rmtree\n",
        "import functools, shutil\n\n@functools.wraps(shutil.rmtree)\ndef f():\n    pass\n",
        "from other import f\n",
    ],
)
def test_a_function_of_another_package_is_not_run_by_a_name_in_this_one(write, text):
    write({"mine": text, "other": "def f():\n    pass\n"})
    with pytest.raises(PageError, match="only functions of the packages in"):
        load_function("mine.f", ["mine"])


def test_a_function_that_a_named_package_exports_from_another_one_is_run(write):
    write({"mine": "from other import f\n", "other": "def f():\n    pass\n"})
    assert load_function("mine.f", ["mine", "other"])() is None


# -- what is shown --------------------------------------------------------------------------------


def test_the_source_has_no_docstring(write):
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
    folder = write({"written": text})
    shown = source_of(load_function("written.f", ["written"]))
    assert shown == "def f(x):\n    # A comment stays.\n    return x"
    assert '"""' in source_of(load_function("written.only", ["written"]))
    assert files_of("written", ["written"]) == [folder / "written.py"]
    assert files_of("nowhere", ["nowhere"]) == []


WRAPPING = """
import functools


def twice(function):
    @functools.wraps(function)
    def wrapper(x):
        return 2 * function(x)

    return wrapper


def right(x):
    return x


@functools.wraps(right)
def lies(x):
    return 3 * x


@twice
def decorated(x):
    return x


def one(x):
    return x


hidden = twice(one)
cycle = functools.wraps(one)(lambda x: x)
"""


def test_what_is_shown_is_what_runs(write):
    write({"wrapping": WRAPPING})
    lies = source_of(load_function("wrapping.lies", ["wrapping"]))
    assert lies == "@functools.wraps(right)\ndef lies(x):\n    return 3 * x"
    decorated = source_of(load_function("wrapping.decorated", ["wrapping"]))
    assert decorated == "@twice\ndef decorated(x):\n    return x"


@pytest.mark.parametrize("name", ["hidden", "cycle"])
def test_what_would_run_beside_what_is_shown_is_refused(write, name):
    write({"wrapping": WRAPPING})
    with pytest.raises(PageError, match="what runs is not what would be shown: one wraps"):
        load_function(f"wrapping.{name}", ["wrapping"])


def test_functions_that_wrap_each_other_are_refused(write):
    text = "def f():\n    pass\n\n\ndef g():\n    pass\n\n\nf.__wrapped__ = g\ng.__wrapped__ = f\n"
    write({"circle": text})
    assert source_of(load_function("circle.f", ["circle"])).startswith("def f")


def test_a_decorated_function_is_shown_with_its_decorator():
    function = load_function("oneoverm.batch.parameter_gradients", ["oneoverm"])
    assert source_of(function).startswith("@shapes(") or source_of(function).startswith("def ")


# -- what it follows from -------------------------------------------------------------------------


def test_the_files_of_a_package_are_all_its_own_and_what_they_import(write):
    folder = write(
        {
            "mine/__init__": "",
            "mine/first": "from mine import second\nfrom . import third\n" + LAZY,
            "mine/second": "import helping\n",
            "mine/third": "from .fourth import g\n",
            "mine/fourth": "from helping.deep import g\n",
            "mine/unused": "",
            "helping/__init__": "",
            "helping/deep": "def g():\n    pass\n",
            "far": "import numpy\n",
            "elsewhere": "",
        }
    )
    load_function("mine.first.f", ["mine"])()
    own = {"first", "second", "third", "fourth", "unused", "__init__"}
    found = {file for file in files_of("mine.first", ["mine"]) if file.is_relative_to(folder)}
    assert found == {
        *(folder / "mine" / f"{name}.py" for name in own),
        folder / "helping" / "__init__.py",
        folder / "helping" / "deep.py",
        folder / "far.py",
    }


def test_the_state_of_a_file_is_what_is_in_it(tmp_path):
    path = tmp_path / "some.py"
    assert state_of(path) == ""
    path.write_text("1")
    first = state_of(path)
    path.write_text("2")
    assert state_of(path) not in ("", first)
    path.write_text("1")
    assert state_of(path) == first


def test_the_command_does_not_load_the_loader():
    loader = "checkedmath.sphinxext.loading"
    code = f"import sys, checkedmath.command, checkedmath; print({loader!r} in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
