"""Surprise, entropy, cross-entropy and KL divergence, with zeros and units done right.

Truth ``p`` first, model ``q`` second, always. Units are nats unless bits are asked for. Leading
axes broadcast; the class axis is the last unless ``axis`` says otherwise. Arrays of float32 are
answered in float32. Chapter 3 derives the formulas.
"""

from __future__ import annotations

import math
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import entr, rel_entr, xlogy

Unit = Literal["nats", "bits"]

_LN2 = math.log(2.0)


def check_distribution(
    p: ArrayLike, *, axis: int = -1, atol: float | None = None, name: str = "p"
) -> NDArray[Any]:
    """Return ``p`` as an array of distributions, or say why it is none.

    Parameters
    ----------
    p : array_like, shape (..., K)
        Probabilities; the classes lie along `axis`.
    axis : int
        The class axis.
    atol : float, optional
        How far a sum may be from 1: by default 1e-9, for float32 input 1e-5. Enough for sums of
        rounded numbers, too little for a forgotten class.
    name : str
        What the message calls the input.

    Returns
    -------
    ndarray
        float64, or float32 for float32 input. Nothing is clipped or normalised.

    Raises
    ------
    ValueError
        For an empty input, a negative, NaN or infinite entry, or a sum that is not 1.

    Examples
    --------
    >>> check_distribution([0.5, 0.4])
    Traceback (most recent call last):
    ...
    ValueError: p sums to 0.9; probabilities must sum to 1 (is a class missing?)
    """
    array = _as_float(p, name)
    if array.ndim == 0:
        raise ValueError(f"{name} is a single number; a distribution needs an axis of classes")
    if not (_is_integer(axis) and -array.ndim <= axis < array.ndim):
        raise ValueError(f"axis {axis} does not exist: {name} has shape {array.shape}")
    if array.shape[axis] == 0:
        raise ValueError(f"{name} has no classes (shape {array.shape}); give at least one")
    _refuse(array, ~np.isfinite(array), name, "probabilities must be finite numbers")
    _refuse(array, array < 0, name, "probabilities cannot be negative")
    tolerance = atol if atol is not None else (1e-5 if array.dtype == np.float32 else 1e-9)
    with np.errstate(over="ignore"):  # a sum beyond every float is refused like any other
        sums = np.asarray(array.sum(axis=axis, dtype=np.float64))
    wrong = np.abs(sums - 1) > tolerance
    if wrong.any():
        row = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = f"{name} at {_index(row)}" if row else name
        hint = "is a class missing?" if sums[row] < 1 else "are these counts, scores or logits?"
        raise ValueError(f"{where} sums to {sums[row]:.10g}; probabilities must sum to 1 ({hint})")
    return array


def information(prob: ArrayLike, unit: Unit = "nats") -> Any:
    """Return the information content (surprise) of events: ``-log(prob)``.

    Parameters
    ----------
    prob : array_like
        Probabilities of events, each in [0, 1]. They need not sum to 1.
    unit : {"nats", "bits"}
        Natural or base-2 logarithm.

    Returns
    -------
    float or ndarray, the shape of `prob`
        ``inf`` for an impossible event, 0.0 for a certain one.

    Raises
    ------
    ValueError
        If an entry is NaN or outside [0, 1], or the unit is unknown.

    References
    ----------
    Shannon (1948), section 6.
    """
    _check_unit(unit)
    array = _as_float(prob, "prob")
    _refuse(array, ~((array >= 0) & (array <= 1)), "prob", "a probability must lie in [0, 1]")
    with np.errstate(divide="ignore"):  # log 0 = -inf is the answer, not an accident
        value = -(np.log(array) if unit == "nats" else np.log2(array))
    return _result(value)


def entropy(p: ArrayLike, unit: Unit = "nats", *, axis: int = -1) -> Any:
    """Return the entropy ``H(p) = -sum_k p_k log p_k``, the average surprise.

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distributions, checked by :func:`check_distribution`, never normalised.
    unit : {"nats", "bits"}
        Unit of the result.
    axis : int
        The class axis.

    Returns
    -------
    float or ndarray, shape (...)
        Between 0 and log K, as far as `p` sums to 1. A class of probability 0 contributes 0.

    Raises
    ------
    ValueError
        If `p` is not a distribution or the unit is unknown.

    References
    ----------
    Shannon (1948), section 6.

    Examples
    --------
    >>> print(f"{entropy([2 / 5, 3 / 5]):.6f} nats")
    0.673012 nats
    """
    _check_unit(unit)
    p = check_distribution(p, axis=axis)
    return _result(entr(p).sum(axis=axis), unit)


def cross_entropy(p: ArrayLike, q: ArrayLike, unit: Unit = "nats", *, axis: int = -1) -> Any:
    """Return ``H(p, q) = -sum_k p_k log q_k``: the average surprise in p of a believer in q.

    Parameters
    ----------
    p : array_like, shape (..., K)
        The true distribution. First, always.
    q : array_like, shape (..., K)
        The model's distribution.
    unit : {"nats", "bits"}
        Unit of the result.
    axis : int
        The class axis.

    Returns
    -------
    float or ndarray, shape (...)
        ``inf`` where q calls something impossible that p does not. Zero in both costs nothing.

    Raises
    ------
    ValueError
        If either is not a distribution, the shapes do not fit, or the unit is unknown.

    References
    ----------
    Cover & Thomas (2006), chapter 2.

    Examples
    --------
    >>> cross_entropy([1 / 2, 1 / 2], [1, 0])
    inf
    """
    _check_unit(unit)
    p, q = _check_pair(p, q, axis)
    return _result(-xlogy(p, q).sum(axis=-1), unit)


