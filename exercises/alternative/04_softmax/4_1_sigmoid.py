# Right answers to exercise 4.1 in another style. canary-alternative-04_softmax


# %% two masks
def sigmoid(t):
    t = np.array(t)
    if not np.issubdtype(t.dtype, np.floating):
        t = t.astype(np.float64)
    result = np.empty_like(t)
    right = t >= 0
    result[right] = 1 / (1 + np.exp(-t[right]))
    e = np.exp(t[~right])
    result[~right] = e / (1 + e)
    return result


# %% number by number, a warning silenced on purpose
def sigmoid(t):
    def one(s):
        if s > 0:
            return 1 / (1 + math.exp(-s))
        return math.exp(s) / (1 + math.exp(s))

    t = np.asarray(t)
    kind = t.dtype if t.dtype.kind == "f" else float
    return np.array([one(float(s)) for s in t.ravel()], dtype=kind).reshape(t.shape)


# %% the plain formula, its overflow silenced
def sigmoid(t):
    t = np.asarray(t)
    if t.dtype.kind in "iub":
        t = t * 1.0
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-t))
