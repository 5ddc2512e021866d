# Wrong answers to exercise 5.2. Each cell is named after its misconception. canary-wrong-05_mnist


# %% returns the shares as biases
def fit_bias_only(labels, K, smoothing=0):
    y = np.asarray(labels)
    if not y.size or y.min() < 0 or y.max() >= K or smoothing < 0:
        raise ValueError("bad labels")
    counts = np.bincount(y, minlength=K)
    q = (counts + smoothing) / (len(y) + K * smoothing)
    seen = counts > 0
    return q, -(counts[seen] * np.log(q[seen])).sum() / len(y)


# %% adds up where it should average
def fit_bias_only(labels, K, smoothing=0):
    y = np.asarray(labels)
    if not y.size or y.min() < 0 or y.max() >= K or smoothing < 0:
        raise ValueError("bad labels")
    counts = np.bincount(y, minlength=K)
    with np.errstate(divide="ignore"):
        bias = np.log((counts + smoothing) / (len(y) + K * smoothing))
    return bias, -bias[y].sum()


# %% measures in bits
def fit_bias_only(labels, K, smoothing=0):
    y = np.asarray(labels)
    if not y.size or y.min() < 0 or y.max() >= K or smoothing < 0:
        raise ValueError("bad labels")
    counts = np.bincount(y, minlength=K)
    with np.errstate(divide="ignore"):
        bias = np.log((counts + smoothing) / (len(y) + K * smoothing))
    return bias, -bias[y].mean() / np.log(2)


# %% leaves out the classes that do not occur
def fit_bias_only(labels, K, smoothing=0):
    y = np.asarray(labels)
    if not y.size or y.min() < 0 or y.max() >= K or smoothing < 0:
        raise ValueError("bad labels")
    classes, counts = np.unique(y, return_counts=True)
    q = (counts + smoothing) / (counts + smoothing).sum()
    return np.log(q), -(counts / len(y) * np.log(q)).sum()


# %% hides the zero behind a small number
def fit_bias_only(labels, K, smoothing=0):
    y = np.asarray(labels)
    if not y.size or y.min() < 0 or y.max() >= K or smoothing < 0:
        raise ValueError("bad labels")
    q = np.bincount(y, minlength=K) + smoothing
    bias = np.log(q / q.sum() + 1e-12)
    return bias, -bias[y].mean()


# %% multiplies zero by infinity
def fit_bias_only(labels, K, smoothing=0):
    y = np.asarray(labels)
    if not y.size or y.min() < 0 or y.max() >= K or smoothing < 0:
        raise ValueError("bad labels")
    counts = np.bincount(y, minlength=K)
    with np.errstate(divide="ignore", invalid="ignore"):
        bias = np.log((counts + smoothing) / (len(y) + K * smoothing))
        return bias, -(counts / len(y) * bias).sum()


# %% smooths the shares, not the counts
def fit_bias_only(labels, K, smoothing=0):
    y = np.asarray(labels)
    if not y.size or y.min() < 0 or y.max() >= K or smoothing < 0:
        raise ValueError("bad labels")
    shares = np.bincount(y, minlength=K) / len(y)
    with np.errstate(divide="ignore"):
        bias = np.log((shares + smoothing) / (1 + K * smoothing))
    return bias, -bias[y].mean()


# %% charges the belief with its own entropy
def fit_bias_only(labels, K, smoothing=0):
    from scipy.special import entr

    y = np.asarray(labels)
    if not y.size or y.min() < 0 or y.max() >= K or smoothing < 0:
        raise ValueError("bad labels")
    counts = np.bincount(y, minlength=K)
    q = (counts + smoothing) / (len(y) + K * smoothing)
    with np.errstate(divide="ignore"):
        return np.log(q), entr(q).sum()


# %% accepts bad input
def fit_bias_only(labels, K, smoothing=0):
    y = np.asarray(labels, dtype=int)
    counts = np.array([(y == k).sum() for k in range(K)])
    total = max(1, counts.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        bias = np.log((counts + smoothing) / (total + K * smoothing))
    return bias, -sum(c * b for c, b in zip(counts, bias) if c > 0) / total
