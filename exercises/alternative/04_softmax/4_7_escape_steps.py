# Right answers to exercise 4.7 in another style. canary-alternative-04_softmax


# %% in NumPy, with an explicit stop
def escape_steps(loss, t0, lr):
    if loss == "cross-entropy":

        def push(theta):
            return 1 - theta
    elif loss == "squared error":

        def push(theta):
            return 2 * (1 - theta) * theta * (1 - theta)
    else:
        raise ValueError("which loss?")
    if not np.isfinite([t0, lr]).all() or lr <= 0:
        raise ValueError("t0 finite, lr finite and positive")
    t, count = np.float64(t0), 0
    while not t > 0:
        before = t
        with np.errstate(over="ignore"):
            t = t + lr * push(1 / (1 + np.exp(-t)))
        if t == before:
            return float("inf")
        count += 1
    return count


# %% a path of places
def escape_steps(loss, t0, lr):
    slope = {
        "cross-entropy": lambda th: th - 1,
        "squared error": lambda th: -2 * th * (1 - th) ** 2,
    }.get(loss)
    if slope is None or not math.isfinite(t0) or not 0 < lr < math.inf:
        raise ValueError("cannot start")
    path = [t0]
    while path[-1] <= 0:
        t = path[-1]
        sigma = (1 + math.tanh(t / 2)) / 2 if t > -5 else math.exp(t) / (1 + math.exp(t))
        path.append(t - lr * slope(sigma))
        if path[-1] == t:
            return math.inf
    return len(path) - 1
