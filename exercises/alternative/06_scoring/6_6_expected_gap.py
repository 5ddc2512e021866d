# Right answers to exercise 6.6 in another style. canary-alternative-06_scoring


# %% adding up what can come
from scipy.stats import binom


def expected_gap(n, q):
    if not (0 <= q <= 1):
        raise ValueError("q")
    if not n > 0 or n % 1:
        raise ValueError("n")
    if isinstance(q, Fraction):
        total = Fraction(0)
        for k in range(n + 1):
            total += math.comb(n, k) * q**k * (1 - q) ** (n - k) * abs(Fraction(k, n) - q)
        return total
    k = np.arange(n + 1)
    return float(np.sum(binom.pmf(k, n, q) * np.abs(k - n * q)) / n)


# %% logarithms of factorials, and only the gaps above q
def expected_gap(n, q):
    if n != n or n < 1 or int(n) != n or q != q or q < 0 or q > 1:
        raise ValueError(f"n = {n}, q = {q}")
    if q in (0, 1):
        return q - q
    first = math.floor(n * q) + 1
    if isinstance(q, Fraction):
        above = range(first, n + 1)
        terms = (math.comb(n, k) * q**k * (1 - q) ** (n - k) * (k - n * q) for k in above)
        return 2 * sum(terms) / n
    odds = q / (1 - q)
    start = math.lgamma(n + 1) - math.lgamma(first + 1) - math.lgamma(n - first + 1)
    rains = math.exp(start + first * math.log(q) + (n - first) * math.log1p(-q))
    total, k = 0.0, first
    while k <= n:
        total += rains * (k - n * q)
        if rains < 1e-25 * total:
            break
        rains *= odds * (n - k) / (k + 1)
        k += 1
    return 2 * total / n
