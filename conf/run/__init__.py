"""
Python in the page: which cells can run there, the bar below each, and what the worker will ask for.

The pages of a book that was built without the runtime have nothing of it.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import os
import shutil
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from conf.run.fetch import FILES, LIST, RUNTIME, missing
from conf.run.forms import Form, FormDirective, keep_plain, visit_form, write_trials
from conf.run.pack import WHEELS, needed, packs, why_not

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata
    from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)


class Bar(nodes.General, nodes.Element):
    """The place below a cell's code for its buttons, or for why there are none."""


def visit_bar(translator: HTML5Translator, node: Bar) -> None:
    """Write the place, as high as what the script puts there."""
    if why := node["why"]:
        words = f"Runs in the build only: in a browser, Python does not have {why}."
        translator.body.append(f'<p class="run-cannot">{escape(words)}</p>')
    else:
        translator.body.append('<div class="run-bar"></div>')
    raise nodes.SkipNode


def imported(source: str) -> set[str]:
    """Return the packages that code imports; none of what is not Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    found = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    found |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    return {name.split(".")[0] for name in found}


class AddBars(SphinxPostTransform):
    """Put a bar behind the code of each cell; where a page cannot run, behind its first."""

    default_priority = 950
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Look at what all cells of the page import: they share their names."""
        if not available(self.app):
            return
        for form in self.document.findall(Form):
            form["works"] = True
        inputs = [
            node
            for node in self.document.findall(nodes.container)
            if "cell_input" in node["classes"]
        ]
        codes = [node.astext() for node in inputs]
        roots = {root for code in codes for root in imported(code)}
        why = why_not(roots)
        for node in inputs[:1] if why else inputs:
            place = node.parent.index(node) + 1
            node.parent.insert(place, Bar(why=why, needs=needed(roots)))


def add_scripts(
    app: Sphinx, page: str, _template: str, _context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give each page the scripts of what it has: cells that run, forms, equations to try."""
    if doctree is None or not available(app):
        return
    app.add_css_file("run/run.css")
    needs = {name for bar in doctree.findall(Bar) if not bar["why"] for name in bar["needs"]}
    scripts = {"try": bool(list(doctree.findall(nodes.math_block))), "cells": bool(needs)}
    if list(doctree.findall(Form)):
        scripts["forms"] = True
        needs = {"numpy", "checkedmath"}
    for name, wanted in scripts.items():
        if wanted:
            data: dict[str, Any] = {"data-run": " ".join(sorted(needs)), "data-page": page}
            app.add_js_file(f"run/{name}.js", type="module", **data)


def available(app: Sphinx) -> bool:
    """Tell whether pages of this build can run cells: not those of the PDF."""
    return bool(app.config.run_runtime) and app.builder.name == "html"


def store(app: Sphinx, exception: Exception | None) -> None:
    """Put what the worker asks for beside the pages."""
    if exception or not available(app):
        return
    base = Path(app.outdir, "_runtime")
    folder = base / LIST["version"]
    folder.mkdir(parents=True, exist_ok=True)
    hashes = {name: _integrity(bytes.fromhex(value)) for name, value in FILES.items()}
    for name in FILES:
        target = folder / name
        if not target.is_file() or target.stat().st_size != (RUNTIME / name).stat().st_size:
            shutil.copyfile(RUNTIME / name, target)
    for old in folder.glob("*-*.zip"):
        old.unlink()
    names = {}
    for pack, (name, content) in packs().items():
        (folder / name).write_bytes(content)
        names[pack] = name
        hashes[name] = _integrity(hashlib.sha256(content).digest())
    write_trials(app.env, base / "try")
    found = {"version": LIST["version"], "packs": names, "wheels": WHEELS, "hashes": hashes}
    (base / "files.json").write_text(json.dumps(found, indent=1), encoding="utf-8")


def _integrity(digest: bytes) -> str:
    return f"sha256-{base64.b64encode(digest).decode()}"


def announce(app: Sphinx) -> None:
    """Say how cells come to run in the page, if they do not; a hosted build must have them."""
    if not app.config.run_runtime:
        words = "cells cannot be run in the page; `nox -s runtime` fetches what they need"
        report = logger.warning if os.environ.get("RUNTIME_REQUIRED") else logger.info
        report("%s", words, type="run")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect what is added to pages, if the runtime is there."""
    app.add_config_value(
        "run_runtime", "" if missing() else LIST["version"], "html", frozenset({str})
    )
    app.add_node(Bar, html=(visit_bar, None))
    plain = (keep_plain, keep_plain)
    app.add_node(Form, html=(visit_form, keep_plain), latex=plain, text=plain)
    app.add_directive("run-form", FormDirective)
    app.add_post_transform(AddBars)
    app.connect("builder-inited", announce)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", store)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
