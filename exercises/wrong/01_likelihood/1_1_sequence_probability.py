# Wrong answers to exercise 1.1. Each cell is named after its misconception.


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


# %% adds the factors
def sequence_probability(seq, theta):
    return sum(theta if ball == "b" else 1 - theta for ball in seq)


# %% accepts any theta
def sequence_probability(seq, theta):
    if not set(seq) <= {"w", "b"}:
        raise ValueError("letters must be w or b")
    k = seq.count("b")
    return theta**k * (1 - theta) ** (len(seq) - k)
