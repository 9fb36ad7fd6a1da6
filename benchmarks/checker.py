"""
How long the checker takes: ``nox -s bench -- checker``.

It prints, with its target, the start-up of the command, the time an equality and draw takes on the
book's pages and on the derivations of the tests, which take derivatives by each entry, how that
grows with the page, and what checking adds to a build of the book. Where two things are compared
their runs alternate, so that a busy machine slows both alike.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DERIVATIONS = ROOT / "tests" / "checkedmath" / "derivations"

TINY = ":::{where}\n- $a \\in \\mathbb{R}$\n:::\n\n$$ a a = a^2 $$\n"

HEAD = r"""
:::{where}
- $X \in \mathbb{R}^{n \times m}$
- $Y \in \{0, 1\}^{1 \times m}$
- $w \in \mathbb{R}^{n}$
- $b \in \mathbb{R}$
:::

$$ Z := w^\top X + b, \qquad A := \sigma(Z) $$

$$
\mathcal{L}^{(i)} := -y^{(i)} \log(a^{(i)}) - (1 - y^{(i)}) \log(1 - a^{(i)}), \qquad
J := \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}
$$
"""
CLAIMS = (
    r"$$ N \frac{\partial J}{\partial Z} = \frac{N}{m} (A - Y) $$",
    r"$$ N \frac{\partial J}{\partial w} = \frac{N}{m} X (A - Y)^\top $$",
    r"$$ N \frac{\partial J}{\partial w} = \frac{N}{m} \sum_i x^{(i)} (a^{(i)} - y^{(i)}) $$",
    r"$$ N \frac{\partial J}{\partial b} = \frac{N}{m} \sum_{i=1}^{m} (a^{(i)} - y^{(i)}) $$",
)
"""One claim in four of each kind; all take a derivative, and N is another number in each."""


def main() -> None:
    """Measure and print everything."""
    start_up()
    pages()
    derivations()
    growth()
    build()


def interleaved(runs: int, **tasks: Callable[[], object]) -> dict[str, list[float]]:
    """Time each task ``runs`` times, taking turns, and return the seconds in order."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(runs):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - started)
    return {name: sorted(values) for name, values in seconds.items()}


def show(what: str, value: float, unit: str, target: float | None = None, least: str = "") -> None:
    """Print one measurement, and whether it meets its target."""
    verdict = ""
    if target is not None:
        verdict = f"{'meets' if value <= target else 'MISSES'} {target:g} {unit}"
    print(f"{what:<58} {value:>9.3f} {unit:<3} {least:<18} {verdict}")


def command(bytecode: str, *arguments: str) -> Callable[[], object]:
    """Return a task that runs Python in a process of its own, and keeps bytecode in a folder."""
    keep = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}
    return lambda: subprocess.run(
        [sys.executable, *arguments], env=os.environ | keep, stdout=subprocess.DEVNULL, check=True
    )


def start_up() -> None:
    """
    Measure whole processes: Python and NumPy alone, ``--help``, and a page of one equality.

    Bytecode is there, as it is where pip installed the packages: the first check compiles it.
    """
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "tiny.md")
        page.write_text(TINY, encoding="utf-8")
        check = command(folder, "-m", "checkedmath", "check", str(page))
        check()
        seconds = interleaved(
            15,
            numpy=command(folder, "-c", "import numpy"),
            help=command(folder, "-m", "checkedmath", "--help"),
            check=check,
        )
    for name, what in (("numpy", "python -c 'import numpy'"), ("help", "checked-math --help")):
        show(what, statistics.median(seconds[name]), "s", least=f"least {seconds[name][0]:.3f}")
    least = f"least {seconds['check'][0]:.3f}"
    show("checked-math check, one equality", statistics.median(seconds["check"]), "s", 0.3, least)


def pages() -> None:
    """Measure each page of the book that has equalities, a thousand equalities, and both parts."""
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder, "synthetic.md")
        long.write_text(synthetic(1000), encoding="utf-8")
        every = []
        for path in (*sorted(DOCS.rglob("*.md")), long):
            count, seconds = _checked(path)
            if count:
                every.append(1000 * seconds / count / 5)
                show(f"{path.name}: {count} equalities", every[-1], "ms", 1.0, "a draw of each")
    show("median over these pages", statistics.median(every), "ms", 1.0, "a draw of each")


def derivations() -> None:
    """Measure each derivation of the tests."""
    for path in sorted(DERIVATIONS.glob("*.md")):
        count, seconds = _checked(path)
        show(
            f"{path.name}: {count} equalities", 200 * seconds / count, "ms", None, "a draw of each"
        )


def _checked(path: Path) -> tuple[int, float]:
    """Return how many equalities a page has, and the median seconds to check them on 5 draws."""
    from checkedmath import Settings, check_file
    from checkedmath.latex.parsing import _read

    def check() -> int:
        _read.cache_clear()  # the command reads each page once
        return len(check_file(path, Settings(draws=5, timeout=1000)))

    count = check()
    return count, statistics.median(interleaved(3 if count > 500 else 7, it=check)["it"])


def synthetic(count: int) -> str:
    """Return a page of so many equalities."""
    claims = (CLAIMS[n % len(CLAIMS)].replace("N", str(n + 2)) for n in range(count))
    return HEAD + "".join(f"\n{claim}\n" for claim in claims)


def growth() -> None:
    """Measure how the time grows with the page: 1 is linear."""
    from checkedmath import Settings, check_page, read_page
    from checkedmath.latex.parsing import _read

    def check(count: int) -> Callable[[], object]:
        text = synthetic(count)

        def task() -> None:
            _read.cache_clear()
            check_page(read_page(text, "page.md"), settings=Settings(timeout=1000))

        return task

    counts = (250, 500, 1000, 2000)
    seconds = interleaved(3, **{str(count): check(count) for count in counts})
    first = seconds["250"][0] / 250
    for count in counts:
        ratio = seconds[str(count)][0] / count / first
        target = 1.25 if count == counts[-1] else None
        show(f"{count} equalities: time for each, to that of 250", ratio, "×", target)


BUILD = """
import os, sys, time
sys.path[0] = os.getcwd()
spent = 0.0
def timed(task):
    def run(*arguments, **options):
        global spent
        started = time.perf_counter()
        try:
            return task(*arguments, **options)
        finally:
            spent += time.perf_counter() - started
    return run
import checkedmath.page.markdown as markdown
markdown.read_page = timed(markdown.read_page)
import checkedmath.check.checker as checking
checking.check_page = timed(checking.check_page)
from sphinx.cmd.build import main
started = time.perf_counter()
code = main(["-n", "-q", "-c", "conf", "-d", "build/doctrees", "docs", "build/html"])
print(code, spent, time.perf_counter() - started)
"""


def build() -> None:
    """Measure the share of checking in builds of a copy of the book, in one process each."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("conf", "docs", "src"):
            shutil.copytree(ROOT / part, Path(folder, part))
        shutil.copy(ROOT / "pyproject.toml", folder)
        for cells in ("no cell cached", "all cells cached"):
            shutil.rmtree(Path(folder, "build", "doctrees"), ignore_errors=True)
            run = subprocess.run(
                [sys.executable, "-c", BUILD],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(Path(folder, "src"))},
                capture_output=True,
                text=True,
                check=True,
            )
            code, checking, whole = map(float, run.stdout.split()[-3:])
            if code:
                raise SystemExit(run.stderr)
            least = f"{checking:.2f} of {whole:.2f} s"
            show(f"checking, of a build with {cells}", 100 * checking / whole, "%", 10, least)


if __name__ == "__main__":
    main()
