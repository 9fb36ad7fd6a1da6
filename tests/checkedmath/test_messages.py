"""Each message that the checker raises is asserted in some test, by words of its own."""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SOURCE = TESTS.parent / "src" / "checkedmath"
RUN = 3
"""Words in a row that tell one message from another."""


def texts(tree):
    """Yield the texts in a tree, also those between what is filled in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            # A pattern in a test has more backslashes than the message.
            yield " ".join(node.value.replace("\\", "").split())


def raising(tree):
    """Yield what makes an exception, and the statements that give a text to a name in it."""
    statements = list(ast.walk(tree))
    raises = [
        node
        for node in statements
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error")
        # Nobody reads it: where there is no line of NumPy, none is shown.
        and ast.unparse(node.func) != "NoLineError"
    ]
    raised = {name.id for node in raises for name in ast.walk(node) if isinstance(name, ast.Name)}
    yield from raises
    for node in statements:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) in raised:
            yield node


@cache
def messages():
    """Return every run of words of each message, by its place."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in raising(ast.parse(path.read_text("utf-8"))):
            words = [text.split() for text in texts(node)]
            runs = {" ".join(w[at : at + RUN]) for w in words for at in range(len(w) - RUN + 1)}
            if runs:
                found[f"{path.relative_to(SOURCE).as_posix()}:{node.lineno}"] = runs
    return found


@cache
def asserted():
    """Return the texts of all tests."""
    trees = (ast.parse(path.read_text("utf-8")) for path in sorted(TESTS.rglob("test_*.py")))
    return "\n".join(text for tree in trees for text in texts(tree))


@pytest.mark.parametrize("place", messages())
def test_a_test_tells_the_message_from_others(place):
    runs = messages()[place]
    others = set().union(*(each for each in messages().values() if each != runs))
    # Some messages, such as "{name} is not declared", are the beginning of longer ones.
    assert [run for run in runs - others or runs if run in asserted()], "nothing asserts " + str(
        sorted(runs)
    )


def test_there_are_messages():
    assert len(messages()) > 100
