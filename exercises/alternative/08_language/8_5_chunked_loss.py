# Right answers to exercise 8.5 in another style. canary-alternative-08_language


# %% autograd, a chunk at a time
def chunked_loss(h, W, y, size, ignore_index=-100):
    counted = y[y != ignore_index]
    if size < 1 or len(counted) == 0:
        raise ValueError("give at least one row that counts, and chunks of at least one row")
    if counted.min() < 0 or counted.max() >= len(W):
        raise ValueError("a label is no class")
    W = W.detach().clone().requires_grad_()
    total, slopes = 0.0, []
    for a, b in zip(h.split(size), y.split(size), strict=True):
        a = a.detach().clone().requires_grad_()
        loss = torch.nn.functional.cross_entropy(
            a @ W.T, b, ignore_index=ignore_index, reduction="sum"
        )
        (loss / len(counted)).backward()
        total += loss.item() / len(counted)
        slopes.append(a.grad)
    return total, torch.cat(slopes), W.grad


# %% NumPy, and a mask of ones and zeros
def chunked_loss(h, W, y, size, ignore_index=-100):
    h, W, y = h.numpy(), W.numpy(), y.numpy()
    use = (y != ignore_index).astype(float)
    if size < 1:
        raise ValueError("size is below 1")
    if use.sum() == 0:
        raise ValueError("nothing to average")
    if any(label not in range(len(W)) for label in y[use > 0].tolist()):
        raise ValueError("labels go from 0 to K - 1")
    losses = np.zeros(len(y))
    dh, dW = np.zeros(h.shape), np.zeros(W.shape)
    for start in range(0, len(y), size):
        part = slice(start, min(start + size, len(y)))
        each = np.arange(part.stop - start)
        true = np.where(use[part] > 0, y[part], 0)
        q = h[part] @ W.T
        top = q.max(axis=1)
        right = q[each, true]
        np.exp(q - top[:, None], out=q)
        total = q.sum(axis=1)
        losses[part] = use[part] * (top + np.log(total) - right)
        q /= total[:, None]
        q[each, true] -= 1
        q *= use[part][:, None] / use.sum()
        dh[part] = q @ W
        dW += q.T @ h[part]
    return losses.sum() / use.sum(), torch.from_numpy(dh), torch.from_numpy(dW)


# %% an index of the rows that count, cut into chunks
def chunked_loss(h, W, y, size, ignore_index=-100):
    if size < 1:
        raise ValueError("no rows at a time")
    use = (y != ignore_index).nonzero()[:, 0]
    if not use.numel():
        raise ValueError("all rows are ignored")
    if not bool(((y[use] >= 0) & (y[use] < W.shape[0])).all()):
        raise ValueError("class out of range")
    dh, dW, loss = torch.zeros_like(h), torch.zeros_like(W), 0
    for rows in use.split(size):
        log_q = (h[rows] @ W.T).log_softmax(1)
        picked = log_q.gather(1, y[rows, None])
        loss = loss - picked.sum() / len(use)
        slope = log_q.exp()
        slope.scatter_add_(1, y[rows, None], -torch.ones_like(picked))
        dh[rows] = slope @ W / len(use)
        dW += slope.T @ h[rows] / len(use)
    return loss, dh, dW
