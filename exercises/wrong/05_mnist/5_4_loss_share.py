# Wrong answers to exercise 5.4. Each cell is named after its misconception. canary-wrong-05_mnist


# %% changes the losses it was given
def loss_share(losses, frac):
    losses = np.asarray(losses, dtype=float)
    losses.sort()
    ranked = losses[::-1]
    images = frac * len(ranked)
    whole = int(images)
    borne = ranked[:whole].sum() + (images - whole) * ranked[whole : whole + 1].sum()
    return borne / ranked.sum()


# %% takes the cheapest images
def loss_share(losses, frac):
    ranked = np.sort(losses)
    images = frac * len(ranked)
    whole = int(images)
    borne = ranked[:whole].sum() + (images - whole) * ranked[whole : whole + 1].sum()
    return borne / ranked.sum()


# %% takes in every tie
def loss_share(losses, frac):
    losses = np.array(losses, dtype=float)
    ranked = np.sort(losses)[::-1]
    threshold = ranked[max(1, round(frac * len(losses))) - 1]
    return losses[losses >= threshold].sum() / losses.sum()


# %% counts whole images only
def loss_share(losses, frac):
    if len(losses) == 0 or not min(losses) >= 0 or not 0 <= frac <= 1:
        raise ValueError("bad losses or frac")
    ranked = np.sort(losses)[::-1]
    return ranked[: round(frac * len(ranked))].sum() / ranked.sum()


# %% divides nothing by nothing
def loss_share(losses, frac):
    if len(losses) == 0 or not min(losses) >= 0 or not 0 <= frac <= 1:
        raise ValueError("bad losses or frac")
    borne = np.append(0, np.cumsum(np.sort(losses)[::-1]))
    return np.interp(frac * len(losses), np.arange(len(borne)), borne) / borne[-1]


# %% divides infinity by infinity
def loss_share(losses, frac):
    if len(losses) == 0 or not min(losses) >= 0 or not 0 <= frac <= 1:
        raise ValueError("bad losses or frac")
    if not any(losses):
        return frac
    borne = np.append(0, np.cumsum(np.sort(losses)[::-1]))
    return np.interp(frac * len(losses), np.arange(len(borne)), borne) / borne[-1]


# %% accepts bad input
def loss_share(losses, frac):
    losses = np.array(losses, dtype=float)
    if np.isinf(losses).any():
        losses = np.isinf(losses) * 1.0
    if not losses.any():
        return frac
    borne = np.append(0, np.cumsum(np.sort(losses)[::-1]))
    return np.interp(frac * len(losses), np.arange(len(borne)), borne) / borne[-1]
