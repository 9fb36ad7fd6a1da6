"""A page's cells run in a fork as they do in a kernel, and pages have nothing of each other."""

import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_cache.executors.utils import single_nb_execution
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from conf import forks
from conf.cells import join_streams

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")

SAME = {
    "a result": "6 * 7",
    "what goes to stderr": "import sys\nprint('a', file=sys.stderr)",
    "a command": "!echo a",
    "a figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "figures that are shown": "plt.plot([1, 2])\nplt.show()\nplt.plot([2, 1])\nplt.show()\n1",
    "a display that is changed": (
        "from IPython.display import HTML, clear_output, display\n"
        "shown = display(1, display_id='a')\nshown.update(HTML('<b>2</b>'))\ndisplay(3)"
    ),
    "a display that is cleared": "display(1)\nclear_output()\ndisplay(2)",
    "a cell that awaits": "import asyncio\nawait asyncio.sleep(0)\nprint(1)\n_",
    "what a process prints": (
        "import multiprocessing\n"
        "process = multiprocessing.get_context('fork').Process(target=print, args=(1,))\n"
        "process.start()\nprocess.join()"
    ),
    "an error": "def f():\n    print(1)\n    1 / 0\nf()",
    "an error of syntax": "def f(:",
    "a question that nobody answers": "input()",
    "the number of the cell": "In[-1], len(Out), Out[1]",
    "how numbers are printed from now on": "import numpy\nnumpy.set_printoptions(precision=3)",
    "a number": "print(numpy.array([1 / 3]))",
    "a magic that is not there": "%nothing",
    "nothing": "  ",
}


def notebook(*sources, tags=()):
    cells = [new_code_cell(source, metadata={"tags": list(tags)}) for source in sources]
    return new_notebook(cells=[new_markdown_cell("# A page"), *cells])


def run(*sources, folder=".", timeout=60, **how):
    result = forks.run(notebook(*sources, **how), cwd=folder, timeout=timeout, allow_errors=False)
    return result, [cell.outputs for cell in result.nb.cells[1:]]


def printed(*sources, **how):
    """Return what the last cell prints."""
    result, outputs = run(*sources, **how)
    assert result.err is None, result.err
    return "".join(output.text for output in outputs[-1])


@pytest.fixture(scope="module", autouse=True)
def parent():
    """End the process that forks, as the end of a build does."""
    yield
    asked, process = forks.parent()
    forks.parent.cache_clear()
    asked.close()
    assert process.wait(20) == 0


