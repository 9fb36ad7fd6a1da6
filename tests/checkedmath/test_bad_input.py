"""Whatever a page says, the command ends in time and in little memory, with a status for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import checkedmath

resource = pytest.importorskip("resource", reason="memory is limited on Unix only")

TIMEOUT = 1.0
SLACK = 2.5
MEMORY = 2 << 30

HEAD = ":::{where}\n- $a \\in \\mathbb{R}$\n- $X \\in \\mathbb{R}^{n \\times m}$\n:::\n\n"


def displays(*latex):
    return HEAD + "".join(f"$$ {each} $$\n\n" for each in latex)


def declared(*items, claim="1 = 1"):
    return ":::{where}\n" + "".join(f"- ${item}$\n" for item in items) + f":::\n\n$$ {claim} $$\n"


def uses(*names):
    return f":::{{where}}\n:uses: {' '.join(names)}\n:::\n\n$$ 1 = 1 $$\n"


SUMS = " ".join(rf"\sum_{{{index}=1}}^{{1000}}" for index in "bcdefghk")
VECTOR = r"v \in \mathbb{R}^{1000}"
ONES = r"\mathbf{1}_{1000} \mathbf{1}_{1000}^\top"

PAGES = {
    # name: (page, statuses that it may have)
    "a sum of 10^12 terms": (displays(r"\sum_{i=1}^{10^{12}} 1 = 2"), "timeout"),
    "a product of 10^300 factors": (displays(r"\prod_{i=1}^{10^{300}} 1 = 2"), "timeout"),
    "sums in sums": (displays(f"{SUMS} a = 1"), "timeout"),
    "a function doubled 40 times": (
        displays("f_{0}(z) := z", *(rf"f_{{{n + 1}}}(z) := f_{{{n}}}(z) + f_{{{n}}}(z)"
                                    for n in range(40)), "f_{40}(a) = a"),
        "timeout",
    ),
    "free indices with 10^24 values": (
        declared(*(rf"{i} \in \{{1, \dots, 999\}}" for i in "hijklpqr"), claim="h i j k l p q r=2"),
        "timeout unreadable",
    ),
    "a tower of powers": (displays("a = " + "2^{" * 50 + "2" + "}" * 50), "differs"),
    "9 to the 9 to the 9": (displays("9^{9^{9^{9}}} = a"), "differs"),
    "10,000 braces": (displays("a = " + "{" * 10_000 + "a" + "}" * 10_000), "unreadable"),
    "9,000 parentheses": (displays("a = " + "(" * 9000 + "a" + ")" * 9000), "unreadable"),
    "9,000 factors": (displays("a = " + "a " * 9000), "unreadable"),
    "9,000 terms": (displays("a = " + "+a" * 9000), "differs"),
    "4,000 subscripts": (displays("a" + "_1" * 4000 + " = a"), "unreadable"),
    "2,000 boxes": (displays(r"\boxed{a}" * 2000 + " = a"), "unreadable"),
    "2,000 wide spaces": (displays("a=a" + r"\quad " * 2000 + "+"), "unreadable"),
    "5,000 digits": (displays("a = " + "9" * 5000), "unreadable"),
    "a million characters": (displays("a" * 1_000_000), "unreadable"),
    "a shape of 10^18": (
        declared(r"A \in \mathbb{R}^{1000000000 \times 1000000000}"), "unreadable"),
    "a shape of powers": (declared(r"A \in \mathbb{R}^{99999 n n n \times 999 n}"), "unreadable"),
    "an index to 10^12": (declared(r"k \in \{1, \dots, 1000000000000\}"), "unreadable"),
    "a gradient of 10^9 numbers": (
        declared(VECTOR, claim=rf"\frac{{\partial (\mathbf{{1}}_{{1000}}^\top (v + {ONES}) "
                               rf"\mathbf{{1}}_{{1000}})}}{{\partial v}} = v"),
        "unreadable",
    ),
    "a gradient by 10^6 entries": (
        declared(VECTOR, claim=r"P := v v^\top \\ \frac{\partial P_{1,1}}{\partial P} = P"),
        "unreadable",
    ),
    "definitions of 10^9 numbers": (
        displays(f"P := {ONES}", *(f"P_{{{n}}} := P + P" for n in range(900))), "unreadable"),
    "two definitions in a circle": (displays("P := Q", "Q := P", "P = Q"), "unreadable"),
    "two functions in a circle": (
        displays("f(z) := h(z)", "h(z) := f(z)", "f(a) = 1"), "unreadable"),
    "2,000 definitions in a chain": (
        displays("P_{0} := a", *(f"P_{{{n + 1}}} := 2 P_{{{n}}}" for n in range(2000)),
                 "P_{2000} = 1"),
        "unreadable",
    ),
    "20,000 declarations": (
        declared(*(rf"a_{{{n}}} \in \mathbb{{R}}" for n in range(20_000))), "timeout"),
    "20,000 definitions": (displays(*(f"P_{{{n}}} := a" for n in range(20_000))), "timeout"),
    "100,000 equations": (displays(*["a=a"] * 100_000), "timeout holds"),
    "3,000 rows side by side": (
        HEAD + "::::{side-by-side}\n" + "$$ a = a $$\n\n$$ a = a $$\n\n---\n\n" * 3000 + "::::\n",
        "timeout holds unreadable",
    ),
    "a line of a million letters": (HEAD + "x" * 1_000_000 + "\n\n$$ a = a $$\n", "holds"),
    "a million dollars": (HEAD + "$" * 1_000_000 + "\n", "unreadable"),
    "half a million backticks": (
        HEAD + "`" * 500_000 + " " + "` " * 200_000 + "$$ x\n", "unreadable"),
    "backticks in all lengths": (
        HEAD + " ".join("`" * n for n in range(1, 1500)) + " $$ x\n", "unreadable"),
    "200,000 opened displays": (HEAD + "\\[=" * 200_000 + "\n\n$$ a = a $$\n", "holds"),
    "300,000 stars": (HEAD + "*a " * 300_000 + "\n\n$$ a = a $$\n", "holds"),
    "10,000 quotes in quotes": (HEAD + ">" * 10_000 + "\n\n$$ a = a $$\n", "holds"),
    "2,900 directives in directives": (
        HEAD + "".join(":" * (3000 - n) + "{note}\n" for n in range(2900)) + "$$ a = a $$\n",
        "timeout unreadable",
    ),
    "CRLF": (HEAD.replace("\n", "\r\n") + "$$\r\na = a\r\n$$\r\n", "holds"),
    "CR": (HEAD.replace("\n", "\r") + "$$\ra = a\r$$\r", "holds"),
    "tabs": (HEAD + "$$\n\ta\t=\ta\t\n$$\n", "holds"),
    "a NUL": (displays("a \0 = a"), "unreadable"),
    "a page that uses itself": (uses("same"), "unreadable holds"),
    "a page that uses 2,000 others": (uses(*map(str, range(2000))), "unreadable holds"),
}  # fmt: skip

DRIVER = """
import contextlib, io, json, pathlib, resource, sys, time
from checkedmath.command import main
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
for path in map(pathlib.Path, sys.argv[3:]):
    said, told, started = io.StringIO(), io.StringIO(), time.monotonic()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(told):
        try:
            code = main(["check", "--json", "--timeout", sys.argv[1], str(path)])
        except Exception as error:
            code = repr(error)
    seconds = time.monotonic() - started
    print(json.dumps([path.name, code, seconds, json.loads(said.getvalue() or "[]")]), flush=True)
