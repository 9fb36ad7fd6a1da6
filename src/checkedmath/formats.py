"""The forms in which the command prints findings: text, JSON, GitHub's annotations and SARIF."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from checkedmath.findings import Finding

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_STATUSES = {
    "differs": "The two sides differ, or the relation does not hold, on random draws.",
    "shape": "The two sides have different shapes, or something within them does not fit.",
    "unreadable": "The equation or declaration cannot be read, or has two readings.",
    "undeclared": "A symbol is neither declared nor defined.",
    "unchecked": "Something is displayed that was not checked, without a reason of the author's.",
    "timeout": "The time for this page ran out.",
}
"""What each status of a finding that does not pass says."""


def as_text(findings: Iterable[Finding], *, explained: bool = False) -> str:
    """
    Return a line for each finding, and the count of all.

    Where they are `explained`, what does not pass shows its line of the file and the sides.
    """
    findings = list(findings)
    lines = []
    for finding in findings:
        lines.append(str(finding))
        if explained and not finding.passes:
            lines += [f"    {each}" for each in _explanation(finding)]
    return "\n".join([*lines, _summary(findings)])


def as_json(findings: Iterable[Finding]) -> str:
    """Return a list of objects."""
    return json.dumps([each.as_dict() for each in findings], indent=2, ensure_ascii=False)


def as_github(findings: Iterable[Finding]) -> str:
    """Return the workflow commands with which GitHub shows what does not pass at its line."""
    findings = list(findings)
    lines = []
    for finding in findings:
        if finding.passes:
            continue
        place = {
            "file": finding.file,
            "line": finding.line,
            "col": finding.column,
            "title": f"checked-math: {finding.status}",
        }
        told = ",".join(f"{name}={_escaped(value)}" for name, value in place.items())
        lines.append(f"::error {told}::{_escaped(finding.summary, ends='')}")
    return "\n".join([*lines, _summary(findings)])


def as_sarif(findings: Iterable[Finding]) -> str:
    """Return what does not pass in SARIF 2.1.0, which code hosts and editors read."""
    results = [
        {
            "ruleId": finding.status,
            "level": "error",
            "message": {"text": finding.summary or finding.status},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": Path(finding.file).as_posix()},
                        "region": {"startLine": finding.line, "startColumn": finding.column},
                    }
                }
            ],
        }
        for finding in findings
        if not finding.passes
    ]
    rules = [
        {"id": status, "shortDescription": {"text": text}} for status, text in _STATUSES.items()
    ]
    run = {"tool": {"driver": {"name": "checked-math", "rules": rules}}, "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


FORMATS = {"json": as_json, "github": as_github, "sarif": as_sarif}
"""The forms but text, by the names that the command takes."""


def _explanation(finding: Finding) -> list[str]:
    """Return what helps to see where a finding is: the line with a caret, and the sides."""
    told = []
    try:
        line = Path(finding.file).read_text("utf-8-sig").splitlines()[finding.line - 1]
    except (OSError, ValueError, IndexError):
        pass
    else:
        told += [line, f"{' ' * (finding.column - 1)}^"]
    told += [_STATUSES[finding.status]]
    if finding.left or finding.right:
        told += [f"left:  {finding.left}", f"right: {finding.right}"]
    if finding.sizes:
        sizes = ", ".join(f"{name} = {size}" for name, size in sorted(finding.sizes[0].items()))
        told.append(f"compared on {finding.draws} draws; the first had {sizes or 'no sizes'}")
    return told


def _summary(findings: list[Finding]) -> str:
    """Count the findings in words."""
    counts = {
        "holds": ("holds", "hold"),
        "unchecked": ("excused", "excused"),
        "bad": ("does not pass", "do not pass"),
    }
    kinds = [finding.status if finding.passes else "bad" for finding in findings]
    words = [
        f"{kinds.count(kind)} {one if kinds.count(kind) == 1 else more}"
        for kind, (one, more) in counts.items()
        if kind in kinds
    ]
    return ", ".join(words) or "nothing to check was found"


def _escaped(value: object, ends: str = ":,") -> str:
    """Escape what ends a workflow command of GitHub, or a value in it."""
    text = str(value)
    for sign in ("%", "\r", "\n", *ends):
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
