"""The names of functions that have a meaning where the page declares none of their names."""

SIGMOID = r"\sigma"
SOFTMAX = r"\operatorname{softmax}"
DIAGONAL = r"\operatorname{diag}"
TRACES = (r"\operatorname{tr}", r"\operatorname{Tr}")
STACKED_COLUMNS = r"\operatorname{vec}"
DETERMINANT = r"\operatorname{det}"

ELEMENTWISE = frozenset({SIGMOID})
"""Functions of a number, applied to an array entry by entry."""

OF_ARRAYS = frozenset({SOFTMAX, DIAGONAL, *TRACES, STACKED_COLUMNS, DETERMINANT})
"""Functions of a whole array."""

KNOWN = ELEMENTWISE | OF_ARRAYS
