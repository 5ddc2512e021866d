# Right answers to exercise 1.2 in another style.


# %% two loops
from math import comb


def likelihood_table(n, thetas):
    table = np.zeros((len(thetas), n + 1))
    for i in range(len(thetas)):
        for k in range(n + 1):
            table[i, k] = comb(n, k) * thetas[i] ** k * (1 - thetas[i]) ** (n - k)
    return table


# %% ball after ball
def likelihood_table(n, thetas):
    theta = np.asarray(thetas, dtype=float)
    table = np.zeros((theta.size, n + 1))
    table[:, 0] = 1
    for _ in range(n):
        black = table[:, :-1] * theta[:, None]
        table *= (1 - theta)[:, None]
        table[:, 1:] += black
    return table


# %% logarithms with care
from scipy.special import gammaln, xlog1py, xlogy


def likelihood_table(n, thetas):
    theta, k = np.asarray(thetas, dtype=float)[:, None], np.arange(n + 1)
    log_orders = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.exp(log_orders + xlogy(k, theta) + xlog1py(n - k, -theta))


# %% outer powers and SciPy's binomials
from scipy.special import comb


def likelihood_table(n, thetas):
    k = np.arange(n + 1)
    black = np.power.outer(np.array(thetas, dtype=float), k)
    white = np.power.outer(1 - np.array(thetas, dtype=float), n - k)
    return comb(n, k) * black * white
