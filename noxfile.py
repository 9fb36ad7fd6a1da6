# /// script
# requires-python = ">=3.11"
# dependencies = ["nox>=2026.10"]
# ///
"""The project's tasks: `nox --list` names them, `nox` alone checks what a change must pass."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import time
from pathlib import Path

import nox

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "typing", "tests", "docs"]

PYPROJECT = "pyproject.toml"
# The two distributions, as they are installed for the book and its tests.
PROJECTS = (".[distributed]", "./src[certified,sphinx]")
# The exact versions that the book is built with; `nox -s lock` writes them.
CONSTRAINTS = "constraints.txt"

# The longest first. A file's tests stay together: they share what they build.
EVERYTHING = (
    *("tests/book", "tests/checkedmath", "tests/oneoverm", "tests/run", "src"),
    *("--doctest-modules", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"),
)

# As docs/practise/frameworks.toml has it.
TORCH = "torch==2.13.0"

# What the Sphinx extension is tested with: the oldest that src/pyproject.toml allows, the newest,
# and what Jupyter Book 1 brings.
VERSIONS = {
    "oldest": (
        *("docutils==0.20.*", "myst-parser==3.0.*", "sphinx==7.4.*"),
        *("markdown-it-py==3.0.*", "mdit-py-plugins==0.5.*", "myst-nb==1.1.*"),
    ),
    "newest": ("myst-nb",),
    "jupyter-book": ("jupyter-book>=1,<2",),
}

# What makes random pages: any text, equalities of numbers, equalities of arrays.
FUZZ = (
    *("tests/checkedmath/test_fuzz.py", "tests/checkedmath/test_fuzz_of_verdicts.py"),
    "tests/checkedmath/test_fuzz_of_arrays.py",
)

SPHINX = ("-n", "-W", "--keep-going", "-j", "auto", "-c", "conf")
HTML = ("-d", "build/doctrees", "docs", "build/html")


def constraints(session: nox.Session) -> tuple[str, ...]:
    """Return the options that pin what is installed; none with NEWEST=1 in the environment."""
    if os.environ.get("NEWEST"):
        return ("--upgrade",)
    if session.venv_backend == "uv":
        return ("--constraints", CONSTRAINTS, "--build-constraints", CONSTRAINTS)
    # Pip asks for hashes of everything, or of nothing; an editable project has none.
    path = Path(session.virtualenv.location, CONSTRAINTS)
    pinned = re.sub(r" \\\n +--hash=\S+", "", Path(CONSTRAINTS).read_text(encoding="utf-8"))
    path.write_text(pinned, encoding="utf-8")
    return ("--constraint", str(path))


def install(session: nox.Session, *groups: str, projects: tuple[str, ...] = ()) -> None:
    """
    Install dependency groups, and the projects that are wanted, at the locked versions.

    An environment that was made from the same files is used as it is, and needs no network.
    """
    names = (PYPROJECT, "src/pyproject.toml", CONSTRAINTS)
    files = b"".join(Path(name).read_bytes() for name in names)
    options = constraints(session)
    wanted = hashlib.sha256(files + repr((groups, projects, options)).encode()).hexdigest()
    stamp = Path(session.virtualenv.location, "installed")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    stamp.unlink(missing_ok=True)
    requirements = nox.project.dependency_groups(nox.project.load_toml(PYPROJECT), *groups)
    editable = [part for project in projects for part in ("-e", project)]
    session.install(*options, *requirements, *editable)
    stamp.write_text(wanted, encoding="utf-8")


def install_torch(session: nox.Session) -> None:
    """Install PyTorch by pip: uv does not find its wheels for the processor alone."""
    session.run_install("python", "-m", "pip", "install", "--quiet", TORCH)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting, configuration files, and that imports run one way."""
    install(session, "lint")
    session.run("lint-imports", env={"PYTHONPATH": "src"})
    session.run("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    session.run("pre-commit", "run", *session.posargs, "--all-files", "--show-diff-on-failure")


@nox.session
def typing(session: nox.Session) -> None:
    """Check types."""
    install(session, "typing", projects=(".[arrays]", "./src[sphinx]"))
    session.run("mypy", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests and the docstrings' examples; the book's own tests build it in copies."""
    install(session, "test", "docs", projects=PROJECTS)
    session.run("python", "-m", "pytest", *(session.posargs or EVERYTHING))


@nox.session(default=False)
def coverage(session: nox.Session) -> None:
    """Run the tests, twice as slowly, and tell which lines and branches they do not reach."""
    install(session, "test", "docs", projects=PROJECTS)
    session.run("python", "-m", "pytest", "--cov", *(session.posargs or EVERYTHING))


@nox.session(default=False)
@nox.parametrize("versions", list(VERSIONS))
def books(session: nox.Session, versions: str) -> None:
    """Run the tests of the Sphinx extension in other authors' books: their versions and themes."""
    requirements = nox.project.dependency_groups(nox.project.load_toml(PYPROJECT), "test", "books")
    session.install(*VERSIONS[versions], *requirements, "-e", "./src[sphinx]")
    tests = ["tests/checkedmath/sphinxext", "tests/checkedmath/page"]
    tests.append("tests/books/test_themes_and_builders.py")
    if versions == "jupyter-book":
        tests.append("tests/books/test_jupyter_book.py")
    session.run("python", "-m", "pytest", *(session.posargs or (*tests, "-n", "auto")))


@nox.session(default=False)
def frameworks(session: nox.Session) -> None:
    """Compare with PyTorch, JAX, Keras, scikit-learn and mpmath, and compute the book's table."""
    install(session, "frameworks", projects=(".",))
    install_torch(session)
    session.run("python", "-m", "pytest", *(session.posargs or ("tests/frameworks", "-n", "auto")))


@nox.session(default=False)
def fuzz(session: nox.Session) -> None:
    """Try random pages on the checker, for ten minutes or as many as `nox -s fuzz -- 60` says."""
    install(session, "test", projects=("./src[certified]",))
    end = time.monotonic() + 60 * float((*session.posargs, 10)[0])
    many = (*FUZZ, "--hypothesis-profile=fuzz")
    # Each round prints the seed that repeats it.
    while time.monotonic() < end:
        seed = f"--hypothesis-seed={time.time_ns() % 10**9}"
        session.run("python", "-m", "pytest", *many, "-p", "no:cacheprovider", seed)


@nox.session(default=False)
def agree(session: nox.Session) -> None:
    """Compare float64 and balls on every mutant of the book's equalities; it takes half an hour."""
    install(session, "test", projects=("./src[certified]",))
    paths = ("tests/checkedmath/test_float64_and_balls.py", "-n", "auto")
    session.run("python", "-m", "pytest", *paths, env={"EVERY_SO_MANY_MUTANTS": "1"})


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure; `nox -s bench -- checker` runs benchmarks/checker.py."""
    install(session, "browser", "docs", "live", "rivals", projects=PROJECTS)
    install_torch(session)
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    names = session.posargs or sorted(path.stem for path in Path("benchmarks").glob("*.py"))
    if "site" in names:
        session.run("npm", "ci", "--silent", "--prefix", "benchmarks", external=True)
    for name in names:
        session.run("python", "-m", f"benchmarks.{name}", env=one_thread)


@nox.session(default=False)
def mutants(session: nox.Session) -> None:
    """Make every small mistake in the book's equations, and see that the checks catch it."""
    install(session, "test", projects=(".", "./src[sphinx]"))
    pages = session.posargs or sorted(map(str, Path("docs").rglob("*.md")))
    session.run("python", "-m", "checkedmath", "mutants", *pages)


# With pip, by which the wheels are downloaded.
@nox.session(venv_backend="virtualenv", default=False)
def runtime(session: nox.Session) -> None:
    """Fetch Python for the page: the next build of the book has cells that run; it needs npm."""
    session.run("python", "conf/run/fetch.py")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the book; a warning is an error."""
    install(session, "docs", projects=PROJECTS)
    session.run("python", "-m", "sphinx", *SPHINX, *session.posargs, *HTML)
    index = Path("build", "html", "index.html").resolve()
    print(f"\nOpen {index.as_uri()}\n")  # noqa: T201


@nox.session(default=False)
def mystmd(session: nox.Session) -> None:
    """Build projects of mystmd, Jupyter Book 2's engine, with the plugin; it needs Node."""
    install(session, "test", projects=("./src",))
    session.run("npm", "ci", "--silent", "--prefix", "tests/mystmd", external=True)
    session.run("python", "-m", "pytest", *(session.posargs or ("tests/mystmd", "-n", "auto")))


@nox.session(default=False)
def browser(session: nox.Session) -> None:
    """Read every page in Chromium, as readers do; it needs Chromium and Node."""
    install(session, "browser", "docs", "test", projects=PROJECTS)
    session.run("npm", "ci", "--silent", "--prefix", "tests/browser", external=True)
    session.run("python", "-m", "sphinx", *SPHINX, *HTML)
    session.run("python", "-m", "pytest", *(session.posargs or ("tests/browser", "-n", "auto")))


@nox.session(default=False)
def pdf(session: nox.Session) -> None:
    """Write the whole book as one PDF; it needs Chromium."""
    install(session, "docs", "pdf", "test", projects=PROJECTS)
    places = ("-d", "build/doctrees", "docs", "build/book")
    session.run("python", "-m", "sphinx", "-b", "singlehtml", *SPHINX, *places)
    session.run("python", "-m", "conf.pdf", "build/book/index.html", "build/book/one-over-m.pdf")
    session.run("python", "-m", "pytest", "tests/pdf")


@nox.session(name="docs-live", default=False)
def docs_live(session: nox.Session) -> None:
    """Build the book, show it in the browser, and again after each edit."""
    install(session, "docs", "live", projects=PROJECTS)
    watched = ("--watch", "conf", "--watch", "src", "--re-ignore", "__pycache__")
    options = ("-n", "-j", "auto", "-c", "conf", "-d", "build/live/doctrees", *session.posargs)
    places = ("--open-browser", "docs", "build/live/html")
    session.run("python", "-m", "sphinx_autobuild", *watched, *options, *places)


@nox.session(default=False)
def build(session: nox.Session) -> None:
    """Build the distributions into `build/dist`, twice, and compare the bytes."""
    install(session, "build")
    found = []
    for folder in (Path("build/again"), Path("build/dist")):
        shutil.rmtree(folder, ignore_errors=True)
        for project in (".", "src"):
            session.run("python", "-m", "build", "--no-isolation", "--outdir", str(folder), project)
        found.append({path.name: path.read_bytes() for path in folder.iterdir()})
    if found[0] != found[1]:
        session.error("two builds of the distributions differ: see build/dist and build/again")


@nox.session(python=["3.11", "3.13"], default=False, reuse_venv=False)
@nox.parametrize("form", ["whl", "tar.gz"])
@nox.parametrize("name", ["oneoverm", "checkedmath"])
def installed(session: nox.Session, name: str, form: str) -> None:
    """Install what `build` has built in an empty environment, and do what its README shows."""
    (path,) = Path("build", "dist").glob(f"{name}-*.{form}")
    session.install(*constraints(session), str(path))
    script = Path("tests", "readme.py").resolve()
    with session.chdir(session.create_tmp()):
        session.run("python", "-P", str(script), name)


@nox.session(default=False)
def hook(session: nox.Session) -> None:
    """Install this repository's pre-commit hook as others do, and let it find what is wrong."""
    install(session, "lint")
    page = Path(session.create_tmp(), "page.md")
    page.write_text("$$\n1 = 2\n$$\n", encoding="utf-8")
    command = ("pre-commit", "try-repo", ".", "checked-math", "--files", str(page))
    printed = session.run(*command, silent=True, success_codes=[1])
    if "page.md:2:3 differs" not in str(printed):
        session.error(f"the hook did not find that 1 is not 2:\n{printed}")


@nox.session(venv_backend="none", default=False)
def release(session: nox.Session) -> None:
    """Prepare a release, as `nox -s release -- 0.2.0`, and say what to commit and to tag."""
    session.run(sys.executable, ".ci/release.py", *session.posargs)


@nox.session(default=False)
def rehearse(session: nox.Session) -> None:
    """Run the commands of a workflow here, in clean clones; `nox -s rehearse -- check.yml book`."""
    install(session, "lint")
    session.run("python", ".ci/rehearse.py", *session.posargs)


@nox.session(default=False)
def grammar(session: nox.Session) -> None:
    """Write the table that the parser of LaTeX is made from."""
    install(session, projects=("./src",))
    session.run("python", "-c", "from checkedmath.latex.grammar import write; write()")


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Write the locked versions anew; `nox -s lock -- --upgrade` raises them."""
    install(session, "ci")
    how = ("--universal", "--python-version=3.11", "--no-annotate", "--generate-hashes")
    how = (*how, "--custom-compile-command=nox -s lock", *session.posargs)
    everything = ("--all-extras", "--group=dev", PYPROJECT, "src/pyproject.toml")
    session.run("uv", "pip", "compile", *how, f"--output-file={CONSTRAINTS}", *everything)
    ci = ("--group=ci", f"--constraints={CONSTRAINTS}", "--output-file=.ci/requirements.txt")
    session.run("uv", "pip", "compile", *how, *ci)


if __name__ == "__main__":
    nox.main()
