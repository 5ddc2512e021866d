# Wrong answers to exercise 4.4. Each cell is named after its misconception. canary-wrong-04_softmax


# %% takes the log of softmax
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    loss = -np.log(rest[each, y] / rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% exponentiates first
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    loss = np.log(np.exp(z).sum(axis=1)) - z[each, y]
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% loses the digits of a small loss
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    loss = (top - z[each, y]) + np.log(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% drags a common shift along
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    lse = top + np.log(rest.sum(axis=1))
    rest[each, y] = 0
    loss = np.where(y == z.argmax(axis=1), np.log1p(rest.sum(axis=1)), lse - z[each, y])
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% drops every tied maximum
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[rest == 1] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% swaps the sign
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    loss = -loss
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% averages over the classes too
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.sum() / z.size if reduction == "mean" else loss.sum()


# %% sums by default
def nll_from_logits(z, y, reduction="sum"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% accepts any reduction
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% skips the label −100
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    z, y = z[y != -100], y[y != -100]  # as PyTorch does
    N = len(y)
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% lets −1 mean the last class
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < -K) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% meets bad input with another error
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if (y < 0).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% rounds labels that are floats
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype == bool:
        raise ValueError("labels are integers")
    y = y.astype(int)
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% takes truth values for labels
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind == "f":
        raise ValueError("labels are integers")
    y = y.astype(int)
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% insists on int64
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype != np.int64:
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% broadcasts labels of shape (N, 1)
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if len(y) != len(z):
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% stumbles over an empty batch
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% trips over an impossible class
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(z).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% accepts what is no logit
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if (top == -np.inf).any():
        raise ValueError("no logits")
    each = np.arange(N)
    with np.errstate(invalid="ignore"):
        rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z[each, y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% depends on the memory layout
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    rest = np.exp(z - top[:, None])
    rest[each, z.argmax(axis=1)] = 0
    loss = (top - z.ravel("K")[each * K + y]) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()


# %% overwrites its input
def nll_from_logits(z, y, reduction="mean"):
    z, y = np.asarray(z, dtype=float), np.asarray(y)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    if z.ndim != 2 or y.shape != z.shape[:1]:
        raise ValueError("shapes do not fit")
    if y.dtype.kind not in "iu":
        raise ValueError("labels are integers")
    N, K = z.shape
    if ((y < 0) | (y >= K)).any():
        raise ValueError("no such class")
    if N == 0 and reduction == "mean":
        raise ValueError("no mean")
    top = z.max(axis=1)
    if not np.isfinite(top).all():
        raise ValueError("no logits")
    each = np.arange(N)
    true = z[each, y]
    winner = z.argmax(axis=1)
    rest = np.exp(np.subtract(z, top[:, None], out=z))
    rest[each, winner] = 0
    loss = (top - true) + np.log1p(rest.sum(axis=1))
    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()
