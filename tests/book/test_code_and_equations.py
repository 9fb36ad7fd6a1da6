"""Every public function and class of the package names its equations, and pages run functions."""

import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import oneoverm
from checkedmath import read_page

DOCS = Path(__file__).parents[2] / "docs"
TEXTS = {path: path.read_text("utf-8") for path in sorted(DOCS.rglob("*.md"))}
LABELS = {
    equation.label
    for path, text in TEXTS.items()
    for equation in read_page(text, str(path)).equations
    if equation.label
}

#: What computes nothing that an equation could say, and why.
NO_EQUATION = {
    "activations.get_activation": "a look-up by name",
    "losses.get_loss": "a look-up by name",
    "layers.initial_layers": "a draw of random numbers",
    "training.Training": "what came of many steps",
    "training.predict": "a comparison",
    "training.accuracy": "a count",
    "distributed.Shard": "a part of the data",
    "distributed.connect": "a connection",
    "weights.ExampleWeights.fill_masked_labels": "labels that are never read, replaced",
}

NETWORK = "takes a network, which no page's random numbers are; a cell asserts what it computes"

#: Functions that name an equation and are not run on a page's random numbers, and why.
NOT_RUN = {
    **{
        f"{module}.{name}": NETWORK
        for module in ("batch", "one_example")
        for name in ("forward", "loss", "cost", "backward", "cost_and_gradients")
    },
    "regularization.l2_penalty": NETWORK,
    "training.step": NETWORK,
    "training.sgd": NETWORK,
    "per_example.norms": "takes what a network's backward pass returns",
    "per_example.parameter_gradients": "returns arrays of three axes",
    "distributed.gradient_sum": NETWORK,
    "losses.one_hot": "takes integers",
    "weights.example_weights": "returns no array",
    "differences.complex_step": "takes a function",
    "differences.central_differences": "takes a function",
    "gradient_check.check": "takes a function",
}


def public():
    """Name every public function, class, and method of a class, with the object."""
    for module in pkgutil.iter_modules(oneoverm.__path__):
        if module.name.startswith("_"):
            continue
        members = import_module(f"oneoverm.{module.name}")
        for name in members.__all__:
            member = getattr(members, name)
            if not callable(member) or not member.__module__.startswith("oneoverm"):
                continue
            yield f"{module.name}.{name}", member
            if inspect.isclass(member):
                for method, function in vars(member).items():
                    documented = isinstance(function, classmethod | property)
                    if not method.startswith("_") and (documented or inspect.isfunction(function)):
                        yield f"{module.name}.{name}.{method}", getattr(member, method)


PUBLIC = dict(public())


def equations(member):
    return re.findall(r":eq:`([^`]+)`", inspect.getdoc(member) or "")


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_names_equations_of_the_book(name):
    named = equations(PUBLIC[name])
    assert bool(named) != (name in NO_EQUATION)
    assert set(named) <= LABELS


def test_the_functions_that_name_an_equation_are_run_on_a_page():
    shown = "\n".join(TEXTS.values())
    run = set(re.findall(r"^:+\{implementation\} oneoverm\.(\S+)$", shown, flags=re.MULTILINE))
    functions = {name for name, member in PUBLIC.items() if inspect.isfunction(member)}
    wanted = {name for name in functions if name.count(".") == 1} - NO_EQUATION.keys()
    assert wanted - run == NOT_RUN.keys()
    assert run <= wanted


def test_what_is_excused_exists():
    assert NO_EQUATION.keys() | NOT_RUN.keys() <= PUBLIC.keys()
