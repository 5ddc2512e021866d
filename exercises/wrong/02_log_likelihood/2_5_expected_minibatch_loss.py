# Wrong answers to exercise 2.5, named after their misconception.


# %% takes the sum of a minibatch
from itertools import combinations

import numpy as np


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def valid(seq, m):
    if not 1 <= m <= len(seq):
        raise ValueError("m must lie in 1 to N")


def expected_minibatch_loss(seq, theta, m):
    valid(seq, m)
    with np.errstate(divide="ignore"):
        losses = -np.log(factors(seq, theta))
    return np.mean([np.sum(batch) for batch in combinations(losses, m)])


def expected_minibatch_likelihood(seq, theta, m):
    valid(seq, m)
    n, q = len(seq), factors(seq, theta)
    return np.mean([np.prod(batch) ** (n / m) for batch in combinations(q, m)])


# %% draws a ball twice
from itertools import product

import numpy as np


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def valid(seq, m):
    if not 1 <= m <= len(seq):
        raise ValueError("m must lie in 1 to N")


def expected_minibatch_loss(seq, theta, m):
    valid(seq, m)
    with np.errstate(divide="ignore"):
        losses = -np.log(factors(seq, theta))
    return np.mean([np.mean(batch) for batch in product(losses, repeat=m)])


def expected_minibatch_likelihood(seq, theta, m):
    valid(seq, m)
    n, q = len(seq), factors(seq, theta)
    return np.mean([np.prod(batch) ** (n / m) for batch in product(q, repeat=m)])


# %% drops minibatches that look alike
from itertools import combinations

import numpy as np


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def valid(seq, m):
    if not 1 <= m <= len(seq):
        raise ValueError("m must lie in 1 to N")


def expected_minibatch_loss(seq, theta, m):
    valid(seq, m)
    with np.errstate(divide="ignore"):
        losses = -np.log(factors(seq, theta))
    return np.mean([np.mean(batch) for batch in set(combinations(losses, m))])


def expected_minibatch_likelihood(seq, theta, m):
    valid(seq, m)
    n, q = len(seq), factors(seq, theta)
    return np.mean([np.prod(batch) ** (n / m) for batch in set(combinations(q, m))])


# %% takes only neighbours
import numpy as np


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def valid(seq, m):
    if not 1 <= m <= len(seq):
        raise ValueError("m must lie in 1 to N")


def neighbours(values, m):
    return [values[i : i + m] for i in range(len(values) - m + 1)]


def expected_minibatch_loss(seq, theta, m):
    valid(seq, m)
    with np.errstate(divide="ignore"):
        losses = -np.log(factors(seq, theta))
    return np.mean([np.mean(batch) for batch in neighbours(losses, m)])


def expected_minibatch_likelihood(seq, theta, m):
    valid(seq, m)
    n, q = len(seq), factors(seq, theta)
    return np.mean([np.prod(batch) ** (n / m) for batch in neighbours(q, m)])


# %% takes the power after averaging the logs
from itertools import combinations

import numpy as np


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def valid(seq, m):
    if not 1 <= m <= len(seq):
        raise ValueError("m must lie in 1 to N")


def expected_minibatch_loss(seq, theta, m):
    valid(seq, m)
    with np.errstate(divide="ignore"):
        losses = -np.log(factors(seq, theta))
    return np.mean([np.mean(batch) for batch in combinations(losses, m)])


def expected_minibatch_likelihood(seq, theta, m):
    return np.exp(-len(seq) * expected_minibatch_loss(seq, theta, m))


# %% forgets the power N/m
from itertools import combinations

import numpy as np


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def valid(seq, m):
    if not 1 <= m <= len(seq):
        raise ValueError("m must lie in 1 to N")


def expected_minibatch_loss(seq, theta, m):
    valid(seq, m)
    with np.errstate(divide="ignore"):
        losses = -np.log(factors(seq, theta))
    return np.mean([np.mean(batch) for batch in combinations(losses, m)])


def expected_minibatch_likelihood(seq, theta, m):
    valid(seq, m)
    q = factors(seq, theta)
    return np.mean([np.prod(batch) for batch in combinations(q, m)])


# %% has the power of pairs built in
from itertools import combinations

import numpy as np


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def valid(seq, m):
    if not 1 <= m <= len(seq):
        raise ValueError("m must lie in 1 to N")


def expected_minibatch_loss(seq, theta, m):
    valid(seq, m)
    with np.errstate(divide="ignore"):
        losses = -np.log(factors(seq, theta))
    return np.mean([np.mean(batch) for batch in combinations(losses, m)])


def expected_minibatch_likelihood(seq, theta, m):
    valid(seq, m)
    n, q = len(seq), factors(seq, theta)
    return np.mean([np.prod(batch) ** (n / 2) for batch in combinations(q, m)])


# %% fails at an impossible ball
from itertools import combinations

import numpy as np


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def valid(seq, m):
    if not 1 <= m <= len(seq):
        raise ValueError("m must lie in 1 to N")


def expected_minibatch_loss(seq, theta, m):
    valid(seq, m)
    losses = -np.log(factors(seq, theta))
    return np.mean([np.mean(batch) for batch in combinations(losses, m)])


def expected_minibatch_likelihood(seq, theta, m):
    valid(seq, m)
    n, q = len(seq), factors(seq, theta)
    return np.mean([np.prod(batch) ** (n / m) for batch in combinations(q, m)])


# %% accepts any m
from itertools import combinations

import numpy as np


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def valid(seq, m):
    pass


def expected_minibatch_loss(seq, theta, m):
    valid(seq, m)
    with np.errstate(divide="ignore"):
        losses = -np.log(factors(seq, theta))
    return np.mean([np.mean(batch) for batch in combinations(losses, m)])


def expected_minibatch_likelihood(seq, theta, m):
    valid(seq, m)
    n, q = len(seq), factors(seq, theta)
    return np.mean([np.prod(batch) ** (n / m) for batch in combinations(q, m)])
