# Wrong answers to exercise 5.1. Each cell is named after its misconception. canary-wrong-05_mnist


# %% takes sigma for the variance
def expected_initial_loss(K, sigma, draws, rng):
    if K < 1 or draws < 1 or sigma < 0:
        raise ValueError("no such network")
    formula = np.log(K) + sigma / 2 * (1 - 1 / K)
    total = 0.0
    for _ in range(draws):
        z = rng.normal(0, sigma, size=K)
        total += z.max() + np.log(np.exp(z - z.max()).sum()) - z.mean()
    return formula, total / draws


# %% forgets that the mean of the logits varies
def expected_initial_loss(K, sigma, draws, rng):
    if K < 1 or draws < 1 or sigma < 0:
        raise ValueError("no such network")
    formula = np.log(K) + sigma**2 / 2
    total = 0.0
    for _ in range(draws):
        z = rng.normal(0, sigma, size=K)
        total += z.max() + np.log(np.exp(z - z.max()).sum()) - z.mean()
    return formula, total / draws


# %% takes the formula for the truth
def expected_initial_loss(K, sigma, draws, rng):
    if K < 1 or draws < 1 or sigma < 0:
        raise ValueError("no such network")
    variance = np.mean([rng.normal(0, sigma, size=K).var() for _ in range(draws)])
    return np.log(K) + sigma**2 / 2 * (1 - 1 / K), np.log(K) + variance / 2


# %% averages the probabilities first
def expected_initial_loss(K, sigma, draws, rng):
    from scipy.special import softmax

    if K < 1 or draws < 1 or sigma < 0:
        raise ValueError("no such network")
    q = np.mean([softmax(rng.normal(0, sigma, size=K)) for _ in range(draws)], axis=0)
    return np.log(K) + sigma**2 / 2 * (1 - 1 / K), -np.log(q).mean()


# %% takes the prediction for the label
def expected_initial_loss(K, sigma, draws, rng):
    if K < 1 or draws < 1 or sigma < 0:
        raise ValueError("no such network")
    losses = []
    for _ in range(draws):
        z = rng.normal(0, sigma, size=K)
        losses.append(np.log(np.exp(z - z.max()).sum()))
    return np.log(K) + sigma**2 / 2 * (1 - 1 / K), np.mean(losses)


# %% overflows for large logits
def expected_initial_loss(K, sigma, draws, rng):
    if K < 1 or draws < 1 or sigma < 0:
        raise ValueError("no such network")
    losses = []
    for _ in range(draws):
        z = rng.normal(0, sigma, size=K)
        losses.append(np.log(np.exp(z).sum()) - z[0])
    return np.log(K) + sigma**2 / 2 * (1 - 1 / K), np.mean(losses)


# %% misses the mean of the losses
def expected_initial_loss(K, sigma, draws, rng):
    if K < 1 or draws < 1 or sigma < 0:
        raise ValueError("no such network")
    losses = []
    for _ in range(draws):
        z = rng.normal(0, sigma, size=K)
        losses.append(z.max() + np.log(np.exp(z - z.max()).sum()) - z[0])
    return np.log(K) + sigma**2 / 2 * (1 - 1 / K), np.median(losses)


# %% accepts impossible settings
def expected_initial_loss(K, sigma, draws, rng):
    from scipy.special import logsumexp

    losses = []
    for _ in range(draws):
        z = sigma * rng.standard_normal(K)
        losses.append(logsumexp(z) - z.mean())
    return np.log(K) + sigma**2 / 2 * (1 - 1 / K), sum(losses) / max(1, draws)
