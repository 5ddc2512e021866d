# Right answers to exercise 7.4 in another style.


# %% exchanges until nothing is gained
def best_table(counts, total_bits):
    M, K = 1 << total_bits, len(counts)
    if K == 0 or K > M or any(c < 0 for c in counts) or sum(counts) == 0:
        raise ValueError("no table")
    total = sum(counts)
    units = [max(1, M * c // total) for c in counts]
    gain = lambda k: counts[k] * math.log((units[k] + 1) / units[k])
    loss = lambda k: counts[k] * math.log(units[k] / (units[k] - 1)) if units[k] > 1 else math.inf
    while sum(units) < M:
        units[max(range(K), key=gain)] += 1
    while sum(units) > M:
        units[min(range(K), key=loss)] -= 1
    while True:
        poor, rich = max(range(K), key=gain), min(range(K), key=loss)
        if gain(poor) <= loss(rich) * (1 + 1e-13):
            break
        units[poor] += 1
        units[rich] -= 1
    return np.concatenate([[0], np.cumsum(units)])


# %% a price for all
def best_table(counts, total_bits):
    K, M = len(counts), 2**total_bits
    if K < 1 or K > M:
        raise ValueError("too few or too many symbols")
    c = np.array(counts, dtype=float)
    if (c < 0).any() or not c.any():
        raise ValueError("these are no counts")

    def units(price):  # all that are worth more than the price, to everybody
        with np.errstate(over="ignore", divide="ignore"):
            return np.where(
                c > 0, np.minimum(np.floor(1 / np.expm1(price / np.maximum(c, 1))) + 1, M), 1
            )

    low, high = c.max() * 1e-7, c.max()
    for _ in range(200):
        middle = (low + high) / 2
        if units(middle).sum() > M:
            low = middle
        else:
            high = middle
    found = units(high).astype(int)
    for k in np.argsort(-c * np.log1p(1 / found), kind="stable")[: M - found.sum()]:
        found[k] += 1
    return [0, *np.cumsum(found).tolist()]


# %% all savings in one row
def best_table(counts, total_bits):
    from heapq import merge
    from itertools import islice

    K, M = len(counts), 2**total_bits
    if not counts or K > M or min(counts) < 0 or max(counts) <= 0:
        raise ValueError("no best table for these")

    def savings(k):  # of one symbol they fall, so they are in order already
        for u in range(1, M):
            yield counts[k] * math.log1p(1 / u), k

    units = [1] * K
    for _, k in islice(merge(*map(savings, range(K)), reverse=True), M - K):
        units[k] += 1
    fences = [0]
    for u in units:
        fences.append(fences[-1] + u)
    return tuple(fences)
