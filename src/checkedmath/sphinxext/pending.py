"""Nodes that carry what directives were told to where the page is read, and show nothing."""

from __future__ import annotations

from docutils import nodes


class Uses(nodes.Invisible, nodes.Element):
    """The ``names`` of pages whose declarations and definitions hold here as well."""


class NumpyLines(nodes.Invisible, nodes.Element):
    """The ``text`` of lines of NumPy in a column of a row."""


class Complaint(nodes.Invisible, nodes.Element):
    """A part of the page that has not the form that it should have: the ``message``."""
