# Wrong answers to exercise 2.6, named after their misconception.


# %% turns the mask over
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    mask = ~mask  # what is masked is out
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    return losses[mask].sum(), int(mask.sum())


def combine_shards(shards):
    total, examples = 0.0, 0
    for part, count in shards:
        if count < 0 or (count == 0 and part != 0):
            raise ValueError("no such shard")
        total += part
        examples += count
    if examples == 0:
        raise ValueError("no examples")
    return total / examples


# %% counts the padding
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    return losses[mask].sum(), losses.size


def combine_shards(shards):
    total, examples = 0.0, 0
    for part, count in shards:
        if count < 0 or (count == 0 and part != 0):
            raise ValueError("no such shard")
        total += part
        examples += count
    if examples == 0:
        raise ValueError("no examples")
    return total / examples


# %% drops infinite losses
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    mask = mask & np.isfinite(losses)
    return losses[mask].sum(), int(mask.sum())


def combine_shards(shards):
    total, examples = 0.0, 0
    for part, count in shards:
        if count < 0 or (count == 0 and part != 0):
            raise ValueError("no such shard")
        total += part
        examples += count
    if examples == 0:
        raise ValueError("no examples")
    return total / examples


# %% multiplies by the mask
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    total = (losses * mask).sum()
    if np.isnan(total):
        raise ValueError("NaN among the losses")
    return total, int(mask.sum())


def combine_shards(shards):
    total, examples = 0.0, 0
    for part, count in shards:
        if count < 0 or (count == 0 and part != 0):
            raise ValueError("no such shard")
        total += part
        examples += count
    if examples == 0:
        raise ValueError("no examples")
    return total / examples


# %% hides a NaN
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    return np.nansum(losses[mask]), int(mask.sum())


def combine_shards(shards):
    total, examples = 0.0, 0
    for part, count in shards:
        if count < 0 or (count == 0 and part != 0):
            raise ValueError("no such shard")
        total += part
        examples += count
    if examples == 0:
        raise ValueError("no examples")
    return total / examples


# %% stretches the mask
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    losses, mask = np.broadcast_arrays(losses, mask)
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    return losses[mask].sum(), int(mask.sum())


def combine_shards(shards):
    total, examples = 0.0, 0
    for part, count in shards:
        if count < 0 or (count == 0 and part != 0):
            raise ValueError("no such shard")
        total += part
        examples += count
    if examples == 0:
        raise ValueError("no examples")
    return total / examples


# %% changes its input
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    losses[~mask] = 0
    return losses.sum(), int(mask.sum())


def combine_shards(shards):
    total, examples = 0.0, 0
    for part, count in shards:
        if count < 0 or (count == 0 and part != 0):
            raise ValueError("no such shard")
        total += part
        examples += count
    if examples == 0:
        raise ValueError("no examples")
    return total / examples


# %% averages shard after shard
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    return losses[mask].sum(), int(mask.sum())


def combine_shards(shards):
    mean = None
    for total, count in shards:
        if count:
            mean = total / count if mean is None else (mean + total / count) / 2
    if mean is None:
        raise ValueError("no examples")
    return mean


# %% takes the mean of the means
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    return losses[mask].sum(), int(mask.sum())


def combine_shards(shards):
    means = [total / count for total, count in shards if count > 0]
    if not means:
        raise ValueError("no examples")
    return sum(means) / len(means)


# %% reads the shards twice
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    return losses[mask].sum(), int(mask.sum())


def combine_shards(shards):
    total = sum(part for part, _ in shards)
    examples = sum(count for _, count in shards)
    if examples == 0:
        raise ValueError("no examples")
    return total / examples


# %% stumbles over an empty shard
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    return losses[mask].sum(), int(mask.sum())


def combine_shards(shards):
    means, counts = [], []
    for total, count in shards:
        means.append(total / count)
        counts.append(count)
    return float(np.average(means, weights=counts))


# %% invents a mean of nothing
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    return losses[mask].sum(), int(mask.sum())


def combine_shards(shards):
    total, examples = 0.0, 0
    for part, count in shards:
        if count < 0 or (count == 0 and part != 0):
            raise ValueError("no such shard")
        total += part
        examples += count
    if examples == 0:
        return 0.0
    return total / examples


# %% accepts impossible shards
import numpy as np


def shard(losses, mask):
    losses, mask = np.asarray(losses, dtype=float), np.asarray(mask, dtype=bool)
    if losses.shape != mask.shape:
        raise ValueError("shapes differ")
    if np.isnan(losses[mask]).any():
        raise ValueError("NaN among the losses that count")
    return losses[mask].sum(), int(mask.sum())


def combine_shards(shards):
    total, examples = 0.0, 0
    for part, count in shards:
        total += part
        examples += count
    if examples == 0:
        raise ValueError("no examples")
    return total / examples
