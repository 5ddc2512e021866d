# Wrong answers to exercise 1.4. Each cell is named after its misconception.


# %% returns the position
def argmax_likelihood(seq, grid):
    theta = np.asarray(grid)
    k, n = seq.count("b"), len(seq)
    return np.argmax(k * np.log(theta) + (n - k) * np.log(1 - theta))


# %% swaps the colours
def argmax_likelihood(seq, grid):
    theta = np.asarray(grid)
    balls = np.array([ball == "w" for ball in seq])
    log_factors = np.where(balls, np.log(theta)[:, None], np.log(1 - theta)[:, None])
    return theta[np.argmax(log_factors.sum(axis=1))]


# %% leaves the grid
def argmax_likelihood(seq, grid):
    return seq.count("b") / len(seq)


# %% takes the nearest setting
def argmax_likelihood(seq, grid):
    best = seq.count("b") / len(seq)
    return min(grid, key=lambda theta: abs(theta - best))


# %% lets the product underflow
def argmax_likelihood(seq, grid):
    best, best_likelihood = grid[0], 0.0
    for theta in grid:
        likelihood = 1.0
        for ball in seq:
            likelihood *= theta if ball == "b" else 1 - theta
        if likelihood > best_likelihood:
            best, best_likelihood = theta, likelihood
    return best


# %% stumbles over log 0
def argmax_likelihood(seq, grid):
    theta = np.asarray(grid)
    k, n = seq.count("b"), len(seq)
    return theta[np.argmax(k * np.log(theta) + (n - k) * np.log(1 - theta))]


# %% drops the ends
from math import log


def argmax_likelihood(seq, grid):
    k, n = seq.count("b"), len(seq)
    inside = [theta for theta in grid if 0 < theta < 1]
    return max(inside, key=lambda theta: k * log(theta) + (n - k) * log(1 - theta))


# %% adds an eps inside the log
def argmax_likelihood(seq, grid):
    theta = np.asarray(grid)
    k, n = seq.count("b"), len(seq)
    safe = np.clip(theta, 1e-15, 1 - 1e-15)
    return theta[np.argmax(k * np.log(safe) + (n - k) * np.log(1 - safe))]
