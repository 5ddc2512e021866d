# canary-alternative-01_likelihood: right answers to exercise 1.1 in another style.


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


# %% one ball off, the rest to itself
def sequence_probability(seq, theta):
    if not 0 <= theta <= 1:
        raise ValueError("theta must be a probability")
    if not seq:
        return 1
    if seq[0] == "b":
        return theta * sequence_probability(seq[1:], theta)
    if seq[0] == "w":
        return (1 - theta) * sequence_probability(seq[1:], theta)
    raise ValueError("not a ball: " + seq[0])


# %% sympy
def sequence_probability(seq, theta):
    if not 0 <= theta <= 1 or [ball for ball in seq if ball not in "wb"]:
        raise ValueError("theta must be in [0, 1] and the balls w or b")
    t = sp.Symbol("t")
    likelihood = sp.prod([t if ball == "b" else 1 - t for ball in seq])
    return sp.sympify(likelihood).subs(t, theta)
