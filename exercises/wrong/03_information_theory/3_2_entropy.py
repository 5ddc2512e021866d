# Wrong answers to exercise 3.2. Each cell is named after its misconception.


# %% forgets the minus
def entropy(p, unit="nats"):
    p = np.asarray(p)
    tolerance = 1e-5 if p.dtype == np.float32 else 1e-9
    if not (np.all(p >= 0) and abs(p.sum() - 1) <= tolerance):
        raise ValueError("not a distribution")
    p = p[p > 0]
    return np.sum(p * (np.log2(p) if unit == "bits" else np.log(p)))


# %% averages without weights
def entropy(p, unit="nats"):
    p = np.asarray(p)
    tolerance = 1e-5 if p.dtype == np.float32 else 1e-9
    if not (np.all(p >= 0) and abs(p.sum() - 1) <= tolerance):
        raise ValueError("not a distribution")
    p = p[p > 0]
    return 0.0 - np.mean(np.log2(p) if unit == "bits" else np.log(p))


# %% ignores the unit
def entropy(p, unit="nats"):
    p = np.asarray(p)
    tolerance = 1e-5 if p.dtype == np.float32 else 1e-9
    if not (np.all(p >= 0) and abs(p.sum() - 1) <= tolerance):
        raise ValueError("not a distribution")
    p = p[p > 0]
    return 0.0 - np.sum(p * np.log2(p))


# %% gets NaN from 0 · log 0
def entropy(p, unit="nats"):
    p = np.asarray(p)
    tolerance = 1e-5 if p.dtype == np.float32 else 1e-9
    if not (np.all(p >= 0) and abs(p.sum() - 1) <= tolerance):
        raise ValueError("not a distribution")
    with np.errstate(all="ignore"):
        return 0.0 - np.sum(p * (np.log2(p) if unit == "bits" else np.log(p)))


# %% adds eps
def entropy(p, unit="nats"):
    p = np.asarray(p)
    tolerance = 1e-5 if p.dtype == np.float32 else 1e-9
    if not (np.all(p >= 0) and abs(p.sum() - 1) <= tolerance):
        raise ValueError("not a distribution")
    nats = -np.sum(p * np.log(p + 1e-12))
    return nats / np.log(2) if unit == "bits" else nats


# %% normalises silently
def entropy(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if not np.all(p >= 0) or p.size == 0:
        raise ValueError("not a distribution")
    p = p / p.sum()
    p = p[p > 0]
    nats = 0.0 - np.sum(p * np.log(p))
    return nats / np.log(2) if unit == "bits" else nats


# %% accepts a sum other than 1
def entropy(p, unit="nats"):
    p = np.asarray(p)
    if not np.all(p >= 0):
        raise ValueError("not a distribution")
    p = p[p > 0]
    nats = 0.0 - np.sum(p * np.log(p))
    return nats / np.log(2) if unit == "bits" else nats


# %% accepts negative entries
def entropy(p, unit="nats"):
    p = np.asarray(p)
    tolerance = 1e-5 if p.dtype == np.float32 else 1e-9
    if not abs(p.sum() - 1) <= tolerance:
        raise ValueError("not a distribution")
    p = p[p > 0]
    nats = 0.0 - np.sum(p * np.log(p))
    return nats / np.log(2) if unit == "bits" else nats


# %% lets NaN through
def entropy(p, unit="nats"):
    p = np.asarray(p)
    tolerance = 1e-5 if p.dtype == np.float32 else 1e-9
    if np.any(p < 0) or abs(p.sum() - 1) > tolerance:
        raise ValueError("not a distribution")
    p = p[p > 0]
    nats = 0.0 - np.sum(p * np.log(p))
    return nats / np.log(2) if unit == "bits" else nats


# %% demands a sum of exactly 1
def entropy(p, unit="nats"):
    p = np.asarray(p)
    if not np.all(p >= 0) or p.sum() != 1:
        raise ValueError("not a distribution")
    p = p[p > 0]
    nats = 0.0 - np.sum(p * np.log(p))
    return nats / np.log(2) if unit == "bits" else nats


# %% holds float32 to the rule of float64
def entropy(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if not (np.all(p >= 0) and abs(p.sum() - 1) <= 1e-9):
        raise ValueError("not a distribution")
    p = p[p > 0]
    nats = 0.0 - np.sum(p * np.log(p))
    return nats / np.log(2) if unit == "bits" else nats


# %% returns minus zero
def entropy(p, unit="nats"):
    p = np.asarray(p)
    tolerance = 1e-5 if p.dtype == np.float32 else 1e-9
    if not (np.all(p >= 0) and abs(p.sum() - 1) <= tolerance):
        raise ValueError("not a distribution")
    p = p[p > 0]
    return -np.sum(p * (np.log2(p) if unit == "bits" else np.log(p)))


# %% changes the caller's array
def entropy(p, unit="nats"):
    p = np.asarray(p)
    tolerance = 1e-5 if p.dtype == np.float32 else 1e-9
    if not (np.all(p >= 0) and abs(p.sum() - 1) <= tolerance):
        raise ValueError("not a distribution")
    p[p == 0] = 1  # 1 * log 1 = 0
    return 0.0 - np.sum(p * (np.log2(p) if unit == "bits" else np.log(p)))
