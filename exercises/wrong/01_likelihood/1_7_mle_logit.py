# Wrong answers to exercise 1.7. Each cell is named after its misconception.


# %% forgets the new scale
from scipy.special import beta


def mle_logit(k, n):
    return k / n


def area_under_likelihood_in_phi(k, n):
    return beta(k, n - k)


# %% swaps the colours
from scipy.special import beta


def mle_logit(k, n):
    return np.log((n - k) / k)


def area_under_likelihood_in_phi(k, n):
    return beta(k, n - k)


# %% treats the likelihood as a density
from scipy.special import beta


def mle_logit(k, n):
    # the density in phi is L(theta) dtheta/dphi = theta^(k+1) (1-theta)^(n-k+1)
    return np.log((k + 1) / (n - k + 1))


def area_under_likelihood_in_phi(k, n):
    return beta(k, n - k)


# %% scales the area to 1
def mle_logit(k, n):
    return np.log(k / (n - k))


def area_under_likelihood_in_phi(k, n):
    return 1.0


# %% integrates over θ
from scipy.special import beta


def mle_logit(k, n):
    return np.log(k / (n - k))


def area_under_likelihood_in_phi(k, n):
    return beta(k + 1, n - k + 1)


# %% counts every order
from scipy.special import beta, comb


def mle_logit(k, n):
    return np.log(k / (n - k))


def area_under_likelihood_in_phi(k, n):
    return comb(n, k) * beta(k, n - k)


# %% gets dφ wrong
from scipy.special import beta


def mle_logit(k, n):
    return np.log(k / (n - k))


def area_under_likelihood_in_phi(k, n):
    # L(theta) / (theta (1 - theta)), integrated over the logit once more
    return beta(k - 1, n - k - 1)


# %% cuts the tails off
def mle_logit(k, n):
    return np.log(k / (n - k))


def area_under_likelihood_in_phi(k, n):
    phi = np.linspace(-10, 10, 2001)
    theta = 1 / (1 + np.exp(-phi))
    return np.trapezoid(theta**k * (1 - theta) ** (n - k), phi)


# %% loses small areas
from scipy.integrate import quad
from scipy.special import expit, logit


def mle_logit(k, n):
    return float(logit(k / n))


def area_under_likelihood_in_phi(k, n):
    return quad(lambda phi: expit(phi) ** k * expit(-phi) ** (n - k), -np.inf, np.inf)[0]


# %% stumbles at the ends
from math import comb, log


def mle_logit(k, n):
    return log(k / (n - k))


def area_under_likelihood_in_phi(k, n):
    return 1 / (k * comb(n - 1, k))


# %% makes an infinite area finite
from scipy.special import expit, logit


def mle_logit(k, n):
    return float(logit(k / n))


def area_under_likelihood_in_phi(k, n):
    phi = np.linspace(-100, 100, 20001)
    return np.trapezoid(expit(phi) ** k * expit(-phi) ** (n - k), phi)


# %% estimates from nothing
from math import inf, log

from scipy.special import beta


def mle_logit(k, n):
    if k < 0 or k > n:
        raise ValueError("impossible counts")
    return -inf if k == 0 else inf if k == n else log(k / (n - k))


def area_under_likelihood_in_phi(k, n):
    if k < 0 or k > n:
        raise ValueError("impossible counts")
    return inf if k in (0, n) else beta(k, n - k)


# %% accepts impossible counts
from math import inf, log

from scipy.special import beta


def mle_logit(k, n):
    if n == 0:
        raise ValueError("no balls")
    return -inf if k <= 0 else inf if k >= n else log(k / (n - k))


def area_under_likelihood_in_phi(k, n):
    if n == 0:
        raise ValueError("no balls")
    return inf if k <= 0 or k >= n else beta(k, n - k)
