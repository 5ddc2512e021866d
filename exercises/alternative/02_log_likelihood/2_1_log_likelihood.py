# Right answers to exercise 2.1 in another style. canary-alternative-02_log_likelihood


# %% xlogy and xlog1py of SciPy
from scipy.special import xlog1py, xlogy


def log_likelihood(seq, theta):
    k = seq.count("b")
    if not (theta >= 0 and theta <= 1):
        raise ValueError(f"not a probability: {theta}")
    if set(seq) - {"w", "b"}:
        raise ValueError("only w and b, please")
    return xlogy(k, theta) + xlog1py(len(seq) - k, -theta)


# %% ball by ball with math.log
import math


def log_likelihood(seq, theta):
    if math.isnan(theta) or theta < 0 or theta > 1:
        raise ValueError("theta must be between 0 and 1")
    terms = []
    for ball in seq:
        if ball not in ("w", "b"):
            raise ValueError("unknown ball: " + ball)
    for ball in seq:
        q = theta if ball == "b" else 1 - theta
        if q == 0:
            return -math.inf
        terms.append(math.log(q))
    return math.fsum(terms)


# %% an array of logs, the warning silenced
import numpy as np


def log_likelihood(seq, theta):
    if not 0 <= theta <= 1:
        raise ValueError("theta is a probability")
    balls = np.array(list(seq), dtype="U1")
    if not np.isin(balls, ["w", "b"]).all():
        raise ValueError("balls are w or b")
    with np.errstate(divide="ignore"):
        return np.log(np.where(balls == "b", theta, 1.0 - theta)).sum()
