# Wrong answers to exercise 5.3. Each cell is named after its misconception. canary-wrong-05_mnist


# %% changes the weights it was given
def training_step(parameters, x, y, lr):
    layers = [x]
    for W, b in parameters[:-1]:
        layers.append(np.maximum(layers[-1] @ W + b, 0))
    W, b = parameters[-1]
    z = layers[-1] @ W + b
    z = z - z.max(axis=1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    each = np.arange(len(y))
    d = np.exp(log_q)
    d[each, y] -= 1
    d /= len(y)
    for i in reversed(range(len(parameters))):
        W, b = parameters[i]
        h = layers[i]
        before = (d @ W.T) * (h > 0) if i else None
        W -= lr * (h.T @ d)
        b -= lr * d.sum(axis=0)
        d = before
    return -log_q[each, y].mean(), parameters


# %% reports the loss after the step
def training_step(parameters, x, y, lr):
    def forward(parameters):
        layers = [x]
        for W, b in parameters[:-1]:
            layers.append(np.maximum(layers[-1] @ W + b, 0))
        W, b = parameters[-1]
        z = layers[-1] @ W + b
        z = z - z.max(axis=1, keepdims=True)
        return layers, z - np.log(np.exp(z).sum(axis=1, keepdims=True))

    layers, log_q = forward(parameters)
    each = np.arange(len(y))
    d = np.exp(log_q)
    d[each, y] -= 1
    d /= len(y)
    new = []
    for i in reversed(range(len(parameters))):
        W, b = parameters[i]
        new.insert(0, (W - lr * (layers[i].T @ d), b - lr * d.sum(axis=0)))
        d = (d @ W.T) * (layers[i] > 0)
    return -forward(new)[1][each, y].mean(), new


# %% steps uphill
def training_step(parameters, x, y, lr):
    layers = [x]
    for W, b in parameters[:-1]:
        layers.append(np.maximum(layers[-1] @ W + b, 0))
    W, b = parameters[-1]
    z = layers[-1] @ W + b
    z = z - z.max(axis=1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    each = np.arange(len(y))
    d = -np.exp(log_q)
    d[each, y] += 1  # e_y - q
    d /= len(y)
    new = []
    for i in reversed(range(len(parameters))):
        W, b = parameters[i]
        new.insert(0, (W - lr * (layers[i].T @ d), b - lr * d.sum(axis=0)))
        d = (d @ W.T) * (layers[i] > 0)
    return -log_q[each, y].mean(), new


# %% forgets the label in the gradient
def training_step(parameters, x, y, lr):
    layers = [x]
    for W, b in parameters[:-1]:
        layers.append(np.maximum(layers[-1] @ W + b, 0))
    W, b = parameters[-1]
    z = layers[-1] @ W + b
    z = z - z.max(axis=1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    d = np.exp(log_q) / len(y)
    new = []
    for i in reversed(range(len(parameters))):
        W, b = parameters[i]
        new.insert(0, (W - lr * (layers[i].T @ d), b - lr * d.sum(axis=0)))
        d = (d @ W.T) * (layers[i] > 0)
    return -log_q[np.arange(len(y)), y].mean(), new


# %% forgets to divide by the batch
def training_step(parameters, x, y, lr):
    layers = [x]
    for W, b in parameters[:-1]:
        layers.append(np.maximum(layers[-1] @ W + b, 0))
    W, b = parameters[-1]
    z = layers[-1] @ W + b
    z = z - z.max(axis=1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    each = np.arange(len(y))
    d = np.exp(log_q)
    d[each, y] -= 1
    new = []
    for i in reversed(range(len(parameters))):
        W, b = parameters[i]
        new.insert(0, (W - lr * (layers[i].T @ d), b - lr * d.sum(axis=0)))
        d = (d @ W.T) * (layers[i] > 0)
    return -log_q[each, y].mean(), new


# %% passes back through the new weights
def training_step(parameters, x, y, lr):
    layers = [x]
    for W, b in parameters[:-1]:
        layers.append(np.maximum(layers[-1] @ W + b, 0))
    W, b = parameters[-1]
    z = layers[-1] @ W + b
    z = z - z.max(axis=1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    each = np.arange(len(y))
    d = np.exp(log_q)
    d[each, y] -= 1
    d /= len(y)
    new = []
    for i in reversed(range(len(parameters))):
        W, b = parameters[i]
        W, b = W - lr * (layers[i].T @ d), b - lr * d.sum(axis=0)
        new.insert(0, (W, b))
        d = (d @ W.T) * (layers[i] > 0)
    return -log_q[each, y].mean(), new


# %% lets the gradient through dead units
def training_step(parameters, x, y, lr):
    layers = [x]
    for W, b in parameters[:-1]:
        layers.append(np.maximum(layers[-1] @ W + b, 0))
    W, b = parameters[-1]
    z = layers[-1] @ W + b
    z = z - z.max(axis=1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    each = np.arange(len(y))
    d = np.exp(log_q)
    d[each, y] -= 1
    d /= len(y)
    new = []
    for i in reversed(range(len(parameters))):
        W, b = parameters[i]
        new.insert(0, (W - lr * (layers[i].T @ d), b - lr * d.sum(axis=0)))
        d = d @ W.T
    return -log_q[each, y].mean(), new


# %% takes the mask of another layer
def training_step(parameters, x, y, lr):
    layers = [x]
    for W, b in parameters[:-1]:
        layers.append(np.maximum(layers[-1] @ W + b, 0))
    W, b = parameters[-1]
    z = layers[-1] @ W + b
    z = z - z.max(axis=1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    each = np.arange(len(y))
    d = np.exp(log_q)
    d[each, y] -= 1
    d /= len(y)
    mask = layers[-1] > 0
    new = []
    for i in reversed(range(len(parameters))):
        W, b = parameters[i]
        new.insert(0, (W - lr * (layers[i].T @ d), b - lr * d.sum(axis=0)))
        if i:
            d = (d @ W.T) * mask
    return -log_q[each, y].mean(), new


# %% overflows for large logits
def training_step(parameters, x, y, lr):
    layers = [x]
    for W, b in parameters[:-1]:
        layers.append(np.maximum(layers[-1] @ W + b, 0))
    W, b = parameters[-1]
    e = np.exp(layers[-1] @ W + b)
    q = e / e.sum(axis=1, keepdims=True)
    each = np.arange(len(y))
    loss = -np.log(q[each, y]).mean()
    d = q
    d[each, y] -= 1
    d /= len(y)
    new = []
    for i in reversed(range(len(parameters))):
        W, b = parameters[i]
        new.insert(0, (W - lr * (layers[i].T @ d), b - lr * d.sum(axis=0)))
        d = (d @ W.T) * (layers[i] > 0)
    return loss, new
