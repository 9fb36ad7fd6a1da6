"""A bare Sphinx project: no theme, no notebooks, one setting."""

import importlib
import io
import linecache
import re
import sys

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

CONF = """
extensions = ["myst_parser", "checkedmath.sphinxext"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
nitpicky = True
checkedmath_packages = ["handmade"]
"""

PAGE = r"""# Page

:::{where}
- $X \in \mathbb{R}^{n \times m}$: the inputs
- $w \in \mathbb{R}^{n}$: the weights,
  one for each *input*
:::

$$
A := w^\top X
$$

$$
\mathcal{L}^{(i)} := \frac{1}{2} a^{(i)} a^{(i)}, \qquad
J := \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}
$$

::::{side-by-side}
$$
\frac{\partial \mathcal{L}}{\partial w} = a x
$$ (one-dw)

*mean*

$$
\frac{\partial J}{\partial w} = \frac{1}{m} X A^\top
$$ (dw)
::::

See {eq}`dw`.
"""


class Project:
    def __init__(self, folder):
        self.folder = folder
        (folder / "conf.py").write_text(CONF, encoding="utf-8")
        self.write("index", PAGE)

    def write(self, name, text):
        (self.folder / f"{name}.md").write_text(text, encoding="utf-8")

    def build(self, builder="html", parallel=1, handlers=None, **settings):
        """
        Build; return the pages that were read and the warnings.

        The documents that were written are kept in ``written``.
        """
        warning = io.StringIO()
        # Of its own: extensions add to the one that Sphinx has, for all builds of this process.
        suffixes = {".rst": "restructuredtext"}
        read = []
        self.written = {}
        with docutils_namespace():
            app = Sphinx(
                self.folder,
                self.folder,
                self.folder / "_build" / builder,
                self.folder / "_doctrees",
                builder,
                confoverrides={"source_suffix": suffixes, "show_warning_types": True, **settings},
                status=None,
                warning=warning,
                parallel=parallel,
            )
            for event, (handler, priority) in (handlers or {}).items():
                app.connect(event, handler, priority)
            app.connect("source-read", lambda _app, name, _source: read.append(name))
            app.connect(
                "doctree-resolved", lambda _app, tree, name: self.written.update({name: tree})
            )
            app.build()
        self.env = app.env
        text = re.sub(r"\x1b\[[\d;]*m", "", warning.getvalue())
        return read, [line.replace(f"{self.folder}/", "") for line in text.splitlines()]

    def entries(self, name="index"):
        """Return what the last build found on a page."""
        return self.env.checkedmath_book.found[name].entries

    def html(self, name="index"):
        return (self.folder / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture
def page():
    """Return the project's page."""
    return PAGE


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def package(project, monkeypatch):
    """Return a function that writes a module of a package, or another one, to be imported."""
    folder = project.folder / "package"
    (folder / "handmade").mkdir(parents=True)
    (folder / "handmade" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(folder))
    names = {"handmade"}

    def forget():
        # A build of its own would find the modules as they are.
        for module in [name for name in sys.modules if name.partition(".")[0] in names]:
            del sys.modules[module]
        importlib.invalidate_caches()
        linecache.clearcache()

    def write(name, text, *, apart=False):
        if apart:
            names.add(name)
        place = folder if apart else folder / "handmade"
        if text is None:
            (place / f"{name}.py").unlink()
        else:
            (place / f"{name}.py").write_text(text, encoding="utf-8")
        forget()

    yield write
    forget()
