# Right answers to exercise 3.5 in another style.


# %% cooling from uniform to one-hot, with a root finder
def with_entropy(target, K):
    from scipy.optimize import brentq
    from scipy.special import softmax, xlogy

    top = math.log(K)
    if not (target >= 0 and target <= top):
        raise ValueError("out of reach")
    if target > top - 1e-6:
        return np.ones(K) / K
    if target < 1e-6:
        return np.eye(K)[K - 1]

    def cooled(sharpness):
        return softmax(sharpness * np.arange(K))

    def excess(sharpness):
        p = cooled(sharpness)
        return -xlogy(p, p).sum() - target

    return cooled(brentq(excess, 0, 100))


# %% fills class after class
def with_entropy(target, K):
    if math.isnan(target) or target < 0 or target > math.log(K):
        raise ValueError("impossible target")
    m = 1  # m equal classes are too few or exactly enough, m + 1 are enough
    while m < K and math.log(m + 1) < target:
        m += 1
    if m == K:
        return [1 / K] * K

    def entropy(p):
        return sum(-x * math.log(x) for x in p if x > 0)

    lo, hi = 0.0, 1 / (m + 1)
    while True:
        last = (lo + hi) / 2
        p = [(1 - last) / m] * m + [last] + [0.0] * (K - m - 1)
        if abs(entropy(p) - target) < 1e-6:
            return p
        if entropy(p) < target:
            lo = last
        else:
            hi = last
