# Wrong answers to exercise 2.3, named after their misconception.


# %% turns the sign
def score(seq, theta):
    k = seq.count("b")
    return (len(seq) - k) / (1 - theta) - k / theta


# %% swaps the colours
def score(seq, theta):
    return seq.count("w") / theta - seq.count("b") / (1 - theta)


# %% forgets the inner derivative
def score(seq, theta):
    return seq.count("b") / theta + seq.count("w") / (1 - theta)


# %% differentiates the likelihood
import sympy as sp


def score(seq, theta):
    t = sp.symbols("t")
    L = t ** seq.count("b") * (1 - t) ** seq.count("w")
    return float(sp.diff(L, t).subs(t, theta))


# %% divides by the number of balls
def score(seq, theta):
    k, n = seq.count("b"), len(seq)
    return (k / theta - (n - k) / (1 - theta)) / n


# %% takes a difference quotient
import numpy as np


def score(seq, theta):
    def ell(t):
        return seq.count("b") * np.log(t) + seq.count("w") * np.log(1 - t)

    h = 1e-6 * theta
    return (ell(theta + h) - ell(theta - h)) / (2 * h)


# %% fails at the ends
def score(seq, theta):
    if not 0 <= theta <= 1 or set(seq) - {"w", "b"}:
        raise ValueError("bad input")
    k = seq.count("b")
    return k / theta - (len(seq) - k) / (1 - theta)


# %% keeps away from the ends
def score(seq, theta):
    if not 0 <= theta <= 1 or set(seq) - {"w", "b"}:
        raise ValueError("bad input")
    k, theta = seq.count("b"), min(max(theta, 1e-15), 1 - 1e-15)
    return k / theta - (len(seq) - k) / (1 - theta)


# %% lets a colour pull that never came
import numpy as np


def score(seq, theta):
    if not 0 <= theta <= 1 or set(seq) - {"w", "b"}:
        raise ValueError("bad input")
    if theta == 0:
        return np.inf
    if theta == 1:
        return -np.inf
    k = seq.count("b")
    return k / theta - (len(seq) - k) / (1 - theta)


# %% accepts any theta
import numpy as np


def score(seq, theta):
    if set(seq) - {"w", "b"}:
        raise ValueError("bad input")
    pull = {"b": 1 / theta if theta else np.inf, "w": -1 / (1 - theta) if theta != 1 else -np.inf}
    return sum(pull[ball] for ball in seq)


# %% accepts any letter
import numpy as np


def score(seq, theta):
    if not 0 <= theta <= 1:
        raise ValueError("bad input")
    right = 1 / theta if theta > 0 else np.inf
    left = -1 / (1 - theta) if theta < 1 else -np.inf
    return sum(right if ball == "b" else left for ball in seq)
