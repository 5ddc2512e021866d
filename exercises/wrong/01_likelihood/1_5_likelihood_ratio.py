# Wrong answers to exercise 1.5. Each cell is named after its misconception.


# %% turns the ratio upside down
def likelihood_ratio(seq, theta_a, theta_b):
    k, w = seq.count("b"), seq.count("w")
    return (theta_b / theta_a) ** k * ((1 - theta_b) / (1 - theta_a)) ** w


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    return prior_odds * likelihood_ratio(seq, theta_a, theta_b)


# %% forgets the white balls
def likelihood_ratio(seq, theta_a, theta_b):
    return (theta_a / theta_b) ** seq.count("b")


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    return prior_odds * likelihood_ratio(seq, theta_a, theta_b)


# %% turns the odds into a probability
def likelihood_ratio(seq, theta_a, theta_b):
    k, w = seq.count("b"), seq.count("w")
    return (theta_a / theta_b) ** k * ((1 - theta_a) / (1 - theta_b)) ** w


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    odds = prior_odds * likelihood_ratio(seq, theta_a, theta_b)
    return odds / (1 + odds)


# %% ignores the prior
def likelihood_ratio(seq, theta_a, theta_b):
    k, w = seq.count("b"), seq.count("w")
    return (theta_a / theta_b) ** k * ((1 - theta_a) / (1 - theta_b)) ** w


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    L_a, L_b = likelihood_ratio(seq, theta_a, theta_b), 1
    return (L_a / (L_a + L_b)) / (L_b / (L_a + L_b))


# %% takes the prior for a probability
def likelihood_ratio(seq, theta_a, theta_b):
    k, w = seq.count("b"), seq.count("w")
    return (theta_a / theta_b) ** k * ((1 - theta_a) / (1 - theta_b)) ** w


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    return prior_odds / (1 - prior_odds) * likelihood_ratio(seq, theta_a, theta_b)


# %% lets the products underflow
def likelihood_ratio(seq, theta_a, theta_b):
    L_a = L_b = 1.0
    for ball in seq:
        L_a *= theta_a if ball == "b" else 1 - theta_a
        L_b *= theta_b if ball == "b" else 1 - theta_b
    if L_b == 0:
        if L_a == 0:
            raise ValueError("impossible at both settings")
        return float("inf")
    return L_a / L_b


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    return prior_odds * likelihood_ratio(seq, theta_a, theta_b)


# %% overflows on the way
def likelihood_ratio(seq, theta_a, theta_b):
    k, w = seq.count("b"), seq.count("w")
    return (theta_a / theta_b) ** k * ((1 - theta_a) / (1 - theta_b)) ** w


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    return prior_odds * likelihood_ratio(seq, theta_a, theta_b)


# %% stumbles over a huge ratio
from math import exp, log


def likelihood_ratio(seq, theta_a, theta_b):
    k, w = seq.count("b"), seq.count("w")
    return exp(k * log(theta_a / theta_b) + w * log((1 - theta_a) / (1 - theta_b)))


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    return prior_odds * likelihood_ratio(seq, theta_a, theta_b)


# %% multiplies after the overflow
from scipy.special import xlog1py, xlogy


def likelihood_ratio(seq, theta_a, theta_b):
    k, w = seq.count("b"), seq.count("w")
    above = float(xlogy(k, theta_a) + xlog1py(w, -theta_a))
    below = float(xlogy(k, theta_b) + xlog1py(w, -theta_b))
    if above == below == -np.inf:
        raise ValueError("impossible at both settings")
    with np.errstate(over="ignore"):
        return np.exp(above - below)


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    return prior_odds * likelihood_ratio(seq, theta_a, theta_b)


# %% avoids infinity
def posterior_odds(seq, theta_a, theta_b, prior_odds):
    k, w = seq.count("b"), seq.count("w")
    eps = 1e-300
    above = k * np.log(theta_a + eps) + w * np.log(1 - theta_a + eps)
    below = k * np.log(theta_b + eps) + w * np.log(1 - theta_b + eps)
    with np.errstate(over="ignore"):
        return np.exp(np.log(prior_odds + eps * 1e-20) + above - below)


def likelihood_ratio(seq, theta_a, theta_b):
    return posterior_odds(seq, theta_a, theta_b, 1)


# %% stumbles over extreme odds
from math import log

from scipy.special import xlog1py, xlogy


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    k, w = seq.count("b"), seq.count("w")
    above = float(xlogy(k, theta_a) + xlog1py(w, -theta_a))
    below = float(xlogy(k, theta_b) + xlog1py(w, -theta_b))
    if above == below == -np.inf:
        raise ValueError("impossible at both settings")
    with np.errstate(over="ignore"):
        return np.exp(log(prior_odds) + above - below)


def likelihood_ratio(seq, theta_a, theta_b):
    return posterior_odds(seq, theta_a, theta_b, 1)


# %% answers 0 / 0
from scipy.special import xlog1py, xlogy


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    k, w = seq.count("b"), seq.count("w")
    above = float(xlogy(k, theta_a) + xlog1py(w, -theta_a))
    below = float(xlogy(k, theta_b) + xlog1py(w, -theta_b))
    with np.errstate(all="ignore"):
        return np.exp(np.log(prior_odds) + above - below)


def likelihood_ratio(seq, theta_a, theta_b):
    return posterior_odds(seq, theta_a, theta_b, 1)


# %% answers 0 times infinity
from scipy.special import xlog1py, xlogy


def posterior_odds(seq, theta_a, theta_b, prior_odds):
    k, w = seq.count("b"), seq.count("w")
    above = float(xlogy(k, theta_a) + xlog1py(w, -theta_a))
    below = float(xlogy(k, theta_b) + xlog1py(w, -theta_b))
    if above == below == -np.inf:
        raise ValueError("impossible at both settings")
    with np.errstate(all="ignore"):
        return np.exp(np.log(prior_odds) + above - below)


def likelihood_ratio(seq, theta_a, theta_b):
    return posterior_odds(seq, theta_a, theta_b, 1)
