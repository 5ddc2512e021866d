"""How far predicted probabilities can be trusted: calibration, refinement and temperature.

`ece` and `fit_temperature` take the distributions and scores of a classifier (chapter 5). The other
functions take a forecaster's record: a probability and whether the event happened, again and again
(chapter 6). To ask them about a classifier, let the event be "the answer is right", with the
largest probability as what was said.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, isotonic_regression
from scipy.special import softmax

from lib._checks import as_array, as_float, check_integer, check_labels, raise_where
from lib.information import check_distribution, entropy, kl_divergence
from lib.losses import nll_from_logits

_BEYOND = "the logits differ by amounts too different for float64"
_IMPOSSIBLE = "give a class that cannot occur the logit -inf"


def ece(probs: ArrayLike, y: ArrayLike, bins: int = 15) -> float:
    """Return the expected calibration error of the predicted classes.

    Predictions are sorted by their confidence into bins of equal width, closed on the right. In
    each bin the mean confidence is compared with the share of right predictions; the result is the
    mean of the absolute differences, weighted by the number of examples in each bin.

    Parameters
    ----------
    probs : array_like, shape (N, K)
        Predicted distributions.
    y : array_like of int, shape (N,)
        True classes.
    bins : int
        Number of bins on (0, 1]. Their edges are rounded to the type of `probs`, so that a
        confidence written as 0.6 lies on the edge 0.6 in float32 too.

    Returns
    -------
    float
        Between 0 and 1, without a unit (a trifle above 1 if a row of `probs` sums to that). 0 does
        not mean accurate: predicting the class frequencies for every example is calibrated and
        useless.

    Raises
    ------
    ValueError
        If `probs` are not distributions, labels do not fit, or there are no examples or bins.

    References
    ----------
    Guo, Pleiss, Sun & Weinberger (2017), section 2.

    Examples
    --------
    Always right, and never more than 60 % sure:

    >>> print(f"{ece([[0.4, 0.6], [0.6, 0.4]], [1, 0]):.2f}")
    0.40
    """
    given = as_array(probs, "probs")
    q = check_distribution(given, name="probs")
    labels = as_array(y, "y")
    if q.ndim != 2 or labels.shape != q.shape[:1]:
        raise ValueError(f"probs have shape {q.shape} and labels {labels.shape}; give (N, K), (N,)")
    if not len(labels):
        raise ValueError("there are no examples; give at least one")
    check_labels(labels, q.shape[1])
    check_integer(bins, "bins", 1)
    bins = int(bins)
    confidence = q.max(axis=1).astype(np.float64)
    right = q.argmax(axis=1) == labels
    edges = _edges(bins, given)
    # side="left" puts a confidence that equals an edge into the bin below it. A confidence that is
    # above 1 by rounding belongs to the last bin.
    which = np.minimum(np.searchsorted(edges, confidence, side="left"), bins - 1)
    gap = np.bincount(which, weights=confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / len(labels))


@np.errstate(over="ignore", under="ignore")
def fit_temperature(logits: ArrayLike, y: ArrayLike) -> float:
    """Return the temperature T that minimises the mean NLL of ``softmax(logits / T)``.

    In ``beta = 1 / T`` the mean NLL is convex, so its derivative
    ``mean(sum_k q_k z_k - z_y)`` has at most one root; Brent's method finds it. Fit on held-out
    data, never on the data used to evaluate the result.

    Parameters
    ----------
    logits : array_like, shape (N, K)
        Finite logits or ``-inf``.
    y : array_like of int, shape (N,)
        True classes.

    Returns
    -------
    float
        T > 0. Above 1 the model was over-confident, below 1 under-confident. Multiplying all logits
        by c multiplies T by c.

    Raises
    ------
    ValueError
        If no finite T > 0 is best: every prediction is right (T would go to 0), the logits order
        the classes no better than chance (T would go to infinity), or a true class has logit
        ``-inf``. If logits differ from each other by such different amounts that float64 cannot
        hold them at one temperature. Also where :func:`lib.losses.nll_from_logits` raises.

    References
    ----------
    Guo, Pleiss, Sun & Weinberger (2017), section 4.2.
    """
    nll_from_logits(logits, y)  # raises for invalid logits and labels
    z = as_float(logits, "logits").astype(np.float64)
    labels = as_array(y, "y")
    if z.ndim != 2 or labels.ndim != 1:
        raise ValueError(f"logits have shape {z.shape}, labels {labels.shape}; give (N, K), (N,)")
    # The difference of two logits may be twice as large as float64 can hold.
    shrink = 0.25 if np.abs(z[np.isfinite(z)]).max() > 1e307 else 1.0
    z = z * shrink
    z = z - z.max(axis=1, keepdims=True)
    true = z[np.arange(len(z)), labels]
    if np.isneginf(true).any():
        row = int(np.flatnonzero(np.isneginf(true))[0])
        raise ValueError(
            f"row {row}: the true class has logit -inf, so the loss is infinite at every "
            "temperature; give each class that occurs a finite logit"
        )
    if not (true < 0).any():
        raise ValueError(
            "every prediction is right (or ties): the smaller T, the smaller the loss, and no T is "
            "best; fit on more held-out examples, with some mistakes among them"
        )
    # Scale the largest gap to between 1 and 2. Dividing by a power of 2 is exact.
    scale = 2.0 ** (int(np.frexp(z[np.isfinite(z)].min())[1]) - 1)
    lost = (z / scale == 0) & (z != 0)
    if lost.any():
        raise ValueError(
            f"{_BEYOND}: in row {int(np.argwhere(lost)[0, 0])} two differ by "
            f"{-z[lost][0] / shrink:.1g}, elsewhere by {scale / shrink:.1g}; {_IMPOSSIBLE}"
        )
    z, true = z / scale, true / scale
    possible = np.where(np.isfinite(z), z, 0.0)  # an impossible class has q = 0 at every T
    # At an infinite temperature all possible classes are equally probable.
    at_zero = float((possible.sum(axis=1) / np.isfinite(z).sum(axis=1) - true).mean())
    if at_zero > -1e-15:
        raise ValueError(
            "the logits order the classes no better than chance: the larger T, the smaller the "
            "loss, and no T is best; check that logits and labels belong together"
        )

    def slope(beta: float) -> float:
        q: NDArray[np.float64] = softmax(z * beta, axis=1)
        return float(((q * possible).sum(axis=1) - true).mean())

    low = high = 1.0
    while slope(high) < 0:
        low, high = high, 2 * high
        if math.isinf(high):
            raise ValueError(f"{_BEYOND}; {_IMPOSSIBLE}")
    while slope(low) > 0:
        low, high = low / 2, low
    T = scale / brentq(slope, low, high, xtol=1e-14 * low, rtol=1e-14)
    if sys.float_info.max * shrink < T:
        raise ValueError("the best T is above 1.7e308; divide the logits by a large number first")
    return float(T / shrink)


def reliability_table(
    q: ArrayLike, happened: ArrayLike, bins: int = 10
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return how often a forecaster spoke, what was said on average, and how often it happened.

    The forecasts are sorted into bins of equal width on [0, 1], closed on the right. A forecast of
    0 belongs to the first bin. Bins without a forecast are left out.

    Parameters
    ----------
    q : array_like, shape (N,)
        What was said: probabilities of the event.
    happened : array_like of bool or of 0 and 1, shape (N,)
        Whether it then happened.
    bins : int
        Number of bins. Their edges are rounded to the type of `q`, so that a forecast written as
        0.3 lies on the edge 0.3 in float32 too.

    Returns
    -------
    n : ndarray of int64, shape (B,)
        The number of forecasts in each bin that has some, from low to high.
    said : ndarray of float64, shape (B,)
        Their mean.
    p_hat : ndarray of float64, shape (B,)
        The share of them after which the event happened.

    Raises
    ------
    ValueError
        If a forecast is not in [0, 1], an outcome is not 0 or 1, there are not as many of the one
        as of the other, or there are no forecasts or no bins.

    References
    ----------
    Murphy & Winkler (1977); Bröcker & Smith (2007).

    Examples
    --------
    Ten evenings on which 0.8 or 0.4 was said:

    >>> n, said, p_hat = reliability_table([0.8] * 5 + [0.4] * 5, [1, 1, 1, 1, 1, 1, 0, 0, 0, 0])
    >>> print(n, p_hat)
    [5 5] [0.2 1. ]
    """
    check_integer(bins, "bins", 1)
    bins = int(bins)
    said, rain = _check_record(q, happened)
    # side="left": an edge belongs to the bin below it.
    which = np.searchsorted(_edges(bins, as_array(q, "q")), said, side="left")
    n = np.bincount(which, minlength=bins)
    sums, counts = (np.bincount(which, weights=v, minlength=bins)[n > 0] for v in (said, rain))
    n = n[n > 0]
    return n.astype(np.int64), sums / n, counts / n


