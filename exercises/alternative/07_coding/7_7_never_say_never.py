# Right answers to exercise 7.7 in another style.


# %% logarithms all the way, and a root of the slope
from scipy.optimize import brentq
from scipy.special import log_softmax


def _prices(logits, labels):
    z = np.asarray(logits, dtype=float)
    if len(labels) != len(z):
        raise ValueError("each card has one label")
    for y in labels:
        if not 0 <= y < z.shape[1]:
            raise ValueError(f"no symbol {y}")
    return log_softmax(z, axis=1)[range(len(z)), list(labels)], z.shape[1]


def table_bits(logits, labels, total_bits):
    log_q, K = _prices(logits, labels)
    share = K / 2**total_bits
    if share > 1:
        raise ValueError("the table is too small")
    equal = np.full(len(log_q), -total_bits * np.log(2))
    own = np.log1p(-share) + log_q if share < 1 else np.full(len(log_q), -np.inf)
    return -np.logaddexp(own, equal).sum() / np.log(2)


def best_share(logits, labels):
    log_q, K = _prices(logits, labels)
    ratio = np.exp(np.clip(log_q + np.log(K), -690, None))  # K q

    def slope(share):
        return ((ratio - 1) / ((1 - share) * ratio + share)).sum()

    if slope(0.0) >= 0:
        return 0.0
    if slope(1.0) <= 0:
        return 1.0
    return brentq(slope, 0, 1, xtol=1e-16, rtol=1e-14, maxiter=500)


# %% a grid that gets finer and finer
def table_bits(logits, labels, total_bits):
    q = _shares(logits, labels)
    units = 2**total_bits
    K = np.shape(logits)[1]
    if units < K:
        raise ValueError("fewer units than symbols")
    return sum(-math.log2(((units - K) * share + 1) / units) for share in q)


def _shares(logits, labels):
    logits = np.array(logits, dtype=float)
    if np.shape(labels) != logits.shape[:1]:
        raise ValueError("one label for each row, please")
    shares = []
    for row, y in zip(logits.tolist(), labels, strict=True):
        if y < 0 or y >= len(row):
            raise ValueError("a label outside the symbols")
        top = max(row)
        shares.append(math.exp(row[y] - top) / math.fsum(math.exp(x - top) for x in row))
    return shares


def best_share(logits, labels):
    q, K = np.array(_shares(logits, labels)), np.shape(logits)[1]

    def size(share):
        with np.errstate(divide="ignore"):
            return -np.log2((1 - share) * q + share / K).sum()

    grid = np.r_[0, np.geomspace(1e-12, 1, 400)]
    for _ in range(12):  # finer and finer around the best of a grid
        n = int(np.argmin([size(share) for share in grid]))
        grid = np.linspace(grid[max(n - 1, 0)], grid[min(n + 1, len(grid) - 1)], 60)
    return float(min(grid, key=size))


# %% golden section on a logarithmic scale
def table_bits(logits, labels, total_bits):
    z = np.asarray(logits, dtype=float)
    y = np.asarray(labels)
    N, K = z.shape
    if y.ndim != 1 or len(y) != N or not np.isin(y, np.arange(K)).all():
        raise ValueError("labels and logits do not fit")
    if K > 2**total_bits:
        raise ValueError("too many symbols")
    e = np.exp(z - z.max(axis=1)[:, None])
    q = e / e.sum(axis=1)[:, None]
    mixed = (1 - K / 2**total_bits) * q + 0.5**total_bits
    return float(-np.log2(np.take_along_axis(mixed, y[:, None], axis=1)).sum())


def best_share(logits, labels):
    from scipy.optimize import minimize_scalar
    from scipy.special import softmax

    z, y = np.asarray(logits, dtype=float), np.asarray(labels)
    N, K = z.shape
    if y.shape != (N,) or (y < 0).any() or (y >= K).any():
        raise ValueError("labels and logits do not fit")
    q = softmax(z, axis=1)[np.arange(N), y]
    size = lambda t: -np.log((1 - np.exp(t)) * q + np.exp(t) / K).sum()
    found = minimize_scalar(size, bounds=(-40, 0), method="bounded", options={"xatol": 1e-9}).x
    candidates = [np.exp(found), 1.0]
    if q.min() > 0:
        candidates.append(0.0)
    return min(candidates, key=lambda s: -np.log((1 - s) * q + s / K).sum())
