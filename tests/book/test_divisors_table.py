"""The table of divisors shows its file, and what is wrong with the file is told with a line."""

import os
import re
import subprocess
import sys
from pathlib import Path

TABLE = """
[versions]
One = { first = "1.0", second = "2.0" }
Two = { third = "3.0" }
[divisors]
m = "$m$"
one = "nothing"
[[questions]]
name = "A mean"
cells = [
  { framework = "One", write = "mean()", divisor = "m" },
  { framework = "One", write = "sum()", divisor = "one" },
  { framework = "Two", write = "average()", divisor = "m" },
]
"""


def build(folder):
    options = ["-C", "-D", "extensions=myst_parser,checkedmath.sphinxext,conf.divisors"]
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, folder, folder / "html"],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stderr


def test_the_table_shows_each_cell_below_its_question(tmp_path):
    (tmp_path / "table.toml").write_text(TABLE, encoding="utf-8")
    (tmp_path / "index.md").write_text("# Page\n\n```{divisors} table.toml\n```\n", "utf-8")
    assert "ERROR" not in build(tmp_path)
    html = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    rows = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
        for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    ]
    assert rows[1:] == [
        "A mean",
        r"One mean() \(m\)",
        "sum() nothing",
        r"Two average() \(m\)",
    ]
    assert '<td rowspan="2">' in html
    assert "Computed with first 1.0, second 2.0, third 3.0." in html


def test_what_is_wrong_with_the_file_is_told_with_the_page_s_line(tmp_path):
    (tmp_path / "broken.toml").write_text("[versions", encoding="utf-8")
    (tmp_path / "unknown.toml").write_text(TABLE.replace('"one" }', '"two" }'), encoding="utf-8")
    pages = "".join(
        f"```{{divisors}} {name}.toml\n```\n\n" for name in ("broken", "missing", "unknown")
    )
    (tmp_path / "index.md").write_text(f"# Page\n\n{pages}", encoding="utf-8")
    found = [line for line in build(tmp_path).splitlines() if "index.md:" in line]
    assert "index.md:3: ERROR: broken.toml: Expected" in found[0]
    assert "index.md:6: ERROR: missing.toml: No such file" in found[1]
    assert "index.md:9: ERROR: unknown.toml: expected 'two'" in found[2]
