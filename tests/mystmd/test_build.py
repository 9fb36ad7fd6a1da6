"""A project of mystmd with the plugin, built as its author builds it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NODE = shutil.which("node") or "node"
MYST = Path(__file__).with_name("node_modules") / "mystmd" / "dist" / "myst.cjs"

PAGE = r"""---
exports:
  - format: md
    output: out.md
---

# The last layer

:::{where}
- $A \in \mathbb{R}^{n_1 \times m}$: the activations, one example a column
- $Y \in \{0, 1\}^{1 \times m}$: the labels
- $W \in \mathbb{R}^{1 \times n_1}$: the weights
- $b \in \mathbb{R}$: the bias
:::

$$
Z := W A + b, \qquad
\mathcal{L}^{(i)} := -y^{(i)} \log \sigma(z^{(i)}) - (1 - y^{(i)}) \log(1 - \sigma(z^{(i)}))
\qquad J := \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}
$$ (cost)

So {checked}`\frac{\partial J}{\partial Z} = \frac{1}{m} (\sigma(Z) - Y)`.

$$
dz^{(i)} := \frac{\partial \mathcal{L}^{(i)}}{\partial z^{(i)}} = \sigma(z^{(i)}) - y^{(i)}
$$ (dz)

:::{checked}
:label: near
:tolerance: 1e-3
\sigma(b) + 10^{-4} \approx \sigma(b)
:::

::::{side-by-side}
$$
\frac{\partial \mathcal{L}}{\partial W} = dz\, a^\top
$$

*mean*

$$
\frac{\partial J}{\partial W} = \frac{1}{m} dZ A^\top
$$

---

$$
dz = \sigma(z) - y
$$

$$
dZ = \sigma(Z) - Y
$$
::::
"""

PLAIN = "# Another page\n\n$$\n1 = 2\n$$\n"


@pytest.fixture
def build(tmp_path):
    """Return a function that builds a project: its exit code, what it said, what it wrote."""
    plugin = tmp_path / "checked-math.py"
    plugin.write_text(
        f"#!{sys.executable}\nfrom checkedmath.mystmd import main; main()\n", encoding="utf-8"
    )
    plugin.chmod(0o755)
    (tmp_path / "myst.yml").write_text(
        "version: 1\nsite: {}\n"
        "project:\n  plugins:\n    - type: executable\n      path: checked-math.py\n",
        encoding="utf-8",
    )

    def run(page, what="--md"):
        (tmp_path / "index.md").write_text(page, encoding="utf-8")
        (tmp_path / "out.md").unlink(missing_ok=True)
        done = subprocess.run(
            [NODE, str(MYST), "build", what, "--strict"],
            cwd=tmp_path,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        written = tmp_path / "out.md"
        return (
            done.returncode,
            done.stdout + done.stderr,
            written.read_text("utf-8") if written.exists() else "",
        )

    return run


def test_what_holds_gets_its_mark_and_a_row_its_word(build):
    code, said, written = build(PAGE)
    assert code == 0, said
    assert written.count("✓") == 7
    assert "| mean " in written
    assert "| stacked " in written


@pytest.mark.parametrize(
    ("right", "wrong", "there", "words"),
    [
        (r"(\sigma(Z) - Y)`", r"(\sigma(Z) + Y)`", "So ", "a sign is flipped"),
        ("= \\sigma(z^{(i)}) - y", "= \\sigma(z^{(i)}) + y", "dz^{(i)} :=", "a sign is flipped"),
        (r"\frac{1}{m} dZ A^\top", r"dZ A^\top", r"\frac{\partial J}{\partial W}", "1/m"),
        ("*mean*", "*sum*", r"\frac{\partial J}{\partial W}", "sum"),
        (":tolerance: 1e-3", ":tolerance: 1e-6", r"\sigma(b) +", "near"),
        (r"- $b \in \mathbb{R}$: the bias", "", "Z := W A", "b"),
    ],
)
def test_what_does_not_hold_stops_the_build_at_its_line(build, right, wrong, there, words):
    assert right in PAGE
    # An export that fails leaves mystmd's exit code at 0; a site that does, at 1.
    page = PAGE.replace(right, wrong, 1)
    code, said, _ = build(page, "--site")
    assert code == 1, said
    line = page[: page.index(there)].count("\n") + 1
    (told, *_) = [each for each in said.splitlines() if each.startswith(f"index.md:{line}")]
    assert words in told


def test_two_pages_with_one_text_are_both_named(build, tmp_path):
    page = PAGE.replace("dZ A^", "dZ W^")
    line = page[: page.index("dZ W^")].count("\n") + 1
    (tmp_path / "twin.md").write_text(page, encoding="utf-8")
    _, said, _ = build(page, "--site")
    assert f"index.md:{line} or twin.md:{line} shape: " in said


def test_a_page_without_anything_of_ours_is_left_alone(build):
    page = PAGE[: PAGE.index("# The")] + PLAIN
    code, said, written = build(page)
    assert code == 0, said
    assert "1 = 2" in written
    assert "✓" not in written
