# Right answers to exercise 7.6 in another style.


# %% gamma functions
def learning_bits(symbols, K, start=1):
    from scipy.special import gammaln

    a = float(start)
    if not (K >= 1 and a > 0):
        raise ValueError("K is at least 1, and start above 0")
    y = np.array(symbols, dtype=int)
    if y.size and (y.min() < 0 or y.max() >= K):
        raise ValueError("a symbol outside 0..K-1")
    counts = np.bincount(y, minlength=K)
    nats = gammaln(len(y) + K * a) - gammaln(K * a) - (gammaln(counts + a) - gammaln(a)).sum()
    return nats / np.log(2)


# %% logarithms added up, and a Counter
def learning_bits(symbols, K, start=1):
    from collections import Counter

    if K < 1 or math.isnan(start) or start <= 0:
        raise ValueError("these settings make no code")
    seen, total = Counter(), 0.0
    for s in symbols:
        if s not in range(K):
            raise ValueError(f"{s} does not exist")
        total += math.log2(sum(seen.values()) + K * start) - math.log2(seen[s] + start)
        seen[s] += 1
    return total


# %% exact as long as it can be
def learning_bits(symbols, K, start=1):
    if K < 1:
        raise ValueError("no symbols")
    if not start > 0:
        raise ValueError("start is above 0")
    a = Fraction(start)
    counts = [a] * K
    above = below = 1
    bits = 0.0
    for s in symbols:
        if s < 0 or s >= K:
            raise ValueError("no such symbol")
        share = counts[s] / sum(counts)
        above, below = above * share.numerator, below * share.denominator
        if below.bit_length() > 2000:
            bits += math.log2(below) - math.log2(above)
            above = below = 1
        counts[s] += 1
    return bits + math.log2(below) - math.log2(above)
