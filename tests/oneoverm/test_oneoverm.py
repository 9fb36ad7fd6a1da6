"""The package's outside: what it exports, and the two columns that mirror each other."""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import oneoverm
from oneoverm import batch, one_example

MODULES = sorted(module.name for module in pkgutil.iter_modules(oneoverm.__path__, "oneoverm."))


PUBLIC = [name for name in MODULES if "._" not in name]


@pytest.mark.parametrize("name", ["oneoverm", *PUBLIC])
def test_all_is_sorted_and_every_name_in_it_exists(name):
    module = importlib.import_module(name)
    assert module.__all__ == sorted(module.__all__)
    assert all(hasattr(module, exported) for exported in module.__all__)


@pytest.mark.parametrize("name", PUBLIC)
def test_all_holds_what_the_module_defines_without_underscore(name):
    module = importlib.import_module(name)
    defined = {
        key
        for key, value in vars(module).items()
        if getattr(value, "__module__", None) == name
        and (inspect.isfunction(value) or inspect.isclass(value))
        and not key.startswith("_")
    }
    assert defined <= set(module.__all__)


def test_the_package_exports_every_public_module():
    public = {name.removeprefix("oneoverm.") for name in PUBLIC}
    # It needs Dask, which is optional: who wants it imports it.
    assert public - {"distributed"} <= set(oneoverm.__all__)


def test_the_package_imports_no_dask():
    code = "import sys, oneoverm; print(sorted({'dask', 'distributed'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_both_columns_export_the_same_names():
    assert one_example.__all__ == batch.__all__


def test_both_columns_define_the_same_names_in_the_same_order():
    def defined(module):
        return [
            key
            for key, value in vars(module).items()
            if getattr(value, "__module__", None) == module.__name__ and not key.startswith("_")
        ]

    assert defined(one_example) == defined(batch)


@pytest.mark.parametrize("name", batch.__all__)
def test_both_columns_take_the_same_arguments_but_for_what_makes_a_mean(name):
    def arguments(module):
        parameters = inspect.signature(getattr(module, name)).parameters
        of_a_mean = {"m", "divide", "weights", "mask", "l2"}
        return [p.lower() for p in parameters if p not in of_a_mean]

    assert arguments(one_example) == arguments(batch)
