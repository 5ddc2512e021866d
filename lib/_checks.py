"""Checks of arguments that several modules share.

Each returns what its caller goes on with, or raises a ValueError that says what was wrong, where,
and how to mend it. Whatever becomes an array, here or in NumPy, passes through `as_array`: it
refuses what NumPy would change without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Up to here every integer is a float64. Beyond, 2**53 + 1 would become 2**53.
_LARGEST = 2**53


def is_integer(value: Any) -> bool:
    """Tell whether this is an integer of Python, NumPy or sympy. A truth value is not one."""
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def check_integer(value: Any, name: str, least: int) -> None:
    """Refuse anything but an integer of at least `least`."""
    if not is_integer(value) or value < least:
        raise ValueError(f"{name} is {value!r}; give an integer of at least {least}")


def check_choice(value: str, name: str, *choices: str) -> None:
    """Refuse a word that is not one of the choices."""
    if not isinstance(value, str) or value not in choices:
        *first, last = (f'"{choice}"' for choice in choices)
        raise ValueError(f"{name} is {value!r}; it must be {', '.join(first)} or {last}")


def refuse(array: NDArray[Any], bad: NDArray[np.bool_], name: str, rule: str) -> None:
    """Raise for the first bad entry: what it is, where it stands, which rule it breaks."""
    if np.any(bad):
        position = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"{name}{index(position)}" if position else name
        raise ValueError(f"{where} is {array[position]!s}; {rule}")  # !s: no long double to inf


def index(position: tuple[int, ...]) -> str:
    """Write a position as an index: ``[0, 1]``."""
    return "[" + ", ".join(map(str, position)) + "]"


def as_array(values: Any, name: str) -> NDArray[Any]:
    """Return an array of any type; refuse ragged rows, masks, and tensors that NumPy cannot read.

    Integers in a list that holds floats too become floats. Those beyond 2**53 are refused here,
    because afterwards nobody can tell.
    """
    if type(values) is np.ndarray:
        return values
    if any(isinstance(part, np.ma.MaskedArray) for part in _parts(values)):
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
            large = (np.abs(array) >= _LARGEST).any()  # 2**53 + 1 has become 2**53
        if large:
            for part in _parts(values):
                if is_integer(part):
                    _refuse_large(np.asarray(part), name)
    return array


def as_float(values: Any, name: str) -> NDArray[Any]:
    """Return a float array: float32 stays, every other real number becomes float64."""
    array = as_array(values, name)
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} holds {array.dtype}; give real numbers")
    if array.dtype == np.float64 or array.dtype == np.float32:
        return array
    if array.dtype.kind in "iu":
        _refuse_large(array, name)
    with np.errstate(over="ignore", under="ignore"):
        converted = array.astype(np.float64)
    if array.dtype.kind == "f":
        beyond = np.isinf(converted) & np.isfinite(array)
        refuse(array, beyond, name, "beyond the largest float64, about 1.8e308")
    return converted


def check_labels(
    labels: NDArray[Any], K: int, of: str = "", ignore_index: int | None = None
) -> NDArray[np.intp]:
    """Return integer labels; refuse other kinds and name the first position out of range."""
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


def _parts(values: Any) -> Iterator[Any]:
    """Give the parts of nested lists and tuples; anything else is one part."""
    if isinstance(values, list | tuple):
        for value in values:
            yield from _parts(value)
    else:
        yield values


def _refuse_large(array: NDArray[Any], name: str) -> None:
    if array.dtype == object or array.dtype.itemsize == 8:
        refuse(
            array,
            np.asarray((array > _LARGEST) | (array < -_LARGEST)),
            name,
            "integers beyond 2**53 are not exact in float64; subtract a common number first, or "
            "give floats",
        )
