"""Compare: whether two sides agree, and if not, which mistake explains the difference."""
