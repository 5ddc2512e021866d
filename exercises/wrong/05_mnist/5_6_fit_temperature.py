# Wrong answers to exercise 5.6. Each cell is named after its misconception. canary-wrong-05_mnist


# %% changes the logits it was given
from scipy.optimize import brentq
from scipy.special import softmax


def fit_temperature(logits_val, y_val):
    z = logits_val
    z -= z.max(axis=1, keepdims=True)
    true = z[np.arange(len(z)), y_val]
    if not true.any() or true.mean() <= z.mean():
        raise ValueError("no temperature is best")
    size = z.std()
    f = lambda b: ((softmax(b / size * z, axis=1) * z).sum(axis=1) - true).mean() / size
    return size / brentq(f, 0, 1e4, xtol=1e-12)


# %% returns 1/T
from scipy.optimize import brentq
from scipy.special import softmax


def fit_temperature(logits_val, y_val):
    z = logits_val - logits_val.max(axis=1, keepdims=True)
    true = z[np.arange(len(z)), y_val]
    if not true.any() or true.mean() <= z.mean():
        raise ValueError("no temperature is best")
    size = z.std()
    f = lambda b: ((softmax(b / size * z, axis=1) * z).sum(axis=1) - true).mean() / size
    return brentq(f, 0, 1e4, xtol=1e-12) / size


# %% scales the probabilities
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax


def fit_temperature(logits_val, y_val):
    q = softmax(logits_val, axis=1)
    each = np.arange(len(q))
    loss = lambda T: -log_softmax(q / T, axis=1)[each, y_val].mean()
    return minimize_scalar(loss, bounds=(1e-3, 1e3), method="bounded").x


# %% matches the mean confidence with the accuracy
from scipy.optimize import brentq
from scipy.special import softmax


def fit_temperature(logits_val, y_val):
    z = logits_val - logits_val.max(axis=1, keepdims=True)
    accuracy = (z.argmax(axis=1) == y_val).mean()
    if accuracy == 1 or accuracy <= 1 / z.shape[1]:
        raise ValueError("no temperature is best")
    size = z.std()
    f = lambda b: softmax(b / size * z, axis=1).max(axis=1).mean() - accuracy
    return size / brentq(f, 0, 1e4, xtol=1e-12)


# %% overflows for large logits
from scipy.optimize import brentq


def fit_temperature(logits_val, y_val):
    z = np.asarray(logits_val, dtype=float)
    true = z[np.arange(len(z)), y_val]
    if (true == z.max(axis=1)).all() or true.mean() <= z.mean():
        raise ValueError("no temperature is best")

    def slope(b):
        e = np.exp(b * z)
        return ((e * z).sum(axis=1) / e.sum(axis=1) - true).mean()

    return 1 / brentq(slope, 0, 2, xtol=1e-12)


# %% searches a fixed range
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax


def fit_temperature(logits_val, y_val):
    each = np.arange(len(logits_val))
    if (np.argmax(logits_val, axis=1) == y_val).all():
        raise ValueError("all right")
    if logits_val[each, y_val].mean() <= logits_val.mean():
        raise ValueError("chance")
    loss = lambda T: -log_softmax(logits_val / T, axis=1)[each, y_val].mean()
    return minimize_scalar(loss, bounds=(0.05, 100), method="bounded", options={"xatol": 1e-9}).x


# %% searches too coarsely
from scipy.special import log_softmax


def fit_temperature(logits_val, y_val):
    z = logits_val - logits_val.max(axis=1, keepdims=True)
    each = np.arange(len(z))
    if not z[each, y_val].any() or z[each, y_val].mean() <= z.mean():
        raise ValueError("no temperature is best")
    grid = z.std() * np.geomspace(0.01, 100, 1000)
    return grid[np.argmin([-log_softmax(z / T, axis=1)[each, y_val].mean() for T in grid])]


# %% accepts answers that are all right
from scipy.special import softmax


def fit_temperature(logits_val, y_val):
    z = logits_val - logits_val.max(axis=1, keepdims=True)
    true = z[np.arange(len(z)), y_val]
    if true.mean() < z.mean():
        raise ValueError("the logits know nothing")
    low, high = 0.0, 1e4 / z.std()
    for _ in range(200):
        b = (low + high) / 2
        if ((softmax(b * z, axis=1) * z).sum(axis=1) - true).mean() > 0:
            high = b
        else:
            low = b
    return 1 / b


# %% accepts logits that know nothing
from scipy.special import softmax


def fit_temperature(logits_val, y_val):
    z = logits_val - logits_val.max(axis=1, keepdims=True)
    true = z[np.arange(len(z)), y_val]
    if not true.any():
        raise ValueError("all right")
    low, high = 1e-9 / z.std(), 1e4 / z.std()
    for _ in range(200):
        b = (low + high) / 2
        if ((softmax(b * z, axis=1) * z).sum(axis=1) - true).mean() > 0:
            high = b
        else:
            low = b
    return 1 / b
