"""The workflows run what `.ci/run` runs, and can be rehearsed here."""

import re
import runpy
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
REHEARSE = runpy.run_path(str(ROOT / ".ci" / "rehearse.py"))
filled, combinations, applies = (REHEARSE[name] for name in ("filled", "combinations", "applies"))

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SESSIONS = set(
    re.findall(
        r"@nox\.session.*?^def (\w+)",
        (ROOT / "noxfile.py").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
)


def commands(path):
    """Return each command of a workflow, with the variables of its step, as it is rehearsed."""
    for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
        for one in combinations(job):
            values = REHEARSE["GITHUB"] | one
            assert applies(job.get("if", "github.event_name == 'push'"), values)
            for step in job["steps"]:
                applies(step.get("if", "github.event_name == 'push'"), values)
                if "run" in step:
                    given = {**job.get("env", {}), **step.get("env", {})}
                    given = {key: filled(value, values) for key, value in given.items()}
                    yield filled(step["run"], values), given


def sessions(command, given=()):
    """Return the names of the sessions that a command runs."""
    for name, value in dict(given).items():
        command = re.sub(rf'"?\${name}\b"?', value, command)
    found = re.search(r"nox (?:--[\w-]+ )?-s ([\w -]+?)(?: -- .*)?$", command, re.MULTILINE)
    return found[1].split() if found else []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_can_be_rehearsed_and_runs_sessions_that_there_are(path):
    named = {name for command, given in commands(path) for name in sessions(command, given)}
    assert named
    assert named <= SESSIONS


def test_a_change_is_checked_on_the_host_by_what_ci_run_runs():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    ours = {name for line in script.splitlines() for name in sessions(line)}
    (check,) = (path for path in WORKFLOWS if path.stem == "check")
    theirs = {name for command, given in commands(check) for name in sessions(command, given)}
    assert len(ours) > 8
    assert theirs == ours


def test_contributing_tells_what_each_session_does():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    told = re.findall(r"^\| `([\w-]+)` \| \w", text, re.MULTILINE)
    assert sorted(told) == sorted(name.replace("_", "-") for name in SESSIONS)
