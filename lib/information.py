"""Surprise, entropy, cross-entropy and KL divergence, with zeros and units done right.

The truth ``p`` always comes first, the model ``q`` second. Units are nats unless bits are asked
for. Leading axes broadcast; the class axis is the last unless ``axis`` says otherwise. Everything
is computed in float64; float32 arrays give a float32 result, other arrays float64, and a single
number a Python float. Chapter 3 derives the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import entr, rel_entr, xlogy

from lib._checks import (
    as_array,
    as_float,
    check_choice,
    check_integer,
    format_index,
    is_integer,
    raise_where,
)

Unit = Literal["nats", "bits"]
#: One number for a single distribution, an array for several.
Floats = float | NDArray[np.floating[Any]]

_LN2 = math.log(2.0)
# How far the sum of rounded probabilities may be from 1. Half precision has 11 binary digits.
_TOLERANCE = {np.float16: 2e-3, np.float32: 1e-5}


def check_distribution(
    p: ArrayLike, *, axis: int = -1, atol: float | None = None, name: str = "p"
) -> NDArray[Any]:
    """Return ``p`` as an array of distributions; raise if it is not one.

    Parameters
    ----------
    p : array_like, shape (..., K)
        Probabilities; the classes lie along `axis`.
    axis : int
        The class axis.
    atol : float, optional
        How far a sum may be from 1: by default 1e-9, for float32 input 1e-5, for float16 2e-3.
        Wide enough for sums of rounded numbers, too narrow to hide a forgotten class.
    name : str
        What the message calls the input.

    Returns
    -------
    ndarray
        float64, or float32 for float32 input. Nothing is clipped or normalised.

    Raises
    ------
    ValueError
        For an empty input, a negative, NaN or infinite entry, a sum that is not 1, or an `atol`
        that is not a finite number of at least 0.

    Examples
    --------
    >>> check_distribution([0.5, 0.4])
    Traceback (most recent call last):
    ...
    ValueError: p sums to 0.9; probabilities must sum to 1 (is a class missing?)
    """
    given = as_array(p, name)
    if atol is None:
        atol = _TOLERANCE.get(given.dtype.type, 1e-9)
    elif not (isinstance(atol, Real) and 0 <= atol < math.inf):
        raise ValueError(f"atol is {atol!r}; give a finite number of at least 0")
    array = as_float(given, name)
    if array.ndim == 0:
        raise ValueError(f"{name} is a single number; a distribution needs an axis of classes")
    if not (is_integer(axis) and -array.ndim <= axis < array.ndim):
        raise ValueError(f"axis {axis} does not exist: {name} has shape {array.shape}")
    if array.shape[axis] == 0:
        raise ValueError(f"{name} has no classes (shape {array.shape}); give at least one")
    raise_where(~np.isfinite(array), array, name, "probabilities must be finite numbers")
    raise_where(array < 0, array, name, "probabilities cannot be negative")
    with np.errstate(over="ignore"):  # a sum that overflows is rejected below
        sums = np.asarray(array.sum(axis=axis, dtype=np.float64))
    wrong = np.abs(sums - 1) > atol
    if wrong.any():
        row = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = f"{name} at {format_index(row)}" if row else name
        hint = "is a class missing?" if sums[row] < 1 else "are these counts, scores or logits?"
        raise ValueError(f"{where} sums to {sums[row]:.10g}; probabilities must sum to 1 ({hint})")
    return array


@overload
def information(prob: float, unit: Unit = ...) -> float: ...
@overload
def information(
    prob: Sequence[Any] | NDArray[Any], unit: Unit = ...
) -> NDArray[np.floating[Any]]: ...
@overload
def information(prob: ArrayLike, unit: Unit = ...) -> Floats: ...
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
    check_choice(unit, "unit", "nats", "bits")
    array = as_float(prob, "prob")
    raise_where(~((array >= 0) & (array <= 1)), array, "prob", "a probability must lie in [0, 1]")
    log = np.log if unit == "nats" else np.log2
    with np.errstate(divide="ignore"):  # log 0 = -inf is the right answer
        return _result(-log(array, dtype=np.float64), array.dtype)


@overload
def entropy(p: Sequence[float], unit: Unit = ..., *, axis: int = ...) -> float: ...
@overload
def entropy(
    p: Sequence[Sequence[float]], unit: Unit = ..., *, axis: int = ...
) -> NDArray[np.floating[Any]]: ...
@overload
def entropy(p: ArrayLike, unit: Unit = ..., *, axis: int = ...) -> Floats: ...
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
        At least 0, and at most log K if `p` sums to exactly 1. A class of probability 0 adds 0.

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
    check_choice(unit, "unit", "nats", "bits")
    checked = check_distribution(p, axis=axis)
    terms = entr(np.asarray(checked, dtype=np.float64))
    return _result(np.maximum(terms.sum(axis=axis), 0.0), checked.dtype, unit)


@overload
def cross_entropy(
    p: Sequence[float], q: Sequence[float], unit: Unit = ..., *, axis: int = ...
) -> float: ...
@overload
def cross_entropy(
    p: Sequence[Sequence[float]], q: Sequence[Sequence[float]], unit: Unit = ..., *, axis: int = ...
) -> NDArray[np.floating[Any]]: ...
@overload
def cross_entropy(p: ArrayLike, q: ArrayLike, unit: Unit = ..., *, axis: int = ...) -> Floats: ...
def cross_entropy(p: ArrayLike, q: ArrayLike, unit: Unit = "nats", *, axis: int = -1) -> Any:
    """Return ``H(p, q) = -sum_k p_k log q_k``: the average surprise under p of believing q.

    Parameters
    ----------
    p : array_like, shape (..., K)
        The true distribution; always the first argument.
    q : array_like, shape (..., K)
        The model's distribution.
    unit : {"nats", "bits"}
        Unit of the result.
    axis : int
        The class axis.

    Returns
    -------
    float or ndarray, shape (...)
        At least 0; ``inf`` where q is 0 and p is not. A class that is 0 in both adds nothing.

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
    check_choice(unit, "unit", "nats", "bits")
    truth, model, dtype = _check_pair(p, q, axis)
    return _result(np.maximum(-xlogy(truth, model).sum(axis=-1), 0.0), dtype, unit)


