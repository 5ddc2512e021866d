# Right answers to exercise 3.6 in another style.


# %% three classes, the NaN in one of them
def flipped_sign():
    p = [0.1, 0.2, 0.3]  # a class was lost before normalising
    q = [1 / 3, 1 / 3, 1 / 3]
    return p, q


def dropped_entry():
    return [0.7, 0.6, -0.3], [0.2, 0.3, 0.5]


def finite_from_nan():
    return [0.2, 0.3, 0.5], [float("nan"), 0.1, 0.2]


# %% NumPy arrays, a class that never comes, a negative belief where p has little
def flipped_sign():
    return np.array([0.0, 0.3, 0.3]), np.array([0.0, 0.4, 0.6])


def dropped_entry():
    return np.array([0.01, 0.98, 0.01]), np.array([-0.05, 0.75, 0.3])


def finite_from_nan():
    return np.array([1.0, 0.0]), np.full(2, np.nan)
