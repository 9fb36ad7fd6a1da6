"""Fill what was found into a document that is going to be written."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from checkedmath.sphinxext.marks import FoundWord, Mark
from checkedmath.sphinxext.rows import SideBySideRow, Symbols
from checkedmath.sphinxext.store import KEY, Found, book_of

_logger = logging.getLogger(__name__)

_LATE = ".late"


def setup_filling(app: Sphinx) -> None:
    """Register the filling, and what looks for equations that came too late."""
    app.add_post_transform(Fill)
    app.connect("doctree-resolved", _warn_of_late, priority=900)
    app.connect("build-finished", _forget_late)


class Fill(SphinxPostTransform):
    """Give each node what was found of it; before others look at the nodes."""

    default_priority = 1

    def run(self, **kwargs: object) -> None:
        """Fill marks, words, rows and equations, also of a document that is made of several."""
        found = book_of(self.env).found
        for node in self.document.findall(nodes.Element):
            if KEY in node:
                docname, key = node[KEY]
                if docname in found:
                    _fill(node, key, found[docname])
            elif isinstance(node, Symbols) and node["docname"] in found:
                node["told"] = found[node["docname"]].notes.told


def _fill(node: nodes.Element, key: str, found: Found) -> None:
    findings = found.by_key.get(key, [])
    match node:
        case Mark():
            # A row's word is of the right equation, too, and is no relation of it.
            node["findings"] = findings
        case FoundWord():
            node["finding"] = findings[0] if findings else None
        case SideBySideRow():
            node["notes"] = found.notes.columns.get(key, [])
        case _:
            marked = found.notes.equations.get(key)
            if marked is not None:
                node["symbols"], node["relations"] = marked.symbols, marked.relations


def _warn_of_late(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """
    Warn of equations that were put into a checked page when it was read already.

    The page is noted, so that the next build reads and writes it again.
    """
    if docname not in book_of(app.env).pages:
        return
    late = [node for node in doctree.findall(nodes.math_block) if not node.get("met")]
    for node in late:
        _logger.warning(
            "this equation is not checked: it was put into the page after the page was read",
            location=node if node.line else docname,
            type="checkedmath",
            subtype="unchecked",
        )
    if late:
        # By a file, as pages are written by many processes, and their documents still needed.
        Path(app.doctreedir, f"{docname}{_LATE}").touch()


def _forget_late(app: Sphinx, exception: Exception | None) -> None:
    """Remove the documents of pages into which equations were put too late."""
    for note in Path(app.doctreedir).rglob(f"*{_LATE}"):
        note.with_name(f"{note.name.removesuffix(_LATE)}.doctree").unlink(missing_ok=True)
        note.unlink()
