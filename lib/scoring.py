"""How far predicted probabilities can be trusted: calibration error and temperature."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import softmax

from lib._checks import as_array, as_float, check_integer, check_labels
from lib.information import check_distribution
from lib.losses import nll_from_logits


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
        Between 0 and 1, without a unit. 0 does not mean accurate: predicting the class
        frequencies for every example is calibrated and useless.

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
    edges = np.arange(1, bins + 1) / bins
    if given.dtype.kind == "f":
        edges = edges.astype(given.dtype)
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
        ``-inf``. Also where :func:`lib.losses.nll_from_logits` raises.

    References
    ----------
    Guo, Pleiss, Sun & Weinberger (2017), section 4.2.
    """
    nll_from_logits(logits, y)  # raises for invalid logits and labels
    z = as_float(logits, "logits").astype(np.float64)
    labels = as_array(y, "y")
    if z.ndim != 2 or labels.ndim != 1:
        raise ValueError(f"logits have shape {z.shape}, labels {labels.shape}; give (N, K), (N,)")
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
    z, true = z / scale, true / scale
    possible = np.where(np.isfinite(z), z, 0.0)  # an impossible class has q = 0 at every T

    def slope(beta: float) -> float:
        q: NDArray[np.float64] = softmax(z * beta, axis=1)
        return float(((q * possible).sum(axis=1) - true).mean())

    low = high = 1.0
    while slope(high) < 0:
        low, high = high, 2 * high
    while slope(low) > 0:
        low, high = low / 2, low
        if low < 1e-12:
            raise ValueError(
                "the logits order the classes no better than chance: the larger T, the smaller "
                "the loss, and no T is best; check that logits and labels belong together"
            )
    return float(scale / brentq(slope, low, high, xtol=1e-14, rtol=1e-14))
