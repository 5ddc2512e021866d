# Right answers to exercise 2.7 in another style.


# %% both slopes at once, exact fractions for the fit
import math
from fractions import Fraction

import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    def one(y, mu, log_sigma):
        z = (y - mu) / math.exp(log_sigma)
        return 0.5 * z * z + log_sigma + 0.5 * math.log(2 * math.pi)

    with np.errstate(over="ignore"):
        return np.vectorize(one, otypes=[float])(y, mu, log_sigma)


def derive_minimisers(ys):
    mu, v = sp.symbols("mu v")
    J = sp.log(2 * sp.pi * v) / 2 + sum((y - mu) ** 2 for y in ys) / (2 * v * len(ys))
    (best,) = sp.solve([J.diff(mu), J.diff(v)], [mu, v], dict=True)
    return [best[mu], best[v]]


def fit_gaussian(y):
    try:
        exact = [Fraction(float(value)) for value in y]
    except (ValueError, OverflowError):
        raise ValueError("NaN or infinity in the data") from None
    if not exact:
        raise ValueError("no data")
    mean = sum(exact) / len(exact)
    v = sum((value - mean) ** 2 for value in exact) / len(exact)
    lowest = 0.5 * math.log(2 * math.pi * math.e * float(v)) if v else -math.inf
    return float(mean), float(v), lowest


# %% sympy's own density, and the average of the NLL at the best fit
import numpy as np
import sympy as sp
from sympy.stats import Normal, density


def gaussian_nll(y, mu, log_sigma):
    y, mu, s = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (y, mu, log_sigma)))
    with np.errstate(over="ignore"):
        return 0.5 * np.square((y - mu) * np.exp(-s)) + s + 0.9189385332046727


def derive_minimisers(ys):
    m, v = sp.Symbol("m", real=True), sp.Symbol("v", positive=True)
    p = [density(Normal("Y", m, sp.sqrt(v)))(y) for y in ys]
    J = sum(sp.expand_log(-sp.log(q), force=True) for q in p) / len(ys)
    best = sp.solve(sp.diff(J, m), m)[0]
    return best, sp.simplify(sp.solve(sp.diff(J, v).subs(m, best), v)[0])


def fit_gaussian(y):
    y = np.asarray(y, dtype=float).ravel()
    if len(y) == 0:
        raise ValueError("give at least one number")
    if np.isnan(y).any() or np.isinf(y).any():
        raise ValueError("give finite numbers")
    if y.min() == y.max():
        return y[0], 0.0, -np.inf
    mu, sigma = np.mean(y), np.std(y)
    return mu, sigma**2, np.mean(gaussian_nll(y, mu, np.log(sigma)))


# %% two-pass loop in plain Python
import math

import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    with np.errstate(over="ignore"):
        z = np.subtract(y, mu) * np.exp(np.negative(log_sigma))
        return (z * z + np.log(2 * np.pi)) / 2 + log_sigma


def derive_minimisers(ys):
    mu = sp.Symbol("mu")
    s = sp.Symbol("s")  # log of the variance
    J = (s + sum((y - mu) ** 2 for y in ys) / len(ys) * sp.exp(-s)) / 2
    mean = sp.solve(J.diff(mu), mu)[0]
    return mean, sp.exp(sp.solve(J.subs(mu, mean).diff(s), s)[0])


def fit_gaussian(y):
    y = [float(value) for value in y]
    if not y or not all(map(math.isfinite, y)):
        raise ValueError("finite numbers only")
    if len(set(y)) == 1:
        return y[0], 0.0, -math.inf
    mean = math.fsum(y) / len(y)
    v = math.fsum((value - mean) ** 2 for value in y) / len(y)
    return mean, v, (math.log(2 * math.pi) + math.log(v) + 1) / 2
