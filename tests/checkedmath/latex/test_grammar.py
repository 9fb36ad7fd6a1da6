"""The table that is kept beside the grammar is the grammar's, and else it is left aside."""

import json

import pytest
from lark.parsers.lalr_analysis import Shift

from checkedmath.latex import grammar as parsing

STALE = "latex.json is of another grammar, other options or another lark; run nox -s grammar"


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """Return the path of a grammar and of its table, both in use, and both free to change."""
    grammar, kept = tmp_path / "latex.lark", tmp_path / "latex.json"
    grammar.write_bytes(parsing.GRAMMAR.read_bytes())
    kept.write_bytes(parsing.TABLE.read_bytes())
    monkeypatch.setattr(parsing, "GRAMMAR", grammar)
    monkeypatch.setattr(parsing, "TABLE", kept)
    return grammar, kept


@pytest.fixture
def builds(monkeypatch):
    """Return a list that grows whenever the parser is built from the grammar."""
    counted = []
    build = parsing.build_parser
    monkeypatch.setattr(parsing, "build_parser", lambda: counted.append(build()) or counted[-1])
    return counted


def made():
    """Make the parser anew; it is kept otherwise."""
    return parsing.parser.__wrapped__()


def actions(parser):
    """Return what the parser does in each state, the states numbered in the order of a walk."""
    found = parser.parser.parser._parse_table
    states = [found.start_states[start] for start in sorted(found.start_states)]
    for state in states:  # it grows
        for _, (action, to) in sorted(found.states[state].items(), key=lambda item: item[0]):
            if action is Shift and to not in states:
                states.append(to)
    number = {state: place for place, state in enumerate(states)}
    walked = [
        {
            symbol: number[to] if action is Shift else json.dumps(to.serialize())
            for symbol, (action, to) in found.states[state].items()
        }
        for state in states
    ]
    return walked, {start: number[state] for start, state in found.end_states.items()}


def lexer(parser):
    """Return what the lexer of a parser skips, and all that it tells apart, in its order."""
    root = parser.parser.lexer.root_lexer
    words = [(each.name, each.pattern.to_regexp(), each.priority) for each in root.terminals]
    return root.ignore_types, words


def test_the_shipped_table_is_used(builds):
    made()
    assert not builds, STALE


def test_the_shipped_table_is_the_one_that_the_grammar_gives():
    shipped, built = made(), parsing.build_parser()
    assert actions(shipped) == actions(built), STALE
    assert lexer(shipped) == lexer(built), STALE


def test_a_table_of_another_grammar_is_left(kept, builds):
    grammar, _ = kept
    text = grammar.read_text("utf-8")
    grammar.write_text(text.replace('COMMA: ","', 'COMMA: "?"'), "utf-8")
    parser = made()
    assert parser in builds
    assert len(parser.parse("a = b ? a = c", start="display").children) == 3


@pytest.mark.parametrize(
    ("owner", "name", "value"),
    [
        (parsing.lark, "__version__", "0"),
        (parsing, "_OPTIONS", parsing._OPTIONS | {"propagate_positions": False}),
    ],
)
def test_a_table_of_another_lark_or_of_other_options_is_left(
    owner, name, value, builds, monkeypatch
):
    monkeypatch.setattr(owner, name, value)
    assert made() in builds


def test_a_table_is_written_for_the_grammar_as_it_is(kept, builds):
    grammar, written = kept
    grammar.write_text(grammar.read_text("utf-8") + "\n// changed\n", "utf-8")
    written.unlink()
    parsing.write()
    assert json.loads(written.read_text("utf-8"))
    builds.clear()
    assert actions(made()) == actions(parsing.build_parser())
    assert len(builds) == 1


@pytest.mark.parametrize("content", [b"", b'{"made_of": "', b"\xff", b"[", None])
def test_a_table_that_was_cut_is_left_aside(kept, builds, content):
    if content is None:
        kept[1].unlink()
    else:
        kept[1].write_bytes(content)
    assert made().parse("a = b", start="display")
    assert len(builds) == 1