@overload
def kl_divergence(
    p: Sequence[float], q: Sequence[float], unit: Unit = ..., *, axis: int = ...
) -> float: ...
@overload
def kl_divergence(
    p: Sequence[Sequence[float]], q: Sequence[Sequence[float]], unit: Unit = ..., *, axis: int = ...
) -> NDArray[np.floating[Any]]: ...
@overload
def kl_divergence(p: ArrayLike, q: ArrayLike, unit: Unit = ..., *, axis: int = ...) -> Floats: ...
def kl_divergence(p: ArrayLike, q: ArrayLike, unit: Unit = "nats", *, axis: int = -1) -> Any:
    """Return ``KL(p || q) = sum_k p_k log(p_k / q_k)``, the avoidable part of the surprise.

    Mathematically it is never negative. In floating point the rounded p and q need not have the
    same sum, and the result may fall below 0 by as much as the sums differ. Such a negative value
    is returned as 0; positive values are never changed.

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
    check_choice(unit, "unit", "nats", "bits")
    truth, model, dtype = _check_pair(p, q, axis)
    # Gibbs' inequality for sums that are not exactly 1: KL >= sum(p) - sum(q). A negative value
    # therefore comes from the rounding of the input or of the K terms, and is no larger than that.
    value = np.maximum(rel_entr(truth, model).sum(axis=-1), 0.0)
    return _result(value, dtype, unit)


@overload
def perplexity(nats: float) -> float: ...
@overload
def perplexity(nats: Sequence[Any] | NDArray[Any]) -> NDArray[np.floating[Any]]: ...
@overload
def perplexity(nats: ArrayLike) -> Floats: ...
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
    array = as_float(nats, "nats")
    raise_where(~(array >= 0), array, "nats", "a cross-entropy of labels is at least 0")
    with np.errstate(over="ignore"):
        return _result(np.exp(array, dtype=np.float64), array.dtype)


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
        If the total is NaN or negative, or the number of bytes is not an integer of at least 1.
    """
    total = as_float(total_nats, "total_nats")
    if total.ndim or not total >= 0:
        raise ValueError(f"total_nats is {total_nats}; a summed loss is one number of at least 0")
    check_integer(n_bytes, "n_bytes", 1)
    return float(total) / _LN2 / int(n_bytes)


@overload
def nats_to_bits(x: float) -> float: ...
@overload
def nats_to_bits(x: Sequence[Any] | NDArray[Any]) -> NDArray[np.floating[Any]]: ...
@overload
def nats_to_bits(x: ArrayLike) -> Floats: ...
def nats_to_bits(x: ArrayLike) -> Any:
    """Return nats as bits: one nat is 1 / ln 2 bits."""
    array = as_float(x, "x")
    return _result(array, array.dtype, "bits")


@overload
def bits_to_nats(x: float) -> float: ...
@overload
def bits_to_nats(x: Sequence[Any] | NDArray[Any]) -> NDArray[np.floating[Any]]: ...
@overload
def bits_to_nats(x: ArrayLike) -> Floats: ...
def bits_to_nats(x: ArrayLike) -> Any:
    """Return bits as nats: one bit is ln 2 nats."""
    array = as_float(x, "x")
    with np.errstate(under="ignore"):
        return _result(np.multiply(array, _LN2, dtype=np.float64), array.dtype)


def _check_pair(
    p: ArrayLike, q: ArrayLike, axis: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], np.dtype[Any]]:
    """Return both distributions in float64, broadcast, class axis last, and the result's type."""
    p = check_distribution(p, axis=axis, name="p")
    q = check_distribution(q, axis=axis, name="q")
    # Only leading axes may broadcast: a single class must not stand for many.
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
    truth, model = (np.asarray(a, dtype=np.float64) for a in pair)
    return truth, model, np.result_type(p, q)


def _result(value: NDArray[Any], dtype: np.dtype[Any], unit: Unit = "nats") -> Any:
    """Convert from nats, turn -0.0 into 0.0; a float for a single number, else an array."""
    # Bits may overflow where nats do not, and float32 overflows long before float64.
    with np.errstate(over="ignore", under="ignore"):
        value = np.asarray(np.divide(value, _LN2 if unit == "bits" else 1.0, dtype=np.float64))
        return (value + 0.0).astype(dtype) if value.ndim else float(value) + 0.0
