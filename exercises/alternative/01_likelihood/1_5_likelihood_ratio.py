# Right answers to exercise 1.5 in another style.


# %% exact fractions
def posterior_odds(seq, theta_a, theta_b, prior_odds):
    k, w = seq.count("b"), seq.count("w")
    a, b = Fraction(theta_a), Fraction(theta_b)
    above = a**k * (1 - a) ** w
    below = b**k * (1 - b) ** w
    if prior_odds == np.inf:
        if above == 0:
            raise ValueError("infinity times 0, or 0 / 0")
        return np.inf
    above *= Fraction(prior_odds)
    if below == 0:
        if above == 0:
            raise ValueError("0 / 0 or 0 times infinity")
        return np.inf
    try:
        return float(above / below)
    except OverflowError:
        return np.inf


def likelihood_ratio(seq, theta_a, theta_b):
    return posterior_odds(seq, theta_a, theta_b, 1)


# %% case by case, with math
from math import exp, inf, log


def log_likelihood(seq, theta):
    total = 0.0
    for ball in seq:
        p = theta if ball == "b" else 1 - theta
        if p == 0:
            return -inf
        total += log(p)
    return total


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    a, b = log_likelihood(seq, theta_a), log_likelihood(seq, theta_b)
    zero_above, zero_below = a == -inf or prior_odds == 0, b == -inf or prior_odds == inf
    if a == -inf and b == -inf or zero_above and zero_below:
        raise ValueError("no odds can be given")
    if zero_above:
        return 0.0
    if zero_below:
        return inf
    total = a - b + log(prior_odds)
    return exp(total) if total < 709.7 else inf


def likelihood_ratio(seq, theta_a, theta_b):
    return posterior_odds(seq, theta_a, theta_b, 1.0)


# %% sympy, to thirty digits
def posterior_odds(seq, theta_a, theta_b, prior_odds):
    k, w = seq.count("b"), seq.count("w")
    a, b = sp.Rational(theta_a), sp.Rational(theta_b)
    prior = sp.oo if prior_odds == np.inf else sp.Rational(prior_odds)
    above, below = (sp.N(t, 30) ** k * (1 - sp.N(t, 30)) ** w for t in (a, b))
    if above == 0 and (below == 0 or prior == sp.oo) or below == 0 and prior == 0:
        raise ValueError("0 / 0 or 0 times infinity")
    if below == 0 or prior == sp.oo:
        return np.inf
    return float(prior * above / below)


def likelihood_ratio(seq, theta_a, theta_b):
    return posterior_odds(seq, theta_a, theta_b, 1)
