# Wrong answers to exercise 2.2, named after their misconception.


# %% counts from 0
import numpy as np


def first_zero(factors, dtype):
    product = np.dtype(dtype).type(1)
    for number, factor in enumerate(np.asarray(factors, dtype=dtype)):
        product = product * factor
        if product == 0:
            return number
    return None


# %% takes nearly 0 for 0
import numpy as np


def first_zero(factors, dtype):
    running = np.cumprod(np.asarray(factors, dtype=dtype), dtype=dtype)
    dead = np.isclose(running, 0)
    return int(np.argmax(dead)) + 1 if dead.any() else None


# %% takes the smallest normal number for the smallest
import numpy as np


def first_zero(factors, dtype):
    running = np.cumprod(np.asarray(factors, dtype=dtype), dtype=dtype)
    dead = running < np.finfo(dtype).tiny
    return int(np.argmax(dead)) + 1 if dead.any() else None


# %% multiplies in float64
import numpy as np


def first_zero(factors, dtype):
    product = 1.0
    for number, factor in enumerate(np.asarray(factors, dtype=dtype), start=1):
        product = product * float(factor)
        if product == 0:
            return number
    return None


# %% rounds only at the end
import numpy as np


def first_zero(factors, dtype):
    running = np.cumprod(np.asarray(factors, dtype=float)).astype(dtype)
    dead = np.flatnonzero(running == 0)
    return dead[0] + 1 if len(dead) else None


# %% gives a number although the product lives
import numpy as np


def first_zero(factors, dtype):
    running = np.cumprod(np.asarray(factors, dtype=dtype), dtype=dtype)
    return int(np.argmax(running == 0)) + 1


# %% accepts what is no probability
import numpy as np


def first_zero(factors, dtype):
    running = np.cumprod(np.asarray(factors, dtype=dtype), dtype=dtype)
    dead = np.flatnonzero(running == 0)
    return dead[0] + 1 if len(dead) else None