@pytest.fixture(scope="module")
def both():
    """Return the cells as they were run by a kernel, and by a fork."""
    pages = [notebook(*SAME.values(), tags=["raises-exception"]) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST")  # A kernel that sees it captures less.
        for page, runs in zip(pages, (single_nb_execution, forks.run), strict=True):
            assert runs(page, cwd=".", timeout=60, allow_errors=False).err is None
    assert pages[0].metadata == pages[1].metadata
    return [dict(zip(SAME, page.cells[1:], strict=True)) for page in pages]


def test_what_a_cell_and_its_processes_print_is_in_the_order_of_printing():
    # A kernel reads what a process prints beside what the cell prints: there it may come later.
    source = "import subprocess\nprint('a')\n_ = subprocess.run(['echo', 'b'])\nprint('c')"
    assert printed(source) == "a\nb\nc\n"


@pytest.mark.parametrize("name", SAME)
def test_a_cell_gives_what_it_gives_in_a_kernel(both, name):
    kernel, fork = (cells[name] for cells in both)
    assert join_streams(fork.outputs) == join_streams(kernel.outputs)
    assert fork.execution_count == kernel.execution_count
    assert fork.outputs or name in {"nothing", "how numbers are printed from now on"}


def test_pages_have_none_of_each_others_names_folders_and_random_numbers(tmp_path):
    numbers = "import numpy, random\nprint(numpy.random.rand(), random.random())"
    one = printed("x = 1\nimport os, sys\nos.chdir('..')", numbers)
    other = printed("print('x' in globals(), 'os' in globals())", numbers)
    assert one.split()[0] != other.split()[0]
    assert one.split()[1] != other.split()[1]
    (tmp_path / "beside.py").write_text("y = 2", encoding="utf-8")
    cells = ("from beside import y", "import os\nprint(y, os.getcwd(), 'x' in globals())")
    assert printed(*cells, folder=str(tmp_path)) == f"2 {tmp_path} False\n"


def test_a_page_can_start_processes_that_begin_anew():
    pool = (
        "import multiprocessing\n"
        "with multiprocessing.get_context('spawn').Pool(2) as pool:\n"
        "    print(pool.map(abs, [-1, 2]))"
    )
    assert printed(pool) == "[1, 2]\n"


def test_a_page_stops_at_a_cell_that_fails():
    result, (_, second) = run("1 / 0", "print(2)")
    assert result.err.ename == "ZeroDivisionError"
    assert "line 1" in result.exc_string
    assert second == []


def seconds_until_gone(process):
    started = time.monotonic()
    while os.path.exists(f"/proc/{process}"):  # noqa: PTH110
        time.sleep(0.02)
        assert time.monotonic() < started + 20
    return time.monotonic() - started


@pytest.mark.parametrize(
    "late",
    [
        "import time\ntime.sleep(99)",
        "import asyncio\nawait asyncio.sleep(99)",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass",
    ],
)
def test_a_cell_that_takes_too_long_is_ended_and_all_that_it_started(late, monkeypatch):
    monkeypatch.setattr(forks, "GRACE", 0.5)
    start = "import subprocess\nprint(subprocess.Popen(['sleep', '99']).pid)"
    result, (first, second) = run(start, late, timeout=1)
    assert result.err.ename == "KeyboardInterrupt"
    assert second[-1].ename == "KeyboardInterrupt"
    seconds_until_gone(first[0].text.strip())


def test_a_page_whose_process_ends_says_so():
    result, (outputs,) = run("import os\nos._exit(0)")
    assert (result.err.ename, outputs[-1].evalue) == (
        "ProcessEnded",
        "the process that ran the cell ended",
    )


def test_a_page_that_nobody_waits_for_is_ended():
    with forks.fork() as page:
        page.send_bytes(b".")
        process = page.recv_bytes().decode().strip("[").partition(",")[0]
        page.send_bytes(b"import time\ntime.sleep(99)")
        time.sleep(0.2)
        assert os.path.exists(f"/proc/{process}")  # noqa: PTH110
    seconds_until_gone(process)


PAGE = """---
jupytext:
  text_representation:
    format_name: myst
kernelspec:
  name: python3
---

# Page

```{code-cell} python
print("it runs with", type(get_ipython().kernel.session).__name__)
```

```{code-cell} python
import os
import subprocess
os._exit(0)
```
"""


@pytest.mark.parametrize(("setting", "session"), [("1", "Sent"), ("0", "Session")])
def test_a_setting_chooses_forks_or_kernels(tmp_path, setting, session):
    healthy = PAGE.rpartition("\n```{code-cell}")[0]
    (tmp_path / "index.md").write_text(healthy, encoding="utf-8")
    assert build(tmp_path, setting) == ""
    (page,) = tmp_path.glob("build/jupyter_execute/index.ipynb")
    (output,) = nbformat.read(page, as_version=4).cells[-1].outputs
    assert output.text == f"it runs with {session}\n"


def test_a_page_whose_process_ends_is_told_with_the_cells_line_at_each_build(tmp_path):
    (tmp_path / "index.md").write_text(PAGE, encoding="utf-8")
    told = (
        "index.md:16: WARNING: cell failed: ProcessEnded: the process that ran the cell ended "
        "[cells]\n"
    )
    for _ in range(2):
        assert build(tmp_path, "1").replace(f"{tmp_path}{os.sep}", "") == told


def build(folder, fork):
    settings = [
        "extensions=myst_nb,conf.cells,conf.forks",
        "nb_execution_mode=cache",
        "suppress_warnings=mystnb.exec",
        f"cells_fork={fork}",
        "exclude_patterns=build",
    ]
    options = ["-q", "-a", "-E", "-C", *(part for one in settings for part in ("-D", one))]
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, folder, folder / "build" / "html"],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"NO_COLOR": "1", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return "".join(line for line in run.stderr.splitlines(True) if "WARNING:" in line)
