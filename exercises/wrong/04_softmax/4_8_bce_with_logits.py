# Wrong answers to exercise 4.8. Each cell is named after its misconception. canary-wrong-04_softmax


# %% takes the log of the sigmoid
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    sigma = 1 / (1 + np.exp(-t))
    return -y * np.log(sigma) - (1 - y) * np.log(1 - sigma)


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y


# %% clips the probability
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    sigma = np.clip(1 / (1 + np.exp(-np.clip(t, -80, 80))), 1e-7, 1 - 1e-7)
    return -y * np.log(sigma) - (1 - y) * np.log(1 - sigma)


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y


# %% clamps the loss at 100
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.minimum(np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t))), 100)


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y


# %% gives the kink slope 1
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return (t >= 0) - y - np.sign(t) * e / (1 + e)


# %% gives the kink slope 0
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return (t > 0) - y - np.sign(t) * e / (1 + e)


# %% uses finite differences
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    up, down = bce_with_logits(t + 1e-5, y), bce_with_logits(t - 1e-5, y)
    return (up - down) / 2e-5


# %% turns the gradient round
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return y - np.where(t >= 0, 1, e) / (1 + e)


# %% differentiates by the probability
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    sigma = np.exp(-np.logaddexp(0, -t))
    return (sigma - y) / (sigma * (1 - sigma))


# %% has a gradient that overflows
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return 1 / (1 + np.exp(-t)) - y


# %% swaps the classes
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * (1 - y) + np.log1p(np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y


# %% returns one number for all
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return (np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))).mean()


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y


# %% takes hard targets only
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.logaddexp(0, np.where(y > 0.5, -t, t))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y


# %% loses the digits of a small loss
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * y + np.log(1 + np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y


# %% accepts any target
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y


# %% promotes low precision
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y


# %% leaves integers integers
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    y = y.astype(t.dtype)
    loss = np.empty_like(t)
    loss[...] = np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))
    return loss[()]


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, 1, e) / (1 + e) - y


# %% overflows in float16
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)

    # beyond 40 the 1 is lost in a float64 anyway
    def softplus(t):
        return np.where(t > 40, t, np.log1p(np.exp(np.minimum(t, 40))))

    return y * softplus(-t) + (1 - y) * softplus(t)


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y


# %% overwrites its input
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    return np.maximum(t, 0) - t * y + np.log1p(np.exp(-np.abs(t)))


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    positive = t >= 0
    np.abs(t, out=t)
    e = np.exp(-t)
    return np.where(positive, t.dtype.type(1), e) / (1 + e) - y


# %% lets torch do it
def bce_with_logits(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    t, y = torch.as_tensor(t), torch.as_tensor(y)
    return F.binary_cross_entropy_with_logits(t, y, reduction="none").numpy()


def bce_gradient(t, y):
    t, y = np.asarray(t), np.asarray(y)
    if not ((y >= 0) & (y <= 1)).all():
        raise ValueError("targets lie in [0, 1]")
    t = t if t.dtype.kind == "f" else t.astype(float)
    y = y.astype(t.dtype)
    e = np.exp(-np.abs(t))
    return np.where(t >= 0, t.dtype.type(1), e) / (1 + e) - y
