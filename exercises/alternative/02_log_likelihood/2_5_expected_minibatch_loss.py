# Right answers to exercise 2.5 in another style.


# %% how many minibatches hold j black balls
from math import comb, inf, log


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def by_black(seq, m):
    n, black = len(seq), seq.count("b")
    if m < 1 or m > n:
        raise ValueError("no such minibatch")
    ways = {j: comb(black, j) * comb(n - black, m - j) for j in range(m + 1)}
    return [(w / comb(n, m), j) for j, w in ways.items() if w]


def expected_minibatch_loss(seq, theta, m):
    def cost(count, q):
        return 0 if count == 0 else -count * log(q) if q else inf

    return sum(w * (cost(j, theta) + cost(m - j, 1 - theta)) / m for w, j in by_black(seq, m))


def expected_minibatch_likelihood(seq, theta, m):
    total = 0
    for weight, j in by_black(seq, m):
        total += weight * (theta**j * (1 - theta) ** (m - j)) ** (len(seq) / m)
    return total


# %% recursion over taking a ball or leaving it
import math


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def choose(values, m):
    if m == 0:
        return [[]]
    if len(values) < m:
        return []
    first, rest = values[0], values[1:]
    return [[first, *batch] for batch in choose(rest, m - 1)] + choose(rest, m)


def checked(seq, theta, m):
    if m <= 0 or m > len(seq):
        raise ValueError("m must be from 1 to N")
    return choose(factors(seq, theta), m)


def expected_minibatch_loss(seq, theta, m):
    batches = checked(seq, theta, m)
    total = 0.0
    for batch in batches:
        for q in batch:
            total += -math.log(q) if q > 0 else math.inf
    return total / (m * len(batches))


def expected_minibatch_likelihood(seq, theta, m):
    batches = checked(seq, theta, m)
    return sum(math.prod(batch) ** (len(seq) / m) for batch in batches) / len(batches)


# %% the theorem, and exponentials of logs
import itertools

import numpy as np
from scipy.special import logsumexp


def factors(seq, theta):
    return [theta if ball == "b" else 1 - theta for ball in seq]


def logs(seq, theta, m):
    if m not in range(1, len(seq) + 1):
        raise ValueError("m is not in 1..N")
    with np.errstate(divide="ignore"):
        return np.log(factors(seq, theta))


def expected_minibatch_loss(seq, theta, m):
    return -logs(seq, theta, m).mean()  # every ball is in equally many minibatches


def expected_minibatch_likelihood(seq, theta, m):
    rows = np.array(list(itertools.combinations(logs(seq, theta, m), m)))
    return np.exp(logsumexp(rows.mean(axis=1) * len(seq)) - np.log(len(rows)))