def recalibrate(q: ArrayLike, happened: ArrayLike) -> NDArray[np.float64]:
    """Return the best that a rising function of the forecasts could have said, in hindsight.

    Each forecast is replaced by how often the event happened when it was made; where this frequency
    falls although the forecast rises, neighbours are pooled until it does not. Equal forecasts
    stay equal. Among all functions that never fall, the result has the smallest mean log score, and
    the smallest mean squared error, on this record. On another record it need not be good: it says
    0 and 1 easily.

    Parameters
    ----------
    q : array_like, shape (N,)
        What was said: probabilities of the event.
    happened : array_like of bool or of 0 and 1, shape (N,)
        Whether it then happened.

    Returns
    -------
    ndarray of float64, shape (N,)
        In the order of the forecasts.

    Raises
    ------
    ValueError
        If a forecast is not in [0, 1], an outcome is not 0 or 1, there are not as many of the one
        as of the other, or there are no forecasts.

    References
    ----------
    Ayer, Brunk, Ewing, Reid & Silverman (1955); Dimitriadis, Gneiting & Jordan (2021).

    Examples
    --------
    >>> print(recalibrate([0.2, 0.6, 0.7, 0.9], [0, 1, 0, 1]))
    [0.  0.5 0.5 1. ]
    """
    which, _, n, k = _group(*_check_record(q, happened))
    blocks = isotonic_regression(k / n, weights=n).blocks
    # From the counts, so that the frequencies are rounded once.
    pooled = np.add.reduceat(k, blocks[:-1]) / np.add.reduceat(n, blocks[:-1])
    return np.asarray(np.repeat(pooled, np.diff(blocks))[which], dtype=np.float64)


