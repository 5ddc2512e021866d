# Right answers to exercise 4.6 in another style. canary-alternative-04_softmax


# %% by hand from log-sum-exp
def head_1(z, y):
    return (z.logsumexp(1) - z.gather(1, y[:, None])[:, 0]).mean()


def head_2(z):
    return z - torch.logsumexp(z, dim=1, keepdim=True)


def head_3(log_q, y):
    return -(F.one_hot(y, log_q.shape[1]) * log_q).sum(1).mean()


def head_4(q, y):
    return -torch.log(q[range(len(y)), y]).mean()


def head_5(w, x, y, lr):
    w = w.detach()
    q = (x @ w).softmax(1)
    return w - lr * x.T @ (q - F.one_hot(y, w.shape[1])) / len(y)


def head_6(z, y):
    return (y * F.softplus(-z) + (1 - y) * F.softplus(z)).mean()


# %% with the modules of torch.nn
def head_1(z, y):
    return torch.nn.CrossEntropyLoss()(z.log_softmax(1), y)  # harmless


def head_2(z):
    return F.log_softmax(z, dim=-1)


def head_3(log_q, y):
    return torch.nn.NLLLoss()(log_q, y)


def head_4(q, y):
    return F.cross_entropy(q.log(), y)


def head_5(w, x, y, lr):
    w = torch.nn.Parameter(w.detach().clone())
    optimiser = torch.optim.SGD([w], lr=lr)
    torch.nn.functional.cross_entropy(x @ w, y).backward()
    optimiser.step()
    return w.detach()


def head_6(z, y):
    return torch.nn.BCEWithLogitsLoss()(z, y)
