"""Mutate: every small mistake in an expression, to test the checks and to find repairs."""
