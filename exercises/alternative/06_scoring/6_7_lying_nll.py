# Right answers to exercise 6.7 in another style. canary-alternative-06_scoring


# %% image by image, in plain Python
import math


def lying_nll(z, y, eta):
    z = np.array(z, dtype=float)
    K = len(z[0])
    if not (eta >= 0 and eta <= 1 - 1 / K):
        raise ValueError("eta")
    losses, gradient = [], []
    for logits, label in zip(z.tolist(), y, strict=True):
        if label not in range(K):
            raise ValueError(f"label {label}")
        top = max(logits)
        weights = [math.exp(x - top) for x in logits]
        total = math.fsum(weights)
        log_q = logits[label] - top - math.log(total)
        if eta == 0:
            loss, share = -log_q, 1.0
        else:
            q = weights[label] / total
            r = (1 - eta) * q + eta / (K - 1) * (1 - q)
            loss, share = -math.log(r), (1 - eta - eta / (K - 1)) * q / r
        losses.append(loss)
        gradient.append([share * (w / total - (j == label)) for j, w in enumerate(weights)])
    return np.array(losses), np.array(gradient)


# %% a matrix of lies, with logarithms throughout
from scipy.special import log_softmax, logsumexp, softmax


def lying_nll(z, y, eta):
    N, K = np.shape(z)
    if not 0 <= eta <= 1 - 1 / K:
        raise ValueError(f"eta is {eta}")
    if min(y) < 0 or max(y) >= K:
        raise ValueError("there are no such classes")
    told = np.full((K, K), eta / (K - 1))  # of each true class, the label's probabilities
    np.fill_diagonal(told, 1 - eta)
    with np.errstate(divide="ignore"):
        joint = log_softmax(z, axis=1) + np.log(told)[:, y].T
    log_r = logsumexp(joint, axis=1)
    # The gradient is what one thought of the true class, minus what one thinks after the label.
    return -log_r, softmax(z, axis=1) - np.exp(joint - log_r[:, None])
