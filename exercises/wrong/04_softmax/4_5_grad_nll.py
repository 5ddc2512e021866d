# Wrong answers to exercise 4.5. Each cell is named after its misconception. canary-wrong-04_softmax


# %% swaps the sign
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    q = np.exp(z - z.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    return (np.eye(z.shape[1])[y] - q) / len(z)


# %% forgets the mean
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    q = np.exp(z - z.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    return q - np.eye(z.shape[1])[y]


# %% averages over the classes too
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    q = np.exp(z - z.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    return (q - np.eye(z.shape[1])[y]) / z.size


# %% subtracts 1 from whole columns
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    q = np.exp(z - z.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    q[:, y] -= 1
    return q / len(z)


# %% normalises over the batch
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    q = np.exp(z - z.max(axis=0))
    q /= q.sum(axis=0)
    q[np.arange(len(z)), y] -= 1
    return q / len(z)


# %% differentiates by q
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    q = np.exp(z - z.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    return -np.eye(z.shape[1])[y] / q / len(z)


# %% differentiates squared error
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    q = np.exp(z - z.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    error = q - np.eye(z.shape[1])[y]
    return 2 * q * (error - (q * error).sum(axis=1, keepdims=True)) / len(z)


# %% uses finite differences
def grad_nll(z, y):
    z = np.array(z, dtype=float)
    y = np.asarray(y)

    def loss():
        top = z.max(axis=1)
        lse = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
        return (lse - z[np.arange(len(z)), y]).mean()

    g = np.zeros_like(z)
    for at in np.ndindex(z.shape):
        keep = z[at]
        z[at] = keep + 1e-5
        up = loss()
        z[at] = keep - 1e-5
        g[at] = (up - loss()) / 2e-5
        z[at] = keep
    return g


# %% exponentiates first
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    q = np.exp(z)
    q /= q.sum(axis=1, keepdims=True)
    return (q - np.eye(z.shape[1])[y]) / len(z)


# %% shares one maximum
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    q = np.exp(z - z.max())
    q /= q.sum(axis=1, keepdims=True)
    return (q - np.eye(z.shape[1])[y]) / len(z)


# %% goes through 1/q
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    gradient = np.zeros_like(z)
    for n, (row, label) in enumerate(zip(z, y)):
        q = np.exp(row - row.max())
        q /= q.sum()
        by_q = np.zeros_like(q)
        by_q[label] = -1 / q[label]
        gradient[n] = (np.diag(q) - np.outer(q, q)) @ by_q
    return gradient / len(z)


# %% makes NaN of an impossible class
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    p = np.eye(z.shape[1])[y]
    centred = z - z.mean(axis=1, keepdims=True)  # some like their logits centred
    q = np.exp(centred - centred.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    return (q - p) / len(z)


# %% overwrites its input
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    z -= z.max(axis=1, keepdims=True)
    q = np.exp(z)
    q /= q.sum(axis=1, keepdims=True)
    return (q - np.eye(z.shape[1])[y]) / len(z)


# %% lets torch do it
def grad_nll(z, y):
    z = torch.tensor(np.asarray(z, dtype=float), requires_grad=True)
    F.cross_entropy(z, torch.as_tensor(y)).backward()
    return z.grad.numpy()
