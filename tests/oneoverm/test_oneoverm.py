"""The package's outside: what it exports, and the two columns that mirror each other."""

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
import textwrap

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


@pytest.mark.parametrize("name", ["forward", "backward"])
def test_both_columns_have_the_same_lines_but_for_what_makes_a_mean(name):
    def lines(module):
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(getattr(module, name))))
        [function] = ast.parse(source).body
        return [ast.unparse(statement) for statement in function.body[1:]]

    # The division, where the batch sums; weights and L2, which one example has not.
    of_a_mean = {
        "dZ @ A[k].T / m": "dZ @ A[k].T",
        "sum_examples(dZ) / m": "dZ",
        "_with_l2(gradients[::-1], layers, l2, weights.divisor(divide))": "gradients[::-1]",
    }
    batch_lines = [line for line in lines(batch) if "weights.place" not in line]
    for mean, one in of_a_mean.items():
        batch_lines = [line.replace(mean, one) for line in batch_lines]
    assert "\n".join(batch_lines).lower() == "\n".join(lines(one_example)).lower()
