# Wrong answers to exercise 5.7. Each cell is named after its misconception. canary-wrong-05_mnist


# %% swaps the ends
from lib.losses import nll_from_logits


def loss_interval(printed_logits, k, decimals):
    z = np.array(printed_logits, dtype=float)
    shift = np.full(len(z), -0.5 * 10.0**-decimals)
    shift[k] = -shift[k]
    return nll_from_logits(z - shift, k), nll_from_logits(z + shift, k)


def consistent_classes(printed_logits, printed_loss, decimals):
    fits, half = set(), 0.5 * 10.0**-decimals
    for k in range(len(printed_logits)):
        high, low = loss_interval(printed_logits, k, decimals)
        if low <= printed_loss + half and high >= printed_loss - half:
            fits.add(k)
    return fits


# %% moves the own logit alone
from lib.losses import nll_from_logits


def loss_interval(printed_logits, k, decimals):
    z = np.array(printed_logits, dtype=float)
    shift = np.zeros(len(z))
    shift[k] = 0.5 * 10.0**-decimals
    return nll_from_logits(z + shift, k), nll_from_logits(z - shift, k)


def consistent_classes(printed_logits, printed_loss, decimals):
    fits, half = set(), 0.5 * 10.0**-decimals
    for k in range(len(printed_logits)):
        low, high = loss_interval(printed_logits, k, decimals)
        if low <= printed_loss + half and high >= printed_loss - half:
            fits.add(k)
    return fits


# %% treats lse and z_k as independent
from lib.losses import nll_from_logits


def loss_interval(printed_logits, k, decimals):
    loss, half = nll_from_logits(np.array(printed_logits), k), 0.5 * 10.0**-decimals
    return loss - 2 * half, loss + 2 * half


def consistent_classes(printed_logits, printed_loss, decimals):
    fits, half = set(), 0.5 * 10.0**-decimals
    for k in range(len(printed_logits)):
        low, high = loss_interval(printed_logits, k, decimals)
        if low <= printed_loss + half and high >= printed_loss - half:
            fits.add(k)
    return fits


# %% always takes four decimals
from lib.losses import nll_from_logits


def loss_interval(printed_logits, k, decimals):
    z = np.array(printed_logits, dtype=float)
    shift = np.full(len(z), -0.00005)
    shift[k] = 0.00005
    return nll_from_logits(z + shift, k), nll_from_logits(z - shift, k)


def consistent_classes(printed_logits, printed_loss, decimals):
    fits, half = set(), 0.00005
    for k in range(len(printed_logits)):
        low, high = loss_interval(printed_logits, k, decimals)
        if low <= printed_loss + half and high >= printed_loss - half:
            fits.add(k)
    return fits


# %% loses the digits of a small loss
from scipy.special import logsumexp


def loss_interval(printed_logits, k, decimals):
    z = np.array(printed_logits, dtype=float)
    shift = np.full(len(z), -0.5 * 10.0**-decimals)
    shift[k] = -shift[k]
    low, high = z + shift, z - shift
    return logsumexp(low) - low[k], logsumexp(high) - high[k]


def consistent_classes(printed_logits, printed_loss, decimals):
    fits, half = set(), 0.5 * 10.0**-decimals
    for k in range(len(printed_logits)):
        low, high = loss_interval(printed_logits, k, decimals)
        if low <= printed_loss + half and high >= printed_loss - half:
            fits.add(k)
    return fits


# %% stumbles over a single class
def loss_interval(printed_logits, k, decimals):
    others = np.delete(np.array(printed_logits, dtype=float), k) - printed_logits[k]
    top, unit = others.max(), 10.0**-decimals
    low, high = (
        np.logaddexp(0, top + s + np.log(np.exp(others - top).sum())) for s in (-unit, unit)
    )
    return low, high


def consistent_classes(printed_logits, printed_loss, decimals):
    fits, half = set(), 0.5 * 10.0**-decimals
    for k in range(len(printed_logits)):
        low, high = loss_interval(printed_logits, k, decimals)
        if low <= printed_loss + half and high >= printed_loss - half:
            fits.add(k)
    return fits


# %% takes the printed logits as exact
from lib.losses import nll_from_logits


def loss_interval(printed_logits, k, decimals):
    z = np.array(printed_logits, dtype=float)
    shift = np.full(len(z), -0.5 * 10.0**-decimals)
    shift[k] = -shift[k]
    return nll_from_logits(z + shift, k), nll_from_logits(z - shift, k)


def consistent_classes(printed_logits, printed_loss, decimals):
    half = 0.5 * 10.0**-decimals
    losses = [nll_from_logits(np.array(printed_logits), k) for k in range(len(printed_logits))]
    return {k for k, loss in enumerate(losses) if abs(loss - printed_loss) <= half}


# %% takes the printed loss as exact
from lib.losses import nll_from_logits


def loss_interval(printed_logits, k, decimals):
    z = np.array(printed_logits, dtype=float)
    shift = np.full(len(z), -0.5 * 10.0**-decimals)
    shift[k] = -shift[k]
    return nll_from_logits(z + shift, k), nll_from_logits(z - shift, k)


def consistent_classes(printed_logits, printed_loss, decimals):
    fits = set()
    for k in range(len(printed_logits)):
        low, high = loss_interval(printed_logits, k, decimals)
        if low <= printed_loss <= high:
            fits.add(k)
    return fits


# %% always finds a class
from lib.losses import nll_from_logits


def loss_interval(printed_logits, k, decimals):
    z = np.array(printed_logits, dtype=float)
    shift = np.full(len(z), -0.5 * 10.0**-decimals)
    shift[k] = -shift[k]
    return nll_from_logits(z + shift, k), nll_from_logits(z - shift, k)


def consistent_classes(printed_logits, printed_loss, decimals):
    z = np.array(printed_logits)
    if len(z) == 1:
        return {0} if printed_loss == 0 else set()
    far = [abs(nll_from_logits(z, k) - printed_loss) for k in range(len(z))]
    return {int(np.argmin(far))}


# %% stops at the first class
from lib.losses import nll_from_logits


def loss_interval(printed_logits, k, decimals):
    z = np.array(printed_logits, dtype=float)
    shift = np.full(len(z), -0.5 * 10.0**-decimals)
    shift[k] = -shift[k]
    return nll_from_logits(z + shift, k), nll_from_logits(z - shift, k)


def consistent_classes(printed_logits, printed_loss, decimals):
    half = 0.5 * 10.0**-decimals
    for k in range(len(printed_logits)):
        low, high = loss_interval(printed_logits, k, decimals)
        if low <= printed_loss + half and high >= printed_loss - half:
            return {k}
    return set()


# %% accepts bad input
def loss_interval(printed_logits, k, decimals):
    gaps = np.delete(printed_logits, k) - printed_logits[k]
    unit = 10.0**-decimals
    low = np.log1p(np.exp(gaps - unit).sum())
    return low, np.log1p(np.exp(gaps + unit).sum())


def consistent_classes(printed_logits, printed_loss, decimals):
    fits, half = set(), 0.5 * 10.0**-decimals
    for k in range(len(printed_logits)):
        low, high = loss_interval(printed_logits, k, decimals)
        if low <= printed_loss + half and high >= printed_loss - half:
            fits.add(k)
    return fits
