# Wrong answers to exercise 3.1. Each cell is named after its misconception. canary-wrong-03_information_theory


# %% takes surprise for 1/p
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if not np.all((0 <= p) & (p <= 1)):
        raise ValueError("not a probability")
    with np.errstate(divide="ignore"):
        return 1 / p if unit == "bits" else np.log(2) / p


# %% forgets the minus
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if not np.all((0 <= p) & (p <= 1)):
        raise ValueError("not a probability")
    with np.errstate(divide="ignore"):
        return np.log2(p) if unit == "bits" else np.log(p)


# %% ignores the unit
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if not np.all((0 <= p) & (p <= 1)):
        raise ValueError("not a probability")
    with np.errstate(divide="ignore"):
        return 0.0 - np.log(p)


# %% changes the unit the wrong way
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if not np.all((0 <= p) & (p <= 1)):
        raise ValueError("not a probability")
    with np.errstate(divide="ignore"):
        nats = 0.0 - np.log(p)
    return nats * np.log(2) if unit == "bits" else nats


# %% stumbles over log 0
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if not np.all((0 <= p) & (p <= 1)):
        raise ValueError("not a probability")
    if unit == "nats":
        return 0.0 - np.log(p)
    if unit == "bits":
        return 0.0 - np.log2(p)
    raise ValueError("unit must be nats or bits")


# %% gives the impossible no surprise
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if not np.all((0 <= p) & (p <= 1)):
        raise ValueError("not a probability")
    nats = 0.0 - np.log(np.where(p > 0, p, 1.0))
    return nats / np.log(2) if unit == "bits" else nats


# %% adds eps
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if not np.all((0 <= p) & (p <= 1)):
        raise ValueError("not a probability")
    nats = -np.log(p + 1e-12)
    return nats / np.log(2) if unit == "bits" else nats


# %% returns minus zero
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if not np.all((0 <= p) & (p <= 1)):
        raise ValueError("not a probability")
    with np.errstate(divide="ignore"):
        return -np.log2(p) if unit == "bits" else -np.log(p)


# %% takes one number only
def information(p, unit="nats"):
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if not 0 <= p <= 1:
        raise ValueError("not a probability")
    if p == 0:
        return math.inf
    return math.log(1 / p) if unit == "nats" else math.log2(1 / p)


# %% lets NaN through
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if np.any(p < 0) or np.any(p > 1):
        raise ValueError("not a probability")
    with np.errstate(divide="ignore"):
        return 0.0 - (np.log2(p) if unit == "bits" else np.log(p))


# %% accepts what is no probability
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if np.any(np.isnan(p)):
        raise ValueError("NaN")
    with np.errstate(all="ignore"):
        return 0.0 - (np.log2(p) if unit == "bits" else np.log(p))


# %% accepts any unit
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if not np.all((0 <= p) & (p <= 1)):
        raise ValueError("not a probability")
    with np.errstate(divide="ignore"):
        return 0.0 - (np.log2(p) if unit == "bits" else np.log(p))


# %% loses digits
def information(p, unit="nats"):
    p = np.asarray(p, dtype=float)
    if unit not in ("nats", "bits"):
        raise ValueError("unit must be nats or bits")
    if not np.all((0 <= p) & (p <= 1)):
        raise ValueError("not a probability")
    with np.errstate(divide="ignore"):
        nats = 0.0 - np.log(p)
    return nats * 1.4427 if unit == "bits" else nats
