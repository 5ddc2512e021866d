# Right answers to exercise 8.6 in another style. canary-alternative-08_language


# %% one call for sum and true score, after the shift
def split_loss(z, first, y, all_reduce):
    N, C = z.shape
    top = np.full(N, -np.inf) if C == 0 else np.max(z, axis=1)
    top = all_reduce(top, op="max")
    z = z - top.reshape(N, 1)
    is_true = np.arange(first, first + C)[None, :] == np.asarray(y)[:, None]
    exps = np.exp(z)
    both = np.stack([exps.sum(1), np.where(is_true, z, 0.0).sum(1)])
    total, true = all_reduce(both)
    return float((np.log(total) - true).mean()), (exps / total[:, None] - is_true) / N


# %% row by row
def split_loss(z, first, y, all_reduce):
    n = len(z)
    m, s, t = np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(n):
        m[i] = max(z[i].tolist(), default=-math.inf)
    m = all_reduce(m, "max")
    for i in range(n):
        s[i] = sum(math.exp(score - m[i]) for score in z[i].tolist())
        for c, score in enumerate(z[i].tolist()):
            if first + c == y[i]:
                t[i] = score
    s, t = all_reduce(s), all_reduce(t)
    slopes = [
        [(math.exp(score - m[i]) / s[i] - (first + c == y[i])) / n for c, score in enumerate(z[i])]
        for i in range(n)
    ]
    loss = sum(m[i] + math.log(s[i]) - t[i] for i in range(n)) / n
    return loss, np.array(slopes).reshape(z.shape)
