"""Values that the hidden checks of several chapters draw and compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from check import agree
from numpy.typing import NDArray


def nearly(got: Any, expected: Any) -> bool:
    """Return whether two values agree up to rounding, to recognise a wrong formula."""
    return agree(got, expected, 1e-6)


def value_or_none(call: Callable[[], Any]) -> Any:
    """Return a call's result, or None if it raises a ValueError."""
    try:
        return call()
    except ValueError:
        return None


def dyadic(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares as multiples of 2**-30, which sum to exactly 1 in any order."""
    p = np.round(shares / shares.sum() * 2**30) / 2**30
    p[-1] = 1 - p[:-1].sum()
    return p
