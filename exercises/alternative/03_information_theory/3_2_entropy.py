# Right answers to exercise 3.2 in another style.


# %% a plain loop
def entropy(p, unit="nats"):
    tolerance = 1e-9
    if isinstance(p, np.ndarray) and p.dtype == np.float32:
        tolerance = 1e-5
    total = 0.0
    result = 0.0
    for share in p:
        share = float(share)
        if math.isnan(share) or share < 0:
            raise ValueError("bad entry")
        total += share
        if share > 0:
            result += share * math.log(1 / share)
    if abs(total - 1) > tolerance:
        raise ValueError("the sum should be 1 but is " + str(total))
    if unit == "bits":
        result = result / math.log(2)
    return result


# %% xlogy of SciPy
def entropy(p, unit="nats"):
    from scipy.special import xlogy

    p = np.asarray(p)
    if p.size == 0 or not np.min(p) >= 0:
        raise ValueError("entries must be at least 0")
    if not np.isclose(p.sum(), 1, rtol=0, atol=1e-5 if p.dtype == np.float32 else 1e-9):
        raise ValueError("sum must be 1")
    nats = abs(xlogy(p, p).sum())
    return nats if unit == "nats" else nats / np.log(2)
