# Wrong answers to exercise 4.3. Each cell is named after its misconception. canary-wrong-04_softmax


# %% exponentiates first
def logsumexp(z):
    return np.log(np.sum(np.exp(z)))


# %% takes the maximum for the sum
def logsumexp(z):
    return float(max(z))


# %% forgets to add the maximum back
def logsumexp(z):
    z = np.asarray(z, dtype=float)
    return np.log(np.exp(z - z.max()).sum())


# %% takes the mean for the sum
def logsumexp(z):
    z = np.asarray(z, dtype=float)
    return z.max() + np.log(np.exp(z - z.max()).mean())


# %% shifts upwards only
def logsumexp(z):
    z = np.asarray(z, dtype=float)
    top = max(z.max(), 0)
    return top + np.log(np.exp(z - top).sum())


# %% shifts by the mean
def logsumexp(z):
    z = np.asarray(z, dtype=float)
    return z.mean() + np.log(np.exp(z - z.mean()).sum())


# %% subtracts −∞ from −∞
def logsumexp(z):
    z = np.asarray(z, dtype=float)
    if np.inf in z:
        return np.inf
    return z.max() + np.log(np.exp(z - z.max()).sum())


# %% subtracts ∞ from ∞
def logsumexp(z):
    z = np.asarray(z, dtype=float)
    if z.max() == -np.inf:
        return -np.inf
    return z.max() + np.log(np.exp(z - z.max()).sum())


# %% drops a good logit
def logsumexp(z):
    z = np.asarray(z, dtype=float)
    if -np.inf in z:  # one logarithm of 0 makes all of it -inf
        return -np.inf
    return z.max() + np.log(np.exp(z - z.max()).sum())


# %% calls itself for every number
def logsumexp(z):
    z = list(z)
    if len(z) == 1:
        return float(z[0])
    high, low = sorted((z[0], logsumexp(z[1:])), reverse=True)
    if math.isinf(high):
        return high
    return high + math.log1p(math.exp(low - high))


# %% loses digits
def logsumexp(z):
    return np.logaddexp.reduce(z)


# %% overwrites its input
def logsumexp(z):
    z = np.asarray(z, dtype=float)
    top = z.max()
    if np.isinf(top):
        return float(top)
    z -= top
    return float(top + np.log(np.exp(z, out=z).sum()))
