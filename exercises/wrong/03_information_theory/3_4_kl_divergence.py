# Wrong answers to exercise 3.4. Each cell is named after its misconception.


# %% swaps truth and belief
def kl_divergence(p, q):
    p, q = np.asarray(q, dtype=float), np.asarray(p, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return np.sum(p[seen] * np.log(p[seen] / q[seen]))


# %% turns the fraction upside down
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return np.sum(p[seen] * np.log(q[seen] / p[seen]))


# %% symmetrises
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    total = 0.0
    with np.errstate(divide="ignore"):
        for a, b in ((p, q), (q, p)):
            seen = a > 0
            total += np.sum(a[seen] * np.log(a[seen] / b[seen])) / 2
    return total


# %% measures in bits
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return np.sum(p[seen] * np.log2(p[seen] / q[seen]))


# %% averages over the classes
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    terms = np.zeros(len(p))
    seen = p > 0
    with np.errstate(divide="ignore"):
        terms[seen] = p[seen] * np.log(p[seen] / q[seen])
    return terms.mean()


# %% forgets to subtract the floor
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return -np.sum(p[seen] * np.log(q[seen]))


# %% takes the size of every term
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return np.sum(np.abs(p[seen] * np.log(p[seen] / q[seen])))


# %% gets NaN from 0 · log 0
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    with np.errstate(all="ignore"):
        return np.sum(p * np.log(p / q))


# %% warns where infinity is right
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    seen = p > 0
    return np.sum(p[seen] * np.log(p[seen] / q[seen]))


# %% adds eps
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    return np.sum(p * np.log((p + 1e-12) / (q + 1e-12)))


# %% drops what q calls impossible
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    seen = (p > 0) & (q > 0)
    return np.sum(p[seen] * np.log(p[seen] / q[seen]))


# %% demands a sum of exactly 1
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if p.sum() != 1 or q.sum() != 1:
        raise ValueError("bad sum")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return np.sum(p[seen] * np.log(p[seen] / q[seen]))


# %% hides bad input behind abs()
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape:
        raise ValueError("bad input")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return abs(np.sum(p[seen] * np.log(p[seen] / q[seen])))


# %% lets NaN through
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.any(p < 0) or np.any(q < 0):
        raise ValueError("bad input")
    if abs(p.sum() - 1) > 1e-9 or abs(q.sum() - 1) > 1e-9:
        raise ValueError("bad sum")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return np.sum(p[seen] * np.log(p[seen] / q[seen]))


# %% accepts what is no distribution
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return np.sum(p[seen] * np.log(p[seen] / q[seen]))


# %% checks the truth only
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(q).any():
        raise ValueError("bad input")
    if not (np.all(p >= 0) and abs(p.sum() - 1) <= 1e-9):
        raise ValueError("no distribution")
    seen = p > 0
    with np.errstate(all="ignore"):
        return np.sum(p[seen] * np.log(p[seen] / q[seen]))


# %% lets shapes broadcast
def kl_divergence(p, q):
    from scipy.special import xlogy

    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    for shares in (p, q):
        if not (np.all(shares >= 0) and abs(shares.sum() - 1) <= 1e-9):
            raise ValueError("no distribution")
    with np.errstate(all="ignore"):
        return np.sum(xlogy(p, p) - xlogy(p, q))


# %% loses digits
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or not (np.all(p >= 0) and np.all(q >= 0)):
        raise ValueError("bad input")
    if not (abs(p.sum() - 1) <= 1e-9 and abs(q.sum() - 1) <= 1e-9):
        raise ValueError("bad sum")
    p, q = p.astype(np.float32), q.astype(np.float32)
    seen = p > 0
    with np.errstate(divide="ignore"):
        return np.sum(p[seen] * np.log(p[seen] / q[seen]))
