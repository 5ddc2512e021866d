# Right answers to exercise 4.2 in another style. canary-alternative-04_softmax


# %% a slice at a time
def softmax(z, axis=-1):
    def one(row):
        row = [float(v) for v in row]
        top = max(row)
        if any(math.isnan(v) for v in row) or math.isinf(top):
            raise ValueError("NaN, +inf, or no class left")
        e = [math.exp(v - top) for v in row]
        total = math.fsum(e)
        return np.array([v / total for v in e])

    z = np.asarray(z)
    result = np.apply_along_axis(one, axis, z)
    return result.astype(z.dtype) if z.dtype.kind == "f" else result


# %% in logarithms
def softmax(z, axis=-1):
    z = np.moveaxis(np.array(z), axis, -1)
    z = z + 0.0 if z.dtype.kind != "f" else z
    if np.isnan(z).any() or np.isposinf(z).any():
        raise ValueError("not a logit")
    if np.isneginf(z).all(-1).any():
        raise ValueError("no class left")
    with np.errstate(over="ignore"):
        z = z - z.max(-1)[..., None]
    log_q = z - np.log(np.exp(z).sum(-1))[..., None]
    return np.moveaxis(np.exp(log_q), -1, axis)
