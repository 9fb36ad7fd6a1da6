"""The NumPy line of an equation: printed from what was parsed, run, and compared."""
