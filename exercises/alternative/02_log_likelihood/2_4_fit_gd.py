# Right answers to exercise 2.4 in another style.


# %% the power of one half that fits
from math import isfinite


def fit_gd(seq, lr, steps, start=0.5):
    if len(seq) == 0:
        raise ValueError("no balls")
    if any(ball not in "wb" for ball in seq):
        raise ValueError("unknown ball")
    if not (isfinite(lr) and lr > 0):
        raise ValueError("lr must be positive")
    if not (start > 0 and start < 1):
        raise ValueError("start must be inside")
    f = seq.count("b") / len(seq)
    dials = [float(start)]
    while len(dials) <= steps:
        theta = dials[-1]
        slope = -f / theta + (1 - f) / (1 - theta)
        halvings = 0
        new = theta - lr * slope
        while new <= 0 or new >= 1:
            halvings += 1
            new = theta - lr * slope * 0.5**halvings
        dials.append(new)
    return dials


# %% an array, the slope from sympy
import numpy as np
import sympy as sp


def fit_gd(seq, lr, steps, start=0.5):
    if not seq or set(seq) - {"w", "b"}:
        raise ValueError("seq must hold w and b, at least one")
    if np.isnan(lr) or np.isinf(lr) or lr <= 0:
        raise ValueError("lr must be positive and finite")
    if np.isnan(start) or start <= 0 or start >= 1:
        raise ValueError("start must be in (0, 1)")
    t = sp.symbols("t")
    J = -(seq.count("b") * sp.log(t) + seq.count("w") * sp.log(1 - t)) / sp.Integer(len(seq))
    slope = sp.lambdify(t, sp.diff(J, t))

    def inside(step):
        return step if 0 < path[i] - step < 1 else inside(step / 2)

    path = np.full(steps + 1, float(start))
    for i in range(steps):
        path[i + 1] = path[i] - inside(lr * slope(path[i]))
    return path
