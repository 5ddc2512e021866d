# Wrong answers to exercise 2.4, named after their misconception.


# %% walks uphill
def fit_gd(seq, lr, steps, start=0.5):
    if not seq or set(seq) - {"w", "b"} or not 0 < lr < float("inf") or not 0 < start < 1:
        raise ValueError("bad input")
    k, n, path = seq.count("b"), len(seq), [start]
    for _ in range(steps):
        theta = path[-1]
        step = lr * ((n - k) / (1 - theta) - k / theta) / n
        while not 0 < theta + step < 1:
            step /= 2
        path.append(theta + step)
    return path


# %% takes the sum for the mean
def fit_gd(seq, lr, steps, start=0.5):
    if not seq or set(seq) - {"w", "b"} or not 0 < lr < float("inf") or not 0 < start < 1:
        raise ValueError("bad input")
    k, n, path = seq.count("b"), len(seq), [start]
    for _ in range(steps):
        theta = path[-1]
        step = lr * (k / theta - (n - k) / (1 - theta))
        while not 0 < theta + step < 1:
            step /= 2
        path.append(theta + step)
    return path


# %% steps by something else
def fit_gd(seq, lr, steps, start=0.5):
    if not seq or set(seq) - {"w", "b"} or not 0 < lr < float("inf") or not 0 < start < 1:
        raise ValueError("bad input")
    k, n, path = seq.count("b"), len(seq), [start]
    for _ in range(steps):
        theta = path[-1]
        step = lr * (k / n - theta)  # the distance to the goal
        while not 0 < theta + step < 1:
            step /= 2
        path.append(theta + step)
    return path


# %% leaves the interval
def fit_gd(seq, lr, steps, start=0.5):
    if not seq or set(seq) - {"w", "b"} or not 0 < lr < float("inf") or not 0 < start < 1:
        raise ValueError("bad input")
    k, n, path = seq.count("b"), len(seq), [start]
    for _ in range(steps):
        theta = path[-1]
        step = lr * (k / theta - (n - k) / (1 - theta)) / n
        path.append(theta + step)
    return path


# %% halves only once
def fit_gd(seq, lr, steps, start=0.5):
    if not seq or set(seq) - {"w", "b"} or not 0 < lr < float("inf") or not 0 < start < 1:
        raise ValueError("bad input")
    k, n, path = seq.count("b"), len(seq), [start]
    for _ in range(steps):
        theta = path[-1]
        step = lr * (k / theta - (n - k) / (1 - theta)) / n
        if not 0 < theta + step < 1:
            step /= 2
        path.append(theta + step)
    return path


# %% stands still instead of halving
def fit_gd(seq, lr, steps, start=0.5):
    if not seq or set(seq) - {"w", "b"} or not 0 < lr < float("inf") or not 0 < start < 1:
        raise ValueError("bad input")
    k, n, path = seq.count("b"), len(seq), [start]
    for _ in range(steps):
        theta = path[-1]
        step = lr * (k / theta - (n - k) / (1 - theta)) / n
        if not 0 < theta + step < 1:
            step = 0.0
        path.append(theta + step)
    return path


# %% clips instead of halving
def fit_gd(seq, lr, steps, start=0.5):
    if not seq or set(seq) - {"w", "b"} or not 0 < lr < float("inf") or not 0 < start < 1:
        raise ValueError("bad input")
    k, n, path = seq.count("b"), len(seq), [start]
    for _ in range(steps):
        theta = path[-1]
        step = lr * (k / theta - (n - k) / (1 - theta)) / n
        step = min(max(theta + step, 1e-6), 1 - 1e-6) - theta
        path.append(theta + step)
    return path


# %% steps onto the edge
def fit_gd(seq, lr, steps, start=0.5):
    if not seq or set(seq) - {"w", "b"} or not 0 < lr < float("inf") or not 0 < start < 1:
        raise ValueError("bad input")
    k, n, path = seq.count("b"), len(seq), [start]
    for _ in range(steps):
        theta = path[-1]
        step = lr * (k / theta - (n - k) / (1 - theta)) / n
        while not 0 <= theta + step <= 1:
            step /= 2
        path.append(theta + step)
    return path


# %% keeps the halved rate
def fit_gd(seq, lr, steps, start=0.5):
    if not seq or set(seq) - {"w", "b"} or not 0 < lr < float("inf") or not 0 < start < 1:
        raise ValueError("bad input")
    k, n, path = seq.count("b"), len(seq), [start]
    for _ in range(steps):
        theta = path[-1]
        step = lr * (k / theta - (n - k) / (1 - theta)) / n
        while not 0 < theta + step < 1:
            lr, step = lr / 2, step / 2
        path.append(theta + step)
    return path


# %% accepts what cannot be fitted
def fit_gd(seq, lr, steps, start=0.5):
    if not seq:
        raise ValueError("no balls")
    k, n, path = seq.count("b"), len(seq), [start]
    for _ in range(steps):
        theta = path[-1]
        step = lr * (k / theta - (n - k) / (1 - theta)) / n
        while not 0 < theta + step < 1:
            step /= 2
        path.append(theta + step)
    return path
