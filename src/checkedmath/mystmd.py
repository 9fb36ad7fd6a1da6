"""
The plugin for mystmd and Jupyter Book 2: ``where``, ``side-by-side``, ``checked``, and the checks.

A project has an executable file of two lines, and names it in its ``myst.yml``::

    #!/usr/bin/env python3
    from checkedmath.mystmd import main; main()

mystmd asks it what it has, and hands over each directive, role and page as JSON, a page without its
name: what does not hold is looked for in the project's files, to be reported with file and line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checkedmath.check.checker import Settings, check_page
from checkedmath.findings import Finding, RowFinding
from checkedmath.page.files import places_of
from checkedmath.page.markdown import read_page
from checkedmath.page.model import WORDS

Node = dict[str, Any]

_OPTIONS = {name: {"type": "string"} for name in ("label", "unchecked", "tolerance")}
_LIST, _TEXT = {"type": "myst"}, {"type": "string"}
SPEC = {  # what mystmd is told of the plugin
    "name": "Checked mathematics",
    "directives": [
        {"name": "where", "doc": "Declarations, with their meanings.", "body": _LIST},
        {"name": "side-by-side", "doc": "One example beside the batch.", "body": _LIST},
        {"name": "checked", "doc": "An equation.", "body": _TEXT, "options": _OPTIONS},
    ],
    "roles": [{"name": "checked", "doc": "A formula in a line of text.", "body": _TEXT}],
    "transforms": [
        {"name": "checked-math", "doc": "Check what is displayed.", "stage": "document"}
    ],
}


def main() -> None:
    """Answer what mystmd asks; what does not hold is raised as a SystemExit, which it shows."""
    asked = {
        "where": _with_source,
        "side-by-side": _table,
        "checked": _equation,
        "checked-math": _page,
    }
    answer: Any = SPEC
    for name in sys.argv[2:]:
        answer = asked[name](json.load(sys.stdin))
    json.dump(answer, sys.stdout)


def _table(data: Node) -> list[Node]:
    """Return a table of rows, which keeps its source for the checks."""
    heads, row = [[_paragraph(text)] for text in ("one example", "", "batch")], _row()
    rows = [heads, row]
    for node in data["body"]:
        if node["type"] == "thematicBreak":
            rows.append(row := _row())
        elif node["type"] == "paragraph" and _text(node) in WORDS:
            row[1][0]["word"] = _text(node)
        else:
            is_right = row[1][0]["word"] or (node["type"] == "math" and row[0])
            row[2 if is_right else 0].append(node)
    cells = [[{"type": "tableCell", "children": cell} for cell in row] for row in rows]
    table = {"type": "table", "children": [{"type": "tableRow", "children": row} for row in cells]}
    return _with_source(data, [table])


def _row() -> list[list[Node]]:
    """Return a row's cells: two that are empty, and that of the word between them."""
    return [[], [{**_paragraph(""), "word": ""}], []]


def _equation(data: Node) -> list[Node]:
    """Return an equation with its options: a displayed one, or one within a line of text."""
    kept = {"value": data["body"], "position": data["node"]["position"]}
    if data["node"]["type"] == "mystRole":
        return [{"type": "inlineMath", "checked": True, **kept}]
    options = data.get("options", {})
    if label := options.get("label"):
        kept |= {"label": label, "identifier": label.lower()}
    return [{"type": "math", "options": options, **kept}]


def _page(tree: Node) -> Node:
    """Return a page with a mark beside each equation, where all of them hold."""
    source = _Source()
    source.add(tree)
    page = read_page("\n".join([*source.lines, ""]), "page")
    findings = check_page(page, settings=Settings()) if page.opts_in else []
    if wrong := [source.message(finding) for finding in findings if not finding.passes]:
        raise SystemExit("\n".join(wrong))
    words = [node for node in _all(tree) if "word" in node]
    for finding in findings:
        if isinstance(finding, RowFinding):
            row = next(k for k, row in enumerate(page.rows) if row is finding.about)
            words[row].update(_paragraph(finding.word))
        else:
            source.part_of(finding)[1].setdefault("findings", []).append(finding)
    _mark(tree)
    return tree


class _Source:
    """A page's mathematics as Markdown, each part on the line on which mystmd found it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.parts: list[tuple[int, Node]] = []
        """The line here of each list, table and equation, and its node."""

    def add(self, node: Node) -> None:
        """Add what stands in a node, on the node's line if that is still free."""
        text = node.get("source") or _written(node)
        if text:
            self.lines += [""] * max(_line(node) - 1 - len(self.lines), 1)
            shift = len(self.lines) + 1 - _line(node)
            inner = [each for each in _all(node) if each["type"] == "math"]
            self.parts += [(_line(each) + shift, each) for each in (node, *inner)]
            self.lines += text.split("\n")
        for child in [] if text else node.get("children", []):
            self.add(child)

    def part_of(self, finding: Finding) -> tuple[int, Node]:
        """Return the last part that does not begin after a finding."""
        return [part for part in self.parts if part[0] <= finding.line][-1]

    def message(self, finding: Finding) -> str:
        """Say what was found, and where: mystmd tells the line, and the files which page it is."""
        start, node = self.part_of(finding)
        label = f" ({finding.label})" if finding.label else ""
        line, text = _line(node) + finding.line - start, self.lines[finding.line - 1].strip()
        place = places_of(text, line, Path()) or [f"a page, line {line}"]
        return f"{' or '.join(place)}{label} {finding.status}: {finding.summary}"


def _written(node: Node) -> str:
    """Write an equation as a page writes it; nothing of what is none."""
    if node["type"] != "math":
        return f"{{checked}}`{node['value']}`" if "checked" in node else ""
    options, label = node.get("options"), node.get("label")
    if not options:
        return f"$$\n{node['value']}\n$$" + (f" ({label})" if label else "")
    told = "".join(f":{name}: {value}\n" for name, value in options.items())
    return f"```{{math}}\n{told}{node['value']}\n```"


def _with_source(data: Node, children: list[Node] | None = None) -> list[Node]:
    """Return what a directive shows, its body unless given, with the source for the checks."""
    node = data["node"]
    shown = {"children": data["body"] if children is None else children}
    source = f"::::::{{{node['name']}}}\n{node.get('value', '')}\n::::::"
    return [{"type": "div", "source": source, "position": node["position"], **shown}]


def _paragraph(text: str, kind: str = "paragraph") -> Node:
    """Return a paragraph, or another node, with a text."""
    return {"type": kind, "children": [{"type": "text", "value": text}]}


def _mark(node: Node) -> None:
    """Put a mark behind each equation that has findings, and take away what carried sources."""
    children: list[Node] = []
    for child in node.get("children", []):
        _mark(child)
        # What only carried a source is not for mystmd, some of whose formats leave it out.
        children += child["children"] if "source" in child else [child]
        findings: list[Finding] = child.pop("findings", [])
        if findings:
            said = "; ".join(f"{each.status}: {each.summary}" for each in findings)
            sign = "○" if any(each.status == "unchecked" for each in findings) else "✓"
            mark = {**_paragraph(sign, "abbreviation"), "title": said}
            inline = "checked" in child
            children.append(mark if inline else {"type": "paragraph", "children": [mark]})
    if "children" in node:
        node["children"] = children


def _all(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, in order."""
    yield node
    for child in node.get("children", []):
        yield from _all(child)


def _text(node: Node) -> str:
    """Return the text of a node."""
    return "".join(each["value"] for each in _all(node) if each["type"] == "text")


def _line(node: Node) -> int:
    """Return the line on which mystmd found a node."""
    return int(node.get("position", {}).get("start", {}).get("line", 1))
