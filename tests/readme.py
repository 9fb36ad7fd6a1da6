"""Run the README's Python, as its readers do: `nox -s build` does so with NumPy alone."""

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"

blocks = re.findall(
    r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)
assert blocks, "the README shows no Python"
for block in blocks:
    exec(compile(block, str(README), "exec"), {})  # noqa: S102 - it is ours
