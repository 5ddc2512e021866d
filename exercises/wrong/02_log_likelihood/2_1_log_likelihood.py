# Wrong answers to exercise 2.1, named after their misconception. canary-wrong-02_log_likelihood


# %% takes the log of the product
import math


def log_likelihood(seq, theta):
    k, n = seq.count("b"), len(seq)
    product = theta**k * (1 - theta) ** (n - k)
    return math.log(product) if product > 0 else -math.inf


# %% turns the sign
from scipy.special import xlog1py, xlogy


def log_likelihood(seq, theta):
    k = seq.count("b")
    return -xlogy(k, theta) - xlog1py(len(seq) - k, -theta)


# %% divides by the number of balls
import numpy as np


def log_likelihood(seq, theta):
    return np.mean([np.log(theta if ball == "b" else 1 - theta) for ball in seq])


# %% takes another base
import numpy as np


def log_likelihood(seq, theta):
    return sum(np.log2(theta if ball == "b" else 1 - theta) for ball in seq)


# %% swaps the colours
import numpy as np


def log_likelihood(seq, theta):
    return seq.count("w") * np.log(theta) + seq.count("b") * np.log(1 - theta)


# %% counts every order
from scipy.stats import binom


def log_likelihood(seq, theta):
    return binom.logpmf(seq.count("b"), len(seq), theta)


# %% lets 0 times log 0 become NaN
import numpy as np


def log_likelihood(seq, theta):
    k = seq.count("b")
    with np.errstate(all="ignore"):
        return k * np.log(theta) + (len(seq) - k) * np.log(1 - theta)


# %% fails where the balls are impossible
import math


def log_likelihood(seq, theta):
    k, ell = seq.count("b"), 0.0
    if k:
        ell += k * math.log(theta)
    if k < len(seq):
        ell += (len(seq) - k) * math.log(1 - theta)
    return ell


# %% puts a tiny number in the place of 0
import math


def log_likelihood(seq, theta):
    k, tiny = seq.count("b"), 1e-300
    return k * math.log(max(theta, tiny)) + (len(seq) - k) * math.log(max(1 - theta, tiny))


# %% accepts any theta
from scipy.special import xlog1py, xlogy


def log_likelihood(seq, theta):
    if not set(seq) <= {"w", "b"}:
        raise ValueError("letters must be w or b")
    k = seq.count("b")
    return float(xlogy(k, theta) + xlog1py(len(seq) - k, -theta))


# %% accepts any letter
from scipy.special import xlog1py, xlogy


def log_likelihood(seq, theta):
    if not 0 <= theta <= 1:
        raise ValueError("theta must be a probability")
    k = seq.count("b")
    return float(xlogy(k, theta) + xlog1py(len(seq) - k, -theta))
