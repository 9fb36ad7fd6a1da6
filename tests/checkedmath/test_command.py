"""The command says what was found, and tells it by its exit code."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import checkedmath
from checkedmath.command import main
from checkedmath.findings import RelationFinding
from checkedmath.formats import as_github

DECLARED = ":::{where}\n- $a \\in \\mathbb{R}$\n- $A \\in \\mathbb{R}^{n \\times m}$\n:::\n"
GOOD = DECLARED + "\n$$ a a = a^2 $$ (square)\n"
BAD = GOOD + "\n$$ a = 2 a $$ (twice)\n"


@pytest.fixture
def page(tmp_path):
    def write(text, name="page.md"):
        path = tmp_path / name
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, "utf-8")
        return str(path)

    return write


def test_what_holds_is_told(page, capsys):
    path = page(GOOD)
    assert main(["check", path]) == 0
    line, summary, *_ = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{path}:6:8 (square) holds  ")
    assert line.endswith(" over 5 draws")
    assert "1" in summary


def test_what_differs_is_told(page, capsys):
    path = page(BAD)
    assert main(["check", path, "--draws", "2", "--seed", "7"]) == 1
    said = "differs  0.5  off by exactly 1/2: the right side is twice the left side"
    assert f"{path}:8:6 (twice) {said}" in capsys.readouterr().out


def test_json_is_a_list_of_objects(page, capsys):
    path = page(BAD + "\n$$ \\log(-a^2) = a $$\n")
    assert main(["check", "--json", "--draws", "7", path]) == 1

    def refuse(constant):
        raise AssertionError(constant)

    found = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert [(each["line"], each["label"], each["status"]) for each in found] == [
        (6, "square", "holds"),
        (8, "twice", "differs"),
        (10, None, "differs"),
    ]
    assert found[2]["relative_error"] is None
    assert found[1]["draws"] == len(found[1]["sizes"]) == 7
    assert set(found[0]) >= {"file", "left", "right", "relative_error", "diagnosis"}
    assert found[0]["sizes"][0].keys() == {"n", "m"}


def test_what_must_be_installed_is_told(page, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "checkedmath.check.files", None)
    assert main(["check", page(GOOD)]) == 2
    assert capsys.readouterr().err.startswith("checked-math needs lark and markdown-it-py; install")


@pytest.mark.parametrize("text", [b"\xff\xfe\xff", b"\x80abc"])
def test_what_is_not_utf_8_is_told(page, capsys, text):
    assert main(["check", page(text)]) == 2
    assert "not UTF-8 at byte 0" in capsys.readouterr().err


def test_what_cannot_be_read_is_told_and_the_rest_is_checked(page, tmp_path, capsys):
    assert main(["check", str(tmp_path / "none.md"), page(GOOD)]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("checked-math: ") == 1
    assert "(square) holds" in captured.out


def test_an_empty_file_passes(page, capsys):
    assert main(["check", page("")]) == 0
    assert capsys.readouterr().out == "nothing to check was found\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$$ 1 = 2 $$\n", "1 does not pass"),
        ("$$ 1 = 2 $$\n\n$$ 2 = 3 $$\n\n$$ 1 = 1 $$\n", "1 holds, 2 do not pass"),
        ("$$ 1 = 1, \\quad 2 = 2 $$\n", "2 hold"),
    ],
)
def test_what_was_found_is_counted_in_words(page, capsys, text, words):
    main(["check", page(text)])
    assert capsys.readouterr().out.splitlines()[-1] == words


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check"],
        ["check", "x.md", "--draws", "0"],
        ["check", "x.md", "--draws", "1e9"],
        ["check", "x.md", "--draws", "99999999999"],
        ["check", "x.md", "--seed", "-1"],
        ["check", "x.md", "--timeout", "nan"],
        ["explain"],
    ],
)
def test_a_usage_error_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--draws", "many", "'many' is no whole number from 0"),
        ("--draws", "0", "from 1 to 1000 draws"),
        ("--seed", "-1", "'-1' is no whole number from 0"),
        ("--timeout", "-1", "'-1' is no number of seconds from 0"),
        ("--timeout", "soon", "'soon' is no number of seconds from 0"),
    ],
)
def test_an_option_that_cannot_be_is_told(option, value, words, capsys):
    with pytest.raises(SystemExit):
        main(["check", "x.md", f"{option}={value}"])
    assert words in capsys.readouterr().err


def test_help_tells_the_options(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["check", "--help"])
    assert ended.value.code == 0
    assert {"--json", "--draws", "--seed", "--timeout"} <= set(capsys.readouterr().out.split())


def test_a_timeout_is_told(page, capsys):
    path = page("$$ \\sum_{i=1}^{10^{12}} 1 = 2 $$\n")
    assert main(["check", "--timeout", "0.2", path]) == 1
    assert "timeout" in capsys.readouterr().out


def test_the_module_runs_as_a_program_that_prints_any_character_anywhere(page):
    path = page(GOOD + "\n$$ a \\odot A = a $$\n")
    source = str(Path(checkedmath.__file__).parents[1])
    environment = {
        **os.environ,
        "PYTHONPATH": source,
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "checkedmath", "check", path],
        capture_output=True,
        check=False,
        env=environment,
        timeout=60,
    )
    assert ran.returncode == 1
    assert b"(square) holds" in ran.stdout
    assert ran.stderr == b""


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=80))
def test_any_bytes_end_with_a_code(page, data):
    assert main(["check", page(b"$$\n" + data + b"\n$$\n")]) in {0, 1, 2}


def run_cut_off(*arguments):
    """Run the command with a reader that closes the pipe at once."""
    command = [sys.executable, "-m", "checkedmath", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ran:
        ran.stdout.close()
        return ran.wait(), ran.stderr.read().decode()


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_output_that_nobody_reads_ends_the_command_quietly(page, options):
    path = page(GOOD + "\n\n$$ a = a $$\n" * 300)
    code, error = run_cut_off("check", *options, path)
    assert (code, error) == (141, "")


def test_a_mistake_of_ours_is_told_without_a_traceback(page, monkeypatch, capsys):
    def fail(*_):
        raise ZeroDivisionError("by hand")

    monkeypatch.setattr("checkedmath.check.files.check_page", fail)
    assert main(["check", page(GOOD)]) == 2
    error = capsys.readouterr().err
    assert "a mistake of checked-math, not of the page" in error
    assert "ZeroDivisionError: by hand" in error


@pytest.mark.parametrize("brace", ["{", "(", "[", r"\frac{", r"\left(", r"\sqrt{", "x^{"])
@pytest.mark.parametrize("place", ["meaning", "declaration", "display"])
def test_what_is_nested_deeply_is_refused(page, capsys, brace, place):
    deep = brace * 3000
    texts = {
        "meaning": f":::{{where}}\n- $a \\in \\mathbb{{R}}$: {deep}\n:::\n\n$$ a = a $$\n",
        "declaration": f":::{{where}}\n- $a {deep} \\in \\mathbb{{R}}$: a\n:::\n",
        "display": f"$$\n{deep} a\n$$\n",
    }
    assert main(["check", page(texts[place])]) == (0 if place == "meaning" else 1)
    assert not capsys.readouterr().err


class TestFormats:
    """What a code host, an editor or a person reads."""

    def test_a_line_begins_with_file_line_and_column(self, page, capsys):
        path = page(DECLARED + "\n$$\na = a \\\\\na = \\log\n$$\n")
        main(["check", path])
        assert f"{path}:9:" in capsys.readouterr().out

    def test_what_does_not_pass_is_an_annotation(self, page, capsys):
        path = page(BAD)
        assert main(["check", "--format", "github", path]) == 1
        first, summary = capsys.readouterr().out.splitlines()
        assert first.startswith(f"::error file={path},line=8,col=")
        assert "title=checked-math%3A differs::off by exactly" in first.replace("0.5  ", "")
        assert summary == "1 holds, 1 does not pass"

    def test_nothing_in_a_page_ends_an_annotation(self):
        found = RelationFinding(
            "a,b:c.md", 3, 1, "differs", diagnosis="50 %\n::error file=x::y", relative_error=0.5
        )
        first, _ = as_github([found]).splitlines()
        assert first == (
            "::error file=a%2Cb%3Ac.md,line=3,col=1,title=checked-math%3A differs"
            "::0.5  50 %25%0A::error file=x::y"
        )

    def test_sarif_names_rule_place_and_message(self, page, capsys):
        path = page(BAD)
        assert main(["check", "--format", "sarif", path]) == 1
        told = json.loads(capsys.readouterr().out)
        assert told["version"] == "2.1.0"
        (run,) = told["runs"]
        (result,) = run["results"]
        assert result["ruleId"] == "differs"
        assert result["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == path
        assert place["region"] == {"startLine": 8, "startColumn": 6}

    def test_an_explanation_shows_the_line_with_a_caret_and_the_sides(self, page, capsys):
        path = page(BAD)
        assert main(["check", "--explain", path]) == 1
        lines = capsys.readouterr().out.splitlines()
        at = lines.index("    $$ a = 2 a $$ (twice)")
        assert lines[at + 1] == "         ^"
        assert lines[at + 3 : at + 5] == ["    left:  a", "    right: 2 a"]
        assert "compared on 5 draws" in lines[at + 5]


class TestFolders:
    """Of a folder, what has something to check is checked."""

    @pytest.fixture
    def folder(self, page, tmp_path):
        for name in ("drafts", "_build", ".hidden", "node_modules"):
            (tmp_path / name).mkdir()
        page(GOOD, "one.md")
        page("$$ 1 = 2 $$\n", "plain.md")
        page(BAD, "drafts/two.md")
        for name in ("_build", ".hidden", "node_modules"):
            page(BAD, f"{name}/page.md")
        return tmp_path

    def test_pages_without_anything_of_ours_are_left_out(self, folder, capsys):
        assert main(["check", str(folder), "--exclude", "drafts/*"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "1 holds"
        assert main(["check", str(folder)]) == 1
        assert capsys.readouterr().out.splitlines()[-1] == "2 hold, 1 does not pass"

    def test_what_cannot_be_read_in_a_folder_is_told_and_the_rest_is_checked(
        self, page, folder, capsys
    ):
        page(b"\xff\xfe\xff", "bytes.md")
        assert main(["check", str(folder), "--exclude", "drafts/*"]) == 2
        captured = capsys.readouterr()
        assert captured.err == f"checked-math: {folder / 'bytes.md'}: not UTF-8 at byte 0\n"
        assert captured.out.splitlines()[-1] == "1 holds"

    def test_a_pattern_that_no_shell_has_expanded_is(self, folder, capsys):
        assert main(["check", str(folder / "o*.md")]) == 0
        assert main(["check", str(folder / "z*.md")]) == 2
        assert "no file has such a name" in capsys.readouterr().err

    def test_a_page_is_checked_once(self, folder, capsys):
        assert main(["check", str(folder / "one.md"), str(folder / "one.md")]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "1 holds"


class TestConfiguration:
    """What pyproject.toml sets is as if it were typed."""

    @pytest.fixture
    def project(self, page, tmp_path, monkeypatch):
        (tmp_path / "docs").mkdir()
        page(BAD, "docs/page.md")
        monkeypatch.chdir(tmp_path / "docs")
        return lambda text: page(f"[tool.checked-math]\n{text}", "pyproject.toml")

    def test_files_and_draws(self, project, capsys):
        project('files = ["docs"]\ndraws = 7\n')
        assert main(["check", "--json"]) == 1
        assert {each["draws"] for each in json.loads(capsys.readouterr().out)} == {7}
        assert main(["check", "--json", "--draws", "9", "page.md"]) == 1
        assert {each["draws"] for each in json.loads(capsys.readouterr().out)} == {9}

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (
                "colour = 1",
                "toml: [tool.checked-math] has colour; "
                "expected files, exclude, certify, macros, draws, seed or timeout",
            ),
            ('certify = "yes"', "certify of [tool.checked-math] is true or false"),
            ('files = "docs"', "files of [tool.checked-math] is no list of names"),
            ("draws = [", "pyproject.toml: "),
        ],
    )
    def test_what_is_wrong_in_it_is_said(self, project, capsys, text, told):
        project(text)
        assert main(["check", "page.md"]) == 2
        assert told in capsys.readouterr().err

    def test_a_number_is_read_as_a_typed_one(self, project, capsys):
        project("draws = 0")
        with pytest.raises(SystemExit, match="2"):
            main(["check", "page.md"])
        assert "from 1 to 1000 draws" in capsys.readouterr().err

    def test_digits_are_certified_unless_the_command_says_otherwise(self, project, page, capsys):
        pytest.importorskip("flint")
        project("certify = true")
        path = page(GOOD, "docs/good.md")
        assert main(["check", path]) == 0
        assert "holds  certified" in capsys.readouterr().out
        assert main(["check", "--no-certify", path]) == 0
        assert "holds  certified" not in capsys.readouterr().out


class TestCertifying:
    def test_digits_are_certified_and_what_float64_does_not_see_is_refused(self, page, capsys):
        pytest.importorskip("flint")
        path = page(GOOD + "\n$$ a = a + 10^{-12} a $$ (nearly)\n$$ e^{2a} = e^a e^a $$ (twice)\n")
        assert main(["check", path]) == 0
        assert "holds  certified" not in capsys.readouterr().out
        assert main(["check", "--certify", path]) == 1
        square, nearly, twice, _ = capsys.readouterr().out.splitlines()
        assert "(square) holds  certified" in square
        assert "(nearly) differs" in nearly
        assert "it is proved that the sides differ" in nearly
        assert twice.endswith("(twice) holds  certified: 100 digits at 5 random points")

    def test_what_must_be_installed_is_told(self, page, capsys, monkeypatch):
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
        assert main(["check", "--certify", page(GOOD)]) == 2
        assert 'run: pip install "checkedmath[certified]"' in capsys.readouterr().err


def test_macros_of_the_settings_are_written_out(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    settings = Path(page('[tool.checked-math.macros]\nR = "\\\\mathbb{R}"\n', "pyproject.toml"))
    name = page(BAD.replace(r"\mathbb{R}", r"\R"))
    assert main(["check", name]) == 1
    assert "(square) holds" in capsys.readouterr().out
    settings.write_text("[tool.checked-math]\nmacros = 3\n")
    assert main(["check", name]) == 2
    assert "macros of [tool.checked-math] is no table of names" in capsys.readouterr().err
