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

_RELU, _SIGN = ("z", r"\max(z, 0)"), ("z", r"\frac{z}{|z|}")
DEFINED = {
    r"\operatorname{ReLU}": _RELU,
    r"\operatorname{relu}": _RELU,
    r"\operatorname{sign}": _SIGN,
    r"\operatorname{sgn}": _SIGN,
    r"\operatorname{sigmoid}": ("z", r"\frac{1}{1 + \exp(-z)}"),
    r"\operatorname{softplus}": ("z", r"\log(1 + \exp(z))"),
    r"\operatorname{clip}": ("zab", r"\min(\max(z, a), b)"),
}
"""The parameters, and the value, of functions of numbers that others make up."""

KNOWN = ELEMENTWISE | OF_ARRAYS | DEFINED.keys()
