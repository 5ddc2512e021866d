"""Checks of arguments that several modules share.

Each returns a checked value, or raises a ValueError that says what is wrong, where, and how to fix
it. Every argument that becomes an array goes through `as_array`, which rejects what NumPy would
change silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

# float64 holds every integer up to here; beyond it, 2**53 + 1 would become 2**53.
_LARGEST_EXACT_INTEGER = 2**53


def is_integer(value: Any) -> bool:
    """Return whether this is a Python, NumPy or sympy integer. Booleans do not count."""
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def check_integer(value: Any, name: str, least: int) -> None:
    """Raise unless the value is an integer of at least `least`."""
    if not is_integer(value) or value < least:
        raise ValueError(f"{name} is {value!r}; give an integer of at least {least}")


def check_text(value: Any) -> None:
    """Raise unless the value is a string."""
    if not isinstance(value, str):
        raise ValueError(f"the text is a {type(value).__name__}; give a string")


def check_choice(value: str, name: str, *choices: str) -> None:
    """Raise unless the value is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        *first, last = (f'"{choice}"' for choice in choices)
        raise ValueError(f"{name} is {value!r}; it must be {', '.join(first)} or {last}")


def raise_where(bad: NDArray[np.bool_], array: NDArray[Any], name: str, rule: str) -> None:
    """Raise for the first bad entry, naming its value, its position and the rule it breaks."""
    if np.any(bad):
        position = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"{name}{format_index(position)}" if position else name
        raise ValueError(
            f"{where} is {array[position]!s}; {rule}"
        )  # !s: a long double stays finite


def format_index(position: tuple[int, ...]) -> str:
    """Write a position as an index: ``[0, 1]``."""
    return "[" + ", ".join(map(str, position)) + "]"


def as_array(values: Any, name: str) -> NDArray[Any]:
    """Return an array of any type; reject ragged rows, masks, and tensors that NumPy cannot read.

    NumPy turns the integers of a mixed list into floats. Integers beyond 2**53 are rejected here,
    because the rounding cannot be detected later.
    """
    if type(values) is np.ndarray:
        return values
    if any(isinstance(leaf, np.ma.MaskedArray) for leaf in _leaves(values)):
        raise ValueError(
            f"{name} is masked, and the mask would be lost; give the entries that count with "
            f"{name}.compressed(), or a value for the others with {name}.filled(value)"
        )
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths; give as many in each") from None
    except (TypeError, RuntimeError) as error:  # tensors: bfloat16, with a gradient, on a GPU
        raise ValueError(
            f"{name} cannot become a NumPy array ({error}); of a PyTorch tensor give "
            f"{name}.detach().cpu(), and {name}.float() if it is bfloat16 (before a softmax, not "
            "after it)"
        ) from None
    if isinstance(values, list | tuple) and array.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            large = (np.abs(array) >= _LARGEST_EXACT_INTEGER).any()  # 2**53 + 1 is now 2**53
        if large:
            for leaf in _leaves(values):
                if is_integer(leaf):
                    _check_exact_integers(np.asarray(leaf), name)
    return array


def as_float(values: Any, name: str) -> NDArray[Any]:
    """Return a float array: float32 stays float32, all other real numbers become float64."""
    array = as_array(values, name)
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} holds {array.dtype}; give real numbers")
    if array.dtype == np.float64 or array.dtype == np.float32:
        return array
    if array.dtype.kind in "iu":
        _check_exact_integers(array, name)
    with np.errstate(over="ignore", under="ignore"):
        converted = array.astype(np.float64)
    if array.dtype.kind == "f":
        beyond = np.isinf(converted) & np.isfinite(array)
        raise_where(beyond, array, name, "beyond the largest float64, about 1.8e308")
    return converted


def check_labels(
    labels: NDArray[Any], K: int, of: str = "", ignore_index: int | None = None
) -> NDArray[np.intp]:
    """Return integer labels; raise for other types and for the first label out of range."""
    if labels.dtype.kind not in "iu" and labels.size:
        raise ValueError(
            f"labels are {labels.dtype}; class indices are integers 0..{K - 1}"
            + (" (a comparison gives booleans: convert them on purpose)" * (labels.dtype == bool))
        )
    outside = (labels < 0) | (labels >= K)
    if ignore_index is not None:
        outside &= labels != ignore_index
    bad = np.argwhere(outside)
    if len(bad):
        position = tuple(int(i) for i in bad[0])
        where = (
            f" at position {position[0] if len(position) == 1 else position}" if position else ""
        )
        raise ValueError(
            f"label {labels[position]}{where}{of} is outside 0..{K - 1}; classes are counted from 0"
        )
    return labels.astype(np.intp)


def _leaves(values: Any) -> Iterator[Any]:
    """Yield the items of nested lists and tuples; anything else is a single item."""
    if isinstance(values, list | tuple):
        for value in values:
            yield from _leaves(value)
    else:
        yield values


def _check_exact_integers(array: NDArray[Any], name: str) -> None:
    """Raise for integers that float64 cannot hold exactly."""
    if array.dtype == object or array.dtype.itemsize == 8:
        raise_where(
            # not abs(array), which overflows for the smallest int64
            np.asarray((array > _LARGEST_EXACT_INTEGER) | (array < -_LARGEST_EXACT_INTEGER)),
            array,
            name,
            "integers beyond 2**53 are not exact in float64; subtract a common number first, or "
            "give floats",
        )
