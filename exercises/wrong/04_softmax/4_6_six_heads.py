# Wrong answers to exercise 4.6. Each cell is named after its misconception. canary-wrong-04_softmax
# In each, one head is wrong.


# %% softmax twice
def head_1(z, y):
    return F.cross_entropy(z.softmax(dim=1), y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% forgets the softmax
def head_1(z, y):
    return F.nll_loss(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% softmax over the batch
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=0)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% forgets the logarithm of q
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% forgets the minus
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return log_q[torch.arange(len(y)), y].mean()


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% averages over the classes too
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return -(F.one_hot(y, log_q.shape[1]) * log_q).mean()


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% forgets the logarithm
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q, y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% takes probabilities for logits
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.cross_entropy(q, y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% adds an eps
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss((q + 1e-8).log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% sums over the batch
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y, reduction="sum").backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% climbs, or takes another step
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w + lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% leaves traces in the weights
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w.requires_grad_()
    loss = F.cross_entropy(x @ w, y)
    return w.detach() - lr * torch.autograd.grad(loss, w)[0]


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% lets the classes compete
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.cross_entropy(z, y)


# %% adds where the mean is wanted
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(z)


# %% takes the log of softmax
def head_1(z, y):
    return F.nll_loss(z.softmax(dim=1).log(), y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


# %% sigmoid before the loss
def head_1(z, y):
    return F.cross_entropy(z, y)


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy(z.sigmoid(), y)


# %% cuts the gradient off
def head_1(z, y):
    return torch.tensor(F.cross_entropy(z, y).item())


def head_2(z):
    return z.log_softmax(dim=1)


def head_3(log_q, y):
    return F.nll_loss(log_q, y)


def head_4(q, y):
    return F.nll_loss(q.log(), y)


def head_5(w, x, y, lr):
    w = w.detach().clone().requires_grad_()
    F.cross_entropy(x @ w, y).backward()
    return (w - lr * w.grad).detach()


def head_6(z, y):
    return F.binary_cross_entropy_with_logits(z, y)
