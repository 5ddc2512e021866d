# Right answers to exercise 8.3 in another style. canary-alternative-08_language


# %% arrays and a mask
def token_bits_per_byte(nats, tokens):
    nats = np.asarray(nats, dtype=float)
    sizes = np.array([len(token) for token in tokens], dtype=int)
    if nats.shape != sizes.shape:
        raise ValueError("give one cost for each token")
    if np.isnan(nats).any() or (nats < 0).any():
        raise ValueError("costs are 0 or more")
    if sizes.sum() == 0:
        raise ValueError("there is no text")
    return nats[sizes > 0].sum() / (np.log(2) * sizes.sum())


# %% the book's own function
from lib.information import bits_per_byte


def token_bits_per_byte(nats, tokens):
    total, size = 0.0, 0
    for cost, token in zip(nats, tokens, strict=True):
        if math.isnan(cost) or cost < 0:
            raise ValueError(f"a token cannot cost {cost} nats")
        if token != b"":
            total, size = total + cost, size + len(token)
    if size == 0:
        raise ValueError("no bytes")
    return math.inf if total == math.inf else bits_per_byte(total, size)
