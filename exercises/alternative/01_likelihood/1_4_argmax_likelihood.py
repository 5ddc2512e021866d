# Right answers to exercise 1.4 in another style.


# %% a loop over the balls, with math.log
from math import inf, log


def argmax_likelihood(seq, grid):
    best, best_log = None, -inf
    for theta in grid:
        total = 0.0
        for ball in seq:
            factor = theta if ball == "b" else 1 - theta
            total += log(factor) if factor > 0 else -inf
        if best is None or total > best_log:
            best, best_log = theta, total
    return best


# %% exact fractions
def argmax_likelihood(seq, grid):
    k, w = seq.count("b"), seq.count("w")
    exact = [Fraction(theta) ** k * (1 - Fraction(theta)) ** w for theta in grid]
    return grid[exact.index(max(exact))]


# %% NumPy, one colour at a time
def argmax_likelihood(seq, grid):
    theta = np.array(grid, dtype=float)
    k, w = seq.count("b"), seq.count("w")
    total = np.zeros_like(theta)
    with np.errstate(divide="ignore"):
        if k:
            total += k * np.log(theta)
        if w:
            total += w * np.log1p(-theta)
    return theta[total.argmax()]


# %% the mean log factor
from scipy.special import xlogy


def argmax_likelihood(seq, grid):
    share = np.mean([ball == "b" for ball in seq])
    return max(grid, key=lambda t: xlogy(share, t) + xlogy(1 - share, 1 - t))
