"""Mutate: every small mistake that can be made in an expression, to test the checks or to mend."""
