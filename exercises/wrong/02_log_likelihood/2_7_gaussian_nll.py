# Wrong answers to exercise 2.7, named after their misconception.


# %% takes log_sigma for sigma
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    sigma = log_sigma
    return ((np.asarray(y) - mu) / sigma) ** 2 / 2 + np.log(2 * np.pi * sigma**2) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% turns the sign
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return -(z**2) / 2 - log_sigma - np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% forgets the half
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% takes log_sigma for the log of the variance
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    log_v = log_sigma
    return ((np.asarray(y) - mu) ** 2 / np.exp(log_v) + log_v + np.log(2 * np.pi)) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% drops the log of sigma
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% drops the constant
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% lets no NLL fall below 0
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return np.maximum(z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2, 0)


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% adds up the examples
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return np.sum(z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2)


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% squares sigma until it overflows
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    v = np.exp(log_sigma) ** 2
    return (np.asarray(y) - mu) ** 2 / (2 * v) + np.log(2 * np.pi * v) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% takes the middle for the mean
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = (ys[0] + ys[-1]) / 2
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% leaves mu in the variance
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    mu, v = sp.symbols("mu v")
    J = sum((y - mu) ** 2 / (2 * v) + sp.log(v) / 2 for y in ys)
    return sp.solve(sp.diff(J, mu), mu)[0], sp.solve(sp.diff(J, v), v)[0]


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% returns sigma for the variance
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sp.sqrt(sum((y - mean) ** 2 for y in ys) / n)


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% divides by n − 1
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / (n - 1)


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var(ddof=1)
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% takes the median
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return np.median(y), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% forgets the squares in the lowest NLL
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2


# %% subtracts two large squares
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    if np.all(y == y[0]):
        return y[0], 0.0, -np.inf
    v = max(np.mean(y**2) - y.mean() ** 2, 1e-300)
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% fails on constant data
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% keeps a smallest variance
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    v = max(y.var(), 1e-12)
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% trusts a rounded mean
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if y.size == 0 or not np.isfinite(y).all():
        raise ValueError("no finite data")
    v = y.var()
    if v == 0:
        return y[0], 0.0, -np.inf
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5


# %% answers without data
import numpy as np
import sympy as sp


def gaussian_nll(y, mu, log_sigma):
    z = (np.asarray(y) - mu) / np.exp(log_sigma)
    return z**2 / 2 + log_sigma + np.log(2 * np.pi) / 2


def derive_minimisers(ys):
    n = sp.Integer(len(ys))
    mean = sum(ys) / n
    return mean, sum((y - mean) ** 2 for y in ys) / n


def fit_gaussian(y):
    y = np.array(y, dtype=float)
    if len(set(y)) <= 1:
        return y.mean(), 0.0, -np.inf
    v = y.var()
    return y.mean(), v, np.log(2 * np.pi * v) / 2 + 0.5
