"""
The table of what frameworks divide by, made from the file that their tests are made from.

The file is TOML: under `versions` each framework's distributions, under `divisors` how each is
written, and under `questions` the cells. `tests/frameworks/test_divisors.py` computes every cell.
"""

from __future__ import annotations

import tomllib
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

HEADINGS = ("framework", "what you write", "divided by")
WIDTHS = (18, 60, 22)


class Divisors(SphinxDirective):
    """Show a file's cells as a table, and the versions that they were computed with."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Read the file, and make the table."""
        relative, file = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        try:
            content = tomllib.loads(Path(file).read_text(encoding="utf-8"))
            return [self.table(content), self.versions(content["versions"])]
        except OSError as error:
            raise self.error(f"{relative}: {error.strerror or error}") from error
        except tomllib.TOMLDecodeError as error:
            raise self.error(f"{relative}: {error}") from error
        except KeyError as error:
            raise self.error(f"{relative}: expected {error}") from error

    def table(self, content: dict[str, Any]) -> nodes.table:
        """Make the table: below each question, a row for each cell, gathered by framework."""
        rows = []
        for question in content["questions"]:
            rows.append(nodes.row("", entry(nodes.strong("", question["name"]), morecols=2)))
            for framework, run in groupby(question["cells"], itemgetter("framework")):
                cells = list(run)
                first = entry(nodes.Text(framework), morerows=len(cells) - 1)
                for cell in cells:
                    divisor, _ = self.parse_inline(content["divisors"][cell["divisor"]])
                    write = entry(nodes.literal("", cell["write"]))
                    rows.append(nodes.row("", write, entry(*divisor)))
                rows[-len(cells)].insert(0, first)
        group = nodes.tgroup("", cols=len(WIDTHS))
        group += [nodes.colspec(colwidth=width) for width in WIDTHS]
        group += nodes.thead("", nodes.row("", *(entry(nodes.Text(name)) for name in HEADINGS)))
        group += nodes.tbody("", *rows)
        table = nodes.table("", group, classes=["divisors"])
        self.set_source_info(table)
        return table

    def versions(self, versions: dict[str, dict[str, str]]) -> nodes.paragraph:
        """Say what the cells were computed with."""
        named = [f"{name} {one}" for some in versions.values() for name, one in some.items()]
        return nodes.paragraph("", f"Computed with {', '.join(named)}.")


def entry(*content: nodes.Node, **spans: int) -> nodes.entry:
    """Make an entry of a table, over more rows or columns if told so."""
    return nodes.entry("", nodes.paragraph("", "", *content), **spans)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("divisors", Divisors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
