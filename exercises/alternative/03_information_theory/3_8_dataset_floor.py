# Right answers to exercise 3.8 in another style.


# %% group the labels of each image
def dataset_floor(x_ids, labels):
    if len(x_ids) != len(labels) or len(labels) < 1:
        raise ValueError("as many labels as images, and at least one")
    groups = {}
    for image, label in zip(x_ids, labels):
        groups.setdefault(image, []).append(label)
    total = 0
    for mine in groups.values():
        for label in mine:
            total -= math.log(mine.count(label) / len(mine))
    return total / len(labels)


# %% joint entropy less the entropy of the images
def dataset_floor(x_ids, labels):
    if len(x_ids) != len(labels):
        raise ValueError("lengths differ")
    if not len(x_ids):
        raise ValueError("empty")

    def entropy(names):
        shares = np.unique(names, return_counts=True)[1] / len(names)
        return -np.sum(shares * np.log(shares))

    image = np.unique(x_ids, return_inverse=True)[1]
    label = np.unique(labels, return_inverse=True)[1]
    return entropy(image * (label.max() + 1) + label) - entropy(image)


# %% sorts first, and averages the loss of the best model example by example
def dataset_floor(x_ids, labels):
    from itertools import groupby

    N = len(labels)
    if N != len(x_ids) or N == 0:
        raise ValueError("I need one label for every image, and at least one image")
    examples = sorted((str(x), str(y)) for x, y in zip(x_ids, labels))
    nll = []
    for _, group in groupby(examples, key=lambda example: example[0]):
        group = [y for _, y in group]
        q = {y: group.count(y) / len(group) for y in set(group)}
        nll += [-math.log(q[y]) for y in group]
    return np.mean(nll)
