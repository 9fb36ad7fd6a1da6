"""The type aliases that the package's signatures share."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "ElementwiseFunction", "Scalar"]

# The dtype stays open: float16 to float64 for the book's numbers, complex for the complex step.
Array: TypeAlias = npt.NDArray[Any]
Scalar: TypeAlias = np.inexact[Any]
ElementwiseFunction: TypeAlias = Callable[[Array], Array]
