# Right answers to exercise 5.1 in another style. canary-alternative-05_mnist


# %% a loop that draws a label for each image
import math


def expected_initial_loss(K, sigma, draws, rng):
    if K < 1:
        raise ValueError("no classes")
    if draws < 1:
        raise ValueError("no images")
    if sigma < 0:
        raise ValueError("a standard deviation is not negative")
    losses = []
    for _ in range(draws):
        z = [0.0] if K == 1 else rng.normal(0, sigma, K)
        y = rng.integers(K)
        losses.append(np.logaddexp.reduce(z) - z[y])
    return math.log(K) + 0.5 * sigma**2 * (K - 1) / K, sum(losses) / len(losses)


# %% a matrix of logits for every sixteen images, and always label 0
def expected_initial_loss(K, sigma, draws, rng):
    if K < 1 or draws < 1 or sigma < 0:
        raise ValueError(f"K = {K}, sigma = {sigma}, draws = {draws}")
    loss = []
    while len(loss) < draws:
        z = sigma * rng.standard_normal((min(16, draws - len(loss)), K))
        top = z.max(axis=1)
        loss += list(top - z[:, 0] + np.log(np.exp(z - top[:, None]).sum(axis=1)))
    return np.array([np.log(K) + sigma**2 * (1 / 2 - 1 / (2 * K)), np.mean(loss)])
