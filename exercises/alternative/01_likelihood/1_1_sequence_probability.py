# Right answers to exercise 1.1 in another style.


# %% counts instead of a loop
def sequence_probability(seq, theta):
    k, n = seq.count("b"), len(seq)
    if not (theta >= 0 and theta <= 1):
        raise ValueError(f"not a probability: {theta}")
    if k + seq.count("w") != n:
        raise ValueError("only w and b, please")
    return theta**k * (1 - theta) ** (n - k)


# %% math.prod over a table of factors
from math import prod


def sequence_probability(seq, theta):
    if theta != theta or theta < 0 or theta > 1:
        raise ValueError("theta must be a probability")
    factor = {"b": theta, "w": 1 - theta}
    try:
        return prod(factor[ball] for ball in seq)
    except KeyError as unknown:
        raise ValueError(f"unknown ball {unknown}") from None
