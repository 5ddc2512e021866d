# Right answers to exercise 3.4 in another style.


# %% a plain loop
def kl_divergence(p, q):
    if np.shape(p) != np.shape(q):
        raise ValueError("p and q differ in shape")
    for dist in (p, q):
        total = 0
        for share in dist:
            if math.isnan(share) or share < 0:
                raise ValueError("negative or nan")
            total += share
        if abs(total - 1) > 1e-9:
            raise ValueError("does not sum to one")
    kl = 0.0
    for a, b in zip(p, q):
        if a > 0 and b == 0:
            return float("inf")
        if a > 0:
            kl += a * (math.log(a) - math.log(b))
    return kl


# %% cross-entropy less entropy, and 0 for what rounding leaves
def kl_divergence(p, q):
    from scipy.special import xlogy

    p, q = np.asarray(p), np.asarray(q)
    if p.shape != q.shape:
        raise ValueError(f"{p.shape} and {q.shape}")
    both = np.stack([p, q])
    if not (np.min(both) >= 0 and np.allclose(both.sum(axis=1), 1, rtol=0, atol=1e-9)):
        raise ValueError("p and q must be distributions")
    entropy = -xlogy(p, p).sum()
    cross = -xlogy(p, q).sum()
    return max(0.0, cross - entropy)
