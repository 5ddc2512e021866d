"""Balls from a machine with one dial: likelihood, log-likelihood and where they peak.

White is 0, black is 1, and the dial ``theta`` is the probability of black. Chapter 1 derives the
formulas; this module gives them names.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, overload

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlog1py, xlogy

from lib._checks import as_array, check_labels, is_integer

_COLOURS = {"w": 0, "b": 1, "○": 0, "●": 1, 0: 0, 1: 1}
_SEPARATORS = "-,"


def parse(seq: str | Sequence[Any] | NDArray[Any]) -> NDArray[np.int8]:
    """Read a sequence of balls.

    Parameters
    ----------
    seq : str or sequence
        ``"wbwbb"``, ``"w-b-w-b-b"``, ``"○●○●●"`` (hyphens, commas, spaces and line breaks
        separate), or the integers 0 (white) and 1 (black). May be empty.

    Returns
    -------
    ndarray of int8, shape (N,)
        0 for white, 1 for black.

    Raises
    ------
    ValueError
        If this is not a sequence, or a ball is neither white nor black. The message names the
        first one and its position.

    Examples
    --------
    >>> parse("w-b-w-b-b")
    array([0, 1, 0, 1, 1], dtype=int8)
    """
    try:
        if isinstance(seq, str):
            balls = [c for c in seq if not (c in _SEPARATORS or c.isspace())]
        else:  # not through NumPy, which would turn [0, True] into integers
            balls = list(as_array(seq, "seq") if hasattr(seq, "__array__") else seq)
    except TypeError:
        raise ValueError(f'seq is {seq!r}; give a sequence such as "wbwbb" or [0, 1]') from None
    encoded = []
    for position, ball in enumerate(balls):
        # As a dictionary key True equals 1, but a boolean is not a colour.
        if not (isinstance(ball, str) or is_integer(ball)) or ball not in _COLOURS:
            raise ValueError(
                f"ball {position} is {ball!r}, neither white nor black; "
                "write w, ○ or 0 for white and b, ● or 1 for black"
            )
        encoded.append(_COLOURS[ball])
    return np.array(encoded, dtype=np.int8)


def counts(seq: str | Sequence[Any] | NDArray[Any], K: int = 2) -> NDArray[np.int64]:
    """Count how often each of ``K`` colours occurs.

    Parameters
    ----------
    seq : str or sequence of int
        Balls as :func:`parse` reads them when ``K`` is 2, otherwise class indices 0..K-1.
    K : int
        Number of colours, at least 1.

    Returns
    -------
    ndarray of int64, shape (K,)
        The counts; they sum to the number of balls.

    Raises
    ------
    ValueError
        If an index is not an integer in 0..K-1; the message names the first bad position.
    """
    if not is_integer(K) or K < 1:
        raise ValueError(f"K is {K!r}; the number of colours must be an integer of at least 1")
    if K == 2:
        labels: NDArray[Any] = parse(seq)
    else:
        labels = as_array(seq, "seq")
        if labels.ndim != 1 or (labels.size and labels.dtype.kind not in "iu"):
            raise ValueError(
                f"labels have shape {labels.shape} and dtype {labels.dtype}; "
                f"with K = {K} give a one-dimensional sequence of integers"
            )
        labels = check_labels(labels, int(K))
    return np.bincount(labels.astype(np.int64), minlength=K).astype(np.int64)


@overload
def sequence_probability(seq: str | Sequence[Any] | NDArray[Any], theta: float) -> float: ...
@overload
def sequence_probability(seq: str | Sequence[Any] | NDArray[Any], theta: Fraction) -> Fraction: ...
@overload
def sequence_probability(
    seq: str | Sequence[Any] | NDArray[Any], theta: Sequence[float] | NDArray[Any]
) -> NDArray[Any]: ...
@overload
def sequence_probability(seq: str | Sequence[Any] | NDArray[Any], theta: sp.Expr) -> sp.Expr: ...
def sequence_probability(seq: str | Sequence[Any] | NDArray[Any], theta: Any) -> Any:
    """Return the probability of exactly these balls in exactly this order.

    The draws are independent given ``theta``, so the factors multiply:
    ``theta`` for a black ball, ``1 - theta`` for a white one (chapter 1, section 1.2).

    Parameters
    ----------
    seq : str or sequence
        Balls as :func:`parse` reads them; the empty sequence has probability 1.
    theta : float, Fraction, sympy expression or array of float
        Probability of black, in [0, 1].

    Returns
    -------
    same kind as `theta`
        Exact for a ``Fraction`` or a sympy expression. A product of many floats underflows to 0;
        :func:`log_likelihood` does not.

    Raises
    ------
    ValueError
        If `theta` is a number outside [0, 1] or NaN.

    Examples
    --------
    >>> from fractions import Fraction
    >>> sequence_probability("wbwbb", Fraction(3, 5))
    Fraction(108, 3125)
    """
    theta = _check_theta(theta)
    probability = theta**0
    for ball in parse(seq):
        probability = probability * (theta if ball else 1 - theta)
    return probability


@overload
def log_likelihood(seq: str | Sequence[Any] | NDArray[Any], theta: float) -> float: ...
@overload
def log_likelihood(
    seq: str | Sequence[Any] | NDArray[Any], theta: Sequence[Any] | NDArray[Any]
) -> NDArray[np.float64]: ...
def log_likelihood(
    seq: str | Sequence[Any] | NDArray[Any], theta: ArrayLike
) -> float | NDArray[np.float64]:
    """Return the log-likelihood of ``theta`` given the balls, in nats.

    ``k log(theta) + (N - k) log(1 - theta)``, with ``0 log 0 = 0``: a colour that never occurred
    costs nothing; one that occurred although its probability is 0 costs infinitely much.

    Parameters
    ----------
    seq : str or sequence
        Balls as :func:`parse` reads them.
    theta : float or array of float
        Probability of black, in [0, 1].

    Returns
    -------
    float or ndarray of float64, the shape of `theta`
        Nats, never above 0; ``-inf`` where the balls are impossible. Finite for millions of balls.

    Raises
    ------
    ValueError
        If `theta` is outside [0, 1] or NaN, or a symbol.
    """
    balls = parse(seq)
    black = int(balls.sum())
    try:
        dial = np.asarray(_check_theta(theta), dtype=np.float64)
    except TypeError:
        raise ValueError(f"theta is {theta!r}; give a number, not a symbol") from None
    value: NDArray[np.float64] = xlogy(black, dial) + xlog1py(len(balls) - black, -dial)
    return value if dial.ndim else float(value)


def likelihood_expr(k: Any, n: Any, theta: sp.Expr | None = None) -> sp.Expr:
    """Return the likelihood ``theta**k (1 - theta)**(n - k)`` as a sympy expression.

    Parameters
    ----------
    k, n : int or sympy expression
        Number of black balls, number of balls.
    theta : sympy expression, optional
        The dial, a symbol or a number in [0, 1]; by default the symbol ``theta``, non-negative.

    Returns
    -------
    sympy.Expr
        The probability of one particular order. It has no binomial coefficient: a
        constant factor does not move the maximum.

    Raises
    ------
    ValueError
        If `k` and `n` are numbers and `k` is not in 0..n, or `theta` is a number outside [0, 1].
    """
    k, n = _check_counts(k, n)
    dial = sp.Symbol("theta", nonnegative=True) if theta is None else _check_theta(theta)
    return dial**k * (1 - dial) ** (n - k)


def mle(k: Any, n: Any) -> sp.Expr:
    """Return the maximum-likelihood estimate of ``theta``: exactly ``k / n``.

    Chapter 1 proves it, including k = 0 and k = n, where the maximum lies on the boundary and the
    derivative does not vanish.

    Parameters
    ----------
    k, n : int or sympy expression
        Number of black balls, number of balls.

    Returns
    -------
    sympy.Rational or sympy.Expr
        Never a float.

    Raises
    ------
    ValueError
        If there are no balls, or `k` is not in 0..n.
    """
    k, n = _check_counts(k, n)
    if n.is_zero:
        raise ValueError("n is 0: without a ball every theta is equally good; draw at least one")
    return k / n


def _check_counts(k: Any, n: Any) -> tuple[sp.Expr, sp.Expr]:
    """Return the counts as sympy objects; raise for numbers that cannot count balls."""
    for name, value in (("k", k), ("n", n)):
        # A sympy Float is not exact, nor is nan; a symbol may stand for an integer.
        symbolic = isinstance(value, sp.Expr) and not value.is_number
        if not (is_integer(value) or (symbolic and value.is_integer is not False)):
            raise ValueError(f"{name} is {value!r}; a number of balls must be an integer")
    # int() first: sympify turns a NumPy integer into a float-like object on some versions.
    k, n = (sp.Integer(int(v)) if is_integer(v) else v for v in (k, n))
    if n.is_negative:
        raise ValueError(f"n is {n}; the number of balls cannot be negative")
    if k.is_negative or (n - k).is_negative:
        raise ValueError(f"k is {k} of n = {n} balls; black balls must number 0 to n")
    return k, n


def _check_theta(theta: Any) -> Any:
    """Return ``theta``; raise for a number outside [0, 1]. Symbols are not checked."""
    if isinstance(theta, sp.Expr) and not theta.is_number:
        return theta
    table = as_array(theta, "theta")
    try:
        inside = np.asarray((table >= 0) & (table <= 1), dtype=bool)  # NaN fails both comparisons
    except TypeError:  # text, a symbol or sympy's nan cannot be compared
        inside = np.zeros(table.shape, dtype=bool)
    inside &= table.dtype.kind in "fiuO"  # NumPy also compares complex numbers and booleans
    if not inside.all():
        position = tuple(int(i) for i in np.argwhere(~inside)[0])
        where = f" at position {position}" if isinstance(theta, list | tuple | np.ndarray) else ""
        raise ValueError(
            f"theta{where} is {table[position]}; a probability must be a number in [0, 1]"
        )
    if isinstance(theta, np.generic):
        return theta.item()
    return table if isinstance(theta, list | tuple) else theta
