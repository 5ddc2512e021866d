# canary-wrong-01_likelihood: wrong answers to exercise 1.1, each named after its misconception.


# %% adds the factors
def sequence_probability(seq, theta):
    return sum(theta if ball == "b" else 1 - theta for ball in seq)


# %% swaps the colours
def sequence_probability(seq, theta):
    probability = theta**0
    for ball in seq:
        probability *= theta if ball == "w" else 1 - theta
    return probability


# %% counts every order
from math import comb


def sequence_probability(seq, theta):
    n, k = len(seq), seq.count("b")
    return comb(n, k) * theta**k * (1 - theta) ** (n - k)


# %% stumbles at the ends
from math import exp, log


def sequence_probability(seq, theta):
    return exp(sum(log(theta) if ball == "b" else log(1 - theta) for ball in seq))


# %% loses exact fractions
import numpy as np


def sequence_probability(seq, theta):
    factors = np.array([theta if ball == "b" else 1 - theta for ball in seq], dtype=float)
    return factors.prod()


# %% forgets the empty product
def sequence_probability(seq, theta):
    probability = 0
    for position, ball in enumerate(seq):
        factor = theta if ball == "b" else 1 - theta
        probability = factor if position == 0 else probability * factor
    return probability


# %% accepts any letter
def sequence_probability(seq, theta):
    if not 0 <= theta <= 1:
        raise ValueError("theta must be a probability")
    probability = 1
    for ball in seq:
        probability *= theta if ball == "b" else 1 - theta
    return probability


# %% accepts any theta
def sequence_probability(seq, theta):
    if not set(seq) <= {"w", "b"}:
        raise ValueError("letters must be w or b")
    k = seq.count("b")
    return theta**k * (1 - theta) ** (len(seq) - k)


# %% lets NaN through
def sequence_probability(seq, theta):
    if theta < 0 or theta > 1:
        raise ValueError("theta must be a probability")
    if seq.strip("wb"):
        raise ValueError("letters must be w or b")
    k = seq.count("b")
    return theta**k * (1 - theta) ** (len(seq) - k)