def kl_divergence(p: ArrayLike, q: ArrayLike, unit: Unit = "nats", *, axis: int = -1) -> Any:
    """Return ``KL(p || q) = sum_k p_k log(p_k / q_k)``, the avoidable part of the surprise.

    Mathematics says that it is never negative. In floating point the rounded p and q need not
    have the same sum, and the sum of terms may fall below 0 by as much as the sums differ. Such a
    value, and no other, is returned as 0.

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        The true distribution, the model's distribution.
    unit : {"nats", "bits"}
        Unit of the result.
    axis : int
        The class axis.

    Returns
    -------
    float or ndarray, shape (...)
        0 if and only if p = q, to rounding; ``inf`` where q is 0 and p is not.

    Raises
    ------
    ValueError
        If either is not a distribution, the shapes do not fit, or the unit is unknown.

    References
    ----------
    Kullback & Leibler (1951).
    """
    _check_unit(unit)
    p, q = _check_pair(p, q, axis)
    value = rel_entr(p, q).sum(axis=-1)
    unit_roundoff = np.finfo(value.dtype).eps / 2
    # Gibbs for sums that are not exactly 1: KL >= sum(p) - sum(q), up to the rounding of K terms.
    slack = np.abs((p - q).sum(axis=-1)) + 4 * p.shape[-1] * unit_roundoff
    return _result(np.where((value < 0) & (value >= -slack), 0.0, value), unit)


def perplexity(nats: ArrayLike) -> Any:
    """Return ``exp(nats)``: the number of equally likely choices that would surprise as much.

    Parameters
    ----------
    nats : array_like
        An entropy or cross-entropy in nats, at least 0.

    Returns
    -------
    float or ndarray
        A number of choices, at least 1; ``inf`` for infinite surprise.

    Raises
    ------
    ValueError
        If a value is NaN or negative.
    """
    array = _as_float(nats, "nats")
    _refuse(array, ~(array >= 0), "nats", "a cross-entropy of labels is at least 0")
    with np.errstate(over="ignore"):
        return _result(np.exp(array))


def bits_per_byte(total_nats: float, n_bytes: int) -> float:
    """Return the loss of a text in bits per byte, comparable between tokenisations.

    Parameters
    ----------
    total_nats : float
        The summed (not mean) negative log-likelihood of the text, in nats, at least 0.
    n_bytes : int
        The length of the text in bytes, at least 1.

    Raises
    ------
    ValueError
        If the total is NaN or negative, or the number of bytes is no integer of at least 1.
    """
    total = _as_float(total_nats, "total_nats")
    if total.ndim or not total >= 0:
        raise ValueError(f"total_nats is {total_nats}; a summed loss is one number of at least 0")
    if not _is_integer(n_bytes) or n_bytes < 1:
        raise ValueError(f"n_bytes is {n_bytes!r}; give an integer of at least 1")
    return float(total) / _LN2 / int(n_bytes)


def nats_to_bits(x: ArrayLike) -> Any:
    """Return nats as bits: one nat is 1 / ln 2 bits."""
    return _result(_as_float(x, "x"), "bits")


@np.errstate(under="ignore")
def bits_to_nats(x: ArrayLike) -> Any:
    """Return bits as nats: one bit is ln 2 nats."""
    return _result(_as_float(x, "x") * _LN2)


def _check_unit(unit: str) -> None:
    _check_choice(unit, "unit", "nats", "bits")


def _check_choice(value: str, name: str, *choices: str) -> None:
    if not isinstance(value, str) or value not in choices:
        *first, last = (f'"{choice}"' for choice in choices)
        raise ValueError(f"{name} is {value!r}; it must be {', '.join(first)} or {last}")


def _is_integer(value: Any) -> bool:
    """Tell whether this is an integer of Python, NumPy or sympy. A truth value is none."""
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def _as_array(values: ArrayLike, name: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths; give as many in each") from None


def _as_float(values: ArrayLike, name: str) -> NDArray[Any]:
    """Return a float array: float32 stays, everything else that is a number becomes float64."""
    array = _as_array(values, name)
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} holds {array.dtype}; give real numbers")
    return array if array.dtype == np.float32 else array.astype(np.float64)


def _index(position: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, position)) + "]"


def _refuse(array: NDArray[Any], bad: NDArray[np.bool_], name: str, rule: str) -> None:
    """Raise for the first bad entry: what it is, where it stands, which rule it breaks."""
    if np.any(bad):
        position = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"{name}{_index(position)}" if position else name
        raise ValueError(f"{where} is {array[position]}; {rule}")


def _check_pair(p: ArrayLike, q: ArrayLike, axis: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both distributions, checked, broadcast against each other, class axis last."""
    p = check_distribution(p, axis=axis, name="p")
    q = check_distribution(q, axis=axis, name="q")
    # Broadcasting would stretch a single class over many; only leading axes may be stretched.
    if p.shape[axis] != q.shape[axis]:
        raise ValueError(
            f"p has {p.shape[axis]} classes and q has {q.shape[axis]} "
            f"(shapes {p.shape} and {q.shape}); give one probability for every class in both"
        )
    try:
        pair = np.broadcast_arrays(np.moveaxis(p, axis, -1), np.moveaxis(q, axis, -1))
    except ValueError:
        raise ValueError(
            f"p has shape {p.shape} and q has shape {q.shape}; "
            "apart from the classes, each axis must agree or have length 1"
        ) from None
    return pair[0], pair[1]


def _result(value: Any, unit: Unit = "nats") -> Any:
    """Convert from nats, turn -0.0 into 0.0, and give a float for a single number."""
    # Bits may pass the largest float where nats do not.
    with np.errstate(over="ignore", under="ignore"):
        value = np.asarray(value / _LN2 if unit == "bits" else value) + 0.0
    return value if value.ndim else float(value)