"""


def file_of(name):
    """Return the name of a page's file; the page that uses itself is called same.md."""
    return "same.md" if "itself" in name else f"{list(PAGES).index(name)}.md"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Check all pages, one after the other, in one process with little memory."""
    folder = tmp_path_factory.mktemp("pages")
    for name, (text, _) in PAGES.items():
        (folder / file_of(name)).write_bytes(text.encode())
    run = subprocess.run(
        [sys.executable, "-c", DRIVER, str(TIMEOUT), str(MEMORY), *map(file_of, PAGES)],
        cwd=folder,
        capture_output=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(checkedmath.__file__).parents[1]),
            "OPENBLAS_NUM_THREADS": "1",
        },
        timeout=600,
    )
    assert run.stderr == b""
    told = map(json.loads, run.stdout.splitlines())
    return {name: (code, seconds, found) for name, code, seconds, found in told}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_ends_in_time_with_a_status_for_it(outcomes, name):
    code, seconds, found = outcomes[file_of(name)]
    allowed = {*PAGES[name][1].split()} | ({"timeout"} if seconds >= TIMEOUT else set())
    statuses = {finding["status"] for finding in found}
    assert statuses
    assert statuses <= allowed | {"holds"}
    assert statuses & allowed
    assert code == (0 if statuses == {"holds"} else 1)
    assert seconds < TIMEOUT + SLACK
