# Wrong answers to exercise 3.5. Each cell is named after its misconception.


# %% forgets how many classes
def with_entropy(target, K):
    if not 0 <= target <= math.log(K):
        raise ValueError("impossible")
    low, high = 0.0, 1.0
    for _ in range(60):
        t = (low + high) / 2
        p = np.array([1 - 2 * t / 3, t / 3, t / 3])
        if -np.sum(p * np.log(p)) < target:
            low = t
        else:
            high = t
    return p


# %% returns no distribution
def with_entropy(target, K):
    if not 0 <= target <= math.log(K):
        raise ValueError("impossible")
    low, high = 0.0, 1 / K
    for _ in range(60):  # K equal entries a with -K a log a = target
        a = (low + high) / 2
        if -K * a * math.log(a) < target:
            low = a
        else:
            high = a
    return np.full(K, a)


# %% searches in bits
def with_entropy(target, K):
    if not 0 <= target <= math.log2(K):
        raise ValueError("impossible")
    low, high = 0.0, 1.0
    for _ in range(60):
        t = (low + high) / 2
        p = np.full(K, t / K)
        p[0] += 1 - t
        if -np.sum(p * np.log2(p)) < target:
            low = t
        else:
            high = t
    return p


# %% stays on two classes
def with_entropy(target, K):
    if not 0 <= target <= math.log(K):
        raise ValueError("impossible")
    low, high = 0.0, 0.5
    for _ in range(60):
        a = (low + high) / 2
        if -a * math.log(a) - (1 - a) * math.log(1 - a) < target:
            low = a
        else:
            high = a
    p = np.zeros(K)
    p[:2] = a, 1 - a
    return p


# %% stops too early
def with_entropy(target, K):
    if not 0 <= target <= math.log(K):
        raise ValueError("impossible")
    best, gap = None, math.inf
    for t in np.arange(101) / 100:
        p = np.full(K, t / K)
        p[0] += 1 - t
        seen = p[p > 0]
        if abs(-np.sum(seen * np.log(seen)) - target) < gap:
            best, gap = p, abs(-np.sum(seen * np.log(seen)) - target)
    return best


# %% fails at the ends
def with_entropy(target, K):
    from scipy.optimize import brentq

    if not 0 <= target <= math.log(K):
        raise ValueError("impossible")

    def path(t):
        p = np.full(K, t / K)
        p[0] += 1 - t
        return p

    def excess(t):
        p = path(t)
        return -np.sum(p * np.log(p)) - target

    return path(brentq(excess, 1e-9, 1 - 1e-9))


# %% answers the impossible
def with_entropy(target, K):
    if math.isnan(target):
        raise ValueError("NaN")
    low, high = 0.0, 1.0
    for _ in range(60):
        t = (low + high) / 2
        p = np.full(K, t / K)
        p[0] += 1 - t
        if -np.sum(p * np.log(p)) < target:
            low = t
        else:
            high = t
    return p


# %% lets NaN through
def with_entropy(target, K):
    if target < 0 or target > math.log(K):
        raise ValueError("impossible")
    low, high = 0.0, 1.0
    for _ in range(60):
        t = (low + high) / 2
        p = np.full(K, t / K)
        p[0] += 1 - t
        if -np.sum(p * np.log(p)) < target:
            low = t
        else:
            high = t
    return p
