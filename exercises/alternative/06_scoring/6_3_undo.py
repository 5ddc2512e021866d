# Right answers to exercise 6.3 in another style. canary-alternative-06_scoring


# %% one entry at a time, one row at a time
import math


def focal_slope(q, gamma=2.0):
    def one(x):
        if x == 0:
            return math.inf
        if x == 1:
            return float(gamma == 0)
        return (1 - x) ** (gamma - 1) * ((1 - x) / x - gamma * math.log(x))

    return np.vectorize(one, otypes=[float])(q)


def undo(q, slope):
    q = np.array(q, dtype=float)
    steep = np.atleast_2d(slope(q))
    believed = []
    for row, s in zip(np.atleast_2d(q), steep, strict=True):
        if min(row) < 0 or np.isnan(row).any() or abs(sum(row) - 1) > 1e-9:
            raise ValueError(f"no distribution: {row}")
        if max(row) >= 1:
            believed.append([float(x >= 1) for x in row])
            continue
        inverse = [1 / s[k] if x > 0 else 0.0 for k, x in enumerate(row)]
        total = math.fsum(inverse)
        believed.append([x / total for x in inverse])
    return np.array(believed).reshape(q.shape)


# %% assignments to masks
def focal_slope(q, gamma=2.0):
    q = np.array(q, dtype=float)
    steep = np.full(q.shape, np.inf)
    steep[q == 1] = 1.0 * (gamma == 0)
    some = (q > 0) & (q < 1)
    x = q[some]
    steep[some] = (1 - x) ** gamma / x + gamma * (1 - x) ** (gamma - 1) * -np.log(x)
    return steep


def undo(q, slope):
    sums = np.sum(q, axis=-1, keepdims=True)
    if np.any(q < 0) or np.any(np.isnan(q)) or np.any(np.abs(sums - 1) > 1e-9):
        raise ValueError("each row must be a distribution")
    p = np.zeros(np.shape(q))
    between = (q > 0) & (q < 1)
    p[between] = np.broadcast_to(slope(q), p.shape)[between] ** -1.0
    p[np.any(q >= 1, axis=-1)] = 0
    p[q >= 1] = 1
    p /= p.sum(axis=-1, keepdims=True)
    return p
