# Right answers to exercise 5.7 in another style. canary-alternative-05_mnist


# %% the loss of lib at two corners of the box
import math

from lib.losses import nll_from_logits


def loss_interval(printed_logits, k, decimals):
    half = 10.0**-decimals / 2
    corner = [z + half if j == k else z - half for j, z in enumerate(printed_logits)]
    opposite = [z - half if j == k else z + half for j, z in enumerate(printed_logits)]
    return nll_from_logits(corner, k), nll_from_logits(opposite, k)


def consistent_classes(printed_logits, printed_loss, decimals):
    if not isinstance(decimals, int) or decimals < 0:
        raise ValueError("decimals must be 0, 1, 2, ...")
    if np.ndim(printed_logits) != 1 or len(printed_logits) == 0:
        raise ValueError("one list of logits, please")
    if not all(math.isfinite(z) for z in [*printed_logits, printed_loss]):
        raise ValueError("numbers, please")
    fits = set()
    for k in range(len(printed_logits)):
        low, high = loss_interval(printed_logits, k, decimals)
        nearest = min(max(printed_loss, low), high)  # of the losses in the interval
        if abs(nearest - printed_loss) <= 0.5 * 10.0**-decimals:
            fits.add(k)
    return fits


# %% exact decimals, fifty digits
from decimal import Decimal, localcontext


def loss_interval(printed_logits, k, decimals):
    with localcontext(prec=60):
        unit = Decimal(1).scaleb(-decimals)
        z = [Decimal(str(round(float(x), decimals))) for x in printed_logits]
        ends = []
        for shift in (-unit, unit):
            odds = sum(((x - z[k] + shift).exp() for j, x in enumerate(z) if j != k), Decimal(0))
            ends.append(float((1 + odds).ln()))
    return np.array(ends)


def consistent_classes(printed_logits, printed_loss, decimals):
    if decimals != round(decimals) or decimals < 0 or printed_loss != printed_loss:
        raise ValueError("not printed")
    z = np.array(printed_logits, dtype=float)
    if z.ndim != 1 or not len(z) or np.isnan(z).any() or np.isinf(z).any():
        raise ValueError("not printed")
    half = 0.5 / 10**decimals
    ends = np.array([loss_interval(z, k, decimals) for k in range(len(z))])
    overlap = (ends[:, 0] <= printed_loss + half) & (ends[:, 1] >= printed_loss - half)
    return set(np.flatnonzero(overlap).tolist())