def two_bills(q: ArrayLike, happened: ArrayLike) -> tuple[float, float]:
    """Split the mean log score of forecasts into calibration and refinement.

    Forecasts are grouped by equal values. With :math:`n_g` of `N` forecasts in a group, its value
    :math:`q_g` and the frequency :math:`f_g` of the event in it, the two are the means, weighted by
    :math:`n_g / N`, of :math:`KL(f_g || q_g)` and of :math:`H(f_g)`. Their sum is the mean of
    :math:`-log` of the probability that was given to what happened, for every record: nothing is
    left over, as it is when forecasts of different values share a bin.

    Parameters
    ----------
    q : array_like, shape (N,)
        What was said: probabilities of the event. Values that differ in the last bit are different.
    happened : array_like of bool or of 0 and 1, shape (N,)
        Whether it then happened.

    Returns
    -------
    calibration : float
        Nats per forecast, at least 0: what saying the frequencies would have saved. ``inf`` if what
        was called impossible happened.
    refinement : float
        Nats per forecast, between 0 and log 2: what remains, because the groups are mixed.

    Raises
    ------
    ValueError
        If a forecast is not in [0, 1], an outcome is not 0 or 1, there are not as many of the one
        as of the other, or there are no forecasts.

    References
    ----------
    Murphy (1973), for the Brier score; Bröcker (2009), for every proper score.

    Examples
    --------
    >>> calibration, refinement = two_bills([0.6] * 5, [0, 1, 0, 1, 1])
    >>> print(f"{calibration:.4f} + {refinement:.4f} nats")
    0.0000 + 0.6730 nats
    """
    _, said, n, k = _group(*_check_record(q, happened))
    model = np.stack([1 - said, said], axis=1)
    record = np.stack([n - k, k], axis=1) / n[:, None]
    share = n / n.sum()
    calibration, refinement = kl_divergence(record, model), entropy(record)
    return float((share * calibration).sum()), float((share * refinement).sum())


def _edges(bins: int, given: NDArray[Any]) -> NDArray[np.floating[Any]]:
    """Return the right ends of bins of equal width on (0, 1], in the type of what is sorted."""
    edges = np.arange(1, bins + 1) / bins
    if given.dtype.kind == "f":
        edges = edges.astype(given.dtype)
    return edges


def _check_record(
    q: ArrayLike, happened: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return forecasts and outcomes; raise if they are not a record."""
    said, outcomes = as_float(q, "q"), as_array(happened, "happened")
    if said.ndim != 1 or outcomes.shape != said.shape:
        raise ValueError(
            f"q has shape {said.shape} and happened {outcomes.shape}; give one probability and one "
            "outcome for each forecast, both of shape (N,)"
        )
    if not len(said):
        raise ValueError("there are no forecasts; give at least one")
    raise_where(~((said >= 0) & (said <= 1)), said, "q", "a probability must lie in [0, 1]")
    if outcomes.dtype.kind not in "biuf":
        raise ValueError(f"happened holds {outcomes.dtype}; give booleans, or 0 and 1")
    raise_where(
        (outcomes != 0) & (outcomes != 1), outcomes, "happened", "give booleans, or 0 and 1"
    )
    return said.astype(np.float64), outcomes.astype(bool)


def _group(
    said: NDArray[np.float64], happened: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Group equal forecasts: the group of each, each group's value, its size, its events."""
    values, which, n = np.unique(said, return_inverse=True, return_counts=True)
    k = np.bincount(which[happened], minlength=len(n))
    return which, values, n.astype(np.int64), k.astype(np.int64)
