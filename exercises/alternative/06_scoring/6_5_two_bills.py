# Right answers to exercise 6.5 in another style. canary-alternative-06_scoring


# %% dictionaries and plain logarithms
import math


def two_bills(q, happened):
    q, happened = list(map(float, q)), list(map(bool, happened))
    if len(q) != len(happened) or not q:
        raise ValueError("lengths")
    groups = {}
    for x, y in zip(q, happened, strict=True):
        if not 0 <= x <= 1:
            raise ValueError(f"{x} is no probability")
        groups.setdefault(x, []).append(y)

    def price(weight, chance):
        if weight == 0:
            return 0.0
        return weight * -math.log(chance) if chance > 0 else math.inf

    calibration = refinement = 0.0
    for x, days in groups.items():
        share = sum(days) / len(days)
        floor = price(share, share) + price(1 - share, 1 - share)
        bill = price(share, x) + price(1 - share, 1 - x)
        calibration += len(days) / len(q) * (bill - floor)
        refinement += len(days) / len(q) * floor
    return calibration, refinement


# %% day by day: each day has the share of its group, and the score is the sum
from scipy.special import entr, rel_entr


def two_bills(q, happened):
    q, happened = np.array(q, dtype=float), np.array(happened, dtype=float)
    if q.shape != happened.shape or len(q) == 0 or not ((0 <= q) & (q <= 1)).all():
        raise ValueError("give a probability and a truth for each day")
    p_hat = np.array([happened[q == x].mean() for x in q])
    gap = rel_entr(p_hat, q) + rel_entr(1 - p_hat, 1 - q)
    return np.array([gap.mean(), (entr(p_hat) + entr(1 - p_hat)).mean()])
