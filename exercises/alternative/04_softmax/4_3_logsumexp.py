# Right answers to exercise 4.3 in another style. canary-alternative-04_softmax


# %% math.fsum over a list
def logsumexp(z):
    top = max(z)
    if top in (math.inf, -math.inf):
        return top
    return top + math.log(math.fsum(math.exp(v - top) for v in z))


# %% one pass with a running maximum
def logsumexp(z):
    top, total = -math.inf, 0.0
    for v in map(float, z):
        if v == math.inf:
            return math.inf
        if v > top:
            total = total * math.exp(top - v) + 1
            top = v
        elif v > -math.inf:
            total += math.exp(v - top)
    return top + math.log(total) if total else -math.inf
