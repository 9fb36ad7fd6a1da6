"""Give the places of the 1/m their colours in prose, where they are emphasised: *early*, *late*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

# As conf/static/book.css names them.
CLASSES = {"early": "early", "late": "late", "in the step": "step", "never": "never"}


class ColourPlaces(SphinxPostTransform):
    """Give each emphasised place its class."""

    default_priority = 900

    def run(self, **_kwargs: object) -> None:
        """Look at all that is emphasised."""
        for node in self.document.findall(nodes.emphasis):
            if place := CLASSES.get(node.astext().lower()):
                node["classes"].append(place)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.add_post_transform(ColourPlaces)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
