"""Bind: what the names of a page mean, and which of its juxtapositions are applications."""
