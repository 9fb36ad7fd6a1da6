"""What the command writes as SARIF, and the schema of SARIF 2.1.0 as Microsoft's package has it."""

import json
from pathlib import Path

import jsonschema
import pytest

from checkedmath.command import main

SCHEMAS = Path(__file__).with_name("node_modules") / "@microsoft" / "jest-sarif" / "lib" / "schemas"
PAGES = {
    "holds": "$$ 1 = 1 $$\n",
    "differs": "$$ 1 = 2 $$ (label)\n",
    "unreadable": "$$ 1 = \\frac{1} $$\n",
    "undeclared": "$$ a = a $$\n",
    "shape": ":::{where}\n- $a \\in \\mathbb{R}^n$\n:::\n\n$$ a = a^\\top a $$\n",
    "unchecked": "```{include} other.md\n```\n",
}


@pytest.fixture(scope="module")
def schema():
    found = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(found)
    return jsonschema.Draft7Validator(found)


def written(tmp_path, monkeypatch, capsys, pages):
    monkeypatch.chdir(tmp_path)
    for name, text in pages.items():
        Path(f"{name}.md").write_text(text, encoding="utf-8")
    main(["check", "--format", "sarif", *(f"{name}.md" for name in pages)])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("names", [[], *([name] for name in PAGES), list(PAGES)])
def test_it_is_of_the_form_of_sarif(schema, tmp_path, monkeypatch, capsys, names):
    pages = {name: PAGES[name] for name in names} or {"empty": "# Nothing\n"}
    log = written(tmp_path, monkeypatch, capsys, pages)
    schema.validate(log)
    found = {result["ruleId"] for result in log["runs"][0]["results"]}
    assert found == set(names) - {"holds"}
    rules = {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert found <= rules


def test_a_log_that_is_not_of_this_form_is_refused(schema, tmp_path, monkeypatch, capsys):
    log = written(tmp_path, monkeypatch, capsys, {"differs": PAGES["differs"]})
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    place["region"]["startLine"] = 0
    assert not schema.is_valid(log)
