# Right answers to exercise 6.4 in another style. canary-alternative-06_scoring


# %% a dictionary of lists
def reliability_table(q, happened, bins=10):
    q = [float(x) for x in q]
    happened = [bool(y) for y in happened]
    if len(q) != len(happened) or len(q) == 0:
        raise ValueError("one truth for each report, and at least one of both")
    if not all(0 <= x <= 1 for x in q):
        raise ValueError("probabilities, please")
    if bins % 1 or bins <= 0:
        raise ValueError("how many bins?")
    days = {}
    for x, y in zip(q, happened, strict=True):
        b = 0
        while x > (b + 1) / bins:
            b += 1
        days.setdefault(b, []).append((x, y))
    n, said, p_hat = [], [], []
    for b in sorted(days):
        n.append(len(days[b]))
        said.append(sum(x for x, _ in days[b]) / n[-1])
        p_hat.append(sum(y for _, y in days[b]) / n[-1])
    return np.array(n), np.array(said), np.array(p_hat)


# %% a matrix that says which day is in which bin
def reliability_table(q, happened, bins=10):
    q, happened = np.array(q, dtype=np.float64), np.array(happened, dtype=np.float64)
    if bins not in range(1, 10**6):
        raise ValueError("bins is no whole number above 0")
    if len(q) != len(happened) or len(q) < 1:
        raise ValueError("lengths")
    if np.isnan(q).any() or q.min() < 0 or q.max() > 1:
        raise ValueError("q")
    edges = np.array([b / bins for b in range(bins + 1)])
    edges[0] = -1
    member = (edges[:-1, None] < q) & (q <= edges[1:, None])
    member = member[member.any(axis=1)]
    n = member.sum(axis=1)
    return [n, member @ q / n, member @ happened / n]
