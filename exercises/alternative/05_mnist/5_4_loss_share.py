# Right answers to exercise 5.4 in another style. canary-alternative-05_mnist


# %% plain Python: pay until the images run out
import math


def loss_share(losses, frac):
    ranked = sorted((float(loss) for loss in losses), reverse=True)
    if not ranked:
        raise ValueError("no losses")
    if any(not loss >= 0 for loss in ranked):
        raise ValueError("a loss is a number of at least 0")
    if not (frac >= 0 and frac <= 1):
        raise ValueError("frac is a fraction")
    images = frac * len(ranked)
    if ranked[0] == math.inf:
        return min(1.0, images / ranked.count(math.inf))
    if ranked[0] == 0:
        return frac
    borne = 0.0
    for loss in ranked:
        borne += min(1, max(0, images)) * loss
        images -= 1
    return borne / math.fsum(ranked)


# %% weights for the ranks
def loss_share(losses, frac):
    ranked = -np.sort(-np.array(losses, dtype=np.float64))
    if ranked.size == 0 or not np.all(ranked >= 0) or not 0 <= frac <= 1:
        raise ValueError("give losses of at least 0 and a fraction")
    if ranked[0] == np.inf:
        ranked = np.where(ranked == np.inf, 1.0, 0.0)
    elif ranked[0] == 0:
        ranked = ranked + 1
    weights = np.clip(frac * len(ranked) - np.arange(len(ranked)), 0, 1)
    return weights @ ranked / ranked.sum()
