# Wrong answers to exercise 4.2. Each cell is named after its misconception. canary-wrong-04_softmax


# %% exponentiates first
def softmax(z, axis=-1):
    e = np.exp(np.asarray(z))
    return e / e.sum(axis=axis, keepdims=True)


# %% shares one maximum
def softmax(z, axis=-1):
    z = np.asarray(z)
    if not np.isfinite(z.max()):
        raise ValueError("no finite logit, or one that is none")
    e = np.exp(z - z.max())
    return e / e.sum(axis=axis, keepdims=True)


# %% always takes the last axis
def softmax(z, axis=-1):
    z = np.asarray(z)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# %% divides by the sum of everything
def softmax(z, axis=-1):
    z = np.asarray(z)
    e = np.exp(z - z.max())
    return e / e.sum()


# %% forgets to divide
def softmax(z, axis=-1):
    z = np.asarray(z)
    return np.exp(z)


# %% loses the axis
def softmax(z, axis=-1):
    z = np.asarray(z)
    e = np.exp(z - z.max(axis=axis))
    return e / e.sum(axis=axis)


# %% warns of a harmless overflow
def softmax(z, axis=-1):
    z = np.asarray(z)
    top = z.max(axis=axis, keepdims=True)
    if not np.isfinite(top).all():
        raise ValueError("no finite logit, or one that is none")
    e = np.exp(z - top)
    return e / e.sum(axis=axis, keepdims=True)


# %% refuses an impossible class
def softmax(z, axis=-1):
    z = np.asarray(z)
    if not np.isfinite(z).all():
        raise ValueError("logits must be finite")
    with np.errstate(over="ignore"):
        e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


# %% answers where no class is left
def softmax(z, axis=-1):
    z = np.asarray(z)
    if np.isnan(z).any() or (z == np.inf).any():
        raise ValueError("NaN or +inf is no logit")
    with np.errstate(all="ignore"):
        e = np.exp(z - z.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)


# %% accepts what is no logit
def softmax(z, axis=-1):
    z = np.asarray(z)
    if (z == -np.inf).all(axis=axis).any():
        raise ValueError("no class is left")
    with np.errstate(all="ignore"):
        e = np.exp(z - z.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)


# %% promotes float32
def softmax(z, axis=-1):
    z = np.array(z, dtype=float)
    top = z.max(axis=axis, keepdims=True)
    if not np.isfinite(top).all():
        raise ValueError("no finite logit, or one that is none")
    with np.errstate(over="ignore"):
        e = np.exp(z - top)
    return e / e.sum(axis=axis, keepdims=True)


# %% leaves integers integers
def softmax(z, axis=-1):
    z = np.asarray(z)
    top = z.max(axis=axis, keepdims=True)
    if not np.isfinite(top).all():
        raise ValueError("no finite logit, or one that is none")
    result = np.empty_like(z)
    with np.errstate(over="ignore"):
        e = np.exp(z - top)
    result[...] = e / e.sum(axis=axis, keepdims=True)
    return result


# %% drags a common shift along
def softmax(z, axis=-1):
    z = np.asarray(z)
    if z.dtype.kind != "f":
        z = z.astype(float)
    top = z.max(axis=axis, keepdims=True)
    if not np.isfinite(top).all():
        raise ValueError("no finite logit, or one that is none")
    with np.errstate(over="ignore"):
        lse = top + np.log(np.exp(z - top).sum(axis=axis, keepdims=True))
        return np.exp(z - lse)


# %% overwrites its input
def softmax(z, axis=-1):
    z = np.asarray(z)
    if z.dtype.kind != "f":
        z = z.astype(float)
    top = z.max(axis=axis, keepdims=True)
    if not np.isfinite(top).all():
        raise ValueError("no finite logit, or one that is none")
    with np.errstate(over="ignore"):
        z -= top
    np.exp(z, out=z)
    z /= z.sum(axis=axis, keepdims=True)
    return z
