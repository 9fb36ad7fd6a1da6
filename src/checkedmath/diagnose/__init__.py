"""Diagnose: which mistake explains the difference of two sides that should be equal."""
