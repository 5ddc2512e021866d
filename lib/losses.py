"""The loss from logits, and its gradient, accurate for any logits.

``loss = logsumexp(z) - z[y]`` is correct mathematics, but loses every digit when the model is
confident and right: both terms agree to the last bit and the difference is 0. The functions here
stay accurate to a relative error there, return infinity where the mathematics does, and raise for
invalid logits or labels. Chapter 4 derives the formulas.
"""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from lib._checks import (
    as_array,
    as_float,
    check_choice,
    check_integer,
    check_labels,
    is_integer,
    raise_where,
)
from lib.information import Unit, check_distribution, nats_to_bits

Reduction = Literal["mean", "sum", "none"]
#: One number for a single example, an array for several.
Floats = float | NDArray[np.float64]

# Rows are processed in blocks of about this many logits, so that a block stays in the processor's
# cache between passes.
_BLOCK = 1 << 16
# Rows shorter than this are processed column by column: starting a reduction over 10 numbers takes
# longer than the reduction itself.
_SHORT = 16


@overload
def nll_from_logits(
    z: ArrayLike,
    y: ArrayLike,
    *,
    reduction: Literal["mean", "sum"] = ...,
    unit: Unit = ...,
    label_smoothing: float = ...,
    ignore_index: int | None = ...,
    weight: ArrayLike | None = ...,
) -> float: ...
@overload
def nll_from_logits(
    z: ArrayLike,
    y: ArrayLike,
    *,
    reduction: Reduction,
    unit: Unit = ...,
    label_smoothing: float = ...,
    ignore_index: int | None = ...,
    weight: ArrayLike | None = ...,
) -> Floats: ...
def nll_from_logits(
    z: ArrayLike,
    y: ArrayLike,
    *,
    reduction: Reduction = "mean",
    unit: Unit = "nats",
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
    weight: ArrayLike | None = None,
) -> Floats:
    """Return the cross-entropy loss of logits: ``-log softmax(z)[y]``.

    With the largest logit ``z_max`` and ``rest`` the sum of ``exp(z_k - z_max)`` over the others,
    the loss is ``(z_max - z_y) + log1p(rest)``: a sum of two terms that are never negative, so
    nothing cancels. When y is the largest, the first term is 0 and ``log1p`` keeps the digits.

    Parameters
    ----------
    z : array_like, shape (..., K)
        Logits, class axis last. ``-inf`` says that a class is impossible.
    y : array_like of int, shape (...), or of float, shape (..., K)
        Class indices 0..K-1, or probabilities of the classes (soft targets).
    reduction : {"mean", "sum", "none"}
        "mean" divides the sum by the number of examples; for class indices with `weight` or
        `ignore_index`, by the sum of ``weight[y]`` over the examples that count.
    unit : {"nats", "bits"}
        Unit of the result.
    label_smoothing : float in [0, 1]
        The target becomes ``(1 - label_smoothing) p + label_smoothing / K``.
    ignore_index : int, optional
        Examples with this label do not count; "none" gives them 0. Their logits are checked all
        the same. For class indices only. PyTorch ignores -100 by default; here nothing is ignored
        by default.
    weight : array_like, shape (K,), optional
        Multiplies the term ``-p_k log softmax(z)_k`` of class k. Finite and at least 0.

    Returns
    -------
    float, or ndarray of float64 of shape (...) for "none"
        At least 0; ``inf`` if a class that occurs has logit ``-inf``. The relative error is at
        most ``(K + z_max - z_second + 8)`` unit roundoffs (2**-53), and ``2 K + 10`` more for soft
        targets, `label_smoothing` or `weight`; a "sum" or "mean" adds one for each example. The
        bound does not hold where the loss is subnormal, below 2.2e-308: floats are 4.9e-324 apart
        there, so the loss of ``[744, 0]``, 7.7e-324, can only be returned as 9.9e-324.

    Raises
    ------
    ValueError
        For NaN or ``+inf`` logits, a row that is all ``-inf``, labels that are not integers or
        are outside 0..K-1, targets that are not distributions, shapes that do not fit, an unknown
        reduction or unit, options that make no sense, and the mean of no examples (all ignored,
        or all of weight 0).

    References
    ----------
    Blanchard, Higham & Higham (2021) for the shift by the largest logit. The three options mean
    what they mean in ``torch.nn.functional.cross_entropy``.

    Examples
    --------
    For a confident, right model the difference of log-sum-exp and logit loses every digit:

    >>> from scipy.special import logsumexp
    >>> print(f"{logsumexp([40.0, 0.0]) - 40.0:.6g} nats")
    0 nats
    >>> print(f"{nll_from_logits([40.0, 0.0], 0):.6g} nats")
    4.24835e-18 nats
    """
    check_choice(unit, "unit", "nats", "bits")
    logits, rows, target = _check(z, y, reduction, ignore_index=ignore_index)
    N, K = rows.shape
    if (
        isinstance(label_smoothing, bool)
        or not isinstance(label_smoothing, Real)
        or not 0 <= label_smoothing <= 1
    ):
        raise ValueError(f"label_smoothing is {label_smoothing!r}; give a number in [0, 1]")
    weights = None if weight is None else _check_weight(weight, K)
    ignored = None
    if ignore_index is not None:
        ignored = target == ignore_index
        target = np.where(ignored, 0, target)

    per_example = np.empty(N)
    step = max(1, _BLOCK // K)
    with np.errstate(over="ignore", under="ignore"):
        for start in range(0, N, step):
            block = slice(start, start + step)
            goal = target[block]
            if label_smoothing or weights is not None:
                goal = _smoothed_and_weighted(goal, K, float(label_smoothing), weights)
            per_example[block] = _nll(rows[block], goal, start)

    count: float = N
    if target.ndim == 1 and not (ignored is None and weights is None):
        counting = np.ones(N) if weights is None else weights[target]
        if ignored is not None:
            per_example[ignored] = counting[ignored] = 0.0
        with np.errstate(over="ignore"):
            count = float(counting.sum())
        if reduction == "mean" and not 0 < count < np.inf:
            raise ValueError(
                f"the weights of the examples that count sum to {count:g}, so there is no mean "
                "(is every label ignored, or of weight 0?)"
            )
    nats = _reduce(per_example.reshape(logits.shape[:-1]), reduction, count)
    return nats_to_bits(nats) if unit == "bits" else nats


def _check_weight(weight: ArrayLike, K: int) -> NDArray[np.float64]:
    weights = as_float(weight, "weight").astype(np.float64)
    if weights.shape != (K,):
        raise ValueError(
            f"weight has shape {weights.shape}; give one weight for each of {K} classes"
        )
    good = np.isfinite(weights) & (weights >= 0)
    raise_where(~good, weights, "weight", "weights are finite and at least 0")
    return weights


def _smoothed_and_weighted(
    target: NDArray[Any], K: int, smoothing: float, weights: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return the factors of ``-log softmax(z)``, shape (N, K)."""
    if target.ndim == 1:
        goal = np.zeros((len(target), K))
        goal[np.arange(len(target)), target] = 1.0
    else:
        goal = target.astype(np.float64)
    if smoothing:
        goal = (1 - smoothing) * goal + smoothing / K
    return goal if weights is None else goal * weights


def _nll(rows: NDArray[Any], target: NDArray[Any], first_row: int) -> NDArray[np.float64]:
    """Return the loss of each row, in nats: the formula of :func:`nll_from_logits`."""
    each, K = np.arange(len(rows)), rows.shape[1]
    if K < _SHORT:
        rows = np.asfortranarray(rows)
    z_max = rows.max(axis=1).astype(np.float64)
    _check_rows(rows, z_max, first_row)
    shifted = np.subtract(rows, z_max[:, None], dtype=np.float64)
    if target.ndim == 1:
        behind, total = -shifted[each, target], 1.0
    else:
        # 0 * inf is 0 here: a class that never occurs may be impossible.
        terms = np.multiply(target, shifted, out=np.zeros(shifted.shape), where=target > 0)
        behind, total = -terms.sum(axis=1), target.sum(axis=1, dtype=np.float64)
    weights = np.exp(shifted, out=shifted)
    if K < _SHORT:
        # Remove every largest logit, then add back all but one in case of a tie.
        ones = weights == 1.0
        weights -= ones
        rest = weights.sum(axis=1) + (ones.sum(axis=1) - 1)
    else:
        weights[each, weights.argmax(axis=1)] = 0.0
        rest = weights.sum(axis=1)
    result: NDArray[np.float64] = behind + total * np.log1p(rest)
    return result


@np.errstate(under="ignore")
def grad_nll_from_logits(
    z: ArrayLike, y: ArrayLike, *, reduction: Reduction = "mean"
) -> NDArray[np.float64]:
    """Return the gradient of :func:`nll_from_logits` with respect to the logits: ``q - p``.

    Parameters
    ----------
    z, y, reduction
        As for :func:`nll_from_logits`.

    Returns
    -------
    ndarray of float64, shape (..., K)
        ``softmax(z) - one_hot(y)``, or ``sum(y) softmax(z) - y`` for soft targets, whose sum is 1
        only to rounding; divided by the number of examples for "mean". Each row sums to 0 to
        rounding. 0 where a class is impossible and does not occur; finite (-1) where the loss is
        infinite. The relative error of each entry is at most ``(3 K + 2 |z_max - z_min| + 16)``
        unit roundoffs for class indices, however confident the model is.

    Raises
    ------
    ValueError
        As :func:`nll_from_logits`.

    References
    ----------
    Bridle (1990a); chapter 4, section 4.5.
    """
    logits, rows, target = _check(z, y, reduction)
    q = _softmax(rows)
    if target.ndim == 1:
        gradient = _minus_target(q, target)
    else:
        excess = target.sum(axis=1, keepdims=True, dtype=np.float64) - 1.0
        gradient = _minus_target(q.copy(), target) + excess * q
    if reduction == "mean":
        gradient /= len(rows)
    return gradient.reshape(logits.shape)


@overload
def margin(z: ArrayLike, y: int) -> float: ...
@overload
def margin(z: ArrayLike, y: ArrayLike) -> Floats: ...
def margin(z: ArrayLike, y: ArrayLike) -> Floats:
    """Return the lead of the true logit: ``z_y`` minus the largest of the others.

    Parameters
    ----------
    z : array_like, shape (..., K), K >= 2
        Logits.
    y : array_like of int, shape (...)
        Class indices.

    Returns
    -------
    float or ndarray of float64, shape (...)
        Positive where the prediction is right, negative where it is wrong.

    Raises
    ------
    ValueError
        As :func:`nll_from_logits`, and for fewer than two classes.
    """
    logits, rows, target = _check(z, y, "none", soft=False)
    if rows.shape[1] < 2:
        raise ValueError("z has one class; a margin needs a second one to lead over")
    _check_rows(rows, rows.max(axis=1))
    each = np.arange(len(rows))
    others = rows.astype(np.float64)
    others[each, target] = -np.inf
    with np.errstate(over="ignore"):
        value = (rows[each, target] - others.max(axis=1)).reshape(logits.shape[:-1])
    return value if value.ndim else float(value)


@overload
def squared_error_from_logits(z: ArrayLike, y: int) -> float: ...
@overload
def squared_error_from_logits(z: ArrayLike, y: ArrayLike) -> Floats: ...
@np.errstate(under="ignore")
def squared_error_from_logits(z: ArrayLike, y: ArrayLike) -> Floats:
    """Return the squared distance between ``softmax(z)`` and the one-hot label, per example.

    Summed over the classes; ``torch.nn.MSELoss`` divides this by K. For comparison only: chapter 4
    shows where training by it stalls.

    Parameters
    ----------
    z : array_like, shape (..., K)
        Logits.
    y : array_like of int, shape (...), or of float, shape (..., K)
        Class indices or probabilities.

    Returns
    -------
    float or ndarray of float64, shape (...)
        Between 0 and 2, without a unit.

    Raises
    ------
    ValueError
        As :func:`nll_from_logits`.
    """
    logits, rows, target = _check(z, y, "none")
    difference = _minus_target(_softmax(rows), target)
    value: NDArray[np.float64] = (difference**2).sum(axis=1).reshape(logits.shape[:-1])
    return value if value.ndim else float(value)


@np.errstate(under="ignore")
def grad_squared_error_from_logits(z: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """Return the gradient of :func:`squared_error_from_logits`: ``2 (diag q - q q') (q - p)``.

    Parameters
    ----------
    z, y
        As for :func:`squared_error_from_logits`.

    Returns
    -------
    ndarray of float64, shape (..., K)
        Vanishes when the model is confident, right or wrong.

    Raises
    ------
    ValueError
        As :func:`nll_from_logits`.

    References
    ----------
    Solla, Levin & Fleisher (1988); chapter 4, section 4.7.
    """
    logits, rows, target = _check(z, y, "none")
    q = _softmax(rows)
    difference = _minus_target(q.copy(), target)
    # (diag q - q q') d does not change when all of d is shifted. Relative to the most probable
    # class, whose q may round to 1, the mean of d is a sum of small terms: no digits cancel.
    difference -= difference[np.arange(len(q)), q.argmax(axis=1)][:, None]
    gradient: NDArray[np.float64] = 2 * q * (difference - (q * difference).sum(1, keepdims=True))
    return gradient.reshape(logits.shape)


def double_softmax_bounds(K: int) -> tuple[float, float]:
    """Return the smallest and largest loss, in nats, when softmax is applied twice.

    The inner softmax gives numbers in [0, 1] that sum to 1. As logits they are at best (1, 0, ...)
    and at worst 1 on a wrong class: the loss lies between ``ln(e + K - 1) - 1`` and
    ``ln(e + K - 1)``.

    Parameters
    ----------
    K : int
        Number of classes, at least 2.

    Returns
    -------
    tuple of float
        Lower and upper bound in nats; they differ by exactly 1.

    Raises
    ------
    ValueError
        If `K` is not an integer of at least 2.
    """
    if not is_integer(K) or K < 2:
        raise ValueError(f"K is {K!r}; the number of classes must be an integer of at least 2")
    ceiling = math.log(math.e + int(K) - 1)
    return ceiling - 1, ceiling


def consistent_classes(
    printed_logits: ArrayLike, printed_loss: float, decimals: int = 4
) -> set[int]:
    """Return the classes whose loss could have been printed as `printed_loss`.

    A number printed with `decimals` decimals may be off by half a unit of the last one. The loss
    of class k falls with its own logit and grows with every other, so its extremes are reached by
    moving logit k one way and all the others the other way.

    Parameters
    ----------
    printed_logits : array_like, shape (K,)
        Logits as printed, rounded to `decimals`.
    printed_loss : float
        The loss as printed, in nats, rounded to `decimals`.
    decimals : int
        Number of printed decimals.

    Returns
    -------
    set of int
        Empty if no class fits: then the two printouts belong to different weights or inputs.

    Raises
    ------
    ValueError
        If the logits are not one row of finite numbers, the loss is not a number, or `decimals`
        is not an integer of at least 0.
    """
    z, loss = as_float(printed_logits, "printed_logits"), as_float(printed_loss, "printed_loss")
    if z.ndim != 1 or not z.size:
        raise ValueError(f"printed_logits has shape {z.shape}; give one row of finite numbers")
    raise_where(~np.isfinite(z), z, "printed_logits", "give one row of finite numbers")
    if loss.ndim or np.isnan(loss):
        raise ValueError(f"printed_loss is {printed_loss}; give the loss as it was printed")
    check_integer(decimals, "decimals", 0)
    half = 0.5 * 10.0 ** -int(decimals)
    fits = set()
    for k in range(len(z)):
        towards = np.where(np.arange(len(z)) == k, half, -half)
        lowest = nll_from_logits(z + towards, k)
        highest = nll_from_logits(z - towards, k)
        if lowest <= printed_loss + half and highest >= printed_loss - half:
            fits.add(k)
    return fits


def _softmax(rows: NDArray[Any]) -> NDArray[np.float64]:
    """Return SciPy's softmax of each row as float64, after checking that the rows hold logits."""
    rows = np.asarray(rows, dtype=np.float64)
    _check_rows(rows, rows.max(axis=1))
    with np.errstate(over="ignore"):
        q: NDArray[np.float64] = np.asarray(softmax(rows, axis=1))
    return q


def _minus_target(q: NDArray[np.float64], target: NDArray[Any]) -> NDArray[np.float64]:
    """Subtract p from q in place: 1 at each label, or the probabilities.

    Where both are near 1 their difference would lose its digits. There it is computed from the
    other classes, as ``(1 - p_k) - sum of the others' q``.
    """
    each, hard = np.arange(len(q)), target.ndim == 1
    p = target.astype(np.float64)
    k = target if hard else p.argmax(axis=1)
    p_k = 1.0 if hard else p[each, k]
    q_k = q[each, k]
    q[each, k] = 0.0
    near = (1 - p_k) - q.sum(axis=1)
    if not hard:
        q -= p
    q[each, k] = np.where(q_k < p_k / 2, q_k - p_k, near)
    return q


def _check(
    z: ArrayLike,
    y: ArrayLike,
    reduction: str,
    *,
    soft: bool = True,
    ignore_index: int | None = None,
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the logits, their rows (N, K), and targets: labels (N,) or probabilities (N, K)."""
    logits, target = as_array(z, "z"), as_array(y, "y")
    if logits.dtype.kind not in "fiu":
        raise ValueError(f"logits are {logits.dtype}; give real numbers")
    if logits.ndim == 0 or logits.shape[-1] == 0:
        raise ValueError(f"logits have shape {logits.shape}; the last axis must hold the classes")
    check_choice(reduction, "reduction", "mean", "sum", "none")
    if not (ignore_index is None or is_integer(ignore_index)):
        raise ValueError(f"ignore_index is {ignore_index!r}; give an integer, or None")
    K = logits.shape[-1]
    rows = as_float(logits, "z").reshape(-1, K)
    if reduction == "mean" and len(rows) == 0:
        raise ValueError("there are no examples; the mean over nothing is undefined (the sum is 0)")
    if target.shape == logits.shape[:-1]:
        return logits, rows, check_labels(target, K, "", ignore_index).reshape(-1)
    if soft and target.shape == logits.shape and target.dtype.kind == "f":
        if ignore_index is not None:
            raise ValueError("ignore_index is for class indices; leave out the rows of y instead")
        return logits, rows, check_distribution(target, name="y").reshape(-1, K)
    hint = ""
    if soft and target.shape == logits.shape:
        hint = "; for one-hot targets give floats, or better the class indices"
    raise ValueError(
        f"labels have shape {target.shape} and dtype {target.dtype}, logits {logits.shape}: give "
        f"integer labels of shape {logits.shape[:-1]}" + hint
    )


def _check_rows(rows: NDArray[Any], z_max: NDArray[Any], first_row: int = 0) -> None:
    """Raise for rows whose largest logit is NaN, +inf or -inf (then no class is possible)."""
    if np.isfinite(z_max).all():
        return
    row = int(np.flatnonzero(~np.isfinite(z_max))[0])
    if z_max[row] == -np.inf:
        raise ValueError(
            f"row {first_row + row} of the logits is all -inf: no class is left; "
            "allow at least one finite logit"
        )
    k = int(np.flatnonzero(~(rows[row] < np.inf))[0])
    raise ValueError(
        f"row {first_row + row} of the logits holds {rows[row, k]} at class {k}; "
        "logits are finite or -inf (did training diverge?)"
    )


def _reduce(per_example: NDArray[np.float64], reduction: str, count: float) -> Floats:
    if reduction == "none":
        return per_example if per_example.ndim else float(per_example)
    with np.errstate(over="ignore", under="ignore"):
        total = per_example.sum()
        if reduction == "sum":
            return float(total)
        # With losses near the largest float, the sum may overflow although the mean does not.
        return float(total / count if np.isfinite(total) else (per_example / count).sum())
