# Right answers to exercise 6.1 in another style. canary-alternative-06_scoring


# %% plain Python
import math


def expected_score(score, p, q):
    report = np.array(q, dtype=float)
    if np.shape(p) != report.shape:
        raise ValueError("p and q differ in shape")
    for what in (list(p), report.tolist()):
        if min(what) < 0 or any(x != x for x in what):
            raise ValueError("negative or NaN")
        if abs(math.fsum(what) - 1) > 1e-9:
            raise ValueError("does not sum to 1")
    total = []
    for outcome, belief in enumerate(p):
        if belief:
            total.append(float(belief) * float(score(report, outcome)))
    return math.fsum(total)


# %% a table of losses, and a dot product
def expected_score(score, p, q):
    p, q = np.array(p, dtype=float), np.array(q, dtype=float)
    if p.shape != q.shape:
        raise ValueError(f"{p.shape} and {q.shape}")
    both = np.stack([p, q])
    if np.isnan(both).any() or (both < 0).any() or (np.abs(both.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no distribution")
    (seen,) = np.nonzero(p)
    return np.dot(p[seen], [score(q, int(y)) for y in seen])
