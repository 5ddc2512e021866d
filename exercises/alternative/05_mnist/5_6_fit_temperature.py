# Right answers to exercise 5.6 in another style. canary-alternative-05_mnist


# %% Brent's method on the slope
from scipy.optimize import brentq
from scipy.special import softmax


def fit_temperature(logits_val, y_val):
    z = np.array(logits_val, dtype=float)
    z -= z.mean(axis=1, keepdims=True)
    size = np.abs(z).max()
    z /= size
    zy = np.take_along_axis(z, np.asarray(y_val)[:, None], axis=1)[:, 0]

    def slope(beta):
        return np.mean((softmax(beta * z, axis=1) * z).sum(axis=1) - zy)

    if slope(0) >= 0:
        raise ValueError("no better than guessing: T would be infinite")
    if np.all(zy >= z.max(axis=1)):
        raise ValueError("nothing wrong: T would be 0")
    top = 1.0
    while slope(top) <= 0:
        top *= 10
    return size / brentq(slope, 0, top, xtol=1e-13, rtol=1e-12)


# %% a minimiser of the loss in log T
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp


def fit_temperature(logits_val, y_val):
    n = len(y_val)
    gaps = logits_val - logits_val[np.arange(n), y_val][:, None]  # z_k - z_y
    if gaps.max() <= 0:
        raise ValueError("every answer is right")
    if gaps.sum() >= 0:
        raise ValueError("the true logit is below the average")
    scale = np.abs(gaps).max()
    gaps = gaps / scale

    def loss(log_T):
        return logsumexp(gaps / np.exp(log_T), axis=1).mean()

    best = minimize_scalar(loss, bracket=(-1.0, 0.0), tol=1e-10)
    return scale * float(np.exp(best.x))
