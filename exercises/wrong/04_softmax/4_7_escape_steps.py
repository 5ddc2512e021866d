# Wrong answers to exercise 4.7. Each cell is named after its misconception. canary-wrong-04_softmax


# %% walks the wrong way
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta) * (theta - 1)
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% pushes with θ
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = theta if loss == "cross-entropy" else 2 * theta * (1 - theta) ** 2
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% ignores the learning rate
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta) ** 2
        if t + push == t:
            return math.inf
        t += push
        steps += 1
    return steps


# %% counts the starting point
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta) ** 2
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps + 1 if t0 <= 0 else 0


# %% steps before it looks
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0 or steps == 0:
        theta = 1 / (1 + math.exp(-t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta) ** 2
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% takes a tie for right
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t < 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta) ** 2
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% forgets the chain rule
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else 2 * (1 - theta)
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% loses the 2 of the square
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else theta * (1 - theta) ** 2
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% overflows far out
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = 1 / (1 + math.exp(-t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta) ** 2
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% counts otherwise
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta)
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% takes any other loss for one of the two
def escape_steps(loss, t0, lr):
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta) ** 2
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% accepts any learning rate
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0)):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta) ** 2
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% accepts any start
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta) ** 2
        if t + lr * push == t:
            return math.inf
        t += lr * push
        steps += 1
    return steps


# %% waits for ever
def escape_steps(loss, t0, lr):
    if loss not in ("cross-entropy", "squared error"):
        raise ValueError("unknown loss")
    if not (math.isfinite(t0) and math.isfinite(lr) and lr > 0):
        raise ValueError("start and learning rate must be finite, the latter positive")
    t, steps = t0, 0
    while t <= 0:
        theta = math.exp(t) / (1 + math.exp(t))
        push = 1 - theta if loss == "cross-entropy" else 2 * theta * (1 - theta) ** 2
        t += lr * push
        steps += 1
    return steps


# %% lets torch do it
def escape_steps(loss, t0, lr):
    t = torch.tensor(float(t0), dtype=torch.float64)
    steps = 0
    while t <= 0:
        t.requires_grad_()
        value = -F.logsigmoid(t) if loss == "cross-entropy" else torch.sigmoid(-t) ** 2
        (slope,) = torch.autograd.grad(value, t)
        t = (t - lr * slope).detach()
        steps += 1
    return steps
