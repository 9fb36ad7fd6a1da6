"""Nothing in a page runs Python, opens another file or reaches the network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import checkedmath

GOOD = r"""
:::{where}
:uses: used
- $X \in \mathbb{R}^{n \times m}$
- $w \in \mathbb{R}^{n}$
- $g : \mathbb{R} \to \mathbb{R}$
:::

$$ J := \sum_{i=1}^{m} g(w^\top x^{(i)}) + P $$

$$ \frac{\partial J}{\partial w} = \sum_i g'(w^\top x^{(i)}) x^{(i)} $$

$$ \frac{\partial J}{\partial w} = Q $$

$$ J = \log(2) J $$

::::{side-by-side}
$$ 2 x = x + x $$

$$ 2 X = X + X $$

```numpy
X = X
```
::::
"""

HOSTILE = r"""---
kernelspec: {name: python3}
evil: !!python/object/apply:os.system ["touch evil"]
---

:::{where}
:uses: ../secret /etc/passwd ../../../../etc/passwd folder/../../secret file:///etc/passwd
- $a \in \mathbb{R}$
- $X \in \mathbb{R}^{n \times m}$
- $__import__('os').system('touch evil') \in \mathbb{R}$
- $\operatorname{__import__("os").system("touch evil")} \in \mathbb{R}$
:::

```{code-cell} python
import os; os.system("touch evil")
```

```{include} ../secret.md
```

```{literalinclude} /etc/passwd
```

```{eval-rst}
.. include:: /etc/passwd
```

```{math}
:label: ../secret
:unchecked: {__import__('os').system('touch evil')}
a = 2
```

{py:mod}`os` {download}`/etc/passwd` ![image](http://127.0.0.1:9/x.png)
<script src="http://127.0.0.1:9/x.js"></script> [link]: http://127.0.0.1:9/

$$ \input{/etc/passwd} = \include{../secret} $$

$$ \write18{touch evil} = \immediate\write18{touch evil} $$

$$ \operatorname{__import__('os').system('touch evil')} = 1 $$

$$ \operatorname{eval}(1) = \operatorname{open}(a) $$

$$ a.__class__.__mro__ = ().__class__ $$

$$ \href{http://127.0.0.1:9/}{a} = \includegraphics{../secret} $$

$$ \def\a{b} \catcode`\@=11 \csname open\endcsname $$

$$ {a.__init__.__globals__} = %(a)s $$ ({0.__class__})

::::{side-by-side}
```numpy
__import__("os").system("touch evil")
```

$$ 2 x = x + x $$

```numpy
a = __import__("os").system("touch evil")
```

$$ 2 X = X + X $$

```numpy
a = open("../secret.md")
```
::::

$$ a = 2 a $$
"""

DRIVER = """
import contextlib, io, json, sys, threading
from checkedmath.command import main
with contextlib.redirect_stdout(io.StringIO()):
    main(["check", "good.md", "--draws", "2"])  # imports what is imported when it is needed
events = []
watched = ("compile", "exec", "import", "open", "code.", "ctypes.", "ftplib.", "glob.", "http.",
           "marshal.", "mmap.", "os.", "pathlib.", "pickle.", "pty.", "shutil.", "smtplib.",
           "socket.", "sqlite3.", "subprocess.", "tempfile.", "urllib.", "webbrowser.")
checking = False
def hook(event, arguments):
    if checking and event.startswith(watched):
        events.append([event, str(arguments[0]) if arguments else ""])
sys.addaudithook(hook)
said = io.StringIO()
with contextlib.redirect_stdout(said):
    checking = True
    code = main(["check", "--json", *sys.argv[1:]])
    checking = False
print(json.dumps([code, events, json.loads(said.getvalue())]))
"""


@pytest.fixture
def watched(tmp_path):
    """Return a function that runs the command and returns all that the interpreter was asked."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "good.md").write_text(GOOD, "utf-8")
    (folder / "used.md").write_text("$$ P := 2 $$\n", "utf-8")
    (tmp_path / "secret.md").write_text("$$ S := 2 $$\n", "utf-8")

    def run(text):
        (folder / "page.md").write_text(text, "utf-8")
        ran = subprocess.run(
            [sys.executable, "-c", DRIVER, "page.md"],
            cwd=folder,
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(checkedmath.__file__).parents[1])},
            timeout=60,
        )
        assert ran.stderr == b""
        assert sorted(item.name for item in folder.iterdir()) == ["good.md", "page.md", "used.md"]
        return json.loads(ran.stdout)

    return run


def test_a_page_opens_itself_and_what_it_uses(watched):
    code, events, found = watched(GOOD)
    assert code == 1
    statuses = [finding["status"] for finding in found]
    assert statuses == ["holds", "undeclared", "differs", "holds", "holds", "holds"]
    assert events == [["open", "page.md"], ["open", "used.md"]]


def test_a_hostile_page_opens_itself_only(watched):
    code, events, found = watched(HOSTILE)
    assert code == 1
    assert events == [["open", "page.md"]]
    assert sum("is outside of" in finding["diagnosis"] for finding in found) == 4
    assert found[-1]["diagnosis"] == "off by exactly 1/2: the right side is twice the left side"
