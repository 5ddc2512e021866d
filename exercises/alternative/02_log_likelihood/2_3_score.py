# Right answers to exercise 2.3 in another style.


# %% ball by ball
import math


def score(seq, theta):
    if not (0 <= theta and theta <= 1):
        raise ValueError("theta must be between 0 and 1")
    total = 0
    for ball in seq:
        if ball == "b":
            total += math.inf if theta == 0 else 1 / theta
        elif ball == "w":
            total -= math.inf if theta == 1 else 1 / (1 - theta)
        else:
            raise ValueError("not a ball: " + ball)
    return total


# %% one fraction, its cases first
import numpy as np


def score(seq, theta):
    k, n = seq.count("b"), len(seq)
    if not 0 <= theta <= 1:
        raise ValueError("theta must be a probability")
    if k + seq.count("w") != n:
        raise ValueError("only w and b")
    if n == 0:
        return 0.0
    if k == 0:
        return -n / (1 - theta) if theta < 1 else -np.inf
    if k == n:
        return n / theta if theta > 0 else np.inf
    if theta in (0, 1):
        return np.inf if theta == 0 else -np.inf
    return (k - n * theta) / (theta * (1 - theta))


# %% sympy takes the limit
import math

import sympy as sp


def score(seq, theta):
    if math.isnan(theta) or theta < 0 or theta > 1:
        raise ValueError("theta must be in [0, 1]")
    if set(seq) - {"w", "b"}:
        raise ValueError("balls are w or b")
    t = sp.symbols("t", positive=True)
    slope = sp.diff(seq.count("b") * sp.log(t) + seq.count("w") * sp.log(1 - t), t)
    if theta in (0, 1):
        return float(sp.limit(slope, t, int(theta), "+" if theta == 0 else "-"))
    return float(slope.subs(t, sp.Rational(float(theta))))
