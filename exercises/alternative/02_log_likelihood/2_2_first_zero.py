# Right answers to exercise 2.2 in another style.


# %% one running product, then the first zero
import numpy as np


def first_zero(factors, dtype):
    if any(not 0 <= factor <= 1 for factor in factors):
        raise ValueError("a factor is not a probability")
    running = np.cumprod(np.array(factors, dtype=dtype), dtype=dtype)
    dead = np.flatnonzero(running == 0)
    return int(dead[0]) + 1 if dead.size else None


# %% accumulate, and count what is still alive
from itertools import accumulate

import numpy as np


def first_zero(factors, dtype):
    kind = np.dtype(dtype).type
    for factor in factors:
        if not 0 <= factor <= 1:
            raise ValueError(f"{factor} is not in [0, 1]")
    alive = [p > 0 for p in accumulate(map(kind, factors), lambda p, q: kind(p * q))]
    return None if all(alive) else sum(alive) + 1


# %% torch keeps the type
import numpy as np
import torch


def first_zero(factors, dtype):
    kinds = {"float16": torch.float16, "float32": torch.float32, "float64": torch.float64}
    values = torch.tensor([float(f) for f in factors], dtype=torch.float64)
    if not bool(((values >= 0) & (values <= 1)).all()):
        raise ValueError("factors must lie in [0, 1]")
    product = torch.ones((), dtype=kinds[np.dtype(dtype).name])
    for number, value in enumerate(values.to(product.dtype), 1):
        product = product * value
        if product.item() == 0:
            return number
    return None
