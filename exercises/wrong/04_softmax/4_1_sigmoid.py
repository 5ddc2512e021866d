# Wrong answers to exercise 4.1. Each cell is named after its misconception. canary-wrong-04_softmax


# %% overflows on the left
def sigmoid(t):
    t = np.asarray(t)
    if t.dtype.kind != "f":
        t = t.astype(float)
    return 1 / (1 + np.exp(-t))


# %% rounds the left tail away
def sigmoid(t):
    t = np.asarray(t)
    if t.dtype.kind != "f":
        t = t.astype(float)
    return (1 + np.tanh(t / 2)) / 2


# %% forgets the minus
def sigmoid(t):
    t = np.asarray(t)
    if t.dtype.kind != "f":
        t = t.astype(float)
    return 1 / (1 + np.exp(np.clip(t, -700, 700)))


# %% takes another S-shaped curve
def sigmoid(t):
    t = np.asarray(t)
    if t.dtype.kind != "f":
        t = t.astype(float)
    return (1 + np.tanh(t)) / 2


# %% promotes float32
def sigmoid(t):
    t = np.asarray(t, dtype=float)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, 1, e) / (1 + e)


# %% leaves integers integers
def sigmoid(t):
    t = np.asarray(t)
    result = np.empty_like(t)
    right = t >= 0
    result[right] = 1 / (1 + np.exp(-t[right]))
    e = np.exp(t[~right])
    result[~right] = e / (1 + e)
    return result


# %% clips the scores
def sigmoid(t):
    t = np.asarray(t)
    if t.dtype.kind != "f":
        t = t.astype(float)
    return 1 / (1 + np.exp(-np.clip(t, -500 if t.dtype == float else -80, 80)))


# %% handles one number only
def sigmoid(t):
    if t >= 0:
        return 1 / (1 + math.exp(-t))
    return math.exp(t) / (1 + math.exp(t))


# %% overwrites its input
def sigmoid(t):
    t = np.asarray(t)
    if t.dtype.kind != "f":
        t = t.astype(float)
    left = t < 0
    np.abs(t, out=t)
    e = np.exp(-t)
    return np.where(left, e, 1).astype(t.dtype) / (1 + e)


# %% goes through a logarithm
def sigmoid(t):
    t = np.asarray(t)
    t = t if t.dtype.kind == "f" else t.astype(float)
    return np.exp(-np.logaddexp(0, -t))
