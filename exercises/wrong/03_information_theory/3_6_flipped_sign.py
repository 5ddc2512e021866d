# Wrong answers to exercise 3.6. Each cell is named after its misconception.


# %% expects a true KL below 0
def flipped_sign():
    return [0.4, 0.6], [0.6, 0.4]


def dropped_entry():
    return [-0.2, 1.2], [0.5, 0.5]


def finite_from_nan():
    return [0.4, 0.6], [math.nan, math.nan]


# %% flips with a negative entry
def flipped_sign():
    return [-0.5, 0.3], [0.5, 0.5]


def dropped_entry():
    return [-0.2, 1.2], [0.5, 0.5]


def finite_from_nan():
    return [0.4, 0.6], [math.nan, math.nan]


# %% breaks the belief too
def flipped_sign():
    return [0.2, 0.3], [0.9, 0.9]


def dropped_entry():
    return [-0.2, 1.2], [0.5, 0.5]


def finite_from_nan():
    return [0.4, 0.6], [math.nan, math.nan]


# %% flips nothing
def flipped_sign():
    return [0.9, 0.9], [0.5, 0.5]


def dropped_entry():
    return [-0.2, 1.2], [0.5, 0.5]


def finite_from_nan():
    return [0.4, 0.6], [math.nan, math.nan]


# %% takes a zero for a mistake
def flipped_sign():
    return [0.2, 0.3], [0.5, 0.5]


def dropped_entry():
    return [0.0, 1.0], [0.5, 0.5]


def finite_from_nan():
    return [0.4, 0.6], [math.nan, math.nan]


# %% lets two minus signs cancel
def flipped_sign():
    return [0.2, 0.3], [0.5, 0.5]


def dropped_entry():
    return [-0.2, 1.2], [-0.1, 1.1]


def finite_from_nan():
    return [0.4, 0.6], [math.nan, math.nan]


# %% breaks the sum as well
def flipped_sign():
    return [0.2, 0.3], [0.5, 0.5]


def dropped_entry():
    return [-0.2, 1.0], [0.5, 0.5]


def finite_from_nan():
    return [0.4, 0.6], [math.nan, math.nan]


# %% flips the sign as well
def flipped_sign():
    return [0.2, 0.3], [0.5, 0.5]


def dropped_entry():
    return [0.5, 0.5], [-0.1, 1.1]


def finite_from_nan():
    return [0.4, 0.6], [math.nan, math.nan]


# %% takes infinity for NaN
def flipped_sign():
    return [0.2, 0.3], [0.5, 0.5]


def dropped_entry():
    return [-0.2, 1.2], [0.5, 0.5]


def finite_from_nan():
    return [0.4, 0.6], [0.0, 1.0]


# %% puts the NaN into the truth
def flipped_sign():
    return [0.2, 0.3], [0.5, 0.5]


def dropped_entry():
    return [-0.2, 1.2], [0.5, 0.5]


def finite_from_nan():
    return [math.nan, 0.6], [math.nan, 0.4]


# %% leaves the answer infinite
def flipped_sign():
    return [0.2, 0.3], [0.5, 0.5]


def dropped_entry():
    return [-0.2, 1.2], [0.5, 0.5]


def finite_from_nan():
    return [0.4, 0.6], [math.nan, 0.0]


# %% flips what the NaN leaves over
def flipped_sign():
    return [0.2, 0.3], [0.5, 0.5]


def dropped_entry():
    return [-0.2, 1.2], [0.5, 0.5]


def finite_from_nan():
    return [0.4, 0.6], [math.nan, 0.9]
