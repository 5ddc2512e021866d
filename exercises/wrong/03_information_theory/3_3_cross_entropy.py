# Wrong answers to exercise 3.3. Each cell is named after its misconception.


# %% swaps truth and belief
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    seen = q > 0
    with np.errstate(divide="ignore"):
        return -np.sum(q[seen] * np.log(p[seen]))


# %% takes the entropy of the belief
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    q = q[q > 0]
    return -np.sum(q * np.log(q))


# %% returns KL
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return np.sum(p[seen] * np.log(p[seen] / q[seen]))


# %% averages over the classes
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    terms = np.zeros(p.shape)
    seen = p > 0
    with np.errstate(divide="ignore"):
        terms[seen] = -p[seen] * np.log(q[seen])
    return terms.mean()


# %% measures in bits
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return -np.sum(p[seen] * np.log2(q[seen]))


# %% works for one-hot labels only
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    with np.errstate(divide="ignore"):
        return -np.log(q[p.argmax()])


# %% gets NaN from 0 · log 0
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    with np.errstate(all="ignore"):
        return -np.sum(p * np.log(q))


# %% warns where infinity is right
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    seen = p > 0
    return -np.sum(p[seen] * np.log(q[seen]))


# %% adds eps
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    return 0.0 - np.sum(p * np.log(q + 1e-15))


# %% drops what q calls impossible
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    seen = (p > 0) & (q > 0)
    return -np.sum(p[seen] * np.log(q[seen]))


# %% hides NaN
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape:
        raise ValueError("bad input")
    with np.errstate(all="ignore"):
        return -np.nansum(p * np.log(q))


# %% lets NaN through
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape:
        raise ValueError("bad input")
    seen = p != 0
    with np.errstate(divide="ignore"):
        return -np.sum(p[seen] * np.log(q[seen]))


# %% lets shapes broadcast
def cross_entropy(p, q):
    from scipy.special import xlogy

    if np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    return -xlogy(p, q).sum()


# %% loses digits
def cross_entropy(p, q):
    p, q = np.asarray(p, dtype=np.float32), np.asarray(q, dtype=np.float32)
    if p.shape != q.shape or np.isnan(p).any() or np.isnan(q).any():
        raise ValueError("bad input")
    seen = p > 0
    with np.errstate(divide="ignore"):
        return -np.sum(p[seen] * np.log(q[seen]))
