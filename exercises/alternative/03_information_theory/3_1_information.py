# Right answers to exercise 3.1 in another style. canary-alternative-03_information_theory


# %% one number at a time
def information(p, unit="nats"):
    if unit != "nats" and unit != "bits":
        raise ValueError("I know nats and bits only")

    def one(x):
        if math.isnan(x) or x < 0 or x > 1:
            raise ValueError("%s is not a probability" % x)
        if x == 0:
            return math.inf
        if x == 1:
            return 0.0
        return -math.log(x) if unit == "nats" else -math.log2(x)

    if np.ndim(p) == 0:
        return one(p)
    return np.array([information(row, unit) for row in p])


# %% inside a mask, then a change of base
def information(p, unit="nats"):
    base = {"nats": 1.0, "bits": np.log(2)}.get(unit)
    if base is None:
        raise ValueError("unit must be 'nats' or 'bits', not " + str(unit))
    p = np.array(p, dtype=float)
    if not (np.min(p) >= 0 and np.max(p) <= 1):
        raise ValueError("probabilities are between 0 and 1")
    result = np.full(p.shape, np.inf)
    result[p > 0] = abs(np.log(p[p > 0])) / base
    return result


# %% xlogy of SciPy
def information(p, unit="nats"):
    from scipy.special import xlogy

    if unit not in ("nats", "bits"):
        raise ValueError("unit?")
    if np.any(np.isnan(p)) or np.any(np.less(p, 0)) or np.any(np.greater(p, 1)):
        raise ValueError("p?")
    return (xlogy(-1.0, p) + 0.0) / (1 if unit == "nats" else math.log(2))
