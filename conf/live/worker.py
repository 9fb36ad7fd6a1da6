"""
A process that has everything imported and read, and builds the book when it is told to.

It builds for each line of its standard input, and answers with a line of JSON. A build forks, so
that the next one starts from what is imported here and from nothing else; where there is no fork,
the process ends after one build, and a new one gets ready before the next edit.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import nbformat
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.console import nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from checkedmath.bind.preparing import prepare
from checkedmath.files import load, used_pages
from checkedmath.sphinxext.notation import noted
from conf import forks

# Its own folder: two builds must not write the same one.
LIVE = Path("build", "live")

# What most pages have, so that all that a build imports late is there before.
SMALL_BOOK = r"""# Title

| table | with |
|---|---|
| code | `x` |

:::{where}
- $a \in \mathbb{R}$
:::

$$ a + a = 2 a $$ (sum)

:::{where}
- $W \in \mathbb{R}^{n \times k}$
- $X \in \mathbb{R}^{k \times m}$
- $g : \mathbb{R} \to \mathbb{R}$
:::

::::{side-by-side}
$$ z = g(W x) $$

*stacked*

$$ Z := g(W X) $$

---

$$ \mathcal{L} := \frac{1}{2} \lVert z \rVert^2 $$

*mean*

$$ J := \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)} $$

---

$$ \frac{\partial \mathcal{L}}{\partial W} = (z \odot g'(W x)) x^\top $$

*mean*

$$ \frac{\partial J}{\partial W} = \frac{1}{m} (Z \odot g'(W X)) X^\top $$
::::

```python
def double(a):
    return a + a
```

```{bibliography}
:all:
```
"""

FEW = 3  # Pages that are read sooner than processes that read them in parallel are started.
NO_MORE_BUILDS = 3  # The exit code of a build that nobody asked for.


class Progress(io.TextIOBase):
    """Sphinx's own progress, shown from when a build has taken a second."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def write(self, text: str) -> int:
        """Show how far Sphinx is; the rest of what it says tells an author nothing."""
        if "%]" in text and time.monotonic() - self.started > 1:
            print(text.strip(), file=sys.stderr, flush=True)
        return len(text)


class Warnings(io.TextIOBase):
    """Sphinx's warnings, with paths from this folder on; it writes each at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def write(self, text: str) -> int:
        """Keep a warning."""
        if text.strip():
            self.found.append(text.strip().replace(f"{Path.cwd()}{os.sep}", ""))
        return len(text)


def main() -> None:
    """Get ready, and build for each line of standard input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # What a page's code prints is no answer.
    nocolor()
    get_ready()
    if not hasattr(os, "fork"):
        build_when_told(answers)
        return
    while True:
        child = os.fork()
        if not child:
            os._exit(build_when_told(answers))
        _, status = os.waitpid(child, 0)
        if status:
            return


def get_ready() -> None:
    """Import what building needs, and read what most edits do not change."""
    # What is wrong will be wrong for the book as well, and is told there.
    with contextlib.suppress(Exception):
        if sys.platform == "linux":
            forks.warm()
        build_small_book()
        read_formulas()
    # A build ends soon, and its process with it: little is worth collecting.
    gc.freeze()
    gc.set_threshold(100_000)


def build_small_book() -> None:
    """Build a page with the book's settings, which imports what building needs."""
    with tempfile.TemporaryDirectory() as folder, sphinx_names():
        Path(folder, "index.md").write_text(SMALL_BOOK, encoding="utf-8")
        app(Path(folder), Path(folder, "build"), io.StringIO(), io.StringIO()).build()


def read_formulas() -> None:
    """Read each page's mathematics, which is remembered: a build reads those that have changed."""
    for minor in (4, 5):  # nbformat compiles the schema of each at its first use.
        nbformat.validate(nbformat.v4.new_notebook(nbformat_minor=minor))
    for path in sorted(Path("docs").rglob("*.md")):
        page = load(path)
        prepare(page, list(used_pages(page, path, Path("docs")).values()))


def app(source: Path, target: Path, status: io.TextIOBase, warning: io.TextIOBase) -> Sphinx:
    """Read the settings, and what the last build knew."""
    return Sphinx(
        source,
        "conf",
        target / "html",
        target / "doctrees",
        "html",
        status=status,
        warning=warning,
        parallel=os.cpu_count() or 1,
    )


@contextlib.contextmanager
def sphinx_names() -> Iterator[None]:
    """Let Sphinx change docutils as its own command does, and change it back."""
    with patch_docutils("conf"), docutils_namespace():
        yield


def build_when_told(answers: io.TextIOBase) -> int:
    """Get ready for one build, wait for a line, build, and answer; return the exit code."""
    status, warnings = Progress(), Warnings()
    with sphinx_names():
        try:
            book = app(Path("docs"), LIVE, status, warnings)
        except Exception as error:  # noqa: BLE001  (told when it is asked for)
            problem = told(error)
        else:
            book.connect("env-before-read-docs", read_few_pages_here)
            noted(book, "")  # The notation page is read before it is asked.
            problem = ""
        if not sys.stdin.readline():
            return NO_MORE_BUILDS
        status.started = time.monotonic()
        started = time.perf_counter()
        if not problem:
            try:
                book.build()
            except Exception as error:  # noqa: BLE001  (an extension may raise anything)
                problem = told(error)
    seconds = time.perf_counter() - started
    answer = {"problem": problem, "warnings": warnings.found, "seconds": seconds}
    print(json.dumps(answer), file=answers, flush=True)
    return 0


def read_few_pages_here(app: Sphinx, _env: object, docnames: list[str]) -> None:
    """Start no processes for a few pages: that takes longer than reading them."""
    if len(docnames) <= FEW:
        app.parallel = 1


def told(error: Exception) -> str:
    """Return what is wrong; Sphinx's own errors are written for authors, others are not."""
    if isinstance(error, SphinxError):
        return f"{error.category}: {error}"
    return "".join(traceback.format_exception(error))


if __name__ == "__main__":
    main()
