# Right answers to exercise 8.7 in another style. canary-alternative-08_language


# %% Brent's method on the slope
from scipy.optimize import brentq


def best_weight(a, b):
    if len(a) != len(b) or len(a) == 0:
        raise ValueError("give two lists of the same length")
    pairs = list(zip(map(float, a), map(float, b), strict=True))
    for x, y in pairs:
        if not (0 <= x <= 1 and 0 <= y <= 1) or x == y == 0:
            raise ValueError("no probabilities, or impossible for both")

    def slope(w):
        total = 0.0
        for x, y in pairs:
            mix = w * x + (1 - w) * y
            if mix == 0:
                return -1e300 if w < 0.5 else 1e300
            total += max(min((y - x) / mix, 1e290), -1e290)
        return total

    if slope(0.0) >= 0:
        w = 0.0
    elif slope(1.0) <= 0:
        w = 1.0
    else:
        w = brentq(slope, 0.0, 1.0, xtol=1e-15)
    return w, sum(-math.log2(w * x + (1 - w) * y) for x, y in pairs) / len(pairs)


# %% golden section, on the cost itself and in its ends' neighbourhoods
def best_weight(a, b):
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    if a.shape != b.shape or a.size < 1:
        raise ValueError("two lists of N >= 1 numbers")
    both = np.concatenate([a, b])
    if np.isnan(both).any() or both.min() < 0 or both.max() > 1:
        raise ValueError("probabilities are between 0 and 1")
    if ((a == 0) & (b == 0)).any():
        raise ValueError("every mixture costs infinity")

    def cost(w):
        with np.errstate(divide="ignore"):
            return -np.log2(w * a + (1 - w) * b).mean()

    low, high = 0.0, 1.0
    for _ in range(120):
        left, right = low + 0.382 * (high - low), high - 0.382 * (high - low)
        if cost(left) <= cost(right):
            high = right
        else:
            low = left
    w = min(0.0, 1.0, (low + high) / 2, key=cost)
    return w, cost(w)
