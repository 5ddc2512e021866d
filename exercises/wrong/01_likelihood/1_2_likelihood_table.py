# Wrong answers to exercise 1.2. Each cell is named after its misconception.


# %% swaps rows and columns
from math import comb


def likelihood_table(n, thetas):
    theta = np.asarray(thetas, dtype=float)
    return np.array([comb(n, k) * theta**k * (1 - theta) ** (n - k) for k in range(n + 1)])


# %% makes the columns sum to 1
from scipy.special import comb


def likelihood_table(n, thetas):
    theta, k = np.asarray(thetas)[:, None], np.arange(n + 1)
    table = comb(n, k) * theta**k * (1 - theta) ** (n - k)
    return table / table.sum(axis=0)


# %% forgets the orders
def likelihood_table(n, thetas):
    theta, k = np.asarray(thetas)[:, None], np.arange(n + 1)
    return theta**k * (1 - theta) ** (n - k)


# %% swaps the colours
from scipy.special import comb


def likelihood_table(n, thetas):
    theta, k = np.asarray(thetas)[:, None], np.arange(n + 1)
    return comb(n, k) * theta ** (n - k) * (1 - theta) ** k


# %% breaks at the ends
from scipy.special import gammaln


def likelihood_table(n, thetas):
    theta, k = np.asarray(thetas, dtype=float)[:, None], np.arange(n + 1)
    log_orders = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.exp(log_orders + k * np.log(theta) + (n - k) * np.log(1 - theta))


# %% rescales the rows
def likelihood_table(n, thetas):
    theta, k = np.asarray(thetas)[:, None], np.arange(n + 1)
    table = theta**k * (1 - theta) ** (n - k)
    return table / table.sum(axis=1, keepdims=True)


# %% forgets n = 0
def likelihood_table(n, thetas):
    theta = np.asarray(thetas, dtype=float)
    columns = [1 - theta, theta]
    for _ in range(n - 1):
        from_white = [column * (1 - theta) for column in columns] + [0 * theta]
        from_black = [0 * theta] + [column * theta for column in columns]
        columns = [w + b for w, b in zip(from_white, from_black)]
    return np.stack(columns, axis=1)


# %% overflows
def likelihood_table(n, thetas):
    theta, k = np.asarray(thetas)[:, None], np.arange(n + 1)
    factorial = np.cumprod(np.concatenate([[1], np.arange(1, n + 1)]))
    orders = factorial[n] / (factorial[k] * factorial[n - k])
    return orders * theta**k * (1 - theta) ** (n - k)
